"""What can be said about a battery: the terms, who needs them, and how absence is said.

The table behind this module is generated from ``schemas/terms.csv``; completing the data model is
adding rows there.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from passport.domain.errors import InvalidValueError
from passport.domain.passport import StatementKind
from passport.domain.term_table import CODE_ROWS, TERM_ROWS, UNIT_ROWS

Content = Mapping[str, object]
"""Values by term name: text, number, truth value, language map, node, list of these, or absence."""


OPEN_CODE_LISTS = frozenset({"chemistry", "carrier-ion", "cathode-material", "anode-material"})
"""Lists that an installation may add codes to; a statement may hold any code of their form."""
OPEN_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.+-]{0,31}")


class UnknownTermError(InvalidValueError):
    """A name is no term of the vocabulary."""

    code = "unknown-term"


class Level(StrEnum):
    """What a term is said of, and with that who enters it when."""

    MODEL = "model"
    PRODUCTION = "production"
    ITEM = "item"
    """Identity of one battery, entered at registration."""
    DECLARED = "declared"
    """Values of one battery at placing on the market and at each change of status."""
    CONDITION = "condition"
    EVENT = "event"
    STRUCTURE = "structure"
    """Written by the service: links, versions, and what stands inside nodes."""


class Datatype(StrEnum):
    """How a value is written."""

    DECIMAL = "decimal"
    INTEGER = "integer"
    TEXT = "text"
    LANGUAGE_MAP = "language-map"
    DATE = "date"
    YEAR_MONTH = "year-month"
    DATE_TIME = "date-time"
    IRI = "iri"
    CODE = "code"
    NODE = "node"
    BOOLEAN = "boolean"
    DIGEST = "digest"
    """``sha256:`` and 64 hexadecimal digits."""
    TERM = "term"
    """The name of another term; an IRI once signed."""
    COUNTRY = "country"
    """ISO 3166-1 alpha-2."""
    CAS = "cas"
    EMAIL = "email"


class Requirement(StrEnum):
    """Whether the law asks for a datum.

    Source: European Commission, "Digital Batteries Passport: data points by category", version
    2.0 of 15 August 2026 (a guidance, not law).
    """

    MANDATORY = "M"
    OPTIONAL = "O"
    CONDITIONAL = "C"
    """Needed where it applies."""
    NOT_YET = "P"
    """Not to be filled before an act that is still missing."""
    NEVER = "-"
    """Not meant for this kind of battery."""


class AbsenceReason(StrEnum):
    """Why a legal datum is absent from a signed statement."""

    NOT_YET_REQUIRED = "notYetRequired"
    NOT_APPLICABLE = "notApplicable"
    NOT_PROVIDED = "notProvided"


class DatumState(StrEnum):
    """How a content stands towards one legal datum."""

    PRESENT = "present"
    MISSING = "missing"
    """Mandatory, and neither a value nor a reason is given."""
    UNANSWERED = "unanswered"
    """Needed where it applies, and nothing says whether it does."""
    NOT_YET_REQUIRED = "notYetRequired"
    NOT_APPLICABLE = "notApplicable"
    NOT_PROVIDED = "notProvided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of the vocabulary.

    Attributes:
        kinds: Statements whose subject carries it; empty for a term inside nodes alone.
        node_classes: Classes of nodes that carry it.
        point: Points of Annex XIII; empty for structure.
        unit: UCUM code of the one unit it is written in; empty without unit.
        unit_label: The unit as people write it.
        value_class: Class of its value where that is a node.
        is_many: Whether it takes a list.
        is_needed: Whether what carries it, a node or a statement, is nothing without it.
    """

    name: str
    label: str
    level: Level
    kinds: tuple[StatementKind, ...]
    node_classes: tuple[str, ...]
    point: str
    datatype: Datatype
    unit: str
    unit_label: str
    code_list: str
    value_class: str
    is_many: bool
    minimum: Decimal | None
    maximum: Decimal | None
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Datum:
    """One legal datum of a content and how it stands."""

    term: Term
    requirement: Requirement
    state: DatumState


@cache
def _terms() -> Mapping[str, Term]:
    return {row[0]: _term(row) for row in TERM_ROWS}


def _term(row: tuple[str, ...]) -> Term:
    (name, label, level, kinds, classes, point, datatype, unit) = row[:8]
    (code_list, value_class, many, minimum, maximum, needed) = row[8:]
    return Term(
        name=name,
        label=label,
        level=Level(level),
        kinds=tuple(StatementKind) if kinds == "*" else tuple(map(StatementKind, kinds.split())),
        node_classes=tuple(classes.split()),
        point=point,
        datatype=Datatype(datatype),
        unit=unit,
        unit_label=_UNIT_LABELS[unit] if unit else "",
        code_list=code_list,
        value_class=value_class,
        is_many=many == "1",
        minimum=Decimal(minimum) if minimum else None,
        maximum=Decimal(maximum) if maximum else None,
        is_needed=needed == "1",
    )


_UNIT_LABELS = dict(UNIT_ROWS)


def all_terms() -> Collection[Term]:
    """Return every term, in the order of the table."""
    return _terms().values()


def find_term(name: str) -> Term | None:
    """Return a term, or nothing where the vocabulary has no such name."""
    return _terms().get(name)


def read_term(name: str) -> Term:
    """Return a term.

    Raises:
        UnknownTermError: The vocabulary has no such name.
    """
    term = find_term(name)
    if term is None:
        raise UnknownTermError(f"{name!r} is no term of the battery vocabulary")
    return term


@cache
def terms_of(kind: StatementKind) -> Mapping[str, Term]:
    """Return the terms that the subject of a kind of statement carries."""
    return {term.name: term for term in all_terms() if kind in term.kinds}


@cache
def terms_in(node_class: str) -> Mapping[str, Term]:
    """Return the terms that a class of nodes carries."""
    return {term.name: term for term in all_terms() if node_class in term.node_classes}


@cache
def terms_at(levels: frozenset[Level]) -> Mapping[str, Term]:
    """Return the terms that are entered at these levels, directly on what the content is about."""
    return {term.name: term for term in all_terms() if term.level in levels and term.kinds}


@cache
def codes_of(code_list: str) -> Mapping[str, str]:
    """Return the codes of a list with their labels."""
    return {code: label for name, code, label in CODE_ROWS if name == code_list}


def point_of(name: str) -> str:
    """Return the first point of Annex XIII that a term belongs to, such as ``1(g)``.

    Raises:
        UnknownTermError: The vocabulary has no such name.
    """
    return read_term(name).point.partition(",")[0]


def absent(reason: AbsenceReason) -> dict[str, object]:
    """Return what stands in a content in place of an absent value."""
    return {"absent": reason.value}


def absence_of(value: object) -> AbsenceReason | None:
    """Return why a value is absent, or nothing for a value.

    >>> absence_of({"absent": "notApplicable"})
    <AbsenceReason.NOT_APPLICABLE: 'notApplicable'>
    """
    if isinstance(value, str) or not isinstance(value, Mapping) or set(value) != {"absent"}:
        return None
    reason = value["absent"]
    known = reason in AbsenceReason.__members__.values()
    return AbsenceReason(reason) if known else None


def legal_data(
    content: Content, *, levels: Collection[Level], needs: Mapping[str, Requirement]
) -> Iterator[Datum]:
    """Yield how a content stands towards each legal datum of some levels; voluntary ones are out.

    *Missing* is kept apart from *not yet required* and *not applicable*.

    Args:
        content: Values by term.
        levels: What the content is about.
        needs: What the law asks of this kind of battery on its days, by term.
    """
    for term in terms_at(frozenset(levels)).values():
        requirement = needs.get(term.name, Requirement.OPTIONAL)
        if requirement is not Requirement.OPTIONAL and term.point:
            yield Datum(term, requirement, state_of(content.get(term.name), requirement))


def state_of(value: object, requirement: Requirement) -> DatumState:
    """Return how one value, or nothing in its place, stands towards what is asked."""
    if value is None:
        return _STATES_OF_NOTHING[requirement]
    reason = absence_of(value)
    return DatumState.PRESENT if reason is None else DatumState(reason.value)


_STATES_OF_NOTHING = {
    Requirement.MANDATORY: DatumState.MISSING,
    Requirement.CONDITIONAL: DatumState.UNANSWERED,
    Requirement.OPTIONAL: DatumState.NOT_PROVIDED,
    Requirement.NOT_YET: DatumState.NOT_YET_REQUIRED,
    Requirement.NEVER: DatumState.NOT_APPLICABLE,
}


def complete_content(
    content: Content, *, levels: Collection[Level], needs: Mapping[str, Requirement]
) -> dict[str, object]:
    """Return a content that says of every absent legal datum why it is absent.

    A datum nobody gave counts as not provided, unless the law does not ask for it yet or not from
    this kind of battery.
    """
    completed = dict(content)
    for datum in legal_data(content, levels=levels, needs=needs):
        if datum.term.name not in content:
            completed[datum.term.name] = absent(_REASONS[datum.state])
    return completed


_REASONS = {
    DatumState.MISSING: AbsenceReason.NOT_PROVIDED,
    DatumState.UNANSWERED: AbsenceReason.NOT_PROVIDED,
    DatumState.NOT_YET_REQUIRED: AbsenceReason.NOT_YET_REQUIRED,
    DatumState.NOT_APPLICABLE: AbsenceReason.NOT_APPLICABLE,
}
