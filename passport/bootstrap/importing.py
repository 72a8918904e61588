"""Files of batteries, by the ending of their names."""

from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A file of batteries that was opened.

    Attributes:
        rows: Its batteries, each read when it is asked for.
        table: The table as it was entered; ``None`` for JSON.
    """

    rows: Iterator[ImportRow]
    table: EnteredTable | None = None


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


def _of_table(table: EnteredTable) -> ImportFile:
    return ImportFile(rows=read_table_rows(table), table=table)
