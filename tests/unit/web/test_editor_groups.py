"""Each term that is entered for a model stands in exactly one group of the editor."""

from collections import Counter

from passport.domain.content import read_term, terms_at
from passport.services.issue import MODEL_LEVELS
from passport.web.editor.fields import content_of_fields, field_of, fits_form, without_row
from passport.web.editor.groups import all_groups, find_group, group_by_term


def test_every_term_of_models_and_production_runs_stands_in_exactly_one_group():
    counted = Counter(term.name for group in all_groups() for term in group.terms)

    assert counted == Counter(list(terms_at(MODEL_LEVELS)))


def test_no_term_of_the_table_needs_the_group_of_what_is_left_over():
    assert find_group("more") is None


def test_points_of_one_group_stay_together():
    expected = {
        "manufacturer": "maker",
        "category": "kind",
        "chemistry": "contents",
        "nominalVoltageVolts": "energy",
        "warrantyMonths": "lifetime",
        "declarationOfConformity": "markings",
        "wastePreventionRole": "users",
        "recycledCobaltPercent": "production",
        "renewableContentPercent": "supply",
        "disassemblySteps": "dismantling",
        "safetyMeasures": "safety",
        "testReports": "tests",
    }

    assert {name: group_by_term()[name].name for name in expected} == expected


def test_what_no_form_can_show_does_not_fit():
    assert not fits_form(read_term("massKilograms"), {"kg": "4"})
    assert not fits_form(read_term("modelName"), "a text without language")
    assert not fits_form(read_term("manufacturer"), {"partyName": "Voltra", "unheardOf": "x"})
    assert fits_form(read_term("massKilograms"), "about four")


def test_a_row_is_taken_out_with_everything_in_it_and_the_others_move_up():
    fields = {
        "originalPower.1.powerWatts": ["1"],
        "originalPower.2.powerWatts": ["2"],
        "originalPower.10.powerWatts": ["10"],
    }

    left = without_row(fields, "originalPower.1")

    assert content_of_fields(left, [read_term("originalPower")]) == {
        "originalPower": [{"powerWatts": "2"}, {"powerWatts": "10"}]
    }


def test_a_value_goes_before_a_reason_why_there_is_none():
    mass = [read_term("massKilograms")]
    reason = {"massKilograms!": ["notApplicable"]}

    assert content_of_fields(reason, mass) == {"massKilograms": {"absent": "notApplicable"}}
    assert content_of_fields({**reason, "massKilograms": ["4"]}, mass) == {"massKilograms": "4"}


def test_a_place_in_a_content_is_found_in_the_form():
    assert field_of("/disassemblySteps/0/tools/1") == "disassemblySteps.1.tools.2"
    assert field_of("/modelName/en") == "modelName.en"
