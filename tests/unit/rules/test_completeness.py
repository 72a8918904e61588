"""Missing, not yet required and not applicable are kept apart, data point by data point."""

from datetime import date

import pytest
from builders_contents import a_content

from passport.domain.applicability import Life, Scope
from passport.domain.battery import Category
from passport.domain.content import AbsenceReason, absent
from passport.rules.completeness import AT_PLACING, OF_MODEL, Place, data_point_matters
from passport.rules.rulebook import read_rulebook

START = date(2027, 2, 18)


def matters(content, on=START, category=Category.EV, levels=OF_MODEL, **scope):
    asked = Scope(category=category, placed_on=on, read_on=on, **scope)
    return data_point_matters(content, asked, read_rulebook(), levels)


def place_of(number, content, on=START, **given):
    return next(one.place for one in matters(content, on, **given) if number in one.data_points)


def test_every_data_point_stands_somewhere():
    numbers = [number for one in matters({}) for number in one.data_points]

    assert sorted(numbers) == sorted(read_rulebook().data_points)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, Place.BLOCKER),
        (absent(AbsenceReason.NOT_PROVIDED), Place.BLOCKER),
        (absent(AbsenceReason.NOT_YET_REQUIRED), Place.BLOCKER),
        (absent(AbsenceReason.NOT_APPLICABLE), Place.QUESTION),
        ("280", Place.PRESENT),
    ],
)
def test_a_mandatory_datum_blocks_unless_it_is_given_or_denied(value, place):
    assert place_of("26", a_content(minimumVoltageVolts=value)) is place


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, Place.QUESTION),
        (absent(AbsenceReason.NOT_PROVIDED), Place.QUESTION),
        (absent(AbsenceReason.NOT_APPLICABLE), Place.NOT_APPLICABLE),
        ("96", Place.PRESENT),
    ],
)
def test_a_conditional_datum_is_a_question_until_it_is_answered(value, place):
    assert place_of("35", a_content(warrantyMonths=value)) is place


def test_before_the_day_of_the_passport_nothing_is_missing():
    found = matters({}, date(2027, 2, 17))

    assert {one.place for one in found} <= {Place.NOT_YET, Place.NOT_APPLICABLE}
    assert {one.begins_on for one in found if "26" in one.data_points} == {START}


def test_what_waits_for_an_act_says_so_and_names_no_day():
    footprint = next(one for one in matters({}) if "17" in one.data_points)

    assert footprint.place is Place.NOT_YET
    assert footprint.begins_on is None
    assert "waits for" in footprint.reason


def test_what_its_kind_or_life_is_not_asked_for_is_not_applicable_with_the_reason():
    lmt = next(one for one in matters({}, category=Category.LMT) if "33" in one.data_points)
    second = next(one for one in matters({}, life=Life.SECOND) if "17" in one.data_points)

    assert (lmt.place, lmt.reason) == (Place.NOT_APPLICABLE, "Not asked of this kind of battery")
    assert second.place is Place.NOT_APPLICABLE
    assert "before" in second.reason


def test_a_model_waits_for_what_is_said_of_each_battery():
    content = a_content()

    assert place_of("51", content) is Place.LATER
    assert place_of("51", content, levels=AT_PLACING) is Place.BLOCKER


def test_what_is_measured_in_use_never_blocks_the_placing():
    condition = [one for one in matters({}, levels=AT_PLACING) if "61" in one.data_points]

    assert [one.place for one in condition] == [Place.LATER]


def test_a_data_point_that_repeats_another_is_named_with_it():
    capacity = next(
        one
        for one in matters(a_content(ratedCapacityAmpereHours=None))
        if "ratedCapacityAmpereHours" in one.paths
    )

    assert capacity.data_points == ("11", "25")


def test_a_rechargeable_battery_is_not_said_to_owe_a_minimum_duration():
    asked = Scope(category=Category.PORTABLE, placed_on=START, read_on=START, is_light=True)
    rulebook = read_rulebook()

    assert "minimumAverageDurationHours" in rulebook.needs_of({"isRechargeable": False}, asked)
    assert "minimumAverageDurationHours" not in rulebook.needs_of({"isRechargeable": True}, asked)
