"""May it be placed on the market: models and batteries on record, on both kinds of database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    AUTHORITY,
    COLLECTIVE,
    COLLECTOR,
    EV_GTIN,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    PACK,
    RIVAL,
    a_new_battery,
    give_second_life,
    register,
)
from builders_contents import a_content
from builders_life import IN_NL

from passport.domain.access import READ_SCOPE, TELEMETRY_SCOPE
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.content import AbsenceReason, absent
from passport.domain.errors import (
    AccessDeniedError,
    InvalidIdentifierError,
    InvalidValueError,
    PassportNotFoundError,
)
from passport.domain.identifiers import ModelId
from passport.rules.completeness import Place
from passport.services.check import SubjectKind
from passport.services.issue import ModelUnknownError, NewModel

START = date(2027, 2, 18)
MODEL = ModelId(f"01/{EV_GTIN}")
OTHER_MODEL = ModelId("01/09506000134994")
NOT_GIVEN = absent(AbsenceReason.NOT_PROVIDED)


def add_model(record, **changed):
    new = NewModel(model_id=OTHER_MODEL, content=a_content(**changed))
    return record.services.add_model(MAKER, "voltra", new).model_id


def labels(report, place):
    return [matter.label for matter in report.under(place)]


def test_a_model_with_everything_may_be_placed(record):
    report = record.services.check_placing_of_model(MAKER, MODEL, START)

    assert report.may_be_placed
    assert labels(report, Place.BLOCKER) == []
    assert report.counts[Place.NOT_YET] > 0


def test_a_mandatory_datum_that_is_not_provided_stands_against_it_with_its_legal_point(record):
    model_id = add_model(record, idleTemperatureRange=NOT_GIVEN)

    report = record.services.check_placing_of_model(MAKER, model_id, START)

    (blocker,) = report.under(Place.BLOCKER)
    assert not report.may_be_placed
    assert blocker.legal_point == "Annex XIII 1(l)"
    assert blocker.data_points == ("34",)
    assert blocker.paths == ("idleTemperatureRange",)
    assert blocker.what_to_do
    assert record.services.check_placing_of_model(
        MAKER, model_id, START - timedelta(days=1)
    ).may_be_placed


def test_a_clause_that_says_the_same_as_a_data_point_is_named_with_it(record):
    model_id = add_model(record, separateCollectionMarking=NOT_GIVEN)

    report = record.services.check_placing_of_model(MAKER, model_id, START)

    (blocker,) = report.under(Place.BLOCKER)
    assert blocker.data_points == ("40",)
    assert blocker.clauses == ("separate-collection-symbol",)
    assert "Article 13(4)" in blocker.legal_point


def test_two_clauses_about_one_data_point_are_both_named_with_it(record):
    model_id = add_model(record, cadmiumMarked=NOT_GIVEN, leadMarked=NOT_GIVEN)

    report = record.services.check_placing_of_model(MAKER, model_id, START)

    (question,) = (one for one in report.under(Place.QUESTION) if "41" in one.data_points)
    assert question.clauses == ("cadmium-sign", "lead-sign")
    assert question.legal_point == "Annex XIII 1(q); Article 13(5)"


def test_a_battery_with_everything_may_be_placed(record):
    register(record)

    report = record.services.check_placing_of_battery(MAKER, PACK, START)

    assert report.kind is SubjectKind.BATTERY
    assert report.may_be_placed
    assert "The identifier uploaded to the registry" in labels(report, Place.CANNOT_JUDGE)


def test_declared_values_that_are_missing_block_the_placing(record):
    register(record, capacityFadePercent=None, individualPowerWatts=None)

    report = record.services.check_placing_of_battery(MAKER, PACK, START)

    assert labels(report, Place.BLOCKER) == ["Capacity fade", "Power"]
    assert {one.clauses for one in report.under(Place.BLOCKER)} == {("performance-document",)}


def test_a_battery_is_asked_what_was_asked_on_its_own_day(record):
    new = replace(a_new_battery(capacityFadePercent=None), placed_on_market_on=date(2026, 11, 20))
    record.services.register_battery(MAKER, "voltra", new)

    report = record.services.check_placing_of_battery(MAKER, PACK)

    assert report.on == date(2026, 11, 20)
    assert report.may_be_placed


def test_a_battery_placed_before_its_declaration_was_issued_may_not_have_been(record):
    register(record)

    report = record.services.check_placing_of_battery(MAKER, PACK)

    (blocker,) = report.under(Place.BLOCKER)
    assert blocker.clauses == ("declaration-of-conformity",)
    assert "issued on 2026-11-02" in blocker.reason


def test_a_waste_battery_may_not_be_placed(record):
    register(record)
    record.services.declare_waste(COLLECTOR, PACK, IN_NL)

    report = record.services.check_placing_of_battery(SYSTEM, PACK, START)

    assert [one.clauses for one in report.under(Place.BLOCKER)] == [("not-waste",)]


def test_a_second_life_is_judged_by_its_evidence_and_freed_of_the_carbon_footprint(record):
    register(record)
    give_second_life(record)

    report = record.services.check_placing_of_battery(INTEGRATOR, NEW_LIFE, date(2031, 8, 18))
    outcomes = {one.clause.clause: one.outcome.value for one in report.clauses}

    assert outcomes["second-life-evidence"] == "met"
    assert outcomes["second-life-link"] == "met"
    assert outcomes["carbon-footprint-declaration"] == "notApplicable"
    assert outcomes["recycled-content-minimum-1"] == "notApplicable"


def test_a_paper_that_has_run_out_stands_against_a_model_from_the_next_day_on(record):
    document = {
        "documentUrl": "https://voltra.example.com/doc-7.pdf",
        "documentValidUntil": date(2028, 1, 31),
    }
    model_id = add_model(record, declarationOfConformity=[document])

    found = record.services.models_incomplete(MAKER, "voltra", START, date(2028, 12, 31))

    change = next(one for one in found.models if one.model_id == model_id)
    assert change.is_complete_first
    assert change.incomplete_from == date(2028, 2, 1)


# --- who may ask ----------------------------------------------------------------------------------


def test_the_operator_its_delegate_and_authorities_ask_and_nobody_else(record):
    register(record)
    record.services.authorise_delegate(MAKER, "collective", b"Signed by both")

    for actor in (MAKER, COLLECTIVE, AUTHORITY, SYSTEM):
        assert record.services.check_placing_of_model(actor, MODEL, START).may_be_placed
        assert record.services.check_placing_of_battery(actor, PACK, START).may_be_placed
        assert record.services.models_incomplete(actor, "voltra", START, START).models
    for actor in (RIVAL, INTEGRATOR, PUBLIC):
        with pytest.raises(AccessDeniedError):
            record.services.check_placing_of_model(actor, MODEL)
        with pytest.raises(AccessDeniedError):
            record.services.check_placing_of_battery(actor, PACK)
        with pytest.raises(AccessDeniedError):
            record.services.models_incomplete(actor, "voltra", START, START)


def test_a_key_that_does_not_read_asks_nothing(record):
    register(record)
    narrow = replace(MAKER, scopes=frozenset({TELEMETRY_SCOPE}))
    reading = replace(MAKER, scopes=frozenset({READ_SCOPE}))

    assert record.services.check_placing(reading, PACK, START).may_be_placed
    with pytest.raises(AccessDeniedError):
        record.services.check_placing(narrow, PACK)
    with pytest.raises(AccessDeniedError):
        record.services.check_placing(narrow, MODEL)
    with pytest.raises(AccessDeniedError):
        record.services.models_incomplete(narrow, "voltra", START, START)


# --- what a name stands for -----------------------------------------------------------------------


def test_a_name_is_a_battery_or_else_a_model(record):
    register(record)

    assert record.services.check_placing(MAKER, PACK).kind is SubjectKind.BATTERY
    assert record.services.check_placing(MAKER, EV_GTIN).kind is SubjectKind.MODEL


def test_a_name_of_nothing_is_told_apart(record):
    with pytest.raises(PassportNotFoundError):
        record.services.check_placing(MAKER, f"{EV_GTIN}/NOBODY")
    with pytest.raises(ModelUnknownError):
        record.services.check_placing(MAKER, "09506000134994")
    with pytest.raises(InvalidIdentifierError):
        record.services.check_placing(MAKER, "no such thing")


def test_a_makers_own_identifier_names_the_model_where_no_battery_has_it(record):
    new = NewModel(model_id=ModelId("id/VP-OWN"), content=a_content(modelIdentifier="VP-OWN"))
    record.services.add_model(MAKER, "voltra", new)

    assert record.services.check_placing(MAKER, "id/VP-OWN").subject == "id/VP-OWN"


# --- between two days -----------------------------------------------------------------------------


def test_models_become_incomplete_on_the_day_a_duty_begins_and_by_what_is_missing(record):
    found = record.services.models_incomplete(MAKER, "voltra", START, date(2031, 8, 18))

    (model,) = (one for one in found.models if one.model_id == MODEL)
    assert model.is_complete_first
    assert model.incomplete_from == date(2031, 8, 18)
    assert model.changes[0].on == date(2027, 8, 18)
    assert [one.label for one in model.changes[0].questions] == [
        "Responsible sourcing, from the due diligence report"
    ]
    assert {day.duty.duty for day in found.begins} == {
        "due-diligence",
        "recycled-content-minimum-1",
    }
    assert "carbon-footprint-declaration" in {day.duty.duty for day in found.undetermined}


def test_the_day_before_a_duty_begins_nothing_is_incomplete(record):
    found = record.services.models_incomplete(MAKER, "voltra", START, date(2031, 8, 17))

    assert all(model.incomplete_from is None for model in found.models)


def test_days_in_the_wrong_order_are_refused(record):
    with pytest.raises(InvalidValueError, match="before the first"):
        record.services.models_incomplete(MAKER, "voltra", START, date(2026, 1, 1))
