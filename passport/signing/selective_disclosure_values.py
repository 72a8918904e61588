"""The ``proofValue`` of ``ecdsa-sd-2023``: what a base proof and a derived proof hold, as CBOR.

Only the few forms of CBOR that a proof value is made of are read, in their shortest writing, so
that one value has one text; whatever else stands there is refused before anything is built of it.

Source: W3C Recommendation Data Integrity ECDSA Cryptosuites 1.0, sections 3.5.3, 3.5.8 and 3.5.9;
RFC 8949, sections 3 and 4.2.1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

from passport.domain.errors import InvalidValueError
from passport.signing.errors import ProofValueError
from passport.signing.multibase import decode_base64url, encode_base64url

_Item = TypeVar("_Item")

MOST_STATEMENTS: Final = 2_000
"""Quads a document may have that is signed for disclosure; the largest statement has 300."""
MOST_POINTERS: Final = 1_000
_LONGEST_POINTER = 1_024
_LONGEST_PROOF_VALUE = 512 * 1024
"""Characters; a base proof over 2,000 quads has 180,000."""

SIGNATURE_SIZE: Final = 64
PUBLIC_KEY_SIZE: Final = 35
"""Multicodec prefix and compressed point of a P-256 key."""
HMAC_SIZE: Final = 32

_BASE_HEADER = b"\xd9\x5d\x00"
_DERIVED_HEADER = b"\xd9\x5d\x01"
_UNSIGNED, _BYTES, _TEXT, _LIST, _MAP = 0, 2, 3, 4, 5
_BYTES_TAG = b"\xd8\x40"
"""Tag 64 (RFC 8746), which some writers put before bytes."""
_HEAD_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseProofValue:
    """What an issuer hands to a holder: enough to disclose any part of a document.

    Attributes:
        base_signature: The issuer's, over proof options, public key and mandatory statements.
        public_key: Multikey bytes of the key that signed each statement, made for this proof.
        hmac_key: Names the blank nodes so that their labels tell nothing of what is hidden.
        signatures: One for each statement that is not mandatory, in canonical order.
        mandatory_pointers: JSON pointers to what is always disclosed.
    """

    base_signature: bytes
    public_key: bytes
    hmac_key: bytes
    signatures: Sequence[bytes]
    mandatory_pointers: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedProofValue:
    """What a holder shows: signatures of the disclosed statements alone.

    Attributes:
        base_signature: The issuer's, as in the base proof.
        public_key: As in the base proof.
        signatures: One for each disclosed statement that is not mandatory.
        labels: Number of a blank node's canonical label -> the 32 bytes it was signed under.
        mandatory_indexes: Places of the mandatory statements among those disclosed, ascending.
    """

    base_signature: bytes
    public_key: bytes
    signatures: Sequence[bytes]
    labels: Mapping[int, bytes]
    mandatory_indexes: Sequence[int]


def encode_base_proof(value: BaseProofValue) -> str:
    """Write a base proof as multibase text."""
    return encode_base64url(
        _BASE_HEADER
        + _head(_LIST, 5)
        + _bytes(value.base_signature)
        + _bytes(value.public_key)
        + _bytes(value.hmac_key)
        + _list(value.signatures, _bytes)
        + _list(value.mandatory_pointers, _text)
    )


def encode_derived_proof(value: DerivedProofValue) -> str:
    """Write a derived proof as multibase text."""
    return encode_base64url(
        _DERIVED_HEADER
        + _head(_LIST, 5)
        + _bytes(value.base_signature)
        + _bytes(value.public_key)
        + _list(value.signatures, _bytes)
        + _head(_MAP, len(value.labels))
        + b"".join(
            _head(_UNSIGNED, number) + _bytes(label)
            for number, label in sorted(value.labels.items())
        )
        + _list(value.mandatory_indexes, lambda index: _head(_UNSIGNED, index))
    )


def decode_base_proof(text: str) -> BaseProofValue:
    """Read a base proof.

    Raises:
        ProofValueError: The text is none, or is larger than any honest one.
    """
    reader = _opened(text, _BASE_HEADER, "base proof, the issuer's to derive subsets from")
    value = BaseProofValue(
        base_signature=reader.bytes_of(SIGNATURE_SIZE),
        public_key=reader.bytes_of(PUBLIC_KEY_SIZE),
        hmac_key=reader.bytes_of(HMAC_SIZE),
        signatures=reader.list_of(lambda: reader.bytes_of(SIGNATURE_SIZE), MOST_STATEMENTS),
        mandatory_pointers=reader.list_of(reader.text, MOST_POINTERS),
    )
    reader.end()
    return value


def decode_derived_proof(text: str) -> DerivedProofValue:
    """Read a derived proof.

    Raises:
        ProofValueError: The text is none, or is larger than any honest one.
    """
    reader = _opened(text, _DERIVED_HEADER, "derived proof, the one that is shown and verified")
    value = DerivedProofValue(
        base_signature=reader.bytes_of(SIGNATURE_SIZE),
        public_key=reader.bytes_of(PUBLIC_KEY_SIZE),
        signatures=reader.list_of(lambda: reader.bytes_of(SIGNATURE_SIZE), MOST_STATEMENTS),
        labels=reader.labels(),
        mandatory_indexes=reader.list_of(reader.number, MOST_STATEMENTS),
    )
    reader.end()
    indexes = value.mandatory_indexes
    if any(later <= earlier for earlier, later in pairwise(indexes)):
        raise ProofValueError("the places of the mandatory statements are not in order")
    return value


def _opened(text: str, header: bytes, name: str) -> "_CborReader":
    if len(text) > _LONGEST_PROOF_VALUE:
        raise ProofValueError(
            f"a proofValue of {len(text)} characters; at most {_LONGEST_PROOF_VALUE} are read"
        )
    try:
        data = decode_base64url(text)
    except InvalidValueError as error:
        raise ProofValueError(f"the proofValue is no ecdsa-sd-2023 proof: {error}") from error
    if encode_base64url(data) != text:
        raise ProofValueError("the proofValue is not the one base64url writing of its bytes")
    if not data.startswith(header):
        raise ProofValueError(f"the proofValue is no {name}")
    return _CborReader(data, len(header))


def _head(kind: int, number: int) -> bytes:
    if number < 24:  # noqa: PLR2004 - RFC 8949, section 3: fits into the first byte
        return bytes([kind << 5 | number])
    for code, size in _HEAD_SIZES.items():
        if number < 1 << 8 * size:
            return bytes([kind << 5 | code]) + number.to_bytes(size, "big")
    raise ProofValueError(f"{number} is larger than a proof value holds")


def _bytes(data: bytes) -> bytes:
    return _head(_BYTES, len(data)) + data


def _text(text: str) -> bytes:
    data = text.encode()
    return _head(_TEXT, len(data)) + data


def _list(items: Sequence[_Item], write: Callable[[_Item], bytes]) -> bytes:
    return _head(_LIST, len(items)) + b"".join(write(item) for item in items)


class _CborReader:
    """Reads what a proof value is made of: bytes, texts, numbers, lists, one map."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._place = start
        if (parts := self._head(_LIST)) != 5:  # noqa: PLR2004 - both proof values have five parts
            raise ProofValueError(f"the proofValue has {parts} parts, not five")

    def bytes_of(self, size: int) -> bytes:
        """Read bytes of one size."""
        if self._data.startswith(_BYTES_TAG, self._place):
            self._place += len(_BYTES_TAG)
        data = self._take(self._head(_BYTES))
        if len(data) != size:
            raise ProofValueError(f"{len(data)} bytes stand in the proofValue where {size} belong")
        return data

    def text(self) -> str:
        """Read a JSON pointer."""
        size = self._head(_TEXT)
        if size > _LONGEST_POINTER:
            raise ProofValueError(f"a pointer of {size} bytes; at most {_LONGEST_POINTER} are read")
        try:
            return self._take(size).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProofValueError("a pointer of the proofValue is no UTF-8") from error

    def number(self) -> int:
        """Read a number that counts."""
        return self._head(_UNSIGNED)

    def list_of(self, read: Callable[[], _Item], most: int) -> list[_Item]:
        """Read a list."""
        return [read() for _ in range(self._count(_LIST, most))]

    def labels(self) -> dict[int, bytes]:
        """Read the map of labels."""
        count = self._count(_MAP, MOST_STATEMENTS)
        labels = {}
        for _ in range(count):
            number = self.number()
            labels[number] = self.bytes_of(HMAC_SIZE)
        if len(labels) != count or len(set(labels.values())) != count:
            raise ProofValueError("two blank nodes share a label in the proofValue")
        return labels

    def end(self) -> None:
        """Refuse what stands behind the value."""
        if self._place != len(self._data):
            raise ProofValueError(
                f"{len(self._data) - self._place} bytes stand behind the end of the proofValue"
            )

    def _count(self, kind: int, most: int) -> int:
        count = self._head(kind)
        if count > most:
            raise ProofValueError(f"{count} items in one list of the proofValue; at most {most}")
        return count

    def _head(self, kind: int) -> int:
        first = self._take(1)[0]
        if first >> 5 != kind:
            raise ProofValueError(f"CBOR of another kind at byte {self._place - 1} of the proof")
        code = first & 0x1F
        if code < 24:  # noqa: PLR2004 - RFC 8949, section 3: the number itself
            return code
        size = _HEAD_SIZES.get(code)
        if size is None:
            raise ProofValueError(f"CBOR without a length at byte {self._place - 1} of the proof")
        number = int.from_bytes(self._take(size), "big")
        if _head(kind, number)[0] != first:
            raise ProofValueError(f"{number} is not written in its shortest form in the proofValue")
        return number

    def _take(self, size: int) -> bytes:
        data = self._data[self._place : self._place + size]
        if len(data) != size:
            raise ProofValueError("the proofValue ends before its last part")
        self._place += size
        return data


def label_text(label: bytes) -> str:
    """Write the label of a blank node as it was signed.

    >>> label_text(bytes(32))[:8]
    '_:uAAAAA'
    """
    return f"_:{encode_base64url(label)}"


def label_bytes(label: str) -> bytes:
    """Read the label of a blank node; see ``label_text``."""
    return decode_base64url(label.removeprefix("_:"))
