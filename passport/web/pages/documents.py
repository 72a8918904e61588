"""An operator's documents: what is kept, where it is named, and the form that brings another."""

import json
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.access import Point, require_role
from passport.domain.actor import Role
from passport.domain.content import codes_of
from passport.domain.document import DocumentReference, document_path
from passport.domain.errors import InvalidValueError
from passport.services.document_readers import DocumentUse
from passport.services.documents import NewDocument, document_node
from passport.services.file_types import DOCUMENT_MEDIA_TYPES
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Badge, LineItem, Tone
from passport.ui.views.documents import DocumentsPage, OwnDocument
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.pages.papers import badge_of, detail_of, size_text
from passport.web.routes.documents import day_of
from passport.web.uploads import FormSent

router = APIRouter(include_in_schema=False)

_PATH = "/operator/documents"
_READERS = {
    Point.PUBLIC: "everybody reads it",
    Point.RESTRICTED: "read with a legitimate interest, and by authorities",
    Point.AUTHORITY: "read by authorities alone",
    Point.INDIVIDUAL: "read with a legitimate interest in that battery",
}
_NAMED_NOWHERE = Badge(text="Named nowhere: only you read it", tone=Tone.NEUTRAL)
_TEXTS = ("title", "kind", "language", "issuer", "version")


@router.get(_PATH)
def documents(visit: VisitedSignedIn) -> Response:
    """Show the documents of the caller's organisation."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    return visit.pages.show("documents.html", _view(visit, EMPTY_FORM))


@router.post(_PATH)
def upload(visit: VisitedSignedIn, form: FormSent) -> Response:
    """Keep a document and show the reference to it."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    files = form.files.get("file", ())
    if not files:
        return _refuse(visit, form.shown({"file": "Choose a file, or drop one here"}))
    said = {name: form.text(name) for name in _TEXTS}
    try:
        new = NewDocument(
            content=files[0].content,
            media_type=files[0].media_type if files[0].media_type in DOCUMENT_MEDIA_TYPES else "",
            file_name=files[0].name,
            valid_from=day_of(form.text("valid_from"), "the first day"),
            valid_until=day_of(form.text("valid_until"), "the last day"),
            **(said | {"kind": said["kind"] or "other"}),
        )
        stored = visit.services.add_document(visit.actor, visit.actor.organisation, new)
    except InvalidValueError as refusal:
        return _refuse(visit, form.shown({"file": str(refusal)}))
    return see_other(f"{_PATH}?added={stored.digest.replace(':', '-')}#added")


def _refuse(visit: Visit, form: FormState) -> Response:
    view = _view(visit, form)
    return visit.pages.show("documents.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _view(visit: Visit, form: FormState) -> DocumentsPage:
    base_url = visit.services.read_operator(visit.actor, visit.actor.organisation).base_url
    own = [_own(visit, use, base_url) for use in visit.services.documents_of(visit.actor)]
    added = visit.request.query_params.get("added", "")
    return DocumentsPage(
        action=_PATH,
        kinds=tuple(codes_of("document-kind").items()),
        accept=",".join(sorted(DOCUMENT_MEDIA_TYPES)) + ",.step,.stp",
        largest=size_text(visit.passport.settings.max_document_bytes),
        documents=tuple(own),
        added=next((one for one in own if added and one.href.endswith(added)), None),
        form=form,
    )


def _own(visit: Visit, use: DocumentUse, base_url: str) -> OwnDocument:
    document = use.document
    node = document_node(document, base_url)
    today = visit.services.clock.now().date()
    return OwnDocument(
        title=document.title,
        href=document_path(document.digest),
        detail=detail_of(node, document),
        anchor=document.digest.partition(":")[2][:12],
        reference=json.dumps(node, indent=2, ensure_ascii=False),
        where=tuple(_place(reference) for reference in use.named_by),
        is_named_more=use.is_named_more,
        badge=badge_of("testReports", node, today) or (None if use.named_by else _NAMED_NOWHERE),
    )


def _place(reference: DocumentReference) -> LineItem:
    point = Point(reference.point)
    return LineItem(
        title=reference.about,
        href=f"/{reference.about}",
        detail=f"Annex XIII point {point.value}: {_READERS[point]}",
    )
