"""Values to JSON-LD documents and back: strict reading, building statements, joining them."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Never

from passport.domain.content import (
    AbsenceReason,
    Content,
    Datatype,
    Term,
    absence_of,
    absent,
    find_term,
    point_of,
    terms_in,
    terms_of,
)
from passport.domain.errors import ContentRefusedError, InvalidValueError, PassportError, Problem
from passport.domain.passport import StatementKind
from passport.domain.units import decimal_text, is_short
from passport.linked_data.contexts import STATEMENT_CONTEXTS
from passport.linked_data.fast_json import parse_compact
from passport.linked_data.terms import CREDENTIALS_IRI, VOCABULARY, term_iri

LARGEST_DOCUMENT = 1_048_576
"""Bytes that are read at most, unless the caller says otherwise."""
DEEPEST_DOCUMENT = 24

LARGEST_INTEGER = 2**53 - 1
"""Above it JSON readers in other languages round. Source: RFC 7493, section 2.2."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TOO_DEEP = f"nested deeper than {DEEPEST_DOCUMENT} levels"
_LONGEST_NUMBER = 40
_DIGEST_PREFIX = "sha256:"
_SHA256_HEX = re.compile("[0-9a-f]{64}")
_KINDS = frozenset(StatementKind)


class MalformedDocumentError(PassportError):
    """Bytes are no JSON object that can be read without guessing."""

    code = "malformed-document"


# --- strict reading -------------------------------------------------------------------------------


def parse_document(data: bytes, *, largest: int = LARGEST_DOCUMENT) -> dict[str, Any]:
    """Read a JSON object that is signed, or holds what is: nothing in it has two readings.

    What JSON-LD makes of it is judged when it is signed or verified
    (`passport.linked_data.json_rules`).

    Args:
        data: The bytes, UTF-8.
        largest: Size above which the bytes are not looked at [bytes].

    Raises:
        MalformedDocumentError: No JSON object; too long or too deep; a key stands twice; or it
            holds null, NaN, a fraction, an integer beyond 2^53 - 1, a control character or a lone
            surrogate.
    """
    if len(data) <= largest and (document := parse_compact(data)) is not None:
        return document
    return parse_plainly(data, largest=largest)


def parse_plainly(data: bytes, *, largest: int = LARGEST_DOCUMENT) -> dict[str, Any]:
    """Read what `parse_document` reads, value by value.

    Raises:
        MalformedDocumentError: See `parse_document`.
    """
    document = _parse(data, largest, fraction=_refuse_fraction)
    for path, value in _walk(document):
        _require_one_reading(value, path)
    return document


def parse_input(data: bytes, *, largest: int = LARGEST_DOCUMENT) -> dict[str, Any]:
    """Read a JSON object that somebody entered; fractions come as exact decimals.

    Raises:
        MalformedDocumentError: No JSON object; too long or too deep; a key stands twice; or it
            holds NaN, a control character or a lone surrogate.
    """
    document = _parse(data, largest, fraction=_exact_fraction)
    for path, value in _walk(document):
        if isinstance(value, str):
            _require_one_reading(value, path)
    return document


def _parse(
    data: bytes, largest: int, *, fraction: Callable[[str], float | Decimal]
) -> dict[str, Any]:
    if len(data) > largest:
        raise MalformedDocumentError(f"{len(data)} bytes; at most {largest} are read")
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_float=fraction,
            parse_int=_short_integer,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise MalformedDocumentError(f"no UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise MalformedDocumentError(
            f"no JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise MalformedDocumentError(_TOO_DEEP) from error
    if not isinstance(document, dict):
        raise MalformedDocumentError("a document is a JSON object, written in { and }")
    return document


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedDocumentError(f"key {twice!r} stands twice in one object")
    return members


def _refuse_fraction(text: str) -> Never:
    raise MalformedDocumentError(
        f'the number {text[:_LONGEST_NUMBER]} is no integer; write it as text: "206.5"'
    )


def _exact_fraction(text: str) -> Decimal:
    _require_short(text)
    number = Decimal(text)
    if not is_short(number):
        raise MalformedDocumentError(
            f"the number {text} has more than {_LONGEST_NUMBER} digits; at most so many are read"
        )
    return number


def _short_integer(text: str) -> int:
    _require_short(text)
    return int(text)


def _require_short(text: str) -> None:
    if len(text) > _LONGEST_NUMBER:
        raise MalformedDocumentError(
            f"a number of {len(text)} characters; at most {_LONGEST_NUMBER} are read"
        )


def _refuse_constant(text: str) -> Never:
    raise MalformedDocumentError(f"{text} is no number of JSON")


def _walk(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every key and value with a JSON Pointer to it.

    Raises:
        MalformedDocumentError: It is nested too deep.
    """
    waiting: list[tuple[str, Any, int]] = [("", document, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST_DOCUMENT:
            raise MalformedDocumentError(_TOO_DEEP)
        yield path, value
        if isinstance(value, dict):
            yield from ((f"{path}/{name}", name) for name in value)
            waiting.extend((f"{path}/{name}", one, depth + 1) for name, one in value.items())
        elif isinstance(value, list):
            waiting.extend((f"{path}/{place}", one, depth + 1) for place, one in enumerate(value))


def _require_one_reading(value: object, path: str) -> None:
    match value:
        case None:
            raise MalformedDocumentError(
                f"null at {path}; leave the member out, or say why it is absent"
            )
        case int() if abs(value) > LARGEST_INTEGER:
            raise MalformedDocumentError(f"{value} at {path} is beyond 2^53 - 1; write it as text")
        case str() if found := _FORBIDDEN.search(value):
            raise MalformedDocumentError(
                f"the text at {ascii(path)[1:-1]} holds U+{ord(found.group()):04X}, a control "
                "character or half of a UTF-16 pair"
            )


# --- digests --------------------------------------------------------------------------------------


def digest_of(data: bytes) -> bytes:
    """Return the SHA-256 of signed bytes; the same bytes are the entry in the log."""
    return hashlib.sha256(data).digest()


def digest_text(digest: bytes) -> str:
    """Write a digest as statements name it: ``sha256:`` and 64 hexadecimal digits."""
    return _DIGEST_PREFIX + digest.hex()


def parse_digest(text: str) -> bytes:
    """Read a digest as statements name it.

    Raises:
        InvalidValueError: It is written in another way.
    """
    body = text.removeprefix(_DIGEST_PREFIX)
    if not text.startswith(_DIGEST_PREFIX) or not _SHA256_HEX.fullmatch(body):
        raise InvalidValueError(f"{text!r} is no digest; write sha256: and 64 hexadecimal digits")
    return bytes.fromhex(body)


def instant_text(instant: datetime) -> str:
    """Write an aware instant as it is signed: UTC, seconds, ``Z``."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


# --- statements -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """A statement's place on one of its issuer's status lists."""

    list_iri: str
    index: int
    purpose: str = "revocation"

    def as_node(self) -> dict[str, str]:
        """Return it as a credential names it."""
        return {
            "id": f"{self.list_iri}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_iri,
        }


def build_statement(  # noqa: PLR0913 - one argument for each member of a credential
    kind: StatementKind,
    *,
    statement_iri: str,
    subject_iri: str,
    series_iri: str,
    version: int,
    issuer_did: str,
    content: Content,
    valid_from: datetime,
    status: StatusEntry | Sequence[StatusEntry] | None = None,
    previous: bytes | None = None,
) -> dict[str, Any]:
    """Build a statement, not signed yet, from a content of its kind.

    Args:
        kind: What the statement is about.
        statement_iri: Its own address.
        subject_iri: The battery, model or production run it is about.
        series_iri: What it is a version of.
        version: Place in the series, from 1.
        issuer_did: Operator that will sign it.
        content: Values by term; absent ones with their reason (`passport.domain.content.absent`).
        valid_from: Instant from which it holds.
        status: Its place on a status list, or its places on several.
        previous: SHA-256 of the signed statement before it in the series.

    Raises:
        ContentRefusedError: A term does not belong to this kind, or a value has another shape.
    """
    base = statement_iri if kind.is_of_one_instant else subject_iri
    document: dict[str, Any] = {
        "@context": list(STATEMENT_CONTEXTS),
        "id": statement_iri,
        "type": ["VerifiableCredential", kind.value],
        "issuer": issuer_did,
        "validFrom": instant_text(valid_from),
        "series": series_iri,
        "version": str(version),
    }
    if previous is not None:
        document["previous"] = digest_text(previous)
    if status is not None:
        document["credentialStatus"] = (
            status.as_node()
            if isinstance(status, StatusEntry)
            else [entry.as_node() for entry in status]
        )
    document["credentialSubject"] = {
        "id": subject_iri,
        "type": kind.subject_class,
        **_fields(content, terms_of(kind), base=base, path=""),
        **_absences(content, terms_of(kind), base=base),
    }
    return document


def _fields(
    content: Content, known: Mapping[str, Term], *, base: str, path: str
) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in content.items():
        if name in {"id", "type"} or absence_of(value) is not None:
            continue
        term = known.get(name)
        if term is None:
            raise _refused(f"{name!r} is no term of this part", f"{path}/{name}")
        fields[name] = _written(term, value, base=base, path=f"{path}-{name}".lstrip("-"))
    return fields


def _written(term: Term, value: object, *, base: str, path: str) -> object:
    if not term.is_many:
        return _written_one(term, value, base=base, path=path)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _refused(f"{term.name} takes a list", path)
    return [
        _written_one(term, one, base=base, path=f"{path}-{place}")
        for place, one in enumerate(value, start=1)
    ]


def _written_one(term: Term, value: object, *, base: str, path: str) -> object:
    match value:
        case str() if term.datatype is Datatype.TERM:
            return term_iri(value)
        case str() if term.datatype not in _SHAPED:
            return value
        case Mapping() if term.datatype is Datatype.NODE:
            return {
                "id": str(value.get("id", f"{base}#{path}")),
                "type": term.value_class,
                **_fields(value, terms_in(term.value_class), base=base, path=path),
            }
        case Mapping() if term.datatype is Datatype.LANGUAGE_MAP:
            return dict(value)
        case bool() if term.datatype is Datatype.BOOLEAN:
            return value
        case bool():
            pass
        case Decimal() | int() | date() if term.datatype not in _SHAPED:
            return _text(value)
    raise _refused(f"{term.name} takes a {term.datatype.value}, not {value!r}", path)


_SHAPED = frozenset({Datatype.NODE, Datatype.LANGUAGE_MAP, Datatype.BOOLEAN, Datatype.TERM})


def _text(value: Decimal | int | date) -> str:
    match value:
        case Decimal():
            return decimal_text(value)
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _absences(content: Content, known: Mapping[str, Term], *, base: str) -> dict[str, object]:
    nodes: list[dict[str, str]] = []
    for name, value in content.items():
        reason = absence_of(value)
        if reason is None:
            continue
        if name not in known:
            raise _refused(f"{name!r} is no term of this part", f"/{name}")
        nodes.append(
            {
                "id": f"{base}#absent-{name}",
                "type": "AbsentDatum",
                "absentTerm": term_iri(name),
                "absenceReason": reason.value,
                "annexXiiiPoint": point_of(name),
            }
        )
    return {"absent": nodes} if nodes else {}


def _refused(message: str, path: str) -> ContentRefusedError:
    return ContentRefusedError(message, (Problem(message=message, path=path),))


def kind_of(document: Mapping[str, Any]) -> StatementKind:
    """Return what a statement is about.

    Raises:
        MalformedDocumentError: Its type is none of this vocabulary.
    """
    match document.get("type"):
        case ["VerifiableCredential", str(name)] if name in _KINDS:
            return StatementKind(name)
        case other:
            raise MalformedDocumentError(
                f"type {other!r} is no statement of a battery passport; expected is "
                '["VerifiableCredential", one of: ' + ", ".join(StatementKind) + "]"
            )


def content_of(document: Mapping[str, Any]) -> dict[str, object]:
    """Return the content that a statement was built from."""
    kind = kind_of(document)
    subject = document["credentialSubject"]
    base = document["id"] if kind.is_of_one_instant else subject["id"]
    content = {
        name: _read(value, base)
        for name, value in subject.items()
        if name not in {"id", "type", "absent"}
    }
    for node in subject.get("absent", ()):
        name = node["absentTerm"].removeprefix(VOCABULARY)
        content[name] = absent(AbsenceReason(node["absenceReason"]))
    return content


def _read(value: object, base: str, term: Term | None = None) -> object:
    match value:
        case list():
            return [_read(one, base, term) for one in value]
        case {"id": str(iri), "type": str(), **fields}:
            own_id = {} if iri.startswith(f"{base}#") else {"id": iri}
            return own_id | {
                str(name): _read(field, base, find_term(str(name)))
                for name, field in fields.items()
            }
        case str() if term is not None and term.datatype is Datatype.TERM:
            return value.removeprefix(VOCABULARY)
        case _:
            return value


def split_content(content: Content) -> dict[StatementKind, dict[str, object]]:
    """Divide the flat content of a model or battery over the statements that its terms belong to.

    A term of several kinds goes to the first one that the table names.

    Raises:
        ContentRefusedError: A name is no term of the vocabulary, or stands only inside nodes.
    """
    parts: dict[StatementKind, dict[str, object]] = {}
    for name, value in content.items():
        term = find_term(name)
        if term is None or not term.kinds:
            raise _refused(f"{name!r} is no term that a statement carries", f"/{name}")
        parts.setdefault(term.kinds[0], {})[name] = value
    # The public statement of a model is signed first: it begins the model's next version.
    return {kind: parts[kind] for kind in StatementKind if kind in parts}


# --- presentations --------------------------------------------------------------------------------

_PRESENTATION_HEAD = json.dumps(
    {"@context": [CREDENTIALS_IRI], "type": ["VerifiablePresentation"]}, separators=(",", ":")
).encode()
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")


def presentation_bytes(statements: Sequence[bytes]) -> bytes:
    """Join signed statements into a Verifiable Presentation; each keeps its very bytes."""
    joined = b",".join(statements)
    return _PRESENTATION_HEAD[:-1] + b',"verifiableCredential":[' + joined + b"]}"


def statements_of(presentation: bytes) -> list[bytes]:
    """Take the statements out of a presentation, each with the very bytes it has there.

    Raises:
        MalformedDocumentError: No presentation, or its credentials stand twice or are no objects.
    """
    try:
        text = presentation.decode("utf-8")
        found = [(start, end) for name, start, end in _members(text) if name == _CREDENTIALS_KEY]
        if len(found) != 1:
            raise MalformedDocumentError(
                f"a presentation has one list of credentials; here are {len(found)}"
            )
        return [text[start:end].encode() for start, end in _elements(text, found[0][0])]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MalformedDocumentError(f"no presentation: {error}") from error
    except RecursionError as error:
        raise MalformedDocumentError(_TOO_DEEP) from error


_CREDENTIALS_KEY = "verifiableCredential"


def _members(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield name, begin and end of each member of the one object that the text is."""
    place = _after(text, 0, "{")
    while not _stands(text, place, "}"):
        name, place = _DECODER.raw_decode(text, place)
        begin = _after(text, place, ":")
        _, end = _DECODER.raw_decode(text, begin)
        yield name, begin, end
        place = _next_place(text, end, "}")
    if _skip(text, place + 1) != len(text):
        raise json.JSONDecodeError("something follows behind the presentation", text, place + 1)


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each object of the list that begins there, or of the one object."""
    if _stands(text, start, "{"):
        yield start, _DECODER.raw_decode(text, start)[1]
        return
    place = _after(text, start, "[")
    while not _stands(text, place, "]"):
        if not _stands(text, place, "{"):
            raise MalformedDocumentError("a credential in a presentation is a JSON object")
        _, end = _DECODER.raw_decode(text, place)
        yield place, end
        place = _next_place(text, end, "]")


def _stands(text: str, place: int, mark: str) -> bool:
    return text.startswith(mark, place)


def _after(text: str, place: int, mark: str) -> int:
    """Return where the next token begins behind a mark and the space around it."""
    at = _skip(text, place)
    if not _stands(text, at, mark):
        raise json.JSONDecodeError(f"expected {mark!r}", text, at)
    return _skip(text, at + 1)


def _next_place(text: str, end: int, closing: str) -> int:
    at = _skip(text, end)
    return at if _stands(text, at, closing) else _after(text, at, ",")


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place
