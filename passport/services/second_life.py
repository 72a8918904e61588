"""Second life: declared with evidence, told to the former operator, in effect once placed.

Source: Regulation (EU) 2023/1542, Article 77(7) first subparagraph; Article 45; Article 73.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from passport.domain.access import BATTERY_SCOPE, READ_SCOPE, require_reach, require_role
from passport.domain.actor import Actor, Role
from passport.domain.battery import Battery, BatteryModel
from passport.domain.chemistry import Chemistries
from passport.domain.content import Content
from passport.domain.errors import (
    ConflictError,
    InvalidIdentifierError,
    InvalidValueError,
    NotFoundError,
    TransitionRefusedError,
)
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, ModelId, model_of, parse_battery_id, serial_of
from passport.domain.passport import StatementKind
from passport.domain.second_life import (
    NEEDED_EVIDENCE,
    Dispute,
    Evidence,
    Predecessor,
    Succession,
)
from passport.domain.status import (
    BatteryStatus,
    Operation,
    PassportState,
    RemanufacturingRecord,
    status_after,
)
from passport.services.chemistry import unknown_chemistry
from passport.services.current import links_of, read_living, read_model_of, resign
from passport.services.desk import new_id
from passport.services.issue import (
    ITEM_LEVELS,
    ModelUnknownError,
    NewBattery,
    Registration,
    checked_content,
    register_checked,
    require_passport_needed,
    require_serial,
)
from passport.services.operators import read_operator, require_acts_for, require_own_gtin
from passport.services.part_succession import hand_on_parts, require_parts
from passport.services.ports import Work
from passport.services.readers import may_read_attachment
from passport.services.reporting import EventReport, notify, sign_event
from passport.services.scopes import scope_of_placing
from passport.services.series import iri_of


class SuccessionUnknownError(NotFoundError):
    """No second life is declared under this number."""

    code = "second-life-unknown"


class EvidenceMissingError(InvalidValueError):
    """A second life is declared with evidence of title and of the operation."""

    code = "evidence-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecondLife:
    """A second life to be declared.

    Attributes:
        battery_id: Identifier of the battery placed on the market anew.
        model_id: Needed where the identifier holds no GTIN.
        evidence: At least one document on the title and one on the operation.
        remanufacturing: What was measured, for remanufacturing.
    """

    battery_id: BatteryId
    content: Content
    operation: Operation
    predecessors: tuple[Predecessor, ...]
    evidence: tuple[Evidence, ...]
    model_id: ModelId | None = None
    remanufacturing: RemanufacturingRecord | None = None


def declare_second_life(
    actor: Actor, operator: str, new: NewSecondLife, *, work: Work
) -> Succession:
    """Declare that batteries are to be placed on the market anew; the former operators are told.

    Nothing changes hands before the new battery is placed on the market.

    Raises:
        AccessDeniedError: The actor does not place batteries on the market for this operator.
        InvalidValueError: An original is named in no way or in two, or its chemistry is unknown.
        EvidenceMissingError: Evidence of title or of the operation is missing.
        TransitionRefusedError: The law has no such way for one of the originals.
        ContentRefusedError: The new battery's content breaks the rules of its terms.
        ConflictError: The identifier is taken, or an original was placed anew already.
    """
    require_reach(actor, BATTERY_SCOPE)
    require_role(actor, Role.SECOND_LIFE, Role.OPERATOR, Role.SYSTEM)
    placer = read_operator(operator, work=work)
    require_acts_for(actor, placer, work=work)
    require_own_gtin(placer, new.battery_id)
    model = _read_model(new, placer.slug, work=work)
    require_passport_needed(model)
    scope = scope_of_placing(model, None, work=work)
    content = checked_content(new.content, ITEM_LEVELS, work.rulebook.needs(scope))
    require_serial(new.battery_id, content)
    _require_predecessors(new.predecessors, work=work)
    predecessors = tuple(_with_code(one, work.chemistries) for one in new.predecessors)
    documents = _require_evidence(actor, new, work=work)
    require_parts(actor, new.predecessors, work=work)
    if work.passports.find(new.battery_id) or work.successions.made(new.battery_id):
        raise ConflictError(f"battery {new.battery_id} is on record already")
    originals = _read_originals(new.predecessors, work=work)
    _status_of_all(new.operation, new.predecessors, originals, new.remanufacturing)
    _require_rated_as_on_record(new.remanufacturing, originals, work=work)
    succession = Succession(
        succession_id=new_id(),
        battery_id=new.battery_id,
        operation=new.operation,
        predecessors=predecessors,
        evidence=tuple(new.evidence),
        declared_by=placer.slug,
        declared_at=work.clock.now(),
        content=dict(content),
        model_id=model.model_id,
        remanufacturing=new.remanufacturing,
    )
    work.successions.add(succession)
    work.events.commit_to(
        "second-life-declared",
        new.battery_id,
        {"succession": succession.succession_id, "by": placer.slug},
        work.clock.now(),
    )
    readers: set[str] = {placer.slug}
    for original in originals:
        _tell_former(original, succession, work=work)
        readers |= _once_responsible(original, work=work)
    for digest in documents:
        work.attachments.let_read(digest, readers)
    return succession


def place_second_life(
    actor: Actor, succession_id: str, placed_on: date, *, work: Work
) -> Registration:
    """Place the new battery on the market: its passport begins, the originals' are archived.

    Raises:
        SuccessionUnknownError: No second life is declared under this number.
        AccessDeniedError: The actor did not declare it.
        TransitionRefusedError: An original changed so that the law has no such way any more.
        ConflictError: The identifier or an original was taken meanwhile.
        InvalidValueError: The day lies ahead.
    """
    require_reach(actor, BATTERY_SCOPE)
    succession = read_succession(succession_id, work=work)
    placer = read_operator(succession.declared_by, work=work)
    require_acts_for(actor, placer, work=work)
    if succession.has_taken_effect:
        battery = work.passports.read(succession.battery_id)
        return Registration(battery_id=battery.battery_id, iri=iri_of(battery), is_new=False)
    if placed_on > work.clock.now().date():
        raise InvalidValueError(f"{placed_on} lies ahead; place it on the market on that day")
    if work.passports.find(succession.battery_id) is not None:
        raise ConflictError(f"battery {succession.battery_id} is on record already")
    model = work.passports.find_model(ModelId(succession.model_id))
    if model is None:
        raise ModelUnknownError(f"model {succession.model_id} is not on record")
    originals = _read_originals(succession.predecessors, work=work)
    status = _status_of_all(
        succession.operation, succession.predecessors, originals, succession.remanufacturing
    )
    registration = register_checked(
        placer,
        model,
        NewBattery(
            battery_id=succession.battery_id,
            content=succession.content,
            placed_on_market_on=placed_on,
        ),
        succession.content,
        status=status,
        links=links_of(succession, work=work),
        parts=len(succession.predecessors),
        work=work,
    )
    hand_on_parts(succession, work.passports.read(succession.battery_id), placer, work=work)
    for original in originals:
        _archive(original, registration.iri, succession, work=work)
    work.successions.save(replace(succession, placed_on=placed_on))
    return registration


def dispute_second_life(actor: Actor, succession_id: str, reason: str, *, work: Work) -> Succession:
    """Put a former operator's objection on record; it blocks nothing.

    Raises:
        SuccessionUnknownError: No second life is declared under this number.
        AccessDeniedError: The actor answered for none of the originals.
        InvalidValueError: No reason is given.
    """
    require_reach(actor, BATTERY_SCOPE)
    succession = read_succession(succession_id, work=work)
    if not reason.strip():
        raise InvalidValueError("say what you dispute: the title, the operation or the identity")
    if actor.organisation not in _formers(succession, work=work):
        raise SuccessionUnknownError(f"no second life {succession_id} concerns your batteries")
    now = work.clock.now()
    dispute = Dispute(organisation=actor.organisation, reason=reason.strip(), at=now)
    disputed = replace(succession, disputes=(*succession.disputes, dispute))
    work.successions.save(disputed)
    work.events.commit_to(
        "second-life-disputed", succession.battery_id, {"by": actor.organisation}, now
    )
    notify(
        succession.declared_by,
        "second-life-disputed",
        f"{read_operator(actor.organisation, work=work).name} disputes the second life of "
        f"{serial_of(succession.battery_id)}: "
        f"{reason.strip()}",
        about=succession.battery_id,
        link=f"/second-lives/{succession_id}",
        work=work,
    )
    return disputed


def read_succession_for(actor: Actor, succession_id: str, *, work: Work) -> Succession:
    """Return a second life to those it concerns: its placer, the former operators, authorities.

    Raises:
        SuccessionUnknownError: There is none that concerns this actor.
    """
    require_reach(actor, READ_SCOPE)
    succession = read_succession(succession_id, work=work)
    concerned = {succession.declared_by} | _formers(succession, work=work)
    is_one = actor.organisation in concerned
    if is_one or actor.roles & {Role.AUTHORITY, Role.SYSTEM}:
        return succession
    raise SuccessionUnknownError(f"no second life {succession_id} concerns you")


def read_succession(succession_id: str, *, work: Work) -> Succession:
    """Return a second life.

    Raises:
        SuccessionUnknownError: No second life is declared under this number.
    """
    succession = work.successions.find(succession_id)
    if succession is None:
        raise SuccessionUnknownError(f"no second life is declared under {succession_id}")
    return succession


def _read_model(new: NewSecondLife, placer: str, *, work: Work) -> BatteryModel:
    model_id = new.model_id or model_of(new.battery_id)
    model = None if model_id is None else work.passports.find_model(model_id)
    if model is None or model.operator != placer:
        raise ModelUnknownError(
            f"{placer} has no model {model_id}; add it with `passport model add` first"
        )
    return model


def _require_predecessors(predecessors: Sequence[Predecessor], *, work: Work) -> None:
    if not predecessors:
        raise InvalidValueError("a second life names at least one original battery")
    for predecessor in predecessors:
        named = (predecessor.battery_id, predecessor.foreign_iri, predecessor.plate)
        if sum(map(bool, named)) != 1:
            raise InvalidValueError(
                "an original is named once: by its battery, its foreign IRI or its plate"
            )
        if predecessors.count(predecessor) > 1:
            raise InvalidValueError(f"the original {predecessor.label} is named twice")
        if predecessor.foreign_iri:
            _require_foreign(predecessor.foreign_iri, work=work)


def _with_code(predecessor: Predecessor, chemistries: Chemistries) -> Predecessor:
    """Return an original with the chemistry of its plate as passports write it."""
    plate = predecessor.plate
    if plate is None or not plate.chemistry:
        return predecessor
    found = chemistries.find(plate.chemistry) or chemistries.find_named(plate.chemistry)
    if found is None:
        raise InvalidValueError(unknown_chemistry(plate.chemistry, chemistries))
    return replace(predecessor, plate=replace(plate, chemistry=found.code))


def _require_foreign(iri: str, *, work: Work) -> None:
    """Refuse a foreign name for a battery that is on record here: its operator must be told."""
    try:
        battery_id = parse_battery_id(iri)
    except InvalidIdentifierError:
        return
    if work.passports.find(battery_id) is not None:
        raise InvalidValueError(f"{iri} is on record here: name it as battery {battery_id}")


def _require_rated_as_on_record(
    record: RemanufacturingRecord | None, originals: Sequence[Battery], *, work: Work
) -> None:
    """Refuse to measure a remanufactured battery by less than its passport says it could hold."""
    for original in originals if record else ():
        rated = read_model_of(original, work=work).content.get("ratedCapacityAmpereHours")
        if record and isinstance(rated, str) and record.original_rated_capacity < Decimal(rated):
            raise TransitionRefusedError(
                f"the original rated capacity is given as {record.original_rated_capacity} Ah; the "
                f"passport of {original.battery_id} says {rated} Ah"
            )


def _require_evidence(actor: Actor, new: NewSecondLife, *, work: Work) -> Sequence[str]:
    """Return the digests of all documents, each uploaded and known to whoever names it."""
    missing = NEEDED_EVIDENCE - {evidence.kind for evidence in new.evidence}
    if missing:
        raise EvidenceMissingError(
            f"evidence of {' and of '.join(sorted(missing, reverse=True))} is missing; upload the "
            "documents and name them"
        )
    digests = [evidence.digest for evidence in new.evidence]
    for predecessor in new.predecessors:
        if predecessor.plate is not None:
            if not predecessor.plate.photos:
                raise EvidenceMissingError(
                    f"a battery without passport needs a photo of its plate: {predecessor.label}"
                )
            digests += predecessor.plate.photos
    for digest in digests:
        is_there = work.attachments.get(digest) is not None
        if not is_there or not may_read_attachment(actor, digest, work=work):
            raise EvidenceMissingError(f"no document {digest} was uploaded by you")
    return digests


def _read_originals(predecessors: Sequence[Predecessor], *, work: Work) -> list[Battery]:
    originals = [read_living(p.battery_id, work=work) for p in predecessors if p.battery_id]
    for original in originals:
        if original.state is PassportState.ARCHIVED:
            raise ConflictError(
                f"battery {original.battery_id} was placed on the market anew already"
            )
    return originals


def _status_of_all(
    operation: Operation,
    predecessors: tuple[Predecessor, ...],
    originals: Sequence[Battery],
    record: RemanufacturingRecord | None,
) -> BatteryStatus:
    """Return the status after the operation; every original must have a way to it."""
    by_id = {original.battery_id: original.status for original in originals}
    statuses = [by_id[p.battery_id] if p.battery_id else p.declared_status for p in predecessors]
    return {status_after(operation, before, remanufacturing=record) for before in statuses}.pop()


def _formers(succession: Succession, *, work: Work) -> set[str]:
    """Return who answered for one of the originals before, or registered it."""
    originals = [work.passports.read(p.battery_id) for p in succession.predecessors if p.battery_id]
    formers = set[str]().union(*(_once_responsible(one, work=work) for one in originals))
    was_placer = any(one.registered_by == succession.declared_by for one in originals)
    return formers if was_placer else formers - {succession.declared_by}


def _once_responsible(battery: Battery, *, work: Work) -> set[str]:
    signed = work.statements.all_about(battery.battery_id, StatementKind.ITEM_DECLARED)
    known = {battery.registered_by, battery.responsible, *(one.issuer for one in signed)}
    return {organisation for organisation in known if organisation}


def _tell_former(original: Battery, succession: Succession, *, work: Work) -> None:
    if original.responsible == succession.declared_by:
        return
    notify(
        original.responsible,
        "second-life-declared",
        f"{read_operator(succession.declared_by, work=work).name} declares "
        f"{succession.operation.value} of your battery {serial_of(original.battery_id)} as "
        f"{serial_of(succession.battery_id)}. You may dispute it; it takes effect on placing on "
        "the market",
        about=original.battery_id,
        link=f"/second-lives/{succession.succession_id}",
        work=work,
    )


def _archive(original: Battery, successor_iri: str, succession: Succession, *, work: Work) -> None:
    """Hand an original to the new operator: forward link, state archived, never deleted."""
    placer = read_operator(succession.declared_by, work=work)
    sign_event(
        original,
        EventReport(
            kind=EventKind.SUCCESSION,
            occurred_at=work.clock.now(),
            details={"relatedBatteries": [successor_iri], "involvedParties": [placer.did]},
        ),
        placer,
        work=work,
    )
    archived = replace(original, state=PassportState.ARCHIVED, responsible=placer.slug)
    work.passports.save(archived)
    resign(archived, placer, work=work, successors=[successor_iri])
