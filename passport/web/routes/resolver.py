"""The addresses that QR codes hold: one battery, its model, its production batch.

Source: GS1 Digital Link Standard, URI Syntax; IEC 61406-1.
"""

from functools import lru_cache
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from passport.domain.errors import PassportNotFoundError
from passport.domain.identifiers import BatteryId, parse_battery_id
from passport.ui.request import Caller, caller_of
from passport.web.errors import RequestRefusedError
from passport.web.negotiation import Form, form_for, form_of_link_type
from passport.web.views import PassportViews, SentAnswer

_METHODS = frozenset({"GET", "HEAD"})
_ITEM = "/21/"


class BatteryRoute(BaseRoute):
    """Route of everything that names one battery; no framework between request and bytes."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for one battery."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(("/01/", "/id/")):
            return Match.NONE, {}
        if path.startswith("/01/") and _ITEM not in path:
            return Match.NONE, {}
        is_reading = scope["method"] in _METHODS
        return (Match.FULL if is_reading else Match.PARTIAL), {"endpoint": self.handle}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the form of the passport that this reader asks for.

        Raises:
            InvalidIdentifierError: The address names no battery.
            PassportNotFoundError: No passport is registered under it.
            RequestRefusedError: Something else than reading is asked for.
        """
        method: str = scope["method"]
        if method not in _METHODS:
            raise RequestRefusedError(
                f"{method} is not for a battery's address, which is read only; write under /api/v1",
                HTTPStatus.METHOD_NOT_ALLOWED,
            )
        request = Request(scope, receive)
        raw_path: str = scope["raw_path"].decode("ascii", "replace")
        battery_id, has_whole_gtin = _battery_at(raw_path)
        if not has_whole_gtin:
            address = f"/{battery_id}{_query(scope)}"
            redirect = RedirectResponse(address, HTTPStatus.PERMANENT_REDIRECT)
            await redirect(scope, receive, send)
            return
        form = _form(scope)
        views = cast("PassportViews", scope["app"].state.views)
        caller = caller_of(request)
        try:
            answer = await views.answer(caller, battery_id, form)
        except PassportNotFoundError:
            address = await run_in_threadpool(_light_record, views, caller, battery_id)
            if not address:
                raise
            redirect = RedirectResponse(f"{address}{_query(scope)}")
            await redirect(scope, receive, send)
            return
        if caller.actor.is_anonymous:
            asked = scope["raw_path"], scope["query_string"], _accept(scope)
            views.remember(asked, battery_id, form)
        await SentAnswer(answer)(scope, receive, send)


def _query(scope: Scope) -> str:
    query: str = scope["query_string"].decode("latin-1")
    return f"?{query}" if query else ""


def _light_record(views: PassportViews, caller: Caller, battery_id: BatteryId) -> str:
    """Return where the light record of a battery stands; empty where it has none."""
    model = views.passport.services.find_light_record(caller.actor, battery_id)
    return "" if model is None else f"/{model.model_id}"


@lru_cache(maxsize=8192)
def _battery_at(raw_path: str) -> tuple[BatteryId, bool]:
    """Return the battery at an address, and whether the address has the GTIN as 14 digits.

    One battery has one address: the other ones lead there.

    Raises:
        InvalidIdentifierError: The address names no battery.
    """
    battery_id = parse_battery_id(raw_path)
    if raw_path.startswith("/id/"):
        return battery_id, True
    return battery_id, raw_path[: raw_path.index(_ITEM)] == f"/{battery_id.partition(_ITEM)[0]}"


def _form(scope: Scope) -> Form:
    query: bytes = scope["query_string"]
    if b"linkType" in query:
        values = parse_qs(query.decode("latin-1")).get("linkType", [""])
        form = form_of_link_type(values[0])
        if form is not None:
            return form
    return form_for(_accept(scope).decode("latin-1"))


def _accept(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"accept"), b"")
