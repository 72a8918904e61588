"""A witness signs each state of a log that extends the last one, and no other."""

from datetime import UTC, datetime

import pytest
from builders_log import an_entry
from builders_notes import ORIGIN, SIGNER, TRUSTED, MemoryNoteSigner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.services.witnessing import (
    CheckpointNotSignedError,
    LogNotWitnessedError,
    NotAnExtensionError,
    NotOfTheLogError,
    OldSizeError,
    WitnessDesk,
    collect_cosignature,
)
from passport.signing.merkle_tree import LogRewrittenError, RightEdge, consistency_path, node_reader
from passport.signing.transparency_log import WITNESS_SIGNATURE, Checkpoint, sign_checkpoint
from passport.signing.witness import AddCheckpoint, verify_cosignatures
from passport.signing.witness_client import OtherSizeError
from passport.storage.witness_state import FileWitnessState, WitnessStateError

SEEN_AT = datetime(2026, 11, 22, 1, tzinfo=UTC)


class FixedTime:
    def now(self) -> datetime:
        return SEEN_AT


class ListLog:
    """A log in memory that can be made to forget or to change its past."""

    def __init__(self, names: range, origin: str = ORIGIN) -> None:
        self.entries = [an_entry(name) for name in names]
        self.origin = origin
        self.signer = SIGNER

    def checkpoint(self) -> bytes:
        tree = self._tree()
        checkpoint = Checkpoint(origin=self.origin, size=tree.size, root=tree.root())
        return sign_checkpoint(checkpoint, self.signer).encode()

    def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        tree = self._tree()
        node = node_reader(lambda level, at: tree.changed[level, at])
        return consistency_path(old_size, new_size, node)

    def _tree(self) -> RightEdge:
        tree = RightEdge(0, {})
        tree.append(self.entries)
        return tree


class ListRegister:
    """Cosignatures in memory."""

    def __init__(self) -> None:
        self.lines: dict[tuple[int, str], str] = {}

    def add(self, size: int, witness: str, line: str, *, at: datetime) -> None:
        assert at == SEEN_AT
        self.lines.setdefault((size, witness), line)

    def newest_size(self, witness: str) -> int:
        return max((size for size, name in self.lines if name == witness), default=0)


class DeskInReach:
    """A witness that is asked without a network."""

    def __init__(self, folder, name="witness.example/w1") -> None:
        self.signer = MemoryNoteSigner(name, Ed25519PrivateKey.generate(), WITNESS_SIGNATURE)
        self.key = self.signer.key
        self.folder = folder
        state = FileWitnessState.begin(folder, name)
        self.desk = WitnessDesk(self.signer, {ORIGIN: TRUSTED}, state, FixedTime())

    def add_checkpoint(self, asked: AddCheckpoint) -> str:
        try:
            return self.desk.add_checkpoint(asked.to_bytes())
        except OldSizeError as error:
            raise OtherSizeError(self.key.name, error.size) from error

    def collect(self, log: ListLog, register: ListRegister) -> bool:
        return collect_cosignature(self, log=log, register=register, clock=FixedTime())


@pytest.fixture
def witness(tmp_path):
    return DeskInReach(tmp_path / "witness")


def asked(log: ListLog, old_size: int, **changed) -> bytes:
    path = log.consistency(old_size, len(log.entries))
    given = {"old_size": old_size, "path": path, "note": log.checkpoint().decode()} | changed
    return AddCheckpoint(**given).to_bytes()


def test_a_witness_signs_a_log_from_its_first_checkpoint_on(witness):
    log, register = ListLog(range(0)), ListRegister()

    assert not witness.collect(log, register)
    for size in (1, 2):
        log.entries.append(an_entry(size))
        assert witness.collect(log, register)
    assert not witness.collect(log, register)

    note = log.checkpoint().decode() + register.lines[2, witness.key.name]
    assert verify_cosignatures(note, [witness.key]) == {witness.key.name: SEEN_AT}


def test_a_log_that_lost_its_cosignatures_is_told_where_the_witness_stands(witness):
    log = ListLog(range(5))
    witness.collect(log, ListRegister())
    log.entries.append(an_entry("more"))
    register = ListRegister()

    assert witness.collect(log, register)

    assert list(register.lines) == [(6, witness.key.name)]


def test_a_log_from_an_old_backup_learns_that_it_forgot_entries(witness):
    log = ListLog(range(5))
    witness.collect(log, ListRegister())
    del log.entries[3:]

    with pytest.raises(LogRewrittenError, match="with 5 entries; it has 3 now"):
        witness.collect(log, ListRegister())


def test_a_witness_that_starts_again_signs_no_second_history(witness):
    log = ListLog(range(5))
    witness.collect(log, ListRegister())
    again = WitnessDesk(
        witness.signer, {ORIGIN: TRUSTED}, FileWitnessState(witness.folder), FixedTime()
    )
    fork = ListLog(range(1, 9))

    with pytest.raises(NotAnExtensionError):
        again.add_checkpoint(asked(fork, 5))
    with pytest.raises(OldSizeError) as told:
        again.add_checkpoint(asked(fork, 0))

    assert told.value.size == 5
    assert again.add_checkpoint(asked(ListLog(range(7)), 5))


def test_another_log_of_the_same_size_is_refused_and_kept_as_evidence(witness):
    log, fork = ListLog(range(5)), ListLog(range(1, 6))
    witness.collect(log, ListRegister())

    with pytest.raises(OldSizeError):
        witness.desk.add_checkpoint(asked(fork, 5))

    (evidence,) = witness.folder.glob("evidence-*.txt")
    assert log.checkpoint().decode() in evidence.read_text()
    assert fork.checkpoint().decode() in evidence.read_text()


def test_a_checkpoint_that_the_log_did_not_sign_is_refused(witness):
    log = ListLog(range(3))
    log.signer = MemoryNoteSigner(ORIGIN, Ed25519PrivateKey.generate())

    with pytest.raises(NotOfTheLogError):
        witness.desk.add_checkpoint(asked(log, 0))


def test_a_log_that_nobody_named_is_refused(witness):
    with pytest.raises(LogNotWitnessedError, match=r"other\.example/log"):
        witness.desk.add_checkpoint(asked(ListLog(range(3), "other.example/log"), 0))


@pytest.mark.parametrize("body", [b"", b"old 0\n\nno note", b"old 9\n\n"])
def test_what_is_no_request_is_refused(witness, body):
    note = ListLog(range(3)).checkpoint() if body.startswith(b"old 9") else b""

    with pytest.raises(CheckpointNotSignedError) as refused:
        witness.desk.add_checkpoint(body + note)

    assert refused.value.http_status == 400


def test_a_witness_does_not_start_where_none_was_begun(tmp_path):
    with pytest.raises(WitnessStateError, match="holds no witness"):
        FileWitnessState(tmp_path)


def test_a_witness_is_begun_once(witness):
    with pytest.raises(WitnessStateError, match="already"):
        FileWitnessState.begin(witness.folder, "another")
