"""A workbook of packs read cell by cell, beside openpyxl that streams the same one."""

import io
from collections.abc import Iterator
from functools import cache

import xlsxwriter
from openpyxl import load_workbook

from benchmark.measuring import Better, Contest, Options, cpu_microseconds
from benchmark.registry import bench
from passport.exchange.workbooks import read_workbook

_ROWS = 10_000
_COLUMNS = 40
_MILLISECONDS_PER_MICROSECOND = 1e-3


@cache
def _workbook(rows: int) -> bytes:
    """Return a workbook as Excel writes it: texts apart, every other column numbers."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    page.write_row(0, 0, ["gtin", *(f"column{number}" for number in range(1, _COLUMNS))])
    for row in range(1, rows + 1):
        page.write_row(row, 0, ["09506000134352"])
        for place in range(1, _COLUMNS):
            page.write(row, place, f"text {place}-{row}" if place % 2 else row + place / 10)
    book.close()
    return target.getvalue()


@bench(
    "read 10,000 packs of 40 cells from a workbook; openpyxl",
    unit="ms CPU",
    better=Better.LESS,
    bar=2.0,
)
def read_packs(options: Options) -> Iterator[Contest]:
    rows = options.times(_ROWS)
    data = _workbook(rows)

    def read() -> None:
        _require_all(sum(len(row.cells) for row in read_workbook(data).read_rows()), rows)

    def read_with_openpyxl() -> None:
        page = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        cells = sum(len(row) for row in page.iter_rows(min_row=2, values_only=True))
        _require_all(cells, rows)

    yield Contest(
        subject=lambda: _MILLISECONDS_PER_MICROSECOND * cpu_microseconds(read, 1),
        limit=lambda: _MILLISECONDS_PER_MICROSECOND * cpu_microseconds(read_with_openpyxl, 1),
    )


def _require_all(cells: int, rows: int) -> None:
    if cells != rows * _COLUMNS:
        raise AssertionError(f"{cells} cells were read of {rows * _COLUMNS}")
