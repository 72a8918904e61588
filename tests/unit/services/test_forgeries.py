"""Every forgery of the catalogue is refused, each for a reason of its own."""

from functools import cache
from pathlib import Path

import pytest
from forgeries.catalogue import FORGERIES, page
from forgeries.forgery import shown

FEWEST = 60


@cache
def report_on(forgery):
    return shown(forgery.make()).report()


@cache
def genuine_report(make):
    return shown(make()).report()


def problem_meant(forgery):
    """The problem that the catalogue names for a forgery."""
    found = [
        problem
        for problem in report_on(forgery).problems
        if problem.code == forgery.code and forgery.phrase in problem.message
    ]
    assert found, [(problem.code, problem.message) for problem in report_on(forgery).problems]
    return found[0]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_forgery_is_refused_with_its_code_its_words_and_its_verdict(forgery):
    report = report_on(forgery)

    assert not report.verified
    assert problem_meant(forgery).code == forgery.code
    assert {problem.code for problem in report.problems} == {forgery.code} | forgery.also
    assert report.verdict is forgery.verdict


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_the_same_unforged_verifies(forgery):
    report = genuine_report(forgery.genuine)

    assert [(problem.code, problem.message) for problem in report.problems] == []
    assert report.verified


def test_no_two_forgeries_are_refused_for_the_same_reason():
    problems = [problem_meant(forgery) for forgery in FORGERIES]

    assert len({(one.code, one.phrase) for one in FORGERIES}) == len(FORGERIES) >= FEWEST
    assert len({(one.check, one.code, one.message) for one in problems}) == len(FORGERIES)
    assert len({one.name for one in FORGERIES}) == len(FORGERIES)


def test_the_documentation_lists_the_forgeries_as_they_are_refused():
    written = Path(__file__).parents[3].joinpath("docs", "forgeries.md").read_text("utf-8")

    assert written == page()
