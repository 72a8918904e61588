"""Files of batteries as spreadsheets write them: workbooks with cells of every kind, and text."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from builders_contents import an_example

from passport.exchange.import_templates import flattened
from passport.services.import_table import EnteredRow, EnteredTable, Layout

GTIN = "09506000134352"
IDENTITY = ("gtin", "serial", "placedOnMarketOn")


def a_table(
    columns: Sequence[str], *rows: Sequence[Any], layout: Layout = Layout.WORKBOOK, **changed: Any
) -> EnteredTable:
    """Return a table whose first row below the names has the number 1."""
    entered = [EnteredRow(number, list(cells)) for number, cells in enumerate(rows, start=1)]
    return EnteredTable(
        columns=tuple(columns),
        read_rows=lambda: iter(entered),
        layout=layout,
        height=len(entered),
        **changed,
    )


def a_workbook(
    *rows: Sequence[Any], sheet: str = "batteries", first_sheet: str = "", merged: str = ""
) -> bytes:
    """Return a workbook; a formula is written as ``{"formula": "=1+1", "value": 2}``.

    Args:
        rows: Rows with text, numbers, days, truth values, formulas, or ``{"percent": 0.95}``.
        sheet: Name of the sheet that holds them.
        first_sheet: Name of an empty sheet before it.
        merged: Range of cells that is merged.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_numbers": False})
    if first_sheet:
        book.add_worksheet(first_sheet)
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    percent = book.add_format({"num_format": "0.0%"})
    formats = {date: day, time: day, datetime: instant, float: percent}
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            _write(page, line, place, value, formats)
    if merged:
        page.merge_range(merged, "a title")
    book.close()
    return target.getvalue()


def _write(page: Any, line: int, place: int, value: Any, formats: dict[type, Any]) -> None:
    match value:
        case None:
            pass
        case {"formula": formula, "value": came_to}:
            page.write_formula(line, place, formula, value=came_to)
        case {"percent": share}:
            page.write_number(line, place, share, formats[float])
        case date() | time():
            page.write_datetime(line, place, value, formats[type(value)])
        case bool() | int() | float() | str():
            page.write(line, place, value)


def a_text(*rows: Sequence[str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """Return a table as text."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)


def with_part(workbook: bytes, name: str, change: Any) -> bytes:
    """Return a workbook with one part changed, or added where there was none."""
    with ZipFile(io.BytesIO(workbook)) as old:
        parts = {one.filename: old.read(one) for one in old.infolist()}
    parts[name] = change(parts.get(name, b""))
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as new:
        for one, content in parts.items():
            new.writestr(one, content)
    return target.getvalue()


def rows_of(workbook: bytes) -> list[list[Any]]:
    """Return the values of a first sheet, read by another program; an empty cell is no text."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load, and few tests need it

    page = load_workbook(io.BytesIO(workbook)).worksheets[0]
    return [["" if cell.value is None else cell.value for cell in row] for row in page.iter_rows()]


def pack_rows(*serials: str, **changed: str) -> list[list[str]]:
    """Return the names of columns and one row for each EV pack, as its maker enters them.

    Args:
        serials: Serial numbers.
        changed: Columns that hold something else in the last row.
    """
    example = an_example("ev-pack")
    entered = {
        "gtin": GTIN,
        "serial": "",
        "placedOnMarketOn": "2026-11-01",
        **dict(flattened(example["content"])),
    }
    rows = [entered | {"serial": serial, "serialNumber": serial} for serial in serials]
    rows[-1] |= changed
    return [list(entered), *(list(row.values()) for row in rows)]
