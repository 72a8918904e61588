"""From waste to the day the passport ceases.

Source: Regulation (EU) 2023/1542, Article 77(7) second subparagraph and Article 77(8).
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from passport.domain.access import (
    BATCH_SCOPE,
    EVENT_SCOPE,
    INTAKE_SCOPE,
    ORGANISATION_SCOPE,
    Audience,
    Grant,
    require_operator,
    require_reach,
    require_role,
)
from passport.domain.actor import Actor, Role
from passport.domain.battery import Battery
from passport.domain.errors import InvalidValueError, TransitionRefusedError
from passport.domain.event import Event, EventKind
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.responsibility import (
    ResponsibleRole,
    WasteResponsibility,
    find_responsible,
)
from passport.domain.status import BatteryStatus, PassportState, require_can_become_waste
from passport.services.current import read_living, require_past, resign
from passport.services.desk import new_id
from passport.services.operators import country_code, read_operator
from passport.services.ports import Work
from passport.services.reporting import EventReport, notify, sign_event


class NotInRecyclingError(TransitionRefusedError):
    """A battery is recycled only after it entered recycling at this recycler."""

    code = "not-in-recycling"


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteDeclaration:
    """A battery becomes waste.

    Attributes:
        country: Member State where it became waste (ISO 3166-1 alpha-2).
        where: Site or address, in words.
    """

    country: str
    occurred_at: datetime
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteOutcome:
    """What the record says after a battery became waste.

    Attributes:
        responsibility: Who answers for it; ``None`` for an orphan.
        grant_id: The declaring collector's leave to write about this battery's way.
        is_new: False where it was waste already.
    """

    battery_id: BatteryId
    status: BatteryStatus
    responsibility: WasteResponsibility | None
    grant_id: str
    is_new: bool

    @property
    def is_orphan(self) -> bool:
        """Whether nobody was found who answers for the battery."""
        return self.responsibility is None


def declare_waste(
    actor: Actor, battery_id: BatteryId, declaration: WasteDeclaration, *, work: Work
) -> WasteOutcome:
    """Record that a battery became waste; its passport stays, who answers for it changes.

    Anybody who collects may declare it: that gives the collector leave to write about the
    battery's way, never responsibility. Nobody found makes the battery a visible orphan.

    Raises:
        AccessDeniedError: The actor neither answers for the battery nor collects waste.
        PassportCeasedError: The battery has been recycled.
        TransitionRefusedError: The battery is no longer one of its own.

    Source: Regulation (EU) 2023/1542, Article 77(7) second subparagraph.
    """
    require_reach(actor, INTAKE_SCOPE, EVENT_SCOPE)
    battery = read_living(battery_id, work=work)
    now = work.clock.now()
    if not actor.has(Role.COLLECTOR) and not actor.has(Role.RECYCLER):
        require_operator(actor, work.standing(battery), now)
    require_past(declaration.occurred_at, work=work)
    if battery.status is BatteryStatus.WASTE and battery.state is PassportState.ACTIVE:
        return WasteOutcome(
            battery_id=battery_id,
            status=battery.status,
            responsibility=_known_responsibility(battery, work=work),
            grant_id=_leave_to_write(actor, battery, now, work=work),
            is_new=False,
        )
    require_can_become_waste(battery.status, battery.state)
    country = country_code(declaration.country)
    reporter = read_operator(actor.organisation, work=work)
    sign_event(
        battery,
        EventReport(
            kind=EventKind.WASTE,
            occurred_at=declaration.occurred_at,
            reason=declaration.where,
            details={"countryOfEvent": country},
        ),
        reporter,
        work=work,
    )
    found = _find_responsible(battery, country, _day(declaration.occurred_at), work=work)
    waste = replace(battery, status=BatteryStatus.WASTE, responsible=found.party if found else "")
    work.passports.save(waste)
    if found is None:
        _tell_of_orphan(waste, work=work)
        _tell_former(battery, "nobody", work=work)
    else:
        _tell_responsible(waste, found, work=work)
        if battery.responsible != found.party:
            _tell_former(battery, read_operator(found.party, work=work).name, work=work)
        resign(waste, read_operator(found.party, work=work), work=work)
    return WasteOutcome(
        battery_id=battery_id,
        status=waste.status,
        responsibility=found,
        grant_id=_leave_to_write(actor, battery, now, work=work),
        is_new=True,
    )


def adopt_orphan(actor: Actor, battery_id: BatteryId, *, work: Work) -> WasteResponsibility | None:
    """Look again for who answers for an orphan, now that the registers say more.

    Raises:
        AccessDeniedError: The actor neither collects waste nor administers this service.
        PassportCeasedError: The battery has been recycled.

    Source: Regulation (EU) 2023/1542, Article 77(7) second subparagraph.
    """
    require_reach(actor, INTAKE_SCOPE, ORGANISATION_SCOPE)
    require_role(actor, Role.COLLECTOR, Role.RECYCLER, Role.ADMINISTRATOR, Role.SYSTEM)
    battery = read_living(battery_id, work=work)
    if battery.status is not BatteryStatus.WASTE or battery.responsible:
        return _known_responsibility(battery, work=work)
    declared = work.events.find_kind(battery_id, EventKind.WASTE)
    if declared is None:
        raise LookupError(battery_id)
    country = str(declared.facts["countryOfEvent"])
    found = _find_responsible(battery, country, work.clock.now().date(), work=work)
    if found is not None:
        adopted = replace(battery, responsible=found.party)
        work.passports.save(adopted)
        _tell_responsible(adopted, found, work=work)
        resign(adopted, read_operator(found.party, work=work), work=work)
    return found


def enter_recycling(actor: Actor, battery_id: BatteryId, batch: str, *, work: Work) -> Event:
    """Record that a waste battery entered a recycling batch of a permitted recycler.

    Raises:
        AccessDeniedError: The actor is no recycler.
        TransitionRefusedError: The battery is not waste.
        PassportCeasedError: The battery has been recycled.
    """
    battery = _read_for_recycling(actor, battery_id, work=work)
    if battery.status is not BatteryStatus.WASTE:
        raise TransitionRefusedError(
            f"battery {battery_id} is {battery.status.value}; only waste is recycled"
        )
    begun = _begun_by(actor, battery_id, work=work)
    if begun is not None:
        return begun
    return sign_event(
        battery,
        EventReport(
            kind=EventKind.RECYCLING_STARTED,
            occurred_at=work.clock.now(),
            details={"treatmentBatch": batch},
        ),
        read_operator(actor.organisation, work=work),
        work=work,
    )


def declare_recycled(
    actor: Actor, battery_id: BatteryId, batch: str, *, work: Work, parts: int = 0
) -> Event:
    """Record that a battery, or some of its parts, has been recycled; the last part ends it.

    Args:
        actor: The permitted recycler that the battery entered recycling at; signs this.
        battery_id: The battery.
        batch: The batch it was treated in.
        work: The unit of work.
        parts: Number of its parts recycled by this; 0 means all that are left.

    Raises:
        AccessDeniedError: The actor is no recycler.
        NotInRecyclingError: The battery did not enter recycling at this recycler.
        PassportCeasedError: The passport has ceased already.

    Source: Regulation (EU) 2023/1542, Article 77(8).
    """
    battery = _read_for_recycling(actor, battery_id, work=work)
    if _begun_by(actor, battery_id, work=work) is None:
        raise NotInRecyclingError(
            f"battery {battery_id} did not enter recycling at {actor.organisation}; start a batch "
            "with it first"
        )
    left = battery.parts - battery.parts_recycled
    done = parts or left
    if not 0 < done <= left:
        raise InvalidValueError(f"{parts} parts were reported, but {left} are left")
    event = sign_event(
        battery,
        EventReport(
            kind=EventKind.RECYCLED,
            occurred_at=work.clock.now(),
            details={"treatmentBatch": batch},
        ),
        read_operator(actor.organisation, work=work),
        work=work,
    )
    is_last = done == left
    work.passports.save(
        replace(
            battery,
            parts_recycled=battery.parts_recycled + done,
            state=PassportState.CEASED if is_last else battery.state,
        )
    )
    if is_last:
        _cease_originals(battery, work=work)
    return event


def _read_for_recycling(actor: Actor, battery_id: BatteryId, *, work: Work) -> Battery:
    """Return a battery of its own; what it became part of is recycled in its place."""
    require_reach(actor, BATCH_SCOPE, INTAKE_SCOPE, EVENT_SCOPE)
    require_role(actor, Role.RECYCLER)
    battery = read_living(battery_id, work=work)
    if battery.state is not PassportState.ACTIVE:
        raise TransitionRefusedError(
            f"the passport of battery {battery_id} is {battery.state.value}; recycle the battery "
            "that it became part of"
        )
    return battery


def _begun_by(actor: Actor, battery_id: BatteryId, *, work: Work) -> Event | None:
    """Return when a battery entered recycling at the actor's works."""
    for event in work.events.of_battery(battery_id):
        if (event.kind, event.reported_by) == (EventKind.RECYCLING_STARTED, actor.organisation):
            return event
    return None


def _cease_originals(recycled: Battery, *, work: Work) -> None:
    """End the originals whose last part went with this battery; their lineage stays readable."""
    ceased = {recycled.battery_id}
    ended = [recycled.battery_id]
    while ended:
        made = work.successions.made(ended.pop())
        for predecessor in made.predecessors if made else ():
            if predecessor.battery_id is None:
                continue
            original = work.passports.read(predecessor.battery_id)
            if original.battery_id not in ceased and _is_gone(original, ceased, work=work):
                ceased.add(original.battery_id)
                ended.append(original.battery_id)
                work.passports.save(replace(original, state=PassportState.CEASED))
                work.events.commit_to(
                    "ceased-with-successor",
                    original.battery_id,
                    {"successor": recycled.battery_id},
                    work.clock.now(),
                )


def _is_gone(original: Battery, ceased: set[BatteryId], *, work: Work) -> bool:
    """Whether every battery that parts of this one went into has ceased, now or before."""
    return all(
        succession.battery_id in ceased
        or work.passports.read(succession.battery_id).state is PassportState.CEASED
        for succession in work.successions.successors_of(original.battery_id)
        if succession.has_taken_effect
    )


def _find_responsible(
    battery: Battery, country: str, on: date, *, work: Work
) -> WasteResponsibility | None:
    return find_responsible(
        work.operators.registrations(),
        producer=battery.registered_by,
        country=country,
        category=battery.category,
        on=on,
    )


def _known_responsibility(battery: Battery, *, work: Work) -> WasteResponsibility | None:
    """Return who answers for a waste battery by the record, not by a later declaration."""
    declared = work.events.find_kind(battery.battery_id, EventKind.WASTE)
    if declared is None or not battery.responsible:
        return None
    country = str(declared.facts["countryOfEvent"])
    lines = [
        line
        for line in work.operators.registrations()
        if line.party == battery.responsible
        and line.operator in {battery.registered_by, ""}
        and (line.country, line.category) == (country, battery.category)
    ]
    return WasteResponsibility(
        party=battery.responsible,
        role=lines[0].role if lines else ResponsibleRole.PRODUCER,
        country=country,
        register_number=lines[0].register_number if lines else "",
    )


def _tell_of_orphan(waste: Battery, *, work: Work) -> None:
    for operator in work.operators.all():
        if Role.ADMINISTRATOR in operator.roles:
            notify(
                operator.slug,
                "orphan",
                f"Nobody answers for waste battery {serial_of(waste.battery_id)}: enter the "
                "producer's register line, its PRO or the operator selected under Article 57(8)",
                about=waste.battery_id,
                link=_link(waste),
                work=work,
            )


def _tell_responsible(waste: Battery, found: WasteResponsibility, *, work: Work) -> None:
    notify(
        found.party,
        "waste-responsible",
        f"You answer for waste battery {serial_of(waste.battery_id)} in {found.country} "
        f"({found.role.value.replace('-', ' ')}, register number {found.register_number})",
        about=waste.battery_id,
        link=_link(waste),
        work=work,
    )


def _tell_former(before: Battery, who: str, *, work: Work) -> None:
    notify(
        before.responsible,
        "became-waste",
        f"Battery {serial_of(before.battery_id)} became waste; {who} answers for it now",
        about=before.battery_id,
        link=_link(before),
        work=work,
    )


def _link(battery: Battery) -> str:
    return f"/batteries/{battery.battery_id}"


def _leave_to_write(actor: Actor, battery: Battery, now: datetime, *, work: Work) -> str:
    """Give the collector that scanned a battery leave to write about its way, no more."""
    for grant in work.grants.for_battery(battery):
        if grant.organisation == actor.organisation and INTAKE_SCOPE in grant.scopes:
            return grant.grant_id
    if actor.organisation == battery.responsible:
        return ""
    grant_id = new_id()
    work.grants.add(
        Grant(
            grant_id=grant_id,
            organisation=actor.organisation,
            battery_id=battery.battery_id,
            model_id=battery.model_id,
            audience=Audience.PUBLIC,
            scopes=frozenset({INTAKE_SCOPE, EVENT_SCOPE}),
            purpose="collection and treatment of a waste battery",
            legal_ground="Regulation (EU) 2023/1542, Articles 61 and 70",
            granted_by="system",
            granted_at=now,
            expires_at=None,
            revoked_at=None,
        )
    )
    return grant_id


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()
