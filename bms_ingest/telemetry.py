"""Telemetry of one installation: takes frames in, folds them, has conditions signed."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any, Final

import orjson
import structlog

from bms_ingest.decoders.frame_json import DecodedBatch
from bms_ingest.frame import Frame
from bms_ingest.measurement_source import MeasurementSource
from bms_ingest.model_traits import traits_of_model
from bms_ingest.occasions import LastSigned, Occasion, occasion_to_sign
from bms_ingest.plausibility import Plausibility
from bms_ingest.reports import ConditionReport, report_condition
from bms_ingest.settings import IngestSettings
from bms_ingest.storage.conditions import ConditionBook
from bms_ingest.storage.days import DayBook
from bms_ingest.storage.spool import Spool
from bms_ingest.storage.store import CONFLICT, SetAside, TelemetryStore, set_aside
from bms_ingest.storage.tables import ConditionRow
from bms_ingest.traits import BatteryTraits
from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM, Actor
from passport.domain.errors import (
    AccessDeniedError,
    PassportCeasedError,
    TransitionRefusedError,
)
from passport.domain.identifiers import BatteryId
from passport.services.condition import ConditionReceipt
from passport.services.current import read_living, read_model_of
from passport.services.ports import Work
from passport.services.readers import require_may_write

TELEMETRY_SCOPE: Final = "telemetry:write"
CONDITION_JOB: Final = "ingest.condition"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One frame of a batch that was set aside, or kept without a reading.

    Attributes:
        place: Which one of the batch, from 0; -1 where only its key is known.
        kept: The frame is kept without the readings that cannot be.
    """

    place: int
    epoch: int | None
    seq: int | None
    reason: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReceipt:
    """What became of a batch; all of it is durable when this is given."""

    accepted: int
    duplicates: int
    quarantined: Sequence[Refused]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBattery:
    """What the record says of a battery that sends frames."""

    battery_id: BatteryId
    status: str
    traits: BatteryTraits | None


class Telemetry:
    """Everything telemetry does, over one opened installation."""

    def __init__(self, passport: Passport, settings: IngestSettings | None = None) -> None:
        self.settings = settings or IngestSettings()
        self._services = passport.services
        spool = Spool(passport.settings.data / "telemetry" / "spool")
        self._store = TelemetryStore(passport.engine, spool)
        self._days = DayBook(passport.engine, spool)
        self._conditions = ConditionBook(passport.engine)
        self._announced: dict[str, datetime] = {}
        self._announcing = Lock()

    def recover(self) -> None:
        """Enter what a crash left in the spool, and have waiting batteries looked at."""
        recovered = self._store.recover()
        if recovered:
            _log.info("telemetry_recovered", records=recovered)
        for battery_id in self._days.batteries_to_fold():
            self._announce(battery_id)

    def take_in(self, actor: Actor, batch: DecodedBatch) -> BatchReceipt:
        """Check frames and make them durable.

        Raises:
            AccessDeniedError: The actor may not write telemetry of one of the batteries.
            PassportNotFoundError: One of the batteries has no passport.
            PassportCeasedError: One of the batteries was recycled.
            TelemetryBusyError: More frames come than the disk takes.
        """
        names = dict.fromkeys(BatteryId(frame.battery_id) for _, frame in batch.frames)
        known = {name: self._open(actor, name) for name in names}
        if not known and not actor.may(TELEMETRY_SCOPE):
            raise AccessDeniedError(f"this login does not reach to {TELEMETRY_SCOPE}")
        received_at = self._services.clock.now()
        sieve = _Sieve(known.values(), received_ms=int(received_at.timestamp() * 1000))
        sieve.take(batch)
        stored = self._store.store(sieve.kept, sieve.aside, received_ms=sieve.received_ms)
        for battery_id in known:
            self._announce(battery_id)
        conflicts = [
            Refused(place=-1, epoch=key.epoch, seq=key.seq, reason=CONFLICT, kept=False)
            for key in stored.conflicts
        ]
        return BatchReceipt(
            accepted=stored.accepted,
            duplicates=stored.duplicates,
            quarantined=[*sieve.refused, *conflicts],
        )

    def declare_source(
        self, actor: Actor, battery_id: BatteryId, source: MeasurementSource
    ) -> None:
        """Declare that a battery's readings were measured elsewhere.

        Raises:
            AccessDeniedError: The actor may not write telemetry of this battery.
        """
        self._open(actor, battery_id)
        self._conditions.declare_source(battery_id, source)

    def knows(self, battery_id: BatteryId) -> bool:
        """Whether a battery has a passport."""
        return self._services.do(SYSTEM, lambda work: work.passports.find(battery_id) is not None)

    def frame_count(self, battery_id: BatteryId) -> int:
        """Return how many frames of a battery are durable."""
        return self._days.frame_count(battery_id)

    def report(self, battery_id: BatteryId) -> ConditionReport | None:
        """Return what all durable frames of a battery say of its condition; nothing is signed."""
        return self._report(self._open(SYSTEM, battery_id))

    def sign_condition(
        self, battery_id: BatteryId, *, requested: bool = False
    ) -> ConditionReceipt | None:
        """Sign the condition of a battery where there is an occasion.

        The report is kept first and signed under its own idempotency key: however often this is
        repeated, one report gives one statement.

        Args:
            battery_id: Which battery.
            requested: Somebody asks for it: sign whatever is new.
        """
        battery = self._open(SYSTEM, battery_id)
        report = self._report(battery)
        if report is not None:
            occasion = self._occasion(battery, report, requested=requested)
            if occasion is not None:
                self._conditions.add(self._row(battery, report, occasion))
        receipt = None
        for row in self._conditions.unsigned(battery_id):
            receipt = self._sign(row)
        return receipt

    def jobs(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what to call for which kind of job."""

        def look_at(payload: Mapping[str, Any]) -> None:
            try:
                self.sign_condition(BatteryId(payload["battery"]))
            except (PassportCeasedError, TransitionRefusedError) as error:
                _log.info("condition_not_signed", battery_id=payload["battery"], why=str(error))

        return {CONDITION_JOB: look_at}

    def _open(self, actor: Actor, battery_id: BatteryId) -> KnownBattery:
        return self._services.do(actor, lambda work: open_battery(actor, battery_id, work=work))

    def _report(self, battery: KnownBattery) -> ConditionReport | None:
        if battery.traits is None:
            return None
        stretch = self._days.total(battery.battery_id, battery.traits)
        if stretch is None:
            return None
        return report_condition(
            stretch,
            battery.traits,
            readings_digest=self._days.readings_digest(battery.battery_id),
            source=self._conditions.source_of(battery.battery_id),
        )

    def _occasion(
        self, battery: KnownBattery, report: ConditionReport, *, requested: bool
    ) -> Occasion | None:
        newest = self._conditions.newest(battery.battery_id)
        last = None if newest is None else _last_signed(newest)
        occasion = occasion_to_sign(report, battery.status, last)
        if occasion is None and requested and last and report.measured_at > last.measured_at:
            return Occasion.REQUEST
        return occasion

    def _row(
        self, battery: KnownBattery, report: ConditionReport, occasion: Occasion
    ) -> ConditionRow:
        """Name a report by its content, so that the same one is never kept twice."""
        named = orjson.dumps(
            [battery.battery_id, battery.status, report.content], option=orjson.OPT_SORT_KEYS
        )
        return ConditionRow(
            condition_id=hashlib.sha256(named).hexdigest(),
            battery_id=battery.battery_id,
            measured_ms=int(report.measured_at.timestamp() * 1000),
            created_ms=int(self._services.clock.now().timestamp() * 1000),
            occasion=occasion.value,
            status=battery.status,
            harmful=list(report.harmful),
            content=report.content,
        )

    def _sign(self, row: ConditionRow) -> ConditionReceipt:
        receipt = self._services.record_condition(
            SYSTEM,
            BatteryId(row.battery_id),
            row.content,
            _instant(row.measured_ms),
            idempotency_key=f"ingest-condition-{row.condition_id}",
        )
        self._conditions.note_signed(row.condition_id, receipt.statement_iri)
        _log.info(
            "condition_signed",
            battery_id=row.battery_id,
            occasion=row.occasion,
            statement=receipt.statement_iri,
        )
        return receipt

    def _announce(self, battery_id: str) -> None:
        """Have a battery looked at soon; once for all the frames that come until then."""
        now = self._services.clock.now()
        with self._announcing:
            if self._announced.get(battery_id, now) > now:
                return
        run_at = now + timedelta(seconds=self.settings.report_delay_s)
        self._services.enqueue(
            CONDITION_JOB,
            {"battery": battery_id},
            dedupe_key=f"{CONDITION_JOB} {battery_id}",
            run_at=run_at,
        )
        with self._announcing:  # only now: what failed is announced again by the repetition
            self._announced[battery_id] = run_at


def open_battery(actor: Actor, battery_id: BatteryId, *, work: Work) -> KnownBattery:
    """Return what telemetry needs to know of a battery this actor sends frames of.

    Raises:
        AccessDeniedError: The actor may not write telemetry of it.
        PassportNotFoundError: It has no passport.
        PassportCeasedError: It was recycled.
    """
    require_may_write(actor, battery_id, TELEMETRY_SCOPE, work=work)
    battery = read_living(battery_id, work=work)
    model = read_model_of(battery, work=work)
    return KnownBattery(
        battery_id=battery_id,
        status=battery.status.value,
        traits=traits_of_model({**model.content, **battery.content}, work.chemistries),
    )


class _Sieve:
    """Divides the frames of a batch into those to keep and those to set aside."""

    def __init__(self, batteries: Iterable[KnownBattery], *, received_ms: int) -> None:
        self.received_ms = received_ms
        self.kept: list[Frame] = []
        self.aside: list[SetAside] = []
        self.refused: list[Refused] = []
        self._rules = {one.battery_id: Plausibility(one.traits) for one in batteries}

    def take(self, batch: DecodedBatch) -> None:
        """Judge each frame of a batch."""
        for malformed in batch.malformed:
            self.aside.append(
                SetAside(battery_id="", reason="malformed", raw=malformed.raw, kept=False)
            )
            self.refused.append(
                Refused(
                    place=malformed.place,
                    epoch=None,
                    seq=None,
                    reason=f"malformed: {malformed.reason}",
                    kept=False,
                )
            )
        for place, frame in batch.frames:
            rules = self._rules[BatteryId(frame.battery_id)]
            verdict = rules.judge(frame, self.received_ms)
            if verdict.frame is not None:
                self.kept.append(verdict.frame)
            if verdict.reasons:
                self._set_aside(place, frame, verdict.reasons, kept=verdict.frame is not None)

    def _set_aside(self, place: int, frame: Frame, reasons: tuple[str, ...], *, kept: bool) -> None:
        reason = ", ".join(reasons)
        self.aside.append(set_aside(frame, reason, kept=kept))
        self.refused.append(
            Refused(place=place, epoch=frame.epoch, seq=frame.seq, reason=reason, kept=kept)
        )


def _last_signed(row: ConditionRow) -> LastSigned:
    health = row.content.get("assessedStateOfHealthPercent")
    return LastSigned(
        measured_at=_instant(row.measured_ms),
        status=row.status,
        state_of_health=None if health is None else Decimal(health),
        harmful=tuple(row.harmful),
    )


def _instant(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)
