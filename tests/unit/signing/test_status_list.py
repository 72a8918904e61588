"""Bitstring status lists against the published cases, and what is refused in them."""

import gzip

import pytest
from builders_signing import NOON, a_canonicalizer, read_json

from passport.linked_data.documents import StatusEntry
from passport.signing.multibase import encode_base64url
from passport.signing.status_list import (
    LIST_SIZE,
    StatusListError,
    StatusListFullError,
    build_status_list,
    choose_places,
    decode_bits,
    encode_bits,
    is_set,
    read_status,
)

CASES = [*read_json("bitstring", "status-cases.json"), read_json("bitstring", "spec-example.json")]
LIST = "https://maker.example/status/acme-1"
ISSUER = "did:web:maker.example"


@pytest.mark.parametrize("case", CASES)
def test_a_list_of_other_software_reads_bit_by_bit(case):
    bits = decode_bits(case["encodedList"])

    assert len(bits) * 8 == case["length"]
    assert [i for i in range(case["length"]) if is_set(bits, i)] == sorted(case["setIndexes"])
    for index, expected in case.get("probes", []):
        assert is_set(bits, index) is expected


@pytest.mark.parametrize("case", CASES)
def test_a_list_written_here_holds_the_same_bits(case):
    encoded = encode_bits(case["setIndexes"], length=case["length"])

    assert decode_bits(encoded) == decode_bits(case["encodedList"])
    assert encoded == encode_bits(case["setIndexes"], length=case["length"])


def a_list(*revoked):
    return build_status_list(LIST, issuer_did=ISSUER, marked=revoked, valid_from=NOON)


def test_a_statement_is_revoked_when_its_bit_is_set():
    assert read_status(StatusEntry(LIST, 94567).as_node(), a_list(94567)) is True
    assert read_status(StatusEntry(LIST, 94566).as_node(), a_list(94567)) is False


def test_every_word_of_the_list_is_signed_and_every_node_has_a_name():
    text = a_canonicalizer().canonize(a_list(1)).decode()

    assert "status#encodedList" in text
    assert "_:" not in text


def packed(data):
    return encode_base64url(gzip.compress(data, mtime=0))


@pytest.mark.parametrize(
    ("encoded", "message"),
    [
        ("H4sIAAAA", "multibase"),
        ("u!!!", "multibase"),
        ("uAAAA", "gzip"),
        (packed(bytes(16_383)), "131064 bits"),
        (packed(bytes(3_000_000)), "more than 2097152"),
        (packed(bytes(16_384))[:-8], "cut off"),
        (packed(bytes(16_384)) + "AAAA", "goes on|cut off|multibase"),
    ],
)
def test_a_list_that_cannot_be_trusted_to_be_read_is_refused(encoded, message):
    with pytest.raises(StatusListError, match=message):
        decode_bits(encoded)


def entry(**changed):
    return StatusEntry(LIST, 7).as_node() | changed


def with_subject(**changed):
    document = a_list(7)
    return document | {"credentialSubject": document["credentialSubject"] | changed}


@pytest.mark.parametrize(
    ("an_entry", "document", "message"),
    [
        (entry(type="StatusList2021Entry"), a_list(7), "no status entry"),
        (entry(statusListCredential=3), a_list(7), "no status entry"),
        (entry(statusListCredential=LIST + "2"), a_list(7), "is not"),
        (entry(statusPurpose="suspension"), a_list(7), "asks for"),
        (entry(statusSize=2), a_list(7), "2 bits"),
        (entry(statusListIndex="-1"), a_list(7), "no place"),
        (entry(statusListIndex="9" * 5000), a_list(7), "no place"),
        (entry(statusListIndex=str(LIST_SIZE)), a_list(7), "outside"),
        (entry(), a_list(7) | {"credentialSubject": []}, "is not"),
        (entry(), with_subject(type="Other"), "no BitstringStatusList"),
        (entry(), with_subject(encodedList=5), "no encodedList"),
    ],
)
def test_a_status_that_cannot_be_read_is_refused(an_entry, document, message):
    with pytest.raises(StatusListError, match=message):
        read_status(an_entry, document)


def test_a_bit_outside_the_list_is_not_set():
    with pytest.raises(StatusListError, match="outside"):
        encode_bits([LIST_SIZE])


def test_places_are_chosen_by_chance_among_the_free_ones():
    chosen = {
        place
        for _ in range(20)
        for place in choose_places(lambda places: [p for p in places if p % 2 == 0])
    }

    assert len(chosen) > 15
    assert all(index % 2 for index in chosen)


def test_a_full_list_asks_for_another_one():
    with pytest.raises(StatusListFullError, match="begin another"):
        choose_places(lambda places: places)
