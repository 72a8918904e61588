"""Clauses of the Regulation that a battery meets before it is placed on the market.

They stand beside the data points of Annex XIII: a clause asks for a mark, a document or a value,
from its own day on. What no record can show is said as such, never taken for granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from passport.domain.content import Content
from passport.rules.dates import DutyDay
from passport.rules.findings import Certainty, Finding
from passport.rules.rulebook import read_rows

WITHOUT = "-"
ONLY = "only"


class Outcome(StrEnum):
    """How a clause stands for one battery or model on a day."""

    MET = "met"
    NOT_MET = "notMet"
    UNANSWERED = "unanswered"
    """Asked where it applies, and the record does not say whether it does."""
    NOT_YET = "notYet"
    NOT_APPLICABLE = "notApplicable"
    LATER = "later"
    """Judged on each battery, not on its model."""
    CANNOT_JUDGE = "cannotJudge"
    """Nothing in a record shows it."""


class Subject(StrEnum):
    """What a clause is judged on."""

    MODEL = "model"
    """What is the same for every battery; judged on a battery through its model."""
    BATTERY = "battery"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause as a row of the table of clauses.

    Attributes:
        duty: Duty of the table of duties that says from when it binds; empty for always.
        check: Name of the check that judges it.
        light: Of light records it is asked: empty for of all, ``-`` for of none, or the one
            category of which it is asked.
        second_life: ``-`` where it is not asked of a second life, ``only`` of one alone.
        data_points: Data points that say the same.
        terms: Terms that it is judged by.
        metal: Metal it is about.
        limit_percent: Share by mass above which it is asked [%].
    """

    clause: str
    label: str
    duty: str
    check: str
    subject: Subject
    light: str
    second_life: str
    data_points: tuple[str, ...]
    terms: tuple[str, ...]
    metal: str
    limit_percent: str
    what_to_do: str
    certainty: Certainty
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacingFacts:
    """What is known of the battery or model that a clause is judged on.

    Attributes:
        content: Everything that is entered of it, model and battery together.
        is_battery: Whether it is one battery on record; a model otherwise.
        is_waste: Whether the battery is waste.
        originals: Number of batteries a second life was declared to be made of.
        evidence: Kinds of evidence that its second life was declared with.
        needed_evidence: Kinds it needs.
        metals: Metals its chemistry holds, such as ``cobalt``; nothing where that is not known.
        category_findings: What contradicts the category; nothing where no use is stated.
    """

    content: Content
    is_battery: bool = False
    is_waste: bool = False
    originals: int = 0
    evidence: frozenset[str] = frozenset()
    needed_evidence: frozenset[str] = frozenset()
    metals: frozenset[str] | None = None
    category_findings: tuple[Finding, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a check found."""

    outcome: Outcome
    reason: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseResult:
    """How a clause stands.

    Attributes:
        day: From when it binds; nothing where it always does, or never this kind of battery.
        paths: Terms to look at.
    """

    clause: Clause
    outcome: Outcome
    reason: str
    day: DutyDay | None = None
    paths: tuple[str, ...] = field(default=())


@cache
def read_clauses() -> tuple[Clause, ...]:
    """Return the clauses that are shipped; every row names its source and how sure it is."""
    return tuple(_clause(row) for row in read_rows("clauses.csv"))


def _clause(row: Mapping[str, str]) -> Clause:
    return Clause(
        clause=row["clause"],
        label=row["label_en"],
        duty=row["duty"],
        check=row["check"],
        subject=Subject(row["subject"]),
        light=row["light"],
        second_life=row["second_life"],
        data_points=tuple(row["data_points"].split()),
        terms=tuple(row["terms"].split()),
        metal=row["metal"],
        limit_percent=row["limit_percent"],
        what_to_do=row["what_to_do"],
        certainty=Certainty(row["certainty"]),
        source=row["source"],
        note=row["note"],
    )
