"""A model is written, reviewed by a second person, and signed: drafts from begin to record.

Signing happens in `publish_draft` alone. What an operator's own systems put on record through
`passport.services.issue.add_model` takes no such way: four eyes are the editor's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from passport.domain.access import BATTERY_SCOPE, READ_SCOPE, require_reach, require_role
from passport.domain.actor import Actor, Role
from passport.domain.battery import BatteryModel
from passport.domain.content import Content
from passport.domain.content_changes import Clash, joined
from passport.domain.document import StoredDocument
from passport.domain.errors import AccessDeniedError, ConflictError, NotFoundError
from passport.domain.identifiers import ModelId
from passport.domain.model_draft import DraftComment, DraftState, ModelDraft
from passport.linked_data.schemas import normalise_content
from passport.services.amend import amend_model
from passport.services.desk import new_id
from passport.services.issue import ModelUnknownError, NewModel, add_model
from passport.services.operators import read_operator, require_acts_for
from passport.services.ports import Work

_WRITERS = (Role.OPERATOR, Role.SECOND_LIFE, Role.SYSTEM)
_OF_ONE_MODEL = frozenset({"modelIdentifier", "modelName"})
"""What a copy does not take over: it names the model."""


class DraftUnknownError(NotFoundError):
    """There is no such draft, or it is not this actor's."""

    code = "draft-unknown"


class DraftClashError(ConflictError):
    """Somebody else changed the same fields of a draft first; nothing was saved.

    Attributes:
        draft: The draft as it is now.
        clashes: Both values of each field that two people changed.
    """

    code = "draft-clash"

    def __init__(self, draft: ModelDraft, clashes: Sequence[Clash]) -> None:
        names = ", ".join(clash.term for clash in clashes)
        super().__init__(
            f"{draft.changed_by} changed the same meanwhile: {names}; read revision "
            f"{draft.revision} and save again"
        )
        self.draft = draft
        self.clashes = tuple(clashes)


class DraftOutdatedError(ConflictError):
    """The model on record changed since the draft began."""

    code = "draft-outdated"


class FourEyesError(AccessDeniedError):
    """Who handed a draft in does not approve it."""

    code = "four-eyes"


class NothingChangedError(ConflictError):
    """The draft says what is on record already."""

    code = "nothing-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """A draft to be begun.

    Attributes:
        content: What it begins with where the model is not on record, such as an example.
        copy_of: Another model of the operator that it begins with.
    """

    model_id: ModelId
    content: Content = field(default_factory=dict)
    copy_of: ModelId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """What one save brings.

    Attributes:
        values: Values by term as they were typed; a term of ``terms`` that is missing is emptied.
        terms: The terms that were on the form; ``None`` for the whole content.
        base: Values of these terms that the form began with.
        revision: Revision that the form began with.
    """

    values: Content
    base: Content
    revision: int
    terms: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerStanding:
    """Whether an actor may approve a draft, and why not."""

    may_approve: bool
    needs_another: bool
    reason: str = ""


def start_draft(actor: Actor, operator: str, new: NewDraft, *, work: Work) -> ModelDraft:
    """Begin a draft of a new model or of one on record; where one is open, return that.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        ConflictError: The model is on record with another operator.
        ModelUnknownError: The model to copy is not on record with this operator.
    """
    owner = _require_writer(actor, operator, work=work)
    opened = work.drafts.find_open(owner, new.model_id)
    if opened is not None:
        return opened
    draft = _new_draft(actor, owner, new, work=work)
    work.drafts.add(draft)
    return draft


def _new_draft(actor: Actor, owner: str, new: NewDraft, *, work: Work) -> ModelDraft:
    known = _on_record(new.model_id, owner, work=work)
    now = work.clock.now()
    return ModelDraft(
        draft_id=new_id(),
        operator=read_operator(owner, work=work).slug,
        model_id=new.model_id,
        content=_beginning(owner, new, known, work=work),
        base={} if known is None else dict(known.content),
        based_on=_version(known),
        state=DraftState.DRAFT,
        started_by=actor.name,
        started_at=now,
        changed_by=actor.name,
        changed_at=now,
    )


def _beginning(
    owner: str, new: NewDraft, known: BatteryModel | None, *, work: Work
) -> dict[str, object]:
    if known is not None:
        return dict(known.content)
    if new.copy_of is None:
        return as_kept(new.content)
    copied = work.passports.find_model(new.copy_of)
    if copied is None or copied.operator != owner:
        raise ModelUnknownError(f"{owner} has no model {new.copy_of} to copy")
    return {name: value for name, value in copied.content.items() if name not in _OF_ONE_MODEL}


def read_draft(actor: Actor, draft_id: str, *, work: Work) -> ModelDraft:
    """Return a draft to those who act for its operator.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
    """
    draft = work.drafts.find(draft_id)
    if draft is None or not _acts_for(actor, draft.operator, work=work):
        raise DraftUnknownError(f"there is no draft {draft_id} of yours")
    require_reach(actor, READ_SCOPE, BATTERY_SCOPE)
    return draft


def read_open_draft(actor: Actor, operator: str, model_id: ModelId, *, work: Work) -> ModelDraft:
    """Return the open draft of a model to those who act for its operator.

    Raises:
        DraftUnknownError: The model has none.
        AccessDeniedError: The actor does not act for the operator.
    """
    require_reach(actor, READ_SCOPE, BATTERY_SCOPE)
    owner = read_operator(operator, work=work)
    require_acts_for(actor, owner, work=work)
    draft = work.drafts.find_open(owner.slug, model_id)
    if draft is None:
        raise DraftUnknownError(f"{owner.slug} has no open draft of model {model_id}")
    return draft


def list_drafts(actor: Actor, *, work: Work) -> Sequence[ModelDraft]:
    """Return the drafts of the actor's organisation and of those that authorised it.

    Raises:
        AccessDeniedError: The actor writes no models, or the login does not reach to reading.
    """
    require_reach(actor, READ_SCOPE, BATTERY_SCOPE)
    require_role(actor, *_WRITERS)
    return work.drafts.of_operators(_operators_of(actor, work=work))


def list_models_to_write(actor: Actor, *, work: Work) -> Sequence[BatteryModel]:
    """Return the models of the actor's organisation and of those that authorised it.

    Raises:
        AccessDeniedError: The actor writes no models, or the login does not reach to reading.
    """
    require_reach(actor, READ_SCOPE, BATTERY_SCOPE)
    require_role(actor, *_WRITERS)
    operators = sorted(_operators_of(actor, work=work))
    return [model for operator in operators for model in work.passports.models_of(operator)]


def list_operators(actor: Actor, *, work: Work) -> Sequence[str]:
    """Return the operators that the actor writes models for, its own organisation first."""
    others = _operators_of(actor, work=work) - {actor.organisation}
    return [actor.organisation, *sorted(others)] if actor.organisation else []


def count_batteries(actor: Actor, *, work: Work) -> Mapping[str, int]:
    """Return how many batteries of each model are on record, for the models the actor writes.

    Raises:
        AccessDeniedError: The actor writes no models, or the login does not reach to reading.
    """
    models = list_models_to_write(actor, work=work)
    return work.passports.count_by_model([model.model_id for model in models])


def list_documents_for(actor: Actor, operator: str, *, work: Work) -> Sequence[StoredDocument]:
    """Return the documents that an operator keeps here, to who writes its models; newest first.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
    """
    return work.documents.of_organisation(_require_writer(actor, operator, work=work))


def save_draft(actor: Actor, draft_id: str, change: DraftChange, *, work: Work) -> ModelDraft:
    """Keep what was typed, wrong values too; what others changed meanwhile stays.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        DraftClashError: Others changed the same fields otherwise; both values are told.
        DraftStateError: The draft is in review, published or discarded.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    terms = change.terms
    covered = {
        name: value for name, value in draft.content.items() if terms is None or name in terms
    }
    rest = {name: value for name, value in draft.content.items() if name not in covered}
    values = as_kept(change.values)
    if change.revision == draft.revision:
        merged = values
    else:
        merged, clashes = joined(as_kept(change.base), values, covered)
        if clashes:
            raise DraftClashError(draft, clashes)
    content = rest | {name: value for name, value in merged.items() if value is not None}
    if content == draft.content:
        return draft
    return _save(draft.written(content, by=actor.name, at=work.clock.now()), work=work)


def write_draft(  # noqa: PLR0913 - a draft as a program writes it whole
    actor: Actor,
    operator: str,
    model_id: ModelId,
    content: Content,
    revision: int | None,
    *,
    work: Work,
) -> ModelDraft:
    """Write the whole content of a model's draft; where none is open, one is begun.

    Args:
        actor: Who writes.
        operator: Short name or DID of the operator.
        model_id: The model.
        content: Values by term, right or wrong.
        revision: Revision of the open draft that the content was made from; ``None`` for a first
            one.
        work: The unit of work.

    Raises:
        AccessDeniedError: The actor does not act for the operator.
        ConflictError: The model is on record with another operator.
        DraftClashError: The open draft has another revision; both values are told.
        DraftStateError: The draft is in review.
    """
    owner = _require_writer(actor, operator, work=work)
    opened = work.drafts.find_open(owner, model_id)
    values = as_kept(content)
    if opened is None:
        begun = _new_draft(actor, owner, NewDraft(model_id=model_id), work=work)
        draft = replace(begun, content=values)
        work.drafts.add(draft)
        return draft
    if revision != opened.revision and values != opened.content:
        names = dict.fromkeys((*opened.content, *values))
        clashes = [
            Clash(term=name, mine=values.get(name), theirs=opened.content.get(name))
            for name in names
            if values.get(name) != opened.content.get(name)
        ]
        raise DraftClashError(opened, clashes)
    if values == opened.content:
        return opened
    return _save(opened.written(values, by=actor.name, at=work.clock.now()), work=work)


def hand_in_draft(actor: Actor, draft_id: str, *, work: Work) -> ModelDraft:
    """Send a draft to its review; it stays as it is until then.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        NothingChangedError: It says what is on record already.
        DraftStateError: It is no open draft.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    _require_news(draft)
    return _save(draft.handed_in(by=actor.name, at=work.clock.now()), work=work)


def review_draft(
    actor: Actor, draft_id: str, *, is_approved: bool, comments: Mapping[str, str], work: Work
) -> ModelDraft:
    """Approve a draft, or send it back with a comment for each field.

    Args:
        actor: The reviewer.
        draft_id: The draft.
        is_approved: Whether it may be signed as it is.
        comments: What to change, by term; the empty name stands for the whole.
        work: The unit of work.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        FourEyesError: The actor handed it in, and another person could review it.
        DraftStateError: It is not in review.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    standing = reviewer_standing(actor, draft, work=work)
    if is_approved and not standing.may_approve:
        raise FourEyesError(standing.reason)
    now = work.clock.now()
    said = [
        DraftComment(term=term, text=text.strip(), by=actor.name, at=now)
        for term, text in comments.items()
        if text.strip()
    ]
    reviewed = draft.reviewed(is_approved=is_approved, comments=said, by=actor.name, at=now)
    return _save(reviewed, work=work)


def reviewer_standing(actor: Actor, draft: ModelDraft, *, work: Work) -> ReviewerStanding:
    """Return whether an actor may approve a draft: four eyes where the operator has them."""
    people = work.accounts.count_of(draft.operator)
    needs_another = people > 1 and not work.allows_own_review
    if needs_another and draft.handed_in_by == actor.name:
        return ReviewerStanding(
            may_approve=False,
            needs_another=True,
            reason=f"{actor.name} handed the draft of {draft.model_id} in; "
            f"another person of {draft.operator} approves it",
        )
    return ReviewerStanding(may_approve=True, needs_another=needs_another)


def publish_draft(actor: Actor, draft_id: str, *, work: Work) -> BatteryModel:
    """Sign an approved draft: the model comes on record, or gets its next version.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        DraftStateError: It is not approved.
        DraftOutdatedError: The model on record changed since the draft began.
        ConflictError: The model came on record with another operator meanwhile.
        ContentRefusedError: The content breaks the rules of its terms; every place is named.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    published = draft.published(by=actor.name, at=work.clock.now())
    known = _on_record(draft.model_id, draft.operator, work=work)
    if _version(known) != draft.based_on:
        raise DraftOutdatedError(
            f"model {draft.model_id} is on record in version {_version(known)}, and the draft "
            f"began with {draft.based_on or 'none'}; bring the newer version in first"
        )
    _require_news(draft)
    if known is None:
        new = NewModel(model_id=draft.model_id, content=draft.content)
        model = add_model(actor, draft.operator, new, work=work)
    else:
        model = amend_model(actor, draft.model_id, draft.content, work=work)
    _save(published, work=work)
    return model


def catch_up_draft(actor: Actor, draft_id: str, *, work: Work) -> ModelDraft:
    """Bring the version on record into a draft that began before it.

    What the draft changed stays; where the record changed the same, a comment tells its value.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        ConflictError: The model came on record with another operator; nothing of it is told.
        DraftStateError: It is in review, published or discarded.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    known = _on_record(draft.model_id, draft.operator, work=work)
    if known is None or _version(known) == draft.based_on:
        return draft
    now = work.clock.now()
    content, clashes = joined(draft.base, draft.content, known.content)
    for clash in clashes:
        content.pop(clash.term, None)
        if clash.mine is not None:
            content[clash.term] = clash.mine
    caught_up = replace(
        draft.written(content, by=actor.name, at=now),
        base=dict(known.content),
        based_on=_version(known),
        comments=tuple(
            DraftComment(
                term=clash.term,
                text="The version on record has another value here since; compare the two.",
                by=actor.name,
                at=now,
            )
            for clash in clashes
        ),
    )
    return _save(caught_up, work=work)


def discard_draft(actor: Actor, draft_id: str, *, work: Work) -> ModelDraft:
    """Put a draft away; `restore_draft` takes it out again.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        DraftStateError: It is published or put away already.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    return _save(draft.discarded(by=actor.name, at=work.clock.now()), work=work)


def restore_draft(actor: Actor, draft_id: str, *, work: Work) -> ModelDraft:
    """Take a draft out again that was put away.

    Raises:
        DraftUnknownError: There is none that the actor may know of.
        DraftStateError: It is not put away.
        ConflictError: Another draft of the model is open.
    """
    draft = _draft_to_write(actor, draft_id, work=work)
    restored = draft.restored(by=actor.name, at=work.clock.now())
    if work.drafts.find_open(draft.operator, draft.model_id) is not None:
        raise ConflictError(f"another draft of model {draft.model_id} is open; discard it first")
    return _save(restored, work=work)


def as_kept(content: Content) -> dict[str, object]:
    """Return a content as drafts keep it: exact decimals as text, everything else as it came."""
    return {name: _as_kept(value) for name, value in content.items() if value is not None}


def _as_kept(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case Mapping():
            return {str(name): _as_kept(one) for name, one in value.items() if one is not None}
        case list() | tuple():
            return [_as_kept(one) for one in value]
        case _:
            return value


def _on_record(model_id: ModelId, operator: str, *, work: Work) -> BatteryModel | None:
    """Return an operator's model, if it is on record.

    A draft may have begun before somebody else's model of that name: its content is not for it.

    Raises:
        ConflictError: The model is on record with another operator.
    """
    known = work.passports.find_model(model_id)
    if known is not None and known.operator != operator:
        raise ConflictError(f"model {model_id} is on record with another operator")
    return known


def _require_news(draft: ModelDraft) -> None:
    if not draft.is_new_model and normalise_content(draft.content) == draft.base:
        raise NothingChangedError(
            f"the draft says what version {draft.based_on} of {draft.model_id} says already"
        )


def _save(draft: ModelDraft, *, work: Work) -> ModelDraft:
    work.drafts.save(draft)
    return replace(draft, revision=draft.revision + 1)


def _draft_to_write(actor: Actor, draft_id: str, *, work: Work) -> ModelDraft:
    draft = read_draft(actor, draft_id, work=work)
    _require_writer(actor, draft.operator, work=work)
    return draft


def _require_writer(actor: Actor, operator: str, *, work: Work) -> str:
    require_reach(actor, BATTERY_SCOPE)
    require_role(actor, *_WRITERS)
    owner = read_operator(operator, work=work)
    require_acts_for(actor, owner, work=work)
    return owner.slug


def _operators_of(actor: Actor, *, work: Work) -> set[str]:
    if not actor.organisation:
        return set()
    return {actor.organisation, *work.operators.authorised_by(actor.organisation)}


def _acts_for(actor: Actor, operator: str, *, work: Work) -> bool:
    return actor.has(Role.SYSTEM) or operator in _operators_of(actor, work=work)


def _version(model: BatteryModel | None) -> int:
    return 0 if model is None else model.revision + 1
