"""How complete a model is: which data points of Annex XIII are filled, and what is wrong in it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from passport.domain.applicability import Needs, Scope
from passport.domain.content import Content, DatumState, Requirement, terms_at
from passport.domain.errors import ContentRefusedError, Problem
from passport.linked_data.schemas import check_content, normalise_content
from passport.rules.annex_xiii import Standing, standing_of
from passport.rules.categories import check_category
from passport.rules.findings import Finding
from passport.rules.plausibility import check_plausibility
from passport.services.chemistry import check_chemistry
from passport.services.issue import MODEL_LEVELS
from passport.services.ports import Work
from passport.services.scopes import scope_of_content


class Answer(StrEnum):
    """How a data point of a model stands."""

    FILLED = "filled"
    WRONG = "wrong"
    """Something is entered that cannot be signed."""
    OPEN = "open"
    """The law asks for it, and it is neither given nor said to be absent."""
    NOT_PROVIDED = "not-provided"
    """The law asks for it, and the operator says that it is not given."""
    QUESTION = "question"
    """Needed where it applies, and nothing says whether it does."""
    NOT_YET = "not-yet"
    NOT_ASKED = "not-asked"
    """Never asked of this kind of battery, or said not to apply."""
    VOLUNTARY = "voluntary"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointProgress:
    """One data point of a model.

    Attributes:
        terms: Terms of the model that say it, dots leading into nodes.
    """

    standing: Standing
    terms: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProgress:
    """How complete a content is for its kind of battery on a day.

    Attributes:
        scope: Kind and day; ``None`` while the content names no category.
        points: Data points of models and production runs, in the order of the table.
        problems: What is wrong with what was entered; what is missing stands in the points.
        findings: What a person should look at; it hinders nothing.
    """

    scope: Scope | None
    points: Sequence[PointProgress]
    problems: Sequence[Problem]
    findings: Sequence[Finding] = ()

    @property
    def mandatory(self) -> int:
        """How many data points the law asks for."""
        return sum(_is_asked(one) for one in self.points)

    @property
    def filled(self) -> int:
        """How many of them are filled, or said not to apply."""
        return sum(
            _is_asked(one) and one.answer in {Answer.FILLED, Answer.NOT_ASKED}
            for one in self.points
        )

    def all(self, answer: Answer) -> list[PointProgress]:
        """Return the data points that stand so."""
        return [one for one in self.points if one.answer is answer]


def progress_of(content: Content, *, work: Work, on: date | None = None) -> ModelProgress:
    """Return how complete a content is, wrong values and all.

    Args:
        content: The content as it was entered.
        work: The unit of work, with the rulebook and the clock.
        on: Day of placing on the market to ask about; the next possible one without.
    """
    normal = normalise_content(content)
    try:
        scope = scope_of_content(normal, work=work, on=on)
    except ContentRefusedError as refusal:
        wrong = refusal.problems if normal.get("category") else ()
        return ModelProgress(scope=None, points=(), problems=wrong)
    needs = work.rulebook.needs(scope)
    problems = [
        problem
        for problem in check_content(normal, levels=MODEL_LEVELS, needs=needs)
        if _term_at(problem.path) in normal
    ]
    problems += check_chemistry(normal, work.chemistries)
    refused = {_term_at(problem.path) for problem in problems}
    points = tuple(
        one
        for standing in work.rulebook.standings(normal, scope)
        for one in _point_of(standing, normal, refused)
    )
    sound = {name: value for name, value in normal.items() if name not in refused}
    return ModelProgress(
        scope=scope,
        points=points,
        problems=problems,
        findings=tuple(_findings(sound, needs, work=work)),
    )


def _findings(content: Content, needs: Needs, *, work: Work) -> Iterator[Finding]:
    yield from check_category(content)
    yield from check_plausibility(
        content,
        chemistry=work.chemistries.find(str(content.get("chemistry", ""))),
        needs=needs,
        today=work.clock.now().date(),
    )


def _term_at(path: str, separator: str = "/") -> str:
    return path.strip(separator).partition(separator)[0]


def _point_of(
    standing: Standing, content: Content, refused: Collection[str]
) -> Iterator[PointProgress]:
    """Yield a data point as far as it is said of models; one that says nothing of them is out."""
    known = terms_at(MODEL_LEVELS)
    whole = standing.data_point.terms
    terms = tuple(path for path in whole if path.partition(".")[0] in known)
    if not terms:
        return
    if terms != whole:
        point = replace(standing.data_point, terms=terms)
        standing = standing_of(point, standing.requirement, content, standing.day)
    answer = _answer(standing)
    if answer is Answer.FILLED and any(_term_at(path, ".") in refused for path in terms):
        answer = Answer.WRONG
    yield PointProgress(standing=standing, terms=terms, answer=answer)


def _answer(standing: Standing) -> Answer:
    if standing.state is DatumState.PRESENT:
        return Answer.FILLED
    if standing.state is DatumState.NOT_APPLICABLE:
        return Answer.NOT_ASKED
    return _OF_REQUIREMENT[standing.requirement](standing.state)


def _if_mandatory(state: DatumState) -> Answer:
    return Answer.NOT_PROVIDED if state is DatumState.NOT_PROVIDED else Answer.OPEN


def _if_conditional(state: DatumState) -> Answer:
    return Answer.QUESTION if state is DatumState.UNANSWERED else Answer.NOT_PROVIDED


_OF_REQUIREMENT: Mapping[Requirement, Callable[[DatumState], Answer]] = {
    Requirement.MANDATORY: _if_mandatory,
    Requirement.CONDITIONAL: _if_conditional,
    Requirement.OPTIONAL: lambda _: Answer.VOLUNTARY,
    Requirement.NOT_YET: lambda _: Answer.NOT_YET,
    Requirement.NEVER: lambda _: Answer.NOT_ASKED,
}


def _is_asked(point: PointProgress) -> bool:
    return point.standing.requirement is Requirement.MANDATORY
