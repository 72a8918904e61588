"""Readings that no battery can have do not get into the fold."""

import pytest
from builders_telemetry import MIDNIGHT_MS, a_frame, some_traits

from bms_ingest.frame import FrameFlag
from bms_ingest.plausibility import CLOCK_AHEAD_MS, EARLIEST_MS, Plausibility

RULES = Plausibility(some_traits(cells_in_series=2))


@pytest.mark.parametrize(
    ("readings", "reason", "cleared"),
    [
        ({"pack_mv": 10_001}, "pack-voltage", ["pack_mv"]),
        ({"pack_mv": -1}, "pack-voltage", ["pack_mv"]),
        ({"current_ma": -40_001}, "current", ["current_ma"]),
        (
            {"temperature_max_cdegc": 20_001},
            "temperature",
            ["temperature_max_cdegc"],
        ),
        (
            {"temperature_min_cdegc": 2_600, "temperature_max_cdegc": 2_500},
            "temperature",
            ["temperature_min_cdegc", "temperature_max_cdegc"],
        ),
        ({"cell_min_mv": 5_001}, "cell-voltage", ["cell_min_mv"]),
        ({"charge_in_mah": -1}, "counter", ["charge_in_mah"]),
        ({"energy_out_mwh": -1}, "counter", ["energy_out_mwh"]),
        ({"soc_permille": 1_001}, "state-of-charge", ["soc_permille"]),
        ({"soh_permille": 4_294_967}, "state-of-health", ["soh_permille"]),
    ],
)
def test_a_reading_that_cannot_be_is_taken_out_and_the_frame_is_kept(readings, reason, cleared):
    verdict = RULES.judge(a_frame(**readings), MIDNIGHT_MS)
    assert verdict.reasons == (reason,)
    assert verdict.frame is not None
    assert verdict.frame.flags & FrameFlag.READING_CLEARED
    assert [getattr(verdict.frame, name) for name in cleared] == [None] * len(cleared)


@pytest.mark.parametrize("time_ms", [EARLIEST_MS - 1, MIDNIGHT_MS + CLOCK_AHEAD_MS + 1])
def test_a_clock_that_cannot_be_sets_the_frame_aside(time_ms):
    assert RULES.judge(a_frame(time_ms=time_ms), MIDNIGHT_MS) == (None, ("clock",))


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"pack_mv": 0, "current_ma": 0, "soc_permille": 0},
        {"pack_mv": 10_000, "current_ma": 40_000},
        {"temperature_min_cdegc": -6_000, "temperature_max_cdegc": 20_000},
        {"pack_mv": None, "current_ma": None},
    ],
)
def test_readings_at_the_limits_zero_and_missing_ones_stay_as_they_are(readings):
    frame = a_frame(**readings)
    assert RULES.judge(frame, MIDNIGHT_MS) == (frame, ())


def test_without_a_model_only_what_no_battery_can_have_counts():
    frame = a_frame(pack_mv=900_000, current_ma=500_000)
    assert Plausibility(None).judge(frame, MIDNIGHT_MS).frame == frame
    assert Plausibility(None).judge(a_frame(soc_permille=-1), MIDNIGHT_MS).reasons
