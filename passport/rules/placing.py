"""May a battery be placed on the market: every clause with how it stands on the day."""

from collections.abc import Iterator

from passport.domain.applicability import Life, Scope
from passport.domain.battery import Category
from passport.rules.clauses import (
    ONLY,
    WITHOUT,
    Clause,
    ClauseResult,
    Outcome,
    PlacingFacts,
    Subject,
    read_clauses,
)
from passport.rules.placing_checks import CHECKS
from passport.rules.rulebook import Rulebook


def judge_clauses(facts: PlacingFacts, scope: Scope, rulebook: Rulebook) -> Iterator[ClauseResult]:
    """Yield how each clause stands for a battery or model on the day it is to be placed.

    Args:
        facts: What is known of it.
        scope: Its kind, days and life.
        rulebook: Days of the duties.
    """
    for clause in read_clauses():
        yield judge_clause(clause, facts, scope, rulebook)


def judge_clause(
    clause: Clause, facts: PlacingFacts, scope: Scope, rulebook: Rulebook
) -> ClauseResult:
    """Return how one clause stands; a duty binds by the day of placing on the market."""
    freed = _freed(clause, scope)
    if freed:
        return ClauseResult(clause=clause, outcome=Outcome.NOT_APPLICABLE, reason=freed)
    day = None
    if clause.duty:
        day = rulebook.day(clause.duty, scope.category, scope.sub_type)
        if day is None:
            return ClauseResult(
                clause=clause, outcome=Outcome.NOT_APPLICABLE, reason=_not_this_kind(scope)
            )
        if not day.has_begun(scope.placed_on):
            return ClauseResult(clause=clause, outcome=Outcome.NOT_YET, reason=day.text, day=day)
    if clause.subject is Subject.BATTERY and not facts.is_battery:
        return ClauseResult(
            clause=clause,
            outcome=Outcome.LATER,
            reason="Judged on each battery of the model",
            day=day,
        )
    judged = CHECKS[clause.check](clause, facts, scope, rulebook)
    return ClauseResult(
        clause=clause, outcome=judged.outcome, reason=judged.reason, paths=judged.paths, day=day
    )


def _freed(clause: Clause, scope: Scope) -> str:
    """Return why a clause is not asked of a battery whatever the day; empty where it is."""
    is_second = scope.life is Life.SECOND
    if clause.second_life == ONLY and not is_second:
        return "Asked of a second life alone"
    if clause.second_life == WITHOUT and is_second:
        return "Not asked of a battery that was on the market before"
    if scope.is_light and clause.light not in ("", scope.category.value):
        return "Not asked of batteries that need no passport"
    return ""


def _not_this_kind(scope: Scope) -> str:
    kind = _KINDS[scope.category]
    return f"Not asked of {kind}" + (f" ({scope.sub_type})" if scope.sub_type else "")


_KINDS = {
    Category.EV: "electric vehicle batteries",
    Category.LMT: "batteries of light means of transport",
    Category.INDUSTRIAL: "industrial batteries",
    Category.PORTABLE: "portable batteries",
    Category.SLI: "starting, lighting and ignition batteries",
}
