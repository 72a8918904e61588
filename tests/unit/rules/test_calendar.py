"""The calendar of duties."""

from datetime import date

from passport.domain.battery import Category, SubType
from passport.rules.calendar import calendar, duty_days
from passport.rules.rulebook import read_rulebook


def test_duties_come_in_the_order_of_their_days_and_undetermined_ones_last():
    days = [day.on for day in calendar(read_rulebook())]
    known = [day for day in days if day is not None]

    assert known == sorted(known)
    assert days[: len(known)] == known


def test_a_duty_without_its_act_has_no_day():
    label = next(day for day in calendar(read_rulebook()) if day.duty.duty == "label")

    assert label.on is None
    assert "labels" in label.waits_for
    assert label.duty.fixed_on == date(2026, 8, 18)


def test_every_row_of_the_table_that_binds_somebody_stands_in_the_calendar_once():
    rulebook = read_rulebook()

    listed = [day.duty for day in calendar(rulebook)]

    assert sorted(listed, key=str) == sorted((one for one in rulebook.duties if one.binds), key=str)


def test_the_days_of_one_kind_leave_out_what_does_not_bind_it():
    kind = (Category.INDUSTRIAL, SubType.EXTERNAL_STORAGE)

    duties = {day.duty.duty for day in duty_days(read_rulebook(), {kind})}

    assert "passport" in duties
    assert "recycled-content-minimum-1" not in duties
    assert "removability" not in duties
