import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from passport.ui.charts import Axis, Line, Origin, Reading, line_chart

START = datetime(2034, 1, 1, tzinfo=UTC)
PERCENT = Axis(quantity="State of health", unit="%")


def a_reading(day: int, value: str | None, spread: str | None = None) -> Reading:
    number = None if value is None else Decimal(value)
    if number is None or spread is None:
        return Reading(at=START + timedelta(days=day), value=number)
    return Reading(
        at=START + timedelta(days=day),
        value=number,
        low=number - Decimal(spread),
        high=number + Decimal(spread),
    )


def a_chart(*readings: Reading, name: str = "Assessed", origin: Origin = Origin.ASSESSED):
    line = Line(name=name, origin=origin, readings=readings)
    return line_chart("Health", PERCENT, [line], caption="", gap=timedelta(days=40))


def drawn_lines(chart) -> list[str]:
    drawing, _, _ = chart.svg.partition("</svg>")
    return re.findall(r'class="chart__line[^"]*" d="([^"]*)"', drawing)


def test_neighbouring_readings_are_joined():
    chart = a_chart(a_reading(0, "90"), a_reading(30, "89"), a_reading(60, "88"))

    assert [path.count("L") for path in drawn_lines(chart)] == [2]


def test_a_gap_in_time_is_shown_and_not_bridged():
    chart = a_chart(a_reading(0, "90"), a_reading(30, "89"), a_reading(90, "85"))

    assert [path.count("L") for path in drawn_lines(chart)] == [1, 0]


def test_a_missing_reading_interrupts_the_line_and_is_named_in_the_table():
    chart = a_chart(a_reading(0, "90"), a_reading(10, None), a_reading(20, "89"))

    assert len(drawn_lines(chart)) == 2
    assert chart.table.rows[1] == ("2034-01-11 00:00", "no reading", "")


def test_the_table_holds_every_value_as_it_was_measured():
    chart = a_chart(a_reading(0, "90.10", "1.5"), a_reading(30, "89", "1"))

    assert chart.table.head == ("Measured at (UTC)", "Assessed [%]", "95 % interval")
    assert chart.table.rows == (
        ("2034-01-01 00:00", "90.10", "88.60 to 91.60"),
        ("2034-01-31 00:00", "89", "88 to 90"),
    )


def test_the_drawing_says_what_it_shows_to_those_who_do_not_see_it():
    chart = a_chart(a_reading(0, "90"), a_reading(30, "89"))

    assert '<title id="health-t">Health: State of health [%] over time</title>' in chart.svg
    assert "from 90 % on 1 January 2034 to 89 % on 31 January 2034" in chart.svg


def test_a_single_reading_is_a_point_in_the_middle():
    chart = a_chart(a_reading(0, "90"))

    assert re.search(r'<circle class="[^"]*" cx="214\.0"', chart.svg)


def test_the_interval_stays_inside_the_drawing():
    chart = a_chart(a_reading(0, "90", "20"), a_reading(30, "89", "20"))

    band = re.search(r'chart__band--assessed" d="M([^"]*)Z"', chart.svg)
    heights = [float(point.split()[1]) for point in band[1].split("L")]
    assert all(26 <= height <= 222 for height in heights)


def test_a_name_cannot_smuggle_markup_into_the_page():
    chart = a_chart(a_reading(0, "90"), name="<script>alert(1)</script>")

    assert "<script>" not in chart.svg
    assert "&lt;script&gt;" in chart.svg


def test_a_chart_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no reading with a value"):
        a_chart(a_reading(0, None))
