"""State of health from full charges: the most accurate observation, and the rarest.

A charge that begins near empty and ends in constant voltage puts in the whole capacity; what
comes out of it again is a little less. Estimator floats stay in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, stdev
from typing import Final

from bms_ingest.charge_session import ChargeRecord
from bms_ingest.estimators.estimate import Estimate, rounded
from bms_ingest.flow import CHARGE_UNITS_PER_MAH
from bms_ingest.traits import BatteryTraits, CellFamily, CellVoltages

QUANTITY: Final = "state_of_health_percent"
METHOD: Final = "full-charge"
VERSION: Final = "full-charge/1"
CONVENTION: Final = "capacity of a full discharge now as a share of the rated capacity"
NEWEST: Final = 3
"""So many of the newest full charges are combined; older ones lag behind a fading cell."""
COLDEST_CDEGC: Final = 1_000
"""Below 10 degC a charge ends before a cell is full: it says nothing of health."""
_SMALLEST_SHARE, _LARGEST_SHARE = 0.3, 1.15
_TWO_SIDED_95: Final = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeShare:
    """How much of what a full charge puts in the next full discharge gives back.

    Attributes:
        value: The share.
        deviation: Its standard deviation between cells and charges.
    """

    value: float
    deviation: float
    source: str


SHARES: Final = {
    CellFamily.LAYERED_OXIDE: DischargeShare(
        value=0.977, deviation=0.012, source="measured on eight other cells of its family"
    ),
    CellFamily.IRON_PHOSPHATE: DischargeShare(
        value=0.977, deviation=0.03, source="taken from another family, the interval widened"
    ),
    CellFamily.OTHER: DischargeShare(
        value=0.977, deviation=0.05, source="taken from another chemistry, the interval widened"
    ),
}
"""Declared, not measured on the battery at hand: median of discharged / charged Ah on 242 charges
of eight 18650 cells. Source: NASA PCoE Battery Data Set, reference discharges. For iron phosphate
and for other chemistries nothing was measured; their deviation is a guess on the wide side."""
_NO_VOLTAGES: Final = "the voltages of a full and an empty cell of this chemistry are not known"


def refusal_of(record: ChargeRecord, traits: BatteryTraits) -> str | None:
    """Return why a charge tells no capacity, or ``None`` if it does."""
    if traits.voltages is None:
        return _NO_VOLTAGES
    return (
        _missing_readings(record)
        or _cold(record)
        or _not_from_empty(record, traits.voltages)
        or _not_to_full(record, traits.voltages, traits.tail_ma)
        or _unsound_amount(record, traits)
    )


def ended_full(record: ChargeRecord, traits: BatteryTraits) -> bool:
    """Whether a warm charge ended in constant voltage, wherever it began."""
    if traits.voltages is None:
        return False
    return _cold(record) is None and _not_to_full(record, traits.voltages, traits.tail_ma) is None


def _missing_readings(record: ChargeRecord) -> str | None:
    if record.missing and not record.counted:
        return f"{record.missing} readings of the current are missing and there is no counter"
    if record.first_mv is None or record.last_mv is None:
        return "the cell voltage is missing at the begin or the end of the charge"
    if record.temperature_min_cdegc is None:
        return "the temperature of the charge is not known"
    return None


def _cold(record: ChargeRecord) -> str | None:
    coldest = record.temperature_min_cdegc
    if coldest is not None and coldest >= COLDEST_CDEGC:
        return None
    return (
        f"charged at {(coldest or 0) / 100:.1f} degC; below {COLDEST_CDEGC / 100:.0f} degC a charge"
        " ends before the battery is full"
    )


def _not_from_empty(record: ChargeRecord, voltages: CellVoltages) -> str | None:
    limit = voltages.empty_rest_mv
    if record.first_mv is not None and record.first_mv <= limit:
        return None
    return f"the charge began at {record.first_mv} mV a cell, not near empty (at most {limit} mV)"


def _not_to_full(record: ChargeRecord, voltages: CellVoltages, tail_ma: int) -> str | None:
    full_mv = voltages.full_mv
    if record.last_mv is not None and record.last_mv >= full_mv and record.last_ma <= tail_ma:
        return None
    return (
        f"the charge ended at {record.last_mv} mV a cell and {record.last_ma} mA, not full"
        f" (at least {full_mv} mV and at most {tail_ma} mA)"
    )


def _unsound_amount(record: ChargeRecord, traits: BatteryTraits) -> str | None:
    share = _share(record, traits)
    if _SMALLEST_SHARE <= share <= _LARGEST_SHARE:
        return None
    return f"{100 * share:.0f} % of the rated capacity went in, which no sound charge does"


def estimate_state_of_health(
    records: Sequence[ChargeRecord],
    traits: BatteryTraits,
    share: DischargeShare | None = None,
) -> Estimate:
    """Combine the newest full charges to a state of health [%].

    Args:
        records: Charges as the fold saw them, oldest first.
        traits: Data of the battery model.
        share: How much of a charge comes out again; that of the cells' family without.

    Returns:
        The mean of the newest full charges with a 95 % interval (uncertainty of the share, and
        spread of the observations), or the reason why there is no value.
    """
    full = [record for record in records if refusal_of(record, traits) is None][-NEWEST:]
    if not full:
        reason = refusal_of(records[-1], traits) if records else None
        return Estimate(
            quantity=QUANTITY,
            method=METHOD,
            reason=f"not enough data: {reason or 'no charge of 30 % or more was seen'}",
        )
    share = share or SHARES[traits.family]
    healths = [100 * share.value * _share(record, traits) for record in full]
    value = fmean(healths)
    model = value * share.deviation / share.value
    spread = stdev(healths) if len(healths) > 1 else 0.0
    half = _TWO_SIDED_95 * (model**2 + spread**2 / len(healths)) ** 0.5
    newest = full[-1]
    return Estimate(
        quantity=QUANTITY,
        value=rounded(value),
        interval=(rounded(value - half), rounded(value + half)),
        method=METHOD,
        observations=len(full),
        measured_at_ms=newest.ended_ms,
        epoch=newest.epoch,
        conditions=_conditions(full, share),
    )


def _share(record: ChargeRecord, traits: BatteryTraits) -> float:
    return record.charge / (CHARGE_UNITS_PER_MAH * traits.rated_capacity_mah)


def _conditions(full: Sequence[ChargeRecord], share: DischargeShare) -> dict[str, str]:
    coldest = min(record.temperature_min_cdegc or 0 for record in full)
    warmest = max(record.temperature_max_cdegc or 0 for record in full)
    return {
        "temperature_min_c": str(Decimal(coldest) / 100),
        "temperature_max_c": str(Decimal(warmest) / 100),
        "discharge_share": str(share.value),
        "share_source": share.source,
        "charge_measured_by": "counter" if all(r.counted for r in full) else "integration",
    }
