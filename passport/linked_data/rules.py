"""Rules between several values of one statement, or of several read together, as data.

They stand in ``schemas/rules.csv``. SHACL shapes say all of them; of those that make a statement
false, order among them, `check_order` finds the breach before anything is signed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations

from passport.linked_data.terms import table_rows


class RuleKind(StrEnum):
    """What a rule says of its terms."""

    ORDER = "order"
    """None is above one that follows it."""
    SUM = "sum"
    """The second term, in the nodes of the first, adds up to the limit at most."""
    ONLY_WITH = "only-with"
    """Where the first stands, the second is one of the codes of the limit."""
    NOT_WITH = "not-with"
    """Where the first stands, none of the others does."""


class RuleScope(StrEnum):
    """What has to be read together."""

    STATEMENT = "statement"
    PASSPORT = "passport"
    """Several statements about one battery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: What it is called.
        on: Kind of statement whose subject it is about, or class of the node.
        terms: The terms it compares.
        limit: A number or codes; empty where the kind takes none.
        severity: ``Violation`` where a breach makes the statement false, else ``Warning``.
        message: The rule in words, with its unit.
        source: Where it is written.
    """

    name: str
    scope: RuleScope
    on: str
    kind: RuleKind
    terms: tuple[str, ...]
    limit: str
    severity: str
    message: str
    source: str


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule in the order of the table."""
    return tuple(
        Rule(
            name=row["rule"],
            scope=RuleScope(row["scope"]),
            on=row["on"],
            kind=RuleKind(row["kind"]),
            terms=tuple(row["terms"].split()),
            limit=row["limit"],
            severity=row["severity"],
            message=row["message_en"],
            source=row["source"],
        )
        for row in table_rows("rules.csv")
    )


@cache
def rising_pairs() -> tuple[tuple[str, str], ...]:
    """Return each pair of terms of one node of which the first is never above the second."""
    return tuple(
        pair
        for rule in all_rules()
        if rule.kind is RuleKind.ORDER and rule.scope is RuleScope.STATEMENT
        for pair in combinations(rule.terms, 2)
    )


@cache
def _only_with() -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in all_rules()
        if rule.kind is RuleKind.ONLY_WITH and rule.scope is RuleScope.STATEMENT
    )


def out_of_place(fields: Mapping[str, object]) -> Iterator[tuple[str, Rule]]:
    """Yield each term that a rule allows only beside other codes than are there, and the rule."""
    for rule in _only_with():
        first, second = rule.terms
        beside = fields.get(second)
        if first in fields and isinstance(beside, str) and beside not in rule.limit.split():
            yield first, rule
