"""Batteries from files: one bad row keeps the good ones and names the bad cell."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from passport.domain.content import Content
from passport.domain.errors import ContentRefusedError, InvalidValueError, PassportError, Problem
from passport.domain.identifiers import (
    BatteryId,
    ModelId,
    gs1_battery_id,
    iec_61406_battery_id,
    parse_model_id,
)
from passport.linked_data.documents import MalformedDocumentError, parse_input
from passport.linked_data.schemas import content_from_columns
from passport.services.issue import NewBattery, Registration

Value = TypeVar("Value")

LARGEST_FILE = 100_000_000
_IDENTITY_COLUMNS = frozenset(
    {"gtin", "serial", "identifier", "model", "placedOnMarketOn", "holder"}
)
_SEPARATORS = ";,\t"


class FileUnreadableError(PassportError):
    """A file is none of the kinds that batteries are registered from."""

    code = "file-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One battery of a file, read so far as it could be.

    Attributes:
        number: Row as people count: the first battery is 1.
        entry: The battery; ``None`` where its row names none.
        problems: What is wrong with the row.
    """

    number: int
    entry: NewBattery | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What became of one row: on record, or what is wrong with it.

    Attributes:
        registration: The battery on record; ``None`` where the row was refused, or on a dry run.
    """

    number: int
    registration: Registration | None
    problems: tuple[Problem, ...] = ()


def read_import(data: bytes, file_name: str) -> Iterator[ImportRow]:
    """Read the batteries of a file.

    Args:
        data: The file's bytes, UTF-8.
        file_name: Its name; the ending tells ``.csv``, ``.json`` or ``.jsonl``.

    Raises:
        FileUnreadableError: It has another ending, is no UTF-8, or has no rows.
        MalformedDocumentError: It is no JSON.
    """
    ending = file_name.rpartition(".")[2].lower()
    match ending:
        case "csv":
            yield from _read_csv(data)
        case "jsonl" | "ndjson":
            lines = [line for line in data.splitlines() if line.strip()]
            yield from (_read_line(line, number) for number, line in enumerate(lines, start=1))
        case "json":
            yield from _read_json(data)
        case _:
            raise FileUnreadableError(
                f"{file_name!r} ends in {ending!r}; batteries are read from .csv, .json and .jsonl"
            )


def read_entry(entered: Mapping[str, object], number: int = 1) -> ImportRow:
    """Read one battery as JSON names it: identity, day of placing on the market, content."""
    content = entered.get("content", {})
    strange = set(entered) - _IDENTITY_COLUMNS - {"content"}
    problems = [
        Problem(
            message=f"{name!r} does not belong beside content; terms stand inside it",
            path=f"/{name}",
            row=number,
            column=name,
        )
        for name in sorted(strange)
    ]
    if not isinstance(content, Mapping):
        problems.append(
            Problem(message="content is an object of terms", path="/content", row=number)
        )
        content = {}
    return _row(entered, content, number, problems)


def refused_row(number: int, refusal: PassportError) -> ImportResult:
    """Return what a refusal says about one row."""
    if isinstance(refusal, ContentRefusedError) and refusal.problems:
        problems = tuple(
            replace(
                problem,
                row=number,
                column=problem.column or problem.path.strip("/").partition("/")[0] or None,
            )
            for problem in refusal.problems
        )
    else:
        problems = (Problem(message=str(refusal), row=number),)
    return ImportResult(number=number, registration=None, problems=problems)


def _read_csv(data: bytes) -> Iterator[ImportRow]:
    text = _utf8(data)
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [name.strip() for name in table.fieldnames or ()]
    except csv.Error as error:
        raise FileUnreadableError(f"the first line: {error}") from error
    if not {"gtin", "identifier"} & set(columns):
        raise FileUnreadableError(
            "the first line names no column gtin or identifier; the columns are the names of terms"
        )
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled:
        raise FileUnreadableError(f"the column {', '.join(doubled)} stands twice in the first line")
    table.fieldnames = columns
    try:
        for number, cells in enumerate(table, start=1):
            yield _read_cells(cells, number)
    except csv.Error as error:
        raise FileUnreadableError(f"line {table.line_num}: {error}") from error


def _read_cells(cells: Mapping[str | None, str | None], number: int) -> ImportRow:
    if None in cells or None in cells.values():
        return ImportRow(
            number=number,
            entry=None,
            problems=(
                Problem(
                    message="this row has another number of cells than the first line",
                    row=number,
                ),
            ),
        )
    filled = {str(name): value.strip() for name, value in cells.items() if value and value.strip()}
    terms = {name: value for name, value in filled.items() if name not in _IDENTITY_COLUMNS}
    return _row(filled, content_from_columns(terms), number, [])


def _read_json(data: bytes) -> Iterator[ImportRow]:
    stripped = data.lstrip()
    whole = b'{"batteries":' + stripped + b"}" if stripped.startswith(b"[") else stripped
    document = parse_input(whole, largest=LARGEST_FILE)
    batteries = document.get("batteries", [document])
    if not isinstance(batteries, Sequence) or isinstance(batteries, str):
        raise FileUnreadableError("batteries is a list of objects")
    for number, entered in enumerate(batteries, start=1):
        if isinstance(entered, Mapping):
            yield read_entry(entered, number)
        else:
            problem = Problem(message=f"{entered!r} is no object", row=number)
            yield ImportRow(number=number, entry=None, problems=(problem,))


def _read_line(line: bytes, number: int) -> ImportRow:
    try:
        return read_entry(parse_input(line), number)
    except MalformedDocumentError as error:
        problem = Problem(message=str(error), row=number)
        return ImportRow(number=number, entry=None, problems=(problem,))


def _row(
    identity: Mapping[str, object], content: Content, number: int, problems: list[Problem]
) -> ImportRow:
    battery_id = _cell(identity, "gtin", number, problems, _battery_id)
    placed_on = _cell(identity, "placedOnMarketOn", number, problems, _day)
    model_id = _cell(identity, "model", number, problems, _model_id)
    if battery_id is None or placed_on is None or problems:
        return ImportRow(number=number, entry=None, problems=tuple(problems))
    serial = str(identity.get("serial") or identity.get("identifier"))
    named = content.get("serialNumber", serial)
    if identity.get("serial") and named != serial:
        problems.append(
            Problem(
                message=f"serialNumber is {named!r}, but the identifier holds {serial!r}",
                path="/content/serialNumber",
                row=number,
                column="serialNumber",
            )
        )
    return ImportRow(
        number=number,
        entry=NewBattery(
            battery_id=battery_id,
            content={**content, "serialNumber": named},
            placed_on_market_on=placed_on,
            model_id=model_id,
            holder=str(identity.get("holder", "")),
        ),
        problems=tuple(problems),
    )


def _cell(
    identity: Mapping[str, object],
    name: str,
    number: int,
    problems: list[Problem],
    read: Callable[[Mapping[str, object]], Value],
) -> Value | None:
    """Read a value, or keep what is wrong with its cell."""
    try:
        return read(identity)
    except PassportError as error:
        problems.append(Problem(message=str(error), path=f"/{name}", row=number, column=name))
        return None


def _battery_id(identity: Mapping[str, object]) -> BatteryId:
    if identity.get("gtin"):
        return gs1_battery_id(_text(identity, "gtin"), _text(identity, "serial"))
    return iec_61406_battery_id(_text(identity, "identifier"))


def _model_id(identity: Mapping[str, object]) -> ModelId | None:
    return parse_model_id(_text(identity, "model")) if identity.get("model") else None


def _day(identity: Mapping[str, object]) -> date:
    text = _text(identity, "placedOnMarketOn")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no day; write 2027-02-18") from error


def _text(identity: Mapping[str, object], name: str) -> str:
    value = identity.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidValueError(f"{name} is missing, or is no text")
    return value


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadableError(
            f"the file is no UTF-8 at byte {error.start}; save it as CSV UTF-8"
        ) from error
