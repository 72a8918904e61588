"""Organisations: keys of their machines, register lines they answer by, what they are told."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.actor import SYSTEM
from passport.services.operators import NewOperator, NewRegistration
from passport.ui.request import SignedIn
from passport.web.dependencies import ExactRoute, Installation, Services
from passport.web.wire import (
    KeyBody,
    NewKeyBody,
    NewOperatorBody,
    NewRegisterLineBody,
    NoticeBody,
    OperatorBody,
    RegisterLineBody,
)
from passport.web.wire_operators import ChangedOperatorBody, OperatorChangeBody

router = APIRouter(prefix="/api/v1", tags=["Operators"], route_class=ExactRoute)


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
        cryptosuite=body.cryptosuite,
        key_kind=body.curve,
    )
    return OperatorBody.of(passport.services.add_operator(actor, new))


@router.patch("/operators/{slug}")
def change(
    slug: str, body: OperatorChangeBody, actor: SignedIn, services: Services
) -> ChangedOperatorBody:
    """Replace an organisation's GS1 prefixes or former hosts; for administrators."""
    return ChangedOperatorBody.of(services.change_operator(actor, slug, body.to_change()))


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


@router.post("/register-lines", status_code=HTTPStatus.CREATED)
def enter_line(body: NewRegisterLineBody, actor: SignedIn, services: Services) -> RegisterLineBody:
    """Enter a line of a national register: who answers for waste batteries of a producer there."""
    new = NewRegistration(
        country=body.country,
        category=body.category,
        register_number=body.register_number,
        operator=body.operator,
        party=body.party,
        role=body.role,
        valid_from=body.valid_from,
    )
    return RegisterLineBody.of(services.enter_registration(actor, new))


@router.get("/notices")
def notices(actor: SignedIn, services: Services) -> list[NoticeBody]:
    """Return what the caller's organisation is told or asked, newest first."""
    return [NoticeBody.of(notice) for notice in services.notices_for(actor)]


@router.delete("/notices/{notice_id}", status_code=HTTPStatus.NO_CONTENT)
def put_away(notice_id: str, actor: SignedIn, services: Services) -> Response:
    """Put a notice away; what it told stays on record."""
    services.close_notice(actor, notice_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
