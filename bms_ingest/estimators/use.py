"""What use has done to a battery: throughput, cycles, harmful events, efficiency, resistance.

Sums are exact; they leave as decimals. Where the readings do not carry a value it is ``None`` with
the reason.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, stdev
from typing import Final

from bms_ingest.charge_session import ChargeRecord
from bms_ingest.estimators.estimate import Estimate, rounded
from bms_ingest.flow import CHARGE_UNITS_PER_MAH, ENERGY_UNITS_PER_MWH
from bms_ingest.stretch import Stretch
from bms_ingest.traits import BatteryTraits

THROUGHPUT_CONVENTION: Final = "charge-and-discharge"
"""Charge and discharge added up; a full equivalent cycle is twice the rated capacity.

Source: Regulation (EU) 2023/1542, Annex VII, Part B, leaves it open; stated beside each value.
"""
VERSION: Final = "use/1"
THROUGHPUT: Final = ("capacity_throughput_ah", "energy_throughput_kwh", "full_equivalent_cycles")
FEWEST_STEPS: Final = 20
NEWEST_ROUND_TRIPS: Final = 5
LOWEST_BALANCE, HIGHEST_BALANCE = 0.95, 1.01
"""Charge out of a round trip as a share of charge in, if nothing went unseen.

A cell gives back 95 to 100 % of the charge; outside of that, charge flowed where no frame tells.
"""
_SENSOR_DEVIATION_PERCENT: Final = 0.5
_TWO_SIDED_95: Final = 1.96
_MS_PER_MINUTE: Final = 60_000


def estimate_throughput(stretch: Stretch, traits: BatteryTraits) -> Iterator[Estimate]:
    """Yield charge [Ah], energy [kWh] and full equivalent cycles so far."""
    charge = Decimal(stretch.charge_in + stretch.charge_out) / CHARGE_UNITS_PER_MAH / 1000
    energy = Decimal(stretch.energy_in + stretch.energy_out) / ENERGY_UNITS_PER_MWH / 1_000_000
    cycles = charge * 1000 / (2 * traits.rated_capacity_mah)
    if not stretch.integrated_ms and not stretch.bridged_ms:
        reason = "no frame carries a current or a charge counter"
        for quantity in THROUGHPUT:
            yield Estimate(quantity=quantity, method="integral", reason=reason)
        return
    unseen = f"{stretch.gap_count} gaps between frames in which nothing is known to have flowed"
    for quantity, value, places in zip(
        THROUGHPUT, (charge, energy, cycles), (3, 6, 2), strict=True
    ):
        yield Estimate(
            quantity=quantity,
            value=rounded(value, places),
            method="integral",
            observations=stretch.frames,
            measured_at_ms=stretch.last_ms,
            epoch=stretch.last.epoch,
            conditions={"convention": THROUGHPUT_CONVENTION, "unseen": unseen},
        )


def estimate_harm(stretch: Stretch, traits: BatteryTraits) -> Iterator[Estimate]:
    """Yield deep discharges and the minutes outside of the declared temperatures."""
    window = traits.window
    if traits.voltages is None:
        reason = "the voltage of a deeply discharged cell of this chemistry is not known"
        yield Estimate(quantity="deep_discharges", reason=reason)
    else:
        yield _event("deep_discharges", Decimal(stretch.deep_discharges), stretch, "cell voltage")
    for quantity, spent_ms, limit in (
        ("time_above_limit_minutes", stretch.above_high_ms, window.high_cdegc),
        ("time_below_limit_minutes", stretch.below_low_ms, window.low_cdegc),
        (
            "time_charging_above_limit_minutes",
            stretch.charging_above_ms,
            window.charging_high_cdegc,
        ),
        ("time_charging_below_limit_minutes", stretch.charging_below_ms, window.charging_low_cdegc),
    ):
        if stretch.temperature_max is None:
            yield Estimate(quantity=quantity, reason="no frame carries a temperature")
        else:
            minutes = rounded(Decimal(spent_ms) / _MS_PER_MINUTE, 1)
            yield _event(quantity, minutes, stretch, f"{Decimal(limit) / 100} degC")


def estimate_round_trip_efficiency(records: Sequence[ChargeRecord]) -> Estimate:
    """Compare the energy out and in between two instants at which the battery was full [%].

    Args:
        records: Charges that ended full, oldest first.
    """
    quantity = "round_trip_efficiency_percent"
    trips = [trip for pair in pairwise(records) if (trip := _round_trip(*pair)) is not None]
    newest = trips[-NEWEST_ROUND_TRIPS:]
    if not newest:
        return Estimate(
            quantity=quantity,
            method="full-to-full",
            reason="no two full charges with all charge between them seen",
        )
    value = fmean(newest)
    spread = stdev(newest) if len(newest) > 1 else 0.0
    half = _TWO_SIDED_95 * (_SENSOR_DEVIATION_PERCENT**2 + spread**2 / len(newest)) ** 0.5
    return Estimate(
        quantity=quantity,
        value=rounded(value),
        interval=(rounded(value - half), rounded(value + half)),
        method="full-to-full",
        observations=len(newest),
        measured_at_ms=records[-1].ended_ms,
        epoch=records[-1].epoch,
    )


def estimate_resistance(stretch: Stretch) -> Estimate:
    """Return the ohmic resistance between the terminals from steps of the current [Ohm]."""
    quantity = "resistance_ohm"
    if stretch.steps < FEWEST_STEPS or not stretch.step_ma:
        return Estimate(
            quantity=quantity,
            method="current-steps",
            observations=stretch.steps,
            reason=f"{stretch.steps} steps of at least 0.2C within 2 s, {FEWEST_STEPS} are needed",
        )
    return Estimate(
        quantity=quantity,
        value=rounded(Decimal(stretch.step_mv) / stretch.step_ma, 5),
        method="current-steps",
        observations=stretch.steps,
        measured_at_ms=stretch.last_ms,
        epoch=stretch.last.epoch,
    )


def _event(quantity: str, value: Decimal, stretch: Stretch, limit: str) -> Estimate:
    return Estimate(
        quantity=quantity,
        value=value,
        method="count",
        observations=stretch.frames,
        measured_at_ms=stretch.last_ms,
        epoch=stretch.last.epoch,
        conditions={"limit": limit},
    )


def _round_trip(begin: ChargeRecord, end: ChargeRecord) -> float | None:
    """Return energy out / energy in between two full charges [%], if nothing went unseen."""
    charge_in = end.at.charge_in - begin.at.charge_in
    energy_in = end.at.energy_in - begin.at.energy_in
    if charge_in <= 0 or energy_in <= 0 or end.at.energy_unknown != begin.at.energy_unknown:
        return None
    balance = (end.at.charge_out - begin.at.charge_out) / charge_in
    if not LOWEST_BALANCE <= balance <= HIGHEST_BALANCE:
        return None
    return 100 * (end.at.energy_out - begin.at.energy_out) / energy_in
