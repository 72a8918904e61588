"""The vocabulary in Turtle says what the vocabulary in JSON-LD says."""

import json
from pathlib import Path

import rdflib
from pyld import jsonld
from rdflib.compare import isomorphic

from passport.linked_data.terms import VOCABULARY
from passport.linked_data.vocabulary import as_turtle, vocabulary_part

FOLDER = Path(__file__).parents[3] / "schemas" / "vocabulary"


def in_rdf(document):
    quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
    return rdflib.Graph().parse(data=quads, format="nt")


def test_both_forms_of_the_vocabulary_are_one_graph():
    turtle = rdflib.Graph().parse(FOLDER / "battery.ttl")

    assert isomorphic(turtle, in_rdf(json.loads((FOLDER / "battery.jsonld").read_text())))


def test_both_forms_of_one_word_are_one_graph():
    for name in ("massKilograms", "codes/category", "Document"):
        part = vocabulary_part(f"{VOCABULARY}{name}")

        assert isomorphic(rdflib.Graph().parse(data=as_turtle(part)), in_rdf(part)), name


def test_a_code_list_is_told_with_its_codes():
    part = vocabulary_part(f"{VOCABULARY}codes/category")

    notations = {node.get("skos:notation") for node in part["@graph"]}
    assert notations == {None, "EV", "LMT", "industrial", "portable", "SLI"}


def test_nothing_is_told_of_a_word_that_there_is_not():
    assert vocabulary_part(f"{VOCABULARY}colour")["@graph"] == []
