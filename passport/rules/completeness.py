"""Where each data point of Annex XIII stands, in the words of somebody who has to complete it.

*Missing*, *not yet required* and *not applicable* are kept apart.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from passport.domain.applicability import Life, Scope
from passport.domain.content import (
    Content,
    DatumState,
    Level,
    Requirement,
    read_term,
    state_of,
)
from passport.rules.annex_xiii import DataPoint, Standing, kind_of, value_at
from passport.rules.dates import DutyDay
from passport.rules.findings import Certainty
from passport.rules.rulebook import Rulebook

AT_PLACING = frozenset({Level.MODEL, Level.PRODUCTION, Level.ITEM, Level.DECLARED})
"""Levels whose data are there when a battery is placed on the market.

Source: Commission FAQ on batteries of 30 September 2026: data from use may be empty at first.
"""
OF_MODEL = frozenset({Level.MODEL, Level.PRODUCTION})


class Place(StrEnum):
    """Under which heading a matter is shown."""

    BLOCKER = "blocker"
    QUESTION = "question"
    """Needed where it applies, and the record does not say whether it does."""
    NOT_YET = "notYet"
    NOT_APPLICABLE = "notApplicable"
    LATER = "later"
    """Said of each battery, or measured in use."""
    PRESENT = "present"
    VOLUNTARY = "voluntary"
    CANNOT_JUDGE = "cannotJudge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing about a battery or model, with its legal point.

    Attributes:
        legal_point: Point of Annex XIII, or article.
        data_points: Numbers of the data points it is about; empty for a clause beside them.
        clauses: Names of the clauses that ask for it; empty where a data point alone does.
        paths: Terms to enter or correct, dots leading into nodes.
        begins_on: Day it is asked from; nothing where it is asked now, or undetermined.
    """

    place: Place
    legal_point: str
    label: str
    reason: str
    source: str
    certainty: Certainty
    data_points: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    what_to_do: str = ""
    begins_on: date | None = None


def data_point_matters(
    content: Content, scope: Scope, rulebook: Rulebook, levels: Collection[Level]
) -> list[Matter]:
    """Return where every data point stands; what repeats another one is named with it.

    Args:
        content: Everything that is entered.
        scope: Kind of battery, its days and life.
        rulebook: What is asked when.
        levels: Levels whose data are asked for now; the others come later.
    """
    matters: list[Matter] = []
    for standing in rulebook.standings(content, scope):
        for matter in _matters_of(standing, content, scope, rulebook, levels):
            same = next((i for i, one in enumerate(matters) if _repeats(matter, one)), None)
            if same is None:
                matters.append(matter)
            else:
                numbers = (*matters[same].data_points, *matter.data_points)
                matters[same] = replace(matters[same], data_points=numbers)
    return matters


def _repeats(matter: Matter, earlier: Matter) -> bool:
    return (
        matter.place in {Place.BLOCKER, Place.QUESTION}
        and matter.place is earlier.place
        and set(matter.paths) <= set(earlier.paths)
    )


def _matters_of(
    standing: Standing,
    content: Content,
    scope: Scope,
    rulebook: Rulebook,
    levels: Collection[Level],
) -> Iterator[Matter]:
    point = standing.data_point
    match standing.requirement:
        case Requirement.NEVER:
            yield _matter(point, Place.NOT_APPLICABLE, _why_never(point, scope))
        case Requirement.NOT_YET:
            day = _waited_for(standing, scope, rulebook)
            reason = day.text.capitalize() if day is not None else "Not asked yet"
            yield replace(_matter(point, Place.NOT_YET, reason), begins_on=day.on if day else None)
        case Requirement.OPTIONAL:
            yield _matter(point, Place.VOLUNTARY, "Voluntary")
        case Requirement.MANDATORY | Requirement.CONDITIONAL:
            yield from _asked(point, standing.requirement, content, levels)


def _asked(
    point: DataPoint, requirement: Requirement, content: Content, levels: Collection[Level]
) -> Iterator[Matter]:
    states = {path: state_of(value_at(content, path), requirement) for path in point.terms}
    now = {path: state for path, state in states.items() if _level_of(path) in levels}
    later = tuple(path for path in states if path not in now and states[path] in _WITHOUT_VALUE)
    is_mandatory = requirement is Requirement.MANDATORY
    open_paths = tuple(path for path, state in now.items() if state in _OPEN)
    denied = tuple(path for path, state in now.items() if state is DatumState.NOT_APPLICABLE)
    if open_paths:
        place = Place.BLOCKER if is_mandatory else Place.QUESTION
        yield replace(
            _matter(point, place, _why_open(now[open_paths[0]])),
            paths=open_paths,
            what_to_do="Give it" if is_mandatory else "Give it, or say that it does not apply",
        )
    elif denied and is_mandatory:
        yield replace(
            _matter(point, Place.QUESTION, "The record says that it does not apply, yet it is "
            "asked of every battery of this kind"),
            paths=denied,
            what_to_do="Give it, or keep ready why it does not apply",
        )  # fmt: skip
    elif denied and len(denied) == len(now):
        yield _matter(point, Place.NOT_APPLICABLE, "The record says that it does not apply")
    elif later:
        yield replace(
            _matter(point, Place.LATER, _COMES[_level_of(later[0])]),
            paths=later,
        )
    else:
        yield _matter(point, Place.PRESENT, "Given")


_WITHOUT_VALUE = frozenset({DatumState.MISSING, DatumState.UNANSWERED, DatumState.NOT_PROVIDED})
_OPEN = _WITHOUT_VALUE | {DatumState.NOT_YET_REQUIRED}
_COMES: Mapping[Level, str] = {
    Level.ITEM: "Entered with each battery",
    Level.DECLARED: "Stated for each battery when it is placed on the market",
    Level.CONDITION: "Measured in use; may be empty when the battery is placed on the market",
}


def _why_open(state: DatumState) -> str:
    match state:
        case DatumState.NOT_PROVIDED:
            return "The record says that it is not provided"
        case DatumState.NOT_YET_REQUIRED:
            return "The record says that it is not required yet; by the day asked about it is"
        case DatumState.UNANSWERED:
            return "Needed where it applies, and nothing says whether it does"
        case _:
            return "Not given"


def _level_of(path: str) -> Level:
    return read_term(path.partition(".")[0]).level


def _why_never(point: DataPoint, scope: Scope) -> str:
    if point.asked[kind_of(scope)] is Requirement.NEVER:
        return "Not asked of this kind of battery"
    if scope.life is Life.SECOND and point.asked_of_second_life is Requirement.NEVER:
        return "Not asked of a battery that was on the market before"
    return "The battery is placed before its duty begins"


def _waited_for(standing: Standing, scope: Scope, rulebook: Rulebook) -> DutyDay | None:
    """Return the day a datum waits for: the passport's, or where that has come its own."""
    record = rulebook.beginning(scope)
    if record is not None and not record.has_begun(scope.placed_on):
        own = standing.day
        if own is None or (own.on is not None and record.on is not None and own.on <= record.on):
            return record
    return standing.day


def _matter(point: DataPoint, place: Place, reason: str) -> Matter:
    return Matter(
        place=place,
        legal_point=legal_point(point),
        label=point.label,
        reason=reason,
        source=point.source,
        certainty=point.certainty,
        data_points=(point.number,),
    )


def legal_point(point: DataPoint) -> str:
    """Return how a data point is cited.

    >>> from passport.rules.rulebook import read_rulebook
    >>> legal_point(read_rulebook().data_points["25"])
    'Annex XIII 1(g)'
    """
    return f"Article {point.point}" if point.point.startswith("77") else f"Annex XIII {point.point}"
