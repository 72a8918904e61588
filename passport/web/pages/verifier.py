"""Check a passport in the reader's browser; works as an installed page without network."""

import hashlib
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Request, Response

from passport.ui.headers import page_headers
from passport.ui.rendering import STATIC_FOLDER
from passport.ui.request import Frame
from passport.ui.views.verifier import VerifierPage, VerifierPart
from passport.web.dependencies import Visited

router = APIRouter(include_in_schema=False)

_FOLDER = STATIC_FOLDER / "verifier"
_KEPT_OFFLINE = (
    "tokens.css",
    "app.css",
    "pages.css",
    "icon.svg",
    "verifier/verifier.css",
    "verifier/page.js",
    "verifier/worker.js",
)
_FONTS = ("/static/fonts/atkinson-latin.woff2", "/static/fonts/atkinson-latin-ext.woff2")
"""Named by the style without a version."""
_ASK_AGAIN = {"Cache-Control": "no-cache"}


@router.get("/verify")
def verify(visit: Visited) -> Response:
    """Show the page; the check itself happens in the browser."""
    passport = visit.passport
    page = VerifierPage(
        log_key=passport.log.key.text,
        host=urlsplit(passport.base_url).netloc,
        parts=_parts(),
        packages=_packages(),
    )
    response = visit.pages.show("verify.html", page)
    response.headers.update(page_headers(other_hosts=True))
    return response


@router.get("/verify/service-worker.js")
def service_worker(request: Request) -> Response:
    """Return the program that keeps the page, with what it keeps."""
    frame: Frame = request.app.state.frame
    files = [*(frame.pages.asset(name) for name in _KEPT_OFFLINE), *_FONTS]
    page = frame.pages.asset("verifier/page.js")
    program = (_FOLDER / "service-worker.js").read_bytes()
    listed = orjson.dumps(files)
    version = hashlib.sha256(listed + program + page.encode()).hexdigest()[:16]
    body = b'const FILES=%b,VERSION="%b";%b' % (listed, version.encode(), program)
    # Programs of a service worker may keep only what lies below their own address, unless told.
    headers = _ASK_AGAIN | {"Service-Worker-Allowed": "/verify"}
    return Response(body, headers=headers, media_type="text/javascript; charset=utf-8")


@router.get("/verify/manifest.webmanifest")
def manifest() -> Response:
    """Return how the page is called where it is installed."""
    return Response(
        (_FOLDER / "manifest.webmanifest").read_bytes(),
        HTTPStatus.OK,
        headers=_ASK_AGAIN,
        media_type="application/manifest+json",
    )


@cache
def _parts() -> tuple[VerifierPart, ...]:
    digests = orjson.loads((_FOLDER / "digests.json").read_bytes())
    return tuple(VerifierPart(name=name, sha256=digest) for name, digest in digests.items())


@cache
def _packages() -> tuple[str, ...]:
    packages = orjson.loads((_FOLDER / "packages.json").read_bytes())
    return tuple(f"{one['name']} {one['version']}" for one in packages if one["checks"])
