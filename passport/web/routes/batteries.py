"""Batteries come on record, are read, and are never deleted."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from passport.bootstrap import Passport
from passport.domain.actor import Actor
from passport.domain.errors import InvalidValueError
from passport.domain.event import Event
from passport.domain.passport import StatementKind
from passport.linked_data.documents import presentation_bytes
from passport.services.issue import Registration
from passport.services.reporting import EnteredEvent
from passport.storage.heads import waiting_digest
from passport.ui.request import CurrentActor, IdempotencyKey, SignedIn
from passport.web.dependencies import BatteryInPath, ExactRoute, Installation, Services
from passport.web.errors import DeletionRefusedError
from passport.web.negotiation import Form
from passport.web.wire import (
    BatteriesBody,
    BatteryBody,
    BatteryLineBody,
    BatteryListBody,
    ConditionBody,
    ContentBody,
    EventBody,
    NewBatteryBody,
    NewConditionBody,
    NewEventBody,
    RegisterBody,
    RegistrationBody,
    RegistrationsBody,
    WasteBody,
)

router = APIRouter(prefix="/api/v1/batteries", tags=["Batteries"], route_class=ExactRoute)

_LONGEST_PAGE = 200
_CREDENTIAL_MEDIA_TYPE = "application/vc"


@router.post("", status_code=HTTPStatus.CREATED)
def register(
    body: RegisterBody,
    actor: SignedIn,
    passport: Installation,
    key: IdempotencyKey,
    response: Response,
) -> RegistrationBody | RegistrationsBody:
    """Register one battery, or up to 100 of one operator together: all of them or none.

    The same battery with the same content again is known: 200 instead of 201. Where the log is
    behind, 202: everything is durable, and ``Link`` leads to the receipt that will be there.
    """
    services = passport.services
    if isinstance(body, NewBatteryBody):
        registration = services.register_battery(
            actor, operator_for(actor, body.operator), body.to_entry(), idempotency_key=key
        )
        if not registration.is_new:
            response.status_code = HTTPStatus.OK
        response.headers["Location"] = registration.iri
        _tell_if_waiting(passport, registration, response)
        return RegistrationBody.of(registration)
    entries = body.batteries if isinstance(body, BatteriesBody) else body
    operator = one_operator_for(actor, {entry.operator for entry in entries})
    registrations = services.register_batteries(
        actor, operator, [entry.to_entry() for entry in entries]
    )
    if not any(registration.is_new for registration in registrations):
        response.status_code = HTTPStatus.OK
    _tell_if_waiting(passport, registrations[-1], response)
    return RegistrationsBody(batteries=[RegistrationBody.of(one) for one in registrations])


def _tell_if_waiting(passport: Passport, newest: Registration, response: Response) -> None:
    digest = waiting_digest(passport.engine, newest.battery_id)
    if digest is not None:
        response.status_code = HTTPStatus.ACCEPTED
        response.headers["Link"] = f'</log/proof/{digest.hex()}>; rel="monitor"'
        response.headers["Retry-After"] = "1"


@router.get("")
def own_batteries(
    actor: SignedIn,
    services: Services,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=_LONGEST_PAGE)] = 50,
) -> BatteryListBody:
    """Return the batteries that the caller's organisation answers for or holds."""
    found = services.batteries_of(actor, after=after, limit=limit + 1)
    shown = found[:limit]
    return BatteryListBody(
        batteries=[BatteryLineBody.of(battery) for battery in shown],
        next=shown[-1].battery_id if len(found) > limit else None,
    )


# Addresses below one battery come first: the identifier itself may hold slashes.


@router.get("/{battery_id:path}/events")
def events(battery_id: BatteryInPath, actor: CurrentActor, services: Services) -> list[EventBody]:
    """Return what happened to a battery, oldest first, as far as the caller may read of it."""
    return [EventBody.of(event) for event in services.events_of(actor, battery_id)]


@router.post("/{battery_id:path}/events", status_code=HTTPStatus.CREATED)
def record_event(
    battery_id: BatteryInPath,
    body: NewEventBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> EventBody | WasteBody:
    """Record what happened to a battery; a second life has an address of its own."""
    entered = EnteredEvent(
        occurred_at=body.occurred_at or services.clock.now(),
        reason=body.reason,
        country=body.country,
        batch=body.batch,
        buyer=body.buyer,
        details=body.details,
    )
    done = services.record_event(actor, battery_id, body.kind, entered, idempotency_key=key)
    return EventBody.of(done) if isinstance(done, Event) else WasteBody.of(done)


@router.get("/{battery_id:path}/conditions")
def conditions(battery_id: BatteryInPath, actor: SignedIn, services: Services) -> Response:
    """Return the whole chain of conditions as Verifiable Presentation, oldest first."""
    chain = services.condition_chain(actor, battery_id)
    return Response(
        presentation_bytes([statement.body for statement in chain]),
        headers={"Cache-Control": "private, no-cache"},
        media_type=Form.PRESENTATION.value,
    )


@router.post("/{battery_id:path}/conditions", status_code=HTTPStatus.CREATED)
def record_condition(
    battery_id: BatteryInPath,
    body: NewConditionBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> ConditionBody:
    """Sign a condition of a battery and add it to its chain."""
    receipt = services.record_condition(
        actor, battery_id, body.content, body.measured_at, idempotency_key=key
    )
    return ConditionBody.of(receipt)


@router.get("/{battery_id:path}/subset")
def subset(
    battery_id: BatteryInPath,
    actor: CurrentActor,
    services: Services,
    kind: StatementKind,
    term: Annotated[list[str], Query(min_length=1)],
) -> Response:
    """Return a part of the newest statement of a kind, with a proof of its own by the issuer.

    Who may read the statement may ask for a part of it, to show no more than a purpose needs.
    """
    body = services.make_subset(actor, battery_id, kind, term)
    return Response(
        body, headers={"Cache-Control": "private, no-store"}, media_type=_CREDENTIAL_MEDIA_TYPE
    )


@router.put("/{battery_id:path}/content")
def amend(
    battery_id: BatteryInPath, body: ContentBody, actor: SignedIn, services: Services
) -> BatteryBody:
    """Correct what is entered of a battery; the versions that were wrong are withdrawn."""
    services.amend_battery(actor, battery_id, body.content)
    return BatteryBody.of(services.read_standing(actor, battery_id))


@router.get("/{battery_id:path}")
def standing(battery_id: BatteryInPath, actor: CurrentActor, services: Services) -> BatteryBody:
    """Return where a battery stands; its passport is under its own address."""
    return BatteryBody.of(services.read_standing(actor, battery_id))


@router.delete("/{battery_id:path}")
def delete(battery_id: BatteryInPath, actor: SignedIn) -> Response:
    """Refuse: a passport ends when its battery has been recycled, and not before.

    Source: Regulation (EU) 2023/1542, Article 77(8).
    """
    raise DeletionRefusedError(
        f"the passport of battery {battery_id} is not deleted, also not by {actor.organisation}: "
        "it ends when the battery has been recycled (Article 77(8)); annul a pack registered by "
        "mistake"
    )


def operator_for(actor: Actor, named: str) -> str:
    """Return the operator that an actor writes for: the one it names, or its own."""
    return named or actor.organisation


def one_operator_for(actor: Actor, named: set[str]) -> str:
    """Return the one operator that several entries name.

    Raises:
        InvalidValueError: They name several.
    """
    if len(named) > 1:
        raise InvalidValueError(f"name one operator, not {', '.join(sorted(named))}")
    return operator_for(actor, "".join(named))
