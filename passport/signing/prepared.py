"""Files of statements that their operator signs outside: unsigned ones, and the same signed.

One JSON object a line. The first line names operator and key; the next one holds status lists that
begin with this file; then comes one line for each model or battery with its documents, in the
order in which they are signed: one may name the digest of another one before it.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from passport.domain.errors import PassportError
from passport.linked_data.documents import LARGEST_DOCUMENT, digest_text, parse_input
from passport.signing.errors import KeyMalformedError
from passport.signing.keys import EcdsaSigningKey, Ed25519SigningKey, SigningKey
from passport.signing.proofs import sign_document

FORMAT: Final = "open-battery-passport-prepared-1"
LARGEST_LINE: Final = 8 * LARGEST_DOCUMENT
LISTS: Final = "status-lists"
"""Kind of the line that holds status lists."""


class PreparedFileError(PassportError):
    """A file of prepared or signed statements cannot be read, or is not what its key signs."""

    code = "prepared-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedHead:
    """What the first line says.

    Attributes:
        operator: DID of the issuer.
        key_id: Verification method that signs.
        public_key: Multikey of the same.
    """

    operator: str
    key_id: str
    public_key: str

    def as_line(self) -> dict[str, object]:
        """Return the line."""
        return {
            "format": FORMAT,
            "operator": self.operator,
            "verificationMethod": self.key_id,
            "publicKeyMultibase": self.public_key,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedDocument:
    """One document to be signed.

    Attributes:
        document: It without proof.
        fill: JSON Pointer of each place that names the digest of a document of the same line, with
            that document's number from 0.
    """

    document: Mapping[str, Any]
    fill: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedEntry:
    """One model or battery, or the status lists of the file.

    Attributes:
        kind: ``model``, ``battery`` or ``status-lists``.
        entered: What was entered; it is registered when the signed documents come back.
        documents: Documents to be signed; empty in a signed file.
        signed: Exactly the bytes that were signed; empty in a prepared file.
    """

    number: int
    kind: str
    entered: Mapping[str, Any]
    documents: Sequence[PreparedDocument] = ()
    signed: Sequence[bytes] = ()

    def as_line(self) -> dict[str, object]:
        """Return the line."""
        line: dict[str, object] = {"entry": self.number, "kind": self.kind, "entered": self.entered}
        if self.signed:
            line["signed"] = [base64.urlsafe_b64encode(body).decode() for body in self.signed]
        else:
            line["documents"] = [
                {"document": one.document, "fill": one.fill} for one in self.documents
            ]
        return line


def write_line(line: Mapping[str, object]) -> bytes:
    """Write one line of a file."""
    return orjson.dumps(line, default=str) + b"\n"


def read_head(data: bytes) -> PreparedHead:
    """Read the first line of a file.

    Raises:
        PreparedFileError: It is no file of this format.
    """
    line = _object(data.partition(b"\n")[0])
    if line.get("format") != FORMAT:
        raise PreparedFileError(f"the first line names no format {FORMAT}")
    return PreparedHead(
        operator=_text(line, "operator"),
        key_id=_text(line, "verificationMethod"),
        public_key=_text(line, "publicKeyMultibase"),
    )


def read_entries(data: bytes) -> Iterator[PreparedEntry]:
    """Yield the other lines of a file.

    Raises:
        PreparedFileError: A line is none of this format.
    """
    for content in data.split(b"\n")[1:]:
        if content.strip():
            yield _entry(_object(content))


def sign_entry(entry: PreparedEntry, key: SigningKey, *, at: datetime) -> PreparedEntry:
    """Sign the documents of one line in their order.

    Args:
        entry: The line.
        key: The operator's key.
        at: Instant that the proofs name.

    Raises:
        PreparedFileError: A place to fill is not in its document.
        PassportError: Something in a document would not be signed.
    """
    signed: list[bytes] = []
    for one in entry.documents:
        document = deepcopy(dict(one.document))
        for pointer, number in one.fill.items():
            if not 0 <= number < len(signed):
                raise PreparedFileError(f"entry {entry.number} names a document after its own")
            _fill(document, pointer, digest_text(hashlib.sha256(signed[number]).digest()))
        signed.append(sign_document(document, key=key, created=at))
    return PreparedEntry(
        number=entry.number, kind=entry.kind, entered=entry.entered, signed=tuple(signed)
    )


def load_key(pem: bytes, head: PreparedHead, passphrase: bytes | None = None) -> SigningKey:
    """Read a private key in PEM (PKCS #8), if it is the one that the file names.

    Raises:
        KeyMalformedError: It cannot be read, is of another kind, or is another key.
    """
    try:
        key = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyMalformedError("the file holds no private key that can be read") from error
    match key:
        case ed25519.Ed25519PrivateKey():
            signing_key: SigningKey = Ed25519SigningKey(head.key_id, key)
        case ec.EllipticCurvePrivateKey():
            signing_key = EcdsaSigningKey(head.key_id, key)
        case _:
            raise KeyMalformedError("the private key is none on Ed25519, P-256 or P-384")
    if signing_key.public_key_multibase != head.public_key:
        raise KeyMalformedError(
            f"this is the key {signing_key.public_key_multibase}; the file was prepared for "
            f"{head.public_key}"
        )
    return signing_key


def _entry(line: Mapping[str, Any]) -> PreparedEntry:
    entered, number = line.get("entered"), line.get("entry")
    if not isinstance(entered, Mapping) or not isinstance(number, int):
        raise PreparedFileError("a line has a number, a kind, what was entered, and documents")
    return PreparedEntry(
        number=number,
        kind=_text(line, "kind"),
        entered=entered,
        documents=tuple(_document(one) for one in _list(line, "documents")),
        signed=tuple(_bytes(one) for one in _list(line, "signed")),
    )


def _document(one: object) -> PreparedDocument:
    if not isinstance(one, Mapping) or not isinstance(one.get("document"), Mapping):
        raise PreparedFileError("documents is a list of objects with a document")
    fill = one.get("fill", {})
    if not isinstance(fill, Mapping) or not all(isinstance(n, int) for n in fill.values()):
        raise PreparedFileError("fill names a number for each place")
    return PreparedDocument(document=one["document"], fill=fill)


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise PreparedFileError("signed is a list of base64url texts, padded") from error


def _object(content: bytes) -> dict[str, Any]:
    return parse_input(content, largest=LARGEST_LINE)


def _text(line: Mapping[str, Any], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str) or not value:
        raise PreparedFileError(f"a line's {name} is {value!r}, not a text")
    return value


def _list(line: Mapping[str, Any], name: str) -> list[Any]:
    value = line.get(name, [])
    if not isinstance(value, list):
        raise PreparedFileError(f"a line's {name} is no list")
    return value


def _fill(document: dict[str, Any], pointer: str, digest: str) -> None:
    *way, last = pointer.removeprefix("/").split("/")
    place: Any = document
    try:
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if not isinstance(place, dict) or not isinstance(place[last], str):
            raise PreparedFileError(f"there is no text at {pointer}")
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise PreparedFileError(f"there is no place {pointer}") from error
    place[last] = digest
