"""Drafts of models, and the versions that were signed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from passport.domain.actor import Actor
from passport.domain.identifiers import ModelId, parse_model_id
from passport.domain.model_draft import ModelDraft
from passport.ui.request import CurrentActor, SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.routes.batteries import operator_for
from passport.web.wire import ModelBody
from passport.web.wire_drafts import (
    ComparisonBody,
    DraftBody,
    DraftContentBody,
    ReviewBody,
    VersionBody,
)

router = APIRouter(prefix="/api/v1/models", tags=["Models"], route_class=ExactRoute)


def _model(model_id: str) -> ModelId:
    return parse_model_id(model_id)


ModelInPath = Annotated[ModelId, Depends(_model)]
Operator = Annotated[str, Query(description="Short name or DID; the caller's own without")]


@router.get("/{model_id:path}/draft")
def read(
    model_id: ModelInPath, actor: SignedIn, services: Services, operator: Operator = ""
) -> DraftBody:
    """Return the open draft of a model, with how complete it is."""
    return _told(_open_draft(model_id, actor, services, operator), actor, services)


@router.put("/{model_id:path}/draft")
def write(
    model_id: ModelInPath, body: DraftContentBody, actor: SignedIn, services: Services
) -> DraftBody:
    """Write the whole content of a draft; another revision than its own is refused with 409.

    Where no draft is open, one is begun. Nothing is signed.
    """
    operator = operator_for(actor, body.operator)
    draft = services.write_draft(actor, operator, model_id, body.content, body.revision)
    return _told(draft, actor, services)


@router.post("/{model_id:path}/draft/hand-in")
def hand_in(
    model_id: ModelInPath, actor: SignedIn, services: Services, operator: Operator = ""
) -> DraftBody:
    """Send the open draft to its review."""
    draft = _open_draft(model_id, actor, services, operator)
    return _told(services.hand_in_draft(actor, draft.draft_id), actor, services)


@router.post("/{model_id:path}/draft/review")
def review(
    model_id: ModelInPath,
    body: ReviewBody,
    actor: SignedIn,
    services: Services,
    operator: Operator = "",
) -> DraftBody:
    """Approve the draft in review, or send it back with a comment for each field."""
    draft = _open_draft(model_id, actor, services, operator)
    reviewed = services.review_draft(
        actor, draft.draft_id, is_approved=body.approved, comments=body.comments
    )
    return _told(reviewed, actor, services)


@router.post("/{model_id:path}/draft/publish")
def publish(
    model_id: ModelInPath, actor: SignedIn, services: Services, operator: Operator = ""
) -> ModelBody:
    """Sign the approved draft: the model comes on record, or gets its next version."""
    draft = _open_draft(model_id, actor, services, operator)
    return ModelBody.of(services.publish_draft(actor, draft.draft_id))


@router.post("/{model_id:path}/draft/discard")
def discard(
    model_id: ModelInPath, actor: SignedIn, services: Services, operator: Operator = ""
) -> DraftBody:
    """Put the open draft away; it is kept."""
    draft = _open_draft(model_id, actor, services, operator)
    return _told(services.discard_draft(actor, draft.draft_id), actor, services)


@router.get("/{model_id:path}/versions")
def versions(model_id: ModelInPath, actor: CurrentActor, services: Services) -> list[VersionBody]:
    """Return the signed versions of a model, oldest first, as far as the caller reads them."""
    return [VersionBody.of(one) for one in services.model_versions(actor, model_id)]


@router.get("/{model_id:path}/compare")
def compare(
    model_id: ModelInPath,
    actor: CurrentActor,
    services: Services,
    old: Annotated[int, Query(alias="from")],
    new: Annotated[int, Query(alias="to")],
) -> ComparisonBody:
    """Return what differs between two versions of a model, as far as the caller reads them."""
    return ComparisonBody.of(services.compare_versions(actor, model_id, old, new))


def _open_draft(model_id: ModelId, actor: Actor, services: Services, operator: str) -> ModelDraft:
    return services.read_open_draft(actor, operator_for(actor, operator), model_id)


def _told(draft: ModelDraft, actor: Actor, services: Services) -> DraftBody:
    return DraftBody.of(draft, services.model_progress(actor, draft.content))
