"""Batteries come on record, are read, and are never deleted."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.actor import Actor
from passport.domain.errors import InvalidValueError
from passport.ui.request import IdempotencyKey, SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.wire import (
    BatteriesBody,
    NewBatteryBody,
    RegisterBody,
    RegistrationBody,
    RegistrationsBody,
)

router = APIRouter(prefix="/api/v1/batteries", tags=["Batteries"], route_class=ExactRoute)


@router.post("", status_code=HTTPStatus.CREATED)
def register(
    body: RegisterBody,
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
    response: Response,
) -> RegistrationBody | RegistrationsBody:
    """Register one battery, or up to 100 of one operator together: all of them or none.

    The same battery with the same content again is known: 200 instead of 201.
    """
    if isinstance(body, NewBatteryBody):
        registration = services.register_battery(
            actor, operator_for(actor, body.operator), body.to_entry(), idempotency_key=key
        )
        if not registration.is_new:
            response.status_code = HTTPStatus.OK
        response.headers["Location"] = registration.iri
        return RegistrationBody.of(registration)
    entries = body.batteries if isinstance(body, BatteriesBody) else body
    operator = one_operator_for(actor, {entry.operator for entry in entries})
    registrations = services.register_batteries(
        actor, operator, [entry.to_entry() for entry in entries]
    )
    if not any(registration.is_new for registration in registrations):
        response.status_code = HTTPStatus.OK
    return RegistrationsBody(batteries=[RegistrationBody.of(one) for one in registrations])


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
