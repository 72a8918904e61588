"""What a person has to do, and what the passport's record has to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId
from recycler_portal.domain.intake import IntakeId


class TaskKind(StrEnum):
    """Why a person is needed."""

    HOLD = "hold"
    """A battery is held until somebody has decided where it goes."""
    ORPHAN = "orphan"
    """Nobody answers for a waste battery."""
    REFUSED = "refused"
    """The passport's record refused what was done here."""
    MOVED = "moved"
    """Another organisation took in a battery that this one holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do, shown until somebody has done it."""

    task_id: str
    organisation: str
    kind: TaskKind
    about: str
    text: str
    created_at: datetime
    done_at: datetime | None = None
    done_by: str = ""


class MessageKind(StrEnum):
    """What the passport's record is told."""

    DECLARE_WASTE = "declare-waste"
    ENTER_RECYCLING = "enter-recycling"
    DECLARE_RECYCLED = "declare-recycled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that the passport's record is told, again and again until it was done.

    Attributes:
        message_id: Also the key under which the record knows a repetition.
        actor: In whose name it is told.
        facts: What is told, by name.
    """

    message_id: str
    kind: MessageKind
    actor: Actor
    intake_id: IntakeId
    battery_id: BatteryId
    facts: Mapping[str, str]
    created_at: datetime
