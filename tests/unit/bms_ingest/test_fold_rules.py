"""What frames amount to, rule by rule."""

import pytest
from builders_telemetry import MIDNIGHT_MS, a_frame, some_traits

from bms_ingest.flow import CHARGE_UNITS_PER_MAH, ENERGY_UNITS_PER_MWH, KnownBy, flow_between
from bms_ingest.fold import MOST_STRETCHES, OpenDay, fold_frames
from bms_ingest.frame import MILLISECONDS_PER_DAY

TRAITS = some_traits()
MINUTE_MS = 60_000


def folded(*frames):
    total = fold_frames(frames, TRAITS)
    assert total is not None
    return total


def a_series(**readings):
    """Return frames a minute apart, one for each value of the readings."""
    length = len(next(iter(readings.values())))
    return [
        a_frame(
            seq,
            time_ms=MIDNIGHT_MS + seq * MINUTE_MS,
            **{name: values[seq] for name, values in readings.items()},
        )
        for seq in range(length)
    ]


def test_a_trapezoid_of_an_hour_at_one_ampere_is_one_ampere_hour():
    total = folded(*a_series(current_ma=[1_000] * 61, pack_mv=[4_000] * 61))
    assert total.charge_in == 1_000 * CHARGE_UNITS_PER_MAH
    assert total.energy_in == 4_000 * ENERGY_UNITS_PER_MWH
    assert total.charge_out == 0


def test_a_current_that_changes_sign_counts_on_both_sides():
    total = folded(*a_series(current_ma=[600, -200]))
    assert total.charge_in == 600 * MINUTE_MS
    assert total.charge_out == 200 * MINUTE_MS


def test_across_more_than_a_minute_the_counters_count():
    first = a_frame(0, charge_in_mah=10, charge_out_mah=0, energy_in_mwh=1, energy_out_mwh=2)
    later = first._replace(
        seq=1, time_ms=first.time_ms + MINUTE_MS + 1, charge_in_mah=12, energy_in_mwh=9
    )
    flow = flow_between(first, later)
    assert (flow.charge_in, flow.charge_by) == (2 * CHARGE_UNITS_PER_MAH, KnownBy.COUNTER)
    assert (flow.energy_in, flow.energy_by) == (8 * ENERGY_UNITS_PER_MWH, KnownBy.COUNTER)


@pytest.mark.parametrize(
    "changed",
    [
        {"time_ms": MIDNIGHT_MS + MINUTE_MS + 1},
        {"time_ms": MIDNIGHT_MS - 1},
        {"current_ma": None},
        {"epoch": 2},
    ],
)
def test_without_counters_a_long_gap_a_jump_or_a_restart_is_a_gap(changed):
    total = folded(a_frame(0, current_ma=900), a_frame(1, **({"current_ma": 900} | changed)))
    assert (total.charge_in, total.gap_count, total.integrated_ms) == (0, 1, 0)


def test_a_counter_that_fell_is_a_gap():
    first = a_frame(0, charge_in_mah=10, charge_out_mah=0)
    later = a_frame(1, time_ms=MIDNIGHT_MS + 100_000, charge_in_mah=9, charge_out_mah=0)
    assert folded(first, later).gap_count == 1


def test_a_deep_discharge_counts_once_until_the_cell_has_recovered():
    voltages = [3_000, 2_499, 2_600, 2_400, 2_901, 2_499, 2_499]
    assert folded(*a_series(pack_mv=voltages)).deep_discharges == 2


def test_minutes_outside_of_the_limits_are_counted_and_those_while_charging():
    warm, current = [6_001, 6_001, 6_000, 2_000], [0, 500, 500, 0]
    total = folded(
        *a_series(temperature_max_cdegc=warm, temperature_min_cdegc=warm, current_ma=current)
    )
    assert total.above_high_ms == 2 * MINUTE_MS
    assert total.charging_above_ms == 2 * MINUTE_MS
    cold = folded(*a_series(temperature_min_cdegc=[-2_001, -1, 0], current_ma=[0, 500, 0]))
    assert cold.below_low_ms == MINUTE_MS
    assert cold.charging_below_ms == MINUTE_MS


def test_a_temperature_holds_for_an_hour_and_not_for_a_day():
    hour, day = 60 * MINUTE_MS, 24 * 60 * MINUTE_MS
    resting = [a_frame(0), a_frame(1, time_ms=MIDNIGHT_MS + hour)]
    assert sum(folded(*resting).temperature_ms) == hour
    silent = [a_frame(0), a_frame(1, time_ms=MIDNIGHT_MS + day - 1)]
    assert sum(folded(*silent).temperature_ms) == 0


def test_classes_of_temperature_and_charge_take_the_time_of_the_reading_before():
    total = folded(
        *a_series(temperature_max_cdegc=[-2_001, 2_000, 6_000], soc_permille=[0, 999, 0])
    )
    assert [place for place, held in enumerate(total.temperature_ms) if held] == [0, 5]
    assert [place for place, held in enumerate(total.soc_ms) if held] == [0, 9]


def test_what_the_bms_reports_is_its_last_word():
    total = folded(*a_series(soh_permille=[970, 968, None], soc_permille=[500, None, None]))
    assert total.reported_soh == (MIDNIGHT_MS + MINUTE_MS, 968)
    assert total.reported_soc == (MIDNIGHT_MS, 500)


def test_a_charge_across_midnight_is_one_charge():
    start = MIDNIGHT_MS + MILLISECONDS_PER_DAY - 30 * MINUTE_MS
    frames = [
        a_frame(seq, time_ms=start + seq * MINUTE_MS, current_ma=1_500 if seq else 0)
        for seq in range(61)
    ]
    (record,) = folded(*frames).charge_records()
    assert record.charge_mah == 1_487
    assert record.missing == 0


def test_a_regenerative_pulse_ends_no_day_in_thousand_charges():
    currents = [-1_000 if seq % 2 else 500 for seq in range(200)]
    assert folded(*a_series(current_ma=currents)).charge_records() == []


def test_a_day_with_too_many_holes_says_so():
    day = OpenDay(TRAITS)
    for seq in range(0, 2 * (MOST_STRETCHES + 1), 2):
        day.add(a_frame(seq))
    assert day.overflown


def test_no_frame_is_no_result():
    assert fold_frames([], TRAITS) is None
