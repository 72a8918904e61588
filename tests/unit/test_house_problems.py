"""Each refusal has a code of its own, and each code a paragraph in docs/problems.md."""

import importlib
import inspect
import pkgutil
import re
from itertools import combinations
from pathlib import Path

import pytest

import bms_ingest
import passport
import recycler_portal
from passport.domain.errors import PassportError

DOCS = Path(__file__).parents[2] / "docs" / "problems.md"
PACKAGES = (passport, bms_ingest, recycler_portal)
SHORTEST_PARAGRAPH = 40


def _modules():
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # Alembic runs these with a context of its own.
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                yield importlib.import_module(module.name)


@pytest.fixture(scope="module")
def refusals():
    names = tuple(package.__name__ for package in PACKAGES)
    return {
        value
        for module in _modules()
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, Exception)
        and value.__module__.startswith(names)
        and isinstance(getattr(value, "code", None), str)
    }


PARAGRAPHS = {
    code: text.strip()
    for code, text in re.findall(
        r"^### `([a-z0-9-]+)`\n(.*?)(?=^#|\Z)", DOCS.read_text(), re.MULTILINE | re.DOTALL
    )
}


def test_each_refusal_has_its_paragraph(refusals):
    missing = {
        (refusal.code, refusal.__name__)
        for refusal in refusals
        if len(PARAGRAPHS.get(refusal.code, "")) < SHORTEST_PARAGRAPH
    }

    assert missing == set()


def test_no_paragraph_is_about_a_code_that_nothing_raises(refusals):
    assert set(PARAGRAPHS) - {refusal.code for refusal in refusals} == set()


def test_each_refusal_has_a_code_of_its_own(refusals):
    without = {refusal.__name__ for refusal in refusals if "code" not in vars(refusal)}

    assert without == set()


def test_no_two_refusals_share_a_code_unless_one_is_the_other_more_exactly(refusals):
    shared = {
        (one.__name__, other.__name__)
        for one, other in combinations(refusals, 2)
        if one.code == other.code and not issubclass(one, other) and not issubclass(other, one)
    }

    assert shared == set()


def test_codes_are_words_with_hyphens_and_refusals_are_passport_errors(refusals):
    for refusal in refusals:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", refusal.code), refusal
        assert issubclass(refusal, PassportError), refusal
