"""Every word of every document that the demonstration signs is published somewhere."""

import json
from collections.abc import Iterator

import pytest
from builders_shapes import breaches, graph_of
from pyld import jsonld
from sqlmodel import Session, select

from passport.bootstrap import open_passport
from passport.domain.passport import StatementKind
from passport.linked_data.contexts import context_document, known_contexts, load_context
from passport.linked_data.documents import parse_document
from passport.linked_data.terms import VOCABULARY, schema_file
from passport.storage.tables_record import StatementRow, StatusListRow

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.fixture(scope="module")
def signed_documents(tmp_path_factory):
    """Everything that is signed in the demonstration with all its neighbours, parsed."""
    data = tmp_path_factory.mktemp("demonstration")
    passport = open_passport(data=data, keystore="memory:")
    passport.load_demonstration(lambda _: None)
    with Session(passport.engine) as session:
        bodies = [row.body for row in session.exec(select(StatementRow))]
        bodies += [row.body for row in session.exec(select(StatusListRow))]
    passport.close()
    return [parse_document(body) for body in bodies]


@pytest.fixture(scope="module")
def words(signed_documents):
    """Every predicate and every class of what is signed."""
    options = {"documentLoader": load_context}
    return {
        word
        for document in signed_documents
        for node in jsonld.expand(document, options)
        for word in words_of(node)
    }


def words_of(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from words_of(one)
    elif isinstance(value, dict) and "@value" not in value:
        yield from value.get("@type", [])
        for name, inside in value.items():
            if name not in {"@id", "@type"}:
                if not name.startswith("@"):
                    yield name
                yield from words_of(inside)


def published_here():
    """Classes and properties that our vocabulary defines, each with a label."""
    graph = json.loads(schema_file("vocabulary/battery.jsonld").read_bytes())["@graph"]
    return {
        node["@id"]
        for node in graph
        if node["@type"] in {"rdf:Property", "rdfs:Class"} and node["rdfs:label"]
    }


def published_by_the_w3c():
    """Every word that a pinned context of the W3C defines."""
    addresses = [iri for iri in known_contexts() if "open-battery-passport" not in iri]
    return {iri for address in addresses for iri in defined_in(context_document(address))}


def defined_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("@id"), str):
            yield value["@id"]
        for name, inside in value.items():
            if isinstance(inside, str) and not name.startswith("@"):
                yield inside
            yield from defined_in(inside)


def test_the_demonstration_signs_every_kind_of_statement(signed_documents):
    kinds = {document["type"][-1] for document in signed_documents}

    assert kinds >= {kind.value for kind in StatementKind}


def test_each_word_of_ours_is_defined_in_the_published_vocabulary(words):
    ours = {word for word in words if word.startswith(VOCABULARY)}

    assert len(ours) > 100
    assert ours - published_here() == set()


def test_each_other_word_is_one_of_the_credentials_and_security_vocabularies(words):
    others = {word for word in words if not word.startswith(VOCABULARY)}

    assert others - published_by_the_w3c() - {RDF_TYPE} == set()
    assert {word.rpartition("#")[0] or word.rpartition("/")[0] for word in others} <= {
        "https://www.w3.org/2018/credentials",
        "https://www.w3.org/ns/credentials/status",
        "https://w3id.org/security",
        "http://purl.org/dc/terms",
    }


@pytest.mark.parametrize("kind", StatementKind)
def test_what_is_signed_of_each_kind_conforms_to_the_shapes(signed_documents, kind):
    signed = [document for document in signed_documents if document["type"][-1] == kind.value]

    for document in (signed[0], signed[-1]):
        assert breaches(graph_of(document)) == set()
