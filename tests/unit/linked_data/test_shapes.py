"""The SHACL shapes let every example pass and refuse each kind of mistake in words."""

import copy
from decimal import Decimal

import pytest
from builders_contents import a_statement
from builders_shapes import EXAMPLES, breaches, graph_of, shapes, statements_of_example
from rdflib import URIRef
from rdflib.namespace import RDF, SH

from passport.domain.content import Datatype, all_terms
from passport.domain.passport import StatementKind
from passport.linked_data.rules import all_rules
from passport.linked_data.terms import VOCABULARY

MODEL, RESTRICTED = StatementKind.MODEL_PUBLIC, StatementKind.MODEL_RESTRICTED
ITEM, DECLARED = StatementKind.ITEM_PUBLIC, StatementKind.ITEM_DECLARED
CONDITION, INDEX, EVENT = StatementKind.CONDITION, StatementKind.INDEX, StatementKind.EVENT
PRODUCTION = StatementKind.PRODUCTION

SUBSTANCE = {"substanceName": {"en": "Lithium"}, "casNumber": "7439-93-2", "massPercent": "60"}
DOCUMENT = {"documentTitle": {"en": "Report"}, "documentUrl": "https://x.example/report"}
PARTY = {"partyName": "Voltra"}
ASSESSMENT = {
    "assessedTerm": "assessedStateOfHealthPercent",
    "method": "counted",
    "intervalLow": "90",
    "intervalHigh": "95",
}
RANGE = {"minimumCelsius": "-20", "maximumCelsius": "55"}
BAND = {"fromCelsius": "0", "toCelsius": "10", "minutes": "5"}


def said(**changes):
    """A mistake that is made in what the statement says of its subject."""
    return lambda document: document["credentialSubject"].update(changes)


def stated(**changes):
    """A mistake that is made in the statement itself."""
    return lambda document: document.update(changes)


def inside(term, **changes):
    """A mistake that is made in the one node that a term has."""

    def change(document):
        node = document["credentialSubject"][term]
        (node[0] if isinstance(node, list) else node).update(changes)

    return change


def without(term, name):
    def change(document):
        node = document["credentialSubject"][term]
        del (node[0] if isinstance(node, list) else node)[name]

    return change


def absent_too(term):
    """Say that a term is absent, whatever else the statement says of it."""
    node = {
        "id": "https://x.example/#absent",
        "type": "AbsentDatum",
        "absentTerm": f"{VOCABULARY}{term}",
        "absenceReason": "notProvided",
        "annexXiiiPoint": "1(a)",
    }
    return said(absent=[node])


MISTAKES = {
    # how values are written
    "a number with an exponent": (MODEL, {}, said(massKilograms="4e2"), "massKilograms", "Pattern"),
    "words for a number": (MODEL, {}, said(massKilograms="heavy"), "massKilograms", "Datatype"),
    "a fraction for a count": (MODEL, {}, said(expectedCycles="1.5"), "expectedCycles", "Datatype"),
    "a blank text": (ITEM, {}, said(serialNumber="  "), "serialNumber", "Pattern"),
    "a text too long": (ITEM, {}, said(serialNumber="a" * 10_001), "serialNumber", "MaxLength"),
    "no day": (DECLARED, {}, said(putIntoServiceOn="2027-02-30"), "putIntoServiceOn", "Datatype"),
    "a day with zone": (
        DECLARED, {}, said(putIntoServiceOn="2027-02-18Z"), "putIntoServiceOn", "Pattern"
    ),
    "no month": (ITEM, {}, said(manufacturedOn="2027-13"), "manufacturedOn", "Pattern"),
    "an instant of another zone": (
        CONDITION, {}, said(measuredAt="2027-02-18T12:00:00+01:00"), "measuredAt", "Pattern"
    ),
    "no instant": (
        CONDITION, {}, said(measuredAt="2027-02-18T25:00:00Z"), "measuredAt", "Datatype"
    ),
    "a digest cut short": (
        CONDITION, {}, said(rawReadingsDigest="sha256:00"), "rawReadingsDigest", "Pattern"
    ),
    "a country in small letters": (
        EVENT, {}, said(countryOfEvent="nl"), "countryOfEvent", "Pattern"
    ),
    "a number for a truth value": (
        MODEL, {}, said(isRechargeable="2"), "isRechargeable", "Datatype"
    ),
    "no e-mail address": (
        INDEX, {"responsibleOperator": {**PARTY, "emailAddress": "a@b.example"}},
        inside("responsibleOperator", emailAddress="nobody"), "emailAddress", "Pattern",
    ),
    "no CAS number": (
        RESTRICTED, {"detailedComposition": [SUBSTANCE]},
        inside("detailedComposition", casNumber="lithium"), "casNumber", "Pattern",
    ),
    "a CAS number with a wrong check digit": (
        RESTRICTED, {"detailedComposition": [SUBSTANCE]},
        inside("detailedComposition", casNumber="7439-93-3"), "casNumber", "SPARQL",
    ),
    # ranges
    "a negative mass": (MODEL, {}, said(massKilograms="-1"), "massKilograms", "MinInclusive"),
    "more than all": (
        DECLARED, {}, said(capacityFadePercent="100.1"), "capacityFadePercent", "MaxInclusive"
    ),
    "colder than nothing": (
        MODEL, {"idleTemperatureRange": RANGE},
        inside("idleTemperatureRange", minimumCelsius="-300"), "minimumCelsius", "MinInclusive",
    ),
    "a year before batteries had passports": (
        PRODUCTION, {}, said(productionYear="1999"), "productionYear", "MinInclusive"
    ),
    "version zero": (ITEM, {}, stated(version="0"), "version", "MinInclusive"),
    # codes and terms
    "a category that the law has not": (MODEL, {}, said(category="scooter"), "category", "In"),
    "a sixth status": (DECLARED, {}, said(batteryStatus="refurbished"), "batteryStatus", "In"),
    "an assessment of no term": (
        CONDITION, {"assessments": [ASSESSMENT]},
        inside("assessments", assessedTerm=f"{VOCABULARY}colour"), "assessedTerm", "In",
    ),
    "an unknown event": (EVENT, {}, said(eventKind="party"), "eventKind", "In"),
    # how often
    "two masses": (MODEL, {}, said(massKilograms=["4", "5"]), "massKilograms", "MaxCount"),
    "two serial numbers": (ITEM, {}, said(serialNumber=["A", "B"]), "serialNumber", "MaxCount"),
    "two names in one language": (
        MODEL, {}, said(modelName={"en": ["One", "Two"]}), "modelName", "UniqueLang"
    ),
    "a party without name": (
        INDEX, {"responsibleOperator": PARTY}, without("responsibleOperator", "partyName"),
        "partyName", "MinCount",
    ),
    "a substance without name": (
        RESTRICTED, {"detailedComposition": [SUBSTANCE]},
        without("detailedComposition", "substanceName"), "substanceName", "MinCount",
    ),
    "no series": (ITEM, {}, lambda document: document.pop("series"), "series", "MinCount"),
    "no issuer": (ITEM, {}, lambda document: document.pop("issuer"), "issuer", "MinCount"),
    "two instants of beginning": (
        ITEM, {}, stated(validFrom=["2027-02-18T12:00:00Z", "2027-02-19T12:00:00Z"]),
        "validFrom", "MaxCount",
    ),
    # nodes
    "a bare address for a node": (
        MODEL, {}, said(manufacturer="https://x.example/voltra"), "manufacturer", "Class"
    ),
    "a node of another class": (
        INDEX, {"responsibleOperator": PARTY},
        inside("responsibleOperator", type="Facility"), "responsibleOperator", "Class",
    ),
    "a node of two classes": (
        INDEX, {"responsibleOperator": PARTY},
        inside("responsibleOperator", type=["Party", "Facility"]), "type", "MaxCount",
    ),
    "a member of another node": (
        INDEX, {"responsibleOperator": PARTY},
        inside("responsibleOperator", casNumber="7439-93-2"), "casNumber", "Closed",
    ),
    "a point 2 datum in a public statement": (
        MODEL, {}, said(cellCount="96"), "cellCount", "Closed"
    ),
    "a condition in an identity": (
        ITEM, {}, said(assessedStateOfHealthPercent="91"), "assessedStateOfHealthPercent", "Closed"
    ),
    "a value beside the subject": (ITEM, {}, stated(massKilograms="4"), "massKilograms", "Closed"),
    "a subject of another class": (
        MODEL, {}, said(type="Battery"), "credentialSubject", "Class"
    ),
    "a status of no list": (
        ITEM, {}, stated(credentialStatus={
            "id": "https://x.example/list#1", "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": "01",
            "statusListCredential": "https://x.example/list",
        }), "statusListIndex", "Pattern",
    ),
    # between values
    "a minimum voltage above the nominal one": (
        MODEL, {"nominalVoltageVolts": "400"}, said(minimumVoltageVolts="410"),
        "minimumVoltageVolts", "LessThanOrEquals",
    ),
    "a minimum voltage above the maximum one": (
        MODEL, {"maximumVoltageVolts": "400"}, said(minimumVoltageVolts="410"),
        "minimumVoltageVolts", "LessThanOrEquals",
    ),
    "a nominal voltage above the maximum one": (
        MODEL, {"maximumVoltageVolts": "400"}, said(nominalVoltageVolts="410"),
        "nominalVoltageVolts", "LessThanOrEquals",
    ),
    "a range of temperatures upside down": (
        MODEL, {"idleTemperatureRange": RANGE},
        inside("idleTemperatureRange", maximumCelsius="-30"), "minimumCelsius", "LessThanOrEquals",
    ),
    "a band of temperatures upside down": (
        CONDITION, {"temperatureRecord": [BAND]},
        inside("temperatureRecord", toCelsius="-5"), "fromCelsius", "LessThanOrEquals",
    ),
    "a band of charge upside down": (
        CONDITION,
        {"stateOfChargeRecord": [{"fromPercent": "80", "toPercent": "100", "minutes": "5"}]},
        inside("stateOfChargeRecord", toPercent="20"), "fromPercent", "LessThanOrEquals",
    ),
    "an interval upside down": (
        CONDITION, {"assessments": [ASSESSMENT]},
        inside("assessments", intervalLow="96"), "intervalLow", "LessThanOrEquals",
    ),
    "an interval of no value": (
        CONDITION, {"assessments": [ASSESSMENT]},
        inside("assessments", noValueReason="too few"), "intervalLow", "SPARQL",
    ),
    "a period that ends before it begins": (
        CONDITION, {"periodStartedAt": "2027-02-18T12:00:00Z"},
        said(periodEndedAt="2027-02-17T12:00:00Z"), "periodStartedAt", "LessThanOrEquals",
    ),
    "limits of temperature upside down": (
        CONDITION, {"lowerTemperatureLimitCelsius": "0"},
        said(upperTemperatureLimitCelsius="-5"), "lowerTemperatureLimitCelsius", "LessThanOrEquals",
    ),
    "a document that expires before it holds": (
        ITEM, {"photos": [{**DOCUMENT, "documentValidFrom": "2027-02-18"}]},
        inside("photos", documentValidUntil="2027-02-17"), "documentValidFrom", "LessThanOrEquals",
    ),
    "an original battery that was repurposed": (
        DECLARED, {"batteryStatus": "original"}, said(secondLifeOperation="repurposing"),
        None, "SPARQL",
    ),
    "what is called absent and stands there": (
        MODEL, {"massKilograms": "4"}, absent_too("massKilograms"), "massKilograms", "SPARQL"
    ),
    "a composition of more than the whole": (
        RESTRICTED, {"detailedComposition": [SUBSTANCE]},
        said(detailedComposition=[
            {"id": f"https://x.example/#{name}", "type": "Substance",
             "substanceName": {"en": name}, "massPercent": "60"} for name in "ab"
        ]), None, "SPARQL",
    ),
    "hazardous substances of more than the whole": (
        MODEL, {}, said(hazardousSubstances=[
            {"id": f"https://x.example/#{name}", "type": "Substance",
             "substanceName": {"en": name}, "massPercent": "50.1"} for name in "ab"
        ]), None, "SPARQL",
    ),
    "critical raw materials of more than the whole": (
        MODEL, {}, said(criticalRawMaterials=[
            {"id": f"https://x.example/#{name}", "type": "Substance",
             "substanceName": {"en": name}, "massPercent": "50.1"} for name in "ab"
        ]), None, "SPARQL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_each_kind_of_mistake_is_refused_where_it_stands(name):
    kind, content, mistake, path, component = MISTAKES[name]
    document = a_statement(kind, content)
    assert breaches(graph_of(document)) == set()

    mistaken = copy.deepcopy(document)
    mistake(mistaken)

    found = breaches(graph_of(mistaken))
    assert [
        one
        for one in found
        if one[2] == f"{component}ConstraintComponent" and (path is None or one[1] == path)
    ], found


def test_the_mistakes_are_of_every_kind_that_the_shapes_know():
    kinds = {component for *_, component in MISTAKES.values()}

    assert len(MISTAKES) >= 40
    assert kinds == {
        "Class", "Closed", "Datatype", "In", "LessThanOrEquals", "MaxCount", "MaxInclusive",
        "MaxLength", "MinCount", "MinInclusive", "Pattern", "SPARQL", "UniqueLang",
    }  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_statement_of_every_example_conforms(name):
    for kind, document in statements_of_example(name).items():
        assert breaches(graph_of(document)) == set(), kind


def test_a_message_says_the_unit_the_bound_and_the_point_of_the_annex():
    document = a_statement(MODEL, {"massKilograms": "-4"})

    ((*_, message),) = breaches(graph_of(document))

    assert message == (
        "Mass (massKilograms): a number in kg, 0 or more; one value. Annex XIII point 1(a)."
    )


def test_sums_are_warned_of_and_what_makes_a_statement_false_is_a_violation():
    severities = {rule.kind: {rule.severity} for rule in all_rules()}

    assert severities["sum"] == {"Warning"}
    assert severities["only-with"] == {"Violation"}


def statements_of_a_second_life(status):
    return (
        a_statement(ITEM, {"predecessors": ["https://x.example/first"]}),
        a_statement(DECLARED, {"batteryStatus": status}),
    )


@pytest.mark.parametrize("status", ["repurposed", "re-used", "remanufactured", "waste"])
def test_a_battery_with_a_second_life_may_have_predecessors(status):
    assert breaches(graph_of(*statements_of_a_second_life(status)), "passport") == set()


def test_an_original_battery_with_a_predecessor_is_refused_when_both_statements_are_read():
    (found,) = breaches(graph_of(*statements_of_a_second_life("original")), "passport")

    assert found[0] == "Violation"
    assert "Article 77(7)" in found[3]


def test_a_condition_before_the_end_of_its_period_is_warned_of():
    document = a_statement(
        CONDITION,
        {"measuredAt": "2027-02-18T12:00:00Z", "periodEndedAt": "2027-02-18T12:00:01Z"},
    )

    ((severity, path, *_),) = breaches(graph_of(document), "passport")

    assert (severity, path) == ("Warning", "periodEndedAt")


def test_each_term_has_one_shape_that_says_what_the_table_says():
    graph = shapes()
    for term in all_terms():
        (shape,) = [
            one
            for one in graph.subjects(SH.path, term_node(term))
            if (one, RDF.type, SH.PropertyShape) in graph
        ]
        assert (graph.value(shape, SH.maxCount) is None) is (
            term.datatype is Datatype.LANGUAGE_MAP
        ), term.name
        bounds = [graph.value(shape, bound) for bound in (SH.minInclusive, SH.maxInclusive)]
        assert [None if bound is None else Decimal(str(bound)) for bound in bounds] == [
            term.minimum,
            term.maximum,
        ], term.name


def term_node(term):
    return URIRef(f"{VOCABULARY}{term.name}")
