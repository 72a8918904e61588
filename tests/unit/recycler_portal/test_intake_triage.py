"""What happens to a battery at the gate: by its passport, and never by a guess."""

from datetime import date
from decimal import Decimal

import pytest
from builders_intake import (
    STRENGTH,
    a_known_battery,
    an_observation,
    intake_vectors,
    observed,
    told_by_passport,
)

from recycler_portal.domain.waste_battery import Damage, Origin, Packaging, Sign, Stream
from recycler_portal.rules.handling import load_handling_rules
from recycler_portal.rules.triage import decide_handling

RULES = load_handling_rules()
LEAD_OR_FREE_OF_LITHIUM = {"PB", "GENERAL"}


def decided(observation, known):
    return decide_handling(observation, known, RULES)


def test_an_unknown_battery_is_held_as_lithium():
    decision = decided(an_observation(), None)

    assert decision.stream is Stream.UNKNOWN_QUARANTINE
    assert decision.packaging is Packaging.LP904
    assert decision.must_hold
    assert decision.waste_code is None
    assert decision.chemistry is None
    assert not decision.reasons["un_number"].certain
    assert "hold it as lithium" in decision.headline


def test_an_unknown_battery_that_nobody_weighed_is_packed_as_damaged_too():
    decision = decided(an_observation(mass=None), None)

    assert decision.packaging is Packaging.P908
    assert decision.damage is Damage.DAMAGED


@pytest.mark.parametrize(
    "text",
    ["", "proprietary", "Pb-free", "PbEq 60 Ah", "NMC and LFP mixed", "lithium", "Lithuania"],
)
def test_a_chemistry_that_cannot_be_read_is_held_like_an_unknown_one(text):
    decision = decided(an_observation(), a_known_battery(chemistry=text))

    assert decision.stream is Stream.UNKNOWN_QUARANTINE
    assert decision.must_hold


@pytest.mark.parametrize(
    ("text", "stream"),
    [
        ("NMC", Stream.LITHIUM_COBALT_NICKEL),
        ("lithium nickel manganese cobalt oxide (NMC622)", Stream.LITHIUM_COBALT_NICKEL),
        ("Li-ion NCA", Stream.LITHIUM_COBALT_NICKEL),
        ("LFP", Stream.LITHIUM_IRON_PHOSPHATE),
        ("LiFePO4", Stream.LITHIUM_IRON_PHOSPHATE),
        ("Lithium iron phosphate", Stream.LITHIUM_IRON_PHOSPHATE),
        ("LMO", Stream.LITHIUM_TITANATE_MANGANESE),
        ("LTO", Stream.LITHIUM_TITANATE_MANGANESE),
        ("lead-acid", Stream.LEAD),
        ("NiMH", Stream.NICKEL_METAL_HYDRIDE),
        ("sodium-ion", Stream.SODIUM_ION),
        ("sodium nickel chloride", Stream.SODIUM_NICKEL_CHLORIDE),
    ],
)
def test_a_chemistry_in_the_passport_leads_to_its_stream(text, stream):
    assert decided(an_observation(), a_known_battery(chemistry=text)).stream is stream


@pytest.mark.parametrize(
    ("day", "origin", "code", "is_hazardous"),
    [
        (date(2026, 12, 8), Origin.OTHER, "16 06 05", False),
        (date(2026, 12, 9), Origin.OTHER, "16 06 07*", True),
        (date(2026, 12, 8), Origin.MUNICIPAL, "20 01 34", False),
        (date(2026, 12, 9), Origin.MUNICIPAL, "20 01 43*", True),
    ],
)
def test_the_waste_code_of_lithium_changes_on_9_december_2026(day, origin, code, is_hazardous):
    decision = decided(an_observation(day=day, origin=origin), a_known_battery())

    assert (decision.waste_code, decision.is_hazardous) == (code, is_hazardous)


def test_an_intact_pack_goes_to_recycling_without_a_hold():
    decision = decided(an_observation(), a_known_battery())

    assert not decision.must_hold
    assert decision.packaging is Packaging.P909
    assert decision.un_number == "UN 3480"
    assert decision.warnings == ("HV_OVER_60V",)
    assert decision.reasons["packaging"].source.startswith("ADR 2025")


@pytest.mark.parametrize(
    ("mass", "packaging"), [(Decimal("2.6"), Packaging.P908), (Decimal(12), Packaging.LP904)]
)
def test_a_damaged_pack_goes_to_the_damaged_lane(mass, packaging):
    decision = decided(an_observation(signs=frozenset({Sign.DENTED}), mass=mass), a_known_battery())

    assert decision.stream is Stream.LITHIUM_DAMAGED
    assert decision.packaging is packaging
    assert decision.must_hold


@pytest.mark.parametrize("sign", [Sign.SMOKING, Sign.HOT, Sign.LEAKING, Sign.FLOOD])
@pytest.mark.parametrize("known", [None, a_known_battery()])
def test_a_critical_battery_is_not_moved(sign, known):
    decision = decided(an_observation(signs=frozenset({sign, Sign.DENTED})), known)

    assert decision.damage is Damage.CRITICAL
    assert decision.packaging is Packaging.LP906
    assert "DO_NOT_MOVE" in decision.warnings
    assert decision.headline.startswith("Do not move it")


def test_an_accident_on_record_counts_like_one_that_is_seen():
    decision = decided(an_observation(), a_known_battery(signs=frozenset({Sign.CRASH})))

    assert decision.stream is Stream.LITHIUM_DAMAGED


def test_a_leaking_lead_battery_stays_with_the_lead_in_a_resistant_box():
    decision = decided(
        an_observation(signs=frozenset({Sign.LEAKING})), a_known_battery(chemistry="lead-acid")
    )

    assert (decision.stream, decision.packaging) == (Stream.LEAD, Packaging.P801)
    assert "CORROSIVE_LEAK" in decision.warnings


def test_every_member_of_a_decision_has_a_reason_with_a_source():
    for known in (None, a_known_battery()):
        reasons = decided(an_observation(), known).reasons

        expected = {"stream", "packaging", "un_number", "waste_code", "damaged_defective"}
        assert expected <= set(reasons)
        assert all(reason.source and reason.rule for reason in reasons.values())


@pytest.mark.parametrize("case", intake_vectors(), ids=lambda case: case["id"])
def test_no_labelled_case_is_handled_less_carefully_than_its_label(case):
    expected = case["expected"]

    decision = decided(observed(case["input"]), told_by_passport(case["input"]))

    assert decision.stream not in expected.get("forbidden_streams", [])
    if expected.get("must_hold"):
        assert decision.must_hold
        assert decision.stream not in LEAD_OR_FREE_OF_LITHIUM
    if expected.get("damaged_defective"):
        assert decision.damage is not Damage.NONE
    if expected.get("damaged_defective") == "critical":
        assert decision.damage is Damage.CRITICAL
    weakest = min(STRENGTH[one] for one in expected.get("packaging", ["NONE"]))
    assert decision.packaging.strength >= weakest
    assert decision.packaging.strength == STRENGTH[decision.packaging]


@pytest.mark.parametrize(
    "case", [one for one in intake_vectors() if one["input"]["passport"]], ids=lambda one: one["id"]
)
def test_a_case_with_a_passport_is_handled_as_labelled(case):
    expected = case["expected"]

    decision = decided(observed(case["input"]), told_by_passport(case["input"]))

    assert decision.stream in expected["stream"]
    assert decision.waste_code in expected["waste_code"]
    assert decision.un_number in expected["un_number"]
    assert decision.packaging in expected["packaging"]
    assert decision.must_hold == expected["must_hold"]
    assert decision.chemistry_family == expected["chemistry_family"]
