"""Documents of others: read as they come, JSON-LD or N-Quads, and written in canonical form."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from passport.linked_data.canonical import Canonicalizer, pinned_canonicalizer
from passport.linked_data.documents import MalformedDocumentError, parse_input
from passport.linked_data.guarded import canonize_guarded
from passport.linked_data.json_rules import FOREIGN_DOCUMENTS, FloatValueError
from passport.linked_data.nquads import parse_nquads

LARGEST_FOREIGN_DOCUMENT: Final = 8 * 1024 * 1024
_CANONIZED: Final = replace(FOREIGN_DOCUMENTS, most_blank_nodes=10_000)
"""Canonical form alone proves nothing, so it may take longer than a proof; still bounded."""


def parse_foreign_document(data: bytes) -> dict[str, object]:
    """Read a JSON object of somebody else, with floats where they can be kept exactly.

    Raises:
        MalformedDocumentError: No such object, or a key stands in it twice.
        FloatValueError: A number has more digits than a binary float keeps.
    """
    document = parse_input(data, largest=LARGEST_FOREIGN_DOCUMENT)
    return {name: _with_floats(value) for name, value in document.items()}


def canonize_bytes(data: bytes, *, canonicalizer: Canonicalizer | None = None) -> bytes:
    """Write a file in its RDFC-1.0 canonical N-Quads, whether it is JSON-LD or N-Quads.

    Args:
        data: The file; JSON-LD begins with a brace.
        canonicalizer: Knows the contexts; the pinned ones when not given.

    Raises:
        MalformedDocumentError: It is neither.
        PassportError: It holds what cannot be written canonically; each reason has its class.
    """
    if data.lstrip()[:1] in {b"{", b"["}:
        document = parse_foreign_document(data)
        return (canonicalizer or pinned_canonicalizer()).canonize(document, _CANONIZED)
    if len(data) > LARGEST_FOREIGN_DOCUMENT:
        raise MalformedDocumentError(
            f"{len(data)} bytes; at most {LARGEST_FOREIGN_DOCUMENT} are read"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDocumentError(f"no UTF-8 at byte {error.start}") from error
    return canonize_guarded(parse_nquads(text)).encode()


def _with_floats(value: object) -> object:
    match value:
        case Decimal():
            number = float(value)
            if Decimal(repr(number)) != value:
                raise FloatValueError(f"{value} is no float of JSON-LD; use decimal text")
            return number
        case Mapping():
            return {name: _with_floats(item) for name, item in value.items()}
        case list():
            return [_with_floats(item) for item in value]
        case _:
            return value
