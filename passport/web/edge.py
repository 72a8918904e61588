"""What every request passes first: host, size, who sends it; and what every answer carries."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passport.bootstrap import Passport
from passport.domain.errors import NotSignedInError, PassportError
from passport.settings import Settings
from passport.ui.headers import page_headers
from passport.ui.request import Frame
from passport.web.auth import identify
from passport.web.errors import HostUnknownError, RequestRefusedError, RequestTooLargeError
from passport.web.problems import answer_refusal
from passport.web.views import Answer, PassportViews, SentAnswer

_VIEWS = frozenset({"GET", "HEAD"})
_SAYING_WHO = frozenset({b"cookie", b"authorization"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_IMPORT_PATHS = ("/api/v1/batteries/import", "/operator/register")
_DOCUMENT_PATHS = ("/api/v1/documents", "/operator/documents")
_WITH_IDENTIFIER = (
    "/api/v1/batteries/",
    "/v1/dpps",
    "/batteries/",
    "/access/",
    "/condition/",
    "/dismantling/",
    "/check/battery/",
    "/structure/",
    "/structure-file/",
)
"""Addresses with a battery's identifier inside: their percent-encoding stays, so that a serial
number with a slash, or one that ends like an address, is told apart from the address."""
_FOR_PROGRAMS = ("/api/", "/v1/")
_ONE_YEAR_S = 31_536_000


class Installed(Protocol):
    """What the application offers to its edge."""

    passport: Passport
    frame: Frame
    views: PassportViews


class Edge:
    """ASGI middleware; the only one, so that a view passes few hands."""

    def __init__(self, app: ASGIApp, state: Installed) -> None:
        self._app = app
        self._passport = state.passport
        self._views = state.views
        self._cookie = state.frame.cookie
        self._hosts = _host_names(state.passport.settings)
        self._headers = _headers_for(state.passport.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = self._headers
        is_personal = False

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _with(message["headers"], added)
                message["headers"] = _kept_from_others(headers) if is_personal else headers
            await send(message)

        kept = await self._find_kept(scope)
        if kept is not None:
            await SentAnswer(kept)(scope, receive, send_with_headers)
            return
        is_personal = any(name in _SAYING_WHO for name, _ in scope["headers"])
        try:
            limited = await self._admit(scope, receive)
        except PassportError as refusal:
            request = Request(scope, receive)
            answer = await run_in_threadpool(answer_refusal, request, refusal)
            await answer(scope, receive, send_with_headers)
            return
        await self._app(scope, limited, send_with_headers)

    async def _find_kept(self, scope: Scope) -> Answer | None:
        """Return the answer to a visitor who asks for what others asked for: most views end here.

        Whoever says who he is, or asks another host, goes the whole way.
        """
        if scope["method"] not in _VIEWS:
            return None
        host = accept = None
        for name, value in scope["headers"]:
            if name in _SAYING_WHO:
                return None
            if name == b"host":
                host = value if host is None else host
            elif name == b"accept":
                accept = value if accept is None else accept
        if not self._is_ours(host or b""):
            return None
        asked = scope.get("raw_path", b""), scope["query_string"], accept or b""
        return await self._views.find_kept(asked)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """Check a request and put its caller into it.

        Raises:
            HostUnknownError: It names another host.
            RequestRefusedError: Its address holds a character that no database keeps.
            RequestTooLargeError: It announces a larger body than this service takes.
            NotSignedInError: It would write, and nobody is signed in.
        """
        scope.setdefault("state", {})
        headers = scope["headers"]
        self._require_host(headers)
        raw_path = scope.get("raw_path", b"").decode("ascii", "replace")
        if "%00" in raw_path or b"%00" in scope["query_string"]:
            raise RequestRefusedError("the address holds U+0000, which nothing here is called")
        if raw_path.startswith(_WITH_IDENTIFIER):
            scope["path"] = raw_path
        caller = await identify(headers, services=self._passport.services, cookie=self._cookie)
        path: str = scope["path"]
        is_reading = scope["method"] in SAFE_METHODS
        scope["state"]["caller"] = caller
        if is_reading:
            return receive
        if caller.actor.is_anonymous and path.startswith(_FOR_PROGRAMS):
            raise NotSignedInError("send an API key as Authorization: Bearer to write")
        return _limited(receive, headers, _largest_body(path, self._passport.settings))

    def _require_host(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        host = next((value for name, value in headers if name == b"host"), b"")
        if not self._is_ours(host):
            raise HostUnknownError(
                f"this service does not answer for the host {host.decode('latin-1')!r}"
            )

    def _is_ours(self, host: bytes) -> bool:
        return self._hosts is None or _host_name(host) in self._hosts


def _largest_body(path: str, settings: Settings) -> int:
    if path.startswith(_IMPORT_PATHS):
        return settings.max_import_bytes
    if path.startswith(_DOCUMENT_PATHS):
        return settings.max_document_bytes
    return settings.max_request_bytes


def _limited(receive: Receive, headers: Iterable[tuple[bytes, bytes]], limit: int) -> Receive:
    """Stop reading a body where it becomes too large, announced or not."""
    length = next((value for name, value in headers if name == b"content-length"), b"")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise _too_large(limit)
        return message

    return receive_limited


def _too_large(limit: int) -> RequestTooLargeError:
    return RequestTooLargeError(f"the body is larger than {limit:,} bytes; send it in parts")


def _host_names(settings: Settings) -> frozenset[str] | None:
    names = frozenset(name.lower() for name in settings.allowed_hosts)
    return None if "*" in names else names


@lru_cache(maxsize=64)
def _host_name(host: bytes) -> str:
    """Return the name in a ``Host`` header, without port."""
    name = host.decode("latin-1").lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _headers_for(settings: Settings) -> list[tuple[bytes, bytes]]:
    headers = page_headers()
    if settings.public_base_url.startswith("https:"):
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR_S}"
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _with(
    headers: Iterable[tuple[bytes, bytes]], added: list[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    given = list(headers)
    if any(name == b"content-security-policy" for name, _ in given):
        names = {name for name, _ in given}
        return given + [pair for pair in added if pair[0] not in names]
    return given + added


def _kept_from_others(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Let no cache keep what was made for one caller, where the route has not said who may."""
    if any(name == b"cache-control" for name, _ in headers):
        return headers
    return [*headers, (b"cache-control", b"private, no-store")]
