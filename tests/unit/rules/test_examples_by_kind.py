"""Every kind of battery has an example in full and one with the least that is asked."""

import pytest
from builders_contents import (
    ITEM_EXAMPLES,
    MODEL_EXAMPLES,
    a_content,
    an_example,
    levels_of,
    model_of_example,
    needs_of_example,
    scope_of_example,
)

from passport.domain.content import Requirement, terms_at
from passport.rules.annex_xiii import Kind, kind_of
from passport.rules.rulebook import read_rulebook

MINIMAL = [name for name in MODEL_EXAMPLES + ITEM_EXAMPLES if name.endswith("-minimal")]


def test_every_kind_has_a_model_in_full_and_at_least():
    kinds = {name: kind_of(scope_of_example(name)) for name in MODEL_EXAMPLES}

    full = {kind for name, kind in kinds.items() if not name.endswith("-minimal")}
    minimal = {kind for name, kind in kinds.items() if name.endswith("-minimal")}

    assert full == minimal == set(Kind)


def test_every_kind_with_a_passport_has_a_battery_in_full_and_at_least():
    passports = set(Kind) - {Kind.PORTABLE, Kind.SLI, Kind.SMALL_INDUSTRIAL}
    kinds = {name: kind_of(scope_of_example(name)) for name in ITEM_EXAMPLES}

    full = {kind for name, kind in kinds.items() if not name.endswith("-minimal")}
    minimal = {kind for name, kind in kinds.items() if name.endswith("-minimal")}

    assert full == minimal == passports


def test_second_lives_have_examples_too():
    second = [name for name in MODEL_EXAMPLES if a_content(name).get("madeFromUsedBatteries")]

    assert second == ["second-life-battery-model", "second-life-battery-model-minimal"]


@pytest.mark.parametrize("name", MINIMAL)
def test_nothing_can_be_left_out_of_a_minimal_example(name):
    needs = needs_of_example(name)
    asked = {
        term
        for term in terms_at(levels_of(name))
        if needs.get(term) is Requirement.MANDATORY
        and term in a_content(name.replace("-minimal", ""))
    }
    beside = {
        "subType",
        "ratedEnergyKilowattHours",
        "madeFromUsedBatteries",
        "isRechargeable",
        "modelIdentifier",
        "serialNumber",
        "category",
    }

    assert asked <= set(a_content(name)) <= asked | beside


@pytest.mark.parametrize("name", ITEM_EXAMPLES)
def test_each_battery_of_the_examples_has_its_model_there(name):
    assert model_of_example(name)["modelIdentifier"]
    assert an_example(name)["serial"] == a_content(name)["serialNumber"]


@pytest.mark.parametrize(("is_rechargeable", "letter"), [(True, "-"), (False, "C")])
def test_only_a_battery_that_is_not_rechargeable_is_asked_how_long_it_lasts(
    is_rechargeable, letter
):
    content = a_content("portable-battery-model", isRechargeable=is_rechargeable)

    standings = read_rulebook().standings(content, scope_of_example("portable-battery-model"))

    asked = {one.data_point.number: one.requirement.value for one in standings}
    assert asked["13(3)"] == letter
