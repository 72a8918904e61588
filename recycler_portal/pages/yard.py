"""The collector's pages: the yard, the intake, the card of a battery."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from passport.domain.actor import Role
from passport.ui.request import PageMaker, SignedIn, see_other
from recycler_portal.domain.errors import IntakeUnreadableError
from recycler_portal.doorway import CurrentPortal
from recycler_portal.forms import Entered, FormRefused, new_form, read_intake_form
from recycler_portal.pages.yard_views import intake_card, intake_page, yard_page
from recycler_portal.services.photos import LARGEST_PHOTO, MOST_PHOTOS
from recycler_portal.services.rights import require_yard
from recycler_portal.wire import today

router = APIRouter(include_in_schema=False)


class SentForm:
    """A form as it was sent, its photos apart."""

    def __init__(self, entered: Entered, photos: list[bytes]) -> None:
        self.entered = entered
        self.photos = photos


async def read_form(request: Request) -> SentForm:
    """Read a form with its photos; what is longer than any photo may be is cut off there."""
    texts: dict[str, list[str]] = {}
    photos: list[bytes] = []
    async with request.form(max_files=MOST_PHOTOS + 1) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                texts.setdefault(name, []).append(value)
            elif value.filename:
                photos.append(await value.read(LARGEST_PHOTO + 1))
    return SentForm(Entered(texts), photos)


Sent = Annotated[SentForm, Depends(read_form)]


@router.get("/yard")
def show_yard(actor: SignedIn, pages: PageMaker, portal: CurrentPortal) -> Response:
    """Show what stands in the yard and what is to be done."""
    view = yard_page(
        portal.waiting_intakes(actor),
        portal.open_tasks(actor),
        is_recycler=actor.has(Role.RECYCLER),
    )
    return pages.show("recycler/yard.html", view)


@router.post("/yard/tasks/{task_id}/done")
def close_task(task_id: str, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Take a task off the list."""
    portal.close_task(actor, task_id)
    return see_other("/yard")


@router.get("/yard/intake")
def show_intake(
    actor: SignedIn, pages: PageMaker, portal: CurrentPortal, code: str = ""
) -> Response:
    """Show the page on which a battery is taken in."""
    require_yard(actor)
    form = new_form(code=code, **portal.usual_place(actor))
    return pages.show("recycler/intake.html", intake_page(form, portal.handling))


@router.post("/yard/intake")
def take_in(actor: SignedIn, pages: PageMaker, portal: CurrentPortal, sent: Sent) -> Response:
    """Take a battery in and lead on to its card."""
    require_yard(actor)
    try:
        new = read_intake_form(
            sent.entered, sent.photos, own_hosts=portal.own_hosts(), day=today(portal.now())
        )
    except FormRefused as refused:
        view = intake_page(refused.state, portal.handling)
        return pages.show("recycler/intake.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    intake = portal.take_in(actor, new)
    return see_other(f"/yard/intakes/{intake.intake_id}")


@router.get("/yard/intakes/{intake_id}")
def show_card(intake_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal) -> Response:
    """Show what to do with a battery."""
    intake = portal.read_intake(actor, intake_id)
    return pages.show("recycler/card.html", intake_card(intake, portal.handling, new_form()))


@router.get("/yard/intakes/{intake_id}/photos/{position}")
def show_photo(intake_id: str, position: int, actor: SignedIn, portal: CurrentPortal) -> Response:
    """Show a photo to the organisation that took it."""
    photo = portal.read_photo(actor, intake_id, position)
    return Response(
        photo.content, media_type=photo.media_type, headers={"Cache-Control": "private, no-store"}
    )


@router.post("/yard/intakes/{intake_id}/release")
def release(
    intake_id: str, actor: SignedIn, pages: PageMaker, portal: CurrentPortal, sent: Sent
) -> Response:
    """Record what a held battery is."""
    chemistry, reason = sent.entered.one("chemistry"), sent.entered.one("reason")
    try:
        portal.release_from_hold(actor, intake_id, chemistry=chemistry, reason=reason)
    except IntakeUnreadableError as error:
        state = sent.entered.refused({}, problem=f"{str(error).capitalize()}.").state
        card = intake_card(portal.read_intake(actor, intake_id), portal.handling, state)
        return pages.show("recycler/card.html", card, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(f"/yard/intakes/{intake_id}")
