"""What happens to a battery in use, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from passport.domain.access import require_operator, require_scope
from passport.domain.actor import Actor
from passport.domain.errors import InvalidValueError, TransitionRefusedError
from passport.domain.event import REPORTED_BY_OPERATOR, Event, EventKind
from passport.domain.identifiers import BatteryId
from passport.domain.status import BatteryStatus, PassportState
from passport.services.current import read_living, require_past, resign
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.services.readers import may_see_status
from passport.services.reporting import EventReport, sign_event
from passport.services.series import iri_of

EVENT_SCOPE = "event:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryStanding:
    """Where a battery stands: what `passport status` prints.

    Attributes:
        status: ``None`` where the reader may not see it (Annex XIII point 4(c)).
    """

    battery_id: BatteryId
    iri: str
    state: PassportState
    status: BatteryStatus | None
    responsible: str
    predecessors: Sequence[str]
    successors: Sequence[str]


def report_event(actor: Actor, battery_id: BatteryId, report: EventReport, *, work: Work) -> Event:
    """Report what happened to a battery in use: repair, reset, accident, recall, sale, loss.

    Raises:
        AccessDeniedError: The actor is neither the responsible operator nor holds a grant.
        InvalidValueError: The kind has a use case of its own, or the instant lies ahead.
        PassportCeasedError: The battery has been recycled.
    """
    if report.kind not in REPORTED_BY_OPERATOR:
        raise InvalidValueError(
            f"{report.kind.value} is not reported like this: it changes responsibility or state"
        )
    battery = read_living(battery_id, work=work)
    require_past(report.occurred_at, work=work)
    require_scope(actor, EVENT_SCOPE, work.standing(battery), work.clock.now())
    reporter = read_operator(actor.organisation or battery.responsible, work=work)
    event = sign_event(battery, report, reporter, work=work)
    if report.kind is EventKind.SOLD:
        # A second-hand sale changes who may read as the purchaser, and nothing else.
        work.passports.save(replace(battery, holder=report.buyer))
    return event


def annul_battery(actor: Actor, battery_id: BatteryId, reason: str, *, work: Work) -> Event:
    """Withdraw a battery that was registered by mistake; the record stays with the reason.

    Raises:
        AccessDeniedError: The actor is not the responsible operator.
        TransitionRefusedError: The battery lived already: it has other events or conditions.
        InvalidValueError: No reason is given.
    """
    battery = read_living(battery_id, work=work)
    require_operator(actor, work.standing(battery), work.clock.now())
    if not reason.strip():
        raise InvalidValueError("say why the registration was a mistake")
    if work.events.of_battery(battery_id) or work.successions.successors_of(battery_id):
        raise TransitionRefusedError(
            f"battery {battery_id} has a history; a registration is annulled only before it has one"
        )
    operator = read_operator(battery.responsible, work=work)
    event = sign_event(
        battery,
        EventReport(kind=EventKind.ANNULLED, occurred_at=work.clock.now(), reason=reason.strip()),
        operator,
        work=work,
    )
    annulled = replace(battery, state=PassportState.ANNULLED)
    work.passports.save(annulled)
    resign(annulled, operator, work=work)
    return event


def read_standing(actor: Actor, battery_id: BatteryId, *, work: Work) -> BatteryStanding:
    """Return where a battery stands, as far as this actor reads it."""
    from_record = work.passports.read(battery_id)
    sees_status = may_see_status(actor, from_record, work=work)
    made = work.successions.made(battery_id)
    return BatteryStanding(
        battery_id=battery_id,
        iri=iri_of(from_record),
        state=from_record.state,
        status=from_record.status if sees_status else None,
        responsible=from_record.responsible,
        predecessors=[p.label for p in made.predecessors] if made else [],
        successors=[
            s.battery_id for s in work.successions.successors_of(battery_id) if s.has_taken_effect
        ],
    )
