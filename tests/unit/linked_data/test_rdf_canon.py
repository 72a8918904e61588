"""RDFC-1.0 against the vectors of the W3C."""

import json

import pytest
from builders_signing import VECTORS

from passport.linked_data.nquads import NQuadsSyntaxError, Quad, literal_text, parse_nquads
from passport.linked_data.rdf_canon import TooComplexError, canonize_quads, issue_canonical_labels

FOLDER = VECTORS / "rdf-canon"
CASES = json.loads((FOLDER / "manifest.json").read_bytes())


def cases(kind):
    return [
        pytest.param(case, id=case["id"]) for case in CASES if case["type"] == f"rdfc:RDFC10{kind}"
    ]


def quads_of(case):
    return list(parse_nquads((FOLDER / case["action"]).read_bytes().decode()))


def hash_of(case):
    return str(case.get("hashAlgorithm") or "SHA256").lower()


@pytest.mark.parametrize("case", cases("EvalTest"))
def test_a_dataset_gets_the_canonical_form_of_the_vector(case):
    expected = (FOLDER / case["result"]).read_bytes().decode()

    assert canonize_quads(quads_of(case), hash_algorithm=hash_of(case)) == expected


@pytest.mark.parametrize("case", cases("MapTest"))
def test_blank_nodes_get_the_labels_of_the_vector(case):
    expected = json.loads((FOLDER / case["result"]).read_bytes())

    labels = issue_canonical_labels(quads_of(case), hash_algorithm=hash_of(case))

    assert {k.removeprefix("_:"): v.removeprefix("_:") for k, v in labels.items()} == expected


@pytest.mark.parametrize("case", cases("NegativeEvalTest"))
def test_a_poison_graph_is_given_up_instead_of_running_on(case):
    with pytest.raises(TooComplexError, match="too alike"):
        canonize_quads(quads_of(case))


def test_a_long_chain_of_like_nodes_is_given_up_before_the_stack_ends():
    ring = [Quad(f"_:n{i}", "<urn:next>", f"_:n{(i + 1) % 2000}") for i in range(2000)]

    with pytest.raises(TooComplexError, match="bounded"):
        canonize_quads(ring)


def test_line_separators_inside_a_literal_do_not_end_the_line():
    literal = literal_text("one\u2028two\u0085three")
    text = f"<urn:a> <urn:b> {literal} .\n"

    assert canonize_quads(parse_nquads(text)) == text


@pytest.mark.parametrize(
    "line",
    [
        "<urn:a> <urn:b> .",
        "<urn:a> _:b <urn:c> .",
        '"a" <urn:b> <urn:c> .',
        "<urn:a b> <urn:b> <urn:c> .",
        r'<urn:a> <urn:b> "\x" .',
        r'<urn:a> <urn:b> "\uD800" .',
        r'<urn:a> <urn:b> "\UFFFFFFFF" .',
    ],
)
def test_a_line_that_is_no_quad_is_refused_by_its_number(line):
    with pytest.raises(NQuadsSyntaxError, match="line 2"):
        list(parse_nquads(f"# a comment\n{line}\n"))
