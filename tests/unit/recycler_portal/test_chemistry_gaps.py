"""A chemistry that passports know and the tables of handling do not: held, and the gap named."""

import pytest
from builders_intake import a_known_battery, an_observation

from passport.domain.chemistry import ChemistryFamily as FamilyOfPassports
from passport.domain.chemistry import published_chemistries
from recycler_portal.domain.recovery import ChemistryFamily
from recycler_portal.domain.waste_battery import Packaging, Sign, Stream
from recycler_portal.rules.handling import load_handling_rules
from recycler_portal.rules.triage import decide_handling

KNOWN = published_chemistries()
RULES = load_handling_rules()
WITH_OWN = load_handling_rules(
    KNOWN.with_rows(
        "code,label_en,family,broader,certainty,source\n"
        "Al-ion,Aluminium-ion,other,,unsure,Data sheet\n"
        "NMC631,NMC 6:3:1,,NMC,known,Data sheet\n"
        "X-ion,A family nobody decided,,,unsure,Data sheet\n"
    )
)


def decided(chemistry, rules=RULES, **observed):
    return decide_handling(an_observation(**observed), a_known_battery(chemistry=chemistry), rules)


def test_both_houses_have_the_same_families():
    assert {one.value for one in FamilyOfPassports} == {one.value for one in ChemistryFamily}


@pytest.mark.parametrize("row", RULES.chemistries, ids=lambda row: row.chemistry)
def test_each_row_is_for_chemistries_of_its_family(row):
    assert row.codes
    assert {KNOWN.find(code).family.value for code in row.codes} == {row.family.value}


@pytest.mark.parametrize("chemistry", list(KNOWN), ids=lambda one: one.code)
def test_each_published_chemistry_has_a_row_or_is_held_with_its_family(chemistry):
    decision = decided(chemistry.code)

    if chemistry.code == "other":
        assert (decision.chemistry, decision.chemistry_family) == (None, None)
        return
    assert decision.chemistry_family == chemistry.family.value
    if RULES.row_of(chemistry) is None:
        assert decision.must_hold
        assert decision.stream is Stream.UNKNOWN_QUARANTINE
        assert decision.packaging in {Packaging.P908, Packaging.LP904}
        assert decision.chemistry == chemistry.label
        assert decision.waste_code is None


@pytest.mark.parametrize(
    ("code", "stream", "un_number"),
    [
        ("NMC", Stream.LITHIUM_COBALT_NICKEL, "UN 3480"),
        ("NMC811", Stream.LITHIUM_COBALT_NICKEL, "UN 3480"),
        ("NMC-Li", Stream.LITHIUM_METAL, "UN 3090"),
        ("LMP", Stream.LITHIUM_METAL, "UN 3090"),
        ("Na-Prussian-white", Stream.SODIUM_ION, "UN 3551"),
        ("Ni-MH", Stream.NICKEL_METAL_HYDRIDE, "UN 3496"),
        ("Pb", Stream.LEAD, "UN 2794"),
        ("Pb-AGM", Stream.LEAD, "UN 2800"),
        ("LFP-SS", Stream.UNKNOWN_QUARANTINE, "UN 3480"),
        ("V-flow", Stream.UNKNOWN_QUARANTINE, "UN 3480"),
    ],
)
def test_a_code_leads_to_its_own_row_or_to_the_nearest_broader_one(code, stream, un_number):
    decision = decided(code)

    assert (decision.stream, decision.un_number) == (stream, un_number)


def test_a_chemistry_of_ones_own_is_handled_as_the_broader_one():
    decision = decided("NMC631", WITH_OWN)

    assert (decision.chemistry, decision.must_hold) == ("NMC", False)


def test_a_new_chemistry_is_held_and_the_gap_is_named():
    decision = decided("Al-ion", WITH_OWN)
    gap = decision.reasons["stream"]

    assert (decision.must_hold, decision.chemistry_family) == (True, "other")
    assert decision.headline == "No handling row for Aluminium-ion: hold it as lithium."
    assert gap.rule == "no-handling-row"
    assert gap.source.startswith(
        "no handling row for Aluminium-ion; family other; treat it as unknown until a person"
    )
    assert not gap.certain
    assert decision.reasons["must_hold"] == gap
    assert decided("Al-ion").chemistry is None


def test_a_family_nobody_decided_stays_undecided():
    decision = decided("X-ion", WITH_OWN)

    assert decision.chemistry_family is None
    assert "its family is not decided" in decision.reasons["stream"].source


def test_a_new_chemistry_that_smokes_shows_the_card_for_smoke_first():
    decision = decided("Al-ion", WITH_OWN, signs=frozenset({Sign.SMOKING}))

    assert decision.headline == "Do not move it. Keep people away."
    assert "DO_NOT_MOVE" in decision.warnings
