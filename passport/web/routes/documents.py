"""Documents: uploaded by operators, read by those whom the statements that name them open to."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response

from passport.domain.document import StoredDocument, document_path, parse_document_digest
from passport.domain.errors import InvalidValueError
from passport.services.document_readers import DocumentUnknownError, DocumentUse
from passport.services.documents import NewDocument, document_node
from passport.services.file_types import SHOWN_MEDIA_TYPES
from passport.ui.request import CurrentActor, SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.ranges import requested_range
from passport.web.uploads import UploadedFile
from passport.web.wire import Body

router = APIRouter(tags=["Documents"], route_class=ExactRoute)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""What a browser may do with a document that somebody uploaded: show it, and nothing else."""


class DocumentBody(Body):
    """A document as its organisation brought it, and the node that names it in a model file."""

    digest: str
    url: str
    media_type: str
    size: int
    file_name: str
    uploaded_at: datetime
    document: Mapping[str, object]

    @classmethod
    def of(cls, document: StoredDocument, base_url: str) -> "DocumentBody":
        """Return a document as it is sent."""
        return cls(
            digest=document.digest,
            url=f"{base_url}{document_path(document.digest)}",
            media_type=document.media_type,
            size=document.size,
            file_name=document.file_name,
            uploaded_at=document.uploaded_at,
            document=document_node(document, base_url),
        )


class ReferenceBody(Body):
    """What a signed statement that names a document is about, and who reads it."""

    about: str
    annex_xiii_point: str


class DocumentUseBody(DocumentBody):
    """A document of one's own with where it is named."""

    named_by: Sequence[ReferenceBody]
    is_named_more: bool

    @classmethod
    def of_use(cls, use: DocumentUse, base_url: str) -> "DocumentUseBody":
        """Return a document with its references as it is sent."""
        return cls(
            **DocumentBody.of(use.document, base_url).model_dump(),
            named_by=[
                ReferenceBody(about=one.about, annex_xiii_point=one.point) for one in use.named_by
            ],
            is_named_more=use.is_named_more,
        )


async def _new_document(  # noqa: PLR0913, PLR0917 - what is said of a document, one by one
    request: Request,
    upload: UploadedFile,
    title: str = "",
    kind: str = "other",
    language: str = "",
    issuer: str = "",
    version: str = "",
    valid_from: Annotated[str, Query(alias="validFrom")] = "",
    valid_until: Annotated[str, Query(alias="validUntil")] = "",
    file_name: Annotated[str, Query(alias="fileName")] = "",
) -> NewDocument:
    """Read a document with what is said of it: in the address, or in fields of the form."""
    form = await request.form() if upload.is_from_form else {}
    said = {
        "title": title,
        "kind": kind,
        "language": language,
        "issuer": issuer,
        "version": version,
        "validFrom": valid_from,
        "validUntil": valid_until,
    }
    said |= {name: text for name in said if isinstance(text := form.get(name), str) and text}
    return NewDocument(
        content=upload.content,
        media_type=upload.media_type,
        file_name=file_name or upload.name,
        title=said["title"],
        kind=said["kind"],
        language=said["language"],
        issuer=said["issuer"],
        version=said["version"],
        valid_from=day_of(said["validFrom"], "validFrom"),
        valid_until=day_of(said["validUntil"], "validUntil"),
    )


def day_of(text: str, name: str) -> date | None:
    """Return the day that a field holds; nothing for an empty one.

    Raises:
        InvalidValueError: It holds no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidValueError(f"{name} is {text!r}; write a day like 2027-02-18") from error


@router.post("/api/v1/documents", status_code=HTTPStatus.CREATED)
def keep(
    new: Annotated[NewDocument, Depends(_new_document)],
    actor: SignedIn,
    services: Services,
    operator: str = "",
) -> DocumentBody:
    """Keep a document, sent as body or form field; the answer holds the node that names it.

    A delegate names the operator that it uploads for.
    """
    owner = services.read_operator(actor, operator or actor.organisation)
    return DocumentBody.of(services.add_document(actor, owner.slug, new), owner.base_url)


@router.get("/api/v1/documents")
def own_documents(actor: SignedIn, services: Services) -> list[DocumentUseBody]:
    """Return the documents of the caller's organisation, newest first, with where each is named."""
    uses = services.documents_of(actor)
    base_url = services.read_operator(actor, actor.organisation).base_url
    return [DocumentUseBody.of_use(use, base_url) for use in uses]


@router.head("/documents/{digest}", include_in_schema=False)
@router.get("/documents/{digest}")
def read(digest: str, request: Request, actor: CurrentActor, services: Services) -> Response:
    """Return a document, or the part of it that ``Range`` asks for, to those who may read it."""
    try:
        named = parse_document_digest(digest)
    except InvalidValueError as error:
        raise DocumentUnknownError(digest) from error
    document = services.find_document(actor, named)
    headers = _headers_of(document, is_public=actor.is_anonymous)
    if _has_it(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    wanted = _wanted_range(request, headers["ETag"], document.size)
    if wanted is not None and not wanted:
        refused = headers | {"Content-Range": f"bytes */{document.size}"}
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=refused)
    if request.method == "HEAD":
        return Response(
            headers=headers | {"Content-Length": str(document.size)}, media_type=_type_of(document)
        )
    content = services.read_document(actor, named)
    if wanted is None:
        return Response(content, headers=headers, media_type=_type_of(document))
    part = headers | {
        "Content-Range": f"bytes {wanted.start}-{wanted.stop - 1}/{document.size}",
    }
    return Response(
        content[wanted.start : wanted.stop],
        HTTPStatus.PARTIAL_CONTENT,
        part,
        media_type=_type_of(document),
    )


def _headers_of(document: StoredDocument, *, is_public: bool) -> dict[str, str]:
    shown = "inline" if document.media_type in SHOWN_MEDIA_TYPES else "attachment"
    return {
        "ETag": f'"{document.digest.partition(":")[2]}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=3600" if is_public else "private, no-cache",
        "Vary": "Cookie, Authorization",
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(document.file_name, safe='')}",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
    }


def _type_of(document: StoredDocument) -> str:
    """Return the media type; a text is UTF-8, or it would not have been kept."""
    media_type = document.media_type
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _has_it(request: Request, etag: str) -> bool:
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    return "*" in known or etag in [one.removeprefix("W/") for one in known]


def _wanted_range(request: Request, etag: str, size: int) -> range | None:
    if request.headers.get("if-range", etag) != etag:
        return None
    return requested_range(request.headers.get("range", ""), size)
