"""What happens to a battery in use, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from passport.domain.access import (
    BATTERY_SCOPE,
    EVENT_SCOPE,
    Audience,
    audiences_of,
    require_operator,
    require_reach,
    require_scope,
)
from passport.domain.actor import Actor
from passport.domain.battery import Battery
from passport.domain.errors import AccessDeniedError, InvalidValueError, TransitionRefusedError
from passport.domain.event import REPORTED_BY_OPERATOR, Event, EventKind
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.domain.status import BatteryStatus, PassportState
from passport.services.current import newest_by_series, read_living, require_past
from passport.services.operators import find_slug, read_operator
from passport.services.ports import Work
from passport.services.readers import may_see_status
from passport.services.reporting import EventReport, sign_event
from passport.services.series import CHAINS, iri_of
from passport.services.statement_status import withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryStanding:
    """Where a battery stands: what `passport status` prints.

    Attributes:
        status: ``None`` where the reader may not see it (Annex XIII point 4(c)).
        responsible: Who answers for the passport now; empty for an orphan.
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
        AccessDeniedError: The actor is neither the responsible operator nor holds a grant; or it
            reports the sale of a battery that it neither answers for nor holds.
        InvalidValueError: The kind has a use case of its own, or the instant lies ahead.
        PassportCeasedError: The battery has been recycled.
    """
    if report.kind not in REPORTED_BY_OPERATOR:
        raise InvalidValueError(
            f"{report.kind.value} is not reported like this: it changes responsibility or state"
        )
    battery = read_living(battery_id, work=work)
    require_past(report.occurred_at, work=work)
    if report.kind is EventKind.SOLD:
        return _report_sale(actor, battery, report, work=work)
    require_scope(actor, EVENT_SCOPE, work.standing(battery), work.clock.now())
    reporter = read_operator(actor.organisation or battery.responsible, work=work)
    return sign_event(battery, report, reporter, work=work)


def _report_sale(actor: Actor, battery: Battery, report: EventReport, *, work: Work) -> Event:
    """Change who may read as the purchaser, and nothing else; a grant does not reach so far."""
    require_reach(actor, EVENT_SCOPE)
    audiences = audiences_of(actor, work.standing(battery), work.clock.now())
    is_holder = bool(actor.organisation) and actor.organisation == battery.holder
    if Audience.OPERATOR not in audiences and not is_holder:
        raise AccessDeniedError("a sale is reported by the responsible operator or the holder")
    buyer = find_slug(report.buyer, work=work)
    reporter = read_operator(actor.organisation or battery.responsible, work=work)
    event = sign_event(battery, report, reporter, work=work)
    work.passports.save(replace(battery, holder=buyer))
    return event


def annul_battery(actor: Actor, battery_id: BatteryId, reason: str, *, work: Work) -> Event:
    """Withdraw a battery that was registered by mistake; the record stays with the reason.

    Raises:
        AccessDeniedError: The actor is not the responsible operator.
        TransitionRefusedError: The battery lived already: it has events, conditions or a second
            life, or came out of one.
        InvalidValueError: No reason is given.
    """
    require_reach(actor, BATTERY_SCOPE)
    battery = read_living(battery_id, work=work)
    require_operator(actor, work.standing(battery), work.clock.now())
    if not reason.strip():
        raise InvalidValueError("say why the registration was a mistake")
    if _has_history(battery_id, work=work):
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
    work.passports.save(replace(battery, state=PassportState.ANNULLED))
    said = newest_by_series(battery_id, work=work).values()
    withdraw([one for one in said if one.kind not in CHAINS], work=work)
    return event


def _has_history(battery_id: BatteryId, *, work: Work) -> bool:
    return bool(
        work.events.of_battery(battery_id)
        or work.statements.all_about(battery_id, StatementKind.CONDITION)
        or work.successions.successors_of(battery_id)
        or work.successions.made(battery_id)
    )


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
