"""The recycler's pages: batches, their steps, their end."""

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import Response

from passport.domain.errors import ConflictError, InvalidValueError
from passport.ui.forms import FormState
from passport.ui.request import PageAnswer, PageMaker, SignedIn, see_other
from recycler_portal.domain.batch import Batch
from recycler_portal.domain.errors import BatchNotInOrderError, MassBalanceError
from recycler_portal.domain.recovery import ChemistryFamily
from recycler_portal.doorway import CurrentPortal
from recycler_portal.forms import (
    FormRefused,
    input_form,
    new_form,
    read_batch_form,
    read_input_form,
    read_step_form,
)
from recycler_portal.pages.recycling_views import (
    batch_input_page,
    batch_page,
    new_batch_page,
    recycling_page,
)
from recycler_portal.pages.yard import Sent
from recycler_portal.portal import Portal
from recycler_portal.services.rights import require_recycler

router = APIRouter(include_in_schema=False)

_CONFLICT, _WRONG = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY
_OK = HTTPStatus.OK


@router.get("/recycling")
def show_batches(actor: SignedIn, pages: PageMaker, portal: CurrentPortal) -> Response:
    """Show a recycler's batches."""
    view = recycling_page(portal.batches(actor), portal.waiting_intakes(actor))
    return pages.show("recycler/recycling.html", view)


@router.get("/recycling/new")
def show_new_batch(
    actor: SignedIn,
    pages: PageMaker,
    portal: CurrentPortal,
    family: ChemistryFamily = ChemistryFamily.LITHIUM_BASED,
) -> Response:
    """Show the page on which a batch begins."""
    require_recycler(actor)
    form = new_form(**portal.usual_place(actor))
    view = new_batch_page(form, family, portal.waiting_intakes(actor), portal.recycling)
    return pages.show("recycler/new_batch.html", view)


@router.post("/recycling/new")
def start_batch(actor: SignedIn, pages: PageMaker, portal: CurrentPortal, sent: Sent) -> Response:
    """Begin a batch and lead on to it."""
    require_recycler(actor)
    family = _family(sent.entered.one("family"))
    try:
        new = read_batch_form(sent.entered, portal.recycling.element_rows[family])
        batch = portal.start_batch(actor, new)
    except FormRefused as refused:
        state = refused.state
    except (ConflictError, InvalidValueError) as error:
        state = sent.entered.refused({}, problem=_sentence(error)).state
    else:
        return see_other(f"/recycling/{batch.batch_id}")
    view = new_batch_page(state, family, portal.waiting_intakes(actor), portal.recycling)
    return pages.show("recycler/new_batch.html", view, status=_WRONG)


@router.get("/recycling/{batch_id}")
def show_batch(batch_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal) -> Response:
    """Show a batch."""
    return _show(pages, portal, portal.read_batch(actor, batch_id), new_form())


@router.post("/recycling/{batch_id}/steps")
def record_step(
    batch_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal, sent: Sent
) -> Response:
    """Record a step."""
    try:
        portal.record_step(actor, batch_id, read_step_form(sent.entered))
    except FormRefused as refused:
        return _show(pages, portal, portal.read_batch(actor, batch_id), refused.state, _WRONG)
    except MassBalanceError as error:
        state = sent.entered.refused({}, problem=_sentence(error)).state
        return _show(pages, portal, portal.read_batch(actor, batch_id), state, _WRONG)
    return see_other(f"/recycling/{batch_id}")


@router.get("/recycling/{batch_id}/input")
def show_input(batch_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal) -> Response:
    """Show the page on which the input of a batch is corrected."""
    batch = portal.read_batch(actor, batch_id)
    view = batch_input_page(input_form(batch), batch, portal.recycling)
    return pages.show("recycler/batch_input.html", view)


@router.post("/recycling/{batch_id}/input")
def correct_input(
    batch_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal, sent: Sent
) -> Response:
    """Correct the input of a batch."""
    batch = portal.read_batch(actor, batch_id)
    try:
        entered = read_input_form(sent.entered, portal.recycling.element_rows[batch.family])
        portal.correct_input(actor, batch_id, entered)
    except FormRefused as refused:
        state = refused.state
    except MassBalanceError as error:
        state = sent.entered.refused({}, problem=_sentence(error)).state
    else:
        return see_other(f"/recycling/{batch_id}")
    view = batch_input_page(state, batch, portal.recycling)
    return pages.show("recycler/batch_input.html", view, status=_WRONG)


@router.post("/recycling/{batch_id}/steps/last/withdrawal")
def withdraw_last_step(batch_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Take the newest step back."""
    portal.withdraw_last_step(actor, batch_id)
    return see_other(f"/recycling/{batch_id}#steps")


@router.post("/recycling/{batch_id}/close")
def close_batch(
    batch_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal
) -> Response:
    """Close a batch, or say what is not in order."""
    try:
        portal.close_batch(actor, batch_id)
    except BatchNotInOrderError:
        problem = "The batch cannot be closed. What is to be corrected stands below."
        batch = portal.read_batch(actor, batch_id)
        return _show(pages, portal, batch, new_form(problem), _CONFLICT)
    return see_other(f"/recycling/{batch_id}")


@router.post("/recycling/{batch_id}/recycled")
def declare_recycled(batch_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Declare the batteries as recycled."""
    portal.declare_recycled(actor, batch_id)
    return see_other(f"/recycling/{batch_id}")


def _show(
    pages: PageAnswer, portal: Portal, batch: Batch, form: FormState, status: HTTPStatus = _OK
) -> Response:
    view = batch_page(batch, portal.rates_of(batch), portal.recycling, form)
    return pages.show("recycler/batch.html", view, status=status)


def _family(text: str) -> ChemistryFamily:
    return ChemistryFamily(text) if text in set(ChemistryFamily) else ChemistryFamily.OTHER


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + "."
