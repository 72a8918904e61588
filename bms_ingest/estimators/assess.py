"""Everything the estimators say of one battery, in one list."""

from bms_ingest.estimators.estimate import Estimate
from bms_ingest.estimators.full_charge import (
    QUANTITY,
    ended_full,
    estimate_state_of_health,
)
from bms_ingest.estimators.use import (
    estimate_harm,
    estimate_resistance,
    estimate_round_trip_efficiency,
    estimate_throughput,
)
from bms_ingest.stretch import Stretch
from bms_ingest.traits import BatteryTraits


def assess(stretch: Stretch | None, traits: BatteryTraits) -> list[Estimate]:
    """Return an estimate of each quantity, or the reason why there is none."""
    if stretch is None:
        return [Estimate(quantity=QUANTITY, reason="not enough data: no frame at all")]
    records = stretch.charge_records()
    return [
        estimate_state_of_health(records, traits),
        estimate_resistance(stretch),
        estimate_round_trip_efficiency([one for one in records if ended_full(one, traits)]),
        *estimate_throughput(stretch, traits),
        *estimate_harm(stretch, traits),
    ]
