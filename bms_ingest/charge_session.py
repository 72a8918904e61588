"""Charge sessions: the frames between two discharges, and what they say of the capacity."""

from typing import Final, NamedTuple

from bms_ingest.flow import CHARGE_UNITS_PER_MAH, Flow
from bms_ingest.frame import Frame
from bms_ingest.traits import BatteryTraits

SMALLEST_SHARE: Final = 30
"""A session that puts in less than this share of the rated capacity is forgotten [%]."""


class Position(NamedTuple):
    """How much had flowed when something happened, counted from the begin of a stretch.

    Charge in [half mA ms], energy in [half uW ms]; ``energy_unknown`` counts neighbouring frames
    whose charge is known but not their energy.
    """

    charge_in: int = 0
    charge_out: int = 0
    energy_in: int = 0
    energy_out: int = 0
    energy_unknown: int = 0

    def after(self, other: "Position") -> "Position":
        """Return this position counted from the begin of what came before."""
        return Position(
            self.charge_in + other.charge_in,
            self.charge_out + other.charge_out,
            self.energy_in + other.energy_in,
            self.energy_out + other.energy_out,
            self.energy_unknown + other.energy_unknown,
        )


def position_of(flow: Flow) -> Position:
    """Return how far one flow goes; charge whose energy is not known counts in the last place."""
    return Position(*flow[:4], 1 if flow.charge_by and not flow.energy_by else 0)


class ChargeRecord(NamedTuple):
    """One charge session as it was seen; whether it tells a capacity, the estimator decides.

    Attributes:
        epoch: Epoch (operation of a test record) it happened in.
        started_ms: Device time of its first frame [ms UTC].
        ended_ms: Device time of its last charging frame [ms UTC].
        charge: Net charge put in [half mA ms].
        counted: The charge comes from the coulomb counters, not from trapezoids.
        first_mv: Lowest cell voltage of the first frame [mV].
        last_mv: Lowest cell voltage of the last charging frame [mV].
        last_ma: Current of the last charging frame [mA].
        temperature_min_cdegc: Coldest reading while charging [0.01 degC].
        temperature_max_cdegc: Warmest reading while charging [0.01 degC].
        missing: Pairs of frames before its end between which the charge is not known.
        at: What had flowed when the session ended, from the begin of the stretch.
    """

    epoch: int
    started_ms: int
    ended_ms: int
    charge: int
    counted: bool
    first_mv: int | None
    last_mv: int | None
    last_ma: int
    temperature_min_cdegc: int | None
    temperature_max_cdegc: int | None
    missing: int
    at: Position

    @property
    def charge_mah(self) -> int:
        """Net charge put in, rounded down [mAh]."""
        return self.charge // CHARGE_UNITS_PER_MAH

    def moved(self, start: Position) -> "ChargeRecord":
        """Return this record counted from an earlier begin."""
        return self._replace(at=self.at.after(start))


class ChargeSession:
    """Frames that follow each other without a discharging one among them."""

    __slots__ = (
        "first",
        "flowed",
        "last_charging",
        "missing",
        "missing_before_full",
        "temperature_max",
        "temperature_min",
    )

    def __init__(self, first: Frame, *, charging: bool) -> None:
        self.first = first
        self.last_charging: Frame | None = None
        self.flowed = Position()
        self.missing = 0
        self.missing_before_full = 0
        self.temperature_min: int | None = None
        self.temperature_max: int | None = None
        if charging:
            self._charge(first)

    def add(self, frame: Frame, flow: Flow, *, charging: bool) -> None:
        """Take one more frame, with what flowed since the one before."""
        self.flowed = position_of(flow).after(self.flowed)
        if not flow.charge_by:
            self.missing += 1
        if charging:
            self._charge(frame)

    def _charge(self, frame: Frame) -> None:
        self.last_charging = frame
        self.missing_before_full = self.missing
        self.temperature_min = lower(self.temperature_min, frame.temperature_min_cdegc)
        self.temperature_max = higher(self.temperature_max, frame.temperature_max_cdegc)

    def copy(self) -> "ChargeSession":
        """Return a session that can be changed without changing this one."""
        twin = ChargeSession.__new__(ChargeSession)
        for name in ChargeSession.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    def merged(self, later: "ChargeSession", flow: Flow) -> "ChargeSession":
        """Return the session made of this one and the one that follows it."""
        both = ChargeSession(self.first, charging=False)
        both.last_charging = later.last_charging or self.last_charging
        both.flowed = later.flowed.after(position_of(flow)).after(self.flowed)
        missing = self.missing + (0 if flow.charge_by else 1)
        both.missing = missing + later.missing
        both.missing_before_full = (
            self.missing_before_full
            if later.last_charging is None
            else missing + later.missing_before_full
        )
        both.temperature_min = lower(self.temperature_min, later.temperature_min)
        both.temperature_max = higher(self.temperature_max, later.temperature_max)
        return both

    def record(self, traits: BatteryTraits, at: Position) -> ChargeRecord | None:
        """Return what was charged, unless it was too little to tell anything."""
        last = self.last_charging
        if last is None or last.current_ma is None:
            return None
        counted = _counted_charge(self.first, last)
        charge = self.flowed.charge_in - self.flowed.charge_out if counted is None else counted
        if charge * 100 < traits.rated_capacity_mah * CHARGE_UNITS_PER_MAH * SMALLEST_SHARE:
            return None
        return ChargeRecord(
            epoch=self.first.epoch,
            started_ms=self.first.time_ms,
            ended_ms=last.time_ms,
            charge=charge,
            counted=counted is not None,
            first_mv=cell_mv(self.first, traits),
            last_mv=cell_mv(last, traits),
            last_ma=last.current_ma,
            temperature_min_cdegc=self.temperature_min,
            temperature_max_cdegc=self.temperature_max,
            missing=self.missing_before_full,
            at=at,
        )

    def state(self) -> tuple[object, ...]:
        """Return everything this session holds, to compare and to store."""
        return (
            tuple(self.first),
            None if self.last_charging is None else tuple(self.last_charging),
            tuple(self.flowed),
            self.missing,
            self.missing_before_full,
            self.temperature_min,
            self.temperature_max,
        )


def cell_mv(frame: Frame, traits: BatteryTraits) -> int | None:
    """Return the lowest cell voltage, or the mean one where only the pack is measured [mV]."""
    if frame.cell_min_mv is not None:
        return frame.cell_min_mv
    return None if frame.pack_mv is None else frame.pack_mv // traits.cells_in_series


def lower(one: int | None, other: int | None) -> int | None:
    """Return the lower of two readings, either of which may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return min(other, one)


def higher(one: int | None, other: int | None) -> int | None:
    """Return the higher of two readings, either of which may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return max(other, one)


def _counted_charge(first: Frame, last: Frame) -> int | None:
    """Return the net charge by the counters, if both ends have them and neither fell."""
    readings = (
        first.charge_in_mah, last.charge_in_mah, first.charge_out_mah, last.charge_out_mah
    )  # fmt: skip
    if any(reading is None for reading in readings):
        return None
    started_in, ended_in, started_out, ended_out = (reading or 0 for reading in readings)
    if ended_in < started_in or ended_out < started_out:
        return None
    return (ended_in - started_in - ended_out + started_out) * CHARGE_UNITS_PER_MAH
