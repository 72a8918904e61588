"""A table of batteries as somebody entered it: each cell with the kind it has in its file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from passport.domain.units import is_count

CellValue = str | int | float | bool | date | datetime | time | timedelta
"""What a cell holds; an empty one holds an empty text."""

RESULT = "result"
ADVICE = "what to put right"
ADDED_COLUMNS = frozenset({RESULT, ADVICE})
"""Columns that the file with the results begins with; they are passed over when it comes back."""

_LETTERS = 26


class Layout(StrEnum):
    """How a file tells its cells apart."""

    WORKBOOK = "workbook"
    SEMICOLONS = ";"
    """What spreadsheets write where the decimal sign is a comma."""
    COMMAS = ","
    TABS = "\t"


class FaultyCell(str):
    """A cell without a value of its own, and why: an error, a formula that was never computed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """One row below the names of the columns; the first one has the number 1."""

    number: int
    cells: Sequence[CellValue]

    @property
    def is_blank(self) -> bool:
        """Whether nobody entered anything in it."""
        return all(isinstance(cell, str) and not cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredTable:
    """A table with names of columns in its first row.

    Attributes:
        columns: Names in the order of the columns; empty where a column has none.
        read_rows: Reads the rows; the table may be larger than what is kept of it.
        height: Rows below the names of the columns, blank ones included.
        head_row: Row of the sheet in which the names stand.
        first_column: Place in the sheet of the first column, from 0.
        comma_columns: Columns in which some number is written with a decimal comma.
    """

    columns: tuple[str, ...]
    read_rows: Callable[[], Iterator[EnteredRow]]
    layout: Layout
    height: int
    head_row: int = 1
    first_column: int = 0
    comma_columns: frozenset[str] = frozenset()

    def cell_name(self, number: int, place: int) -> str:
        """Return what a spreadsheet calls a cell, such as ``B17``.

        Args:
            number: Number of the row.
            place: Place of the column in the table, from 0.
        """
        return f"{column_letters(self.first_column + place)}{self.head_row + number}"


def column_letters(place: int) -> str:
    """Return what a spreadsheet calls a column.

    >>> [column_letters(place) for place in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    rest = place + 1
    while rest:
        rest, digit = divmod(rest - 1, _LETTERS)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_of(path: str, columns: Sequence[str]) -> int | None:
    """Return the column that a place in a content stands in, or nothing.

    A place inside a node belongs to the column of the node where it has no column of its own, and
    a node's own place to the first column inside it.

    Args:
        path: Names with dots between them; places in lists count from 0.
        columns: Names of the columns.

    >>> column_of("photos.0.documentUrl", ["serial", "photos.1.documentUrl"])
    1
    """
    steps = path.split(".")
    split = {place: _steps_of(name) for place, name in enumerate(columns)}
    counted = [str(int(step) + 1) if is_count(step) else step for step in steps]
    for wanted in (steps, counted):
        for length in range(len(wanted), 0, -1):
            for place, names in split.items():
                if names == wanted[:length]:
                    return place
    inside = (place for place, names in split.items() if names[: len(counted)] == counted)
    return next(inside, None)


def _steps_of(name: str) -> list[str]:
    return name.split(".")
