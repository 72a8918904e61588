"""Values that cannot well be true together are named, and nothing is refused."""

from datetime import date
from decimal import Decimal

import pytest
from builders_contents import (
    EXAMPLES,
    ITEM_EXAMPLES,
    MODEL_EXAMPLES,
    a_content,
    model_of_example,
    needs_of,
    needs_of_example,
)
from hypothesis import given
from hypothesis import strategies as st

from passport.domain.battery import Category, SubType
from passport.domain.chemistry import published_chemistries
from passport.rules.limits import read_limits
from passport.rules.plausibility import check_plausibility

TODAY = date(2027, 3, 1)
PLACED_ON = date(2027, 2, 18)


def found(*, item=None, condition=None, placed_on=PLACED_ON, needs=None, **changed):
    findings = check_plausibility(
        a_content("ev-pack-model", **changed),
        item=item,
        condition=condition,
        chemistry=published_chemistries().find(str(changed.get("chemistry", "NMC"))),
        needs=needs,
        placed_on=placed_on,
        today=TODAY,
    )
    return {finding.rule.removeprefix("plausibility-"): finding for finding in findings}


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.endswith("-minimal")])
def test_the_examples_are_plausible(name):
    about = "item" if name in ITEM_EXAMPLES else "condition"
    content = {} if name in MODEL_EXAMPLES else {about: a_content(name)}

    findings = check_plausibility(
        model_of_example(name),
        **content,
        chemistry=published_chemistries().find(str(model_of_example(name)["chemistry"])),
        needs=needs_of_example(name),
        placed_on=date(2027, 3, 1),
        today=TODAY,
    )

    assert list(findings) == []


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("energy-ratio", {"ratedEnergyKilowattHours": "90"}),
        ("energy-ratio", {"ratedEnergyKilowattHours": "60"}),
        ("certified-energy-ratio", {"certifiedUsableEnergyKilowattHours": "80"}),
        (
            "listed-percent",
            {
                "hazardousSubstances": [
                    {"substanceName": {"en": "A"}, "massPercent": "60"},
                    {"substanceName": {"en": "B"}, "massPercent": "41"},
                ]
            },
        ),
        (
            "composition-percent",
            {"detailedComposition": [{"substanceName": {"en": "A"}, "massPercent": "60"}]},
        ),
        (
            "mass-of-parts",
            {"detailedComposition": [{"substanceName": {"en": "A"}, "massGrams": "432501"}]},
        ),
        (
            "power-by-state-of-charge",
            {
                "originalPower": [
                    {"atStateOfChargePercent": "80", "powerWatts": "100"},
                    {"atStateOfChargePercent": "20", "powerWatts": "101"},
                ]
            },
        ),
        ("power-above-limit", {"maximumPermittedPowerWatts": "1000"}),
        ("power-against-resistance", {"packResistanceOhms": "5"}),
        ("power-energy-ratio", {"ratedEnergyKilowattHours": "0.1"}),
        ("efficiency-rises", {"roundTripEfficiencyAtHalfCycleLifePercent": "99"}),
        ("round-trip-efficiency", {"initialRoundTripEfficiencyPercent": "12"}),
        ("expected-cycles", {"expectedCycles": "3"}),
        ("warranty", {"warrantyMonths": "1200"}),
        ("c-rate", {"cycleLifeChargeRatePerHour": "300"}),
        (
            "idle-temperature",
            {"idleTemperatureRange": {"minimumCelsius": "-90", "maximumCelsius": "60"}},
        ),
        ("chemical-symbol", {"chemistry": "Pb", "leadMarked": False}),
        (
            "stage-sum-ratio",
            {
                "carbonFootprintKilogramsPerKilowattHour": "60",
                "carbonFootprintStages": [
                    {"lifeCycleStage": "distribution", "stageKilogramsPerKilowattHour": "50"}
                ],
            },
        ),
    ],
)
def test_an_implausible_model_is_named_with_its_place(rule, changed):
    finding = found(**changed)[rule]

    assert finding.path.removeprefix("/").partition("/")[0] in changed | {"originalPower": 0}
    assert finding.source
    assert finding.message


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("individual-mass-ratio", {"individualMassKilograms": "300"}),
        ("individual-capacity-ratio", {"individualRatedCapacityAmpereHours": "20.6"}),
        ("fade-difference-percent", {"individualPowerWatts": "86000", "powerFadePercent": "1"}),
        ("made-in-the-future", {"manufacturedOn": "2027-04"}),
        ("placed-before-made", {"manufacturedOn": "2027-03"}),
    ],
)
def test_an_implausible_battery_is_named(rule, changed):
    assert rule in found(item=a_content("ev-pack", **changed))


def test_a_declaration_issued_after_placing_is_named():
    declaration = {"documentIdentifier": "DoC 1", "documentIssuedOn": "2027-02-19"}

    findings = found(item=a_content("ev-pack"), declarationOfConformity=[declaration])

    assert "declared-after-placing" in findings


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("state-of-health", {"reportedStateOfHealthPercent": "180"}),
        ("self-discharge", {"selfDischargePercentPerMonth": "70"}),
        ("remaining-capacity-ratio", {"remainingCapacityAmpereHours": "300"}),
        (
            "cycles-ratio",
            {
                "fullEquivalentCycles": "100",
                "capacityThroughputAmpereHours": "4120",
                "throughputConvention": "charge-and-discharge",
            },
        ),
    ],
)
def test_an_implausible_condition_is_named(rule, changed):
    assert rule in found(condition=a_content("ev-pack-condition", **changed))


def test_cycles_are_counted_by_the_convention_that_is_stated():
    stated = {
        "fullEquivalentCycles": "100",
        "capacityThroughputAmpereHours": "20600",
        "throughputConvention": "discharge-only",
    }

    assert "cycles-ratio" not in found(condition=stated)
    stated["throughputConvention"] = "charge-and-discharge"
    assert "cycles-ratio" in found(condition=stated)


@pytest.mark.parametrize(
    ("name", "volts"),
    [
        ("maximumVoltageVolts", "700"),
        ("nominalVoltageVolts", "368.1"),
        ("minimumVoltageVolts", "100"),
    ],
)
def test_voltages_that_no_cell_of_the_chemistry_has_are_named(name, volts):
    cells = "60" if name == "nominalVoltageVolts" else "100"

    findings = found(**{name: volts, "cellsInSeries": cells})

    assert findings["cell-voltage"].path in {f"/{name}", "/maximumVoltageVolts"}


def test_cells_that_are_used_within_narrower_limits_are_plausible():
    narrow = {"minimumVoltageVolts": "350", "maximumVoltageVolts": "380", "cellsInSeries": "100"}

    assert "cell-voltage" not in found(**narrow)


def test_recycled_metal_that_the_chemistry_does_not_hold_is_named():
    findings = found(chemistry="LFP", recycledCobaltPercent="12", recycledLithiumPercent="4")

    assert findings["recycled-metal"].path == "/recycledCobaltPercent"


def test_a_value_that_is_not_meant_for_the_kind_of_battery_is_named():
    needs = needs_of(Category.INDUSTRIAL, SubType.STATIONARY)

    finding = found(needs=needs)["not-meant-for-this-kind"]

    assert finding.path == "/capacityThresholdForExhaustionPercent"


@given(factor=st.decimals("0.5", "1.5", places=3))
def test_energy_is_named_exactly_where_its_ratio_leaves_the_range(factor):
    energy = Decimal(206) * Decimal(368) / 1000 * factor

    named = "energy-ratio" in found(
        ratedEnergyKilowattHours=f"{energy:f}", certifiedUsableEnergyKilowattHours=None
    )

    assert named is not read_limits()["energy-ratio"].holds(factor)


@given(value=st.text(max_size=8))
def test_what_is_no_number_is_passed_over(value):
    numbers = dict.fromkeys(
        ("ratedEnergyKilowattHours", "massKilograms", "expectedCycles", "warrantyMonths"), value
    )

    found(item={"manufacturedOn": value}, condition=numbers, **numbers)
