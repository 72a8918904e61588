"""Value -> statement -> value, for every kind; and nothing in a statement goes unsigned."""

import re

import pytest
from builders_contents import as_bytes
from builders_drawn import ODD_DECIMALS, ODD_TEXTS, kinds_with_contents, statement_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.domain.content import Datatype, all_terms, terms_of
from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.contexts import context_document
from passport.linked_data.documents import (
    content_of,
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


def the_way_there_and_back(term, value):
    kind = term.kinds[0]
    assert normalise_content({term.name: value}) == {term.name: value}
    document = statement_of(kind, {term.name: value})
    assert check_statement(document) == []
    return content_of(parse_document(as_bytes(document)))[term.name]


@pytest.mark.parametrize("text", [text for text in ODD_TEXTS if text == text.strip()], ids=ascii)
def test_an_odd_text_comes_back_letter_by_letter(text):
    serial, name = terms_of(StatementKind.ITEM_PUBLIC), terms_of(StatementKind.MODEL_PUBLIC)
    several = {"en": text, "he": text, "ar": f"{text} {text}"}

    assert the_way_there_and_back(serial["serialNumber"], text) == text
    assert the_way_there_and_back(name["modelName"], several) == several


@pytest.mark.parametrize("text", ODD_DECIMALS)
@pytest.mark.parametrize(
    "term",
    [
        term
        for term in all_terms()
        if term.kinds and term.datatype is Datatype.DECIMAL and not term.is_many
    ],
    ids=lambda term: term.name,
)
def test_a_number_comes_back_with_each_of_its_digits(term, text):
    assert the_way_there_and_back(term, text) == text


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
