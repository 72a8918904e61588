"""Texts that look like links, and numbers that would fill the memory: refused, never a fault."""

from decimal import Decimal

import pytest

from passport.domain.errors import InvalidIdentifierError, InvalidValueError
from passport.domain.identifiers import parse_battery_id, parse_model_id
from passport.domain.units import decimal_text
from passport.linked_data.documents import MalformedDocumentError, parse_input
from passport.linked_data.schemas import content_from_columns
from passport.services.import_table import column_of
from passport.services.part_names import parse_part_id
from passport.ui.request import local_path
from passport.ui.scanning import find_model_code
from passport.web.editor.fields import rows_at
from passport.web.pages.words import is_web_address

HALF_BRACKETS = ["http://[", "https://[::1/operators/a/parts/b", "http://]/01/09506000134352"]


@pytest.mark.parametrize("text", HALF_BRACKETS)
@pytest.mark.parametrize("parse", [parse_battery_id, parse_model_id, find_model_code])
def test_half_a_bracket_in_a_host_names_nothing(parse, text):
    with pytest.raises(InvalidIdentifierError, match="no link"):
        parse(text)


@pytest.mark.parametrize("text", HALF_BRACKETS)
def test_half_a_bracket_is_no_part_and_no_address_of_the_web(text):
    assert parse_part_id(text) is None
    assert not is_web_address(text)


def test_half_a_bracket_leads_no_browser_on():
    assert local_path("//[") == "/"


@pytest.mark.parametrize("number", ["1e99999999999", "-1E+41", "1e-99999999999", "0e-99999999"])
def test_a_short_text_that_stands_for_a_long_number_is_not_read(number):
    with pytest.raises(MalformedDocumentError, match="40 digits"):
        parse_input(f'{{"a": {number}}}'.encode(), largest=1000)


def test_numbers_with_an_exponent_of_a_size_that_occurs_are_read():
    assert parse_input(b'{"a": 1.25e3, "b": 5E-7}', largest=1000) == {
        "a": Decimal("1.25e3"),
        "b": Decimal("5E-7"),
    }


@pytest.mark.parametrize("number", ["1e99999999999", "1e-99999999999"])
def test_a_long_number_is_not_written_out(number):
    with pytest.raises(InvalidValueError, match="40 digits"):
        decimal_text(Decimal(number))


@pytest.mark.parametrize("place", ["\u00b2", "9" * 5000])
def test_what_is_no_place_in_a_list_is_a_name_like_others(place):
    assert column_of(f"photos.{place}", ["serial"]) is None
    assert content_from_columns({f"photos.{place}": "x"}) == {"photos": {place: "x"}}
    assert rows_at("photos", {f"photos.{place}": ["x"], "photos.2": ["y"]}) == [2]
