"""Condition reports: what telemetry says of a battery, as the content of a statement.

``reported`` is what the BMS says, ``assessed`` what was computed here; they are separate terms. A
health of capacity is never given as state of certified energy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from bms_ingest.estimators import full_charge, use
from bms_ingest.estimators.assess import assess
from bms_ingest.estimators.estimate import Estimate, rounded
from bms_ingest.measurement_source import MeasurementSource
from bms_ingest.stretch import TEMPERATURE_EDGES_C, Stretch
from bms_ingest.traits import BatteryTraits
from passport.domain.units import decimal_text

_MS_PER_MINUTE: Final = 60_000
_SOC_CLASS_PERCENT: Final = 10
_COLDEST_C, _WARMEST_C = -60, 200
"""Ends of the outermost temperature classes: what plausibility lets pass [degC]."""
_TERM_OF: Final = {
    "state_of_health_percent": "assessedStateOfHealthPercent",
    "resistance_ohm": "ohmicResistanceOhms",
    "round_trip_efficiency_percent": "remainingRoundTripEfficiencyPercent",
    "capacity_throughput_ah": "capacityThroughputAmpereHours",
    "energy_throughput_kwh": "energyThroughputKilowattHours",
    "full_equivalent_cycles": "fullEquivalentCycles",
    "deep_discharges": "deepDischarges",
    "time_above_limit_minutes": "minutesAboveTemperatureLimit",
    "time_below_limit_minutes": "minutesBelowTemperatureLimit",
    "time_charging_above_limit_minutes": "minutesChargingAboveTemperatureLimit",
    "time_charging_below_limit_minutes": "minutesChargingBelowTemperatureLimit",
}
_EXPLAINED: Final = frozenset(
    {"state_of_health_percent", "resistance_ohm", "round_trip_efficiency_percent"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionReport:
    """What telemetry says of one battery at one moment.

    Attributes:
        measured_at: Device time of the newest frame.
        content: Values by term, as ``record_condition`` takes them.
        state_of_health: Assessed state of health [%], where there is one.
        reported_state_of_health: What the BMS says [%], where it says anything.
        harmful: Deep discharges and whole hours outside of the temperatures.
    """

    measured_at: datetime
    content: dict[str, object]
    state_of_health: Decimal | None
    reported_state_of_health: Decimal | None
    harmful: tuple[int, ...]


def report_condition(
    stretch: Stretch,
    traits: BatteryTraits,
    *,
    readings_digest: bytes,
    source: MeasurementSource | None = None,
) -> ConditionReport:
    """Say what the frames of one battery tell of its condition.

    Args:
        stretch: Fold of all its frames.
        traits: Data of its model.
        readings_digest: SHA-256 over the readings that were folded.
        source: Where the readings come from, if not from the battery itself.
    """
    estimates = assess(stretch, traits)
    by_quantity = {estimate.quantity: estimate for estimate in estimates}
    health = by_quantity[full_charge.QUANTITY].value
    measured_at = _instant(stretch.last_ms)
    content = (
        _values(estimates)
        | _reported(stretch)
        | _remaining_capacity(health, traits)
        | _records(stretch, traits)
        | {
            "throughputConvention": use.THROUGHPUT_CONVENTION,
            "periodStartedAt": _instant_text(stretch.first_ms),
            "periodEndedAt": _instant_text(stretch.last_ms),
            "assessments": [_assessment(e) for e in estimates if e.quantity in _EXPLAINED],
            "rawReadingsDigest": f"sha256:{readings_digest.hex()}",
        }
        | ({} if source is None else {"measurementSource": source.node()})
    )
    return ConditionReport(
        measured_at=measured_at,
        content=content,
        state_of_health=health,
        reported_state_of_health=_permille(stretch.reported_soh),
        harmful=_harmful(by_quantity),
    )


def _values(estimates: Sequence[Estimate]) -> dict[str, object]:
    return {
        _TERM_OF[estimate.quantity]: decimal_text(estimate.value)
        for estimate in estimates
        if estimate.value is not None
    }


def _reported(stretch: Stretch) -> dict[str, object]:
    """Return what the BMS itself said last."""
    readings = {
        "reportedStateOfHealthPercent": _permille(stretch.reported_soh),
        "stateOfChargePercent": _permille(stretch.reported_soc),
    }
    return {term: decimal_text(value) for term, value in readings.items() if value is not None}


def _remaining_capacity(health: Decimal | None, traits: BatteryTraits) -> dict[str, object]:
    if health is None:
        return {}
    remaining = rounded(health * traits.rated_capacity_mah / 100_000, 2)
    return {"remainingCapacityAmpereHours": decimal_text(remaining)}


def _records(stretch: Stretch, traits: BatteryTraits) -> dict[str, object]:
    """Return how long the battery was at which temperature and state of charge."""
    window = traits.window
    temperatures = list(_temperature_classes(stretch))
    charges = [
        {
            "fromPercent": str(place * _SOC_CLASS_PERCENT),
            "toPercent": str((place + 1) * _SOC_CLASS_PERCENT),
            "minutes": _minutes(held_ms),
        }
        for place, held_ms in enumerate(stretch.soc_ms)
        if held_ms
    ]
    limits: dict[str, object] = {
        "upperTemperatureLimitCelsius": decimal_text(Decimal(window.high_cdegc) / 100),
        "lowerTemperatureLimitCelsius": decimal_text(Decimal(window.low_cdegc) / 100),
    }
    return (
        limits
        | ({"temperatureRecord": temperatures} if temperatures else {})
        | ({"stateOfChargeRecord": charges} if charges else {})
    )


def _temperature_classes(stretch: Stretch) -> Iterator[dict[str, str]]:
    edges = (_COLDEST_C, *TEMPERATURE_EDGES_C, _WARMEST_C)
    for place, held_ms in enumerate(stretch.temperature_ms):
        if held_ms:
            yield {
                "fromCelsius": str(edges[place]),
                "toCelsius": str(edges[place + 1]),
                "minutes": _minutes(held_ms),
            }


_IN_WORDS = {
    "temperature_min_c": "not colder than {} °C",
    "temperature_max_c": "not warmer than {} °C",
    "discharge_share": "{} of the charge taken in counts as given back",
    "share_source": "that share {}",
    "charge_measured_by": "charge measured by {}",
    "convention": "counted over {}",
    "unseen": "{}",
    "limit": "limit {}",
}
"""How a condition of an estimate reads in a signed statement."""


def _assessment(estimate: Estimate) -> dict[str, object]:
    """Return how a value was found, or why there is none."""
    version = full_charge.VERSION if estimate.method == full_charge.METHOD else use.VERSION
    node: dict[str, object] = {
        "assessedTerm": _TERM_OF[estimate.quantity],
        "method": estimate.method,
        "observations": str(estimate.observations),
        "estimatorVersion": version,
    }
    if estimate.interval is not None:
        low, high = estimate.interval
        node |= {"intervalLow": decimal_text(low), "intervalHigh": decimal_text(high)}
    if estimate.conditions:
        node["conditions"] = "; ".join(
            _IN_WORDS[name].format(text) for name, text in estimate.conditions.items()
        )
    if estimate.reason is not None:
        node["noValueReason"] = estimate.reason
    return node


def _harmful(by_quantity: dict[str, Estimate]) -> tuple[int, ...]:
    """Count what use did harm: deep discharges, and whole hours out of the temperatures."""
    hours = [
        int((estimate.value or Decimal(0)) // 60)
        for quantity, estimate in by_quantity.items()
        if quantity.startswith("time_")
    ]
    return (int(by_quantity["deep_discharges"].value or 0), *hours)


def _permille(reported: tuple[int, int] | None) -> Decimal | None:
    return None if reported is None else Decimal(reported[1]) / 10


def _minutes(held_ms: int) -> str:
    return decimal_text(rounded(Decimal(held_ms) / _MS_PER_MINUTE, 1))


def _instant(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms // 1000, UTC)


def _instant_text(time_ms: int) -> str:
    return _instant(time_ms).strftime("%Y-%m-%dT%H:%M:%SZ")
