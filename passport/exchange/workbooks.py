"""Workbooks (.xlsx) in: a sheet becomes a table whose cells keep the kinds they have there.

Why this reader: docs/decisions/0009-workbooks-are-read-cell-by-cell.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from passport.exchange.workbook_parts import MOST_ROWS, SheetFacts, WorkbookParts
from passport.services.import_table import (
    CellValue,
    EnteredRow,
    EnteredTable,
    FaultyCell,
    Layout,
)
from passport.services.importing import FileUnreadableError

SHEET = "batteries"
"""Sheet that is read, whatever case it is written in; the first one where none is called so."""

_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
"""Begin of old workbooks, and of new ones that are locked with a password."""
_NAMING = frozenset({"gtin", "identifier"})
_SEARCHED_ROWS = 50


def read_workbook(data: bytes) -> EnteredTable:
    """Read a sheet of a workbook, hidden rows and columns too.

    Raises:
        FileUnreadableError: It is no workbook, too large, or its sheet is no plain table.
    """
    if data.startswith(_COMPOUND_FILE):
        raise FileUnreadableError(
            "the workbook is locked with a password, or of the old kind .xls; save it as .xlsx "
            "without password"
        )
    parts = WorkbookParts(data)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        names = workbook.sheet_names
        name = next((one for one in names if one.strip().lower() == SHEET), next(iter(names), ""))
        facts = parts.facts(name)
        sheet = workbook.get_sheet_by_name(name)
    except (CalamineError, OSError) as error:
        raise FileUnreadableError(f"the workbook cannot be read: {error}") from error
    return _table(sheet, facts)


def _table(sheet: CalamineSheet, facts: SheetFacts) -> EnteredTable:
    head_row = _head_row(sheet)
    # A title above the names was refused; merged cells below would hide whose value they hold.
    if facts.merged:
        raise FileUnreadableError(
            f"the cells {', '.join(facts.merged[:3])} of sheet {sheet.name!r} are merged; take the "
            "merge apart, so that each battery has its own values"
        )
    first_column = sheet.start[1] if sheet.start else 0
    head = next(row for row in _rows(sheet, facts) if row.number == head_row)
    height = (sheet.end[0] + 1 if sheet.end else 0) - head_row
    if height > MOST_ROWS:
        raise FileUnreadableError(
            f"the file has {height:,} rows; at most {MOST_ROWS:,} are read from one: divide it"
        )

    def read_rows() -> Iterator[EnteredRow]:
        for row in _rows(sheet, facts):
            if row.number > head_row:
                yield replace(row, number=row.number - head_row)

    return EnteredTable(
        columns=tuple(str(cell).strip() for cell in head.cells),
        read_rows=read_rows,
        layout=Layout.WORKBOOK,
        height=height,
        head_row=head_row,
        first_column=first_column,
    )


def _rows(sheet: CalamineSheet, facts: SheetFacts) -> Iterator[EnteredRow]:
    """Yield the rows of a sheet by their numbers in it, from 1."""
    first_column = sheet.start[1] if sheet.start else 0
    faulty_rows = {row for row, _ in facts.faults}
    for place, cells in enumerate(sheet.iter_rows()):
        row: list[CellValue] = list(cells)
        if place in faulty_rows:
            for column in range(len(row)):
                fault = facts.faults.get((place, first_column + column))
                if fault is not None:
                    row[column] = FaultyCell(fault)
        yield EnteredRow(place + 1, row)


def _head_row(sheet: CalamineSheet) -> int:
    """Return the row with the names of the columns: the first that holds anything.

    Raises:
        FileUnreadableError: The names stand further down, or nowhere.
    """
    first = 0
    for row in _rows(sheet, SheetFacts()):
        if row.number > _SEARCHED_ROWS:
            break
        if row.is_blank:
            continue
        first = first or row.number
        if _NAMING & {str(cell).strip() for cell in row.cells}:
            if row.number == first:
                return first
            raise FileUnreadableError(
                f"row {first} of sheet {sheet.name!r} is no row of column names; they stand in row "
                f"{row.number}: remove the rows above it, a title or merged cells"
            )
    if not first:
        raise FileUnreadableError(f"the sheet {sheet.name!r} is empty")
    raise FileUnreadableError(
        f"row {first} of sheet {sheet.name!r} names no column gtin or identifier; the columns are "
        "the names of terms, as the template has them. Another sheet is read if it is called "
        f"{SHEET!r}"
    )
