"""A second person looks at a draft; then it is signed: what changed, who reads it, what remains."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.content import find_term, terms_at
from passport.domain.errors import AccessDeniedError, ConflictError, ContentRefusedError
from passport.domain.model_draft import DraftState, ModelDraft
from passport.domain.passport import StatementKind
from passport.services.issue import MODEL_LEVELS
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Link, Notice, Tone
from passport.ui.views.editor import OpenPoint, PublishPage, Reader, ReviewPage
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.editor.changes import change_groups
from passport.web.editor.meter import meter_of, path_to, words_of
from passport.web.pages.drafts import MODELS, changes_text, name_of, path_of
from passport.web.pages.model_editor import WRITERS, policy_text, show_draft
from passport.web.pages.scan import sentence
from passport.web.problems import status_of
from passport.web.uploads import FormSent, SentForm

router = APIRouter(include_in_schema=False)

_APPROVE, _SEND_BACK = "approve", "send-back"
_COMMENT = "comment:"
_READERS: Mapping[StatementKind, str] = {
    StatementKind.MODEL_PUBLIC: "Everybody who scans the QR code",
    StatementKind.PRODUCTION: "Everybody who scans the QR code",
    StatementKind.MODEL_RESTRICTED: "Persons with a legitimate interest, and authorities",
    StatementKind.MODEL_AUTHORITY: "Notified bodies, market surveillance authorities and the "
    "Commission",
}
_TITLES: Mapping[StatementKind, str] = {
    StatementKind.MODEL_PUBLIC: "The model, public part",
    StatementKind.PRODUCTION: "The production run of a plant and year",
    StatementKind.MODEL_RESTRICTED: "The model, restricted part",
    StatementKind.MODEL_AUTHORITY: "Test reports",
}


# --- steps of a draft -----------------------------------------------------------------------------


@router.post(f"{MODELS}/drafts/{{draft_id}}/hand-in")
def hand_in(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Send a draft to its review."""
    require_role(visit.actor, *WRITERS)
    try:
        draft = visit.services.hand_in_draft(visit.actor, draft_id)
    except ConflictError as refusal:
        return _refused_step(visit, draft_id, refusal)
    return see_other(f"{path_of(draft)}?said=handed-in")


@router.post(f"{MODELS}/drafts/{{draft_id}}/discard")
def discard(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Put a draft away; it can be restored."""
    require_role(visit.actor, *WRITERS)
    visit.services.discard_draft(visit.actor, draft_id)
    return see_other(f"{MODELS}?said=discarded")


@router.post(f"{MODELS}/drafts/{{draft_id}}/restore")
def restore(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Take a draft out again."""
    require_role(visit.actor, *WRITERS)
    try:
        draft = visit.services.restore_draft(visit.actor, draft_id)
    except ConflictError as refusal:
        return _refused_step(visit, draft_id, refusal)
    return see_other(f"{path_of(draft)}?said=restored")


@router.post(f"{MODELS}/drafts/{{draft_id}}/catch-up")
def catch_up(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Bring the version on record into a draft that began before it."""
    require_role(visit.actor, *WRITERS)
    draft = visit.services.catch_up_draft(visit.actor, draft_id)
    return see_other(f"{path_of(draft)}?said=caught-up")


def _refused_step(visit: Visit, draft_id: str, refusal: ConflictError) -> Response:
    draft = visit.services.read_draft(visit.actor, draft_id)
    notice = Notice(title=sentence(str(refusal)), tone=Tone.WARNING)
    return show_draft(visit, draft, notices=(notice,), status=status_of(refusal))


# --- review ---------------------------------------------------------------------------------------


@router.get(f"{MODELS}/drafts/{{draft_id}}/review")
def review_page(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Show what a draft changes, to be approved or sent back."""
    require_role(visit.actor, *WRITERS)
    draft = visit.services.read_draft(visit.actor, draft_id)
    if draft.state is not DraftState.IN_REVIEW:
        return see_other(path_of(draft))
    return _show_review(visit, draft, EMPTY_FORM)


@router.post(f"{MODELS}/drafts/{{draft_id}}/review")
def review(draft_id: str, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Approve a draft, or send it back with comments."""
    require_role(visit.actor, *WRITERS)
    draft = visit.services.read_draft(visit.actor, draft_id)
    comments = _comments_of(form)
    decision = form.text("decision")
    if decision not in {_APPROVE, _SEND_BACK}:
        return _show_review(
            visit,
            draft,
            form.shown({"decision": "Approve it, or send it back"}),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    if decision == _SEND_BACK and not comments:
        return _show_review(
            visit,
            draft,
            form.shown({f"{_COMMENT}": "Say what is to be changed"}),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    try:
        draft = visit.services.review_draft(
            visit.actor, draft_id, is_approved=decision == _APPROVE, comments=comments
        )
    except (AccessDeniedError, ConflictError) as refusal:
        shown = form.shown(problem=sentence(str(refusal)))
        return _show_review(visit, draft, shown, status_of(refusal))
    said = "approved" if decision == _APPROVE else "sent-back"
    return see_other(f"{path_of(draft)}?said={said}")


def _comments_of(form: SentForm) -> dict[str, str]:
    """Return what was said of each term; a term that changed in two places has two fields."""
    said = {
        name.removeprefix(_COMMENT): "; ".join(text.strip() for text in texts if text.strip())
        for name, texts in form.texts.items()
        if name.startswith(_COMMENT)
    }
    field, more = form.text("field"), form.text("more")
    if field and more:
        said[field] = "; ".join(filter(None, (said.get(field, ""), more)))
    return {term: text for term, text in said.items() if text}


def _show_review(
    visit: Visit, draft: ModelDraft, form: FormState, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    progress = visit.services.model_progress(visit.actor, draft.content)
    standing = visit.services.reviewer_standing(visit.actor, draft)
    groups = change_groups(draft.base, draft.content)
    changed = {change.term for group in groups for change in group.changes}
    page = ReviewPage(
        model=name_of(draft),
        action=f"{path_of(draft)}/review",
        overview=Link(text="The whole draft", href=path_of(draft)),
        summary=changes_text(draft),
        groups=groups,
        meter=meter_of(progress, draft_path=path_of(draft)),
        fields=tuple(
            (term.name, term.label)
            for term in terms_at(MODEL_LEVELS).values()
            if term.name not in changed
        ),
        may_approve=standing.may_approve,
        policy=sentence(standing.reason)
        if standing.reason
        else policy_text(needs_another=standing.needs_another),
        form=form,
        notices=tuple(
            Notice(title=one.message, text=one.source, tone=Tone.WARNING)
            for one in progress.findings
        ),
    )
    return visit.pages.show("model_review.html", page, status=status)


# --- publish --------------------------------------------------------------------------------------


@router.get(f"{MODELS}/drafts/{{draft_id}}/publish")
def publish_page(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Show what will be signed and who can read it."""
    require_role(visit.actor, *WRITERS)
    draft = visit.services.read_draft(visit.actor, draft_id)
    if draft.state is not DraftState.APPROVED:
        return see_other(path_of(draft))
    return _show_publish(visit, draft)


@router.post(f"{MODELS}/drafts/{{draft_id}}/publish")
def publish(draft_id: str, visit: VisitedSignedIn) -> Response:
    """Sign a draft."""
    require_role(visit.actor, *WRITERS)
    try:
        model = visit.services.publish_draft(visit.actor, draft_id)
    except (ContentRefusedError, ConflictError) as refusal:
        draft = visit.services.read_draft(visit.actor, draft_id)
        return _show_publish(visit, draft, refusal)
    return see_other(f"/models/{model.model_id}/versions?said=published")


def _show_publish(
    visit: Visit, draft: ModelDraft, refusal: ContentRefusedError | ConflictError | None = None
) -> Response:
    progress = visit.services.model_progress(visit.actor, draft.content)
    path = path_of(draft)
    problems = refusal.problems if isinstance(refusal, ContentRefusedError) else ()
    page = PublishPage(
        model=name_of(draft),
        action=f"{path}/publish",
        overview=Link(text="The whole draft", href=path),
        version="the first version" if draft.is_new_model else f"version {draft.based_on + 1}",
        readers=tuple(
            Reader(title=_TITLES[kind], readers=_READERS[kind], count=count)
            for kind, count in _counts(draft).items()
        ),
        groups=change_groups(draft.base, draft.content),
        meter=meter_of(progress, draft_path=path),
        problem=sentence(str(refusal)) if refusal else "",
        problems=tuple(
            OpenPoint(
                label=words_of(one),
                clause="",
                href=path_to(one.path.strip("/").partition("/")[0], path),
            )
            for one in problems
        ),
    )
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return visit.pages.show("model_publish.html", page, status=status)


def _counts(draft: ModelDraft) -> dict[StatementKind, int]:
    """Return how many data each statement will hold, in the order of the statements."""
    kinds = [
        term.kinds[0]
        for name in draft.content
        if (term := find_term(name)) is not None and term.kinds
    ]
    return {kind: kinds.count(kind) for kind in _TITLES if kind in kinds}
