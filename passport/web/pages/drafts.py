"""Parts that the pages around a draft share: its name, its groups, its state in words."""

from collections.abc import Mapping

from passport.domain.content import AbsenceReason
from passport.domain.content_changes import changes_between
from passport.domain.model_draft import DraftState, ModelDraft
from passport.services.model_progress import Answer, ModelProgress
from passport.ui.views.common import Badge, Tone
from passport.ui.views.editor import GroupLine, Option
from passport.web.editor.groups import Group, all_groups
from passport.web.pages.record import model_name

MODELS = "/operator/models"
STATES: Mapping[DraftState, Badge] = {
    DraftState.DRAFT: Badge(text="Draft", tone=Tone.INFORMATION),
    DraftState.IN_REVIEW: Badge(text="In review", tone=Tone.HELD),
    DraftState.APPROVED: Badge(text="Approved, not signed yet", tone=Tone.WARNING),
    DraftState.PUBLISHED: Badge(text="Published", tone=Tone.AUTHENTIC),
    DraftState.DISCARDED: Badge(text="Discarded", tone=Tone.NEUTRAL),
}
ABSENCE_WORDS: Mapping[AbsenceReason, str] = {
    AbsenceReason.NOT_APPLICABLE: "It does not apply to this battery: you sign that, and it counts "
    "as answered",
    AbsenceReason.NOT_PROVIDED: "It is not provided: everybody reads that it is missing, and where "
    "the law asks for it the battery may not be placed on the market",
    AbsenceReason.NOT_YET_REQUIRED: "It is not required yet: right only until its duty begins",
}


def path_of(draft: ModelDraft) -> str:
    """Return the address of a draft."""
    return f"{MODELS}/drafts/{draft.draft_id}"


def name_of(draft: ModelDraft) -> str:
    """Return what people call the model of a draft; its identifier while it has no name."""
    name = draft.content.get("modelName")
    readable = isinstance(name, Mapping) and "absent" not in name
    content = draft.content if readable else {**draft.content, "modelName": None}
    return model_name(content) or f"Model {draft.model_id}"


def group_lines(
    draft: ModelDraft, progress: ModelProgress, *, current: Group | None = None
) -> tuple[GroupLine, ...]:
    """Return the table of contents of a draft, with how complete each group is."""
    return tuple(
        _group_line(group, draft, progress, is_current=group == current) for group in all_groups()
    )


def _group_line(
    group: Group, draft: ModelDraft, progress: ModelProgress, *, is_current: bool
) -> GroupLine:
    names = {term.name for term in group.terms}
    filled = sum(name in draft.content for name in names)
    asked = [
        point
        for point in progress.points
        if any(path.partition(".")[0] in names for path in point.terms)
    ]
    still = sum(point.answer is Answer.OPEN for point in asked)
    questions = sum(point.answer is Answer.QUESTION for point in asked)
    wrong = sum(problem.path.strip("/").partition("/")[0] in names for problem in progress.problems)
    return GroupLine(
        title=group.title,
        href=f"{path_of(draft)}/edit/{group.name}",
        detail=f"{filled} of {len(names)} {'field' if len(names) == 1 else 'fields'} filled",
        badge=_badge(wrong, still, questions, has_any=bool(asked)),
        is_current=is_current,
    )


def _badge(wrong: int, still: int, questions: int, *, has_any: bool) -> Badge | None:
    if wrong:
        return Badge(text=f"{wrong} to correct", tone=Tone.DANGER)
    if still:
        return Badge(text=f"{still} to fill", tone=Tone.WARNING)
    if questions:
        return Badge(text=f"{questions} to answer", tone=Tone.INFORMATION)
    return Badge(text="Complete", tone=Tone.AUTHENTIC) if has_any else None


def changes_text(draft: ModelDraft) -> str:
    """Return how much a draft changes, in words."""
    if draft.is_new_model:
        return "A new model: nothing of it is on record yet."
    count = len(list(changes_between(draft.base, draft.content)))
    if not count:
        return f"It says what version {draft.based_on} on record says."
    places = "1 place" if count == 1 else f"{count} places"
    return f"It differs from version {draft.based_on} on record in {places}."


def absence_options(chosen: AbsenceReason | None) -> tuple[Option, ...]:
    """Return the reasons why a value can be absent, each with what it means."""
    return tuple(
        Option(value=reason.value, text=text, is_chosen=reason is chosen)
        for reason, text in ABSENCE_WORDS.items()
    )
