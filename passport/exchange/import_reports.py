"""What became of a file, beside its own rows: to be put right there and sent again.

Two columns go before those of the file: the result, and what to put right. All others are text, so
that a spreadsheet changes nothing more. A cell that was refused for its kind (a serial number held
as a number) keeps it: unchanged, it is refused again.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from passport.domain.batch_import import RowOutcome, RowResult
from passport.domain.errors import InvalidValueError, Problem
from passport.exchange.workbooks import SHEET
from passport.services.import_cells import cell_text, guarded_text, marked_text
from passport.services.import_table import (
    ADDED_COLUMNS,
    ADVICE,
    RESULT,
    CellValue,
    EnteredRow,
    EnteredTable,
    FaultyCell,
    column_of,
)

_AUTHOR = "Open Battery Passport"
_MOST_COMMENTS = 10_000
"""A spreadsheet opens slowly with more of them; what to put right stands in its column anyway."""
_LONGEST_COMMENT = 1_000
_LONGEST_CELL = 32_767
"""Characters of one cell. Source: ISO/IEC 29500-1, 18.3.1.4, as Excel limits it."""
_ADVICE_WIDTH, _WIDTH, _RESULT_WIDTH = 60, 18, 18
_GOOD = frozenset({RowOutcome.REGISTERED, RowOutcome.KNOWN, RowOutcome.IN_ORDER})
_TEXT = {"num_format": "@"}


def report_workbook(table: EnteredTable, results: Mapping[int, RowResult]) -> bytes:
    """Write a table with its results as workbook.

    Args:
        table: The table as it was entered.
        results: What became of each row, by number; a row that is not there was not tried.
    """
    target = BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        _Sheet(book, table).write(results)
    return target.getvalue()


def report_text(table: EnteredTable, results: Mapping[int, RowResult]) -> bytes:
    """Write a table with its results as text: UTF-8 with its mark, commas between the cells."""
    kept = _kept_columns(table)
    target = StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([RESULT, ADVICE, *(name for _, name in kept)])
    for row, result in _rows(table, results):
        cells = [marked_text(_shown(table, row, place)) for place, _ in kept]
        texts = [_advice(result.problems), *cells]
        writer.writerow([result.outcome.value, *map(guarded_text, texts)])
    return target.getvalue().encode("utf-8-sig")


_OPTIONS = {
    "constant_memory": True,
    "in_memory": False,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd",
}


class _Sheet:
    """One sheet with results, written from the first row to the last."""

    def __init__(self, book: Any, table: EnteredTable) -> None:  # noqa: ANN401 - ships no types
        self._table = table
        self._columns = _kept_columns(table)
        self._sheet = book.add_worksheet(SHEET)
        self._comments = 0
        self._text = book.add_format(_TEXT)
        self._head = book.add_format(_TEXT | {"bold": True, "bottom": 1, "bg_color": "#dfe6ee"})
        self._good = book.add_format(_TEXT | {"bg_color": "#dff2e1"})
        self._bad = book.add_format(_TEXT | {"bg_color": "#f9d6d5", "border": 1})
        self._advice = book.add_format(_TEXT | {"text_wrap": True, "valign": "top"})

    def write(self, results: Mapping[int, RowResult]) -> None:
        """Write everything."""
        names = [RESULT, ADVICE, *(name for _, name in self._columns)]
        self._sheet.set_column(0, 0, _RESULT_WIDTH, self._text)
        self._sheet.set_column(1, 1, _ADVICE_WIDTH, self._text)
        self._sheet.set_column(2, len(names) - 1, _WIDTH, self._text)
        self._sheet.freeze_panes(1, 2)
        for place, name in enumerate(names):
            self._sheet.write_string(0, place, name, self._head)
        last = 0
        for last, (row, result) in enumerate(_rows(self._table, results), start=1):
            self._write_row(last, row, result)
        self._sheet.autofilter(0, 0, last, len(names) - 1)

    def _write_row(self, line: int, row: EnteredRow, result: RowResult) -> None:
        is_good = result.outcome in _GOOD
        self._sheet.write_string(
            line, 0, result.outcome.value, self._good if is_good else self._bad
        )
        self._sheet.write_string(line, 1, _advice(result.problems)[:_LONGEST_CELL], self._advice)
        wrong = _wrong_places(self._table, result.problems)
        for place, (source, _) in enumerate(self._columns, start=2):
            format_ = self._bad if source in wrong else self._text
            self._write_cell(line, place, _shown(self._table, row, source), format_)
            if source in wrong and self._comments < _MOST_COMMENTS:
                self._comments += 1
                said = "\n".join(wrong[source])[:_LONGEST_COMMENT]
                self._sheet.write_comment(line, place, said, {"author": _AUTHOR, "x_scale": 2})

    def _write_cell(self, line: int, place: int, value: CellValue, format_: object) -> None:
        match value:
            case str():
                self._sheet.write_string(line, place, value[:_LONGEST_CELL], format_)
            case bool():
                self._sheet.write_boolean(line, place, value, format_)
            case int() | float():
                self._sheet.write_number(line, place, value, format_)
            case date() | time() | timedelta():
                # Its own format: formatted as text, a day is a number that says nothing to people.
                self._sheet.write_datetime(line, place, value)


def _kept_columns(table: EnteredTable) -> Sequence[tuple[int, str]]:
    """Return the columns of the file itself, without results of an earlier time."""
    return [(place, name) for place, name in enumerate(table.columns) if name not in ADDED_COLUMNS]


def _rows(
    table: EnteredTable, results: Mapping[int, RowResult]
) -> Iterator[tuple[EnteredRow, RowResult]]:
    for row in table.read_rows():
        if not row.is_blank:
            untried = RowResult(number=row.number, outcome=RowOutcome.NOT_TRIED)
            yield row, results.get(row.number, untried)


def _shown(table: EnteredTable, row: EnteredRow, place: int) -> CellValue:
    """Return what stands in a cell: its text as it is registered, else what was entered."""
    if place >= len(row.cells):
        return ""
    value = row.cells[place]
    if isinstance(value, FaultyCell):
        return "#N/A"
    try:
        return cell_text(table.columns[place], value, table)
    except InvalidValueError:
        return value


def _advice(problems: Iterable[Problem]) -> str:
    return "\n".join(
        f"{problem.column}: {problem.message}" if problem.column else problem.message
        for problem in problems
    )


def _wrong_places(table: EnteredTable, problems: Iterable[Problem]) -> Mapping[int, Sequence[str]]:
    """Return what is wrong in each column that something is wrong in."""
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        place = column_of(problem.column, table.columns) if problem.column else None
        if place is not None:
            wrong.setdefault(place, []).append(problem.message)
    return wrong
