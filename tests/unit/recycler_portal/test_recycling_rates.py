"""The rates of a report against the worked vectors, and every reason to refuse one."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from builders_recycling import VECTORS, a_report_document, without_expectations
from typer.testing import CliRunner

from recycler_portal.cli import app
from recycler_portal.domain.errors import ReportUnreadableError
from recycler_portal.domain.recovery import MANAGEMENT_MARK
from recycler_portal.rules.annex_xii import load_recycling_rules
from recycler_portal.services.rates_document import rates_of_file

Change = Callable[[dict[str, Any]], None]
RULES = load_recycling_rules()


def rates(document: dict[str, Any]) -> dict[str, Any]:
    return json.loads(printed(document), parse_float=Decimal, parse_int=Decimal)


def printed(document: dict[str, Any]) -> bytes:
    return orjson.dumps(rates_of_file(json.dumps(document).encode(), RULES).document)


def is_refused(document: dict[str, Any]) -> bool:
    return rates_of_file(json.dumps(document).encode(), RULES).is_refused


def codes(document: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in rates(document)["findings"]}


def exact(expected: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(expected), parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("name", ["rl-1", "rl-2", "rl-4"])
def test_the_rates_of_a_worked_vector_are_exact(name):
    document = a_report_document(name)

    answer = rates(without_expectations(document))

    assert [case | {"name": ""} for case in answer["cases"]] == [
        exact(case["expected"]) | {"name": ""} for case in document["cases"]
    ]
    assert answer["rRM"] == exact(document["expected_rRM"])
    assert not is_refused(document)


@pytest.mark.parametrize("group", ["with_art72_3_evidence", "without_art72_3_evidence"])
def test_a_third_country_counts_only_with_evidence(group):
    document = a_report_document("rl-3")

    answer = rates(document)[group]

    expected = [exact(case["expected"]) for case in document[group]["cases"]]
    assert [{**case, "name": ""} for case in answer["cases"]] == [
        {**case, "name": ""} for case in expected
    ]
    assert answer["rRM"] == exact(document[group]["expected_rRM"])


def test_an_output_of_a_third_country_is_left_out_and_named():
    assert "THIRD_COUNTRY_OUTPUT_WITHOUT_EVIDENCE" in codes(a_report_document("rl-3"))
    assert not is_refused(a_report_document("rl-3"))


def test_what_was_expected_is_never_read():
    document = a_report_document("rl-1")
    for case in document["cases"]:
        case["expected"] = {"rRE_pct": "0.0000"}
    document["expected_rRM"] = {"Co": {"rRM_pct": "0.0000"}}

    assert printed(document) == printed(without_expectations(a_report_document("rl-1")))


def test_the_four_efficiencies_of_the_lithium_vector_are_printed_to_the_byte():
    answer = printed(without_expectations(a_report_document("rl-1")))

    for figures in (
        b'"m_input":71.3,"m_output":58.034,"rRE_pct":"81.3941","target_pct":65,"meets_target":true',
        b'"m_input":100,"m_output":70.334,"rRE_pct":"70.3340","target_pct":65,"meets_target":true',
        b'"m_input":90.3,"m_output":69.434,"rRE_pct":"76.8926","target_pct":65,"meets_target":true',
        b'"m_input":90.9,"m_output":69.434,"rRE_pct":"76.3850","target_pct":70,"meets_target":true',
    ):
        assert figures in answer


def test_the_alerts_of_the_lithium_vector_are_named_and_do_not_refuse_it():
    document = a_report_document("rl-1")

    assert codes(document) == {"QC_F7", "QC_F11"}
    assert not is_refused(document)


def test_the_invalid_case_of_the_lithium_vector_is_refused():
    document = a_report_document("rl-1")
    document["cases"] = document["invalid_cases"]

    answer = rates(document)

    assert is_refused(document)
    assert "MANDATORY_ELEMENT_MISSING" in codes(document)
    assert answer["cases"][0]["rRE_pct"] is None


def test_every_answer_is_marked_as_no_figure_for_filing():
    assert rates(a_report_document("rl-1"))["marking"] == MANAGEMENT_MARK


def _row(document: dict[str, Any], substance: str) -> dict[str, Any]:
    return next(row for row in document["input"]["rows"] if row["substance"] == substance)


def _oxygen_goes_out_only(document):
    document["input"]["rows"].remove(_row(document, "O"))


def _black_mass_goes_out(document):
    document["steps"][0]["outputs"].append(
        {"substance": "Other", "label": "black mass-NMC622", "m": 1, "generated_in": "EU"}
    )


def _the_total_differs_from_the_steps(document):
    document["cases"][0]["m_output"] = 57.9


def _mercury_is_lost(document):
    document["input"]["rows"].append({"substance": "Hg", "m_input": 0.0004})
    document["steps"][0]["safe_destination"] = {"m_Hg_waste": 0.0003}


def _slag_goes_to_landfill_construction(document):
    document["steps"][0]["outputs"].append(
        {"substance": "Mn", "m": 0.1, "via": "slag", "destination": "landfill construction"}
    )


def _lithium_in_slag_is_called_recovered(document):
    document["steps"][1]["outputs"].append(
        {"substance": "Li", "m": 0.1, "rm_m": 0.1, "via": "slag", "generated_in": "EU"}
    )


def _water_is_booked_as_input(document):
    _row(document, "Other")["m_input"] += 2


def _a_preparer_files(document):
    document["first_recycler"]["operator"] = "D1"
    document["steps"].insert(0, {"step": "prep", "operator": "D1", "role": "preparation"})


def _nobody_collected(document):
    document["collected_in"] = {}


def _carbon_is_left_empty_in_2030(document):
    document["cases"] = [
        {"name": "2030", "rule_date": "2030-01-01", "optional_included": ["Fe_cell", "P"]}
    ]


def _more_comes_out_than_went_in(document):
    document["steps"][1]["outputs"].append({"substance": "Mn", "m": 100, "generated_in": "EU"})


def _a_mass_is_below_zero(document):
    document["steps"][0]["outputs"][0]["m"] = -1


def _the_shares_do_not_close(document):
    document["collected_in"] = {"NL": "0.6", "BE": "0.3"}


def _steel_is_chosen(document):
    document["cases"][0]["optional_included"] = ["Steel"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_oxygen_goes_out_only, "OPTIONAL_ELEMENT_ONE_SIDED"),
        (_black_mass_goes_out, "BLACK_MASS_NOT_OUTPUT"),
        (_the_total_differs_from_the_steps, "STEP_SUM_MISMATCH"),
        (_mercury_is_lost, "HG_BALANCE_MISMATCH"),
        (_slag_goes_to_landfill_construction, "EXCLUDED_DESTINATION"),
        (_lithium_in_slag_is_called_recovered, "SLAG_METAL_IN_RM"),
        (_water_is_booked_as_input, "NOT_WATER_FREE"),
        (_a_preparer_files, "PREPARER_CANNOT_BE_FIRST_RECYCLER"),
        (_nobody_collected, "MISSING_COLLECTION_MEMBER_STATE"),
        (_carbon_is_left_empty_in_2030, "MANDATORY_ELEMENT_MISSING"),
        (_more_comes_out_than_went_in, "RATE_ABOVE_100"),
        (_more_comes_out_than_went_in, "ELEMENT_BALANCE"),
        (_a_mass_is_below_zero, "NEGATIVE_MASS"),
        (_the_shares_do_not_close, "COLLECTION_SHARES_MISMATCH"),
        (_steel_is_chosen, "ELEMENT_NOT_OPTIONAL"),
    ],
)
def test_a_report_with_this_fault_is_refused(change: Change, code: str):
    document = a_report_document("rl-1")
    change(document)

    assert code in codes(document)
    assert is_refused(document)


def test_cadmium_that_is_not_accounted_for_refuses_the_report():
    document = a_report_document("rl-4")
    document["steps"][0]["safe_destination"]["m_Cd_waste"] = 0.05

    assert "CD_BALANCE_MISMATCH" in codes(document)
    assert "0.04 is not accounted for" in printed(document).decode()


@pytest.mark.parametrize(
    ("name", "substance", "output_kg", "code"),
    [
        ("rl-2", "Pb", 650, "QC_F6"),
        ("rl-4", "Steel", 23, "QC_F8"),
    ],
)
def test_a_rate_that_needs_an_explanation_is_flagged(name, substance, output_kg, code):
    document = a_report_document(name)
    step = document["steps"][0]
    next(one for one in step["outputs"] if one["substance"] == substance)["m"] = output_kg

    assert code in codes(document)


def test_nickel_above_99_percent_is_flagged():
    document = a_report_document("rl-1")
    nickel = next(one for one in document["steps"][1]["outputs"] if one["substance"] == "Ni")
    nickel["m"] = nickel["rm_m"] = 7.164

    assert "QC_F10" in codes(document)


@pytest.mark.parametrize(("filed_on", "late"), [("2027-06-30", False), ("2027-07-01", True)])
def test_a_report_is_late_from_july(filed_on, late):
    document = a_report_document("rl-1", filed_on=filed_on)

    assert ("LATE" in codes(document)) is late
    assert not is_refused(document)


def test_a_target_is_compared_with_the_rate_itself_and_not_with_its_rounding():
    document = a_report_document("rl-2")
    document["input"] = {"rows": [{"substance": "Pb", "m_input": 10000000}]}
    document["steps"] = [{"step": "N_0", "outputs": [{"substance": "Pb", "m": 7499999.99}]}]

    first = rates(document)["cases"][0]

    assert (first["rRE_pct"], first["meets_target"]) == ("75.0000", False)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "no JSON"),
        (b"[]", "one object"),
        (b'{"chemistry_family": "lead-acid"}', "'input' is missing"),
        (b'{"chemistry_family": "unicorn", "input": {}}', "no chemistry family"),
        (
            b'{"chemistry_family":"other","input":{"rows":[{"substance":"Pb","m_input":NaN}]}}',
            "NaN is no mass",
        ),
        (
            b'{"chemistry_family":"other","input":{"rows":[{"substance":"Pb","m_input":1e30}]}}',
            "must stay below",
        ),
        (
            b'{"chemistry_family":"other","input":{"rows":[{"substance":"Pb","m_input":1e-30}]}}',
            "at most 12 decimals",
        ),
    ],
)
def test_a_file_of_another_form_is_not_computed(data, why):
    with pytest.raises(ReportUnreadableError, match=why):
        rates_of_file(data, RULES)


def run(*arguments: str):
    return CliRunner().invoke(app, ["rates", *arguments])


def test_the_command_prints_json_and_says_on_the_side_that_it_is_not_for_filing():
    result = run(str(VECTORS / "rl-1-lithium-nmc622-two-step.json"))

    assert result.exit_code == 0
    assert json.loads(result.stdout)["rRM"]["Li"]["rRM_pct"] == "72.0000"
    assert MANAGEMENT_MARK in result.stderr


def test_the_command_ends_with_1_where_the_report_must_be_refused(tmp_path):
    file = tmp_path / "report.json"
    file.write_text(json.dumps(a_report_document("rl-1", collected_in={})))

    result = run(str(file))

    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"]


def test_the_command_ends_with_2_where_there_is_no_report(tmp_path):
    assert run(str(tmp_path / "missing.json")).exit_code == 2
    assert run(str(VECTORS / "rl-7-validation-cases.json")).exit_code == 2
