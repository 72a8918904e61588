"""The telemetry store: what it says it has, it has.

Frames are acknowledged when they stand in the spool, synced to disk, and the ledger knows them.
The spool is the truth: a record that was synced but not yet known is entered when the store is
used next. Of two frames with one key and different content the first durable one wins.
"""

import hashlib
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import groupby
from typing import ClassVar, Final

import orjson
from sqlalchemy import Engine

from bms_ingest.frame import Frame, FrameKey
from bms_ingest.storage.ledger import Ledger, reading
from bms_ingest.storage.records import decode_record, encode_record
from bms_ingest.storage.spool import Place, Spool
from bms_ingest.storage.tables import LedgerRow, QuarantineRow
from passport.domain.errors import PassportError

MOST_WAITING_FRAMES: Final = 500_000
"""So many frames may wait for the disk; beyond it the caller is asked to come back."""
CONFLICT: Final = "other-content"
"""Reason of a frame whose key is known with other readings."""


class TelemetryBusyError(PassportError):
    """More frames come than the disk takes; nothing of this batch was kept."""

    code: ClassVar[str] = "telemetry-busy"
    http_status: ClassVar[HTTPStatus] = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A frame as it came, for quarantine.

    Attributes:
        battery_id: Which battery; empty where the frame did not say.
        reason: Code of what is wrong.
        raw: The frame as it came.
        kept: The frame is kept without the readings that cannot be.
    """

    battery_id: str
    reason: str
    raw: bytes
    kept: bool = False


@dataclass(slots=True)
class _Waiting:
    """One batch on its way to the disk, and what became of it."""

    frames: Sequence[Frame]
    aside: list[SetAside]
    received_ms: int
    accepted: int = 0
    duplicates: int = 0
    conflicts: list[FrameKey] = field(default_factory=list)
    durable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of a batch; all of it is durable.

    Attributes:
        accepted: Frames that are new.
        duplicates: Frames that were there already, with the same content.
        conflicts: Keys that were there already with other content; these frames are set aside.
    """

    accepted: int
    duplicates: int
    conflicts: tuple[FrameKey, ...]


class TelemetryStore:
    """Spool and ledger together; several threads and processes may use it."""

    def __init__(self, engine: Engine, spool: Spool) -> None:
        self._engine = engine
        self._spool = spool
        self._gate = threading.Lock()
        self._turn = threading.Lock()
        self._queue: list[_Waiting] = []

    def store(
        self, frames: Sequence[Frame], aside: Iterable[SetAside] = (), *, received_ms: int
    ) -> Stored:
        """Make a batch durable and say what was new.

        Batches of several threads are written with one sync: whoever gets the turn writes for
        all who wait.

        Raises:
            TelemetryBusyError: Too many frames are waiting for the disk.
        """
        mine = _Waiting(frames, list(aside), received_ms)
        self._join_queue(mine)
        with self._turn:
            if not mine.durable:
                self._write_for_all(mine)
        return Stored(
            accepted=mine.accepted, duplicates=mine.duplicates, conflicts=tuple(mine.conflicts)
        )

    def recover(self) -> int:
        """Enter records that are in the spool but not in the ledger; return how many."""
        with self._turn, self._spool.exclusive():
            return sum(self._recover_segment(segment) for segment in self._spool.segments())

    def _join_queue(self, mine: _Waiting) -> None:
        with self._gate:
            waiting = sum(len(other.frames) for other in self._queue)
            if self._queue and waiting + len(mine.frames) > MOST_WAITING_FRAMES:
                raise TelemetryBusyError(
                    f"{waiting} frames wait for the disk; send this batch again in a few seconds"
                )
            self._queue.append(mine)

    def _write_for_all(self, mine: _Waiting) -> None:
        """Write every batch that waits; after a failure the others try for themselves."""
        with self._gate:
            group, self._queue = self._queue, []
        try:
            with self._spool.exclusive():
                self._write(group)
        finally:
            others = [one for one in group if one is not mine and not one.durable]
            with self._gate:
                self._queue[:0] = others

    def _write(self, group: list[_Waiting]) -> None:
        """Write the new frames of some batches, then enter them; only within ``exclusive``."""
        for segment in self._spool.segments()[-1:]:
            self._recover_segment(segment)
        parts: list[tuple[_Waiting, list[Frame]]] = []
        with reading(self._engine) as connection:
            known = _Known(Ledger(connection, self._spool))
            for waiting in group:
                fresh = known.sort_out(waiting)
                parts += [(waiting, part) for part in _by_record(fresh)]
        payloads = [encode_record(part) for _, part in parts]
        places = self._spool.append(payloads)
        rows = [
            _ledger_row(part, place, payload, waiting.received_ms)
            for (waiting, part), place, payload in zip(parts, places, payloads, strict=True)
        ]
        with self._engine.begin() as connection:
            ledger = Ledger(connection, self._spool)
            ledger.enter(rows)
            ledger.set_aside(
                _quarantine_row(aside, waiting.received_ms)
                for waiting in group
                for aside in waiting.aside
            )
        for waiting in group:
            waiting.durable = True

    def _recover_segment(self, segment: str) -> int:
        with reading(self._engine) as connection:
            end = Ledger(connection, self._spool).end_of(segment)
        if self._spool.size(segment) == end:
            return 0
        rows = [
            _ledger_row(decode_record(payload), place, payload, received_ms=0)
            for place, payload in self._spool.recover(segment, end)
        ]
        with self._engine.begin() as connection:
            Ledger(connection, self._spool).enter(rows)
        return len(rows)


class _Known:
    """Frames that are durable already, and those that came earlier in the same write."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._came: dict[tuple[str, int], dict[int, Frame]] = {}

    def sort_out(self, waiting: _Waiting) -> list[Frame]:
        """Return the new frames of a batch, and count the others."""
        waiting.accepted = waiting.duplicates = 0
        waiting.conflicts.clear()
        fresh: list[Frame] = []
        for (battery_id, epoch), frames in _by_epoch(waiting.frames):
            known = self._known(battery_id, epoch, frames)
            for frame in frames:
                before = known.get(frame.seq)
                if before is None:
                    known[frame.seq] = frame
                    fresh.append(frame)
                elif before == frame:
                    waiting.duplicates += 1
                else:
                    waiting.conflicts.append(frame.key)
                    waiting.aside.append(set_aside(frame, CONFLICT))
        waiting.accepted = len(fresh)
        return fresh

    def _known(self, battery_id: str, epoch: int, frames: list[Frame]) -> dict[int, Frame]:
        came = self._came.setdefault((battery_id, epoch), {})
        seqs = [frame.seq for frame in frames]
        for frame in self._ledger.frames_between(battery_id, epoch, min(seqs), max(seqs)):
            came[frame.seq] = frame
        return came


def set_aside(frame: Frame, reason: str, *, kept: bool = False) -> SetAside:
    """Put a frame into quarantine."""
    return SetAside(
        battery_id=frame.battery_id, reason=reason, raw=orjson.dumps(frame._asdict()), kept=kept
    )


def _by_epoch(frames: Sequence[Frame]) -> Iterable[tuple[tuple[str, int], list[Frame]]]:
    def pack_and_epoch(frame: Frame) -> tuple[str, int]:
        return frame.battery_id, frame.epoch

    ordered = sorted(frames, key=pack_and_epoch)
    return [(key, list(group)) for key, group in groupby(ordered, key=pack_and_epoch)]


def _by_record(frames: list[Frame]) -> list[list[Frame]]:
    """Divide frames into records: one battery, one epoch, one day each, in the order of seq."""

    def place(frame: Frame) -> tuple[str, int, int]:
        return frame.battery_id, frame.epoch, frame.day

    ordered = sorted(frames, key=lambda frame: (*place(frame), frame.seq))
    return [list(group) for _, group in groupby(ordered, key=place)]


def _ledger_row(frames: list[Frame], place: Place, payload: bytes, received_ms: int) -> LedgerRow:
    first = frames[0]
    return LedgerRow(
        battery_id=first.battery_id,
        epoch=first.epoch,
        day=first.day,
        first_seq=first.seq,
        last_seq=frames[-1].seq,
        frame_count=len(frames),
        segment=place.segment,
        record_offset=place.offset,
        record_length=place.length,
        digest=hashlib.sha256(payload).digest(),
        received_ms=received_ms,
    )


def _quarantine_row(aside: SetAside, received_ms: int) -> QuarantineRow:
    named = b"\0".join((aside.battery_id.encode(), aside.reason.encode(), aside.raw))
    return QuarantineRow(
        digest_hex=hashlib.sha256(named).hexdigest(),
        battery_id=aside.battery_id,
        reason=aside.reason,
        kept=aside.kept,
        raw=aside.raw,
        received_ms=received_ms,
    )
