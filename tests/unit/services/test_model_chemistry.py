"""What a model says of its chemistry: completed from the table, refused where nobody knows it."""

import pytest

from passport.domain.chemistry import published_chemistries
from passport.services.chemistry import (
    check_chemistry,
    complete_chemistry,
    is_same_entry,
    words_of_chemistry,
)

KNOWN = published_chemistries()
OWN = KNOWN.with_rows(
    "code,label_en,carrier_ion,cathode,anode,electrolyte_state,family,certainty,source\n"
    "Al-ion,Aluminium-ion,Al,graphite,aluminium,liquid,other,unsure,Data sheet\n"
    "Ca-ion,Calcium-ion,Ca,,,,other,unsure,Data sheet\n"
)


def complaints(chemistries=KNOWN, **content):
    return [one.message for one in check_chemistry(content, chemistries)]


def test_what_the_code_tells_joins_what_the_operator_says():
    content = complete_chemistry({"chemistry": "Pb-gel", "massKilograms": "20"}, KNOWN)

    assert content == {
        "chemistry": "Pb-gel",
        "massKilograms": "20",
        "chemistryName": {"en": "Lead-acid, valve-regulated, gel"},
        "cathodeMaterial": "PbO2",
        "anodeMaterial": "lead",
        "electrolyteState": "gel",
    }


def test_what_the_operator_says_wins_also_that_it_says_nothing():
    said = {
        "chemistry": "NMC622",
        "chemistryName": {"de": "NMC 622"},
        "cathodeMaterial": "NMC-single-crystal",
        "carrierIon": {"absent": "notProvided"},
    }

    assert complete_chemistry(said, KNOWN) == said


@pytest.mark.parametrize(
    "content", [{}, {"chemistry": {"absent": "notProvided"}}, {"chemistry": "unobtainium"}]
)
def test_nothing_is_completed_where_no_code_tells_anything(content):
    assert complete_chemistry(content, KNOWN) == content


def test_a_code_nobody_knows_is_refused_with_the_nearest_and_how_to_add_one():
    (message,) = complaints(chemistry="NCM622")

    assert message == (
        "chemistry: 'NCM622' is no code known here; did you mean NMC622? A new chemistry needs a "
        "row in the file that PASSPORT_CHEMISTRIES names"
    )
    assert "none of a similar name is known" in complaints(chemistry="unobtainium")[0]


@pytest.mark.parametrize("content", [{}, {"chemistry": {"absent": "notProvided"}}])
def test_a_model_that_names_no_code_has_none_to_check(content):
    assert complaints(**content) == []


def test_a_chemistry_that_is_not_published_is_described_by_its_row_or_by_the_model():
    assert complaints(OWN, chemistry="Al-ion") == []
    assert [one.partition(" ")[0] for one in complaints(OWN, chemistry="Ca-ion")] == [
        "anodeMaterial",
        "cathodeMaterial",
        "electrolyteState",
    ]
    said = {
        "anodeMaterial": "calcium",
        "cathodeMaterial": {"absent": "notProvided"},
        "electrolyteState": "liquid",
    }
    assert complaints(OWN, chemistry="Ca-ion", **said) == []
    assert len(complaints(chemistry="other")) == 5


def test_an_entry_is_the_same_however_much_was_completed_of_it():
    entered = {"chemistry": "NMC", "massKilograms": "20"}
    recorded = complete_chemistry(entered, KNOWN)

    assert is_same_entry(entered, recorded)
    assert is_same_entry(entered, entered)
    assert is_same_entry(recorded, recorded)
    assert not is_same_entry({**entered, "massKilograms": "21"}, recorded)
    assert not is_same_entry({**entered, "warrantyMonths": "24"}, recorded)
    assert not is_same_entry({"chemistry": "NMC"}, recorded)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"chemistry": "LFP", "chemistryName": {"en": "Ours"}}, "Lithium-ion, iron phosphate"),
        ({"chemistry": "Al-ion", "chemistryName": {"en": "Aluminium-ion"}}, "Aluminium-ion"),
        ({"chemistry": "Al-ion", "chemistryName": {"nl": "Aluminium-ion"}}, "Aluminium-ion"),
        ({"chemistry": "Al-ion", "chemistryName": {"absent": "notProvided"}}, "Al-ion"),
        ({"chemistry": "Al-ion"}, "Al-ion"),
        ({"chemistry": "other", "chemistryName": {"en": "A fuel cell"}}, "A fuel cell"),
        ({"chemistry": {"absent": "notProvided"}}, ""),
        ({}, ""),
    ],
)
def test_a_chemistry_is_put_in_words_from_the_table_or_from_the_passport(content, words):
    assert words_of_chemistry(content, KNOWN) == words
