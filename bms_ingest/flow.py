"""What flowed between two neighbouring frames, in exact integers.

Charge is counted in half milliampere-milliseconds and energy in half microwatt-milliseconds: the
trapezoid between two frames is then a whole number. Each frame's current holds for half of the
time between them, so a current that changes sign counts on both sides.
"""

from enum import IntEnum
from typing import NamedTuple

from bms_ingest.frame import Frame

LONGEST_TRAPEZOID_MS = 60_000
"""A gap longer than this is not integrated across.

Source: design section 4; the load between two frames a minute apart is anybody's guess.
"""
CHARGE_UNITS_PER_MAH = 2 * 3_600_000
ENERGY_UNITS_PER_MWH = 2 * 1_000 * 3_600_000


class KnownBy(IntEnum):
    """How charge or energy between two frames is known."""

    NOTHING = 0
    COUNTER = 1
    TRAPEZOID = 2


class Flow(NamedTuple):
    """Charge and energy between two frames, and how they are known.

    Attributes:
        charge_in: Charged [half mA ms].
        charge_out: Discharged [half mA ms].
        energy_in: Charged [half uW ms].
        energy_out: Discharged [half uW ms].
        charge_by: How the charge is known.
        energy_by: How the energy is known.
    """

    charge_in: int
    charge_out: int
    energy_in: int
    energy_out: int
    charge_by: KnownBy
    energy_by: KnownBy


_UNKNOWN = Flow(0, 0, 0, 0, KnownBy.NOTHING, KnownBy.NOTHING)
_TRAPEZOID, _COUNTER = KnownBy.TRAPEZOID, KnownBy.COUNTER


def continues(before: Frame, after: Frame) -> bool:
    """Whether a frame follows another within one run of the BMS.

    Where the clock was set back across midnight a later frame stands in an earlier day.
    """
    return before.epoch == after.epoch and before.seq < after.seq


def flow_between(before: Frame, after: Frame) -> Flow:
    """Return what flowed between two frames that follow each other.

    Trapezoids only across at most 60 s; across longer gaps, or where a reading is missing, the
    counters; else nothing is known. Across a restart of the BMS nothing is known: counters may
    have been reset.
    """
    if not continues(before, after):
        return _UNKNOWN
    elapsed_ms = after.time_ms - before.time_ms
    first_ma, last_ma = before.current_ma, after.current_ma
    if not 0 < elapsed_ms <= LONGEST_TRAPEZOID_MS or first_ma is None or last_ma is None:
        return _bridge(before, after)
    charge_in = (max(0, first_ma) + max(0, last_ma)) * elapsed_ms
    charge_out = charge_in - (first_ma + last_ma) * elapsed_ms
    first_mv, last_mv = before.pack_mv, after.pack_mv
    if first_mv is None or last_mv is None:
        return Flow(charge_in, charge_out, *_counted_energy(before, after, _TRAPEZOID))
    first_uw, last_uw = first_mv * first_ma, last_mv * last_ma
    energy_in = (max(0, first_uw) + max(0, last_uw)) * elapsed_ms
    energy_out = energy_in - (first_uw + last_uw) * elapsed_ms
    return Flow(charge_in, charge_out, energy_in, energy_out, _TRAPEZOID, _TRAPEZOID)


def _bridge(before: Frame, after: Frame) -> Flow:
    """Take the charge from the counters."""
    charge_in = _advance(before.charge_in_mah, after.charge_in_mah)
    charge_out = _advance(before.charge_out_mah, after.charge_out_mah)
    if charge_in is None or charge_out is None:
        return Flow(0, 0, *_counted_energy(before, after, KnownBy.NOTHING))
    flow = Flow(
        charge_in * CHARGE_UNITS_PER_MAH,
        charge_out * CHARGE_UNITS_PER_MAH,
        *_counted_energy(before, after, _COUNTER),
    )
    nothing_flowed = charge_in == charge_out == 0
    return flow._replace(energy_by=_COUNTER) if nothing_flowed else flow


def _counted_energy(
    before: Frame, after: Frame, charge_by: KnownBy
) -> tuple[int, int, KnownBy, KnownBy]:
    """Return energy in and out by the counters, how the charge is known, how the energy is."""
    energy_in = _advance(before.energy_in_mwh, after.energy_in_mwh)
    energy_out = _advance(before.energy_out_mwh, after.energy_out_mwh)
    if energy_in is None or energy_out is None:
        return 0, 0, charge_by, KnownBy.NOTHING
    return (
        energy_in * ENERGY_UNITS_PER_MWH,
        energy_out * ENERGY_UNITS_PER_MWH,
        charge_by,
        _COUNTER,
    )


def _advance(before: int | None, after: int | None) -> int | None:
    """Return how far a counter went on, or ``None`` if it is missing or fell."""
    if before is None or after is None or after < before:
        return None
    return after - before
