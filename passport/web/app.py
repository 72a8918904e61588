"""The application: routes of the passport and of its neighbours behind one edge."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib.metadata import version
from time import monotonic

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from passport.bootstrap import Passport
from passport.domain.actor import PUBLIC
from passport.services.operators import OperatorUnknownError
from passport.settings import Mode
from passport.ui.forms import CsrfTokens
from passport.ui.rendering import Pages
from passport.ui.request import Frame, navigation_of, neighbours_of
from passport.ui.session import SessionCookie
from passport.ui.shell import ShellMaker
from passport.web import problems
from passport.web.auth import Attempts
from passport.web.background import Background
from passport.web.dependencies import guard
from passport.web.edge import Edge
from passport.web.pages import access as access_pages
from passport.web.pages import (
    account,
    administration,
    check,
    condition,
    dismantling,
    home,
    law,
    model,
    model_editor,
    model_review,
    model_versions,
    operator,
    reference,
    register,
    report,
    scan,
    second_life,
    structure,
    verifier,
)
from passport.web.pages import documents as document_pages
from passport.web.pages import imports as import_pages
from passport.web.pages import keys as key_pages
from passport.web.pages import models as model_pages
from passport.web.routes import (
    access,
    batteries,
    checks,
    documents,
    downloads,
    evidence,
    health,
    imports,
    keys,
    model_drafts,
    models,
    operators,
    parts,
    schemas,
    second_lives,
    suspensions,
)
from passport.web.routes.resolver import BatteryRoute
from passport.web.static import install_static
from passport.web.verdicts import Verdicts
from passport.web.views import PassportViews

_DISTRIBUTION = "open-battery-passport"
_DESCRIPTION = (
    "Battery passports under Regulation (EU) 2023/1542: registered, signed, read, verified, "
    "followed to the last recovered kilogram."
)
_ROUTERS = (
    evidence.router,
    health.router,
    imports.router,
    keys.router,
    checks.router,
    parts.router,
    suspensions.router,
    batteries.router,
    model_drafts.router,
    models.router,
    second_lives.router,
    access.router,
    documents.router,
    operators.router,
    downloads.router,
    schemas.router,
    check.router,
    law.router,
    home.router,
    account.router,
    scan.router,
    access_pages.router,
    condition.router,
    dismantling.router,
    document_pages.router,
    operator.router,
    register.router,
    second_life.router,
    model_pages.router,
    model_editor.router,
    model_review.router,
    model_versions.router,
    model.router,
    import_pages.router,
    key_pages.router,
    reference.router,
    report.router,
    structure.router,
    verifier.router,
    administration.router,
)
_CSRF_PURPOSE = b"passport forms\x00"
_MOST_NAMES = 1024


def make_app(passport: Passport) -> FastAPI:
    """Make the application of an opened installation.

    Args:
        passport: The installation; whoever opened it closes it.
    """
    app = FastAPI(
        title="Open Battery Passport",
        version=version(_DISTRIBUTION),
        description=_DESCRIPTION,
        docs_url=None,  # a page of our own: the framework's asks other hosts for its script
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_living,
        dependencies=[Depends(guard)],
    )
    frame = frame_of(passport)
    app.state.passport = passport
    app.state.frame = frame
    app.state.verdicts = Verdicts(passport)
    app.state.views = PassportViews(passport, frame, app.state.verdicts)
    app.state.attempts = Attempts(monotonic)
    app.user_middleware.append(Middleware(Edge, state=app.state))
    app.router.routes.insert(0, BatteryRoute())
    for router in _ROUTERS:
        app.include_router(router)
    for extension in passport.extensions:
        for router in extension.routers(passport):
            app.include_router(router)
    install_static(app, frame.pages)
    problems.install(app)
    return app


def frame_of(passport: Passport) -> Frame:
    """Return what the pages of an installation are made with."""
    settings = passport.settings
    secret = settings.session_secret.get_secret_value().encode()
    extensions = tuple(passport.extensions)

    @lru_cache(maxsize=_MOST_NAMES)
    def organisation_name(slug: str) -> str:
        try:
            return passport.services.read_operator(PUBLIC, slug).name
        except OperatorUnknownError:
            return slug

    return Frame(
        pages=Pages(neighbours_of(extensions)),
        shells=ShellMaker(
            links=navigation_of(extensions),
            demonstration=settings.mode is Mode.DEMONSTRATION,
        ),
        csrf=CsrfTokens(hashlib.sha256(_CSRF_PURPOSE + secret).digest()),
        cookie=SessionCookie(secure=settings.public_base_url.startswith("https:")),
        organisation_name=organisation_name,
    )


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    background = Background(app.state.passport)
    background.start()
    try:
        yield
    finally:
        background.end()
        await app.state.views.close()
