"""What a cell of a table may hold, and what a spreadsheet may have changed in it."""

from datetime import date, datetime, time

import pytest
from builders_import import GTIN, a_table
from hypothesis import given
from hypothesis import strategies as st

from passport.domain.errors import InvalidValueError
from passport.services.import_cells import cell_text, is_identifying, marked_text, read_cells
from passport.services.import_table import (
    ADVICE,
    RESULT,
    EnteredRow,
    FaultyCell,
    Layout,
    column_of,
)

MASS = "individualMassKilograms"
CYCLES = "individualExpectedCycles"
MONTH = "manufacturedOn"
DAY = "placedOnMarketOn"
STREET = "manufacturingFacility.address.streetAddress"
POSTAL_CODE = "manufacturingFacility.address.postalCode"


def text_of(column, value, layout=Layout.WORKBOOK, **changed):
    return cell_text(column, value, a_table([column], [value], layout=layout, **changed))


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("gtin", GTIN, GTIN),
        ("gtin", 9506000134352, GTIN),
        ("gtin", 9506000134352.0, GTIN),
        ("gtin", 96385074.0, "00000096385074"),
        ("model", 9506000134352.0, GTIN),
        ("serial", " EV75-000001 ", "EV75-000001"),
        ("serial", "000123", "000123"),
        ("serial", "1E5", "1E5"),
        ("batchNumber", "2026-46", "2026-46"),
        (MASS, 431.8, "431.8"),
        (MASS, 0.1 + 0.2, "0.3"),
        (MASS, 431.0, "431"),
        (MASS, 1e-7, "0.0000001"),
        (MASS, "0.500", "0.500"),
        (MASS, "-12.5", "-12.5"),
        (CYCLES, 1500.0, "1500"),
        (MONTH, date(2026, 11, 1), "2026-11"),
        (MONTH, "2026-11", "2026-11"),
        (DAY, date(2027, 2, 18), "2027-02-18"),
        (DAY, datetime(2027, 2, 18), "2027-02-18"),  # noqa: DTZ001 - as a workbook holds it
        (STREET, 7.0, "7"),
        ("isRechargeable", True, "true"),
        (MASS, "", ""),
    ],
)
def test_a_cell_is_taken_where_nothing_can_have_changed(column, value, text):
    assert text_of(column, value) == text


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("serial", 1234.0, "zeros in front or digits behind may be lost"),
        ("serial", 12.5, "zeros in front"),
        ("serial", 9.506e20, "950600000000000000000"),
        ("serial", date(2027, 1, 2), "which a spreadsheet has made of what was typed"),
        ("serial", True, "truth value TRUE"),
        ("serial", time(12, 0), "time of day"),
        ("serial", "9.506E+12", "has rounded the number"),
        ("serial", "9,506E+12", "has rounded the number"),
        ("serial", '="00123"', "holds the formula"),
        ("serial", "EXAMPLE", "example of the template"),
        ("serial", "#N/A", "shows instead of a value"),
        ("serial", "#####", "shows instead of a value"),
        ("serial", "12345 [number]", "without the mark"),
        ("serial", FaultyCell("holds an error"), "holds an error"),
        ("gtin", 9506000134353.0, "no GTIN with zeros in front"),
        ("gtin", 9506000134352.5, "zeros in front"),
        ("gtin", 17.0, "no GTIN with zeros in front"),
        ("gtin", -9506000134352.0, "zeros in front"),
        ("gtin", 1e15, "zeros in front"),
        ("gtin", "9.506E+12", "has rounded"),
        ("identifier", 77.0, "zeros in front"),
        ("batchNumber", 4711.0, "zeros in front"),
        (POSTAL_CODE, 1067.0, "zeros in front"),
        (POSTAL_CODE, date(2027, 1, 2), "made of what was typed"),
        (MASS, date(2027, 5, 1), "made of what was typed"),
        (MASS, True, "truth value"),
        (MASS, "1.5E+3", "has rounded the number"),
        (MASS, "12,5", "write a point"),
        (MASS, "1,234.5", "write digits with a point"),
        (MASS, "1.234,5", "write digits with a point"),
        (MASS, "1 234", "write digits with a point"),
        (MASS, "1.234.567", "write digits with a point"),
        (MONTH, 46000.0, "format the cell as a day"),
        (DAY, 46000.0, "format the cell as a day"),
        (DAY, datetime(2027, 2, 18, 8, 30), "no time of day belongs"),  # noqa: DTZ001
        ("determinedAt", date(2027, 2, 18), "2027-02-18T08:00:00Z"),
        (STREET, 7.5, "zeros in front"),
    ],
)
def test_a_cell_is_refused_where_something_may_have_changed(column, value, said):
    with pytest.raises(InvalidValueError) as refusal:
        text_of(column, value)

    assert said in str(refusal.value)


def test_a_decimal_comma_is_taken_between_semicolons_alone():
    assert text_of(MASS, "12,5", Layout.SEMICOLONS) == "12.5"
    for layout in (Layout.COMMAS, Layout.TABS, Layout.WORKBOOK):
        with pytest.raises(InvalidValueError, match="with a comma"):
            text_of(MASS, "12,5", layout)


def test_a_comma_in_a_text_stays_there():
    assert text_of(STREET, "Werkstraße 7, Tor 3", Layout.SEMICOLONS) == "Werkstraße 7, Tor 3"
    assert text_of("serial", "12,5", Layout.SEMICOLONS) == "12,5"


def test_a_point_before_three_digits_is_refused_beside_decimal_commas():
    beside = {"layout": Layout.SEMICOLONS, "comma_columns": frozenset({MASS})}

    with pytest.raises(InvalidValueError, match="write 1,234 or 1234"):
        text_of(MASS, "1.234", **beside)

    assert text_of(MASS, "1.23", **beside) == "1.23"
    assert text_of(MASS, "0.234", **beside) == "0.234"


def test_a_refused_cell_is_named_as_the_spreadsheet_names_it():
    table = a_table(["gtin", "serial"], [GTIN, 17.0], head_row=3, first_column=1)

    texts, problems = read_cells(table, EnteredRow(14, [GTIN, 17.0]))

    assert texts == {"gtin": GTIN}
    assert [(one.row, one.column, one.message[:9]) for one in problems] == [
        (14, "serial", "cell C17:")
    ]
    assert "format the column as Text" in problems[0].message


def test_the_columns_of_results_are_passed_over():
    table = a_table([RESULT, ADVICE, "serial"], ["refused", "=put it right", "A-1"])

    assert read_cells(table, next(table.read_rows())) == ({"serial": "A-1"}, [])


def test_a_value_below_no_name_is_refused():
    table = a_table(["serial", ""], ["A-1", "lost"])

    _, problems = read_cells(table, next(table.read_rows()))

    assert "its column has no name" in problems[0].message


@given(st.integers(0, 10**15 - 1))
def test_digits_of_a_number_in_a_column_of_names_are_a_gtin_or_refused(number):
    for column in ("serial", "identifier", "batchNumber", POSTAL_CODE):
        with pytest.raises(InvalidValueError):
            text_of(column, float(number))


@given(st.decimals(-1_000_000, 1_000_000, places=6))
def test_a_quantity_keeps_its_digits_through_a_number(value):
    assert float(text_of(MASS, float(value))) == float(value)


@given(st.one_of(st.integers(0, 10**12), st.booleans(), st.dates()))
def test_a_cell_that_was_no_text_is_refused_again_when_it_comes_back_as_text(value):
    with pytest.raises(InvalidValueError):
        text_of("serial", marked_text(value), Layout.COMMAS)


def test_what_names_something_is_told_from_what_counts():
    assert is_identifying("serial")
    assert is_identifying("registrationIdentifier")
    assert not is_identifying(MASS)
    assert not is_identifying("manufacturingFacility.facilityName")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("serial", 0),
        ("photos.0.documentUrl", 1),
        ("photos.0", 1),
        ("manufacturingFacility.address", 2),
        ("manufacturingFacility.address.postalCode", 2),
        ("modelName", 3),
        ("weight", None),
    ],
)
def test_a_place_in_the_content_is_found_in_its_column(path, place):
    columns = ["serial", "photos.1.documentUrl", POSTAL_CODE, "modelName.en"]

    assert column_of(path, columns) == place
