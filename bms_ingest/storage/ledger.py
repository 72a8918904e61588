"""The ledger: which frames are durable, and where in the spool they stand."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, insert, select, update

from bms_ingest.frame import Frame
from bms_ingest.storage.records import decode_record
from bms_ingest.storage.spool import Place, Spool
from bms_ingest.storage.tables import LedgerRow, QuarantineRow

_LEDGER = LedgerRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
_QUARANTINE = QuarantineRow.__table__  # type: ignore[attr-defined]


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which each statement sees what is committed at its moment."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


class Ledger:
    """The ledger on one connection; the caller commits."""

    def __init__(self, connection: Connection, spool: Spool) -> None:
        self._connection = connection
        self._spool = spool

    def end_of(self, segment: str) -> int:
        """Return the first byte of a segment that the ledger does not know."""
        newest = self._connection.execute(
            select(_LEDGER.c.record_offset, _LEDGER.c.record_length)
            .where(_LEDGER.c.segment == segment)
            .order_by(_LEDGER.c.record_offset.desc())
            .limit(1)
        ).first()
        return 0 if newest is None else Place(segment, *newest).end

    def enter(self, rows: Iterable[LedgerRow]) -> None:
        """Make records known."""
        values = [row.model_dump(exclude={"id"}) for row in rows]
        if values:
            self._connection.execute(insert(_LEDGER), values)

    def set_aside(self, rows: Iterable[QuarantineRow]) -> None:
        """Keep frames in quarantine; one that is there already stays as it is."""
        by_digest = {row.digest_hex: row.model_dump() for row in rows}
        known = self._connection.execute(
            select(_QUARANTINE.c.digest_hex).where(_QUARANTINE.c.digest_hex.in_(by_digest))
        ).scalars()
        for digest_hex in known:
            del by_digest[digest_hex]
        if by_digest:
            self._connection.execute(insert(_QUARANTINE), list(by_digest.values()))

    def frames_between(self, battery_id: str, epoch: int, first: int, last: int) -> list[Frame]:
        """Return the durable frames of the records that touch a range of seq."""
        places = self._places(
            _LEDGER.c.battery_id == battery_id,
            _LEDGER.c.epoch == epoch,
            _LEDGER.c.first_seq <= last,
            _LEDGER.c.last_seq >= first,
        )
        return self._read(places)

    def frames_of_day(self, battery_id: str, day: int) -> list[Frame]:
        """Return the durable frames of one day."""
        return self._read(self._places(_LEDGER.c.battery_id == battery_id, _LEDGER.c.day == day))

    def days_of(self, battery_id: str) -> list[int]:
        """Return the days a battery has frames of, in order."""
        days = select(_LEDGER.c.day).where(_LEDGER.c.battery_id == battery_id).distinct()
        return sorted(self._connection.execute(days).scalars())

    def unfolded(self, battery_id: str, limit: int) -> dict[int, list[tuple[int, Place]]]:
        """Return the oldest records that no day has taken in yet: day -> (id, place)."""
        rows = self._connection.execute(
            select(
                _LEDGER.c.id,
                _LEDGER.c.day,
                _LEDGER.c.segment,
                _LEDGER.c.record_offset,
                _LEDGER.c.record_length,
            )
            .where(_LEDGER.c.battery_id == battery_id, _LEDGER.c.folded.is_(False))
            .order_by(_LEDGER.c.id)
            .limit(limit)
        )
        by_day: dict[int, list[tuple[int, Place]]] = {}
        for ledger_id, day, *place in rows:
            by_day.setdefault(day, []).append((ledger_id, Place(*place)))
        return by_day

    def batteries_to_fold(self) -> list[str]:
        """Return the batteries with frames that no day has taken in yet."""
        waiting = select(_LEDGER.c.battery_id).where(_LEDGER.c.folded.is_(False)).distinct()
        return sorted(self._connection.execute(waiting).scalars())

    def mark_folded(self, ledger_ids: Sequence[int]) -> None:
        """Note that the days have taken these records in."""
        self._connection.execute(
            update(_LEDGER).where(_LEDGER.c.id.in_(ledger_ids)).values(folded=True)
        )

    def count(self, battery_id: str) -> int:
        """Return how many frames of a battery are durable."""
        total = select(func.coalesce(func.sum(_LEDGER.c.frame_count), 0))
        return int(
            self._connection.execute(total.where(_LEDGER.c.battery_id == battery_id)).scalar_one()
        )

    def frames_at(self, place: Place) -> list[Frame]:
        """Return the frames of one record."""
        return decode_record(self._spool.read(place))

    def _places(self, *conditions: object) -> list[Place]:
        rows = self._connection.execute(
            select(_LEDGER.c.segment, _LEDGER.c.record_offset, _LEDGER.c.record_length)
            .where(*conditions)  # type: ignore[arg-type]  # column expressions
            .order_by(_LEDGER.c.id)
        )
        return [Place(*row) for row in rows]

    def _read(self, places: Iterable[Place]) -> list[Frame]:
        return [frame for place in places for frame in self.frames_at(place)]
