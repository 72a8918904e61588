import re
from decimal import Decimal

import pytest

from passport.domain.battery import Category
from passport.domain.content import codes_of
from passport.domain.errors import InvalidValueError
from passport.domain.units import Kilograms
from passport.rules.categories import (
    category_of,
    check_category,
    possible_categories,
    use_rules,
)

EV, LMT, INDUSTRIAL = Category.EV, Category.LMT, Category.INDUSTRIAL
PORTABLE, SLI = Category.PORTABLE, Category.SLI
MASSES = ("0.1", "5", "5.001", "25", "25.001", "400")
ALWAYS_INDUSTRIAL = [INDUSTRIAL] * 6
BY_MASS_SEALED = [PORTABLE, PORTABLE, *[INDUSTRIAL] * 4]
BY_MASS_OPEN = [None, None, *[INDUSTRIAL] * 4]
# What each use makes of sealed and of open batteries at each of the masses.
EXPECTED = {
    "electric-road-vehicle": ([EV] * 6, [EV] * 6),
    "light-electric-vehicle": (
        [LMT, LMT, LMT, LMT, EV, EV],
        [None, None, INDUSTRIAL, INDUSTRIAL, EV, EV],
    ),
    "light-means-of-transport": (
        [LMT, LMT, LMT, LMT, INDUSTRIAL, INDUSTRIAL],
        [None, None, *[INDUSTRIAL] * 4],
    ),
    "rail": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "waterborne": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "aviation": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "off-road-machinery": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "industrial-equipment": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "communication-network": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "stationary-storage": (ALWAYS_INDUSTRIAL, ALWAYS_INDUSTRIAL),
    "uninterruptible-power": (BY_MASS_SEALED, BY_MASS_OPEN),
    "starting-lighting-ignition": ([SLI] * 6, [SLI] * 6),
    "power-tool": (BY_MASS_SEALED, BY_MASS_OPEN),
    "portable-device": (BY_MASS_SEALED, BY_MASS_OPEN),
    "toy": (BY_MASS_SEALED, BY_MASS_OPEN),
    "other": (BY_MASS_SEALED, BY_MASS_OPEN),
}


def kg(text: str) -> Kilograms:
    return Kilograms(Decimal(text))


@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "open"])
@pytest.mark.parametrize("mass", MASSES)
@pytest.mark.parametrize("use", EXPECTED)
def test_use_mass_and_seal_make_the_category(use, mass, is_sealed):
    expected = EXPECTED[use][0 if is_sealed else 1][MASSES.index(mass)]

    assert category_of(use, kg(mass), is_sealed=is_sealed) == expected


def test_every_use_of_the_code_list_has_its_definitions():
    assert list(use_rules()) == list(codes_of("use")) == list(EXPECTED)


def test_every_definition_names_its_article():
    rules = [rule for rules in use_rules().values() for rule in rules]

    assert all("2023/1542, Article 3(1)" in rule.source for rule in rules)


@pytest.mark.parametrize(
    ("use", "mass", "possible"),
    [
        ("light-electric-vehicle", None, {EV, LMT, INDUSTRIAL}),
        ("light-electric-vehicle", "20", {LMT, INDUSTRIAL}),
        ("light-electric-vehicle", "25.1", {EV}),
        ("toy", None, {PORTABLE, INDUSTRIAL}),
        ("toy", "4", {PORTABLE}),
        ("rail", None, {INDUSTRIAL}),
    ],
)
def test_what_is_not_known_leaves_more_than_one_category(use, mass, possible):
    found = possible_categories([use], kg(mass) if mass else None)

    assert found == possible
    assert category_of(use, kg(mass) if mass else None) == (
        next(iter(possible)) if len(possible) == 1 else None
    )


@pytest.mark.parametrize(("use", "mass"), [("submarine", "4"), ("toy", "0"), ("toy", "-1")])
def test_an_unknown_use_and_a_mass_of_nothing_are_refused(use, mass):
    with pytest.raises(InvalidValueError, match=r"is no use|is none"):
        category_of(use, kg(mass))


@pytest.mark.parametrize(
    "content",
    [
        {"category": "industrial", "intendedPurposes": ["rail"], "massKilograms": "3"},
        {"category": "EV", "intendedPurposes": ["light-electric-vehicle"]},
        {
            "category": "industrial",
            "intendedPurposes": ["electric-road-vehicle", "stationary-storage"],
            "massKilograms": "400",
        },
        {"category": "portable", "massKilograms": "5", "isSealed": True},
        {"category": "LMT", "massKilograms": "25"},
        {"category": "SLI", "massKilograms": "18", "isSealed": False},
        {"category": "portable", "massKilograms": "0"},
        {"category": "portable", "massKilograms": "heavy", "intendedPurposes": ["submarine"]},
        {"category": "traction"},
        {},
    ],
)
def test_a_category_that_may_be_is_left_alone(content):
    assert list(check_category(content)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            {"category": "portable", "intendedPurposes": ["toy"], "massKilograms": "5.2"},
            r"portable; by its use \(Toys\) and its mass \(5.2 kg\) it is industrial$",
        ),
        (
            {"category": "portable", "massKilograms": "5.001"},
            "it is EV or LMT or SLI or industrial$",
        ),
        ({"category": "LMT", "massKilograms": "25.1"}, r"its mass \(25.1 kg\)"),
        (
            {"category": "EV", "intendedPurposes": ["stationary-storage"]},
            r"its use \(Stationary storage of electricity\) it is industrial",
        ),
        (
            {
                "category": "LMT",
                "intendedPurposes": ["light-means-of-transport"],
                "massKilograms": "4",
                "isSealed": False,
            },
            "not being sealed it is none",
        ),
    ],
)
def test_a_category_that_contradicts_use_mass_or_seal_is_found(content, words):
    (finding,) = check_category(content)

    assert (finding.rule, finding.path) == ("category-of-use", "/category")
    assert "Article 3(1)" in finding.source
    assert re.search(words, finding.message)
