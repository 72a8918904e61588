"""Estimators: a value with its interval, or the reason why there is none."""

from decimal import Decimal

import pytest
from builders_telemetry import a_frame, some_traits

from bms_ingest.charge_session import ChargeRecord, Position
from bms_ingest.estimators.assess import assess
from bms_ingest.estimators.full_charge import ended_full, estimate_state_of_health
from bms_ingest.estimators.use import (
    estimate_harm,
    estimate_resistance,
    estimate_round_trip_efficiency,
    estimate_throughput,
)
from bms_ingest.flow import CHARGE_UNITS_PER_MAH
from bms_ingest.fold import fold_frames
from bms_ingest.traits import CellFamily, CellVoltages

CELL = some_traits()


def a_charge(charged_mah=1_800, **changed):
    """Return a full warm charge from empty of a 2 Ah cell."""
    data = {
        "epoch": 1,
        "started_ms": 0,
        "ended_ms": 9_000_000,
        "charge": charged_mah * CHARGE_UNITS_PER_MAH,
        "counted": True,
        "first_mv": 3_300,
        "last_mv": 4_200,
        "last_ma": 25,
        "temperature_min_cdegc": 2_400,
        "temperature_max_cdegc": 2_900,
        "missing": 0,
        "at": Position(),
    }
    return ChargeRecord(**data | changed)


def test_a_full_charge_times_the_share_is_the_health():
    estimate = estimate_state_of_health([a_charge()], CELL)
    assert estimate.value == Decimal("87.93")
    low, high = estimate.interval
    assert low < estimate.value < high
    assert high - low > 3
    assert (estimate.observations, estimate.epoch) == (1, 1)
    assert estimate.conditions["temperature_min_c"] == "24"


def test_a_chemistry_that_was_never_measured_gets_a_wider_interval_and_says_why():
    measured = estimate_state_of_health([a_charge()], some_traits())
    taken_over = estimate_state_of_health(
        [a_charge(first_mv=3_000, last_mv=3_600)], some_traits(family=CellFamily.IRON_PHOSPHATE)
    )

    assert taken_over.interval[0] < measured.interval[0]
    assert taken_over.interval[1] > measured.interval[1]
    assert "another family" in taken_over.conditions["share_source"]


def test_another_chemistry_gets_the_widest_interval_and_without_voltages_no_value_and_why():
    cell = CellVoltages(
        full_mv=2_793, empty_rest_mv=1_800, deep_discharge_mv=1_440, recovered_mv=1_800
    )
    charge = a_charge(first_mv=1_800, last_mv=2_850)
    known, unknown = (
        estimate_state_of_health([charge], some_traits(family=CellFamily.OTHER, cell=one))
        for one in (cell, None)
    )
    iron = estimate_state_of_health(
        [a_charge(first_mv=3_000, last_mv=3_600)], some_traits(family=CellFamily.IRON_PHOSPHATE)
    )

    assert known.interval[1] - known.interval[0] > iron.interval[1] - iron.interval[0]
    assert "another chemistry" in known.conditions["share_source"]
    assert unknown.value is None
    assert "of this chemistry are not known" in unknown.reason
    assert not ended_full(charge, some_traits(family=CellFamily.OTHER))


def test_deep_discharges_of_cells_whose_voltages_nobody_knows_are_not_counted_as_none():
    frames = [a_frame(seq=seq, pack_mv=900) for seq in range(3)]
    traits = some_traits(family=CellFamily.OTHER)
    deep = next(iter(estimate_harm(fold_frames(frames, traits), traits)))

    assert deep.quantity == "deep_discharges"
    assert (deep.value, "is not known" in deep.reason) == (None, True)


def test_the_newest_three_full_charges_are_combined_and_their_spread_widens_the_interval():
    alike = [a_charge(1_800) for _ in range(3)]
    apart = [a_charge(2_500), a_charge(1_700), a_charge(1_800), a_charge(1_900)]
    narrow, wide = (estimate_state_of_health(charges, CELL) for charges in (alike, apart))
    assert narrow.value == wide.value
    assert wide.observations == 3
    assert wide.interval[1] - wide.interval[0] > narrow.interval[1] - narrow.interval[0]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"missing": 2, "counted": False}, "2 readings of the current are missing"),
        ({"first_mv": None}, "cell voltage is missing"),
        ({"temperature_min_cdegc": None}, "temperature of the charge is not known"),
        ({"temperature_min_cdegc": 999}, "below 10 degC"),
        ({"first_mv": 3_700}, "not near empty"),
        ({"last_ma": 61}, "not full"),
        ({"last_mv": 4_100}, "not full"),
        ({"charge": 2_400 * CHARGE_UNITS_PER_MAH}, "120 % of the rated capacity"),
    ],
)
def test_a_charge_that_is_not_full_warm_and_whole_gives_no_value_with_the_reason(changed, reason):
    estimate = estimate_state_of_health([a_charge(**changed)], CELL)
    assert estimate.value is None
    assert estimate.reason.startswith("not enough data")
    assert reason in estimate.reason


def test_an_older_full_charge_still_counts_after_one_that_does_not():
    charges = [a_charge(ended_ms=5), a_charge(last_ma=900, ended_ms=9)]
    estimate = estimate_state_of_health(charges, CELL)
    assert (estimate.value, estimate.measured_at_ms) == (Decimal("87.93"), 5)


def a_full_at(charge_in, charge_out, energy_in, energy_out, unknown=0):
    return a_charge(at=Position(charge_in, charge_out, energy_in, energy_out, unknown))


def test_round_trip_efficiency_is_energy_out_by_energy_in_between_two_full_charges():
    estimate = estimate_round_trip_efficiency(
        [a_full_at(1_000, 0, 1_000, 0), a_full_at(2_000, 980, 2_000, 850)]
    )
    assert estimate.value == Decimal("85.00")
    assert estimate.interval[0] < 85 < estimate.interval[1]


@pytest.mark.parametrize(
    "second",
    [
        a_full_at(2_000, 900, 2_000, 850),
        a_full_at(2_000, 1_050, 2_000, 850),
        a_full_at(2_000, 980, 2_000, 850, unknown=1),
        a_full_at(1_000, 0, 1_000, 0),
    ],
)
def test_round_trip_efficiency_is_not_told_where_charge_flowed_unseen(second):
    estimate = estimate_round_trip_efficiency([a_full_at(1_000, 0, 1_000, 0), second])
    assert estimate.value is None
    assert estimate.reason


def test_resistance_is_the_voltage_across_steps_of_the_current():
    frames = [
        a_frame(
            seq,
            time_ms=a_frame().time_ms + seq * 1_000,
            current_ma=1_000 * (seq % 2),
            pack_mv=3_700 + 50 * (seq % 2),
        )
        for seq in range(30)
    ]
    assert estimate_resistance(fold_frames(frames, CELL)).value == Decimal("0.05000")
    few = estimate_resistance(fold_frames(frames[:5], CELL))
    assert (few.value, few.observations) == (None, 4)


def test_without_any_current_throughput_is_not_zero_but_unknown():
    frames = [a_frame(seq, current_ma=None) for seq in range(3)]
    estimates = list(estimate_throughput(fold_frames(frames, CELL), CELL))
    assert [one.value for one in estimates] == [None] * 3
    assert all("carries a current" in one.reason for one in estimates)


def test_throughput_counts_both_ways_and_names_its_convention():
    frames = [a_frame(0, current_ma=2_000), a_frame(1, current_ma=-2_000)]
    total = fold_frames(frames, CELL)
    charge, energy, cycles = estimate_throughput(total, CELL)
    assert total.energy_in == 3_700 * 2_000 * 10_000
    assert charge.value == Decimal("0.006")
    assert energy.value == Decimal("0.000021")
    assert cycles.conditions["convention"] == "charge-and-discharge"


def test_without_frames_there_is_a_reason():
    (estimate,) = assess(None, CELL)
    assert estimate.reason == "not enough data: no frame at all"
