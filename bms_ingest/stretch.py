"""A stretch: everything that is remembered of frames that follow each other.

Stretches join: the stretch of all frames is the join of the stretches of its parts, whichever
way they are cut. That is what lets frames arrive in any order and still give one result.
"""

from collections.abc import Iterable
from typing import Final

from bms_ingest.charge_session import (
    ChargeRecord,
    ChargeSession,
    Position,
    cell_mv,
    higher,
    lower,
    position_of,
)
from bms_ingest.flow import Flow, KnownBy, continues, flow_between
from bms_ingest.frame import Frame
from bms_ingest.traits import BatteryTraits

LONGEST_HOLD_MS: Final = 65 * 60_000
"""A temperature or a state of charge holds until the next frame, at most this long.

A resting battery sends one frame an hour.
"""
STEP_MS: Final = 2_000
"""A step of the current within this time shows the ohmic resistance."""
NEWEST_CHARGES: Final = 16
"""So many charges are kept in a stretch."""
TEMPERATURE_EDGES_C: Final = tuple(range(-20, 61, 10))
"""Edges of the temperature classes [degC]; one class lies below and one above all of them."""
_COLDEST_EDGE_CDEGC: Final = -2_000
_CLASS_CDEGC: Final = 1_000
_TEMPERATURE_CLASSES: Final = len(TEMPERATURE_EDGES_C) + 1
_SOC_CLASSES: Final = 10
_NEITHER, _DEEP, _RECOVERED = 0, 1, 2

COUNTERS: Final = (
    "frames",
    "charge_in",
    "charge_out",
    "energy_in",
    "energy_out",
    "integrated_ms",
    "bridged_ms",
    "gap_count",
    "gap_ms",
    "energy_unknown",
    "restarts",
    "above_high_ms",
    "below_low_ms",
    "charging_above_ms",
    "charging_below_ms",
    "deep_discharges",
    "step_mv",
    "step_ma",
    "steps",
)
"""Names of what simply adds up when two stretches join."""


class Stretch:
    """What frames that follow each other amount to; sums are integers.

    Attributes:
        first: First frame.
        last: Last frame.
        head: Charge session that touches the begin, if the first frame does not discharge.
        charges: Charges that began and ended within, newest last.
        tail: Charge session that touches the end, if it is another than ``head``.
        whole: No discharge and no restart so far: ``head`` is all there is.
    """

    __slots__ = (
        *COUNTERS,
        "charges",
        "deep_first",
        "deep_last",
        "first",
        "first_ms",
        "head",
        "last",
        "last_ms",
        "reported_soc",
        "reported_soh",
        "soc_ms",
        "tail",
        "temperature_max",
        "temperature_min",
        "temperature_ms",
        "traits",
        "whole",
    )

    frames: int
    charge_in: int
    charge_out: int
    energy_in: int
    energy_out: int
    integrated_ms: int
    bridged_ms: int
    gap_count: int
    gap_ms: int
    energy_unknown: int
    restarts: int
    above_high_ms: int
    below_low_ms: int
    charging_above_ms: int
    charging_below_ms: int
    deep_discharges: int
    step_mv: int
    step_ma: int
    steps: int

    def __init__(self, frame: Frame, traits: BatteryTraits) -> None:
        self.traits = traits
        self.first = self.last = frame
        for name in COUNTERS:
            setattr(self, name, 0)
        self.first_ms = self.last_ms = frame.time_ms
        self.temperature_min: int | None = None
        self.temperature_max: int | None = None
        self.temperature_ms = [0] * _TEMPERATURE_CLASSES
        self.soc_ms = [0] * _SOC_CLASSES
        self.reported_soc: tuple[int, int] | None = None
        self.reported_soh: tuple[int, int] | None = None
        self.deep_first = self.deep_last = _NEITHER
        self.charges: list[ChargeRecord] = []
        self.head: ChargeSession | None = None
        self.tail: ChargeSession | None = None
        self.whole = False
        current = frame.current_ma
        if current is None or current > -traits.flow_ma:
            charging = current is not None and current >= traits.flow_ma
            self.head = ChargeSession(frame, charging=charging)
            self.whole = True
        self._read(frame)

    def append(self, frame: Frame) -> None:
        """Take the frame that follows the last one."""
        last, traits, current = self.last, self.traits, frame.current_ma
        flow = flow_between(last, frame)
        self._count(last, frame, flow)
        if current is not None and current <= -traits.flow_ma:
            self._end_session()
        else:
            charging = current is not None and current >= traits.flow_ma
            session = self.head if self.whole else self.tail
            if session is None or not continues(last, frame):
                self._end_session()
                self.tail = ChargeSession(frame, charging=charging)
            else:
                session.add(frame, flow, charging=charging)
        self._flow(flow)
        self.last = frame
        self._read(frame)

    def join(self, later: "Stretch") -> "Stretch":
        """Return the stretch made of this one and the one that follows it."""
        flow = flow_between(self.last, later.first)
        both = self.copy()
        both._count(self.last, later.first, flow)  # noqa: SLF001 - of the same class
        both._join_sessions(later, flow)  # noqa: SLF001
        both._flow(flow)  # noqa: SLF001
        both._join_deep(later)  # noqa: SLF001
        for name in COUNTERS:
            setattr(both, name, getattr(both, name) + getattr(later, name))
        both.first_ms = min(self.first_ms, later.first_ms)
        both.last_ms = max(self.last_ms, later.last_ms)
        both.temperature_min = lower(self.temperature_min, later.temperature_min)
        both.temperature_max = higher(self.temperature_max, later.temperature_max)
        both.temperature_ms = _added(both.temperature_ms, later.temperature_ms)
        both.soc_ms = _added(both.soc_ms, later.soc_ms)
        both.reported_soc = later.reported_soc or self.reported_soc
        both.reported_soh = later.reported_soh or self.reported_soh
        both.last = later.last
        return both

    def copy(self) -> "Stretch":
        """Return a stretch that can be changed without changing this one."""
        twin = Stretch.__new__(Stretch)
        for name in Stretch.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.temperature_ms = list(self.temperature_ms)
        twin.soc_ms = list(self.soc_ms)
        twin.charges = list(self.charges)
        twin.head = None if self.head is None else self.head.copy()
        twin.tail = None if self.tail is None else self.tail.copy()
        return twin

    @property
    def position(self) -> Position:
        """What has flowed from the begin to the end of this stretch."""
        return Position(
            self.charge_in,
            self.charge_out,
            self.energy_in,
            self.energy_out,
            self.energy_unknown,
        )

    def charge_records(self) -> list[ChargeRecord]:
        """Return the newest charges, the unended ones at both ends included, oldest first."""
        records = list(self.charges)
        if self.head is not None and (record := self.head.record(self.traits, self.head.flowed)):
            records.insert(0, record)
        if self.tail is not None and (record := self.tail.record(self.traits, self.position)):
            records.append(record)
        return records[-NEWEST_CHARGES:]

    def state(self) -> tuple[object, ...]:
        """Return everything this stretch holds, to compare it with another."""
        return (
            tuple(self.first),
            tuple(self.last),
            self.first_ms,
            self.last_ms,
            tuple(getattr(self, name) for name in COUNTERS),
            self.temperature_min,
            self.temperature_max,
            tuple(self.temperature_ms),
            tuple(self.soc_ms),
            self.reported_soc,
            self.reported_soh,
            self.deep_first,
            self.deep_last,
            tuple(self.charges),
            None if self.head is None else self.head.state(),
            None if self.tail is None else self.tail.state(),
            self.whole,
        )

    def _read(self, frame: Frame) -> None:
        """Take what a frame says by itself."""
        self.frames += 1
        time_ms = frame.time_ms
        if time_ms > self.last_ms:
            self.last_ms = time_ms
        elif time_ms < self.first_ms:
            self.first_ms = time_ms
        if frame.temperature_min_cdegc is not None:
            self.temperature_min = lower(self.temperature_min, frame.temperature_min_cdegc)
        if frame.temperature_max_cdegc is not None:
            self.temperature_max = higher(self.temperature_max, frame.temperature_max_cdegc)
        if frame.soc_permille is not None:
            self.reported_soc = (time_ms, frame.soc_permille)
        if frame.soh_permille is not None:
            self.reported_soh = (time_ms, frame.soh_permille)
        lowest_mv = cell_mv(frame, self.traits)
        if lowest_mv is not None:
            self._watch_depth(lowest_mv)

    def _watch_depth(self, lowest_mv: int) -> None:
        """Count a deep discharge when it begins; it ends above a higher voltage."""
        voltages = self.traits.voltages
        if voltages is None:
            return
        if lowest_mv < voltages.deep_discharge_mv:
            if self.deep_last != _DEEP:
                self.deep_discharges += 1
            self.deep_first = self.deep_first or _DEEP
            self.deep_last = _DEEP
        elif lowest_mv > voltages.recovered_mv:
            self.deep_first = self.deep_first or _RECOVERED
            self.deep_last = _RECOVERED

    def _count(self, before: Frame, after: Frame, flow: Flow) -> None:
        """Count the time between two frames, and what it was spent in."""
        elapsed_ms = after.time_ms - before.time_ms
        past_ms = max(elapsed_ms, 0)
        if flow.charge_by is KnownBy.TRAPEZOID:
            self.integrated_ms += past_ms
        elif flow.charge_by is KnownBy.COUNTER:
            self.bridged_ms += past_ms
        else:
            self.gap_count += 1
            self.gap_ms += past_ms
        if not continues(before, after):
            self.restarts += 1
            return
        if 0 < elapsed_ms <= LONGEST_HOLD_MS:
            self._hold(before, elapsed_ms)
        if 0 < elapsed_ms <= STEP_MS:
            self._step(before, after)

    def _hold(self, frame: Frame, held_ms: int) -> None:
        window, current = self.traits.window, frame.current_ma
        charging = current is not None and current >= self.traits.flow_ma
        warmest, coldest = frame.temperature_max_cdegc, frame.temperature_min_cdegc
        if warmest is not None:
            place = (warmest - _COLDEST_EDGE_CDEGC) // _CLASS_CDEGC + 1
            self.temperature_ms[max(0, min(place, _TEMPERATURE_CLASSES - 1))] += held_ms
            if warmest > window.high_cdegc:
                self.above_high_ms += held_ms
            if charging and warmest > window.charging_high_cdegc:
                self.charging_above_ms += held_ms
        if coldest is not None:
            if coldest < window.low_cdegc:
                self.below_low_ms += held_ms
            if charging and coldest < window.charging_low_cdegc:
                self.charging_below_ms += held_ms
        if frame.soc_permille is not None:
            place = frame.soc_permille * _SOC_CLASSES // 1000
            self.soc_ms[max(0, min(place, _SOC_CLASSES - 1))] += held_ms

    def _step(self, before: Frame, after: Frame) -> None:
        """Add the voltage across a step of the current of at least 0.2C."""
        readings = (before.current_ma, after.current_ma, before.pack_mv, after.pack_mv)
        first_ma, last_ma, first_mv, last_mv = readings
        if first_ma is None or last_ma is None or first_mv is None or last_mv is None:
            return
        rise_ma, rise_mv = last_ma - first_ma, last_mv - first_mv
        if abs(rise_ma) * 5 >= self.traits.rated_capacity_mah and rise_ma * rise_mv > 0:
            self.steps += 1
            self.step_ma += abs(rise_ma)
            self.step_mv += abs(rise_mv)

    def _flow(self, flow: Flow) -> None:
        self.charge_in += flow[0]
        self.charge_out += flow[1]
        self.energy_in += flow[2]
        self.energy_out += flow[3]
        if flow.charge_by and not flow.energy_by:
            self.energy_unknown += 1

    def _end_session(self) -> None:
        """End the session at the end of this stretch: a discharge or a restart follows."""
        self.whole = False
        if self.tail is not None:
            self._keep(self.tail, self.position)
            self.tail = None

    def _keep(self, session: ChargeSession, at: Position) -> None:
        record = session.record(self.traits, at)
        if record is not None:
            self.charges.append(record)
            del self.charges[:-NEWEST_CHARGES]

    def _join_sessions(self, later: "Stretch", flow: Flow) -> None:
        """Join the sessions of a later stretch to those of this one, whose sums still stand."""
        start = position_of(flow).after(self.position)
        mine = self.head if self.whole else self.tail
        theirs = None if later.head is None else later.head.copy()
        ended = start if theirs is None else theirs.flowed.after(start)
        if mine is not None and theirs is not None and continues(self.last, later.first):
            merged = mine.merged(theirs, flow)
            if self.whole:
                self.head = merged
                self.whole = later.whole
            elif later.whole:
                self.tail = merged
            else:
                self._keep(merged, ended)
        else:
            self._end_session()
            if later.whole:
                self.tail = theirs
            elif theirs is not None:
                self._keep(theirs, ended)
        if not later.whole:
            self.charges.extend(record.moved(start) for record in later.charges)
            del self.charges[:-NEWEST_CHARGES]
            self.tail = None if later.tail is None else later.tail.copy()

    def _join_deep(self, later: "Stretch") -> None:
        """Count a deep discharge that goes on across the seam only once."""
        if self.deep_last == _DEEP and later.deep_first == _DEEP:
            self.deep_discharges -= 1
        self.deep_first = self.deep_first or later.deep_first
        self.deep_last = later.deep_last or self.deep_last


def fold_in_order(frames: Iterable[Frame], traits: BatteryTraits) -> Stretch | None:
    """Fold frames that stand in their order; ``None`` without any."""
    stretch: Stretch | None = None
    for frame in frames:
        if stretch is None:
            stretch = Stretch(frame, traits)
        else:
            stretch.append(frame)
    return stretch


def _added(ours: list[int], theirs: list[int]) -> list[int]:
    return [one + other for one, other in zip(ours, theirs, strict=True)]
