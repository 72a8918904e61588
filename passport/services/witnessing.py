"""Witnesses on both sides: asking them for their signatures, and being one."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Protocol

from passport.domain.errors import PassportError
from passport.services.ports import Clock
from passport.signing.merkle_tree import (
    EMPTY_ROOT,
    BrokenPathError,
    LogRewrittenError,
    TreeHead,
    verify_consistency,
)
from passport.signing.transparency_log import (
    Checkpoint,
    ForgedCheckpointError,
    MalformedReceiptError,
    NoteKey,
    NoteSigner,
    TrustedLog,
    UnknownLogError,
    parse_checkpoint,
    split_note,
    verify_checkpoint,
)
from passport.signing.witness import AddCheckpoint, cosign, parse_add_checkpoint
from passport.signing.witness_client import OtherSizeError


class WitnessedLog(Protocol):
    """The log, as far as witnesses are told of it."""

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint."""
        ...

    def consistency(self, old_size: int, new_size: int) -> Sequence[bytes]:
        """Return the proof that the tree of one size begins with that of a smaller one."""
        ...


class CosignatureRegister(Protocol):
    """What witnesses signed."""

    def add(self, size: int, witness: str, line: str, *, at: datetime) -> None:
        """Keep the line of a witness below the checkpoint of a size."""
        ...

    def newest_size(self, witness: str) -> int:
        """Return the size of the newest checkpoint that a witness signed; 0 for none."""
        ...


class Witness(Protocol):
    """Somebody who signs checkpoints when asked."""

    @property
    def key(self) -> NoteKey:
        """The key that verifies the signatures."""
        ...

    def add_checkpoint(self, asked: AddCheckpoint) -> str:
        """Return the line with the signature."""
        ...


def collect_cosignature(
    witness: Witness, *, log: WitnessedLog, register: CosignatureRegister, clock: Clock
) -> bool:
    """Have a witness sign the newest checkpoint, unless it did or there is nothing in the log.

    Returns:
        Whether it signed something new.

    Raises:
        LogRewrittenError: The witness signed a larger log of this name: this one is older.
        PassportError: It does not sign, or was not reached.
    """
    note = log.checkpoint().decode()
    size = parse_checkpoint(split_note(note)[0]).size
    known = register.newest_size(witness.key.name)
    if known == size:
        return False
    try:
        line = witness.add_checkpoint(_request(known, size, note, log))
    except OtherSizeError as error:
        if error.size > size:
            raise LogRewrittenError(
                f"{witness.key.name} signed this log with {error.size} entries; it has {size} "
                f"now: stop writing and see the rules for forks"
            ) from error
        line = witness.add_checkpoint(_request(error.size, size, note, log))
    register.add(size, witness.key.name, line, at=clock.now())
    return True


def _request(old_size: int, size: int, note: str, log: WitnessedLog) -> AddCheckpoint:
    return AddCheckpoint(old_size=old_size, path=log.consistency(old_size, size), note=note)


# Being a witness


class CheckpointNotSignedError(PassportError):
    """A witness does not sign what it was shown; ``http_status`` is the protocol's answer."""

    code = "checkpoint-not-signed"
    http_status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST


class LogNotWitnessedError(CheckpointNotSignedError):
    """The witness was not told to follow this log."""

    code = "log-not-witnessed"
    http_status = HTTPStatus.NOT_FOUND


class NotOfTheLogError(CheckpointNotSignedError):
    """No key of the log signed the checkpoint."""

    code = "checkpoint-not-of-the-log"
    http_status = HTTPStatus.FORBIDDEN


class OldSizeError(CheckpointNotSignedError):
    """The witness signed another checkpoint last than the request begins with."""

    code = "witness-old-size"
    http_status = HTTPStatus.CONFLICT

    def __init__(self, size: int) -> None:
        super().__init__(f"the last checkpoint that was signed here has {size} entries")
        self.size = size


class NotAnExtensionError(CheckpointNotSignedError):
    """The proof does not lead from the checkpoint that was signed last to the new one."""

    code = "checkpoint-no-extension"
    http_status = HTTPStatus.UNPROCESSABLE_ENTITY


class WitnessState(Protocol):
    """What a witness signed last, by log; kept on disk."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Be the only one who signs, until the block ends."""
        ...

    def newest(self, origin: str) -> str | None:
        """Return the note of a log that was signed last."""
        ...

    def keep(self, origin: str, note: str) -> None:
        """Keep the note that is about to be signed; it is on disk when this returns."""
        ...

    def keep_evidence(self, origin: str, signed: str, shown: str) -> None:
        """Keep two checkpoints of a log that contradict each other."""
        ...


class WitnessDesk:
    """A witness: signs a checkpoint that extends what it signed before, and no other."""

    def __init__(
        self,
        signer: NoteSigner,
        logs: Mapping[str, TrustedLog],
        state: WitnessState,
        clock: Clock,
    ) -> None:
        """Take the key, the logs to follow by origin, and what was signed so far."""
        self._signer = signer
        self._logs = logs
        self._state = state
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> str:
        """Sign a checkpoint; return the line of the signature.

        Raises:
            CheckpointNotSignedError: It is not signed; the kind of error says why.
        """
        try:
            asked = parse_add_checkpoint(body)
            origin = parse_checkpoint(split_note(asked.note)[0]).origin
        except MalformedReceiptError as error:
            raise CheckpointNotSignedError(str(error)) from error
        shown = self._verified(asked.note, origin)
        if asked.old_size > shown.size:
            raise CheckpointNotSignedError(
                f"the request goes from {asked.old_size} back to {shown.size} entries"
            )
        with self._state.exclusive():
            signed_note = self._state.newest(origin)
            self._require_extension(signed_note, asked, shown)
            self._state.keep(origin, asked.note)
        return cosign(asked.note, self._signer, self._clock.now())

    def _verified(self, note: str, origin: str) -> Checkpoint:
        log = self._logs.get(origin)
        if log is None:
            raise LogNotWitnessedError(f"{origin!r} is no log that this witness follows")
        try:
            return verify_checkpoint(note, [log])
        except (UnknownLogError, ForgedCheckpointError) as error:
            raise NotOfTheLogError(str(error)) from error

    def _require_extension(
        self, signed_note: str | None, asked: AddCheckpoint, shown: Checkpoint
    ) -> None:
        signed = _head_of(signed_note)
        if asked.old_size != signed.size:
            raise OldSizeError(signed.size)
        try:
            verify_consistency(signed, shown.head, asked.path)
        except (BrokenPathError, LogRewrittenError) as error:
            if signed_note is not None and signed.size == shown.size:
                self._state.keep_evidence(shown.origin, signed_note, asked.note)
                raise OldSizeError(signed.size) from error
            raise NotAnExtensionError(str(error)) from error


def _head_of(note: str | None) -> TreeHead:
    return TreeHead(0, EMPTY_ROOT) if note is None else parse_checkpoint(split_note(note)[0]).head
