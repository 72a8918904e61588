"""Strategies for values of every term, nodes of every class and contents of every statement."""

from datetime import timedelta
from functools import cmp_to_key

from builders_contents import BATTERY_IRI, MODEL_IRI, VALID_FROM, a_statement
from hypothesis import strategies as st

from passport.domain.content import (
    AbsenceReason,
    Datatype,
    absent,
    all_terms,
    codes_of,
    terms_in,
    terms_of,
)
from passport.domain.passport import StatementKind
from passport.linked_data.documents import instant_text
from passport.linked_data.rules import RuleKind, RuleScope, all_rules
from passport.linked_data.values import in_order

ODD_TEXTS = (
    "\u05e1\u05d5\u05dc\u05dc\u05d4",  # right to left
    "\u0628\u0637\u0627\u0631\u064a\u0629 \u200e48 V",
    "\U0001f50b\U00020000",  # beyond the first plane
    "line\u2028and paragraph\u2029 within",
    "\u200b",  # looks empty, and is none
    "e\u0301 and \u00e9",  # two spellings of one letter
    'quote " backslash \\ slash /',
    "<a href='#'>&amp;</a>",
    "tab\tand\nnewline",
)
ODD_DECIMALS = ("0", "0.0", "0.00", "1.500", "10.0", "99.999999", "0.000001")
LANGUAGES = ("en", "nl", "de", "fr", "he", "ar", "de-at")
DEEPEST = 3

texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=30
).filter(lambda text: text == text.strip() and text)
days = st.dates()
instants = st.integers(0, 10**8).map(lambda s: instant_text(VALID_FROM + timedelta(seconds=s)))
iris = st.integers(0, 10**9).map(lambda number: f"https://x.example/{number}")


def decimals(term):
    low = -1000 if term.minimum is None else int(term.minimum) + (term.minimum % 1 != 0)
    high = 10**6 if term.maximum is None else int(term.maximum)
    whole = st.integers(low, high - 1 if high > low else high)
    if term.datatype is Datatype.INTEGER:
        return whole.map(str)
    fractions = st.text("0123456789", min_size=0, max_size=6)
    mixed = st.builds(
        lambda n, f: f"{n}.{f}" if f and (n >= 0 or n > low) else str(n), whole, fractions
    )
    odd = [text for text in ODD_DECIMALS if low <= float(text) <= high]
    return st.one_of(mixed, st.sampled_from(odd)) if odd else mixed


def values(term, depth=0):
    """Valid values of a term in the form that is signed."""
    one = {
        Datatype.DECIMAL: lambda: decimals(term),
        Datatype.INTEGER: lambda: decimals(term),
        Datatype.TEXT: lambda: texts,
        Datatype.LANGUAGE_MAP: lambda: st.dictionaries(
            st.sampled_from(LANGUAGES), texts, min_size=1
        ),
        Datatype.DATE: lambda: days.map(str),
        Datatype.YEAR_MONTH: lambda: days.map(lambda day: str(day)[:7]),
        Datatype.DATE_TIME: lambda: instants,
        Datatype.IRI: lambda: iris,
        Datatype.CODE: lambda: st.sampled_from(sorted(codes_of(term.code_list))),
        Datatype.NODE: lambda: nodes(term.value_class, depth + 1),
        Datatype.BOOLEAN: st.booleans,
        Datatype.DIGEST: lambda: st.binary(min_size=32, max_size=32).map(
            lambda digest: f"sha256:{digest.hex()}"
        ),
        Datatype.TERM: lambda: st.sampled_from([term.name for term in all_terms()]),
        Datatype.COUNTRY: lambda: st.sampled_from(["DE", "NL", "FR"]),
        Datatype.CAS: lambda: st.sampled_from(["7439-93-2", "7440-02-0"]),
        Datatype.EMAIL: lambda: st.just("a@b.example.com"),
    }[term.datatype]()
    if not term.is_many:
        return one
    return st.lists(one, min_size=1, max_size=3, unique_by=repr)


def nodes(node_class, depth):
    """Nodes of a class with what they need, and some of what they may hold."""
    terms = terms_in(node_class).values()
    needed = {t.name: values(t, depth) for t in terms if t.is_needed}
    other = {
        t.name: values(t, depth)
        for t in terms
        if not t.is_needed and (depth < DEEPEST or t.datatype is not Datatype.NODE)
    }
    drawn = st.fixed_dictionaries(needed, optional=other).map(keeping_the_rules)
    return drawn if needed else drawn.filter(bool)


def keeping_the_rules(fields):
    """Change a content or node until the rules between its values hold."""
    kept = dict(fields)
    for rule in all_rules():
        if rule.scope is not RuleScope.STATEMENT:
            continue
        said = [name for name in rule.terms if isinstance(kept.get(name), str)]
        if rule.kind is RuleKind.ORDER:
            _put_in_order(kept, said)
        elif rule.kind is RuleKind.ONLY_WITH and len(said) > 1:
            kept[said[1]] = rule.limit.split()[0]
    return kept


def _put_in_order(fields, names):
    rising = sorted((fields[name] for name in names), key=cmp_to_key(_compare))
    fields.update(zip(names, rising, strict=True))


def _compare(one, other):
    return 0 if one == other else -1 if in_order(one, other) else 1


def contents(kind):
    """Contents of a kind of statement: what it needs, values, and reasons for absent ones."""
    needed = {name: values(term) for name, term in terms_of(kind).items() if term.is_needed}
    known = {
        name: term
        for name, term in terms_of(kind).items()
        if name != "absent" and name not in needed
    }
    with_absence = {
        name: st.one_of(
            values(term),
            *([st.sampled_from(AbsenceReason).map(absent)] if term.point else []),
        )
        for name, term in known.items()
    }
    names = st.sets(st.sampled_from(sorted(known)), min_size=1, max_size=8)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries(
            needed | {name: with_absence[name] for name in sorted(chosen)}
        )
    ).map(keeping_the_rules)


def statement_of(kind, content):
    """A statement about a model or a battery, as its kind has it."""
    is_model = kind.subject_class == "BatteryModel"
    return a_statement(kind, content, subject_iri=MODEL_IRI if is_model else BATTERY_IRI)


kinds_with_contents = st.sampled_from(StatementKind).flatmap(
    lambda kind: st.tuples(st.just(kind), contents(kind))
)
