"""Witnesses of logs: third parties that sign each state of a log they saw grow.

A witness keeps the newest checkpoint of a log and signs a newer one only with the proof that it
extends the one it kept. Who asks for the cosignatures of several witnesses sees the log that
they all see: a log that shows two faces finds no witness for the second.

Source: C2SP tlog-cosignature (Ed25519, ``cosignature/v1``) and tlog-witness.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from passport.signing.merkle_tree import ReceiptRefusedError
from passport.signing.transparency_log import (
    WITNESS_SIGNATURE,
    MalformedReceiptError,
    NoteKey,
    NoteSigner,
    parse_hash,
    parse_note_key,
    parse_number,
    signature_line,
    split_note,
    write_base64,
)

_TIME_BYTES = 8
_ED25519_BYTES = 64
_MOST_PROOF_LINES = 63
LARGEST_REQUEST = 64 * 1024
_OLD = "old "


class ForgedCosignatureError(ReceiptRefusedError):
    """The witness named beside a checkpoint did not sign it."""

    code = "cosignature-forged"


def parse_witness_key(text: str) -> NoteKey:
    """Read the verifier key of a witness, ``name+id+base64``.

    Raises:
        InvalidIdentifierError: The text is no key of a witness; that of a log has another type.
    """
    return parse_note_key(text, WITNESS_SIGNATURE)


def cosign(note: str, signer: NoteSigner, at: datetime) -> str:
    """Sign a checkpoint as a witness; return the line that joins the note's signatures.

    Args:
        note: The signed checkpoint.
        signer: The key of the witness.
        at: When the witness saw this as the newest state of the log; full seconds are signed.

    Raises:
        MalformedReceiptError: The text is no note.
    """
    body, _ = split_note(note)
    seconds = int(at.timestamp())
    signature = signer.sign(_cosigned_message(body, seconds))
    return signature_line(signer.key, seconds.to_bytes(_TIME_BYTES) + signature)


def verify_cosignatures(note: str, witnesses: Iterable[NoteKey]) -> Mapping[str, datetime]:
    """Check which of the witnesses signed a checkpoint, and when; others are passed over.

    Returns:
        When each witness signed, by its name.

    Raises:
        MalformedReceiptError: The text is no note.
        ForgedCosignatureError: A line in the name of one of the witnesses does not hold.
    """
    body, signatures = split_note(note)
    signed: dict[str, datetime] = {}
    for witness in witnesses:
        cosignature = signatures.get((witness.name, witness.key_id))
        if cosignature is not None:
            signed[witness.name] = _verify_cosignature(witness, cosignature, body)
    return signed


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """Add the lines of witnesses to a signed checkpoint."""
    return note + "".join(lines)


def _cosigned_message(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def _verify_cosignature(witness: NoteKey, cosignature: bytes, body: str) -> datetime:
    if len(cosignature) != _TIME_BYTES + _ED25519_BYTES:
        raise ForgedCosignatureError(
            f"the cosignature of {witness.name} has {len(cosignature)} bytes"
        )
    seconds = int.from_bytes(cosignature[:_TIME_BYTES])
    key = Ed25519PublicKey.from_public_bytes(witness.public_key)
    try:
        key.verify(cosignature[_TIME_BYTES:], _cosigned_message(body, seconds))
        return datetime.fromtimestamp(seconds, UTC)
    except (InvalidSignature, ValueError, OverflowError, OSError) as error:
        raise ForgedCosignatureError(f"{witness.name} did not sign this checkpoint") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """What a witness is asked: to sign a checkpoint that extends the one it signed last.

    Attributes:
        old_size: Entries of the checkpoint that the witness signed last; 0 for none.
        path: Consistency proof from there.
        note: The new checkpoint as the log signed it.
    """

    old_size: int
    path: Sequence[bytes]
    note: str

    def to_bytes(self) -> bytes:
        """Write the body of the request."""
        hashes = "".join(f"{write_base64(digest)}\n" for digest in self.path)
        return f"{_OLD}{self.old_size}\n{hashes}\n{self.note}".encode()


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """Read the body of a request.

    Raises:
        MalformedReceiptError: It has another form.
    """
    if len(body) > LARGEST_REQUEST:
        raise MalformedReceiptError(f"request of {len(body)} bytes, over {LARGEST_REQUEST}")
    try:
        head, blank, note = body.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise MalformedReceiptError("the request is no UTF-8 text") from error
    first, *hashes = head.split("\n")
    if not blank or not first.startswith(_OLD):
        raise MalformedReceiptError("a request begins with the old size and ends with a checkpoint")
    if len(hashes) > _MOST_PROOF_LINES:
        raise MalformedReceiptError(f"{len(hashes)} proof lines; {_MOST_PROOF_LINES} are the most")
    return AddCheckpoint(
        old_size=parse_number(first.removeprefix(_OLD)),
        path=tuple(parse_hash(line) for line in hashes),
        note=note,
    )
