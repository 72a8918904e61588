"""Second lives: declared with evidence, disputed, placed on the market."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body

from passport.services.second_life_file import read_second_life
from passport.ui.request import IdempotencyKey, SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.routes.batteries import operator_for
from passport.web.wire import DisputeBody, PlacingBody, RegistrationBody, SecondLifeBody

router = APIRouter(prefix="/api/v1/second-lives", tags=["Second life"], route_class=ExactRoute)

_EXAMPLE = {
    "gtin": "09506000134376",
    "serial": "AGAIN-0007",
    "operation": "repurposing",
    "predecessors": [{"battery": "01/09506000134352/21/EV75-000002"}],
    "evidence": [
        {"kind": "title", "description": "Bill of sale", "digest": "sha256:..."},
        {"kind": "operation", "description": "Rebuild report", "digest": "sha256:..."},
    ],
    "content": {"serialNumber": "AGAIN-0007"},
}


@router.post("", status_code=HTTPStatus.CREATED)
def declare(
    body: Annotated[dict[str, Any], Body(examples=[_EXAMPLE])],
    actor: SignedIn,
    services: Services,
    key: IdempotencyKey,
) -> SecondLifeBody:
    """Declare a second life; with ``placedOnMarketOn`` it takes effect at once."""
    operator = operator_for(actor, str(body.pop("operator", "")))
    entered = read_second_life(body)
    declared = services.declare_second_life(actor, operator, entered.new, idempotency_key=key)
    if entered.placed_on is not None:
        services.place_second_life(actor, declared.succession_id, entered.placed_on)
    return SecondLifeBody.of(services.read_succession(actor, declared.succession_id))


@router.get("/{succession_id}")
def read(succession_id: str, actor: SignedIn, services: Services) -> SecondLifeBody:
    """Return a second life to those it concerns."""
    return SecondLifeBody.of(services.read_succession(actor, succession_id))


@router.post("/{succession_id}/place", status_code=HTTPStatus.CREATED)
def place(
    succession_id: str, body: PlacingBody, actor: SignedIn, services: Services
) -> RegistrationBody:
    """Place the new battery on the market: its passport begins, the originals' are archived."""
    placed = services.place_second_life(actor, succession_id, body.placed_on_market_on)
    return RegistrationBody.of(placed)


@router.post("/{succession_id}/disputes", status_code=HTTPStatus.CREATED)
def dispute(
    succession_id: str, body: DisputeBody, actor: SignedIn, services: Services
) -> SecondLifeBody:
    """Put a former operator's objection on record; it blocks nothing."""
    return SecondLifeBody.of(services.dispute_second_life(actor, succession_id, body.reason))
