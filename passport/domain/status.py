"""The five legal values of a battery's status and the ways between them.

Source: Regulation (EU) 2023/1542, Annex XIII point 4(c); Article 3(1)(29) to (32); Article 77(7)
and (8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from passport.domain.errors import TransitionRefusedError
from passport.domain.units import AmpereHours, Percent

REMANUFACTURED_CAPACITY_PERCENT = Percent(Decimal(90))
"""Share of the original rated capacity that remanufacturing restores. Source: Article 3(1)(32)."""
REMANUFACTURED_SPREAD_PERCENT = Percent(Decimal(3))
"""Largest difference between cells' state of health afterwards. Source: Article 3(1)(32)."""


class BatteryStatus(StrEnum):
    """Annex XIII point 4(c); these five and no other."""

    ORIGINAL = "original"
    REPURPOSED = "repurposed"
    RE_USED = "re-used"
    REMANUFACTURED = "remanufactured"
    WASTE = "waste"


class PassportState(StrEnum):
    """State of the record, which the public sees; never the battery's status."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    """A later passport names this battery as its original; the record stays resolvable."""
    ANNULLED = "annulled"
    """Registered by mistake; kept with the reason."""
    CEASED = "ceased"
    """The battery has been recycled (Art. 77(8))."""


class Operation(StrEnum):
    """What makes a used or waste battery a battery placed on the market anew (Art. 77(7))."""

    PREPARATION_FOR_RE_USE = "preparation-for-re-use"
    PREPARATION_FOR_REPURPOSING = "preparation-for-repurposing"
    REPURPOSING = "repurposing"
    REMANUFACTURING = "remanufacturing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemanufacturingRecord:
    """What was measured when a battery was remanufactured.

    Attributes:
        restored_capacity: Capacity after the work [Ah].
        original_rated_capacity: Rated capacity of the battery when new [Ah].
        cell_health: State of health of each cell or module evaluated [%].
    """

    restored_capacity: AmpereHours
    original_rated_capacity: AmpereHours
    cell_health: Sequence[Percent]


def status_after(
    operation: Operation,
    before: BatteryStatus,
    *,
    remanufacturing: RemanufacturingRecord | None = None,
) -> BatteryStatus:
    """Return the status of the battery that an operation places on the market anew.

    Args:
        operation: What was done.
        before: Status of each original when it was done; a battery without a passport is
            `original` or `waste` by what its holder declares.
        remanufacturing: What was measured; needed for remanufacturing alone.

    Raises:
        TransitionRefusedError: The law has no such way, or the record does not carry it.

    Source: Regulation (EU) 2023/1542, Article 3(1)(29) to (32).

    >>> status_after(Operation.REPURPOSING, BatteryStatus.ORIGINAL)
    <BatteryStatus.REPURPOSED: 'repurposed'>
    """
    is_waste = before is BatteryStatus.WASTE
    match operation:
        case Operation.PREPARATION_FOR_RE_USE:
            if not is_waste:
                raise TransitionRefusedError(
                    f"a battery is re-used only out of waste; this one is {before.value}, and "
                    "selling it on second-hand changes nothing"
                )
            return BatteryStatus.RE_USED
        case Operation.PREPARATION_FOR_REPURPOSING:
            if not is_waste:
                raise TransitionRefusedError(
                    f"preparation for repurposing starts from waste; this battery is "
                    f"{before.value}: declare repurposing"
                )
            return BatteryStatus.REPURPOSED
        case Operation.REPURPOSING:
            if is_waste:
                raise TransitionRefusedError(
                    "a waste battery is prepared for repurposing; declare that operation"
                )
            return BatteryStatus.REPURPOSED
        case Operation.REMANUFACTURING:
            _require_remanufactured(remanufacturing)
            return BatteryStatus.REMANUFACTURED


def _require_remanufactured(record: RemanufacturingRecord | None) -> None:
    if record is None or not record.cell_health:
        raise TransitionRefusedError(
            "remanufacturing needs its record: restored capacity, original rated capacity and the "
            "state of health of every cell or module"
        )
    if record.original_rated_capacity <= 0:
        raise TransitionRefusedError(
            f"the original rated capacity is {record.original_rated_capacity} Ah; it is above 0"
        )
    share = 100 * record.restored_capacity / record.original_rated_capacity
    if share < REMANUFACTURED_CAPACITY_PERCENT:
        raise TransitionRefusedError(
            f"{record.restored_capacity} Ah is {share:.1f} % of the original "
            f"{record.original_rated_capacity} Ah; remanufactured means at least "
            f"{REMANUFACTURED_CAPACITY_PERCENT} %"
        )
    spread = max(record.cell_health) - min(record.cell_health)
    if spread > REMANUFACTURED_SPREAD_PERCENT:
        raise TransitionRefusedError(
            f"the cells' state of health differs by {spread} %; remanufactured means at most "
            f"{REMANUFACTURED_SPREAD_PERCENT} %"
        )


def require_can_become_waste(before: BatteryStatus, state: PassportState) -> None:
    """Refuse to declare waste what is waste already or no longer a battery of its own.

    Raises:
        TransitionRefusedError: With the reason.
    """
    if state is not PassportState.ACTIVE:
        raise TransitionRefusedError(
            f"this passport is {state.value}; declare the battery waste that it became part of"
        )
    if before is BatteryStatus.WASTE:
        raise TransitionRefusedError("this battery is waste already")
