"""Value -> statement -> value, for every kind; and nothing in a statement goes unsigned."""

import re
from datetime import timedelta

import pytest
from builders_contents import BATTERY_IRI, MODEL_IRI, VALID_FROM, a_statement, as_bytes
from hypothesis import HealthCheck, given, settings
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
from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.contexts import context_document
from passport.linked_data.documents import (
    content_of,
    instant_text,
    parse_document,
    presentation_bytes,
    statements_of,
)
from passport.linked_data.generation import context_document as generated_context
from passport.linked_data.schemas import check_statement, normalise_content
from passport.linked_data.terms import CONTEXT_IRI, VOCABULARY

CANONICALIZER = Canonicalizer(context_document)
PREDICATE = re.compile(r"^\S+ <([^>]*)> ", re.MULTILINE)
PUBLISHED = {
    *(VOCABULARY + term.name for term in all_terms()),
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    *(
        f"https://www.w3.org/2018/credentials#{name}"
        for name in ("credentialSubject", "issuer", "validFrom")
    ),
}

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


RANGES = {"TemperatureRange", "TemperatureTime", "StateOfChargeTime", "Assessment"}


def nodes(node_class, depth):
    terms = terms_in(node_class).values()
    needed = {t.name: values(t, depth) for t in terms if t.is_needed}
    other = {
        t.name: values(t, depth)
        for t in terms
        if not t.is_needed and depth < 3 and not t.name.startswith("interval")
    }
    made = st.fixed_dictionaries(needed, optional=other)
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


def statement_of(kind, content):
    is_model = kind.subject_class == "BatteryModel"
    return a_statement(kind, content, subject_iri=MODEL_IRI if is_model else BATTERY_IRI)


kinds_with_contents = st.sampled_from(StatementKind).flatmap(
    lambda kind: st.tuples(st.just(kind), contents(kind))
)
some = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@given(kinds_with_contents)
@some
def test_a_content_comes_back_from_its_statement_and_from_the_bytes(kind_and_content):
    kind, content = kind_and_content
    document = statement_of(kind, content)

    assert normalise_content(content) == content
    assert check_statement(document) == []
    assert content_of(document) == content
    assert content_of(parse_document(as_bytes(document))) == content


@given(kinds_with_contents)
@some
def test_every_predicate_of_a_statement_stands_in_a_published_vocabulary(kind_and_content):
    kind, content = kind_and_content
    document = statement_of(kind, content)

    quads = CANONICALIZER.canonize(document).decode()

    assert set(PREDICATE.findall(quads)) <= PUBLISHED
    assert "_:" not in re.sub(r'"[^\n]*"', "", quads)
    for name in content:
        assert VOCABULARY + name in quads


@given(kinds_with_contents, st.text("abcdefghij", min_size=5, max_size=12))
@some
def test_a_word_that_no_context_defines_is_refused_wherever_it_stands(kind_and_content, word):
    kind, content = kind_and_content
    document = statement_of(kind, content)
    document["credentialSubject"][word] = "x"

    with pytest.raises(PassportError, match=word):
        CANONICALIZER.canonize(document)
    assert check_statement(document)


@given(st.lists(kinds_with_contents, max_size=4))
@some
def test_statements_come_out_of_a_presentation_byte_for_byte(several):
    stored = [as_bytes(statement_of(kind, content)) for kind, content in several]

    assert statements_of(presentation_bytes(stored)) == stored


def test_the_pinned_context_is_the_generated_one():
    assert context_document(CONTEXT_IRI) == generated_context()
