"""A battery model while people write it: kept as it was typed, reviewed, then signed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from passport.domain.errors import ConflictError
from passport.domain.identifiers import ModelId, OperatorSlug


class DraftState(StrEnum):
    """How far a draft is."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    """Reviewed and in order; it waits to be signed."""
    PUBLISHED = "published"
    """Its content is on record, signed."""
    DISCARDED = "discarded"
    """Put away; it can be restored."""


OPEN_STATES = frozenset({DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED})


class DraftStateError(ConflictError):
    """The draft is not where this step begins."""

    code = "draft-state"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftComment:
    """What a reviewer says about one term, or with an empty term about the whole."""

    term: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDraft:
    """One draft of a battery model.

    Attributes:
        content: Values by term as they were typed, wrong ones too.
        base: The content on record that the draft began with; empty for a new model.
        based_on: Version of the model on record that the draft began with; 0 for a new model.
        started_by: Person who began it.
        changed_by: Person who changed it last.
        handed_in_by: Person who sent it to review last; empty before.
        reviewed_by: Person who approved it or sent it back last; empty before.
        comments: What the reviewer said in the last review.
        revision: Counts the changes; two who save at once notice each other by it.
    """

    draft_id: str
    operator: OperatorSlug
    model_id: ModelId
    content: dict[str, object]
    base: dict[str, object]
    based_on: int
    state: DraftState
    started_by: str
    started_at: datetime
    changed_by: str
    changed_at: datetime
    handed_in_by: str = ""
    reviewed_by: str = ""
    comments: Sequence[DraftComment] = ()
    revision: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it still leads somewhere."""
        return self.state in OPEN_STATES

    @property
    def is_new_model(self) -> bool:
        """Whether its model was not on record when it began."""
        return self.based_on == 0

    def written(self, content: dict[str, object], *, by: str, at: datetime) -> "ModelDraft":
        """Return the draft with another content; an approval ends with the first change.

        Raises:
            DraftStateError: It is in review, published or discarded.
        """
        self._require("be changed", DraftState.DRAFT, DraftState.APPROVED)
        return replace(self, content=content, state=DraftState.DRAFT, changed_by=by, changed_at=at)

    def handed_in(self, *, by: str, at: datetime) -> "ModelDraft":
        """Return the draft as it waits for its review.

        Raises:
            DraftStateError: It is no draft.
        """
        self._require("be handed in", DraftState.DRAFT)
        return replace(
            self, state=DraftState.IN_REVIEW, handed_in_by=by, comments=(), changed_at=at
        )

    def reviewed(
        self, *, is_approved: bool, comments: Sequence[DraftComment], by: str, at: datetime
    ) -> "ModelDraft":
        """Return the draft as it left its review: approved, or back with its writers.

        Raises:
            DraftStateError: It is not in review.
        """
        self._require("be reviewed", DraftState.IN_REVIEW)
        return replace(
            self,
            state=DraftState.APPROVED if is_approved else DraftState.DRAFT,
            comments=tuple(comments),
            reviewed_by=by,
            changed_at=at,
        )

    def published(self, *, by: str, at: datetime) -> "ModelDraft":
        """Return the draft once its content is signed.

        Raises:
            DraftStateError: It is not approved.
        """
        self._require("be published", DraftState.APPROVED)
        return replace(self, state=DraftState.PUBLISHED, changed_by=by, changed_at=at)

    def discarded(self, *, by: str, at: datetime) -> "ModelDraft":
        """Return the draft, put away.

        Raises:
            DraftStateError: It is published or put away already.
        """
        self._require("be discarded", *OPEN_STATES)
        return replace(self, state=DraftState.DISCARDED, changed_by=by, changed_at=at)

    def restored(self, *, by: str, at: datetime) -> "ModelDraft":
        """Return the draft, taken out again.

        Raises:
            DraftStateError: It is not put away.
        """
        self._require("be restored", DraftState.DISCARDED)
        return replace(self, state=DraftState.DRAFT, changed_by=by, changed_at=at)

    def _require(self, step: str, *states: DraftState) -> None:
        if self.state not in states:
            raise DraftStateError(
                f"the draft of {self.model_id} is {_WORDS[self.state]} and cannot {step}"
            )


_WORDS = {
    DraftState.DRAFT: "not handed in yet",
    DraftState.IN_REVIEW: "in review",
    DraftState.APPROVED: "approved",
    DraftState.PUBLISHED: "published",
    DraftState.DISCARDED: "discarded",
}
