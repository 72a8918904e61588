"""Annex XIII as data points: which datum is asked of which battery on which day.

The points, their numbers and letters follow the Commission's guidance "Digital Batteries
Passport: data points by category", version 2.0 of 15 August 2026 (CC BY 4.0, European
Commission), which is not binding; where the Regulation itself says more or less, it wins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from passport.domain.applicability import Life, Scope
from passport.domain.battery import Category, SubType
from passport.domain.content import DatumState, Level, Requirement, absence_of, state_of
from passport.rules.dates import DutyDay
from passport.rules.findings import Certainty


class Kind(StrEnum):
    """Kinds of battery that the table has a column for."""

    EV = "ev"
    LMT = "lmt"
    INDUSTRIAL = "industrial"
    STATIONARY = "stationary"
    EXTERNAL_STORAGE = "external_storage"
    NON_CYCLE = "non_cycle"
    PORTABLE = "portable"
    SLI = "sli"
    SMALL_INDUSTRIAL = "small_industrial"


_KINDS = {
    Category.EV: Kind.EV,
    Category.LMT: Kind.LMT,
    Category.INDUSTRIAL: Kind.INDUSTRIAL,
    Category.PORTABLE: Kind.PORTABLE,
    Category.SLI: Kind.SLI,
}
_SUB_KINDS = {
    SubType.STATIONARY: Kind.STATIONARY,
    SubType.EXTERNAL_STORAGE: Kind.EXTERNAL_STORAGE,
    SubType.NON_CYCLE: Kind.NON_CYCLE,
}


def kind_of(scope: Scope) -> Kind:
    """Return the column of the table that a battery falls into."""
    if scope.category is Category.INDUSTRIAL and scope.is_light:
        return Kind.SMALL_INDUSTRIAL
    if scope.category is Category.INDUSTRIAL and scope.sub_type is not None:
        return _SUB_KINDS[scope.sub_type]
    return _KINDS[scope.category]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPoint:
    """One data point: what it is, which terms say it, and who is asked for it.

    Attributes:
        number: Number in the guidance; an article for what stands beyond its 71 points.
        point: Point of Annex XIII, such as ``1(g)``; an article where the annex is silent.
        level: Who enters it when.
        terms: Terms that say it, dots leading into nodes; empty where the service writes it.
        asked: Letter by kind of battery, for a first life on 18 February 2027.
        asked_of_second_life: Letter for batteries placed anew; nothing where it is the same.
        duty: Duty of the table of duties that it waits for; empty without.
        then: Letter once that duty binds.
        spared_by: Term that frees a battery of the point where it is true; empty without.
        note: What the letter does not say.
    """

    number: str
    point: str
    label: str
    level: Level
    terms: tuple[str, ...]
    asked: Mapping[Kind, Requirement]
    asked_of_second_life: Requirement | None
    duty: str
    then: Requirement | None
    spared_by: str
    certainty: Certainty
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one data point stands for one battery.

    Attributes:
        requirement: What is asked.
        state: How the content stands towards it.
        missing: Terms of the point that are absent without a reason.
        day: The day its duty begins, where it waits for one.
    """

    data_point: DataPoint
    requirement: Requirement
    state: DatumState
    missing: tuple[str, ...]
    day: DutyDay | None


def requirement_of(
    data_point: DataPoint, scope: Scope, passport: DutyDay | None, own: DutyDay | None
) -> Requirement:
    """Return what is asked of a battery.

    Args:
        data_point: The data point.
        scope: The battery and its days.
        passport: When the passport, or for a light record its QR code, is asked for.
        own: When the duty begins that the data point waits for; nothing where it waits for none,
            or where the duty does not bind this kind of battery.

    A duty binds by the day of placing on the market: a battery placed before its day is asked
    for the datum neither before nor after (our reading; the Articles speak of batteries placed
    from that day on).
    """
    letter = data_point.asked[kind_of(scope)]
    if scope.life is Life.SECOND and data_point.asked_of_second_life is not None:
        letter = data_point.asked_of_second_life
    if letter is Requirement.NEVER:
        return letter
    if data_point.duty and own is None:
        return Requirement.NEVER
    begun = _binding(passport, scope)
    if begun is not None:
        return begun
    if not data_point.duty:
        return letter
    return _binding(own, scope) or data_point.then or letter


def _binding(day: DutyDay | None, scope: Scope) -> Requirement | None:
    """Return why a duty does not bind, or nothing where it does."""
    if day is None or day.has_begun(scope.placed_on):
        return None
    return Requirement.NEVER if day.has_begun(scope.read_on) else Requirement.NOT_YET


def standing_of(
    data_point: DataPoint,
    requirement: Requirement,
    content: Mapping[str, object],
    day: DutyDay | None,
) -> Standing:
    """Return how a content stands towards a data point.

    A point said by several terms is present when each of them has a value, and absent for a
    reason when none has and each gives one.
    """
    states = {path: state_of(value_at(content, path), requirement) for path in data_point.terms}
    missing = tuple(path for path, state in states.items() if state in _OPEN)
    if not states or all(state is DatumState.PRESENT for state in states.values()):
        state = DatumState.PRESENT
    else:
        state = next(one for one in _WEIGHT if one in states.values())
    return Standing(
        data_point=data_point, requirement=requirement, state=state, missing=missing, day=day
    )


_OPEN = frozenset({DatumState.MISSING, DatumState.UNANSWERED})
_WEIGHT = (
    DatumState.MISSING,
    DatumState.NOT_PROVIDED,
    DatumState.UNANSWERED,
    DatumState.NOT_YET_REQUIRED,
    DatumState.NOT_APPLICABLE,
)
"""Of several terms the one that stands worst speaks for the point."""


def value_at(content: Mapping[str, object], path: str) -> object:
    """Return the value that a path of terms leads to; an absent node is absent in its parts.

    >>> value_at({"manufacturer": {"partyName": "Voltra"}}, "manufacturer.partyName")
    'Voltra'
    """
    value: object = content
    for name in path.split("."):
        if absence_of(value) is not None:
            return value
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def strongest(requirements: Iterator[Requirement]) -> Requirement:
    """Return the requirement that asks most."""
    return max(requirements, key=_STRENGTH.index)


_STRENGTH = (
    Requirement.NEVER,
    Requirement.NOT_YET,
    Requirement.OPTIONAL,
    Requirement.CONDITIONAL,
    Requirement.MANDATORY,
)
