"""The check before placing and the pages about the law, over HTTP."""

import re

import pytest
from builders_contents import a_content
from builders_web import AS_PAGE, EV_MODEL, an_entry, key_of, signed_in

from passport.bootstrap.demonstration import EV_IN_USE
from passport.rules.annex_xiii import Kind
from passport.rules.obligations import read_obligations
from passport.rules.rulebook import read_rulebook

MODEL = f"01/{EV_MODEL}"
BATTERIES = "/api/v1/batteries"
MODELS = "/api/v1/models"


@pytest.fixture
def maker(web):
    return key_of(web, "voltra")


def register(visitor, maker, serial, **changed):
    return visitor.post(BATTERIES, json=an_entry(serial, **changed), headers=maker).json()["id"]


# --- for programs ---------------------------------------------------------------------------------


def test_a_battery_is_checked_for_a_day(visitor, maker):
    battery = register(visitor, maker, "CHECK-1")

    answer = visitor.get(f"{BATTERIES}/{battery}/check?on=2027-02-18", headers=maker)

    body = answer.json()
    assert answer.status_code == 200
    assert (body["kind"], body["subject"], body["on"]) == ("battery", battery, "2027-02-18")
    assert body["mayBePlaced"] is (body["blockers"] == [])
    assert body["counts"]["blocker"] == len(body["blockers"])
    assert ["registry"] in [one["clauses"] for one in body["cannotJudge"]]


def test_an_encoded_battery_is_checked_as_well(visitor, maker):
    battery = register(visitor, maker, "CHECK-2")

    encoded = battery.replace("/", "%2F")

    assert visitor.get(f"{BATTERIES}/{encoded}/check", headers=maker).json()["subject"] == battery


def test_a_model_is_checked_and_each_matter_has_its_legal_point(visitor, maker):
    answer = visitor.get(f"{MODELS}/{MODEL}/check?on=2031-08-18", headers=maker)

    body = answer.json()
    assert body["mayBePlaced"] is False
    (blocker,) = body["blockers"]
    assert blocker["legalPoint"] == "Article 8(2)"
    assert blocker["source"] == "Regulation (EU) 2023/1542, Article 8(2)"
    assert "recycledCobaltPercent" in blocker["paths"]
    for heading in ("questions", "notYet", "notApplicable", "later", "cannotJudge"):
        assert all(one["legalPoint"] and one["reason"] for one in body[heading]), heading


def test_what_the_steps_of_dismantling_leave_out_is_asked_for(visitor, maker):
    gtin = "09506000134871"
    content = a_content("lmt-battery-model-minimal")
    entered = visitor.post(MODELS, json={"gtin": gtin, "content": content}, headers=maker)
    assert entered.status_code == 201, entered.text

    body = visitor.get(f"{MODELS}/01/{gtin}/check?on=2027-02-18", headers=maker).json()

    assert body["mayBePlaced"] is True
    left_out = [one for one in body["questions"] if one["legalPoint"] == "Annex XIII 2(c)"]
    assert [one["paths"] for one in left_out] == [
        ["disassemblySteps.fasteningType"],
        ["disassemblySteps.tools"],
        ["disassemblySteps.damageWarning"],
    ]
    assert not [one for one in body["findings"] if "leave out" in one["message"]]


def test_models_that_become_incomplete_are_listed_with_the_duties_behind_it(visitor, maker):
    answer = visitor.get(f"{MODELS}/incomplete?from=2027-02-18&until=2031-08-18", headers=maker)

    body = answer.json()
    model = next(one for one in body["models"] if one["model"] == MODEL)
    assert model["incompleteFrom"] == "2031-08-18"
    assert {one["beginsOn"] for one in body["begins"]} == {"2027-08-18", "2031-08-18"}
    assert all(one["beginsOn"] is None and one["waitsFor"] for one in body["undetermined"])


@pytest.mark.parametrize(
    "path",
    [
        f"{BATTERIES}/{MODEL}/21/EV75-000001/check?on=tomorrow",
        f"{MODELS}/{MODEL}/check?on=2027-13-01",
        f"{MODELS}/incomplete?from=2027-02-18",
        f"{MODELS}/incomplete?from=2027-02-18&until=2026-01-01",
    ],
)
def test_a_day_that_is_none_is_refused(visitor, maker, path):
    answer = visitor.get(path, headers=maker)

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_somebody_elses_battery_and_model_are_not_checked(visitor, web, maker):
    battery = register(visitor, maker, "CHECK-3")
    stranger = key_of(web, "again")

    for path in (
        f"{BATTERIES}/{battery}/check",
        f"{MODELS}/{MODEL}/check",
        f"{MODELS}/incomplete?from=2027-02-18&until=2028-01-01&operator=voltra",
    ):
        assert visitor.get(path).status_code == 401
        assert visitor.get(path, headers=stranger).status_code == 403
        assert visitor.get(path, headers=maker).status_code == 200


# --- for people -----------------------------------------------------------------------------------


def test_a_page_answers_first_and_then_says_every_reason(web):
    browser = signed_in(web, "manufacturer")

    page = browser.get(f"/check/model/{MODEL}?on=2031-08-18", headers=AS_PAGE).text

    assert "may not be placed on the market on 18 August 2031" in page
    for heading in (
        "Missing or wrong: 1",
        "To be answered",
        "Look at these values",
        "Cannot be seen here",
        "Not yet required",
        "Not applicable",
    ):
        assert heading in page
    assert "Article 8(2)" in page


def test_a_page_links_to_the_days_on_which_duties_begin(web):
    browser = signed_in(web, "manufacturer")

    page = browser.get(f"/check/model/{MODEL}?on=2027-02-18", headers=AS_PAGE).text

    assert "may be placed on the market on 18 February 2027" in page
    chosen = re.search(r'href="([^"]*)" aria-current="date"', page)
    assert chosen is not None
    assert chosen[1].endswith("?on=2027-02-18")


def test_a_day_that_is_none_is_said_beside_the_answer_for_today(web):
    browser = signed_in(web, "manufacturer")

    page = browser.get(f"/check/model/{MODEL}?on=soon", headers=AS_PAGE)

    assert page.status_code == 200
    assert "soon is no day" in page.text


def test_what_somebody_types_leads_to_its_check(web):
    browser = signed_in(web, "manufacturer")

    model = browser.get(f"/check?q={EV_MODEL}", headers=AS_PAGE)
    battery = browser.get(f"/check?q={EV_MODEL}/EV75-000001", headers=AS_PAGE)
    nothing = browser.get("/check", headers=AS_PAGE)

    assert model.headers["location"] == f"/check/model/{MODEL}"
    assert battery.headers["location"] == f"/check/battery/{MODEL}/21/EV75-000001"
    assert nothing.headers["location"] == "/operator/incomplete"


def test_the_operator_sees_which_models_become_incomplete(web):
    browser = signed_in(web, "manufacturer")

    page = browser.get(
        "/operator/incomplete?from=2027-02-18&until=2032-12-31", headers=AS_PAGE
    ).text

    assert "Incomplete from 2031-08-18" in page
    assert f"/check/model/{MODEL}?on=2031-08-18" in page
    assert "<svg" in page


def test_pages_of_a_check_are_for_those_it_concerns(web, visitor):
    stranger = signed_in(web, "integrator")

    path = f"/check/model/{MODEL}"

    assert visitor.get(path, headers=AS_PAGE).status_code in {303, 401}
    assert stranger.get(path, headers=AS_PAGE).status_code == 403


# --- the law itself -------------------------------------------------------------------------------


def test_everybody_reads_the_calendar_with_what_is_undetermined(visitor):
    page = visitor.get("/law", headers=AS_PAGE)

    assert page.status_code == 200
    assert "2027-02-18" in page.text
    assert "not adopted" in page.text
    assert "Implementing act with the specifications of the labels, then 18 months" in page.text


def test_everybody_reads_the_clause_matrix_with_what_is_not_done(visitor):
    page = visitor.get("/law/clauses", headers=AS_PAGE).text

    assert page.count('id="clause-') == len(read_obligations())
    assert "Not done" in page
    assert "The registry does not take batteries" in page


@pytest.mark.parametrize("kind", Kind)
def test_the_data_points_are_listed_for_each_kind(visitor, kind):
    page = visitor.get(f"/law/data-points?on=2027-02-18&kind={kind}", headers=AS_PAGE).text

    numbers = re.findall(r'<th scope="row" role="rowheader" data-head="No.">([^<]+)</th>', page)
    assert numbers == list(read_rulebook().data_points)


def test_what_is_asked_changes_with_the_day(visitor):
    before = visitor.get("/law/data-points?on=2027-02-17&kind=ev", headers=AS_PAGE).text
    after = visitor.get("/law/data-points?on=2027-02-18&kind=ev", headers=AS_PAGE).text

    assert ">not yet, from 2027-02-18<" in before
    assert 'data-head="Electric vehicle">must<' not in before
    assert 'data-head="Electric vehicle">must<' in after
    assert ">not yet, day undetermined<" in after


def test_a_strange_day_or_kind_is_answered_with_the_first_day(visitor):
    page = visitor.get("/law/data-points?on=x&kind=y", headers=AS_PAGE)

    assert page.status_code == 200
    assert "x is no day" in page.text


def test_the_pages_of_its_own_battery_and_model_lead_the_operator_to_their_check(web, visitor):
    browser = signed_in(web, "manufacturer")

    battery = browser.get(f"/condition/{EV_IN_USE}", headers=AS_PAGE).text
    model = browser.get(f"/{MODEL}", headers=AS_PAGE).text

    assert f"/check/battery/{EV_IN_USE}" in battery
    assert f"/check/model/{MODEL}" in model
    assert "/check/" not in visitor.get(f"/{MODEL}", headers=AS_PAGE).text
