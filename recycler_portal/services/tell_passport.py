"""Tell the passport's record what happened here, until it was told.

Each message was committed with what it is about; telling is a unit of work over there, known by
the message's id, so that a repetition changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    ContentRefusedError,
    InvalidValueError,
    NotFoundError,
    PassportCeasedError,
)
from recycler_portal.domain.batch import Stage
from recycler_portal.domain.intake import Answering
from recycler_portal.domain.task import Message, MessageKind, TaskKind
from recycler_portal.services.ports import PassportRecord, WasteAnswer, YardWork
from recycler_portal.services.tasks import ask_person

_TRY_AGAIN = frozenset({"stale-write", "not-logged-yet"})
"""Refusals that say only that somebody else was first, or that the log is behind."""
_FOR_GOOD = (
    AccessDeniedError,
    ConflictError,
    ContentRefusedError,
    InvalidValueError,
    NotFoundError,
    PassportCeasedError,
)
"""Kinds of refusal that telling again does not change; any other is a fault that may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the record answered to a message.

    Attributes:
        answer: Who answers for the battery, where that was asked.
        refusal: Code and message of a refusal for good; empty where it was taken.
    """

    answer: WasteAnswer | None = None
    refusal: str = ""


def tell(message: Message, *, record: PassportRecord) -> Told:
    """Tell the record one message.

    Raises:
        PassportError: Somebody else was first, or the record has a fault; tell it again.
    """
    try:
        return Told(answer=_tell_kind(message, record))
    except PassportCeasedError as error:
        # Told before and the answer was lost: then the passport has ceased by this very message.
        if message.kind is MessageKind.DECLARE_RECYCLED:
            return Told()
        return Told(refusal=f"{error.code}: {error}")
    except _FOR_GOOD as error:
        if error.code in _TRY_AGAIN:
            raise
        return Told(refusal=f"{error.code}: {error}")


def settle(message: Message, told: Told, *, work: YardWork) -> None:
    """Write down once what the record answered; a refusal becomes a task for a person."""
    now = work.clock.now()
    if not work.outbox.settle(message.message_id, told.refusal or "taken", now):
        return
    if told.refusal:
        _settle_refusal(message, told.refusal, now, work)
    else:
        _settle_success(message, told.answer, now, work)


def _tell_kind(message: Message, record: PassportRecord) -> WasteAnswer | None:
    match message.kind:
        case MessageKind.DECLARE_WASTE:
            return record.declare_waste(
                message.actor,
                message.battery_id,
                country=message.facts["country"],
                where=message.facts["where"],
                at=datetime.fromisoformat(message.facts["at"]),
                key=message.message_id,
            )
        case MessageKind.ENTER_RECYCLING:
            record.enter_recycling(
                message.actor,
                message.battery_id,
                batch=message.facts["batch"],
                key=message.message_id,
            )
        case MessageKind.DECLARE_RECYCLED:
            record.declare_recycled(
                message.actor,
                message.battery_id,
                batch=message.facts["batch"],
                key=message.message_id,
            )
        case _:
            assert_never(message.kind)
    return None


def _settle_success(
    message: Message, answer: WasteAnswer | None, now: datetime, work: YardWork
) -> None:
    match message.kind:
        case MessageKind.DECLARE_WASTE:
            responsible = answer.responsible if answer else ""
            found = Answering.FOUND if responsible else Answering.ORPHAN
            work.intakes.answer(message.intake_id, found, responsible)
            if found is Answering.ORPHAN:
                ask_person(
                    message.actor.organisation,
                    TaskKind.ORPHAN,
                    about=message.intake_id,
                    text=f"Nobody answers for battery {message.battery_id} in"
                    f" {message.facts['country']}. Any producer of its category must take it back"
                    " (Art. 61); ask the authority who is registered.",
                    at=now,
                    tasks=work.tasks,
                )
        case MessageKind.ENTER_RECYCLING:
            work.batches.set_stage(message.intake_id, Stage.IN_RECYCLING)
        case MessageKind.DECLARE_RECYCLED:
            work.batches.set_stage(message.intake_id, Stage.RECYCLED)
        case _:
            assert_never(message.kind)


def _settle_refusal(message: Message, refusal: str, now: datetime, work: YardWork) -> None:
    if message.kind is MessageKind.DECLARE_WASTE:
        work.intakes.answer(message.intake_id, Answering.REFUSED, "")
    else:
        work.batches.set_stage(message.intake_id, Stage.REFUSED)
    ask_person(
        message.actor.organisation,
        TaskKind.REFUSED,
        about=message.intake_id,
        text=f"The record of battery {message.battery_id} refused {message.kind}: {refusal}",
        at=now,
        tasks=work.tasks,
    )
