"""A session ended while somebody typed: sign in on the same page, and what was typed is saved."""

from http import HTTPStatus

from fastapi import Response

from passport.ui.forms import CSRF_FIELD, FormState
from passport.ui.views.editor import SignInAgainPage
from passport.web.dependencies import Visit
from passport.web.uploads import SentForm


def ask_to_sign_in_again(
    visit: Visit, form: SentForm, *, action: str, problem: str = ""
) -> Response:
    """Show what was typed to nobody but its sender, with the fields to sign in.

    Args:
        visit: The visit, without login.
        form: What was sent.
        action: Draft and group that it belongs to, with a slash between.
        problem: Why a login did not work.
    """
    fields = tuple(
        (name, text)
        for name, texts in form.texts.items()
        if name not in {CSRF_FIELD, "login", "password", "again"}
        for text in texts
    )
    shown = FormState.of({"login": form.text("login")}, problem=problem)
    page = SignInAgainPage(again=action, fields=fields, form=shown)
    return visit.pages.show("sign_in_again.html", page, status=HTTPStatus.UNAUTHORIZED)
