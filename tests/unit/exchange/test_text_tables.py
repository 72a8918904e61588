"""Tables of text in: encoding and separator are certain, or the file is refused."""

import pytest
from builders_import import GTIN, IDENTITY, a_text

from passport.exchange.text_tables import decode_text, read_text_table
from passport.services.import_table import Layout
from passport.services.importing import FileUnreadableError

ROW = (GTIN, "A-1", "2027-02-18")
MASS = "individualMassKilograms"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_german_table_is_read_in_what_spreadsheets_write(encoding):
    data = a_text((*IDENTITY, "street"), (*ROW, "Werkstraße 7, Köln"), encoding=encoding)

    (row,) = read_text_table(data).read_rows()

    assert list(row.cells) == [*ROW, "Werkstraße 7, Köln"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Köln", "cp850"),
        ("Köln", "mac_roman"),
        ("Café", "cp437"),
        ("Łódź", "cp1250"),
        ("Rīga", "cp1257"),
        ("Москва", "cp1251"),
        ("Αθήνα", "cp1253"),
        ("İzmir", "cp1254"),
        ("Málaga", "cp1252"),
    ],
)
def test_letters_with_several_readings_are_refused_not_guessed(text, encoding):
    data = a_text((*IDENTITY, "locality"), (*ROW, text), encoding=encoding)

    with pytest.raises(FileUnreadableError, match="save it as CSV UTF-8"):
        decode_text(data)


@pytest.mark.parametrize("data", [b"gtin\x00serial", b"\xff\xfeg"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(FileUnreadableError):
        decode_text(data)


def test_a_workbook_with_the_name_of_a_table_is_told():
    with pytest.raises(FileUnreadableError, match="give it a name that ends in"):
        read_text_table(b"PK\x03\x04rest")


@pytest.mark.parametrize(
    ("separator", "layout"),
    [(";", Layout.SEMICOLONS), (",", Layout.COMMAS), ("\t", Layout.TABS)],
)
def test_the_separator_is_the_one_between_the_names(separator, layout):
    data = a_text((*IDENTITY, "a;b,c"), (*ROW, "x"), separator=separator)

    table = read_text_table(data)

    assert table.layout is layout
    assert table.columns == (*IDENTITY, "a;b,c")


def test_empty_lines_count_as_rows_as_a_spreadsheet_counts_them():
    data = b"\n".join([a_text(IDENTITY).strip(), b"", a_text(ROW).strip(), b""])

    table = read_text_table(data)

    rows = list(table.read_rows())
    assert [row.is_blank for row in rows] == [True, False]
    assert table.cell_name(rows[1].number, 0) == "A3"


def test_columns_with_decimal_commas_are_found_where_semicolons_separate():
    rows = ((*ROW, "12,5", "1,2"), (*ROW, "1.234", "x"))

    semicolons = read_text_table(a_text((*IDENTITY, MASS, "street"), *rows))
    commas = read_text_table(a_text((*IDENTITY, MASS, "street"), *rows, separator=","))

    assert semicolons.comma_columns == {MASS}
    assert commas.comma_columns == frozenset()


def test_a_quote_that_does_not_close_is_named_by_its_line():
    with pytest.raises(FileUnreadableError, match="line 2"):
        read_text_table(b'gtin;serial\n"0950;A-1\n')


def test_too_many_rows_are_refused():
    with pytest.raises(FileUnreadableError, match="more than 200,000 rows"):
        read_text_table(b"gtin;serial\n" + b"1;2\n" * 200_001)
