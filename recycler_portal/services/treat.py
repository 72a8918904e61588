"""Treat batteries: a batch, its steps, its end, and the end of their passports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import uuid_utils

from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms
from recycler_portal.domain.batch import (
    Batch,
    BatchBattery,
    BatchId,
    BatchStep,
    Intermediate,
    Stage,
)
from recycler_portal.domain.errors import (
    BatchNotInOrderError,
    BatchOpenError,
    BatteryElsewhereError,
    BatteryHeldError,
    FamilyMixedError,
    IntakeUnreadableError,
    MassBalanceError,
)
from recycler_portal.domain.intake import Intake
from recycler_portal.domain.recovery import (
    FAMILIES_WITH_OPTIONAL_ROWS,
    OPTIONAL_ELEMENTS,
    ChemistryFamily,
    InputRow,
    RateCase,
    RecyclingStep,
)
from recycler_portal.domain.task import Message, MessageKind
from recycler_portal.rules.annex_xii import RecyclingRules
from recycler_portal.rules.recovery_report import check_report
from recycler_portal.services.ports import Request, YardWork
from recycler_portal.services.rates import Rates, compute_rates
from recycler_portal.services.rights import BATCH_SCOPE, require_recycler


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What enters recycling together; masses in kilograms."""

    site: str
    country: str
    family: ChemistryFamily
    main_chemistry: str
    intakes: tuple[str, ...]
    wet_mass: Kilograms
    water: Kilograms
    rows: tuple[InputRow, ...]
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInput:
    """What went into a batch; masses in kilograms."""

    wet_mass: Kilograms
    water: Kilograms
    rows: tuple[InputRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """What one facility made of a batch; masses in kilograms."""

    step: RecyclingStep
    intermediates: tuple[Intermediate, ...] = ()
    request: Request


def start_batch(actor: Actor, new: NewBatch, *, work: YardWork) -> Batch:
    """Put batteries into recycling as one batch.

    Raises:
        AccessDeniedError: The actor is no recycler.
        BatteryElsewhereError: A battery is in a batch already, or has left.
        BatteryHeldError: Nobody has decided about a held battery.
        FamilyMixedError: A battery belongs to another chemistry family.
        IntakeNotFoundError: A battery was not taken in by this organisation.
        MassBalanceError: The input does not add up.
    """
    require_recycler(actor, BATCH_SCOPE)
    repeated = work.batches.find_request(actor.organisation, new.request)
    if repeated is not None:
        return repeated
    intakes = [
        work.intakes.read(number, organisation=actor.organisation)
        for number in dict.fromkeys(new.intakes)
    ]
    _require_ready(intakes, new.family)
    _require_input(new)
    now = work.clock.now()
    number = work.batches.next_number(actor.organisation, now.year)
    batch = Batch(
        batch_id=BatchId(f"{actor.organisation}-B-{now.year}-{number:06d}"),
        organisation=actor.organisation,
        site=new.site,
        country=new.country,
        family=new.family,
        main_chemistry=new.main_chemistry,
        wet_mass=new.wet_mass,
        water=new.water,
        rows=new.rows,
        batteries=tuple(_batch_battery(intake) for intake in intakes),
        opened_by=actor.name,
        opened_at=now,
    )
    work.batches.add(batch, new.request)
    for intake in intakes:
        work.intakes.save(replace(intake, batch=batch.batch_id))
    _tell(actor, MessageKind.ENTER_RECYCLING, batch, batch.batteries, work)
    return batch


def record_step(actor: Actor, batch_id: str, new: NewStep, *, work: YardWork) -> Batch:
    """Record what one step made of a batch.

    Raises:
        AccessDeniedError: The actor is no recycler.
        BatchClosedError: The batch is closed.
        BatchNotFoundError: The actor's organisation has no such batch.
        MassBalanceError: More would have come out than went in.
    """
    require_recycler(actor, BATCH_SCOPE)
    batch = work.batches.read(batch_id, organisation=actor.organisation)
    if work.batches.has_step(batch_id, new.request):
        return batch
    step = BatchStep(
        step=new.step,
        intermediates=new.intermediates,
        recorded_by=actor.name,
        recorded_at=work.clock.now(),
    )
    grown = batch.with_step(step)
    work.batches.add_step(grown, step, new.request)
    return replace(grown, revision=grown.revision + 1)


def correct_input(actor: Actor, batch_id: str, entered: BatchInput, *, work: YardWork) -> Batch:
    """Correct what went into an open batch.

    Raises:
        AccessDeniedError: The actor is no recycler.
        BatchClosedError: The batch is closed.
        BatchNotFoundError: The actor's organisation has no such batch.
        MassBalanceError: The masses contradict each other, or more came out than would have gone
            in.
    """
    require_recycler(actor, BATCH_SCOPE)
    batch = work.batches.read(batch_id, organisation=actor.organisation)
    _require_input(entered)
    corrected = batch.with_input(wet_mass=entered.wet_mass, water=entered.water, rows=entered.rows)
    work.batches.save(corrected)
    return replace(corrected, revision=corrected.revision + 1)


def withdraw_last_step(actor: Actor, batch_id: str, *, work: YardWork) -> Batch:
    """Take the newest step of an open batch back, so that it can be recorded right.

    Raises:
        AccessDeniedError: The actor is no recycler.
        BatchClosedError: The batch is closed.
        BatchNotFoundError: The actor's organisation has no such batch.
        BatchOpenError: No step was recorded.
    """
    require_recycler(actor, BATCH_SCOPE)
    batch = work.batches.read(batch_id, organisation=actor.organisation)
    shorter = batch.without_last_step()
    work.batches.remove_last_step(shorter)
    return replace(shorter, revision=shorter.revision + 1)


def close_batch(actor: Actor, batch_id: str, *, rules: RecyclingRules, work: YardWork) -> Batch:
    """Close a batch whose figures are in order; closing twice changes nothing.

    Raises:
        AccessDeniedError: The actor is no recycler.
        BatchNotFoundError: The actor's organisation has no such batch.
        BatchNotInOrderError: The figures contradict each other.
        BatchOpenError: No step was recorded.
    """
    require_recycler(actor, BATCH_SCOPE)
    batch = work.batches.read(batch_id, organisation=actor.organisation)
    if not batch.is_open:
        return batch
    closed = batch.close(work.clock.now())
    refusing = tuple(one for one in check_report(batch.report(), rules) if one.refuses)
    if refusing:
        raise BatchNotInOrderError(
            f"batch {batch_id} cannot be closed: "
            + "; ".join(finding.message for finding in refusing),
            refusing,
        )
    work.batches.save(closed)
    return replace(closed, revision=closed.revision + 1)


def declare_recycled(actor: Actor, batch_id: str, *, work: YardWork) -> Batch:
    """Declare every battery of a closed batch as recycled; their passports cease.

    Raises:
        AccessDeniedError: The actor is no recycler.
        BatchNotFoundError: The actor's organisation has no such batch.
        BatchOpenError: The batch is not closed.

    Source: Regulation (EU) 2023/1542, Article 77(8).
    """
    require_recycler(actor, BATCH_SCOPE)
    batch = work.batches.read(batch_id, organisation=actor.organisation)
    if batch.is_open:
        raise BatchOpenError(f"close batch {batch_id} before its batteries count as recycled")
    declared = [one for one in batch.batteries if one.stage in {Stage.ENTERING, Stage.IN_RECYCLING}]
    if not declared:
        return batch
    for one in declared:
        batch = batch.at_stage(
            one.intake_id, Stage.RECYCLING_DECLARED if one.battery_id else Stage.RECYCLED
        )
    work.batches.save(batch)
    _tell(actor, MessageKind.DECLARE_RECYCLED, batch, declared, work)
    return replace(batch, revision=batch.revision + 1)


def rates_of_batch(batch: Batch, rules: RecyclingRules, *, on: date) -> Rates:
    """Compute the rates of a batch as a management figure, by the law of a day."""
    return compute_rates(batch.report(), _cases(batch.family, rules, on), rules)


def _cases(family: ChemistryFamily, rules: RecyclingRules, on: date) -> tuple[RateCase, ...]:
    """Return the narrowest and the widest choice of elements that the day allows."""
    if family not in FAMILIES_WITH_OPTIONAL_ROWS:
        return (RateCase(name="all substances", rule_date=on),)
    mandatory = frozenset(
        element for one in rules.mandatory_for(family, on) for element in one.elements
    )
    least = "with the mandatory elements only" if mandatory else "without optional elements"
    return (
        RateCase(name=least, rule_date=on, optional_included=mandatory),
        RateCase(
            name="with all optional elements",
            rule_date=on,
            optional_included=frozenset(OPTIONAL_ELEMENTS),
        ),
    )


def _require_ready(intakes: Sequence[Intake], family: ChemistryFamily) -> None:
    if not intakes:
        raise IntakeUnreadableError("a batch begins with at least one battery")
    for intake in intakes:
        if not intake.is_waiting:
            raise BatteryElsewhereError(
                f"{intake.intake_id} is in batch {intake.batch}"
                if intake.batch
                else f"{intake.intake_id} has left the site"
            )
        if intake.is_held:
            raise BatteryHeldError(
                f"{intake.intake_id} is held: {intake.decision.headline} A person has to decide"
                " first"
            )
        if intake.decision.chemistry_family != family:
            raise FamilyMixedError(
                f"{intake.intake_id} is {intake.decision.chemistry_family}, the batch is {family}"
            )


def _require_input(new: NewBatch | BatchInput) -> None:
    masses = [row.mass for row in new.rows if row.mass is not None]
    if new.water < 0 or new.wet_mass <= new.water or any(mass < 0 for mass in masses):
        raise MassBalanceError(
            f"{new.wet_mass} kg with {new.water} kg of water cannot be; masses are 0 or more and"
            " more than water comes in"
        )
    dry = new.wet_mass - new.water
    if (total := sum(masses, Decimal(0))) > dry:
        raise MassBalanceError(
            f"the substances add up to {total} kg, but only {dry} kg without water came in"
        )


def _batch_battery(intake: Intake) -> BatchBattery:
    return BatchBattery(
        intake_id=intake.intake_id,
        country=intake.collected_in,
        battery_id=_told_battery(intake),
        mass=intake.observation.mass,
        stage=Stage.ENTERING if _told_battery(intake) else Stage.IN_RECYCLING,
    )


def _told_battery(intake: Intake) -> BatteryId | None:
    """Return the battery if the passport's record knows it."""
    return intake.battery_id if intake.is_on_record else None


def _tell(
    actor: Actor,
    kind: MessageKind,
    batch: Batch,
    batteries: Sequence[BatchBattery],
    work: YardWork,
) -> None:
    for one in batteries:
        if one.battery_id is not None:
            work.outbox.add(
                Message(
                    message_id=str(uuid_utils.uuid7()),
                    kind=kind,
                    actor=actor,
                    intake_id=one.intake_id,
                    battery_id=one.battery_id,
                    facts={"batch": batch.batch_id},
                    created_at=work.clock.now(),
                )
            )
