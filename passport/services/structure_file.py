"""A structure as it is entered: rows of a CSV file, or parts of a JSON document, also nested."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from passport.domain.errors import ContentRefusedError, InvalidValueError, PassportError, Problem
from passport.domain.identifiers import parse_battery_id
from passport.domain.structure import PartHistory, StructureLevel, parse_position
from passport.linked_data.documents import parse_input
from passport.services.structure import NewPart, NewStructure

Choice = TypeVar("Choice", bound=StrEnum)

COLUMNS = ("level", "serial", "position", "parent", "part_number", "battery", "history")
"""Columns of a CSV file; the first three are needed."""
_NEEDED = COLUMNS[:3]
_MEMBERS = {
    "level": "level",
    "serial": "serial",
    "position": "position",
    "parent": "parent",
    "partNumber": "part_number",
    "battery": "battery",
    "history": "history",
}
"""The same as members of a JSON object."""


def read_structure_file(content: bytes, name: str) -> NewStructure:
    """Read a structure from a file.

    Args:
        content: The bytes of the file.
        name: Its name; ``.json`` is a document, everything else a table.

    Raises:
        ContentRefusedError: Rows are wrong; each is named with its column.
        InvalidValueError: It is no table with these columns.
    """
    if name.endswith(".json"):
        return read_structure_document(parse_input(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValueError(f"{name} is no text in UTF-8: {error}") from error
    comma = ";" if text.partition("\n")[0].count(";") else ","
    head, rows = _table_of(text, comma, name)
    strange = sorted(set(head) - set(COLUMNS))
    missing = [column for column in _NEEDED if column not in head]
    if strange or missing:
        raise InvalidValueError(
            f"a structure has the columns {', '.join(COLUMNS)}; this one "
            + (f"has not {', '.join(missing)}" if missing else f"has also {', '.join(strange)}")
        )
    return NewStructure(parts=_parts(enumerate(rows, start=1)))


def _table_of(text: str, comma: str, name: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the names of a table's columns, and its rows by them.

    Raises:
        InvalidValueError: It is no table: a cell without end, or a character that no text holds.
    """
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        head = [column or "" for column in table.fieldnames or ()]
        return head, [
            {key: (value or "").strip() for key, value in row.items() if key} for row in table
        ]
    except csv.Error as error:
        raise InvalidValueError(f"{name} is no table: {error}") from error


def read_structure_document(entered: Mapping[str, object]) -> NewStructure:
    """Read a structure from JSON: ``parts``, each with ``parts`` of its own where it holds some.

    The position of a part inside of another is as seen from that one.

    Raises:
        ContentRefusedError: Parts are wrong; each is named by its number.
        InvalidValueError: A member is unknown or no value of its kind.
    """
    strange = sorted(set(entered) - {"level", "parts", "occurredAt"})
    if strange or "parts" not in entered:
        raise InvalidValueError(
            f"a structure has level, parts and occurredAt, not {', '.join(strange) or 'no parts'}"
        )
    level = entered.get("level")
    rows = list(_flat(entered["parts"], ""))
    return NewStructure(
        parts=_parts(enumerate(rows, start=1)),
        level=None if level is None else _choice(StructureLevel, str(level), "level"),
        occurred_at=_instant(entered.get("occurredAt")),
    )


def _flat(parts: object, around: str) -> Iterator[dict[str, str]]:
    if not isinstance(parts, list) or not all(isinstance(one, Mapping) for one in parts):
        raise InvalidValueError("parts is a list of objects")
    for part in parts:
        strange = sorted(set(part) - set(_MEMBERS) - {"parts"})
        if strange:
            raise InvalidValueError(
                f"a part has {', '.join(_MEMBERS)} and parts, not {', '.join(strange)}"
            )
        row = {_MEMBERS[name]: str(part[name]).strip() for name in _MEMBERS if name in part}
        position = row.get("position", "")
        row["position"] = f"{around}/{position}" if around else position
        yield row
        if "parts" in part:
            yield from _flat(part["parts"], row["position"])


def _parts(rows: Iterator[tuple[int, dict[str, str]]]) -> tuple[NewPart, ...]:
    parts: list[NewPart] = []
    problems: list[Problem] = []
    for number, row in rows:
        if not any(row.values()):
            continue
        found = list(_problems(number, row))
        problems.extend(found)
        if not found:
            parts.append(_part(number, row))
    if problems:
        first = problems[0]
        raise ContentRefusedError(
            f"row {first.row}, column {first.column}: {first.message}", tuple(problems)
        )
    return tuple(parts)


def _problems(number: int, row: Mapping[str, str]) -> Iterator[Problem]:
    for column in _NEEDED:
        if not row.get(column):
            yield Problem(message=f"{column} is missing", row=number, column=column)
    for column, read in _READERS.items():
        try:
            if row.get(column):
                read(row[column])
        except PassportError as error:
            yield Problem(message=str(error), row=number, column=column)


def _part(number: int, row: Mapping[str, str]) -> NewPart:
    battery = row.get("battery", "")
    return NewPart(
        level=StructureLevel(row["level"]),
        serial=row["serial"],
        position=row["position"],
        parent=row.get("parent", ""),
        part_number=row.get("part_number", ""),
        battery_id=parse_battery_id(battery) if battery else None,
        history=PartHistory(row.get("history") or PartHistory.NEW),
        row=number,
    )


def _choice(kind: type[Choice], text: str, what: str) -> Choice:
    try:
        return kind(text)
    except ValueError as error:
        raise InvalidValueError(f"{what} is {text!r}; it is one of {', '.join(kind)}") from error


def _instant(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(str(text))
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(f"{text!r} is no instant; write 2027-02-18T10:00:00Z") from error
    if instant.tzinfo is None:
        raise InvalidValueError(f"{text!r} names no time zone; end it with Z for UTC")
    return in_utc


_READERS: Mapping[str, Callable[[str], object]] = {
    "level": lambda text: _choice(StructureLevel, text, "level"),
    "position": parse_position,
    "battery": parse_battery_id,
    "history": lambda text: _choice(PartHistory, text, "history"),
}
