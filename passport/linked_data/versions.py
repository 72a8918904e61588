"""Versions of the context and the JSON Schemas: the one in the making, and those frozen for ever.

A frozen file never changes, because signatures name its address and stand on its bytes. The rules
are written down in ``docs/decisions/0010-frozen-contexts-only-grow.md``.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from passport.domain.errors import ConflictError
from passport.linked_data.terms import table_rows

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


class FrozenVersionError(ConflictError):
    """What was asked would change a frozen context or schema, or take something from the next."""

    code = "frozen-version"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the context and the schemas.

    Attributes:
        number: Like ``1.0.0``.
        frozen_on: Day from which its files never change; nothing while it is in the making.
    """

    number: str
    frozen_on: date | None


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file that never changes.

    Attributes:
        version: The version it belongs to.
        file: Its path under ``schemas/``.
        sha256: SHA-256 of its bytes, in hexadecimal.
    """

    version: str
    file: str
    sha256: str


@cache
def all_versions() -> tuple[Version, ...]:
    """Return every version, oldest first; the last one is what is signed with today."""
    return tuple(
        Version(row["version"], date.fromisoformat(row["frozen_on"]) if row["frozen_on"] else None)
        for row in table_rows("versions.csv")
    )


@cache
def frozen_files() -> tuple[FrozenFile, ...]:
    """Return the files that never change."""
    return tuple(FrozenFile(**row) for row in table_rows("frozen.csv"))


def is_version(text: str) -> bool:
    """Whether a text is a version like ``1.0.0``."""
    return _VERSION.fullmatch(text) is not None


def require_later(number: str, than: Version) -> None:
    """Refuse a version that does not come after another.

    Raises:
        FrozenVersionError: It does not, or it is no version.
    """
    if not is_version(number) or _order(number) <= _order(than.number):
        raise FrozenVersionError(
            f"{number} is no version after {than.number}; write it like 1.1.0 (additions)"
        )


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def require_unfrozen(path: str, text: str, frozen: Mapping[str, FrozenFile]) -> None:
    """Refuse to write a frozen file with other bytes.

    Args:
        path: Path under ``schemas/``.
        text: What would be written.
        frozen: The frozen files by path.

    Raises:
        FrozenVersionError: The file is frozen, and its bytes would change.
    """
    entry = frozen.get(path)
    if entry is not None and entry.sha256 != sha256_of(text):
        raise FrozenVersionError(
            f"schemas/{path} is frozen with version {entry.version}, and the tables would change "
            "it; raise the version first: "
            "python -m passport.linked_data.generation --raise VERSION"
        )


def sha256_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256_of_bytes(text.encode())


def lost_words(older: Mapping[str, Any], newer: Mapping[str, Any]) -> Iterator[str]:
    """Yield each word of an older context that a newer one lacks or defines in another way."""
    later = newer["@context"]
    for word, definition in older["@context"].items():
        if later.get(word) != definition:
            yield word


def lost_in_schema(older: object, newer: object, path: str = "") -> Iterator[str]:
    """Yield each place where a newer JSON Schema refuses what the older one lets pass.

    Members, nodes and codes may be added and needs may be dropped; everything else stays. The
    address of the schema and the context it asks for differ by design.
    """
    if isinstance(older, dict) and isinstance(newer, dict):
        yield from _lost_in_object(older, newer, path)
    elif older != newer:
        yield path


def _lost_in_object(
    older: Mapping[str, object], newer: Mapping[str, object], path: str
) -> Iterator[str]:
    for name, part in older.items():
        place = f"{path}/{name}"
        if place in _DIFFERS_BY_DESIGN:
            continue
        if name == "enum":
            codes = cast("list[str]", newer.get("enum", []))
            yield from (f"{place}/{code}" for code in cast("list[str]", part) if code not in codes)
        elif name == "required":
            asked = cast("list[str]", newer.get("required", []))
            yield from (f"{place}/{one}" for one in asked if one not in cast("list[str]", part))
        elif name not in newer:
            yield place
        else:
            yield from lost_in_schema(part, newer[name], place)
    if "required" in newer and "required" not in older:
        yield f"{path}/required"


_DIFFERS_BY_DESIGN = frozenset({"/$id", "/properties/@context"})
