"""Mappings to other vocabularies lead from terms there are, and claim equality only of equals."""

import re
from collections import Counter
from pathlib import Path

import pytest

from passport.linked_data.contexts import context_bytes
from passport.linked_data.mappings import Relation, published_mappings, read_mappings
from passport.linked_data.terms import CONTEXT_IRI, TermRow, term_rows
from passport.linked_data.vocabulary import vocabulary_document

DOCS = (Path(__file__).parents[3] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
TERMS = {row.name: row for row in term_rows()}
MAPPINGS = read_mappings()
EQUAL = {Relation.EQUIVALENT, Relation.EXACT}
KINDS = {
    "decimal": "number",
    "integer": "integer",
    "text": "text",
    "cas": "text",
    "iri": "iri",
    "date": "date",
    "date-time": "date-time",
    "code": "code",
    "node": "node",
}


def _leaf(path: str) -> TermRow:
    first, *steps = path.split(".")
    row = TERMS[first]
    for step in steps:
        assert row.cells["value_class"] in TERMS[step].cells["node_class"].split(), (path, step)
        row = TERMS[step]
    return row


@pytest.mark.parametrize("path", sorted({mapping.path for mapping in MAPPINGS}))
def test_a_mapping_leads_from_a_term_there_is(path):
    assert _leaf(path).name == path.rpartition(".")[2]


def test_a_path_stands_to_a_target_in_one_relation():
    pairs = Counter((mapping.path, mapping.target) for mapping in MAPPINGS)

    assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize(
    "mapping",
    [mapping for mapping in MAPPINGS if mapping.relation in EQUAL],
    ids=lambda mapping: f"{mapping.path}-{mapping.target.rpartition(':')[2]}",
)
def test_equality_is_claimed_of_the_same_type_and_unit_alone(mapping):
    cells = _leaf(mapping.path).cells

    assert mapping.target_datatype == KINDS[cells["datatype"]]
    assert mapping.target_unit == cells["unit"]
    assert mapping.checked.startswith(("Compared: ", "Raised: "))


def test_only_properties_of_rdf_vocabularies_are_equivalent():
    equivalent = [row.target for row in MAPPINGS if row.relation is Relation.EQUIVALENT]

    assert equivalent
    assert all(
        target.startswith(("https://vocabulary.uncefact.org/", "https://w3id.org/eudpp#"))
        for target in equivalent
    )


def test_measured_values_of_openepcis_are_nodes_and_never_equal():
    nodes = [row for row in MAPPINGS if "openepcis" in row.target and row.target_datatype == "node"]

    assert nodes
    assert not [row.path for row in nodes if row.relation in EQUAL]


def test_every_mapping_says_what_was_compared_and_when():
    for mapping in MAPPINGS:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", mapping.checked_on), mapping
        assert mapping.checked.endswith("."), mapping
        assert mapping.vocabulary, mapping
        assert re.match(r"https?://|urn:samm:|0173-1#|0112/2///", mapping.target), mapping


def test_the_vocabulary_publishes_each_mapping_and_the_context_none():
    nodes = {node["@id"].rpartition("#")[2]: node for node in vocabulary_document()["@graph"]}
    published = {
        (term, target.get("@id") or target["skos:notation"])
        for term in TERMS
        for relation in Relation
        for target in nodes[term].get(relation, [])
    }

    assert published == {(mapping.term, mapping.target) for mapping in MAPPINGS}
    assert not [row for row in MAPPINGS if row.target in context_bytes(CONTEXT_IRI).decode()]


def test_a_target_that_is_equal_in_one_place_is_narrower_than_the_term():
    relations = published_mappings("casNumber")

    assert {"@id": "https://ref.openepcis.io/extensions/eu/battery/casNumber"} in relations[
        Relation.NARROW
    ]
    assert Relation.EXACT not in relations


def test_an_irdi_is_published_as_notation_since_it_is_no_iri():
    exact = published_mappings("ratedCapacityAmpereHours")[Relation.EXACT]

    assert {"skos:notation": "0173-1#02-ABL869#002"} in exact
    assert {"@id": "urn:samm:io.BatteryPass.Performance:1.2.1#ratedCapacity"} in exact


def test_the_docs_count_the_mappings():
    counted = dict(re.findall(r"^- `((?:owl|skos):\w+)`, (\d+):", DOCS, re.MULTILINE))

    assert counted == {
        relation.value: str(count)
        for relation, count in Counter(mapping.relation for mapping in MAPPINGS).items()
    }
