"""Which documents have expired on a day, and what instructions for dismantling leave out."""

from datetime import date, timedelta

import pytest
from builders_contents import a_content

from passport.rules.documents import check_dismantling, check_documents

DAY = date(2027, 2, 18)


def a_document(**changed):
    return {"documentKind": "test-report", "documentDigest": f"sha256:{'0' * 64}", **changed}


def found(content, on=DAY):
    return [(one.rule, one.path) for one in check_documents(content, on)]


def test_a_document_holds_on_its_first_and_its_last_day():
    content = {
        "testReports": [
            a_document(documentValidFrom="2027-02-18"),
            a_document(documentValidUntil="2027-02-18"),
            a_document(),
        ]
    }

    assert found(content) == []


def test_a_document_does_not_hold_after_its_last_and_before_its_first_day():
    content = {
        "testReports": [
            a_document(documentValidFrom="2027-02-18", documentValidUntil="2028-02-18"),
        ]
    }

    assert found(content, DAY - timedelta(days=1)) == [
        ("document-not-valid-yet", "/testReports/0/documentValidFrom")
    ]
    assert found(content, date(2028, 2, 19)) == [
        ("document-expired", "/testReports/0/documentValidUntil")
    ]


def test_a_finding_names_both_days_and_the_point_of_its_term():
    content = {"testReports": [a_document(documentValidUntil="2026-12-31")]}

    (finding,) = check_documents(content, DAY)

    assert finding.message == (
        "the document was valid until 2026-12-31; on 2027-02-18 it has expired"
    )
    assert finding.source == "Regulation (EU) 2023/1542, Annex XIII point 3"


def test_documents_inside_of_other_nodes_are_found():
    step = {"position": "1", "stepDrawings": [a_document(documentValidUntil="2026-01-01")]}

    assert found({"disassemblySteps": [step]}) == [
        ("document-expired", "/disassemblySteps/0/stepDrawings/0/documentValidUntil")
    ]


def test_days_in_the_wrong_order_are_one_finding():
    content = {
        "testReports": [a_document(documentValidFrom="2027-03-01", documentValidUntil="2027-02-01")]
    }

    assert found(content) == [("document-days", "/testReports/0/documentValidUntil")]


def test_an_absent_document_is_no_finding():
    assert found({"testReports": {"absent": "notApplicable"}}) == []


# --- dismantling ----------------------------------------------------------------------------------


def left_out(content):
    return [(one.rule, one.path) for one in check_dismantling(content)]


def test_the_example_says_all_six_contents():
    assert left_out(a_content("ev-pack-model")) == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"explodedDiagrams": None}, "/explodedDiagrams"),
        ({"explodedDiagrams": {"absent": "notProvided"}}, "/explodedDiagrams"),
        ({"cellLayout": None}, "/cellCount"),
        ({"cellCount": None}, "/cellCount"),
    ],
)
def test_each_content_that_is_left_out_is_named(changed, path):
    content = {**a_content("ev-pack-model"), **changed}

    assert left_out(content) == [("dismantling-contents", path)]


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ("fasteningType", "/disassemblySteps/fasteningType"),
        ("fasteningCount", "/disassemblySteps/fasteningType"),
        ("tools", "/disassemblySteps/tools"),
        ("damageWarning", "/disassemblySteps/damageWarning"),
    ],
)
def test_steps_that_never_say_something_leave_it_out(part, path):
    content = a_content("ev-pack-model")
    steps = [
        {name: value for name, value in step.items() if name != part}
        for step in content["disassemblySteps"]
    ]

    assert left_out({**content, "disassemblySteps": steps}) == [("dismantling-contents", path)]


def test_a_drawing_at_a_step_is_a_drawing():
    content = a_content("ev-pack-model", explodedDiagrams=None)
    first, *others = content["disassemblySteps"]
    steps = [{**first, "stepDrawings": [a_document()]}, *others]

    assert left_out({**content, "disassemblySteps": steps}) == []


def test_steps_count_from_one_without_gaps():
    content = a_content("ev-pack-model")
    steps = [
        {**step, "position": position}
        for step, position in zip(content["disassemblySteps"], "1245", strict=True)
    ]

    assert left_out({**content, "disassemblySteps": steps}) == [
        ("dismantling-sequence", "/disassemblySteps")
    ]


def test_who_gives_no_instructions_leaves_nothing_out():
    assert left_out({"massKilograms": "1"}) == []
