"""Compact JSON of texts and truth values, as signed statements are stored, read at once.

What is read here reads the same in the strict reader (`documents.parse_document`), which decides
about everything else.
"""

import re
from typing import Any, Final

import orjson

MOST_LEVELS: Final = 23
"""Objects and lists within each other; the strict reader counts the values in them as well."""

_HIDDEN = re.compile(rb"(?<!\\)(?:\\\\)*\\[ubf]")
"""A control character as it stands in compact JSON; tab, line feed and return are none."""
_STRUCTURE = b"{}[]:,"
_ONE_KIND_OF_BRACKET = bytes.maketrans(b"{}[]", b"()()")
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def parse_compact(data: bytes) -> dict[str, Any] | None:
    """Read a JSON object that stands there in the one compact way, without numbers and nulls.

    Returns:
        The object; ``None`` where the bytes are anything else, which need not be wrong.
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    # The same bytes come out only if no key stands twice and nothing was read loosely.
    if type(document) is not dict or orjson.dumps(document) != data or b"\x7f" in data:
        return None
    if b"\\" in data:
        if _HIDDEN.search(data):
            return None
        data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    outside_texts = b"".join(data.split(b'"')[::2])
    others = outside_texts.translate(None, _STRUCTURE)
    if others.replace(b"true", b"").replace(b"false", b""):
        return None
    return document if _levels(outside_texts) <= MOST_LEVELS else None


def _levels(outside_texts: bytes) -> int:
    brackets = outside_texts.translate(_ONE_KIND_OF_BRACKET, _NO_BRACKETS)
    levels = 0
    while brackets and levels <= MOST_LEVELS:
        brackets = brackets.replace(b"()", b"")
        levels += 1
    return levels
