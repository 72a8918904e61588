"""Valid telemetry values with one thing changed."""

from typing import Any

from bms_ingest.frame import Frame
from bms_ingest.traits import BatteryTraits

BATTERY = "01/09506000134352/21/TELEMETRY-1"
MIDNIGHT_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""


def a_frame(seq: int = 0, **changed: Any) -> Frame:
    """Return a resting frame at 3.7 V and 25 degC, one every ten seconds."""
    readings: dict[str, Any] = {
        "battery_id": BATTERY,
        "epoch": 1,
        "seq": seq,
        "time_ms": MIDNIGHT_MS + 10_000 * seq,
        "pack_mv": 3_700,
        "current_ma": 0,
        "temperature_min_cdegc": 2_500,
        "temperature_max_cdegc": 2_500,
    }
    return Frame(**readings | changed)


def some_traits(**changed: Any) -> BatteryTraits:
    """Return the traits of one 2 Ah cell."""
    data: dict[str, Any] = {"rated_capacity_mah": 2_000}
    return BatteryTraits(**data | changed)
