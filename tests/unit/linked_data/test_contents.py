"""What is entered is brought into form, and every place that is wrong is named."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from builders_contents import (
    CONDITION_LEVELS,
    EXAMPLES,
    ITEM_LEVELS,
    MODEL_IRI,
    MODEL_LEVELS,
    SCHEMAS,
    a_content,
    a_statement,
    an_example,
    levels_of,
    needs_of,
    needs_of_example,
)

from passport.domain.battery import Category
from passport.domain.content import (
    AbsenceReason,
    DatumState,
    Level,
    absence_of,
    absent,
    complete_content,
    legal_data,
)
from passport.domain.errors import ContentRefusedError
from passport.domain.identifiers import parse_gtin
from passport.domain.passport import StatementKind
from passport.linked_data.documents import split_content
from passport.linked_data.schemas import (
    check_content,
    check_statement,
    content_from_columns,
    normalise_content,
)
from passport.linked_data.terms import CONTEXT_VERSION, schema_path


def model_problems(category=Category.EV, **changed):
    name = "ev-pack-model" if category is Category.EV else "stationary-battery-model"
    content = normalise_content(a_content(name, **changed))
    return check_content(content, levels=MODEL_LEVELS, needs=needs_of(category))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_valid_as_they_stand(name):
    example = an_example(name)

    content = normalise_content(example["content"])

    assert content == example["content"]
    assert check_content(content, levels=levels_of(name), needs=needs_of_example(name)) == []
    assert "gtin" not in example or parse_gtin(example["gtin"]) == example["gtin"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_statements_of_the_examples_fulfil_their_schemas(name):
    whole = complete_content(a_content(name), levels=levels_of(name), needs=needs_of_example(name))

    for kind, content in split_content(whole).items():
        assert check_statement(a_statement(kind, content, subject_iri=MODEL_IRI)) == []


def test_numbers_become_exact_text():
    content = normalise_content(
        {
            "massKilograms": Decimal("432.50"),
            "expectedCycles": 1500,
            "nominalVoltageVolts": 51.2,
            "ratedCapacityAmpereHours": " 0206.0 ",
            "originalPower": [{"atStateOfChargePercent": 80, "powerWatts": Decimal("1.72E+5")}],
        }
    )

    assert content == {
        "massKilograms": "432.50",
        "expectedCycles": "1500",
        "nominalVoltageVolts": "51.2",
        "ratedCapacityAmpereHours": "206.0",
        "originalPower": [{"atStateOfChargePercent": "80", "powerWatts": "172000"}],
    }


def test_cells_of_a_spreadsheet_become_what_they_mean():
    content = normalise_content(
        {
            "serialNumber": 4711,
            "leadMarked": " TRUE",
            "manufacturedOn": datetime(2026, 11, 3, tzinfo=UTC),
            "putIntoServiceOn": date(2027, 3, 1),
            "measuredAt": "2027-03-01T13:00:00+01:00",
            "batchNumber": None,
            "modelName": {"en": "A", "de": ""},
            "explodedDiagrams": {"documentUrl": "https://x.example/1"},
        }
    )

    assert content == {
        "serialNumber": "4711",
        "leadMarked": True,
        "manufacturedOn": "2026-11",
        "putIntoServiceOn": "2027-03-01",
        "measuredAt": "2027-03-01T12:00:00Z",
        "modelName": {"en": "A"},
        "explodedDiagrams": [{"documentUrl": "https://x.example/1"}],
    }


@pytest.mark.parametrize(
    ("changed", "path", "message"),
    [
        ({"massKilograms": "432,5"}, "/massKilograms", "no number in kg; write digits with a poi"),
        ({"massKilograms": "432 kg"}, "/massKilograms", "no unit, like 206.5"),
        ({"massKilograms": True}, "/massKilograms", "is no text"),
        ({"massKilograms": "-1"}, "/massKilograms", "below 0"),
        ({"renewableContentPercent": "120"}, "/renewableContentPercent", "120 in % is above 100"),
        ({"expectedCycles": "1500.5"}, "/expectedCycles", "no whole number"),
        ({"massKg": "432.5"}, "/massKg", "did you mean massKilograms?"),
        ({"electrolyteState": "liqud"}, "/electrolyteState", "did you mean liquid?"),
        ({"chemistry": "NCM 622"}, "/chemistry", "'NCM 622' is no code; write a letter"),
        ({"separateCollectionMarking": "?"}, "/separateCollectionMarking", "it is one of: batter"),
        ({"modelName": "EV 75"}, "/modelName", 'give the text by language: {"en": "..."}'),
        ({"modelName": {"english": "x"}}, "/modelName", "'english' is no language"),
        ({"modelName": {"en": 75}}, "/modelName/en", "75 is no text"),
        ({"modelIdentifier": "a\tb\x01"}, "/modelIdentifier", "U+0001"),
        ({"modelIdentifier": "x" * 10_001}, "/modelIdentifier", "at most 10000"),
        ({"leadMarked": "perhaps"}, "/leadMarked", "write true or false"),
        ({"carbonFootprintStudy": "study.pdf"}, "/carbonFootprintStudy", "no whole IRI"),
        ({"serialNumber": "1"}, "/serialNumber", "is said of the item; enter it there"),
        ({"batteryStatus": "waste"}, "/batteryStatus", "is written by the service"),
        ({"partyName": "x"}, "/partyName", "is no term here"),
        ({"originalPower": "172 kW"}, "/originalPower/0", "give its parts: atStateOfCharge"),
        ({"originalPower": []}, "/originalPower", "list of at least one"),
        (
            {"originalPower": [{"powerWatts": "1"}]},
            "/originalPower/0/atStateOfChargePercent",
            "originalPower needs atStateOfChargePercent",
        ),
        ({"extinguisherClasses": ["A", "A"]}, "/extinguisherClasses/1", "same value twice"),
        (
            {"idleTemperatureRange": {"minimumCelsius": "60", "maximumCelsius": "-30"}},
            "/idleTemperatureRange/minimumCelsius",
            "60 is above maximumCelsius -30",
        ),
        ({"nominalVoltageVolts": "500"}, "/nominalVoltageVolts", "500 is above maximumVoltageVol"),
        (
            {"criticalRawMaterials": [{"substanceName": {"en": "Li"}, "casNumber": "7439-93-3"}]},
            "/criticalRawMaterials/0/casNumber",
            "the last digit checks the rest",
        ),
        (
            {"manufacturer": {"partyName": "V", "emailAddress": "nobody", "id": "x"}},
            "/manufacturer/emailAddress",
            "no e-mail address",
        ),
        (
            {"manufacturer": {"partyName": "V", "address": {"locality": "M"}}},
            "/manufacturer/address/countryCode",
            "address needs countryCode",
        ),
        (
            {"testReports": [{"documentDigest": "abc", "documentIssuedOn": "2026-02-30"}]},
            "/testReports/0/documentDigest",
            "write sha256:",
        ),
        ({"voltageTemperatureRange": {"type": "Range"}}, None, "'Range' is not TemperatureRange"),
        ({"manufacturer": {"partyName": "V", "id": "x"}}, None, "id 'x' is no IRI"),
        ({"renewableContentPercent": {"absent": "unknown"}}, "/renewableContentPercent", "one of"),
        (
            {"renewableContentPercent": {"absent": "notYetRequired"}},
            "/renewableContentPercent",
            "is required already (Annex XIII point 1(f))",
        ),
        (
            {"renewableContentPercent": None},
            "/renewableContentPercent",
            "is missing; Annex XIII point 1(f) asks for it",
        ),
    ],
)
def test_each_wrong_place_is_named_with_what_to_do(changed, path, message):
    found = [one for one in model_problems(**changed) if message in one.message]

    assert found
    assert path is None or found[0].path == path
    assert found[0].column == found[0].path.strip("/").replace("/", ".")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"measuredAt": "yesterday"}, "write it in UTC like 2027-02-18T12:00:00Z"),
        ({"measuredAt": datetime(2027, 1, 1)}, "no instant"),  # noqa: DTZ001 - that is the point
        ({"rawReadingsDigest": "00"}, "write sha256:"),
        ({"assessments": [{"assessedTerm": "soh", "method": "x"}]}, "'soh' is no term"),
    ],
)
def test_wrong_conditions_are_named(changed, message):
    content = normalise_content(a_content("ev-pack-condition", **changed))

    found = check_content(content, levels=CONDITION_LEVELS, needs=needs_of(Category.EV))

    assert [message in problem.message for problem in found] == [True]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"manufacturedOn": "11/2026"}, "write year and month like 2027-02"),
        ({"putIntoServiceOn": "1 March"}, "write it like 2027-02-18"),
        ({"manufacturingFacility": None}, "Annex XIII point 1(a) asks for it"),
    ],
)
def test_wrong_batteries_are_named(changed, message):
    content = normalise_content(a_content("ev-pack", **changed))

    found = check_content(content, levels=ITEM_LEVELS, needs=needs_of(Category.EV))

    assert [message in problem.message for problem in found] == [True]


def test_all_wrong_places_are_named_at_once():
    found = model_problems(massKilograms="x", chemistry="?", cellCount=None)

    assert [problem.path for problem in found] == ["/massKilograms", "/chemistry", "/cellCount"]


def test_declared_values_may_be_silent_at_registration_and_are_told_missing_for_the_market():
    content = a_content("ev-pack", capacityFadePercent=None)

    missing = [
        datum.term.name
        for datum in legal_data(content, levels=ITEM_LEVELS, needs=needs_of(Category.EV))
        if datum.state is DatumState.MISSING
    ]

    assert check_content(content, levels=ITEM_LEVELS, needs=needs_of(Category.EV)) == []
    assert missing == ["capacityFadePercent"]


def test_missing_not_yet_required_and_not_applicable_are_told_apart():
    content = a_content(
        "stationary-battery-model",
        massKilograms=None,
        carbonFootprintClass=None,
        capacityThresholdForExhaustionPercent=None,
        warrantyMonths=None,
        renewableContentPercent=absent(AbsenceReason.NOT_PROVIDED),
    )

    states = {
        datum.term.name: datum.state
        for datum in legal_data(content, levels=MODEL_LEVELS, needs=needs_of(Category.INDUSTRIAL))
    }

    assert states["massKilograms"] is DatumState.MISSING
    assert states["carbonFootprintClass"] is DatumState.NOT_YET_REQUIRED
    assert states["capacityThresholdForExhaustionPercent"] is DatumState.NOT_APPLICABLE
    assert states["warrantyMonths"] is DatumState.UNANSWERED
    assert states["renewableContentPercent"] is DatumState.NOT_PROVIDED
    assert states["ratedCapacityAmpereHours"] is DatumState.PRESENT
    assert "ratedEnergyKilowattHours" not in states


def test_a_completed_content_says_of_each_absent_datum_why():
    whole = complete_content({}, levels={Level.CONDITION}, needs=needs_of(Category.EV))

    assert absence_of(whole["stateOfCertifiedEnergyPercent"]) is AbsenceReason.NOT_PROVIDED
    assert absence_of(whole["remainingCapacityAmpereHours"]) is AbsenceReason.NOT_APPLICABLE
    assert "deepDischarges" not in whole
    whole = complete_content({}, levels={Level.CONDITION}, needs=needs_of(Category.INDUSTRIAL))
    assert absence_of(whole["stateOfCertifiedEnergyPercent"]) is AbsenceReason.NOT_APPLICABLE


def test_only_the_written_form_is_an_absence():
    assert absence_of({"absent": "notProvided"}) is AbsenceReason.NOT_PROVIDED
    for other in ({"absent": "no"}, {"absent": "notProvided", "en": "x"}, "notProvided", None, []):
        assert absence_of(other) is None


def test_a_row_of_a_table_becomes_a_content():
    row = {
        "serialNumber": "EV75-000001",
        "batchNumber": "",
        "manufacturedOn": "2026-11",
        "manufacturingFacility.facilityName": "Plant 1",
        "manufacturingFacility.address.locality": "Musterstadt",
        "manufacturingFacility.address.countryCode": "DE",
        "photos.2.documentUrl": "https://x.example/2",
        "photos.1.documentUrl": "https://x.example/1",
        "individualPowerWatts": "!notProvided",
    }

    content = content_from_columns(row)

    assert content["manufacturingFacility"] == {
        "facilityName": "Plant 1",
        "address": {"locality": "Musterstadt", "countryCode": "DE"},
    }
    assert [photo["documentUrl"][-1] for photo in content["photos"]] == ["1", "2"]
    assert absence_of(content["individualPowerWatts"]) is AbsenceReason.NOT_PROVIDED
    assert check_content(content, levels=ITEM_LEVELS, needs=needs_of(Category.EV)) == []


def test_problems_of_a_table_name_the_column():
    row = {"serialNumber": "1", "manufacturedOn": "2026-11", "manufacturingFacility.adress": "x"}

    found = check_content(
        content_from_columns(row), levels=ITEM_LEVELS, needs=needs_of(Category.EV)
    )

    assert found[0].column == "manufacturingFacility.adress"
    assert "did you mean address?" in found[0].message


@pytest.mark.parametrize("row", [{"a": "1", "a.b": "2"}, {"a.b": "2", "a": "1"}])
def test_a_whole_and_its_part_in_two_columns_are_refused(row):
    with pytest.raises(ContentRefusedError, match="say the same thing twice") as refusal:
        content_from_columns(row)

    assert refusal.value.problems[0].column in row


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": ["VerifiableCredential"]}, "/type"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "/@context"),
        ({"version": 1}, "/version"),
        ({"validFrom": "2027-02-18"}, "/validFrom"),
        ({"comment": "x"}, ""),
        ({"credentialSubject": {"id": "https://x.example/", "type": "Battery", "y": "1"}}, None),
        ({"credentialSubject": {"id": "https://x.example/", "type": "BatteryModel"}}, None),
    ],
)
def test_a_statement_of_another_form_breaks_its_schema(change, path):
    found = check_statement({**a_statement(), **change})

    assert found
    assert path is None or found[0].path == path


@pytest.mark.parametrize(
    ("kind", "content", "message", "path"),
    [
        (
            StatementKind.ITEM_DECLARED,
            {"capacityFadePercent": "101"},
            "above 100",
            "/capacityFadePercent",
        ),
        (
            StatementKind.ITEM_DECLARED,
            {"placedOnMarketOn": "2027-02-30"},
            "no day",
            "/placedOnMarketOn",
        ),
        (StatementKind.ITEM_PUBLIC, {"serialNumber": "a\x07"}, "U+0007", "/serialNumber"),
        (StatementKind.ITEM_PUBLIC, {"serialNumber": " "}, "no text", "/serialNumber"),
        (
            StatementKind.ITEM_PUBLIC,
            {"photos": [{"documentTitle": {"en": "seen"}}, {"documentIssuedOn": "2027-13-01"}]},
            "no day",
            "/photos/1/documentIssuedOn",
        ),
        (
            StatementKind.MODEL_PUBLIC,
            {
                "hazardousSubstances": [
                    {"substanceName": {"en": "Lithium"}, "casNumber": "7439-93-3"}
                ]
            },
            "no CAS number",
            "/hazardousSubstances/0/casNumber",
        ),
        (
            StatementKind.CONDITION,
            {"measuredAt": "2027-02-18T25:00:00Z"},
            "no instant",
            "/measuredAt",
        ),
        (
            StatementKind.CONDITION,
            {"assessments": [{"assessedTerm": "noSuchTerm", "method": "by hand"}]},
            "no term",
            "/assessments/0/assessedTerm",
        ),
        (
            StatementKind.CONDITION,
            {
                "assessments": [
                    {
                        "assessedTerm": "massKilograms",
                        "method": "by hand",
                        "intervalLow": "2",
                        "intervalHigh": "1.5",
                    }
                ]
            },
            "intervalLow 2 is above",
            "/assessments/0/intervalLow",
        ),
    ],
)
def test_a_statement_keeps_the_bounds_that_a_schema_cannot_say(kind, content, message, path):
    (found,) = check_statement(a_statement(kind, content))

    assert message in found.message
    assert found.path == f"/credentialSubject{path}"


def test_schemas_are_of_2020_12_and_let_nothing_unknown_pass():
    for kind in StatementKind:
        schema = json.loads((SCHEMAS / schema_path(kind, CONTEXT_VERSION)).read_text())

        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        for part in [schema, schema["properties"]["credentialSubject"], *schema["$defs"].values()]:
            assert part["additionalProperties"] is False
