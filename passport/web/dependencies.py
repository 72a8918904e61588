"""What routes ask for: use cases, exact bodies, identifiers in the address; and the guard."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast
from urllib.parse import unquote

from fastapi import Depends, FastAPI, Path, Request, Response
from fastapi.routing import APIRoute

from passport.bootstrap import Passport, PassportServices
from passport.domain.actor import Actor
from passport.domain.errors import NotSignedInError
from passport.domain.identifiers import BatteryId, parse_battery_id
from passport.linked_data.documents import parse_input
from passport.services.overviews import Overview
from passport.storage.overviews import SqlOverview
from passport.ui.forms import CSRF_FIELD, CsrfRefusedError
from passport.ui.request import (
    CurrentActor,
    Frame,
    PageAnswer,
    PageMaker,
    SignedIn,
    caller_of,
    is_open_to_everyone,
)
from passport.web.edge import SAFE_METHODS
from passport.web.errors import ParameterUnknownError
from passport.web.verdicts import Verdicts

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_STRICT_PATHS = ("/api/", "/v1/")
_CSRF_HEADER = "x-csrf-token"


def get_passport(request: Request) -> Passport:
    """Return the installation."""
    return cast("Passport", request.app.state.passport)


def get_services(request: Request) -> PassportServices:
    """Return the use cases; each commits before it returns."""
    return get_passport(request).services


Installation = Annotated[Passport, Depends(get_passport)]
Services = Annotated[PassportServices, Depends(get_services)]


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at one page: who it is, what it may ask, how it is answered."""

    request: Request
    actor: Actor
    passport: Passport
    pages: PageAnswer

    @property
    def services(self) -> PassportServices:
        """The use cases."""
        return self.passport.services

    @property
    def verdicts(self) -> Verdicts:
        """What checks the records that pages show."""
        return cast("Verdicts", self.request.app.state.verdicts)

    @property
    def overview(self) -> Overview:
        """Lists over many batteries."""
        return SqlOverview(self.passport.engine)

    @property
    def organisation_name(self) -> str:
        """Name of the organisation acted for."""
        return self.name_of(self.actor.organisation)

    def name_of(self, organisation: str) -> str:
        """Return the name of an organisation by its short name."""
        frame = cast("Frame", self.request.app.state.frame)
        return frame.organisation_name(organisation)


def _visit(
    request: Request, actor: CurrentActor, passport: Installation, pages: PageMaker
) -> Visit:
    return Visit(request, actor, passport, pages)


def _visit_signed_in(
    request: Request, actor: SignedIn, passport: Installation, pages: PageMaker
) -> Visit:
    return Visit(request, actor, passport, pages)


Visited = Annotated[Visit, Depends(_visit)]
"""A page that everybody may visit."""
VisitedSignedIn = Annotated[Visit, Depends(_visit_signed_in)]
"""A page for people who are signed in."""


# --- the guard ------------------------------------------------------------------------------------


async def guard(request: Request) -> None:
    """Refuse what no route of ours takes; runs before each of them.

    Raises:
        NotSignedInError: A write by nobody, where the route is not open to everyone.
        CsrfRefusedError: A write by a browser's session without a token of the session.
        ParameterUnknownError: A query parameter that the route does not know, in the API.
    """
    _require_known_parameters(request)
    if request.method in SAFE_METHODS:
        return
    caller = caller_of(request)
    if caller.actor.is_anonymous and not is_open_to_everyone(request.scope.get("endpoint")):
        raise NotSignedInError("sign in first, or send an API key as Authorization: Bearer")
    if caller.is_browser or caller.actor.is_anonymous:
        frame = cast("Frame", request.app.state.frame)
        frame.csrf.check(caller.session, await _token(request))


async def _token(request: Request) -> str:
    sent = request.headers.get(_CSRF_HEADER, "")
    if sent or not request.headers.get("content-type", "").startswith(_FORM_TYPES):
        return sent
    field = (await request.form()).get(CSRF_FIELD)
    if not isinstance(field, str):
        raise CsrfRefusedError
    return field


def _require_known_parameters(request: Request) -> None:
    if not request.query_params or not request.scope["path"].startswith(_STRICT_PATHS):
        return
    known = _parameters_of(request.app).get(
        (request.scope["route"].path_format, request.method.lower()), frozenset()
    )
    strange = sorted(set(request.query_params) - known)
    if strange:
        words = f"it knows {', '.join(sorted(known))}" if known else "it knows none"
        raise ParameterUnknownError(
            f"the query parameter {', '.join(strange)} means nothing here; {words}"
        )


def _parameters_of(app: FastAPI) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the query parameters of each address and method, as the API describes itself."""
    if not hasattr(app.state, "query_parameters"):
        app.state.query_parameters = {
            (path, method): frozenset(
                parameter["name"]
                for parameter in operation.get("parameters", ())
                if parameter["in"] == "query"
            )
            for path, operations in app.openapi()["paths"].items()
            for method, operation in operations.items()
        }
    return cast("Mapping[tuple[str, str], frozenset[str]]", app.state.query_parameters)


# --- identifiers ----------------------------------------------------------------------------------


def battery_in_path(text: str) -> BatteryId:
    """Read a battery's identifier that stands in an address with its percent-encoding.

    Both ways of writing are taken: the path of the identifier as it is, or the whole identifier
    encoded once more as one segment.

    Raises:
        InvalidIdentifierError: It is neither.
    """
    return parse_battery_id(text if text.startswith(("01/", "id/")) else unquote(text))


def _battery(
    battery_id: Annotated[
        str, Path(description="01/<GTIN>/21/<serial>, id/<identifier>, or one of them encoded")
    ],
) -> BatteryId:
    return battery_in_path(battery_id)


BatteryInPath = Annotated[BatteryId, Depends(_battery)]
"""The battery that ``{battery_id:path}`` of an address names."""


# --- exact bodies ---------------------------------------------------------------------------------


class _ExactRequest(Request):
    """A request whose JSON keeps every number as it was written."""

    async def json(self) -> Any:  # noqa: ANN401 - the signature of the framework
        """Return the body; fractions as decimals, a list as list.

        Raises:
            MalformedDocumentError: It has two readings, or is no JSON.
        """
        body = await self.body()
        if body.lstrip().startswith(b"["):
            return parse_input(b'{"items":' + body + b"}", largest=len(body) + 10)["items"]
        return parse_input(body, largest=len(body))


class ExactRoute(APIRoute):
    """A route whose JSON body keeps every number as it was written."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, given a request that reads exactly."""
        handle = super().get_route_handler()

        async def handle_exactly(request: Request) -> Response:
            return await handle(_ExactRequest(request.scope, request.receive))

        return handle_exactly
