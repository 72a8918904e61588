"""Files of batteries, by the ending of their names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from passport.domain.batch_import import RowResult
from passport.domain.errors import InvalidValueError
from passport.exchange.import_reports import report_text, report_workbook
from passport.exchange.text_tables import read_text_table
from passport.exchange.workbooks import read_workbook
from passport.services.import_table import EnteredTable
from passport.services.importing import (
    FileUnreadableError,
    ImportRow,
    read_json_lines,
    read_json_rows,
    read_table_rows,
)

_REPORT_ENDINGS = frozenset({".xlsx", ".csv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A file of batteries that was opened.

    Attributes:
        rows: Its batteries, each read when it is asked for.
        table: The table as it was entered; ``None`` for JSON.
    """

    rows: Iterator[ImportRow]
    table: EnteredTable | None = None

    @property
    def height(self) -> int | None:
        """Rows of the table, blank ones included; unknown for JSON before it is read."""
        return None if self.table is None else self.table.height


def read_import(data: bytes, file_name: str) -> ImportFile:
    """Open a file of batteries.

    Args:
        data: The file's bytes.
        file_name: Its name; the ending tells ``.xlsx``, ``.csv``, ``.json`` or ``.jsonl``.

    Raises:
        FileUnreadableError: It has another ending, another content than its ending says, more
            than is read of one file, or no column that names batteries.
        MalformedDocumentError: It is no JSON.
    """
    ending = file_name.rpartition(".")[2].lower()
    match ending:
        case "xlsx":
            return _of_table(read_workbook(data))
        case "csv":
            return _of_table(read_text_table(data))
        case "jsonl" | "ndjson":
            return ImportFile(rows=read_json_lines(data))
        case "json":
            return ImportFile(rows=read_json_rows(data))
        case _:
            raise FileUnreadableError(
                f"{file_name!r} ends in {ending!r}; batteries are read from .xlsx, .csv, .json and "
                ".jsonl"
            )


@dataclass(slots=True, kw_only=True)
class ReportFile:
    """A file that shall hold a table with what became of each row."""

    table: EnteredTable
    path: Path
    _results: dict[int, RowResult] = field(default_factory=dict)

    def add(self, result: RowResult) -> None:
        """Keep what became of a row."""
        self._results[result.number] = result

    def write(self) -> None:
        """Write the file; until it is whole, one of an earlier time stays."""
        write = report_workbook if self.path.suffix.lower() == ".xlsx" else report_text
        draft = self.path.with_name(f".{self.path.name}.new")
        draft.write_bytes(write(self.table, self._results))
        draft.replace(self.path)


def open_report(file: ImportFile, source: Path, path: Path) -> ReportFile:
    """Return the file that shall hold a table with what becomes of each row.

    Args:
        file: The file of batteries.
        source: Where it lies; it is not written over.
        path: Where the other one shall lie.

    Raises:
        FileUnreadableError: The batteries stand in no table.
        InvalidValueError: The other file would be of another kind, or the same.
    """
    if file.table is None:
        raise FileUnreadableError(f"{source.name} is no table; --errors is for .xlsx and .csv")
    if path.suffix.lower() not in _REPORT_ENDINGS:
        raise InvalidValueError(f"{path.name} ends in neither .xlsx nor .csv")
    if path.resolve() == source.resolve():
        raise InvalidValueError(f"{path} is the file of batteries itself; name another one")
    return ReportFile(table=file.table, path=path)


def _of_table(table: EnteredTable) -> ImportFile:
    return ImportFile(rows=read_table_rows(table), table=table)
