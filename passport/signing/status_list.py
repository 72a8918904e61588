"""BitstringStatusList: which statements their issuer has withdrawn, suspended or corrected.

A list is a signed credential of its own, for one purpose: to revoke (never taken back), to suspend
or to say that a statement was corrected. The place of a statement on it is random, so that it tells
nothing about numbers made.

Source: W3C Recommendation Bitstring Status List 1.0.
"""

import gzip
import secrets
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from passport.domain.errors import InvalidValueError, PassportError
from passport.signing.instants import instant_text
from passport.signing.multibase import decode_base64url, encode_base64url

LIST_SIZE: Final = 131_072
"""Bits of a list: the smallest that hides one statement among others (section 2.1)."""
LARGEST_LIST_BYTES: Final = 2 * 1024 * 1024
"""Inflated bytes that are read of anybody's list; some kilobytes of gzip can hold gigabytes."""
REVOCATION: Final = "revocation"
"""Withdrawn for good."""
SUSPENSION: Final = "suspension"
"""Withdrawn until the bit is cleared."""
REFRESH: Final = "refresh"
"""Still valid, but a newer statement corrects it: of the purposes that the recommendation names,
the one that neither invalidates nor needs words of its own (section 2.2)."""
_CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_GZIP_WINDOW = 31
_COMPRESSION_LEVEL = 6
_DRAWN_TOGETHER = 64


class StatusListError(PassportError):
    """A status list or an entry that names one cannot be read."""

    code = "status-list"


class StatusListFullError(PassportError):
    """A status list has hardly any place left; a new list has to be begun."""

    code = "status-list-full"


def encode_bits(set_indexes: Iterable[int], *, length: int = LIST_SIZE) -> str:
    """Write a list with some bits set, always the same text for the same bits.

    Raises:
        StatusListError: An index is outside the list.
    """
    bits = bytearray(length // 8)
    for index in set_indexes:
        if not 0 <= index < length:
            raise StatusListError(f"place {index} is outside a status list of {length} bits")
        bits[index // 8] |= 0x80 >> (index % 8)
    return encode_base64url(gzip.compress(bytes(bits), compresslevel=_COMPRESSION_LEVEL, mtime=0))


def decode_bits(encoded_list: str, *, largest_bytes: int = LARGEST_LIST_BYTES) -> bytes:
    """Read a list; bit 0 is the left-most of the first byte.

    Raises:
        StatusListError: It is no gzip in multibase, inflates to too much, or is too short.
    """
    try:
        packed = decode_base64url(encoded_list)
        inflater = zlib.decompressobj(wbits=_GZIP_WINDOW)
        bits = inflater.decompress(packed, largest_bytes + 1)
    except (InvalidValueError, zlib.error) as error:
        raise StatusListError(f"the status list is no gzip in multibase: {error}") from error
    if len(bits) > largest_bytes:
        raise StatusListError(f"the status list inflates to more than {largest_bytes} bytes")
    if not inflater.eof or inflater.unused_data:
        raise StatusListError("the status list is cut off, or goes on after its end")
    if len(bits) * 8 < LIST_SIZE:
        raise StatusListError(f"a status list of {len(bits) * 8} bits; the least is {LIST_SIZE}")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Tell whether a bit is set.

    Raises:
        StatusListError: The index is outside the list.
    """
    if not 0 <= index < len(bits) * 8:
        raise StatusListError(f"place {index} is outside a status list of {len(bits) * 8} bits")
    return bool(bits[index // 8] & 0x80 >> (index % 8))


def choose_places(
    taken_among: Callable[[Collection[int]], Collection[int]], *, length: int = LIST_SIZE
) -> list[int]:
    """Choose some free places on a list by chance; one look at the list is enough for them.

    By chance, because the order on a list must not tell the order of production.

    Args:
        taken_among: Returns which of some places are taken.
        length: Places of the list.

    Raises:
        StatusListFullError: 64 places in a row were taken.
    """
    drawn = {secrets.randbelow(length) for _ in range(_DRAWN_TOGETHER)}
    free = sorted(drawn - set(taken_among(drawn)), key=lambda _: secrets.randbits(32))
    if not free:
        raise StatusListFullError(
            f"the status list of {length} places is nearly full; begin another"
        )
    return free


def build_status_list(  # noqa: PLR0913 - a list is these seven things
    list_iri: str,
    *,
    issuer_did: str,
    marked: Iterable[int],
    valid_from: datetime,
    purpose: str = REVOCATION,
    valid_until: datetime | None = None,
    ttl: timedelta | None = None,
) -> dict[str, object]:
    """Make the list credential, ready to be signed by the issuer of the statements.

    Args:
        list_iri: Its address.
        issuer_did: Who signs it.
        marked: Places whose bit is set.
        valid_from: When it was made.
        purpose: What a set bit says.
        valid_until: When it ends; the issuer signs another one before.
        ttl: How long a verifier may use it without asking for a newer one.
    """
    subject: dict[str, object] = {
        "id": f"{list_iri}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode_bits(marked),
    }
    if ttl is not None:
        subject["ttl"] = ttl // timedelta(milliseconds=1)
    document: dict[str, object] = {
        "@context": [_CREDENTIALS_CONTEXT],
        "id": list_iri,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did,
        "validFrom": instant_text(valid_from),
        "credentialSubject": subject,
    }
    if valid_until is not None:
        document["validUntil"] = instant_text(valid_until)
    return document


def read_list_address(entry: Mapping[str, object]) -> str:
    """Return which list a ``credentialStatus`` entry names.

    Raises:
        StatusListError: It is no entry of a bitstring list.
    """
    address = entry.get("statusListCredential")
    if entry.get("type") != "BitstringStatusListEntry" or not isinstance(address, str):
        raise StatusListError(f"{entry.get('type')!r} is no status entry that can be checked")
    return address


def read_status(entry: Mapping[str, object], list_credential: Mapping[str, object]) -> bool:
    """Tell whether a statement's bit is set on a list whose proof has been checked.

    Args:
        entry: The statement's ``credentialStatus``.
        list_credential: The list.

    Raises:
        StatusListError: The list is another one, or for another purpose, or cannot be read.
    """
    address = read_list_address(entry)
    subject = list_credential.get("credentialSubject")
    if list_credential.get("id") != address or not isinstance(subject, dict):
        raise StatusListError(f"the list {list_credential.get('id')} is not {address}")
    if subject.get("type") != "BitstringStatusList":
        raise StatusListError(f"{address} is a {subject.get('type')!r}, no BitstringStatusList")
    if subject.get("statusPurpose") != entry.get("statusPurpose"):
        raise StatusListError(
            f"{address} is for {subject.get('statusPurpose')!r}, "
            f"but the statement asks for {entry.get('statusPurpose')!r}"
        )
    if entry.get("statusSize", 1) not in {1, "1"}:
        raise StatusListError(f"entries of {entry['statusSize']} bits are not supported")
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise StatusListError(f"{address} has no encodedList")
    return is_set(decode_bits(encoded), _index(entry))


def _index(entry: Mapping[str, object]) -> int:
    text = str(entry.get("statusListIndex"))
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_LIST_BYTES * 8)):
        raise StatusListError(f"{text!r} is no place on a status list")
    return int(text)
