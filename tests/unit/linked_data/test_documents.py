"""Strict reading, building statements, and joining them without touching a byte."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from builders_contents import BATTERY_IRI, ISSUER, MODEL_IRI, STATEMENT_IRI, a_statement, as_bytes

from passport.domain.content import AbsenceReason, absent
from passport.domain.errors import ContentRefusedError, InvalidValueError
from passport.domain.passport import StatementKind
from passport.linked_data.documents import (
    MalformedDocumentError,
    StatusEntry,
    content_of,
    digest_of,
    digest_text,
    kind_of,
    parse_digest,
    parse_document,
    parse_input,
    presentation_bytes,
    split_content,
    statements_of,
)
from passport.linked_data.terms import term_iri


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1, "a": 2}', "key 'a' stands twice"),
        (b'{"a": {"b": 1, "b": 1}}', "key 'b' stands twice"),
        (b'{"a": 1.5}', "1.5 is no integer"),
        (b'{"a": 1e400}', "1e400 is no integer"),
        (b'{"a": null}', "/a"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 9007199254740992}', "2\\^53"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5000 characters"),
        (b'{"a": "\\ud800"}', "/a"),
        (b'{"\\udfff": "x"}', r"U\+DFFF"),
        (b'{"a": [{"b": "\\u007f"}]}', "/a/0/b"),
        (b'{"a": "\\u0001"}', r"U\+0001"),
        (b'{"a": "\xff"}', "no UTF-8 at byte 7"),
        (b'{"a": ', "line 1, column 7"),
        (b"[]", "JSON object"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "deeper than 24"),
        (b'{"a":' + b"[" * 100_000, "deeper than 24"),
        (b'{"a":"' + b"x" * 1_100_000 + b'"}', "at most 1048576"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(data, message):
    with pytest.raises(MalformedDocumentError, match=message):
        parse_document(data)


def test_the_largest_safe_integer_passes():
    assert parse_document(b'{"a": 9007199254740991}') == {"a": 9007199254740991}


def test_input_keeps_fractions_exact():
    assert parse_input(b'{"a": 0.10}')["a"] == Decimal("0.10")
    with pytest.raises(MalformedDocumentError, match="stands twice"):
        parse_input(b'{"a": 1, "a": 1}')
    with pytest.raises(MalformedDocumentError, match="60 characters"):
        parse_input(b'{"a": 0.' + b"1" * 58 + b"}")


def test_digests_are_named_by_their_algorithm():
    digest = digest_of(b"signed")

    assert parse_digest(digest_text(digest)) == digest
    for other in ("", digest.hex(), "sha256:00", digest_text(digest).upper()):
        with pytest.raises(InvalidValueError, match="write sha256:"):
            parse_digest(other)


def test_a_statement_names_itself_its_series_and_its_signer():
    document = a_statement(
        version=2,
        previous=digest_of(b"first"),
        status=StatusEntry("https://id.voltra.example.com/status/voltra-1", 94567),
        valid_from=datetime(2027, 2, 18, 13, tzinfo=timezone(timedelta(hours=1))),
    )

    assert document["id"] == STATEMENT_IRI
    assert document["type"] == ["VerifiableCredential", "ItemPublicStatement"]
    assert document["issuer"] == ISSUER
    assert document["validFrom"] == "2027-02-18T12:00:00Z"
    assert document["version"] == "2"
    assert document["previous"] == digest_text(digest_of(b"first"))
    assert document["credentialStatus"]["id"] == (
        "https://id.voltra.example.com/status/voltra-1#94567"
    )
    assert document["credentialSubject"] == {
        "id": BATTERY_IRI,
        "type": "Battery",
        "serialNumber": "EV75-000001",
    }


def test_nodes_of_a_model_are_named_after_the_model_from_version_to_version():
    document = a_statement(
        StatementKind.MODEL_PUBLIC,
        {
            "manufacturer": {"partyName": "V", "address": {"locality": "M", "countryCode": "DE"}},
            "originalPower": [{"atStateOfChargePercent": "80", "powerWatts": "1000"}],
        },
        subject_iri=MODEL_IRI,
    )
    subject = document["credentialSubject"]

    assert subject["manufacturer"]["id"] == f"{MODEL_IRI}#manufacturer"
    assert subject["manufacturer"]["address"]["id"] == f"{MODEL_IRI}#manufacturer-address"
    assert subject["originalPower"][0]["id"] == f"{MODEL_IRI}#originalPower-1"
    assert subject["originalPower"][0]["type"] == "PowerCapability"


def test_nodes_of_a_condition_are_named_after_the_statement_and_never_mix():
    document = a_statement(
        StatementKind.CONDITION,
        {"assessments": [{"assessedTerm": "ohmicResistanceOhms", "method": "pulse"}]},
    )
    node = document["credentialSubject"]["assessments"][0]

    assert node["id"] == f"{STATEMENT_IRI}#assessments-1"
    assert node["assessedTerm"] == term_iri("ohmicResistanceOhms")


def test_a_node_keeps_an_identifier_of_its_own():
    party = {"id": ISSUER, "partyName": "Voltra"}

    document = a_statement(StatementKind.INDEX, {"responsibleOperator": party})

    assert document["credentialSubject"]["responsibleOperator"]["id"] == ISSUER
    assert content_of(document)["responsibleOperator"] == party


def test_an_absent_datum_says_why_and_by_which_point():
    content = {"carbonFootprintClass": absent(AbsenceReason.NOT_YET_REQUIRED)}

    document = a_statement(StatementKind.PRODUCTION, content, subject_iri=MODEL_IRI)

    assert document["credentialSubject"]["absent"] == [
        {
            "id": f"{MODEL_IRI}#absent-carbonFootprintClass",
            "type": "AbsentDatum",
            "absentTerm": term_iri("carbonFootprintClass"),
            "absenceReason": "notYetRequired",
            "annexXiiiPoint": "1(c)",
        }
    ]
    assert content_of(document) == content


def test_numbers_and_days_are_written_as_text():
    document = a_statement(
        StatementKind.ITEM_DECLARED,
        {
            "capacityFadePercent": Decimal("1.50"),
            "individualExpectedCycles": 1500,
            "placedOnMarketOn": date(2027, 2, 18),
        },
    )

    assert document["credentialSubject"] == {
        "id": BATTERY_IRI,
        "type": "Battery",
        "batteryStatus": "original",
        "capacityFadePercent": "1.50",
        "individualExpectedCycles": "1500",
        "placedOnMarketOn": "2027-02-18",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"serialNumer": "1"}, "'serialNumer' is no term of this part"),
        ({"massKilograms": "1"}, "'massKilograms' is no term of this part"),
        ({"manufacturingFacility": {"facilityname": "x"}}, "'facilityname' is no term"),
        ({"manufacturingFacility": "Plant 1"}, "takes a node"),
        ({"photos": {"documentUrl": "https://x.example/1"}}, "takes a list"),
        ({"serialNumber": 1.5}, "takes a text"),
        ({"serialNumber": True}, "takes a text"),
    ],
)
def test_a_term_out_of_place_or_out_of_shape_is_refused(content, message):
    with pytest.raises(ContentRefusedError, match=message) as refusal:
        a_statement(content=content)

    assert refusal.value.problems


def test_an_absence_is_refused_for_a_term_of_another_kind():
    with pytest.raises(ContentRefusedError, match="'massKilograms' is no term of this part"):
        a_statement(content={"massKilograms": absent(AbsenceReason.NOT_PROVIDED)})


def test_a_document_of_another_type_is_no_statement():
    with pytest.raises(MalformedDocumentError, match="is no statement of a battery passport"):
        kind_of({"type": ["VerifiableCredential", "UniversityDegreeCredential"]})


def test_a_flat_content_is_divided_over_its_statements():
    parts = split_content({"massKilograms": "1", "cellCount": "2", "productionYear": "2026"})

    assert parts == {
        StatementKind.MODEL_PUBLIC: {"massKilograms": "1"},
        StatementKind.MODEL_RESTRICTED: {"cellCount": "2"},
        StatementKind.PRODUCTION: {"productionYear": "2026"},
    }
    with pytest.raises(ContentRefusedError, match="'partyName' is no term that a statement"):
        split_content({"partyName": "V"})


def test_a_presentation_gives_back_the_bytes_it_was_made_of():
    statements = [as_bytes(a_statement()), b'{ "a" : "]},{" }', '{"ü":["\\u00e9", {}]}'.encode()]

    presentation = presentation_bytes(statements)

    assert json.loads(presentation)["type"] == ["VerifiablePresentation"]
    assert statements_of(presentation) == statements
    assert statements_of(presentation_bytes([])) == []


def test_statements_are_found_in_presentations_that_others_wrote():
    spaced = b' {"holder":"x", "verifiableCredential" : [ {"a":1} ,\n{"b":2} ] , "type":"V"} '

    assert statements_of(spaced) == [b'{"a":1}', b'{"b":2}']
    assert statements_of(b'{"verifiableCredential": {"a": 1}}') == [b'{"a": 1}']


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"type": "VerifiablePresentation"}', "here are 0"),
        (b'{"verifiableCredential": [], "verifiableCredential": []}', "here are 2"),
        (b'{"verifiableCredential": ["eyJ"]}', "is a JSON object"),
        (b'{"verifiableCredential": "eyJ"}', "expected '\\['"),
        (b'{"verifiableCredential": [{}', "no presentation"),
        (b'{"verifiableCredential": [{} {}]}', "Expecting ',' delimiter"),
        (b"[]", "expected '{'"),
        (b'{"verifiableCredential": []} []', "behind"),
        (b"\xff", "no presentation"),
        (b'{"a":' + b"[" * 100_000, "deeper than"),
    ],
)
def test_what_is_no_presentation_is_refused(data, message):
    with pytest.raises(MalformedDocumentError, match=message):
        statements_of(data)
