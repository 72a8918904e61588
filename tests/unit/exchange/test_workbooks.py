"""Workbooks in: what stands in their cells, and what is refused before it costs anything."""

import io
from contextlib import suppress
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from builders_import import GTIN, IDENTITY, a_workbook, with_part
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from passport.exchange.workbooks import read_workbook
from passport.services.import_table import FaultyCell
from passport.services.importing import FileUnreadableError

ROW = (GTIN, "A-1", "2027-02-18")
SHEET = "xl/worksheets/sheet1.xml"
MANY_ZEROS = 500_000_000


def cells(data):
    return [list(row.cells) for row in read_workbook(data).read_rows()]


def test_cells_keep_the_kinds_they_have_in_the_file():
    table = read_workbook(
        a_workbook(
            (*IDENTITY, "individualMassKilograms", "manufacturedOn"),
            ("00012", 9506000134352, True, 431.8, date(2026, 11, 1)),
        )
    )

    assert table.columns == (*IDENTITY, "individualMassKilograms", "manufacturedOn")
    (row,) = table.read_rows()
    assert row.number == 1
    assert list(row.cells) == ["00012", 9506000134352.0, True, 431.8, date(2026, 11, 1)]
    assert [type(cell) for cell in row.cells] == [str, float, bool, float, date]


def test_a_workbook_of_another_program_is_read_alike():
    book = Workbook()
    book.active.append([*IDENTITY, "individualMassKilograms", "manufacturedOn", "batchNumber"])
    book.active.append([GTIN, "000017", date(2027, 2, 18), 431.8, "2026-11", "=1+1"])
    book.active.column_dimensions["B"].hidden = True
    target = io.BytesIO()
    book.save(target)

    (row,) = cells(target.getvalue())

    assert row[:5] == [GTIN, "000017", date(2027, 2, 18), 431.8, "2026-11"]
    assert "never computed" in row[5]


def test_the_rows_are_read_as_often_as_somebody_asks():
    table = read_workbook(a_workbook(IDENTITY, ROW, ROW))

    assert list(table.read_rows()) == list(table.read_rows())
    assert table.height == 2


def test_a_sheet_called_batteries_is_read_before_the_first_one():
    assert cells(a_workbook(IDENTITY, ROW, sheet="Batteries", first_sheet="Notes")) == [list(ROW)]
    assert cells(a_workbook(IDENTITY, ROW, sheet="Sheet1")) == [list(ROW)]


def test_rows_and_columns_before_the_table_move_the_names_of_its_cells():
    blank = [None] * 4
    table = read_workbook(a_workbook(blank, blank, [None, *IDENTITY], [None, *ROW]))

    assert table.columns == IDENTITY
    (row,) = table.read_rows()
    assert table.cell_name(row.number, 1) == "C4"


def test_a_title_above_the_names_is_refused_with_what_to_do():
    titled = a_workbook(("Packs of March",), (), IDENTITY, ROW)

    with pytest.raises(FileUnreadableError, match=r"they stand in row 3: remove the rows above"):
        read_workbook(titled)


def test_merged_cells_are_refused_by_their_range():
    with pytest.raises(FileUnreadableError, match=r"A5:B6 .* are merged"):
        read_workbook(a_workbook(IDENTITY, ROW, merged="A5:B6"))


def test_errors_formulas_never_computed_and_percentages_are_faults_of_their_cells():
    data = a_workbook(
        (*IDENTITY, "a", "b", "c", "d"),
        (
            *ROW,
            {"formula": "=NA()", "value": "#N/A"},
            {"formula": "=1+1", "value": ""},
            {"percent": 0.955},
            {"formula": "=1+1", "value": 2},
        ),
    )

    (row,) = cells(data)

    assert row[:3] == list(ROW)
    assert [isinstance(cell, FaultyCell) for cell in row[3:]] == [True, True, True, False]
    assert "#N/A" in row[3]
    assert "never computed" in row[4]
    assert "hundredth" in row[5]
    assert row[6] == 2


def test_an_empty_sheet_and_one_without_names_are_refused():
    with pytest.raises(FileUnreadableError, match="is empty"):
        read_workbook(a_workbook())
    with pytest.raises(FileUnreadableError, match="names no column gtin or identifier"):
        read_workbook(a_workbook(("name", "price"), ("a", 1)))


def test_a_locked_or_old_workbook_is_refused_with_what_to_do():
    with pytest.raises(FileUnreadableError, match="without password"):
        read_workbook(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512)


@pytest.mark.parametrize("data", [b"", b"gtin;serial", b"PK\x03\x04" + b"\0" * 60])
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(FileUnreadableError):
        read_workbook(data)


def test_a_workbook_that_is_large_inside_is_refused_before_it_is_read():
    bomb = with_part(a_workbook(IDENTITY, ROW), "xl/media/image1.png", lambda _: bytes(MANY_ZEROS))

    assert len(bomb) < 1_000_000
    with pytest.raises(FileUnreadableError, match="larger than 400,000,000 bytes inside"):
        read_workbook(bomb)


def test_a_part_that_lies_about_its_size_is_refused():
    data = bytearray(with_part(a_workbook(IDENTITY, ROW), "xl/x.bin", lambda _: bytes(100_000)))
    # The size stands in the directory, 24 bytes after the begin of the part's entry.
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/x.bin")) + 24
    data[place : place + 4] = (10).to_bytes(4, "little")

    with pytest.raises(FileUnreadableError, match="says another size"):
        read_workbook(bytes(data))


def test_a_cell_far_away_costs_no_memory():
    far = with_part(
        a_workbook(IDENTITY, ROW),
        SHEET,
        lambda sheet: sheet.replace(
            b"</sheetData>",
            b'<row r="190000"><c r="XFD190000"><v>1</v></c></row></sheetData>',
        ),
    )

    with pytest.raises(FileUnreadableError, match="reaches to row 190000 and column 16384"):
        read_workbook(far)


def test_too_many_rows_are_refused():
    long = with_part(
        a_workbook(IDENTITY, ROW),
        SHEET,
        lambda sheet: sheet.replace(
            b"</sheetData>", b'<row r="300000"><c r="A300000"><v>1</v></c></row></sheetData>'
        ),
    )

    with pytest.raises(FileUnreadableError, match="at most 200,000 batteries"):
        read_workbook(long)


def test_rows_that_are_formatted_and_empty_do_not_count():
    formatted = with_part(
        a_workbook(IDENTITY, ROW),
        SHEET,
        lambda sheet: sheet.replace(
            b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
        ),
    )

    assert cells(formatted) == [list(ROW)]


def test_entities_of_a_workbook_are_refused():
    billion = with_part(
        a_workbook(IDENTITY, ROW),
        SHEET,
        lambda sheet: sheet.replace(
            b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1
        ),
    )

    with pytest.raises(FileUnreadableError, match="declares entities"):
        read_workbook(billion)


def test_a_part_under_two_names_is_refused():
    target = io.BytesIO(a_workbook(IDENTITY, ROW))
    with ZipFile(target, "a", ZIP_DEFLATED) as archive:
        archive.writestr("XL/worksheets/SHEET1.xml", b"<worksheet/>")

    with pytest.raises(FileUnreadableError, match="twice"):
        read_workbook(target.getvalue())


WORKBOOK = a_workbook(IDENTITY, ROW, ROW)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(WORKBOOK) - 1), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused(place, byte):
    damaged = bytearray(WORKBOOK)
    damaged[place] = byte

    with suppress(FileUnreadableError):
        list(read_workbook(bytes(damaged)).read_rows())


PART = ZipFile(io.BytesIO(WORKBOOK)).read(SHEET)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(PART) - 1), text=st.binary(max_size=4))
def test_a_sheet_with_strange_elements_is_read_or_refused(place, text):
    changed = with_part(WORKBOOK, SHEET, lambda old: old[:place] + text + old[place + 1 :])

    with suppress(FileUnreadableError):
        list(read_workbook(changed).read_rows())


@pytest.mark.parametrize("encoding", [b"TF-8", b"shift_jis", b"idna", b"base64"])
def test_a_sheet_in_an_encoding_that_is_not_read_is_refused(encoding):
    changed = with_part(WORKBOOK, SHEET, lambda old: old.replace(b"UTF-8", encoding, 1))

    with pytest.raises(FileUnreadableError, match="damaged"):
        list(read_workbook(changed).read_rows())


def test_a_workbook_packed_for_a_later_version_of_zip_is_refused():
    place = WORKBOOK.index(b"PK\x01\x02") + 6
    changed = WORKBOOK[:place] + b"\xff" + WORKBOOK[place + 1 :]

    with pytest.raises(FileUnreadableError, match="version"):
        read_workbook(changed)
