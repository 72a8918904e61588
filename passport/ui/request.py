"""Who asks, and how a page is answered: what every route of the three houses is written with.

A route takes what it needs as argument::

    @router.get("/recycler")
    def overview(actor: SignedIn, pages: PageMaker) -> Response:
        return pages.show("recycler/overview.html", overview_of(actor))

The application puts the actor into each request before the route is found, refuses a write by
nobody, and checks the token of every form that comes with a session; a route does neither. A
form that a visitor without login may send is marked by `open_to_everyone`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Protocol, TypeVar, cast, runtime_checkable
from urllib.parse import quote, urlsplit

from fastapi import Depends, Header, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from passport.bootstrap import Extension
from passport.domain.actor import PUBLIC, Actor
from passport.domain.errors import NotSignedInError
from passport.ui.forms import CsrfTokens
from passport.ui.headers import page_headers
from passport.ui.rendering import Neighbour, Pages
from passport.ui.session import SessionCookie, new_token
from passport.ui.shell import PASSPORT_NAV, NavLink, Shell, ShellMaker

Route = TypeVar("Route", bound=Callable[..., object])

_OPEN = "is_open_to_everyone"
_LONGEST_KEY = 200


@runtime_checkable
class WithPages(Protocol):
    """An extension that has pages beside its use cases."""

    neighbour: Neighbour
    nav: tuple[NavLink, ...]


def neighbours_of(extensions: tuple[Extension, ...]) -> tuple[Neighbour, ...]:
    """Return the templates and static files of the extensions that have pages."""
    return tuple(one.neighbour for one in extensions if isinstance(one, WithPages))


def navigation_of(extensions: tuple[Extension, ...]) -> tuple[NavLink, ...]:
    """Return the passport's entries of the navigation and those of the extensions."""
    added = (link for one in extensions if isinstance(one, WithPages) for link in one.nav)
    return (*PASSPORT_NAV, *added)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a request.

    Attributes:
        session: Token of the browser's session, signed in or not; empty without a cookie.
        is_browser: Whether the session is what signs the caller in; an API key is not.
    """

    actor: Actor = PUBLIC
    session: str = ""
    is_browser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all pages of one application are made with; stands in ``app.state.frame``.

    Attributes:
        organisation_name: Finds the name of an organisation by its slug.
    """

    pages: Pages
    shells: ShellMaker
    csrf: CsrfTokens = field(repr=False)
    cookie: SessionCookie
    organisation_name: Callable[[str], str]

    def shell(self, actor: Actor, path: str, *, session: str = "") -> Shell:
        """Return the frame of a page; with a session its forms carry a token."""
        return self.shells.shell(
            actor,
            path,
            organisation_name=self.organisation_name(actor.organisation)
            if actor.organisation
            else "",
            csrf_token=self.csrf.issue(session) if session else "",
        )


def caller_of(request: Request) -> Caller:
    """Return who sent a request."""
    return cast("Caller", getattr(request.state, "caller", Caller()))


def current_actor(request: Request) -> Actor:
    """Return who acts; nobody signed in is the public."""
    return caller_of(request).actor


def signed_in(request: Request) -> Actor:
    """Return who acts.

    Raises:
        NotSignedInError: Nobody is signed in.
    """
    actor = current_actor(request)
    if actor.is_anonymous:
        raise NotSignedInError("sign in first, or send an API key as Authorization: Bearer")
    return actor


def open_to_everyone(route: Route) -> Route:
    """Mark a route that writes, or has the form of one that does, for visitors without login."""
    setattr(route, _OPEN, True)
    return route


def is_open_to_everyone(route: object) -> bool:
    """Whether a visitor without login may send this route's form."""
    return bool(getattr(route, _OPEN, False))


def read_idempotency_key(
    idempotency_key: Annotated[str, Header(max_length=_LONGEST_KEY)] = "",
) -> str:
    """Return the key under which a repeated request is known; empty without."""
    return idempotency_key


class PageAnswer:
    """Answers one request with pages."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._frame = cast("Frame", request.app.state.frame)
        self._caller = caller_of(request)

    def show(
        self,
        template: str,
        view: object,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        camera: bool = False,
    ) -> HTMLResponse:
        """Return a page for this caller; it may hold forms, so nobody else is shown it.

        Args:
            template: Name of the template, a neighbour's with its prefix.
            view: The view value that the template is made for.
            status: Status of the answer.
            camera: Whether the page uses the camera.
        """
        session = self._caller.session or new_token()
        shell = self._frame.shell(self._caller.actor, self._request.scope["path"], session=session)
        body = self._frame.pages.render(template, view, shell=shell)
        response = HTMLResponse(body, status, headers={"Cache-Control": "no-store"})
        if camera:
            response.headers.update(page_headers(camera=True))
        if not self._caller.session:
            response.headers.append("Set-Cookie", self._frame.cookie.header_setting(session))
        return response


def see_other(path: str) -> RedirectResponse:
    """Lead a browser on after a form was taken, so that loading again sends nothing twice."""
    return RedirectResponse(local_path(path), HTTPStatus.SEE_OTHER)


def local_path(text: str) -> str:
    """Return a path on this host; the first page where the text leads anywhere else."""
    try:
        parts = urlsplit(text)
    except ValueError:  # half a bracket in its host
        return "/"
    elsewhere = parts.scheme or parts.netloc or "\\" in text
    if elsewhere or not text.startswith("/") or text.startswith("//"):
        return "/"
    return quote(text, safe="/?&=%#:~!$'()*+,;@-._")


CurrentActor = Annotated[Actor, Depends(current_actor)]
"""Who acts; may be the public."""
SignedIn = Annotated[Actor, Depends(signed_in)]
"""Who acts; never the public."""
PageMaker = Annotated[PageAnswer, Depends(PageAnswer)]
"""Answers with pages."""
IdempotencyKey = Annotated[str, Depends(read_idempotency_key)]
"""Header ``Idempotency-Key``."""
