"""Contents that fulfil the table of terms, drawn at random."""

from datetime import timedelta

from builders_contents import VALID_FROM
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
from passport.linked_data.documents import instant_text

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
    return st.builds(lambda n, f: f"{n}.{f}" if f and n >= 0 else str(n), whole, fractions)


def values(term, depth=0):
    one = {
        Datatype.DECIMAL: lambda: decimals(term),
        Datatype.INTEGER: lambda: decimals(term),
        Datatype.TEXT: lambda: texts,
        Datatype.LANGUAGE_MAP: lambda: st.dictionaries(
            st.sampled_from(["en", "nl", "de", "fr", "de-at"]), texts, min_size=1
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


DEEPEST = 3
RANGES = {"TemperatureRange", "TemperatureTime", "StateOfChargeTime", "Assessment"}


def nodes(node_class, depth):
    terms = terms_in(node_class).values()
    needed = {t.name: values(t, depth) for t in terms if t.is_needed}
    other = {
        t.name: values(t, depth)
        for t in terms
        if not t.is_needed
        and (depth < DEEPEST or t.datatype is not Datatype.NODE)
        and not t.name.startswith("interval")
    }
    made = st.fixed_dictionaries(needed, optional=other).filter(bool)
    return made.map(ordered) if node_class in RANGES else made


def ordered(node):
    low, high = (
        [name for name in node if name.startswith(("minimum", "from"))],
        [name for name in node if name.startswith(("maximum", "to"))],
    )
    for lower, upper in zip(low, high, strict=True):
        node[lower], node[upper] = sorted((node[lower], node[upper]), key=float)
    return node


def contents(kind):
    known = {name: term for name, term in terms_of(kind).items() if name != "absent"}
    with_absence = {
        name: st.one_of(
            values(term),
            *([st.sampled_from(AbsenceReason).map(absent)] if term.point else []),
        )
        for name, term in known.items()
    }
    names = st.sets(st.sampled_from(sorted(known)), min_size=1, max_size=8)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({name: with_absence[name] for name in sorted(chosen)})
    )
