"""The checks that judge single clauses; the table of clauses names them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from passport.domain.applicability import Scope
from passport.domain.content import (
    AbsenceReason,
    Content,
    DatumState,
    Requirement,
    absence_of,
)
from passport.domain.content_values import day_in, nodes_in
from passport.rules.annex_xiii import standing_of, value_at
from passport.rules.clauses import Clause, Judgement, Outcome, PlacingFacts
from passport.rules.rulebook import Rulebook, read_rows

Check = Callable[[Clause, PlacingFacts, Scope, Rulebook], Judgement]

_CAS = {
    "cadmium": "7440-43-9",
    "cobalt": "7440-48-4",
    "lead": "7439-92-1",
    "lithium": "7439-93-2",
    "nickel": "7440-02-0",
}
_SUBSTANCES = ("hazardousSubstances", "detailedComposition", "criticalRawMaterials")


def check_record(
    _clause: Clause, _facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge a duty that registering the battery fulfils; it is judged on batteries on record."""
    return Judgement(outcome=Outcome.MET, reason="The battery is on record and its passport signed")


def check_outside(
    clause: Clause, _facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge what no record shows."""
    return Judgement(
        outcome=Outcome.CANNOT_JUDGE, reason=clause.note or "Nothing in a record shows it"
    )


def check_stated(
    clause: Clause, facts: PlacingFacts, scope: Scope, rulebook: Rulebook
) -> Judgement:
    """Judge a mark or document that the record states or not."""
    open_paths = tuple(path for path in clause.terms if not _is_stated(facts.content, path))
    if not open_paths:
        return Judgement(outcome=Outcome.MET, reason="Stated", paths=clause.terms)
    return _not_stated(open_paths, scope, rulebook)


def check_data_points(
    clause: Clause, facts: PlacingFacts, scope: Scope, rulebook: Rulebook
) -> Judgement:
    """Judge a clause that data points of Annex XIII say, by what is asked of these."""
    standings = [
        standing_of(
            rulebook.data_points[number],
            rulebook.requirement(number, scope),
            facts.content,
            None,
        )
        for number in clause.data_points
    ]
    asked = [one for one in standings if one.requirement in _ASKED]
    if not asked:
        return Judgement(
            outcome=Outcome.CANNOT_JUDGE,
            reason="The passport is not asked for it; the duty is fulfilled on paper",
        )
    if all(one.state is DatumState.NOT_APPLICABLE for one in asked):
        return Judgement(
            outcome=Outcome.NOT_APPLICABLE, reason="The record says that it does not apply"
        )
    for outcome, requirement in (
        (Outcome.NOT_MET, Requirement.MANDATORY),
        (Outcome.UNANSWERED, Requirement.CONDITIONAL),
    ):
        paths = tuple(
            path
            for one in asked
            if one.requirement is requirement
            for path in one.data_point.terms
            if _is_open(facts.content, path)
        )
        if paths:
            return Judgement(outcome=outcome, reason=_not_given(paths), paths=paths)
    return Judgement(outcome=Outcome.MET, reason="Stated")


def check_chemical_sign(
    clause: Clause, facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge the sign of cadmium or lead against what is stated of the metal.

    Source: Regulation (EU) 2023/1542, Article 13(5): above 0.002 % of cadmium, 0.004 % of lead.
    """
    path, metal = clause.terms[0], clause.metal
    marked = facts.content.get(path)
    if marked is True or marked == "true":
        return Judgement(outcome=Outcome.MET, reason="Marked", paths=(path,))
    share = share_of(facts.content, metal)
    if share is None and facts.metals is not None and metal in facts.metals:
        return Judgement(
            outcome=Outcome.NOT_MET,
            reason=f"The chemistry holds {metal}, and the battery is not marked",
            paths=(path,),
        )
    if share is not None and share > Decimal(clause.limit_percent):
        return Judgement(
            outcome=Outcome.NOT_MET,
            reason=f"{share} % of {metal} is stated, above {clause.limit_percent} %, and the "
            "battery is not marked",
            paths=(path,),
        )
    if share is not None:
        return Judgement(
            outcome=Outcome.NOT_APPLICABLE,
            reason=f"{share} % of {metal} is stated, not above {clause.limit_percent} %",
        )
    if marked is not None and absence_of(marked) is not AbsenceReason.NOT_PROVIDED:
        return Judgement(
            outcome=Outcome.NOT_APPLICABLE, reason=f"The record says that {metal} is not marked"
        )
    return Judgement(
        outcome=Outcome.UNANSWERED,
        reason=f"Nothing says whether the battery holds more than {clause.limit_percent} % of "
        f"{metal}",
        paths=(path,),
    )


def check_declaration(
    clause: Clause, facts: PlacingFacts, scope: Scope, rulebook: Rulebook
) -> Judgement:
    """Judge the declaration of conformity: named, issued before the placing, and not run out."""
    path = clause.terms[0]
    documents = nodes_in(facts.content.get(path))
    if not documents:
        return _not_stated((path,), scope, rulebook)
    reasons = [why_not_valid(document, scope.placed_on) for document in documents]
    if "" in reasons:
        return Judgement(outcome=Outcome.MET, reason="Stated, issued and valid", paths=(path,))
    return Judgement(outcome=Outcome.NOT_MET, reason="; ".join(reasons), paths=(path,))


def why_not_valid(document: Mapping[str, object], on: date) -> str:
    """Return why a document does not hold on a day; empty where it does."""
    if not any(document.get(name) for name in _NAMES_DOCUMENT):
        return "It has neither identifier nor file"
    issued, begins = (
        day_in(document.get("documentIssuedOn")),
        day_in(document.get("documentValidFrom")),
    )
    ends = day_in(document.get("documentValidUntil"))
    if issued is not None and issued > on:
        return f"It was issued on {issued}, after the placing on {on}"
    if begins is not None and begins > on:
        return f"It holds from {begins} on, after the placing on {on}"
    if ends is not None and ends < on:
        return f"It held until {ends}, and the placing is on {on}"
    return ""


def ends_of_declaration(content: Content) -> set[date]:
    """Return the last days on which declarations of conformity hold, as far as they name one."""
    documents = nodes_in(content.get("declarationOfConformity"))
    ends = (day_in(document.get("documentValidUntil")) for document in documents)
    return {end for end in ends if end is not None}


_NAMES_DOCUMENT = ("documentIdentifier", "documentDigest", "documentUrl")


def check_minimum_share(
    clause: Clause, facts: PlacingFacts, scope: Scope, rulebook: Rulebook
) -> Judgement:
    """Judge the shares of recycled metal against the minimum of the day of placing.

    Source: Regulation (EU) 2023/1542, Article 8(2) and (3).
    """
    later = _later_step(clause, scope, rulebook)
    if later:
        return Judgement(outcome=Outcome.NOT_APPLICABLE, reason=later)
    found = list(_shares_judged(clause, facts))
    for outcome in (Outcome.NOT_MET, Outcome.UNANSWERED):
        chosen = [one for one in found if one.outcome is outcome]
        if chosen:
            return Judgement(
                outcome=outcome,
                reason=". ".join(one.reason for one in chosen),
                paths=tuple(path for one in chosen for path in one.paths),
            )
    if all(one.outcome is Outcome.NOT_APPLICABLE for one in found):
        return Judgement(
            outcome=Outcome.NOT_APPLICABLE, reason="The battery holds none of the metals"
        )
    return Judgement(outcome=Outcome.MET, reason=". ".join(one.reason for one in found))


@cache
def recycled_minima() -> Sequence[Mapping[str, str]]:
    """Return the minimum shares of recycled metal by step, as they are shipped."""
    return read_rows("recycled_minima.csv")


def _later_step(clause: Clause, scope: Scope, rulebook: Rulebook) -> str:
    steps = sorted({row["clause"] for row in recycled_minima()})
    for step in steps[steps.index(clause.clause) + 1 :]:
        day = rulebook.day(step, scope.category, scope.sub_type)
        if day is not None and day.has_begun(scope.placed_on):
            return f"The next step takes its place {day.text}"
    return ""


def _shares_judged(clause: Clause, facts: PlacingFacts) -> Iterator[Judgement]:
    for row in recycled_minima():
        if row["clause"] == clause.clause:
            yield _share_judged(row, facts)


def _share_judged(row: Mapping[str, str], facts: PlacingFacts) -> Judgement:
    term, metal, minimum = row["term"], row["metal"], Decimal(row["minimum_percent"])
    value = facts.content.get(term)
    paths = (term,)
    if isinstance(value, str):
        reached = Decimal(value) >= minimum
        return Judgement(
            outcome=Outcome.MET if reached else Outcome.NOT_MET,
            reason=f"{value} % of the {metal} is recycled; the minimum is {minimum} %",
            paths=paths,
        )
    held = holds_metal(facts, metal)
    if held:
        return Judgement(
            outcome=Outcome.NOT_MET,
            reason=f"The battery holds {metal}, and no share of it is stated; the minimum is "
            f"{minimum} %",
            paths=paths,
        )
    if held is False or absence_of(value) is AbsenceReason.NOT_APPLICABLE:
        return Judgement(outcome=Outcome.NOT_APPLICABLE, reason=f"It holds no {metal}")
    return Judgement(
        outcome=Outcome.UNANSWERED,
        reason=f"Nothing says whether the battery holds {metal}",
        paths=paths,
    )


def check_evidence(
    clause: Clause, facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge whether a second life came with the evidence that it needs."""
    lacking = sorted(facts.needed_evidence - facts.evidence)
    if lacking or not facts.evidence:
        names = " and ".join(lacking) or "any evidence"
        return Judgement(
            outcome=Outcome.NOT_MET, reason=f"Evidence of {names} is missing", paths=clause.terms
        )
    return Judgement(
        outcome=Outcome.MET, reason=f"Evidence of {', '.join(sorted(facts.evidence))} is kept"
    )


def check_originals(
    clause: Clause, facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge whether a second life names what it was made of."""
    if facts.originals:
        noun = "battery" if facts.originals == 1 else "batteries"
        return Judgement(outcome=Outcome.MET, reason=f"Linked to {facts.originals} original {noun}")
    return Judgement(
        outcome=Outcome.NOT_MET, reason="It names no original battery", paths=clause.terms
    )


def check_not_waste(
    _clause: Clause, facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge whether a battery is on its way to be recycled."""
    if facts.is_waste:
        return Judgement(outcome=Outcome.NOT_MET, reason="The battery is waste on record")
    return Judgement(outcome=Outcome.MET, reason="It is not waste on record")


def check_category(
    clause: Clause, facts: PlacingFacts, _scope: Scope, _rulebook: Rulebook
) -> Judgement:
    """Judge whether the category follows from the use and the mass."""
    if facts.category_findings is None:
        return Judgement(outcome=Outcome.CANNOT_JUDGE, reason="The record states no intended use")
    if not facts.category_findings:
        return Judgement(outcome=Outcome.MET, reason="The category follows from the stated use")
    return Judgement(
        outcome=Outcome.NOT_MET,
        reason="; ".join(finding.message for finding in facts.category_findings),
        paths=clause.terms,
    )


CHECKS: Mapping[str, Check] = {
    "record": check_record,
    "outside": check_outside,
    "stated": check_stated,
    "data-points": check_data_points,
    "chemical-sign": check_chemical_sign,
    "declaration": check_declaration,
    "minimum-share": check_minimum_share,
    "evidence": check_evidence,
    "originals": check_originals,
    "not-waste": check_not_waste,
    "category": check_category,
}
"""Every check that the table of clauses may name."""

_ASKED = frozenset({Requirement.MANDATORY, Requirement.CONDITIONAL})


def holds_metal(facts: PlacingFacts, metal: str) -> bool | None:
    """Whether a battery holds a metal; nothing where the record does not say.

    The chemistry says it first, then the substances that the record names.
    """
    if facts.metals is not None:
        return metal in facts.metals
    named = any(
        node.get("casNumber") == _CAS[metal]
        for name in _SUBSTANCES
        for node in nodes_in(facts.content.get(name))
    )
    return True if named else None


def share_of(content: Content, metal: str) -> Decimal | None:
    """Return the largest share by mass that a record states of a metal [%], or nothing."""
    shares = [
        Decimal(share)
        for name in _SUBSTANCES
        for node in nodes_in(content.get(name))
        if node.get("casNumber") == _CAS[metal]
        and isinstance(share := node.get("massPercent"), str)
    ]
    return max(shares, default=None)


def _not_stated(paths: tuple[str, ...], scope: Scope, rulebook: Rulebook) -> Judgement:
    """Say that something is not on record: a fault only where the record itself is asked for."""
    record = rulebook.beginning(scope)
    asked = record is not None and record.has_begun(scope.placed_on)
    return Judgement(
        outcome=Outcome.NOT_MET if asked else Outcome.UNANSWERED,
        reason=_not_given(paths),
        paths=paths,
    )


def _not_given(paths: Sequence[str]) -> str:
    return f"The record does not give {', '.join(paths)}"


def _is_stated(content: Content, path: str) -> bool:
    value = value_at(content, path)
    return value not in (None, []) and absence_of(value) is None


def _is_open(content: Content, path: str) -> bool:
    value = value_at(content, path)
    reason = absence_of(value)
    return value is None or reason in {AbsenceReason.NOT_PROVIDED, AbsenceReason.NOT_YET_REQUIRED}
