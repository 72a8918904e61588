"""Sign in and out."""

from http import HTTPStatus
from typing import cast

from fastapi import APIRouter, Request, Response

from passport.domain.actor import Actor, Role
from passport.services.accounts import SignInRefusedError
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import (
    Frame,
    caller_of,
    local_path,
    open_to_everyone,
    see_other,
)
from passport.ui.views.entry import LoginPage
from passport.web.auth import Attempts
from passport.web.dependencies import Services, Visit, Visited
from passport.web.errors import TooManyAttemptsError
from passport.web.pages.home import demonstration_accounts
from passport.web.problems import status_of
from passport.web.uploads import FormSent, SentForm

router = APIRouter(include_in_schema=False)

_LONGEST_LOGIN = 200
"""So much of a name is remembered for counting: names of any length would fill the memory."""
_FIRST_PAGES = (
    (Role.AUTHORITY, "/authority"),
    (Role.ADMINISTRATOR, "/administration"),
    (Role.RECYCLER, "/recycling"),
    (Role.COLLECTOR, "/yard"),
    (Role.OPERATOR, "/operator"),
    (Role.SECOND_LIFE, "/operator"),
)


@router.get("/login")
def login_page(visit: Visited) -> Response:
    """Show the form to sign in."""
    return _show(visit, EMPTY_FORM, visit.request.query_params.get("next", "/"))


@router.post("/login")
@open_to_everyone
def login(visit: Visited, form: FormSent) -> Response:
    """Begin a session under a new token; what the browser had before is worth nothing."""
    try:
        token = begin_session(visit, form)
    except SignInRefusedError as refusal:
        shown = form.shown(problem=str(refusal).capitalize())
        return _show(visit, shown, form.text("next"), status_of(refusal))
    except TooManyAttemptsError as refusal:
        shown = form.shown(problem=str(refusal))
        return _show(visit, shown, form.text("next"), status_of(refusal))
    actor = visit.services.actor_of_session(token)
    answer = see_other(_first_page(actor, local_path(form.text("next"))))
    answer.headers.append("Set-Cookie", cookie_setting(visit.request, token))
    return answer


def begin_session(visit: Visit, form: SentForm) -> str:
    """Sign in with the fields ``login`` and ``password`` and return the token of the session.

    Raises:
        SignInRefusedError: They do not belong together.
        TooManyAttemptsError: It failed too often of late.
    """
    attempts = cast("Attempts", visit.request.app.state.attempts)
    client = visit.request.client
    names = (
        f"login {form.text('login')[:_LONGEST_LOGIN]}",
        f"address {client.host if client else ''}",
    )
    attempts.check(*names)
    try:
        token = visit.services.sign_in(form.text("login"), _password(form))
    except SignInRefusedError:
        attempts.note_failure(*names)
        raise
    attempts.forget(names[0])
    before = caller_of(visit.request).session
    if before:
        visit.services.sign_out(before)
    return token


def cookie_setting(request: Request, token: str) -> str:
    """Return the header that gives a browser the cookie of a session."""
    return _frame(request).cookie.header_setting(token)


@router.post("/logout")
@open_to_everyone
def logout(request: Request, services: Services) -> Response:
    """End the session."""
    services.sign_out(caller_of(request).session)
    answer = see_other("/")
    answer.headers.append("Set-Cookie", _frame(request).cookie.header_removing())
    return answer


def _password(form: SentForm) -> str:
    # As it was typed: white space belongs to a password.
    return next(iter(form.texts.get("password", ())), "")


def _first_page(actor: Actor, path: str) -> str:
    if path != "/":
        return path
    return next((page for role, page in _FIRST_PAGES if actor.has(role)), "/")


def _show(
    visit: Visit, form: FormState, next_path: str, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    page = LoginPage(
        form=form,
        next_path=local_path(next_path or "/"),
        accounts=demonstration_accounts(visit.passport),
    )
    return visit.pages.show("login.html", page, status=status)


def _frame(request: Request) -> Frame:
    return cast("Frame", request.app.state.frame)
