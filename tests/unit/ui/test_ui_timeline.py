"""Days drawn on a line, with the same days in a table."""

import re
from datetime import date

import pytest

from passport.ui.timeline import Mark, timeline

TODAY = date(2026, 11, 21)
HEAD = ("Duty",)


def drawn(*marks):
    return timeline("Duties", marks, head=HEAD, today=TODAY, caption="What begins when.")


def a_mark(day, *cells):
    return Mark(on=date.fromisoformat(day), cells=cells or ("A duty",))


def places(chart):
    found = re.findall(r'class="timeline__mark" cx="([0-9.]+)" cy="([0-9.]+)"', chart.svg)
    return [(float(x), float(y)) for x, y in found]


def test_every_day_has_one_number_in_the_drawing_and_in_the_table():
    chart = drawn(
        a_mark("2031-08-18", "Later"), a_mark("2027-02-18", "One"), a_mark("2027-02-18", "Two")
    )

    assert re.findall(r'dy=".35em">(\d+)<', chart.svg) == ["1", "2"]
    assert chart.table.head == ("No.", "Day", "Duty")
    assert chart.table.rows == (
        ("1", "2027-02-18", "One"),
        ("1", "2027-02-18", "Two"),
        ("2", "2031-08-18", "Later"),
    )


def test_days_stand_in_the_order_of_time():
    across = [x for x, _ in places(drawn(a_mark("2036-08-18"), a_mark("2024-02-18")))]

    assert across == sorted(across)
    assert across[0] < across[1]


def test_days_that_are_close_stand_above_each_other():
    near = places(drawn(a_mark("2027-02-18"), a_mark("2027-02-25"), a_mark("2036-08-18")))

    assert near[0][1] != near[1][1]
    assert near[2][1] == near[0][1]


def test_today_is_in_the_drawing_even_after_the_last_day():
    chart = drawn(a_mark("2024-02-18"))

    assert ">today</text>" in chart.svg


def test_texts_are_escaped():
    chart = timeline("<b>", (a_mark("2027-02-18"),), head=HEAD, today=TODAY, caption="")

    assert "<b>" not in chart.svg


def test_without_a_day_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="no mark"):
        drawn()
