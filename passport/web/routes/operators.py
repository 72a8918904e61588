"""Organisations and the keys of their machines."""

from http import HTTPStatus

from fastapi import APIRouter

from passport.domain.actor import SYSTEM
from passport.services.operators import NewOperator
from passport.ui.request import SignedIn
from passport.web.dependencies import Installation, Services
from passport.web.wire import KeyBody, NewKeyBody, NewOperatorBody, OperatorBody

router = APIRouter(prefix="/api/v1", tags=["Operators"])


@router.post("/operators", status_code=HTTPStatus.CREATED)
def add(body: NewOperatorBody, actor: SignedIn, passport: Installation) -> OperatorBody:
    """Add an organisation with a key and a did:web; for administrators."""
    new = NewOperator(
        name=body.name,
        operator_uri=body.id,
        country=body.country,
        base_url=body.host or passport.base_url,
        roles=body.roles,
        slug=body.slug,
    )
    return OperatorBody.of(passport.services.add_operator(actor, new))


@router.get("/operators/{slug}")
def read(slug: str, services: Services) -> OperatorBody:
    """Return what is public about an organisation."""
    return OperatorBody.of(services.read_operator(SYSTEM, slug))


@router.post("/keys", status_code=HTTPStatus.CREATED)
def issue_key(body: NewKeyBody, actor: SignedIn, services: Services) -> KeyBody:
    """Make an API key for the caller's organisation; its secret is shown this once."""
    issued = services.issue_api_key(actor, actor.organisation, body.scopes, body.expires_at)
    return KeyBody(
        id=issued.key_id,
        secret=issued.secret,
        organisation=issued.organisation,
        scopes=sorted(issued.scopes),
    )
