"""No published case is left out: the files are counted against what the tests run over."""

import json
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[1] / "vectors"
TESTED_TYPES = {"rdfc:RDFC10EvalTest", "rdfc:RDFC10MapTest", "rdfc:RDFC10NegativeEvalTest"}
"""Kinds of cases of the canonicalization of RDF that have a test each."""


def test_every_file_of_the_canonicalization_of_rdf_belongs_to_a_case_that_is_run():
    folder = VECTORS / "rdf-canon"
    cases = json.loads((folder / "manifest.json").read_bytes())
    files = {f"rdfc10/{path.name}" for path in (folder / "rdfc10").iterdir()}

    named = {case[part] for case in cases for part in ("action", "result") if case.get(part)}

    assert named == files
    assert {case["type"] for case in cases} == TESTED_TYPES
    assert sum(case["type"] == "rdfc:RDFC10NegativeEvalTest" for case in cases) == 1
    assert len(cases) == 58


def test_every_published_status_list_holds_places_that_are_asked_about():
    cases = json.loads((VECTORS / "bitstring" / "status-cases.json").read_bytes())

    assert len(cases) == 20
    assert all(case["probes"] for case in cases)


@pytest.mark.parametrize(
    "folder",
    [
        "bitstring",
        "contexts",
        "interop",
        "keys",
        "rdf-canon",
        "vc-di-ecdsa",
        "vc-di-eddsa",
        "vcdm2-input",
    ],
)
def test_vectors_say_where_they_come_from(folder):
    notice = (VECTORS / folder / "NOTICE.md").read_text().lower()

    assert "made for this project" in notice or "commit" in notice
