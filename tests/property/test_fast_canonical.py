"""The fast way gives the very bytes of the plain way, or leaves the document to it."""

import copy
from enum import StrEnum

import pytest
from builders_canonical import (
    a_wide_canonicalizer,
    changed,
    shuffled,
    tidy_documents,
    wide_documents,
)
from builders_drawn import contents, kinds_with_contents, statement_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import FOREIGN_DOCUMENTS, OUR_STATEMENTS, pinned_canonicalizer

OURS = pinned_canonicalizer()
WIDE = a_wide_canonicalizer()
STRICTNESSES = (OUR_STATEMENTS, FOREIGN_DOCUMENTS)
many = settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
some = settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
statements = kinds_with_contents.map(lambda both: statement_of(*both))


class Digit(StrEnum):
    ONE = "1"


def outcome(canonize, document, strictness):
    """The bytes, or the refusal with its words."""
    try:
        return canonize(copy.deepcopy(document), strictness)
    except PassportError as refusal:
        return type(refusal), str(refusal)


def fast_or_nothing(canonicalizer, document, strictness):
    """What the fast way gives in a loop and, the second time, by generated code: the same."""
    first = canonicalizer.canonize_fast(document, strictness)
    assert canonicalizer.canonize_fast(document, strictness) == first
    return first


def assert_same(canonicalizer, document):
    for strictness in STRICTNESSES:
        plain = outcome(canonicalizer.canonize_plainly, document, strictness)
        assert fast_or_nothing(canonicalizer, document, strictness) in {None, plain}
        assert outcome(canonicalizer.canonize, document, strictness) == plain


@pytest.mark.parametrize("kind", StatementKind)
def test_every_kind_of_statement_goes_the_fast_way_to_the_same_bytes(kind):
    @some
    @given(contents(kind), st.data())
    def check(content, data):
        document = data.draw(shuffled(statement_of(kind, content)))
        plain = OURS.canonize_plainly(document)

        assert fast_or_nothing(OURS, document, OUR_STATEMENTS) == plain

    check()


@many
@given(changed(statements))
def test_a_changed_statement_has_the_same_bytes_or_the_same_refusal(document):
    assert_same(OURS, document)


@many
@given(tidy_documents)
def test_a_tidy_document_of_others_goes_the_fast_way_to_the_same_bytes(document):
    plain = WIDE.canonize_plainly(document, FOREIGN_DOCUMENTS)

    assert fast_or_nothing(WIDE, document, FOREIGN_DOCUMENTS) == plain


@many
@given(changed(tidy_documents))
def test_a_changed_document_of_others_has_the_same_bytes_or_the_same_refusal(document):
    assert_same(WIDE, document)


@many
@given(wide_documents)
def test_any_document_has_the_same_bytes_or_the_same_refusal(document):
    assert_same(WIDE, document)


def test_a_code_of_ours_stands_for_its_text():
    document = statement_of(StatementKind.ITEM_PUBLIC, {"serialNumber": "A1"})
    plain = OURS.canonize_plainly(document)
    document["version"] = Digit(document["version"])

    assert fast_or_nothing(OURS, document, OUR_STATEMENTS) == plain
