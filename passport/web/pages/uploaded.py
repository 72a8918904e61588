"""What became of an uploaded file, with what is wrong beside each row."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from passport.domain.batch_import import RowResult
from passport.domain.errors import Problem
from passport.domain.identifiers import serial_of
from passport.exchange.import_reports import report_workbook
from passport.exchange.import_templates import MEDIA_TYPE
from passport.services.import_cells import marked_text
from passport.services.import_table import EnteredTable, FaultyCell, column_of
from passport.services.importing import ImportResult
from passport.ui.views.common import Badge, LineItem, Tone
from passport.ui.views.work import Cell, Download, UploadedRow, UploadResult

_MOST_SHOWN = 200
_MOST_COLUMNS = 6
_LARGEST_ADDRESS = 1_900_000
"""Browsers keep no file from an address longer than 2 MB."""


def upload_result(
    file_name: str,
    table: EnteredTable | None,
    results: Sequence[ImportResult],
    *,
    is_dry_run: bool,
) -> UploadResult:
    """Return what became of a file as its page shows it.

    Args:
        file_name: Name of the file.
        table: The file as it was entered; ``None`` for JSON.
        results: What became of each row.
        is_dry_run: Whether it was a check only.
    """
    refused = [one for one in results if one.problems]
    good = len(results) - len(refused)
    done = "in order" if is_dry_run else "on record"
    shown = [_in_columns(one, table) for one in refused[:_MOST_SHOWN]]
    head = _head(shown)
    cells = {} if table is None else _cells_of(table, {one.number for one in shown})
    return UploadResult(
        file=file_name,
        summary=f"{good} {done}, {len(refused)} refused."
        + (" Nothing was registered: this was a check." if is_dry_run else ""),
        badge=_badge(good, len(refused)),
        head=head,
        refused=tuple(_row(one, head, cells) for one in shown),
        accepted=tuple(_accepted(one) for one in results if one.registration)[:_MOST_SHOWN],
        download=_download(file_name, table, results) if refused else None,
    )


def results_name(file_name: str) -> str:
    """Return the name of the file with results.

    >>> results_name("packs.march.csv")
    'packs.march results.xlsx'
    """
    return f"{PurePath(file_name).stem} results.xlsx"


def _download(
    file_name: str, table: EnteredTable | None, results: Iterable[ImportResult]
) -> Download | None:
    """Return the file with results inside its own address: a check stores nothing."""
    if table is None:
        return None
    content = report_workbook(table, {one.number: one.row for one in results})
    address = f"data:{MEDIA_TYPE};base64,{base64.b64encode(content).decode()}"
    if len(address) > _LARGEST_ADDRESS:
        return None
    return Download(
        text="Download the file with what to put right",
        href=address,
        name=results_name(file_name),
    )


def _badge(good: int, refused: int) -> Badge:
    if not refused:
        return Badge(text="All rows", tone=Tone.AUTHENTIC)
    return (
        Badge(text="In part", tone=Tone.WARNING) if good else Badge(text="None", tone=Tone.DANGER)
    )


def _in_columns(result: ImportResult, table: EnteredTable | None) -> RowResult:
    """Return a result whose problems name the columns of the file itself."""
    row = result.row
    if table is None:
        return row
    problems = tuple(_in_column(problem, table) for problem in row.problems)
    return RowResult(number=row.number, outcome=row.outcome, problems=problems)


def _in_column(problem: Problem, table: EnteredTable) -> Problem:
    place = column_of(problem.column, table.columns) if problem.column else None
    column = problem.column if place is None else table.columns[place]
    return Problem(message=problem.message, path=problem.path, row=problem.row, column=column)


def _head(refused: Iterable[RowResult]) -> tuple[str, ...]:
    """Return the columns that something is wrong in, after the one that names the battery."""
    named = [problem.column for one in refused for problem in one.problems if problem.column]
    return tuple(dict.fromkeys(["serial", *named]))[:_MOST_COLUMNS]


def _row(
    result: RowResult, head: Sequence[str], cells: Mapping[int, Mapping[str, str]]
) -> UploadedRow:
    entered = cells.get(result.number, {})
    wrong: dict[str, str] = {}
    whole = []
    for problem in result.problems:
        if problem.column in head:
            before = wrong.get(str(problem.column))
            wrong[str(problem.column)] = (
                f"{before}; {problem.message}" if before else problem.message
            )
        else:
            whole.append(problem.message)
    return UploadedRow(
        number=str(result.number),
        cells=tuple(
            Cell(text=entered.get(column, ""), problem=wrong.get(column, "")) for column in head
        ),
        problem="; ".join(whole),
    )


def _cells_of(table: EnteredTable, numbers: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return the texts of some rows' cells as they were entered."""
    wanted = set(numbers)
    return {
        row.number: {
            name: "" if isinstance(cell, FaultyCell) else marked_text(cell)
            for name, cell in zip(table.columns, row.cells, strict=False)
        }
        for row in table.read_rows()
        if row.number in wanted
    }


def _accepted(result: ImportResult) -> LineItem:
    registration = result.registration
    if registration is None:
        raise LookupError(result.number)
    return LineItem(
        title=serial_of(registration.battery_id),
        href=f"/{registration.battery_id}",
        detail="New" if registration.is_new else "Was on record already",
        badge=Badge(text="Active", tone=Tone.AUTHENTIC),
    )
