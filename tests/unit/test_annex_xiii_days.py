"""Annex XIII by kind of battery and day, against a table written by hand from the law."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from passport.domain.applicability import Life, Scope
from passport.domain.battery import Category, SubType
from passport.domain.content import Requirement
from passport.rules.rulebook import Rulebook, read_rulebook

VECTORS = Path(__file__).parents[1] / "vectors" / "annex-xiii"
EVERY = "*"
KINDS = {
    "ev": (Category.EV, None),
    "lmt": (Category.LMT, None),
    "industrial": (Category.INDUSTRIAL, None),
    "stationary": (Category.INDUSTRIAL, SubType.STATIONARY),
    "external_storage": (Category.INDUSTRIAL, SubType.EXTERNAL_STORAGE),
    "non_cycle": (Category.INDUSTRIAL, SubType.NON_CYCLE),
}
START = date(2027, 2, 18)
AT_START = START.isoformat()
SCENARIOS = {
    AT_START: (Life.FIRST, START, START),
    "2026-12-01": (Life.FIRST, date(2026, 12, 1), date(2026, 12, 1)),
    "2028-08-18": (Life.FIRST, date(2028, 8, 18), date(2028, 8, 18)),
    "2031-08-18": (Life.FIRST, date(2031, 8, 18), date(2031, 8, 18)),
    "2027-06-01-read-2029-06-01": (Life.FIRST, date(2027, 6, 1), date(2029, 6, 1)),
    "second-life-2027-02-18": (Life.SECOND, START, START),
    "second-life-2028-08-18": (Life.SECOND, date(2028, 8, 18), date(2028, 8, 18)),
    "second-life-2031-08-18": (Life.SECOND, date(2031, 8, 18), date(2031, 8, 18)),
}
DATA_POINTS = [str(number) for number in range(1, 72)]


def lines(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def expected(scenario: str, kind: str) -> dict[str, str]:
    """Return the letter of each data point; a later line wins over an earlier one."""
    letters = {line["data_point"]: line[kind] for line in lines("at_start.csv")}
    for line in lines("other_days.csv"):
        if line["scenario"] == scenario and line["kind"] in {kind, EVERY}:
            points = letters if line["data_point"] == EVERY else [line["data_point"]]
            letters.update(dict.fromkeys(points, line["expected"]))
    return letters


@cache
def the_rulebook() -> Rulebook:
    return read_rulebook()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_data_point_is_asked_of_each_kind_on_each_day_as_the_law_says(scenario, kind):
    category, sub_type = KINDS[kind]
    life, placed_on, read_on = SCENARIOS[scenario]
    scope = Scope(
        category=category, sub_type=sub_type, life=life, placed_on=placed_on, read_on=read_on
    )

    asked = {point: the_rulebook().requirement(point, scope).value for point in DATA_POINTS}

    assert asked == expected(scenario, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_table_has_one_known_letter_for_each_data_point(scenario, kind):
    letters = expected(scenario, kind)

    assert list(letters) == DATA_POINTS
    assert set(letters.values()) <= {requirement.value for requirement in Requirement}


def test_each_line_of_another_day_says_for_what_it_counts_and_why():
    for line in lines("other_days.csv"):
        assert line["scenario"] in SCENARIOS.keys() - {AT_START}, line
        assert line["data_point"] in {*DATA_POINTS, EVERY}, line
        assert line["kind"] in {*KINDS, EVERY}, line
        assert line["why"], line
        assert None not in line, line


def test_each_line_of_the_first_day_is_there_once_and_gives_its_reason():
    table = lines("at_start.csv")

    assert [line["data_point"] for line in table] == DATA_POINTS
    assert all(line["legal_point"] and line["why"] and None not in line for line in table)
