"""When a condition is signed: when it matters, else monthly."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bms_ingest.reports import ConditionReport

HEALTH_STEP_PERCENT: Final = Decimal("0.5")
"""A state of health that moved so far is signed."""


class Occasion(StrEnum):
    """Why a condition is signed."""

    FIRST = "first"
    STATUS_CHANGE = "status-change"
    HARMFUL_EVENT = "harmful-event"
    STATE_OF_HEALTH = "state-of-health"
    REQUEST = "request"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSigned:
    """What was signed of a battery before.

    Attributes:
        status: Status of the battery then.
    """

    measured_at: datetime
    status: str
    state_of_health: Decimal | None
    harmful: tuple[int, ...]


def occasion_to_sign(
    report: ConditionReport, status: str, last: LastSigned | None
) -> Occasion | None:
    """Say why a report is to be signed now, or ``None`` if it can wait.

    Source: design section 4; the law asks for values at market, at each change of status and
    "periodically" (Regulation (EU) 2023/1542, Annex XIII, point 4).
    """
    if last is None:
        return Occasion.FIRST
    if status != last.status:
        return Occasion.STATUS_CHANGE
    if report.measured_at <= last.measured_at:
        return None
    if any(now > then for now, then in zip(report.harmful, last.harmful, strict=True)):
        return Occasion.HARMFUL_EVENT
    if _moved(report.state_of_health, last.state_of_health):
        return Occasion.STATE_OF_HEALTH
    month, month_before = report.measured_at.timetuple()[:2], last.measured_at.timetuple()[:2]
    return Occasion.MONTHLY if month > month_before else None


def _moved(now: Decimal | None, then: Decimal | None) -> bool:
    if now is None:
        return False
    return then is None or abs(now - then) >= HEALTH_STEP_PERCENT
