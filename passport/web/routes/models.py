"""Battery models on record."""

from http import HTTPStatus

from fastapi import APIRouter

from passport.domain.identifiers import parse_model_id
from passport.services.issue import NewModel
from passport.ui.request import SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.routes.batteries import operator_for
from passport.web.wire import ContentBody, ModelBody, NewModelBody

router = APIRouter(prefix="/api/v1/models", tags=["Models"], route_class=ExactRoute)


@router.post("", status_code=HTTPStatus.CREATED)
def add(body: NewModelBody, actor: SignedIn, services: Services) -> ModelBody:
    """Put a model on record and sign its statements; the same again changes nothing."""
    new = NewModel(model_id=parse_model_id(body.gtin or body.model), content=body.content)
    return ModelBody.of(services.add_model(actor, operator_for(actor, body.operator), new))


@router.get("")
def own_models(actor: SignedIn, services: Services) -> list[ModelBody]:
    """Return the models of the caller's organisation."""
    return [ModelBody.of(model) for model in services.models_of(actor)]


@router.put("/{model_id:path}/content")
def amend(model_id: str, body: ContentBody, actor: SignedIn, services: Services) -> ModelBody:
    """Correct or complete a model; a new version is signed, passports name its series."""
    return ModelBody.of(services.amend_model(actor, parse_model_id(model_id), body.content))
