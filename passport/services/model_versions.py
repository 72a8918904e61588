"""The signed versions of a model, and what differs between two of them, as far as a reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passport.domain.actor import Actor
from passport.domain.content import Content, terms_at
from passport.domain.content_changes import Change, changes_between
from passport.domain.errors import NotFoundError
from passport.domain.identifiers import ModelId
from passport.domain.passport import StatementKind
from passport.linked_data.documents import content_of, parse_document
from passport.services.disclosure import points_of_model
from passport.services.issue import MODEL_LEVELS
from passport.services.ports import SignedStatement, Work

_OF_A_MODEL = (
    StatementKind.MODEL_PUBLIC,
    StatementKind.MODEL_RESTRICTED,
    StatementKind.MODEL_AUTHORITY,
    StatementKind.PRODUCTION,
)


class VersionUnknownError(NotFoundError):
    """The model has no version of this number."""

    code = "version-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A model as it was signed at one time; each version has a public statement.

    Attributes:
        number: Counts the versions from 1.
        signed_at: When its public statement was signed.
        statements: The statements that held from then on and that the reader sees, one a kind.
    """

    number: int
    signed_at: datetime
    statements: Sequence[SignedStatement]

    @property
    def content(self) -> Content:
        """What people entered of the model, and why what is missing is; links are left out."""
        content: dict[str, object] = {}
        for statement in self.statements:
            content |= content_of(parse_document(statement.body))
        entered = terms_at(MODEL_LEVELS)
        return {name: value for name, value in content.items() if name in entered}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions of a model beside each other."""

    old: ModelVersion
    new: ModelVersion

    @property
    def changes(self) -> Sequence[Change]:
        """Every place in which they differ."""
        return tuple(changes_between(self.old.content, self.new.content))


def versions_of(actor: Actor, model_id: ModelId, *, work: Work) -> Sequence[ModelVersion]:
    """Return the signed versions of a model, oldest first, with what the reader sees of each.

    Raises:
        ModelUnknownError: The model is not on record.
    """
    points = points_of_model(actor, model_id, work=work)
    by_kind = {kind: work.statements.all_about(model_id, kind) for kind in _OF_A_MODEL}
    public = sorted(by_kind[StatementKind.MODEL_PUBLIC], key=lambda one: one.version)
    readable = {
        kind: sorted((one for one in statements if one.point in points), key=_place_in_log)
        for kind, statements in by_kind.items()
    }
    versions = []
    for place, statement in enumerate(public):
        until = _place_in_log(public[place + 1]) if place + 1 < len(public) else None
        held = [_newest_before(found, until) for found in readable.values()]
        versions.append(
            ModelVersion(
                number=statement.version,
                signed_at=statement.issued_at,
                statements=[one for one in held if one is not None],
            )
        )
    return versions


def compare_versions(
    actor: Actor, model_id: ModelId, old: int, new: int, *, work: Work
) -> Comparison:
    """Return two versions of a model beside each other, as far as the reader sees them.

    Raises:
        ModelUnknownError: The model is not on record.
        VersionUnknownError: It has no version of one of the numbers.
    """
    versions = {one.number: one for one in versions_of(actor, model_id, work=work)}
    for number in (old, new):
        if number not in versions:
            raise VersionUnknownError(
                f"model {model_id} has no version {number}; it has 1 to {len(versions)}"
            )
    return Comparison(old=versions[old], new=versions[new])


def _newest_before(
    statements: Sequence[SignedStatement], until: int | None
) -> SignedStatement | None:
    """Return the last statement that stands in the log before the next version begins there."""
    found = [one for one in statements if until is None or _place_in_log(one) < until]
    return found[-1] if found else None


def _place_in_log(statement: SignedStatement) -> int:
    # Of what is signed together the public statement comes first, so it begins its version.
    return statement.leaf_index or 0
