"""Lists that grow without a new version: statements may hold any code of their form."""

import json

import pytest
from builders_contents import MODEL_IRI, a_statement

from passport.domain.content import OPEN_CODE_LISTS, Datatype, all_terms
from passport.domain.passport import StatementKind
from passport.linked_data.generation import statement_schema
from passport.linked_data.schemas import check_statement
from passport.linked_data.terms import schema_file

OPEN = [term for term in all_terms() if term.code_list in OPEN_CODE_LISTS]
CLOSED = [
    term
    for term in all_terms()
    if term.datatype is Datatype.CODE and term.code_list not in OPEN_CODE_LISTS
]


def shape_of(name: str) -> str:
    text = schema_file("shacl/statements.ttl").read_text(encoding="utf-8")
    return text.partition(f"\nshapes:{name} a sh:PropertyShape")[2].partition("\n\n")[0]


def a_model_that_says(**content: object):
    return a_statement(
        StatementKind.MODEL_PUBLIC, content, subject_iri=MODEL_IRI, series_iri=f"{MODEL_IRI}/s"
    )


@pytest.mark.parametrize("term", OPEN, ids=lambda term: term.name)
def test_schema_and_shape_of_an_open_list_ask_for_a_form_and_name_no_code(term):
    (kind,) = term.kinds
    properties = statement_schema(kind)["properties"]["credentialSubject"]["properties"]

    assert "enum" not in json.dumps(properties[term.name])
    assert properties[term.name]["pattern"]
    assert "sh:pattern" in shape_of(term.name)
    assert "sh:in" not in shape_of(term.name)


@pytest.mark.parametrize("term", CLOSED, ids=lambda term: term.name)
def test_the_shape_of_a_closed_list_names_its_codes(term):
    assert "sh:in" in shape_of(term.name)


@pytest.mark.parametrize("code", ["Al-ion", "NMC631", "X"])
def test_a_statement_with_a_code_to_come_is_in_order(code):
    assert check_statement(a_model_that_says(chemistry=code, anodeMaterial=code)) == []


@pytest.mark.parametrize("code", ["", "Al ion", "-ion", "1", "x" * 33, "Al\nion", "Ål-ion"])
def test_a_statement_with_a_text_that_is_no_code_is_not(code):
    (problem,) = check_statement(a_model_that_says(chemistry=code))

    assert problem.path == "/credentialSubject/chemistry"


def test_a_statement_with_an_unknown_code_of_a_closed_list_is_not():
    assert check_statement(a_model_that_says(electrolyteState="plasma")) != []
