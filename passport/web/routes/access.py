"""Who may read what, and documents kept as evidence."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.errors import NotFoundError
from passport.domain.identifiers import parse_battery_id
from passport.services.readers import NewGrant
from passport.ui.request import IdempotencyKey, SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.uploads import UploadedFile, checked_media_type
from passport.web.wire import AttachmentBody, GrantBody, NewAccessRequestBody, NewGrantBody

router = APIRouter(prefix="/api/v1", tags=["Access"], route_class=ExactRoute)


@router.post("/grants", status_code=HTTPStatus.CREATED)
def grant(
    body: NewGrantBody, actor: SignedIn, services: Services, key: IdempotencyKey
) -> GrantBody:
    """Give an organisation leave to read, and within its scopes to write, about a battery."""
    new = NewGrant(
        organisation=body.organisation,
        battery_id=parse_battery_id(body.battery),
        audience=body.audience,
        purpose=body.purpose,
        legal_ground=body.legal_ground,
        scopes=body.scopes,
        expires_at=body.expires_at,
    )
    return GrantBody.of(services.grant_access(actor, new, idempotency_key=key))


@router.delete("/grants/{grant_id}", status_code=HTTPStatus.NO_CONTENT)
def revoke(grant_id: str, actor: SignedIn, services: Services) -> Response:
    """End a grant; what was read before stays read."""
    services.revoke_grant(actor, grant_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/access-requests", status_code=HTTPStatus.ACCEPTED)
def ask(body: NewAccessRequestBody, actor: SignedIn, services: Services) -> Response:
    """Ask the responsible operator for access; it is told, and decides."""
    services.ask_access(actor, parse_battery_id(body.battery), body.purpose)
    return Response(status_code=HTTPStatus.ACCEPTED)


@router.post("/attachments", status_code=HTTPStatus.CREATED)
def keep(upload: UploadedFile, actor: SignedIn, services: Services) -> AttachmentBody:
    """Keep a photo or document, sent as body or form field; its digest names it as evidence."""
    media_type = checked_media_type(upload)
    digest = services.keep_attachment(actor, upload.content, media_type)
    return AttachmentBody(digest=digest, media_type=media_type, size=len(upload.content))


@router.get("/attachments/{digest}")
def read(digest: str, actor: SignedIn, services: Services) -> Response:
    """Return a document kept as evidence; a browser saves it and opens nothing."""
    found = services.read_attachment(actor, digest)
    if found is None:
        raise NotFoundError(f"no document {digest} is kept here")
    content, media_type = found
    headers = {"Content-Disposition": "attachment", "Cache-Control": "private, max-age=3600"}
    return Response(content, headers=headers, media_type=media_type)
