"""The days of a battery: what its durable frames amount to, kept up to date.

A day is open while its frames are still expected, then one row. Late frames, too many holes or
other traits send it back to the raw frames. The result is always that of ``fold_frames`` over all
durable frames.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import orjson
from sqlalchemy import Connection, Engine, delete, insert, select, text

from bms_ingest.fold import OpenDay, fold_frames, join_days
from bms_ingest.frame import Frame
from bms_ingest.storage.ledger import Ledger, reading
from bms_ingest.storage.records import decode_stretches, digest_of, encode_stretches
from bms_ingest.storage.spool import Spool
from bms_ingest.storage.tables import DayRow
from bms_ingest.stretch import Stretch
from bms_ingest.traits import BatteryTraits

RECORDS_AT_ONCE: Final = 200
"""So many records are folded in one transaction, so that writers wait only moments."""
DAYS_OPEN: Final = 2
"""The newest days of a battery stay open for frames that come late."""

_DAY = DayRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it


class DayBook:
    """Days in the database, folded from the spool."""

    def __init__(self, engine: Engine, spool: Spool) -> None:
        self._engine = engine
        self._spool = spool

    def batteries_to_fold(self) -> list[str]:
        """Return the batteries with frames that no day has taken in yet."""
        with reading(self._engine) as connection:
            return Ledger(connection, self._spool).batteries_to_fold()

    def frame_count(self, battery_id: str) -> int:
        """Return how many frames of a battery are durable."""
        with reading(self._engine) as connection:
            return Ledger(connection, self._spool).count(battery_id)

    def total(self, battery_id: str, traits: BatteryTraits) -> Stretch | None:
        """Return what all durable frames of a battery amount to, folding what is new."""
        while self._fold_some(battery_id, traits):
            pass
        with reading(self._engine) as connection:
            days = [
                join_days(decode_stretches(row.stretches, traits))
                for row in _rows(connection, battery_id)
            ]
        return join_days(day for day in days if day is not None)

    def readings_digest(self, battery_id: str) -> bytes:
        """Return the SHA-256 over the digests of all days, each with its day number."""
        digest = hashlib.sha256()
        with reading(self._engine) as connection:
            ledger = Ledger(connection, self._spool)
            for row in _rows(connection, battery_id):
                of_day = (
                    row.readings_digest_hex
                    or digest_of(ledger.frames_of_day(battery_id, row.day)).hex()
                )
                digest.update(f"{row.day} {of_day}\n".encode())
        return digest.digest()

    def _fold_some(self, battery_id: str, traits: BatteryTraits) -> bool:
        """Take in some records; say whether there may be more."""
        with self._engine.begin() as connection:
            _lock(connection, battery_id)
            ledger = Ledger(connection, self._spool)
            writer = _DayWriter(connection, ledger, battery_id, traits)
            by_day = ledger.unfolded(battery_id, RECORDS_AT_ONCE)
            for day, records in by_day.items():
                writer.take_in(day, [f for _, place in records for f in ledger.frames_at(place)])
            done = [ledger_id for records in by_day.values() for ledger_id, _ in records]
            ledger.mark_folded(done)
            writer.refold_other_traits()
            writer.close_old_days()
            return len(done) == RECORDS_AT_ONCE


class _DayWriter:
    """Changes the days of one battery within one transaction."""

    def __init__(
        self, connection: Connection, ledger: Ledger, battery_id: str, traits: BatteryTraits
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._battery_id = battery_id
        self._traits = traits
        self._traits_digest = traits_digest(traits)

    def take_in(self, day: int, frames: Iterable[Frame]) -> None:
        """Add frames to a day; one that cannot take them is folded again from its raw frames."""
        row = self._connection.execute(
            select(_DAY).where(_DAY.c.battery_id == self._battery_id, _DAY.c.day == day)
        ).first()
        if row is not None and (
            row.closed or row.overflown or row.traits_digest_hex != self._traits_digest
        ):
            self._refold(day)
            return
        kept = decode_stretches(row.stretches, self._traits) if row is not None else []
        opened = OpenDay(self._traits, kept)
        for frame in frames:
            opened.add(frame)
        if opened.overflown:
            self._refold(day)
        else:
            self._write(day, opened.stretches)

    def refold_other_traits(self) -> None:
        """Fold days again that were folded with other data of the model."""
        stale = select(_DAY.c.day).where(
            _DAY.c.battery_id == self._battery_id,
            _DAY.c.traits_digest_hex != self._traits_digest,
        )
        for day in list(self._connection.execute(stale).scalars()):
            self._refold(day)

    def close_old_days(self) -> None:
        """Make all but the newest days one stretch each."""
        still_open = select(_DAY).where(
            _DAY.c.battery_id == self._battery_id, _DAY.c.closed.is_(False)
        )
        rows = self._connection.execute(still_open.order_by(_DAY.c.day.desc())).all()
        for row in rows[DAYS_OPEN:]:
            total = join_days(decode_stretches(row.stretches, self._traits))
            frames = self._ledger.frames_of_day(self._battery_id, row.day)
            self._write(
                row.day,
                [] if total is None else [total],
                overflown=row.overflown,
                readings_digest=digest_of(frames),
            )

    def _refold(self, day: int) -> None:
        """Fold a day from all its raw frames; it is open again until it is closed."""
        total = fold_frames(self._ledger.frames_of_day(self._battery_id, day), self._traits)
        self._write(day, [] if total is None else [total], overflown=True)

    def _write(
        self,
        day: int,
        stretches: list[Stretch],
        *,
        overflown: bool = False,
        readings_digest: bytes | None = None,
    ) -> None:
        self._connection.execute(
            delete(_DAY).where(_DAY.c.battery_id == self._battery_id, _DAY.c.day == day)
        )
        row = DayRow(
            battery_id=self._battery_id,
            day=day,
            closed=readings_digest is not None,
            overflown=overflown,
            traits_digest_hex=self._traits_digest,
            frame_count=sum(stretch.frames for stretch in stretches),
            stretches=encode_stretches(stretches),
            readings_digest_hex=None if readings_digest is None else readings_digest.hex(),
        )
        self._connection.execute(insert(_DAY), row.model_dump())


def traits_digest(traits: BatteryTraits) -> str:
    """Name the data of a model that a fold was made with."""
    return hashlib.sha256(orjson.dumps(traits, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _rows(connection: Connection, battery_id: str) -> list[DayRow]:
    query = select(_DAY).where(_DAY.c.battery_id == battery_id).order_by(_DAY.c.day)
    return [DayRow(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's


def _lock(connection: Connection, battery_id: str) -> None:
    """Be the only one that folds this battery; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"ingest_day {battery_id}"},
        )
