"""Time stamps of others on the log: what existed when, after our own keys have lost their worth.

An authority signs the digest of a checkpoint with the time, and the log's own signature is within
what is stamped: who learns to sign as the log later on cannot bring a tree that he had stamped
before. The authority's certificate ends, so the tokens are stamped again by another one while they
still hold; the first one then proves its time for as long as the last one holds.

Source: RFC 3161; the renewal follows the idea of RFC 4998, section 5.2 (time-stamp renewal).
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, product
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.tsp import TimeStampTokenInfo

from passport.domain.errors import PassportError
from passport.signing.instants import instant_text
from passport.signing.transparency_log import without_cosignatures

_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_GRANTED: Final = bytes.fromhex("3003020100")
"""PKIStatusInfo with status granted, in DER."""
_SEQUENCE: Final = 0x30
_SHORT_FORM: Final = 0x80
"""A length below it is one byte; else its first byte counts the bytes that follow."""
_LARGEST_TOKEN: Final = 64 * 1024
"""Bytes; with a chain of certificates a token has about 6 KiB."""
_MOST_CERTIFICATES: Final = 8
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class TimeStampError(PassportError):
    """A time stamp does not prove when something existed."""

    code = "time-stamp"


class TimeStampEndedError(TimeStampError):
    """A time stamp proves nothing any more: nobody renewed it while it held."""

    code = "time-stamp-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStamp:
    """One token that an authority signed, as far as it has been checked.

    Attributes:
        made_at: The time it states.
        holds_until: End of the first certificate of its chain that ends.
    """

    made_at: datetime
    holds_until: datetime


def stamped_bytes(checkpoint_note: str) -> bytes:
    """Return what the first token is made over: the note as the log alone signed it, in UTF-8.

    These are the lines of its text (origin, size, root, and any that follow), the empty line, and
    the log's own signature line, which is the first; every line with its newline. Lines of
    witnesses are left out: they join after the stamp as well.

    Raises:
        MalformedReceiptError: The text is no signed note.
    """
    return without_cosignatures(checkpoint_note).encode()


def stamped_by(tokens: Sequence[bytes]) -> bytes:
    """Return what the next token of a chain is made over: all tokens before it, one by one."""
    return b"".join(tokens)


def verify_time_stamps(
    checkpoint_note: str,
    tokens: Sequence[bytes],
    authorities: Collection[x509.Certificate],
    *,
    at: datetime,
) -> datetime:
    """Check a checkpoint's time stamp and its renewals.

    Whose signature the note carries is not asked here; see ``verify_checkpoint``.

    Args:
        checkpoint_note: The checkpoint as its log signed it; lines of witnesses are passed over.
        tokens: TimeStampTokens in DER; the first is over the note (``stamped_bytes``), each later
            one over all before it.
        authorities: Root certificates of the authorities that are trusted, ended ones included.
        at: Instant asked about; the last token that was made by then has to hold.

    Returns:
        The instant at which the checkpoint and its signature existed: that of the first token.

    Raises:
        MalformedReceiptError: The text is no signed note.
        TimeStampError: There is no token, or one is not of this checkpoint or of a trusted
            authority, or states an impossible time.
        TimeStampEndedError: A token had ended before the next one was made, or the last one has.

    Source: RFC 3161, section 2.4.2; RFC 4998, section 5.2.
    """
    if not tokens:
        raise TimeStampError("there is no time stamp")
    first = stamped_bytes(checkpoint_note)
    stamps = [
        verify_time_stamp(stamped_by(tokens[:place]) or first, token, authorities)
        for place, token in enumerate(tokens)
    ]
    if stamps[0].made_at > at:
        raise TimeStampError(
            f"the first time stamp is of {instant_text(stamps[0].made_at)}, after "
            f"{instant_text(at)}"
        )
    for place, (stamp, after) in enumerate(pairwise(stamps), start=1):
        if after.made_at < stamp.made_at:
            raise TimeStampError(
                f"time stamp {place + 1} is of {instant_text(after.made_at)}, before the one it "
                f"renews, of {instant_text(stamp.made_at)}"
            )
        _require_holds(stamp, place, min(after.made_at, at))
    if stamps[-1].made_at <= at:
        _require_holds(stamps[-1], len(stamps), at)
    return stamps[0].made_at


def verify_time_stamp(
    data: bytes,
    token: bytes,
    authorities: Collection[x509.Certificate],
    *,
    nonce: int | None = None,
) -> TimeStamp:
    """Check one token: signature, chain, purpose, time and that it is over some bytes.

    Args:
        data: What it has to be over.
        token: TimeStampToken in DER.
        authorities: Root certificates that are trusted.
        nonce: Number that was asked with; ``None`` where it is not known any more.

    Raises:
        TimeStampError: One of these does not hold.
    """
    if not authorities:
        raise TimeStampError("no authority for time stamps is trusted; name its root certificate")
    response, info = _parse(token)
    imprint = info.message_imprint
    if imprint.hash_algorithm != _SHA256:
        raise TimeStampError(
            f"a time stamp over the hash {imprint.hash_algorithm.dotted_string}; SHA-256 is "
            "checked here"
        )
    if imprint.message != hashlib.sha256(data).digest():
        raise TimeStampError("the time stamp is over something else than what it stands with")
    builder = VerifierBuilder(roots=list(authorities), nonce=nonce)
    try:
        # First, as the library says of an unknown authority only that its certificate is missing.
        holds_until = _end_of_chain(response, authorities)
        builder.build().verify(response, imprint.message)
    except (VerificationError, ValueError) as error:
        raise TimeStampError(f"the time stamp does not hold: {error}") from error
    return TimeStamp(made_at=info.gen_time.astimezone(UTC), holds_until=holds_until)


def build_request(data: bytes) -> tuple[bytes, int]:
    """Return a request for a time stamp over the SHA-256 of some bytes, and its nonce.

    Source: RFC 3161, section 2.4.1.
    """
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    if request.nonce is None:
        raise TimeStampError("a request without nonce")
    return request.as_bytes(), request.nonce


def read_answer(answer: bytes) -> bytes:
    """Return the token in an authority's answer, in DER; nothing of it has been checked.

    Raises:
        TimeStampError: It is no answer, or refuses.
    """
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise TimeStampError(f"the answer is no time stamp: {error}") from error
    if response.status != 0:
        raise TimeStampError(
            f"the authority refused with status {response.status}: "
            f"{'; '.join(response.status_string) or 'no reason given'}"
        )
    return bytes(response.time_stamp_token())


def _parse(token: bytes) -> tuple[TimeStampResponse, TimeStampTokenInfo]:
    """Read a token; the library reads whole answers, so it is put into one that grants it."""
    if len(token) > _LARGEST_TOKEN:
        raise TimeStampError(f"a time stamp of {len(token)} bytes; {_LARGEST_TOKEN} are the most")
    try:
        response = decode_timestamp_response(_sequence(_GRANTED + token))
        is_whole = bytes(response.time_stamp_token()) == token
        info = response.tst_info
    except ValueError as error:
        raise TimeStampError(f"the time stamp cannot be read: {error}") from error
    if not is_whole:
        raise TimeStampError("the time stamp is written in another way than DER")
    return response, info


def _sequence(content: bytes) -> bytes:
    """Write a SEQUENCE in DER, its length as short as it can be."""
    size = len(content)
    if size < _SHORT_FORM:
        return bytes([_SEQUENCE, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([_SEQUENCE, _SHORT_FORM | len(digits)]) + digits + content


def _require_holds(stamp: TimeStamp, place: int, at: datetime) -> None:
    if at > stamp.holds_until:
        raise TimeStampEndedError(
            f"time stamp {place} held until {instant_text(stamp.holds_until)} and was not renewed "
            f"by {instant_text(at)}"
        )


def _end_of_chain(
    response: TimeStampResponse, authorities: Collection[x509.Certificate]
) -> datetime:
    """Return when the best chain from the signer's certificate to a trusted one ends."""
    embedded = [x509.load_der_x509_certificate(cert) for cert in response.signed_data.certificates]
    if len(embedded) > _MOST_CERTIFICATES:
        raise TimeStampError(f"a time stamp with {len(embedded)} certificates")
    ends = {root: root.not_valid_after_utc for root in authorities}
    for _ in embedded:  # the longest chain takes as many steps as there are certificates
        for issuer, certificate in product(list(ends), embedded):
            end = min(ends[issuer], certificate.not_valid_after_utc)
            if _issued(issuer, certificate) and end > ends.get(certificate, _NEVER):
                ends[certificate] = end
    [signer] = response.signed_data.signer_infos
    for certificate, end in ends.items():
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return end
    raise TimeStampError(
        "the time stamp does not hold: its certificates lead to no trusted authority"
    )


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
