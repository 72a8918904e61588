"""May it be placed on the market: the check before placing, for programs."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from passport.domain.identifiers import parse_model_id
from passport.ui.request import SignedIn
from passport.web.dependencies import BatteryInPath, ExactRoute, Services
from passport.web.routes.batteries import operator_for
from passport.web.wire_checks import IncompleteBody, PlacingBody

router = APIRouter(prefix="/api/v1", tags=["Checks"], route_class=ExactRoute)


@router.get("/batteries/{battery_id:path}/check")
def check_battery(
    battery_id: BatteryInPath, actor: SignedIn, services: Services, on: date | None = None
) -> PlacingBody:
    """Return whether a battery may be placed on the market on a day; its own day without.

    For who answers for it and for authorities. ``blockers`` stand against it, ``questions`` wait
    for an answer, what is not yet required, not applicable or not to be seen here stands apart.
    """
    return PlacingBody.of(services.check_placing_of_battery(actor, battery_id, on))


@router.get("/models/incomplete")
def models_incomplete(
    actor: SignedIn,
    services: Services,
    first: Annotated[date, Query(alias="from")],
    until: date,
    operator: str = "",
) -> IncompleteBody:
    """Return which models become incomplete between two days, by which data and duties."""
    named = operator_for(actor, operator)
    return IncompleteBody.of(services.models_incomplete(actor, named, first, until))


@router.get("/models/{model_id:path}/check")
def check_model(
    model_id: str, actor: SignedIn, services: Services, on: date | None = None
) -> PlacingBody:
    """Return whether batteries of a model may be placed on the market on a day.

    Without a day: the first on which a battery of the model needs its record.
    """
    return PlacingBody.of(services.check_placing_of_model(actor, parse_model_id(model_id), on))
