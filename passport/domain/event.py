"""What can happen to one battery, who reports it and who reads of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passport.domain.access import Point
from passport.domain.actor import Role


class EventKind(StrEnum):
    """One thing that happened to one battery."""

    REPAIR = "repair"
    RESET = "reset"
    """The BMS was reset or got other software (Art. 14(3))."""
    ACCIDENT = "accident"
    RECALL = "recall"
    SOLD = "sold"
    """Sold on; changes the holder and nothing else."""
    LOST = "lost"
    WASTE = "waste"
    RECYCLING_STARTED = "recycling-started"
    SUCCESSION = "succession"
    """Placed on the market anew as, or as part of, another battery (Art. 77(7))."""
    RECYCLED = "recycled"
    ANNULLED = "annulled"
    """Registered by mistake."""
    STRUCTURE_RECORDED = "structure-recorded"
    """What it is made of came on record."""
    PART_INSTALLED = "part-installed"
    PART_REMOVED = "part-removed"
    PART_SWAPPED = "part-swapped"
    """Parts went out and others in, or changed their positions."""
    BUILT_IN = "built-in"
    """Built into another battery, as a whole and with its own passport."""
    TAKEN_OUT = "taken-out"
    """Taken out of another battery again."""


PUBLIC_EVENTS = frozenset({EventKind.SUCCESSION, EventKind.RECYCLED, EventKind.ANNULLED})
"""Links and the tombstone are public; everything else is Annex XIII point 4."""

REPORTED_BY_OPERATOR = frozenset(
    {
        EventKind.REPAIR,
        EventKind.RESET,
        EventKind.ACCIDENT,
        EventKind.RECALL,
        EventKind.SOLD,
        EventKind.LOST,
    }
)
"""Kinds that the responsible operator, its delegate or a grant's holder reports directly."""

STRUCTURE_EVENTS = frozenset(
    {
        EventKind.STRUCTURE_RECORDED,
        EventKind.PART_INSTALLED,
        EventKind.PART_REMOVED,
        EventKind.PART_SWAPPED,
        EventKind.BUILT_IN,
        EventKind.TAKEN_OUT,
    }
)
"""Kinds that say what a battery is made of; never public: a competitor would count modules."""

RECYCLING_ROLES = frozenset({Role.RECYCLER})


def point_of_event(kind: EventKind) -> Point:
    """Return the point of Annex XIII that an event belongs to."""
    return Point.PUBLIC if kind in PUBLIC_EVENTS else Point.INDIVIDUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something on record about a battery.

    Attributes:
        statement_id: The signed statement, or empty where only a salted commitment is logged.
        facts: What was reported, each value as the text that was signed.
    """

    event_id: str
    battery_id: str
    kind: EventKind
    occurred_at: datetime
    recorded_at: datetime
    reported_by: str
    statement_id: str
    facts: dict[str, object]
