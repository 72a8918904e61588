"""Take a battery in: by its QR code, or as one that nobody knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import uuid_utils

from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId, ModelId
from recycler_portal.domain.errors import BatteryElsewhereError, IntakeUnreadableError
from recycler_portal.domain.intake import (
    Answering,
    Intake,
    IntakeId,
    Observation,
    Photo,
    Reason,
    Release,
)
from recycler_portal.domain.task import Message, MessageKind, TaskKind
from recycler_portal.domain.waste_battery import KnownBattery, Sign
from recycler_portal.rules.handling import HandlingRules
from recycler_portal.rules.triage import decide_handling
from recycler_portal.services.ports import PhotoContent, RecordAnswer, Request, YardWork
from recycler_portal.services.rights import INTAKE_SCOPE, require_yard
from recycler_portal.services.tasks import ask_person

_NOBODY_KNOWS = RecordAnswer(known=None, is_registered=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntake:
    """A battery at the gate: what was seen, the photos, the key of the request.

    Attributes:
        model_id: What the code names where it names no single battery: batteries without passport
            carry the code of their model.
    """

    observation: Observation
    model_id: ModelId | None = None
    photos: tuple[PhotoContent, ...] = ()
    request: Request


def take_in(
    actor: Actor,
    new: NewIntake,
    *,
    answer: RecordAnswer = _NOBODY_KNOWS,
    rules: HandlingRules,
    work: YardWork,
) -> Intake:
    """Take a battery in and decide how it is handled.

    What is written here is ours; that the battery became waste is told to the passport's record
    afterwards. A battery that was seen damaged before stays damaged, whoever looks now.

    Args:
        actor: Who takes it in.
        new: What was seen.
        answer: What the passport's record says about the code.
        rules: Tables of handling.
        work: Registers of the yard.

    Raises:
        AccessDeniedError: The actor neither collects nor treats waste batteries.
        BatteryElsewhereError: The battery is in a batch already.
        IdempotencyConflictError: The key was used for another intake.
        IntakeUnreadableError: The site or the Member State is missing.
    """
    require_yard(actor, INTAKE_SCOPE)
    _require_place(new.observation)
    repeated = work.intakes.find_request(actor.organisation, new.request)
    if repeated is not None:
        return repeated
    now = work.clock.now()
    battery_id = new.observation.battery_id
    before = work.intakes.here(battery_id) if battery_id else ()
    _require_in_no_batch(before)
    observation = replace(
        new.observation,
        signs=_all_signs(new.observation, before, answer),
        photos=tuple(Photo(digest=one.digest, shows=one.shows) for one in new.photos),
    )
    intake = Intake(
        intake_id=_local_number(actor, now, work),
        organisation=actor.organisation,
        taken_in_by=actor.name,
        taken_in_at=now,
        observation=observation,
        decision=decide_handling(observation, answer.known, rules),
        collected_in=before[0].collected_in if before else observation.country,
        answering=Answering.ASKED if answer.is_registered else Answering.NO_PASSPORT,
    )
    work.intakes.add(intake, new.request, new.photos)
    _arrive(intake, before, work)
    _ask_a_person(intake, answer, work)
    if answer.is_registered and battery_id is not None:
        work.outbox.add(_tell_of_waste(actor, intake, battery_id))
    return intake


def release_from_hold(  # noqa: PLR0913 - who, which, what it is, why, and what is needed for it
    actor: Actor,
    intake_id: str,
    *,
    chemistry: str,
    reason: str,
    rules: HandlingRules,
    work: YardWork,
) -> Intake:
    """Record that a person has decided about a held battery: what it is, and why.

    The condition stays: a damaged battery is packed as damaged, whatever its chemistry.

    Raises:
        AccessDeniedError: The actor neither collects nor treats waste batteries.
        IntakeNotFoundError: The actor's organisation has no such intake.
        IntakeUnreadableError: The chemistry is none that has a stream, or no reason is given.
    """
    require_yard(actor, INTAKE_SCOPE)
    intake = work.intakes.read(intake_id, organisation=actor.organisation)
    if not reason.strip():
        raise IntakeUnreadableError("say how you know what the battery is")
    registered = rules.find_registered(chemistry)
    if rules.find_chemistry(chemistry) is None and (
        registered is None or registered.family is None
    ):
        raise IntakeUnreadableError(
            f"{chemistry!r} names no chemistry with a stream or a family of its own"
        )
    known = KnownBattery(
        battery_id=intake.battery_id or BatteryId(""), chemistry=chemistry, category=""
    )
    decision = decide_handling(intake.observation, known, rules)
    by_a_person = Reason(
        rule="decided-by-a-person",
        source=f"{actor.name or actor.organisation}: {reason.strip()}",
        inputs={"stream before": intake.decision.stream.value},
    )
    released = replace(
        intake,
        decision=replace(decision, reasons={**decision.reasons, "chemistry": by_a_person}),
        release=Release(by=actor.name or actor.organisation, reason=reason.strip()),
    )
    work.intakes.save(released)
    work.tasks.close_about(actor.organisation, intake.intake_id, by=actor.name, at=work.clock.now())
    return released


def _require_place(observation: Observation) -> None:
    if not observation.site.strip():
        raise IntakeUnreadableError("name the site where the battery was taken in")
    country = observation.country
    if not (len(country) == len("NL") and country.isalpha() and country.isupper()):
        raise IntakeUnreadableError(
            f"{country!r} is no country; write two capital letters, like NL"
        )


def _require_in_no_batch(before: Iterable[Intake]) -> None:
    for intake in before:
        if intake.batch:
            raise BatteryElsewhereError(
                f"battery {intake.battery_id} went into batch {intake.batch}; it cannot be taken"
                " in again"
            )


def _all_signs(
    observation: Observation, before: Iterable[Intake], answer: RecordAnswer
) -> frozenset[Sign]:
    """Join what was seen now, seen before and on record.

    A person may raise the danger, never silently lower it.
    """
    on_record = answer.known.signs if answer.known else frozenset()
    return observation.signs.union(on_record, *(one.observation.signs for one in before))


def _local_number(actor: Actor, now: datetime, work: YardWork) -> IntakeId:
    number = work.intakes.next_number(actor.organisation, now.year)
    return IntakeId(f"{actor.organisation}-{now.year}-{number:06d}")


def _arrive(intake: Intake, before: Sequence[Intake], work: YardWork) -> None:
    """Move the battery here: where it arrived last, there it is."""
    for earlier in before:
        work.intakes.save(replace(earlier, left_at=intake.taken_in_at))
        work.tasks.close_about(
            earlier.organisation,
            earlier.intake_id,
            by=intake.taken_in_by,
            at=intake.taken_in_at,
        )
        if earlier.organisation != intake.organisation:
            ask_person(
                earlier.organisation,
                TaskKind.MOVED,
                about=earlier.intake_id,
                text=f"{intake.organisation} took in battery {intake.battery_id}, which you hold"
                f" as {earlier.intake_id}. Check that you handed it over.",
                at=intake.taken_in_at,
                tasks=work.tasks,
            )


def _ask_a_person(intake: Intake, answer: RecordAnswer, work: YardWork) -> None:
    if not intake.is_held:
        return
    why = f" ({answer.remark})" if answer.remark else ""
    ask_person(
        intake.organisation,
        TaskKind.HOLD,
        about=intake.intake_id,
        text=f"{intake.intake_id} is held{why}. {intake.decision.headline}",
        at=intake.taken_in_at,
        tasks=work.tasks,
    )


def _tell_of_waste(actor: Actor, intake: Intake, battery_id: BatteryId) -> Message:
    return Message(
        message_id=str(uuid_utils.uuid7()),
        kind=MessageKind.DECLARE_WASTE,
        actor=actor,
        intake_id=intake.intake_id,
        battery_id=battery_id,
        facts={
            "country": intake.collected_in,
            "where": intake.observation.site,
            "at": intake.taken_in_at.isoformat(),
        },
        created_at=intake.taken_in_at,
    )
