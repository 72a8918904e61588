"""The file with the results and the workbook to fill in: what they hold; how they come back."""

import csv
import io
from datetime import date

import pytest
from builders_contents import an_example
from builders_import import GTIN, IDENTITY, a_table, a_text, a_workbook, rows_of
from openpyxl import load_workbook

from passport.domain.batch_import import RowOutcome, RowResult
from passport.domain.battery import BatteryModel, Category
from passport.domain.content import Requirement
from passport.domain.errors import Problem
from passport.domain.identifiers import ModelId, OperatorSlug
from passport.exchange.import_reports import report_text, report_workbook
from passport.exchange.import_templates import import_template
from passport.exchange.text_tables import read_text_table
from passport.exchange.workbooks import read_workbook
from passport.services.import_table import ADVICE, RESULT
from passport.services.importing import FileUnreadableError, read_table_rows

MASS = "individualMassKilograms"
COLUMNS = (*IDENTITY, MASS, "manufacturedOn")
GOOD = (GTIN, "A-1", date(2027, 2, 18), 431.8, date(2026, 11, 1))
NUMBERED = (GTIN, 4711.0, "2027-02-18", "heavy", "2026-11")
HEAVY = Problem(message="heavy is no decimal", path=f"/{MASS}", row=2, column=MASS)
SERIAL = Problem(message="cell B3: holds the number 4711", row=2, column="serial")
RESULTS = {
    1: RowResult(number=1, outcome=RowOutcome.REGISTERED),
    2: RowResult(number=2, outcome=RowOutcome.REFUSED, problems=(SERIAL, HEAVY)),
}


@pytest.fixture(scope="module")
def workbook():
    return report_workbook(a_table(COLUMNS, GOOD, NUMBERED, ["", " ", "", "", ""]), RESULTS)


def test_the_results_stand_before_the_columns_of_the_file(workbook):
    head, good, refused = rows_of(workbook)

    assert head == [RESULT, ADVICE, *COLUMNS]
    assert good == ["registered", "", GTIN, "A-1", "2027-02-18", "431.8", "2026-11"]
    assert refused[0] == "refused"
    assert refused[1] == f"serial: {SERIAL.message}\n{MASS}: {HEAVY.message}"


def test_a_cell_refused_for_its_kind_keeps_it_and_others_are_text(workbook):
    _, good, refused = rows_of(workbook)

    assert refused[2:] == [GTIN, 4711, "2027-02-18", "heavy", "2026-11"]
    assert {type(cell) for cell in good[2:]} == {str}


def test_refused_cells_are_marked_and_say_why(workbook):
    page = load_workbook(io.BytesIO(workbook)).worksheets[0]

    assert page["D3"].comment.text == SERIAL.message
    assert page["F3"].comment.text == HEAVY.message
    assert page["E3"].comment is None
    fills = {name: page[name].fill.fgColor.rgb for name in ("D3", "F3", "E3", "A2", "A3")}
    assert fills["D3"] == fills["F3"] == fills["A3"] != fills["E3"]
    assert fills["A2"] != fills["A3"]
    assert page.freeze_panes == "C2"
    assert page.auto_filter.ref == "A1:G3"
    assert page["C2"].number_format == "@"


def test_the_file_with_results_is_refused_again_until_it_is_put_right(workbook):
    first, second = read_table_rows(read_workbook(workbook))

    assert first.entry is not None
    assert not first.problems
    assert [one.column for one in second.problems] == ["serial"]


def test_the_rows_put_right_alone_are_read_as_the_file_was(workbook):
    head, _, refused = rows_of(workbook)
    refused[3], refused[5] = "004711", "431.8"

    (row,) = read_table_rows(read_workbook(a_workbook(head, refused)))

    assert not row.problems
    assert row.entry.battery_id == f"01/{GTIN}/21/004711"
    assert row.entry.content[MASS] == "431.8"


def test_the_results_as_text_keep_what_kind_a_refused_cell_had():
    text = report_text(a_table(COLUMNS, GOOD, NUMBERED), RESULTS)

    head, good, refused = csv.reader(io.StringIO(text.decode("utf-8-sig")))
    assert head[:2] == [RESULT, ADVICE]
    assert good[2:] == [GTIN, "A-1", "2027-02-18", "431.8", "2026-11"]
    assert refused[3] == "4711 [number]"
    _, second = read_table_rows(read_text_table(text))
    assert [one.column for one in second.problems] == ["serial"]


def test_a_row_that_was_not_tried_says_so():
    table = read_text_table(a_text(IDENTITY, (GTIN, "A-1", "2027-02-18")))

    assert rows_of(report_workbook(table, {}))[1][0] == "not tried"


def test_results_of_an_earlier_time_are_replaced():
    table = a_table((RESULT, ADVICE, *IDENTITY), ["refused", "old", GTIN, "A-1", "2027-02-18"])

    head, row = rows_of(report_workbook(table, RESULTS))

    assert head == [RESULT, ADVICE, *IDENTITY]
    assert row[:2] == ["registered", ""]


def test_two_rows_of_one_battery_are_refused_by_the_cell_of_the_first():
    table = a_table(IDENTITY, *[(GTIN, "A-1", "2027-02-18")] * 2)

    first, second = read_table_rows(table)

    assert not first.problems
    assert second.entry is None
    assert "stands in cell B2 already" in second.problems[0].message


@pytest.mark.parametrize("columns", [["a." * 5_000 + "b"], [f"c{n}" for n in range(1_001)]])
def test_columns_that_no_term_has_are_refused_at_once(columns):
    with pytest.raises(FileUnreadableError, match="which no term has"):
        next(read_table_rows(a_table(["gtin", *columns], ["1"] * (1 + len(columns)))))


# --- the workbook to fill in ----------------------------------------------------------------------


def a_model(model_id=f"01/{GTIN}"):
    return BatteryModel(
        model_id=ModelId(model_id),
        operator=OperatorSlug("voltra"),
        base_url="https://id.voltra.example.com",
        category=Category.EV,
        sub_type=None,
        name="EV 75",
        content=an_example("ev-pack-model")["content"],
    )


def test_a_template_names_and_explains_each_column():
    needs = {"batchNumber": Requirement.NEVER, "manufacturedOn": Requirement.MANDATORY}

    page = load_workbook(io.BytesIO(import_template(a_model(), needs))).worksheets[0]

    names = {cell.value: cell for cell in page[1]}
    assert list(names)[:3] == list(IDENTITY)
    assert "batchNumber" not in names
    assert "manufacturingFacility.address.postalCode" in names
    mass = names[MASS]
    assert "[kg]" in mass.comment.text
    assert "Annex XIII point 1(a)" in mass.comment.text
    assert "Asked for." in names["manufacturedOn"].comment.text
    assert names["manufacturedOn"].font.bold
    formats = page.column_dimensions
    assert formats[mass.column_letter].number_format == "General"
    assert formats[names["gtin"].column_letter].number_format == "@"


def test_a_template_says_which_cells_are_needed_once_others_are_filled():
    page = load_workbook(io.BytesIO(import_template(a_model(), {}))).worksheets[0]

    notes = {cell.value: cell.comment.text for cell in page[1]}
    plant = notes["manufacturingFacility.facilityName"]
    assert "Needed once anything of “Place of manufacture” is filled." in plant
    assert "May stay empty." in notes["batchNumber"]


def test_the_example_row_of_a_template_is_no_battery():
    (row,) = read_table_rows(read_workbook(import_template(a_model(), {})))

    assert "example of the template" in row.problems[0].message


def test_a_template_filled_in_is_in_order():
    head, example = rows_of(import_template(a_model(), {}))
    filled = ["T-1" if cell == "EXAMPLE" else cell for cell in example]

    (row,) = read_table_rows(read_workbook(a_workbook(head, filled)))

    assert not row.problems
    assert row.entry.content["manufacturingFacility"]["address"]["countryCode"] == "DE"


def test_a_model_without_gtin_has_the_makers_own_identifiers():
    page = rows_of(import_template(a_model("id/EV75"), {}))

    assert page[0][:3] == ["identifier", "model", "placedOnMarketOn"]
    assert page[1][:2] == ["EXAMPLE", "id/EV75"]
