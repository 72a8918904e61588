"""A battery model, and a production batch of it: what is the same for every battery."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from passport.domain.battery import Category, energy_kwh, needs_passport
from passport.domain.identifiers import ModelId, gs1_model_id, model_iri
from passport.domain.passport import StatementKind
from passport.linked_data.documents import presentation_bytes
from passport.services.ports import SignedStatement
from passport.ui.views.battery import ModelPage
from passport.ui.views.common import Link
from passport.web.dependencies import Visit, Visited
from passport.web.errors import AddressUnknownError
from passport.web.negotiation import PRESENTATIONS, form_for
from passport.web.pages.dismantling import dismantling_link
from passport.web.pages.papers import paper_lines
from passport.web.pages.parts import emergency_of, evidence_of, groups_of
from passport.web.pages.record import kind_text, model_name, read
from passport.web.verdicts import verdict_of

router = APIRouter(tags=["Passports"])

_VARY = {"Vary": "Accept, Cookie, Authorization"}


@router.get("/01/{gtin}")
def read_model(gtin: str, visit: Visited) -> Response:
    """Return a model: a page, or its statements as Verifiable Presentation."""
    model_id = gs1_model_id(gtin)
    if model_id != f"01/{gtin}":
        return RedirectResponse(f"/{model_id}", HTTPStatus.PERMANENT_REDIRECT)
    return _answer(visit, model_id)


@router.get("/01/{gtin}/10/{lot}")
def read_batch(gtin: str, lot: str, visit: Visited) -> Response:
    """Return the model of a production batch, where a battery of the batch is on record."""
    model_id = gs1_model_id(gtin)
    if not visit.overview.knows_batch(model_id, lot):
        raise AddressUnknownError(f"no battery of model {model_id} came from batch {lot!r}")
    return _answer(visit, model_id)


def _answer(visit: Visit, model_id: ModelId) -> Response:
    statements = visit.services.model_statements(visit.actor, model_id)
    form = form_for(visit.request.headers.get("accept", ""))
    if form in PRESENTATIONS:
        body = presentation_bytes([one.body for one in statements])
        audience = "public" if visit.actor.is_anonymous else "private"
        headers = {**_VARY, "Cache-Control": f"{audience}, no-cache"}
        return Response(body, headers=headers, media_type=form.value)
    page = _page(visit, model_id, statements)
    answer = visit.pages.show("model.html", page)
    answer.headers.update(_VARY)
    return answer


def _check_link(visit: Visit, model_id: ModelId) -> Link | None:
    """Lead its operator to what stands in the way of placing batteries of the model."""
    if visit.actor.is_anonymous:
        return None
    own = {model.model_id for model in visit.services.models_of(visit.actor)}
    if model_id not in own:
        return None
    return Link(text="May they be placed on the market?", href=f"/check/model/{model_id}")


def _page(visit: Visit, model_id: ModelId, statements: Sequence[SignedStatement]) -> ModelPage:
    read_statements = [read(one) for one in statements]
    contents = [one.content for one in read_statements]
    public = next(
        (one.content for one in read_statements if one.signed.kind is StatementKind.MODEL_PUBLIC),
        {},
    )
    checked = visit.verdicts.check_statements(statements)
    category = Category(str(public.get("category", Category.EV.value)))
    return ModelPage(
        name=model_name(public) or model_id,
        kind=kind_text(public, category),
        is_light=not needs_passport(category, energy_kwh(public)),
        identifier=model_iri(visit.passport.base_url, model_id),
        versions=Link(text="Versions of this model", href=f"/models/{model_id}/versions"),
        check=_check_link(visit, model_id),
        verdict=verdict_of(checked, ""),
        emergency=emergency_of(public),
        groups=groups_of(*contents),
        dismantling=None if visit.actor.is_anonymous else dismantling_link(model_id, *contents),
        documents=paper_lines(visit.services, visit.actor, contents),
        statements=evidence_of(read_statements, names=checked.issuers, holds=checked.holds),
    )
