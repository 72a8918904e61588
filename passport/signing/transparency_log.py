"""Checkpoints and receipts of an append-only log; no storage, no clock.

An entry is 32 bytes: the SHA-256 of a signed statement or of a salted event. The log signs the
root of the tree over all entries; a receipt leads from one entry to such a root. All texts have
a public form, so that any tool can follow the log.

Source: C2SP signed-note, tlog-checkpoint and tlog-proof; the tree is in ``merkle_tree``.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from passport.domain.errors import InvalidIdentifierError
from passport.signing.keys import SigningKey
from passport.signing.merkle_tree import (
    HASH_BYTES,
    ReceiptRefusedError,
    TreeHead,
    verify_consistency,
    verify_inclusion,
)
from passport.signing.multibase import decode_base58btc

LOG_SIGNATURE = b"\x01"
"""Type of a plain Ed25519 signature. Source: C2SP signed-note, signature types."""
WITNESS_SIGNATURE = b"\x04"
"""Type of a time-stamped Ed25519 cosignature. Source: C2SP signed-note, signature types."""
_ED25519_MULTIKEY = b"\xed\x01"
"""What stands before an Ed25519 key in Multikey."""
_KEY_ID_BYTES = 4
_SIGNATURE_MARK = "\N{EM DASH} "
_RECEIPT_HEADER = "c2sp.org/tlog-proof@v1"
_LONGEST_RECEIPT = 100_000
_CHECKPOINT_LINES = 3
_LONGEST_NUMBER = 18
"""Digits of a size or an index at most."""


class MalformedReceiptError(ReceiptRefusedError):
    """The text is no receipt or no checkpoint."""

    code = "receipt-malformed"


class UnknownLogError(ReceiptRefusedError):
    """The checkpoint comes from a log that is not trusted here."""

    code = "unknown-log"


class ForgedCheckpointError(ReceiptRefusedError):
    """The log named in the checkpoint did not sign it."""

    code = "checkpoint-forged"


@dataclass(frozen=True, slots=True)
class NoteKey:
    """The public key that verifies notes, with the name it signs under.

    Attributes:
        public_key: Ed25519, 32 bytes.
        signature_type: ``LOG_SIGNATURE``, or ``WITNESS_SIGNATURE`` where a witness signs.

    Source: C2SP signed-note, Ed25519 signatures.
    """

    name: str
    public_key: bytes
    signature_type: bytes = LOG_SIGNATURE

    @property
    def key_id(self) -> bytes:
        """Four bytes that find the key beside a signature."""
        named = self.name.encode() + b"\n" + self.signature_type + self.public_key
        return sha256(named).digest()[:_KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as verifiers are given it: ``name+id+base64``."""
        return (
            f"{self.name}+{self.key_id.hex()}+{write_base64(self.signature_type + self.public_key)}"
        )


def parse_note_key(text: str, signature_type: bytes = LOG_SIGNATURE) -> NoteKey:
    """Read a verifier key ``name+id+base64``.

    Raises:
        InvalidIdentifierError: The text is no Ed25519 verifier key of this type, or its id is
            another one's.
    """
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    decoded = _from_base64(encoded)
    key = NoteKey(name, decoded.removeprefix(signature_type), signature_type)
    if not name or len(key.public_key) != HASH_BYTES or key.text != text or name.split() != [name]:
        raise InvalidIdentifierError(f"{text!r} is no verifier key; write name+id+base64")
    return key


class NoteSigner(Protocol):
    """Signs the checkpoints of one log, or of many logs as their witness."""

    @property
    def key(self) -> NoteKey:
        """The key that verifies them."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return an Ed25519 signature."""
        ...


class KeyNoteSigner:
    """NoteSigner on a key of the keystore."""

    def __init__(
        self, name: str, signing_key: SigningKey, signature_type: bytes = LOG_SIGNATURE
    ) -> None:
        """Take a key under the name of its log or witness.

        Raises:
            InvalidIdentifierError: It is no Ed25519 key.
        """
        multikey = decode_base58btc(signing_key.public_key_multibase)
        if not multikey.startswith(_ED25519_MULTIKEY):
            raise InvalidIdentifierError(
                f"{signing_key.key_id} cannot sign a log; give it an Ed25519 key"
            )
        self._signing_key = signing_key
        public_key = multikey.removeprefix(_ED25519_MULTIKEY)
        self.key = NoteKey(name, public_key, signature_type)

    def sign(self, message: bytes) -> bytes:
        """Return an Ed25519 signature."""
        return self._signing_key.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedLog:
    """A log whose checkpoints count here."""

    origin: str
    key: NoteKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log: which one, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def head(self) -> TreeHead:
        """The tree it signs."""
        return TreeHead(self.size, self.root)

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{write_base64(self.root)}\n"


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> str:
    """Write a checkpoint as a signed note."""
    return f"{checkpoint.text}\n{signature_line(signer.key, signer.sign(checkpoint.text.encode()))}"


def signature_line(key: NoteKey, signature: bytes) -> str:
    """Write a signature as it stands below a note."""
    return f"{_SIGNATURE_MARK}{key.name} {write_base64(key.key_id + signature)}\n"


def verify_checkpoint(note: str, trusted_logs: Iterable[TrustedLog]) -> Checkpoint:
    """Check who signed a checkpoint, and return what it says.

    Signatures of others, such as witnesses, are passed over.

    Raises:
        MalformedReceiptError: The text is no signed checkpoint.
        UnknownLogError: None of the trusted logs signed it under its own origin.
        ForgedCheckpointError: A signature in the name of a trusted log does not hold.
    """
    body, signatures = split_note(note)
    checkpoint = parse_checkpoint(body)
    for log in trusted_logs:
        signature = signatures.get((log.key.name, log.key.key_id))
        if signature is not None and log.origin == checkpoint.origin:
            _verify_signature(log.key, signature, body)
            return checkpoint
    raise UnknownLogError(f"no trusted log signed this checkpoint of {checkpoint.origin!r}")


def verify_extension(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Check that a newer checkpoint extends an older one of the same log.

    Raises:
        UnknownLogError: The two are of different logs.
        BrokenPathError: The path has another length than these sizes need.
        LogRewrittenError: The newer tree is smaller, or does not begin with the older one.
    """
    if old.origin != new.origin:
        raise UnknownLogError(f"a checkpoint of {new.origin!r} does not extend {old.origin!r}")
    verify_consistency(old.head, new.head, path)


def _verify_signature(key: NoteKey, signature: bytes, body: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, body.encode())
    except InvalidSignature as error:
        raise ForgedCheckpointError(f"{key.name} did not sign this checkpoint") from error


def split_note(note: str) -> tuple[str, dict[tuple[str, bytes], bytes]]:
    """Return the signed text and the signatures by key name and key id; nothing is verified.

    Raises:
        MalformedReceiptError: The text is no note.
    """
    if len(note) > _LONGEST_RECEIPT:
        raise MalformedReceiptError(f"note of {len(note)} characters, over {_LONGEST_RECEIPT}")
    body, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise MalformedReceiptError("the note has no signature lines after an empty line")
    signatures = {}
    for line in tail.removesuffix("\n").split("\n"):
        name, _, encoded = line.removeprefix(_SIGNATURE_MARK).partition(" ")
        signature = _from_base64(encoded)
        if not line.startswith(_SIGNATURE_MARK) or len(signature) <= _KEY_ID_BYTES:
            raise MalformedReceiptError(f"{line!r} is no signature line")
        signatures[name, signature[:_KEY_ID_BYTES]] = signature[_KEY_ID_BYTES:]
    return body + "\n", signatures


def without_cosignatures(note: str) -> str:
    """Return a checkpoint as its log signed it: its text, the empty line, its first signature line.

    A log writes its own line first; those of witnesses join below it. Nothing is verified.

    Raises:
        MalformedReceiptError: The text is no note.
    """
    body, _ = split_note(note)
    first, end, _ = note.removeprefix(body).removeprefix("\n").partition("\n")
    return f"{body}\n{first}{end}"


def parse_checkpoint(body: str) -> Checkpoint:
    """Read the signed lines of a checkpoint; who signed them is not asked.

    Raises:
        MalformedReceiptError: They are not those of a checkpoint.
    """
    lines = body.removesuffix("\n").split("\n")
    if len(lines) < _CHECKPOINT_LINES or not all(lines):
        raise MalformedReceiptError("a checkpoint has a line each for origin, size and root")
    origin, size, root = lines[:_CHECKPOINT_LINES]
    return Checkpoint(origin=origin, size=parse_number(size), root=parse_hash(root))


def make_receipt(index: int, path: Sequence[bytes], checkpoint_note: str) -> str:
    """Write the proof that an entry is in the log, for a reader without network."""
    hashes = "".join(f"{write_base64(digest)}\n" for digest in path)
    return f"{_RECEIPT_HEADER}\nindex {index}\n{hashes}\n{checkpoint_note}"


def verify_receipt(
    receipt_text: str, entry_digest: bytes, trusted_logs: Iterable[TrustedLog]
) -> Checkpoint:
    """Check a receipt for an entry and return the checkpoint it proves the entry in.

    Raises:
        MalformedReceiptError: The text is no receipt.
        UnknownLogError: The receipt is of a log that is not trusted.
        ForgedCheckpointError: The signature of the log does not hold.
        BrokenPathError: The proof has not the length its place needs.
        EntryMismatchError: The receipt belongs to another entry, or its proof was altered.

    Source: C2SP tlog-proof.
    """
    index, path, note = parse_receipt(receipt_text)
    checkpoint = verify_checkpoint(note, trusted_logs)
    verify_inclusion(entry_digest, index, checkpoint.head, path)
    return checkpoint


def parse_receipt(text: str) -> tuple[int, tuple[bytes, ...], str]:
    """Return index, path and signed checkpoint of a receipt; nothing is verified.

    Raises:
        MalformedReceiptError: The text is no receipt.
    """
    if len(text) > _LONGEST_RECEIPT:
        raise MalformedReceiptError(f"receipt of {len(text)} characters, over {_LONGEST_RECEIPT}")
    head, blank, note = text.partition("\n\n")
    header, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        del lines[0]
    if header != _RECEIPT_HEADER or not blank or not lines or not lines[0].startswith("index "):
        raise MalformedReceiptError(f"a receipt begins with {_RECEIPT_HEADER} and an index")
    index = parse_number(lines[0].removeprefix("index "))
    return index, tuple(parse_hash(line) for line in lines[1:]), note


def parse_number(text: str) -> int:
    """Read a number of entries or a place among them.

    Raises:
        MalformedReceiptError: The text is no such number, or another writing of it.
    """
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
        number = int(text)
        if str(number) == text:
            return number
    raise MalformedReceiptError(f"{text[:40]!r} is no number of entries")


def parse_hash(text: str) -> bytes:
    """Read a hash of the tree.

    Raises:
        MalformedReceiptError: The text is no SHA-256 hash in base64.
    """
    digest = _from_base64(text)
    if len(digest) != HASH_BYTES:
        raise MalformedReceiptError(f"{text[:60]!r} is no SHA-256 hash in base64")
    return digest


def write_base64(content: bytes) -> str:
    """Write bytes as notes have them: standard base64 with its padding."""
    return base64.b64encode(content).decode("ascii")


def _from_base64(text: str) -> bytes:
    """Decode standard base64, or give nothing where the text is not exactly its own encoding."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if write_base64(content) == text else b""
