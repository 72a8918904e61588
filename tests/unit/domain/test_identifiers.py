"""Names of batteries, models and organisations."""

import pytest

from passport.domain.errors import InvalidIdentifierError
from passport.domain.identifiers import (
    SERIAL_CHARACTERS,
    battery_iri,
    check_digit,
    describe_battery_id,
    gs1_battery_id,
    iec_61406_battery_id,
    model_of,
    parse_battery_id,
    parse_gtin,
    parse_model_id,
    parse_serial,
    parse_slug,
    slug_of,
)

GTIN = "09506000134352"


def test_a_serial_number_has_82_characters_to_choose_from():
    assert len(SERIAL_CHARACTERS) == 82


@pytest.mark.parametrize("character", sorted(SERIAL_CHARACTERS))
def test_each_character_of_ai_21_comes_back_out_of_the_address(character):
    serial = f"A{character}1"

    battery_id = gs1_battery_id(GTIN, serial)

    assert describe_battery_id(battery_id).serial == serial
    assert parse_battery_id(battery_iri("https://id.example.com", battery_id)) == battery_id
    assert parse_battery_id(f"/{battery_id}") == battery_id
    assert parse_battery_id(f"{GTIN}/{serial}") == battery_id


@pytest.mark.parametrize("character", sorted(set(map(chr, range(0x21, 0x7F))) - SERIAL_CHARACTERS))
def test_each_other_printable_character_is_refused(character):
    with pytest.raises(InvalidIdentifierError, match="AI 21 does not allow"):
        parse_serial(f"A{character}1")


@pytest.mark.parametrize("serial", ["", "A" * 21, " ", "A B", "Ä", "A\n", "٣", ".", ".."])
def test_a_serial_number_of_another_form_is_refused(serial):
    with pytest.raises(InvalidIdentifierError):
        parse_serial(serial)


@pytest.mark.parametrize(
    ("given", "gtin14"),
    [
        ("09506000134352", "09506000134352"),
        ("9506000134352", "09506000134352"),
        (" 9506000134352 ", "09506000134352"),
        ("614141007349", "00614141007349"),
        ("96385074", "00000096385074"),
    ],
)
def test_a_gtin_of_8_12_13_or_14_digits_becomes_14_digits(given, gtin14):
    assert parse_gtin(given) == gtin14


def test_each_wrong_check_digit_is_refused_with_the_right_one():
    for digit in "013456789":
        with pytest.raises(InvalidIdentifierError, match="but 2 belongs there"):
            parse_gtin(f"950600013435{digit}")


def test_a_check_digit_of_a_multiple_of_ten_is_zero():
    assert check_digit("0") == 0
    assert check_digit("629104150021") == 3


@pytest.mark.parametrize("given", ["", "12345", "950600013435X", "٩٥٠٦٠٠٠١٣٤٣٥٢", "-506000134352"])
def test_what_is_no_gtin_is_refused(given):
    with pytest.raises(InvalidIdentifierError, match="is no GTIN"):
        parse_gtin(given)


def test_a_link_loses_its_query_and_its_host():
    link = f"https://elsewhere.example/01/{GTIN}/21/A%2F1?linkType=gs1:pip#top"

    assert parse_battery_id(link) == f"01/{GTIN}/21/A%2F1"


def test_a_short_gtin_in_an_address_names_the_same_battery():
    assert parse_battery_id("01/9506000134352/21/A") == parse_battery_id(f"01/{GTIN}/21/A")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "EV75-000001",
        f"01/{GTIN}",
        f"01/{GTIN}/10/LOT",
        f"01/{GTIN}/21/",
        f"https://id.example.com/01/{GTIN}/21/%FF",
        "https://id.example.com/",
        "id/",
        "id/a b",
        "ftp/01",
    ],
)
def test_what_names_no_single_battery_is_refused(given):
    with pytest.raises(InvalidIdentifierError):
        parse_battery_id(given)


def test_a_makers_own_identifier_is_an_alternative():
    battery_id = iec_61406_battery_id("PACK-7_a.~x")

    assert parse_battery_id(f"https://id.example.com/{battery_id}") == battery_id
    assert model_of(battery_id) is None


def test_a_makers_own_identifier_has_at_most_120_characters():
    assert iec_61406_battery_id("A" * 120)
    with pytest.raises(InvalidIdentifierError):
        iec_61406_battery_id("A" * 121)


def test_a_gs1_identifier_holds_its_model():
    assert model_of(gs1_battery_id(GTIN, "A")) == f"01/{GTIN}"
    assert parse_model_id("9506000134352") == f"01/{GTIN}"
    assert parse_model_id(f"https://id.example.com/01/{GTIN}") == f"01/{GTIN}"
    assert parse_model_id("id/CELL-BOX") == "id/CELL-BOX"
    with pytest.raises(InvalidIdentifierError):
        parse_model_id(f"01/{GTIN}/21/A")


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a_b", "a/b", "a" * 64, "ä"])
def test_a_short_name_is_part_of_addresses(slug):
    with pytest.raises(InvalidIdentifierError):
        parse_slug(slug)


def test_a_short_name_is_made_of_a_companys_name():
    assert slug_of("Voltra Packs GmbH & Co. KG") == "voltra-packs-gmbh-co-kg"
    assert slug_of("***") == "operator"
    assert len(slug_of("x" * 100)) == 63
