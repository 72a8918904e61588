"""JSON Schema with its bounds and the SHACL shapes judge a statement alike, right or wrong.

What only one of them sees is left out: JSON Schema sees members, lists and languages, SHACL sums
shares and warns; control characters and words without meaning never become a graph.
"""

import copy

import pytest
from builders_contents import a_statement
from builders_drawn import contents, statement_of, values
from builders_shapes import breaches, graph_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from passport.domain.content import Datatype, all_terms, codes_of, terms_in, terms_of
from passport.domain.passport import StatementKind
from passport.linked_data.schemas import check_statement
from passport.linked_data.terms import term_iri

some = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    deadline=None,
)
WRITTEN_BADLY = {
    Datatype.DECIMAL: ("1e3", "+5", "1,5", ".5", "5.", "-0.5.1", "99999999999", "-99999999999"),
    Datatype.INTEGER: ("1.5", "1e3", "+5", "007", "99999999999", "-99999999999"),
    Datatype.TEXT: (" ", "\t", "a" * 10_001),
    Datatype.DATE: ("2027-02-30", "2027-2-1", "2027-02-18Z", "18.02.2027", "2028-02-29"),
    Datatype.YEAR_MONTH: ("2027-00", "2027-13", "2027-1", "2027-12"),
    Datatype.DATE_TIME: ("2027-02-18T12:00:60Z", "2027-02-18", "2027-02-18T12:00:00.5Z"),
    Datatype.IRI: ("https://x.example/\u00e9", "urn:x:1"),
    Datatype.CODE: ("nobody-knows", "EV", "NMC"),
    Datatype.DIGEST: ("sha256:00", "md5:" + "0" * 32, "sha256:" + "A" * 64, "sha256:" + "0" * 64),
    Datatype.TERM: (term_iri("colour"), term_iri("massKilograms")),
    Datatype.COUNTRY: ("de", "DEU", "D1", "NL"),
    Datatype.CAS: ("7439-93-3", "7439932", "7439-93-2", "1-1-1", "7732-18-5", "7732-18-6"),
    Datatype.EMAIL: ("nobody", "a@", "a b@x.example", "a@x.example"),
}
"""Writings of which most are wrong somewhere, and some right everywhere."""


def judged_alike(document):
    by_schema = bool(check_statement(document))
    by_shapes = {found for found in breaches(graph_of(document)) if found[0] == "Violation"}
    assert by_schema is bool(by_shapes), (check_statement(document), by_shapes)
    return by_schema


LIGHT_KINDS = sorted(
    set(StatementKind) - {StatementKind.MODEL_PUBLIC, StatementKind.MODEL_RESTRICTED}
)


@given(st.sampled_from(LIGHT_KINDS).flatmap(lambda kind: st.tuples(st.just(kind), contents(kind))))
@some
def test_what_is_right_for_one_is_right_for_the_other(kind_and_content):
    kind, content = kind_and_content

    assert not judged_alike(statement_of(kind, content))


@pytest.mark.parametrize("datatype", WRITTEN_BADLY)
@pytest.mark.parametrize("place", [0, -1], ids=["first term", "last term"])
def test_each_writing_of_a_datatype_is_judged_alike(datatype, place):
    terms = [term for term in all_terms() if term.datatype is datatype]
    term = terms[place]
    for text in WRITTEN_BADLY[datatype]:
        judged_alike(a_statement_with(term, text))


def a_statement_with(term, text):
    """A statement that says a text of a term, on its subject or in a node of some subject."""
    if term.kinds:
        kind = term.kinds[0]
        document = a_statement(kind, {})
        place = document["credentialSubject"]
    else:
        holder = next(
            one for one in all_terms() if one.kinds and one.value_class in term.node_classes
        )
        kind = holder.kinds[0]
        node = smallest(holder)
        document = a_statement(kind, {holder.name: node})
        place = document["credentialSubject"][holder.name]
        place = place[0] if isinstance(place, list) else place
    place[term.name] = [text] if term.is_many else text
    return document


PLAIN = {
    Datatype.DECIMAL: "1",
    Datatype.INTEGER: "1",
    Datatype.TEXT: "x",
    Datatype.LANGUAGE_MAP: {"en": "x"},
    Datatype.DATE: "2027-02-18",
    Datatype.DATE_TIME: "2027-02-18T12:00:00Z",
    Datatype.IRI: "https://x.example/",
    Datatype.DIGEST: "sha256:" + "0" * 64,
    Datatype.TERM: "massKilograms",
    Datatype.COUNTRY: "NL",
}


def smallest(holder):
    """The value of a term that takes a node, with what the node needs and no more."""
    node = {
        term.name: next(iter(codes_of(term.code_list)))
        if term.datatype is Datatype.CODE
        else PLAIN[term.datatype]
        for term in terms_in(holder.value_class).values()
        if term.is_needed
    }
    return [node] if holder.is_many else node


numbers = [
    term
    for term in all_terms()
    if term.kinds and term.datatype is Datatype.DECIMAL and not term.is_many
]


@given(st.sampled_from(numbers), st.decimals(-1000, 1000, places=2))
@some
def test_each_number_is_in_bounds_for_both_or_for_neither(term, number):
    text = format(number.normalize(), "f")
    document = a_statement(term.kinds[0], {})
    document["credentialSubject"][term.name] = "0" if text == "-0" else text

    wrong = judged_alike(document)

    outside = (term.minimum is not None and number < term.minimum) or (
        term.maximum is not None and number > term.maximum
    )
    assert wrong is bool(outside)


@given(st.data())
@some
def test_a_needed_value_or_one_too_many_is_missed_or_seen_by_both(data):
    kind = data.draw(st.sampled_from([StatementKind.CONDITION, StatementKind.INDEX]))
    term = data.draw(
        st.sampled_from(
            [
                term
                for term in terms_of(kind).values()
                if term.datatype is Datatype.NODE and term.name != "absent"
            ]
        )
    )
    document = copy.deepcopy(a_statement(kind, {term.name: data.draw(values(term))}))
    node = document["credentialSubject"][term.name]
    node = node[0] if isinstance(node, list) else node
    said = sorted(set(node) - {"id", "type"})
    assume(said)

    del node[data.draw(st.sampled_from(said))]

    assume(set(node) - {"id", "type"})
    judged_alike(document)
