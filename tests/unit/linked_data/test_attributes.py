"""Every attribute of the published models has its term, or a reason why it is none."""

import csv
import re
from pathlib import Path

import pytest

from passport.linked_data.terms import TermRow, schema_file, term_rows

VECTORS = Path(__file__).parents[2] / "vectors" / "attributes" / "attributes.csv"
TERMS = {row.name: row for row in term_rows()}
SAID_OF = {
    "ModelPublicStatement": "model",
    "ModelRestrictedStatement": "model",
    "ModelAuthorityStatement": "model",
    "ProductionStatement": "batch",
}
READ_BY = {"1": "public", "2": "legitimate_interest", "3": "authority", "4": "item"}

with VECTORS.open(newline="", encoding="utf-8") as file:
    ATTRIBUTES = list(csv.DictReader(file))
HOMES = {
    row["attribute"]: row
    for row in csv.DictReader(
        schema_file("attributes.csv").read_text(encoding="utf-8").splitlines()
    )
}


def _walk(path: str) -> tuple[TermRow, TermRow]:
    """Return the first and the last term of a path; each step has to stand in its node."""
    first, *steps = path.split(".")
    row = root = TERMS[first]
    assert root.cells["statement"] or root.cells["node_class"] == "Statement", path
    for step in steps:
        assert row.cells["value_class"] in TERMS[step].cells["node_class"].split(), (path, step)
        row = TERMS[step]
    return root, row


def _points_of_the_annex(text: str) -> set[str]:
    return set(re.findall(r"(?:^|; )([1-4]\([a-z]\)|3(?=$|;))", text))


def _differences(attribute: dict[str, str], paths: list[str]) -> set[str]:
    walked = [_walk(path) for path in paths]
    points = {point for root, _ in walked for point in root.cells["annex_xiii"].split(", ")} - {""}
    levels = {
        SAID_OF.get(kind, "item") for root, _ in walked for kind in root.cells["statement"].split()
    }
    same = {
        "point": _points_of_the_annex(attribute["annex_xiii_point"]) <= points,
        "audience": not points or attribute["audience"] in {READ_BY[point[0]] for point in points},
        "level": not levels or attribute["level"] in levels,
        "unit": attribute["unit"] in {leaf.cells["unit"] for _, leaf in walked},
    }
    return {name for name, is_same in same.items() if not is_same}


def test_every_attribute_has_one_row_and_nothing_else_has():
    assert sorted(HOMES) == sorted(row["attribute"] for row in ATTRIBUTES)


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda row: row["attribute"])
def test_an_attribute_is_a_term_like_it_or_a_reason_says_why_not(attribute):
    home = HOMES[attribute["attribute"]]
    paths = home["terms"].split()
    differences = _differences(attribute, paths) if paths else set()

    assert differences == set(home["differs"].split()), "differs has to list what differs"
    assert home["note"].endswith(".") or (paths and not differences and not home["note"])


def test_a_path_that_leaves_its_node_is_found():
    with pytest.raises(AssertionError):
        _walk("manufacturer.documentUrl")
