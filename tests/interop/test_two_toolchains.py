"""Two JSON-LD toolchains write the same canonical bytes for every example.

One is ours: pyld expands, our own code writes quads and canonizes. The other is jsonld.js with
rdf-canonize, in safe mode, which refuses what it would drop.
"""

import pytest
from builders_contents import a_statement
from builders_drawn import ODD_TEXTS
from builders_shapes import EXAMPLES, statements_of_example
from node_peer import a_node_peer
from node_process import NodePeerError

from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import pinned_canonicalizer


@pytest.fixture(scope="module")
def peer():
    with a_node_peer() as running:
        yield running


def test_there_are_examples_of_every_kind_of_statement_that_people_enter():
    kinds = {kind for name in EXAMPLES for kind in statements_of_example(name)}

    assert kinds == set(StatementKind) - {StatementKind.INDEX, StatementKind.EVENT}


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_toolchains_write_the_same_bytes_for_each_statement_of_an_example(peer, name):
    for kind, document in statements_of_example(name).items():
        assert peer.canonize(document) == pinned_canonicalizer().canonize(document), kind


@pytest.mark.parametrize("text", [text for text in ODD_TEXTS if text == text.strip()], ids=ascii)
def test_both_toolchains_write_odd_texts_alike(peer, text):
    documents = (
        a_statement(StatementKind.ITEM_PUBLIC, {"serialNumber": text}),
        a_statement(StatementKind.MODEL_PUBLIC, {"modelName": {"he": text, "de-at": text}}),
    )
    for document in documents:
        assert peer.canonize(document) == pinned_canonicalizer().canonize(document)


def test_both_toolchains_refuse_a_word_without_meaning(peer):
    document = a_statement()
    document["credentialSubject"]["colour"] = "red"

    with pytest.raises(NodePeerError):
        peer.canonize(document)
    with pytest.raises(PassportError, match="colour"):
        pinned_canonicalizer().canonize(document)
