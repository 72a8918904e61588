"""In which group of the editor each term stands: by a table of rules, the first that fits."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import itemgetter

from passport.domain.content import Term, terms_at
from passport.services.issue import MODEL_LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group of the editor, with the terms that are entered there."""

    name: str
    title: str
    intro: str
    terms: tuple[Term, ...]


@cache
def all_groups() -> Sequence[Group]:
    """Return the groups in their order; one without terms is left out."""
    rules = _rows("model_group_rules.csv")
    terms: dict[str, list[tuple[int, Term]]] = {}
    for term in terms_at(MODEL_LEVELS).values():
        rule = _rule_of(term, rules)
        terms.setdefault(rules[rule]["group"], []).append((rule, term))
    return tuple(
        Group(
            name=row["group"],
            title=row["title_en"],
            intro=row["intro_en"],
            # In the order of the rules; under one rule in the order of the table of terms.
            terms=tuple(term for _, term in sorted(terms[row["group"]], key=itemgetter(0))),
        )
        for row in _rows("model_groups.csv")
        if row["group"] in terms
    )


def find_group(name: str) -> Group | None:
    """Return a group by its name in addresses."""
    return next((group for group in all_groups() if group.name == name), None)


@cache
def group_by_term() -> Mapping[str, Group]:
    """Return the group of each term that is entered for models."""
    return {term.name: group for group in all_groups() for term in group.terms}


def _rule_of(term: Term, rules: Sequence[Mapping[str, str]]) -> int:
    facts = {
        "term": term.name,
        "level": term.level.value,
        "point": term.point.partition(",")[0],
        "value_class": term.value_class,
    }
    return next(
        place
        for place, rule in enumerate(rules)
        if all(not rule[name] or rule[name] == fact for name, fact in facts.items())
    )


def _rows(name: str) -> Sequence[Mapping[str, str]]:
    text = files("passport.web.editor").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
