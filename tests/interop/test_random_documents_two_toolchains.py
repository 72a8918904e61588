"""jsonld.js writes random documents as the fast way does, wherever both take them."""

import pytest
from builders_canonical import WIDE_CONTEXTS, a_wide_canonicalizer, tidy_documents
from builders_drawn import contents, statement_of
from hypothesis import HealthCheck, given, settings
from node_peer import a_node_peer

from passport.domain.passport import StatementKind
from passport.linked_data.canonical import FOREIGN_DOCUMENTS, pinned_canonicalizer

WIDE = a_wide_canonicalizer()
OURS = pinned_canonicalizer()
LAST_OF_THE_FIRST_PLANE = 0xFFFF


@pytest.fixture(scope="module")
def peer():
    with a_node_peer() as running:
        running.know(WIDE_CONTEXTS)
        yield running


def assert_same(theirs, fast):
    """The same lines; in the same order too, unless a character of another plane decides it.

    rdf-canonize sorts by UTF-16 units, RDFC-1.0 by code points.
    """
    ours, other = fast.decode(), theirs.decode()
    assert sorted(other.split("\n")) == sorted(ours.split("\n"))
    if max(map(ord, ours)) <= LAST_OF_THE_FIRST_PLANE:
        assert other == ours


@pytest.mark.parametrize("kind", StatementKind)
def test_random_statements_have_the_same_bytes_in_jsonld_js(peer, kind):
    @settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
    @given(contents(kind))
    def check(content):
        document = statement_of(kind, content)

        assert_same(peer.canonize(document), OURS.canonize_fast(document))

    check()


def test_random_documents_of_others_have_the_same_bytes_in_jsonld_js(peer):
    @settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
    @given(tidy_documents)
    def check(document):
        assert_same(peer.canonize(document), WIDE.canonize_fast(document, FOREIGN_DOCUMENTS))

    check()
