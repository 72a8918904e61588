"""Bodies of requests and answers about drafts and versions of models."""

from typing import Any

from pydantic import Field

from passport.domain.content_changes import Change
from passport.domain.errors import Problem
from passport.domain.model_draft import DraftState, ModelDraft
from passport.services.model_progress import ModelProgress, PointProgress
from passport.services.model_versions import Comparison, ModelVersion
from passport.web.wire import Body, Instant, Terms


class DraftContentBody(Body):
    """The whole content of a draft; wrong values are kept as they are."""

    content: Terms
    revision: int | None = Field(
        default=None, description="Revision it was made from; left out for the first one"
    )
    operator: str = Field(default="", description="Short name or DID; the caller's own without")


class ReviewBody(Body):
    """What a reviewer decides."""

    approved: bool
    comments: dict[str, str] = Field(
        default_factory=dict, description="What to change, by term; the empty name for the whole"
    )


class CommentBody(Body):
    """What a reviewer said."""

    term: str
    text: str
    by: str
    at: Instant


class PointBody(Body):
    """How one data point of Annex XIII stands."""

    data_point: str
    point: str
    label: str
    terms: list[str]
    requirement: str
    answer: str

    @classmethod
    def of(cls, progress: PointProgress) -> "PointBody":
        """Return a data point on the wire."""
        point = progress.standing.data_point
        return cls(
            data_point=point.number,
            point=point.point,
            label=point.label,
            terms=list(progress.terms),
            requirement=progress.standing.requirement.value,
            answer=progress.answer.value,
        )


class WrongBody(Body):
    """One value that cannot be signed as it is."""

    path: str
    message: str

    @classmethod
    def of(cls, problem: Problem) -> "WrongBody":
        """Return a problem on the wire."""
        return cls(path=problem.path, message=problem.message)


class DraftBody(Body):
    """A draft with its completeness."""

    draft_id: str
    model_id: str
    operator: str
    state: DraftState
    revision: int
    based_on: int = Field(description="Version on record that it began with; 0 for a new model")
    content: dict[str, Any]
    changed_by: str
    changed_at: Instant
    comments: list[CommentBody]
    mandatory: int
    filled: int
    points: list[PointBody]
    wrong: list[WrongBody]

    @classmethod
    def of(cls, draft: ModelDraft, progress: ModelProgress) -> "DraftBody":
        """Return a draft on the wire."""
        return cls(
            draft_id=draft.draft_id,
            model_id=draft.model_id,
            operator=draft.operator,
            state=draft.state,
            revision=draft.revision,
            based_on=draft.based_on,
            content=draft.content,
            changed_by=draft.changed_by,
            changed_at=draft.changed_at,
            comments=[
                CommentBody(term=one.term, text=one.text, by=one.by, at=one.at)
                for one in draft.comments
            ],
            mandatory=progress.mandatory,
            filled=progress.filled,
            points=[PointBody.of(one) for one in progress.points],
            wrong=[WrongBody.of(one) for one in progress.problems],
        )


class VersionStatementBody(Body):
    """One statement of a version."""

    kind: str
    iri: str
    version: int


class VersionBody(Body):
    """One signed version of a model, as far as the caller reads it."""

    number: int
    signed_at: Instant
    statements: list[VersionStatementBody]

    @classmethod
    def of(cls, version: ModelVersion) -> "VersionBody":
        """Return a version on the wire."""
        return cls(
            number=version.number,
            signed_at=version.signed_at,
            statements=[
                VersionStatementBody(kind=one.kind.value, iri=one.iri, version=one.version)
                for one in version.statements
            ],
        )


class ChangeBody(Body):
    """One place in which two versions differ; of a list the rows that went and came."""

    path: str
    old: Any = None
    new: Any = None
    removed: list[Any] = Field(default_factory=list)
    added: list[Any] = Field(default_factory=list)

    @classmethod
    def of(cls, change: Change) -> "ChangeBody":
        """Return a difference on the wire."""
        return cls(
            path=change.path,
            old=change.old,
            new=change.new,
            removed=list(change.removed),
            added=list(change.added),
        )


class ComparisonBody(Body):
    """Two versions beside each other."""

    old: int
    new: int
    changes: list[ChangeBody]

    @classmethod
    def of(cls, comparison: Comparison) -> "ComparisonBody":
        """Return a comparison on the wire."""
        return cls(
            old=comparison.old.number,
            new=comparison.new.number,
            changes=[ChangeBody.of(one) for one in comparison.changes],
        )
