"""Each clause beside the data points of Annex XIII, around the day it begins."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders_contents import a_content

from passport.domain.applicability import Life, Scope
from passport.domain.battery import Category, SubType
from passport.domain.content import AbsenceReason, absent
from passport.rules.annex_xiii import Kind
from passport.rules.clauses import Outcome, PlacingFacts, read_clauses
from passport.rules.findings import Finding
from passport.rules.placing import judge_clause, judge_clauses
from passport.rules.placing_checks import CHECKS, recycled_minima
from passport.rules.rulebook import read_rulebook

CLAUSES = {clause.clause: clause for clause in read_clauses()}
START = date(2027, 2, 18)
DAY = timedelta(days=1)
RULEBOOK = read_rulebook()
KINDS = {
    Kind.EV: (Category.EV, None, False),
    Kind.LMT: (Category.LMT, None, False),
    Kind.INDUSTRIAL: (Category.INDUSTRIAL, None, False),
    Kind.STATIONARY: (Category.INDUSTRIAL, SubType.STATIONARY, False),
    Kind.EXTERNAL_STORAGE: (Category.INDUSTRIAL, SubType.EXTERNAL_STORAGE, False),
    Kind.NON_CYCLE: (Category.INDUSTRIAL, SubType.NON_CYCLE, False),
    Kind.PORTABLE: (Category.PORTABLE, None, True),
    Kind.SLI: (Category.SLI, None, True),
    Kind.SMALL_INDUSTRIAL: (Category.INDUSTRIAL, None, True),
}


def a_scope(on=START, kind=Kind.EV, life=Life.FIRST):
    category, sub_type, is_light = KINDS[kind]
    return Scope(
        category=category,
        sub_type=sub_type,
        placed_on=on,
        read_on=on,
        life=life,
        is_light=is_light,
    )


def judge(clause, facts=None, on=START, rulebook=RULEBOOK, **scope):
    facts = facts or PlacingFacts(content=a_content())
    return judge_clause(CLAUSES[clause], facts, a_scope(on, **scope), rulebook)


def with_act(act, day):
    acts = {**RULEBOOK.acts, act: replace(RULEBOOK.acts[act], in_force_on=day)}
    return replace(RULEBOOK, acts=acts, _needs={})


# --- the days of each clause ----------------------------------------------------------------------


def clauses_with_a_day():
    for clause in read_clauses():
        for kind, (category, sub_type, is_light) in KINDS.items():
            if not clause.duty or (is_light and clause.light not in ("", category.value)):
                continue
            day = RULEBOOK.day(clause.duty, category, sub_type)
            if day is not None and day.on is not None:
                yield pytest.param(clause, kind, day.on, id=f"{clause.clause}-{kind}")


@pytest.mark.parametrize(("clause", "kind", "day"), list(clauses_with_a_day()))
def test_a_clause_is_not_yet_asked_the_day_before_and_is_judged_from_its_day_on(clause, kind, day):
    facts = PlacingFacts(content=a_content(), is_battery=True)

    before, on, after = (
        judge_clause(clause, facts, a_scope(one, kind), RULEBOOK).outcome
        for one in (day - DAY, day, day + DAY)
    )

    assert before is Outcome.NOT_YET
    assert on is not Outcome.NOT_YET
    assert after is on


def clauses_without_a_day():
    for clause in read_clauses():
        for kind, (category, sub_type, is_light) in KINDS.items():
            if not clause.duty or (is_light and clause.light not in ("", category.value)):
                continue
            day = RULEBOOK.day(clause.duty, category, sub_type)
            if day is not None and day.on is None:
                yield pytest.param(clause, kind, id=f"{clause.clause}-{kind}")


@pytest.mark.parametrize(("clause", "kind"), list(clauses_without_a_day()))
def test_a_clause_whose_act_is_missing_is_never_asked_and_names_the_act(clause, kind):
    facts = PlacingFacts(content=a_content(), is_battery=True)

    result = judge_clause(clause, facts, a_scope(date(2099, 1, 1), kind), RULEBOOK)

    assert result.outcome is Outcome.NOT_YET
    assert result.day is not None
    assert result.day.on is None
    assert result.day.waits_for in result.reason


@pytest.mark.parametrize(
    ("clause", "act", "kind"),
    [
        ("carbon-footprint-declaration", "carbon-footprint-method-ev", Kind.EV),
        ("carbon-footprint-class", "carbon-footprint-class-lmt", Kind.LMT),
        ("recycled-content-documentation", "recycled-content-method", Kind.EV),
        ("performance-minimum", "performance-minimum-industrial", Kind.INDUSTRIAL),
        ("label", "label", Kind.SLI),
    ],
)
def test_a_duty_that_waits_for_an_act_begins_months_after_it(clause, act, kind):
    rulebook = with_act(act, date(2034, 3, 31))
    category, sub_type, _ = KINDS[kind]
    begins = rulebook.day(CLAUSES[clause].duty, category, sub_type).on
    months = {24: date(2036, 3, 31), 18: date(2035, 9, 30), 12: date(2035, 3, 31)}

    before, on = (
        judge(clause, on=day, kind=kind, rulebook=rulebook).outcome
        for day in (begins - DAY, begins)
    )

    assert begins in months.values()
    assert (before, on is Outcome.NOT_YET) == (Outcome.NOT_YET, False)


def test_a_fixed_day_later_than_the_act_and_its_months_wins():
    rulebook = with_act("carbon-footprint-class-external-storage", date(2027, 1, 1))

    day = rulebook.day("carbon-footprint-class", Category.INDUSTRIAL, SubType.EXTERNAL_STORAGE)

    assert day.on == date(2032, 2, 18)


def test_an_adopted_act_makes_the_carbon_footprint_a_fault_where_it_is_missing():
    rulebook = with_act("carbon-footprint-method-ev", date(2027, 6, 1))

    before = judge("carbon-footprint-declaration", on=date(2028, 5, 31), rulebook=rulebook)
    after = judge("carbon-footprint-declaration", on=date(2028, 6, 1), rulebook=rulebook)

    assert before.outcome is Outcome.NOT_YET
    assert after.outcome is Outcome.NOT_MET
    assert "carbonFootprintKilogramsPerKilowattHour" in after.paths


def test_due_diligence_is_a_question_from_its_day_on():
    day = date(2027, 8, 18)

    outcomes = [judge("due-diligence", on=one).outcome for one in (day - DAY, day)]
    exempt = PlacingFacts(
        content=a_content(responsibleSourcingReport=absent(AbsenceReason.NOT_APPLICABLE))
    )

    assert outcomes == [Outcome.NOT_YET, Outcome.UNANSWERED]
    assert judge("due-diligence", exempt, on=day).outcome is Outcome.NOT_APPLICABLE


# --- recycled content -----------------------------------------------------------------------------


ENOUGH = {
    "recycledCobaltPercent": "16",
    "recycledLithiumPercent": "6",
    "recycledNickelPercent": "6",
}
METALS = frozenset({"cobalt", "lithium", "nickel"})


@pytest.mark.parametrize(
    ("on", "shares", "outcome"),
    [
        (date(2031, 8, 17), ENOUGH, Outcome.NOT_YET),
        (date(2031, 8, 18), ENOUGH, Outcome.MET),
        (date(2031, 8, 18), {**ENOUGH, "recycledCobaltPercent": "15.99"}, Outcome.NOT_MET),
        (date(2031, 8, 18), {**ENOUGH, "recycledNickelPercent": None}, Outcome.NOT_MET),
        (date(2036, 8, 17), ENOUGH, Outcome.MET),
        (date(2036, 8, 18), ENOUGH, Outcome.NOT_APPLICABLE),
    ],
)
def test_the_minimum_share_of_recycled_metal_goes_by_the_day_of_placing(on, shares, outcome):
    facts = PlacingFacts(content=a_content(**shares), metals=METALS)

    assert judge("recycled-content-minimum-1", facts, on).outcome is outcome


@pytest.mark.parametrize(
    ("metal", "just_enough", "too_little"),
    [("Cobalt", "26", "25.9"), ("Lithium", "12", "11.9"), ("Nickel", "15", "14.9")],
)
def test_the_second_step_asks_more_of_each_metal(metal, just_enough, too_little):
    term = f"recycled{metal}Percent"
    enough = {
        "recycledCobaltPercent": "26",
        "recycledLithiumPercent": "12",
        "recycledNickelPercent": "15",
    }

    outcomes = [
        judge(
            "recycled-content-minimum-2",
            PlacingFacts(content=a_content(**{**enough, term: share}), metals=METALS),
            date(2036, 8, 18),
        ).outcome
        for share in (just_enough, too_little)
    ]

    assert outcomes == [Outcome.MET, Outcome.NOT_MET]


def test_lead_is_asked_for_85_percent_in_both_steps():
    lead = [row["minimum_percent"] for row in recycled_minima() if row["metal"] == "lead"]

    assert lead == ["85", "85"]


def test_a_metal_that_the_chemistry_does_not_hold_needs_no_share():
    shares = dict.fromkeys(ENOUGH) | {"recycledLithiumPercent": "6"}
    facts = PlacingFacts(content=a_content(**shares), metals=frozenset({"lithium"}))

    assert judge("recycled-content-minimum-1", facts, date(2031, 8, 18)).outcome is Outcome.MET


def test_an_unknown_chemistry_that_names_no_metal_is_a_question():
    content = a_content(
        criticalRawMaterials=None, hazardousSubstances=None, **dict.fromkeys(ENOUGH)
    )

    result = judge("recycled-content-minimum-1", PlacingFacts(content=content), date(2031, 8, 18))

    assert result.outcome is Outcome.UNANSWERED


@pytest.mark.parametrize("kind", [Kind.LMT, Kind.EXTERNAL_STORAGE])
def test_the_first_step_does_not_bind(kind):
    facts = PlacingFacts(content=a_content(), metals=METALS)

    result = judge("recycled-content-minimum-1", facts, date(2031, 8, 18), kind=kind)

    assert result.outcome is Outcome.NOT_APPLICABLE


def test_a_battery_that_was_on_the_market_before_owes_no_recycled_content():
    facts = PlacingFacts(content=a_content(), metals=METALS)

    result = judge("recycled-content-minimum-1", facts, date(2031, 8, 18), life=Life.SECOND)

    assert result.outcome is Outcome.NOT_APPLICABLE


# --- marks and papers -----------------------------------------------------------------------------


def a_share(cas, percent):
    return [{"substanceName": {"en": "Metal"}, "casNumber": cas, "massPercent": percent}]


@pytest.mark.parametrize(
    ("clause", "cas", "share", "marked", "outcome"),
    [
        ("cadmium-sign", "7440-43-9", "0.0021", False, Outcome.NOT_MET),
        ("cadmium-sign", "7440-43-9", "0.0021", True, Outcome.MET),
        ("cadmium-sign", "7440-43-9", "0.002", False, Outcome.NOT_APPLICABLE),
        ("lead-sign", "7439-92-1", "0.0041", False, Outcome.NOT_MET),
        ("lead-sign", "7439-92-1", "0.0041", True, Outcome.MET),
        ("lead-sign", "7439-92-1", "0.004", False, Outcome.NOT_APPLICABLE),
    ],
)
def test_the_sign_of_a_metal_is_asked_above_its_limit(clause, cas, share, marked, outcome):
    content = a_content(
        detailedComposition=a_share(cas, share), cadmiumMarked=marked, leadMarked=marked
    )

    assert judge(clause, PlacingFacts(content=content)).outcome is outcome


def test_a_chemistry_of_lead_is_marked_whatever_is_stated():
    facts = PlacingFacts(content=a_content(leadMarked=False), metals=frozenset({"lead"}))

    assert judge("lead-sign", facts, kind=Kind.SLI).outcome is Outcome.NOT_MET


def test_a_sign_that_nothing_is_said_about_is_a_question():
    facts = PlacingFacts(content=a_content(cadmiumMarked=None))

    assert judge("cadmium-sign", facts).outcome is Outcome.UNANSWERED


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, Outcome.MET),
        ({"documentIssuedOn": "2027-02-18"}, Outcome.MET),
        ({"documentIssuedOn": "2027-02-19"}, Outcome.NOT_MET),
        ({"documentValidUntil": "2027-02-18"}, Outcome.MET),
        ({"documentValidUntil": "2027-02-17"}, Outcome.NOT_MET),
        ({"documentValidFrom": "2027-02-19"}, Outcome.NOT_MET),
        ({"documentIdentifier": None}, Outcome.NOT_MET),
    ],
)
def test_a_declaration_is_judged_on_the_day_of_placing(changed, outcome):
    document = {"documentIdentifier": "DoC-1", "documentIssuedOn": "2026-11-02", **changed}
    stated = {name: value for name, value in document.items() if value is not None}
    facts = PlacingFacts(content=a_content(declarationOfConformity=[stated]))

    assert judge("declaration-of-conformity", facts).outcome is outcome


def test_one_valid_declaration_is_enough():
    documents = [{"documentIdentifier": "old", "documentValidUntil": "2026-01-01"}]
    documents.append({"documentDigest": "sha256:" + "0" * 64})

    facts = PlacingFacts(content=a_content(declarationOfConformity=documents))

    assert judge("declaration-of-conformity", facts).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("on", "outcome"),
    [(START - DAY, Outcome.UNANSWERED), (START, Outcome.NOT_MET)],
)
def test_a_mark_that_is_not_on_record_is_a_fault_once_the_record_itself_is_asked_for(on, outcome):
    facts = PlacingFacts(content=a_content(separateCollectionMarking=None))

    assert judge("separate-collection-symbol", facts, on).outcome is outcome


def test_stationary_storage_shows_its_safety_and_others_are_not_asked():
    without = PlacingFacts(content=a_content(testReports=None))

    assert judge("stationary-safety", without, kind=Kind.STATIONARY).outcome is Outcome.NOT_MET
    assert judge("stationary-safety", kind=Kind.STATIONARY).outcome is Outcome.MET
    assert judge("stationary-safety", without).outcome is Outcome.NOT_APPLICABLE


# --- lives ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evidence", "outcome"),
    [
        ({"title", "operation"}, Outcome.MET),
        ({"title"}, Outcome.NOT_MET),
        (set(), Outcome.NOT_MET),
    ],
)
def test_a_second_life_needs_its_evidence(evidence, outcome):
    facts = PlacingFacts(
        content={},
        is_battery=True,
        evidence=frozenset(evidence),
        needed_evidence=frozenset({"title", "operation"}),
    )

    assert judge("second-life-evidence", facts, life=Life.SECOND).outcome is outcome
    assert judge("second-life-evidence", facts).outcome is Outcome.NOT_APPLICABLE


def test_a_second_life_names_its_originals():
    facts = PlacingFacts(content={}, is_battery=True)

    linked = replace(facts, originals=2)

    assert judge("second-life-link", facts, life=Life.SECOND).outcome is Outcome.NOT_MET
    assert judge("second-life-link", linked, life=Life.SECOND).outcome is Outcome.MET


def test_a_waste_battery_is_not_placed():
    facts = PlacingFacts(content={}, is_battery=True, is_waste=True)

    assert judge("not-waste", facts).outcome is Outcome.NOT_MET


def test_what_is_judged_on_each_battery_comes_later_for_a_model():
    assert judge("passport").outcome is Outcome.LATER
    assert judge("passport", PlacingFacts(content={}, is_battery=True)).outcome is Outcome.MET


def test_the_registry_cannot_be_judged_because_it_takes_no_batteries():
    result = judge("registry", PlacingFacts(content={}, is_battery=True))

    assert result.outcome is Outcome.CANNOT_JUDGE
    assert "not open" in result.reason


def test_a_category_that_contradicts_the_use_is_a_fault_and_one_without_use_is_left_open():
    finding = Finding(rule="category", path="/category", message="not EV", source="Article 3")

    outcomes = [
        judge("category", PlacingFacts(content={}, category_findings=found)).outcome
        for found in (None, (), (finding,))
    ]

    assert outcomes == [Outcome.CANNOT_JUDGE, Outcome.MET, Outcome.NOT_MET]


# --- the table ------------------------------------------------------------------------------------


def test_each_clause_names_a_check_a_known_duty_known_data_points_and_its_source():
    duties = {duty.duty for duty in RULEBOOK.duties}

    for clause in read_clauses():
        assert clause.check in CHECKS, clause.clause
        assert not clause.duty or clause.duty in duties, clause.clause
        assert set(clause.data_points) <= set(RULEBOOK.data_points), clause.clause
        assert clause.source.startswith("Regulation (EU) 2023/1542, Article"), clause.clause
        assert clause.what_to_do, clause.clause


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("life", Life)
def test_every_clause_has_an_answer_for_every_kind_and_life(kind, life):
    results = list(judge_clauses(PlacingFacts(content={}), a_scope(START, kind, life), RULEBOOK))

    assert [result.clause.clause for result in results] == list(CLAUSES)
    assert all(result.reason for result in results)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(Kind.SMALL_INDUSTRIAL, Outcome.NOT_APPLICABLE), (Kind.SLI, Outcome.NOT_MET)],
)
def test_minimum_shares_are_asked_of_starter_batteries_and_not_of_small_industrial_ones(
    kind, outcome
):
    facts = PlacingFacts(content=a_content("sli-battery-model", recycledLeadPercent="10"))

    result = judge("recycled-content-minimum-1", facts, date(2031, 8, 18), kind=kind)

    assert result.outcome is outcome
