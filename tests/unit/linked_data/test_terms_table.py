"""One table of terms: what follows from it has not drifted, and it says what the law names."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from passport.domain.access import Audience
from passport.domain.battery import Category, SubType
from passport.domain.content import (
    AbsenceReason,
    Datatype,
    Level,
    UnknownTermError,
    all_terms,
    codes_of,
    point_of,
    terms_in,
    terms_of,
)
from passport.domain.event import EventKind
from passport.domain.passport import StatementKind
from passport.domain.status import BatteryStatus, Operation, PassportState
from passport.domain.term_names import TermName
from passport.linked_data import terms
from passport.linked_data.generation import context_document, generated_files
from passport.linked_data.terms import VOCABULARY, schema_file, term_rows

ROOT = Path(__file__).parents[3]
POINTS_OF_ANNEX_XIII = {
    *(f"1({letter})" for letter in "abcdefghijklmnopqrs"),
    *(f"2({letter})" for letter in "abcd"),
    "3",
    *(f"4({letter})" for letter in "abcd"),
}
UNIT_ENDS = {
    "A.h": "AmpereHours",
    "kW.h": "KilowattHours",
    "V": "Volts",
    "W": "Watts",
    "Ohm": "Ohms",
    "kg": "Kilograms",
    "%": "Percent",
    "%/mo": "PercentPerMonth",
    "Cel": "Celsius",
    "/h": "PerHour",
    "kg/(kW.h)": "KilogramsPerKilowattHour",
    "W/(W.h)": "WattsPerWattHour",
    "mm": "Millimetres",
    "mo": "Months",
    "h": "Hours",
    "a": "Years",
    "{cycle}": "Cycles",
}


@pytest.mark.parametrize("path", sorted(generated_files()))
def test_what_is_generated_has_not_drifted_from_the_table(path):
    stored = (ROOT / path).read_text(encoding="utf-8")

    assert stored == generated_files()[path], "run: python -m passport.linked_data.generation"


def test_every_point_of_annex_xiii_has_a_term():
    points = {point for term in all_terms() for point in term.point.split(", ") if point}

    assert points == POINTS_OF_ANNEX_XIII | {"1(t)"}, "1(t) is proposed, not in force"


def test_every_term_says_in_words_what_it_means_and_where_it_comes_from():
    wordless = [row.name for row in term_rows() if not row.cells["definition_en"].endswith(".")]
    sourceless = [row.name for row in term_rows() if not row.cells["source"]]

    assert (wordless, sourceless) == ([], [])


@pytest.mark.parametrize(
    "term", [term for term in all_terms() if term.unit], ids=lambda term: term.name
)
def test_the_unit_ends_the_name(term):
    ends = UNIT_ENDS.get(term.unit, "inutes")

    assert term.name.endswith(ends) or ends in term.name, (term.name, term.unit)


def test_a_number_without_unit_is_a_count_an_index_or_takes_the_unit_of_another_term():
    unitless = {
        term.name for term in all_terms() if term.datatype is Datatype.DECIMAL and not term.unit
    }

    assert unitless == {"intervalLow", "intervalHigh", "supplyChainIndex"}


def test_terms_are_used_and_nodes_are_described():
    for term in all_terms():
        assert term.kinds or term.node_classes, term.name
        if term.datatype is Datatype.NODE:
            assert terms_in(term.value_class), term.value_class
        if term.datatype is Datatype.CODE:
            assert codes_of(term.code_list), term.code_list
        assert not (term.is_many and term.datatype is Datatype.LANGUAGE_MAP), term.name


@pytest.mark.parametrize(
    ("code_list", "values"),
    [
        ("category", Category),
        ("sub-type", SubType),
        ("battery-status", BatteryStatus),
        ("operation", Operation),
        ("passport-state", PassportState),
        ("event-kind", EventKind),
        ("statement-kind", StatementKind),
        ("absence-reason", AbsenceReason),
    ],
)
def test_code_lists_are_the_values_of_the_domain(code_list: str, values: type[StrEnum]):
    assert list(codes_of(code_list)) == [value.value for value in values]


def test_an_index_is_made_for_audiences_of_the_matrix():
    assert set(codes_of("index-audience")) < {audience.value for audience in Audience}


def test_names_in_the_domain_are_the_terms_that_statements_carry():
    carried = {term.name for term in all_terms() if term.kinds}

    assert {name.value for name in TermName} == carried


def test_entered_terms_belong_to_one_kind_each():
    entered = [
        term
        for term in all_terms()
        if term.kinds and term.level not in {Level.STRUCTURE, Level.EVENT}
    ]

    assert all(len(term.kinds) == 1 for term in entered)


def test_points_follow_the_kind_of_statement():
    for kind in StatementKind:
        if kind.point is None:
            continue
        for term in terms_of(kind).values():
            if term.point and kind.point != "4" and len(term.kinds) == 1:
                assert term.point.startswith(kind.point.value), (term.name, kind)


def test_a_term_has_its_point_and_an_unknown_one_is_refused():
    assert point_of("ratedCapacityAmpereHours") == "1(g)"
    with pytest.raises(UnknownTermError, match="'ratedCapacity' is no term"):
        point_of("ratedCapacity")


def test_the_context_protects_and_types_every_term_and_catches_no_unknown_one():
    context = context_document()["@context"]
    terms = {name: value for name, value in context.items() if isinstance(value, dict)}

    assert context["@protected"] is True
    assert "@vocab" not in context
    assert "@base" not in context
    assert {term.name for term in all_terms()} == set(terms)
    for name, definition in terms.items():
        assert definition["@id"] == VOCABULARY + name
        assert "@type" in definition or definition["@container"] == "@language"
        assert "@list" not in str(definition)


def test_no_name_of_the_context_can_serve_as_a_prefix():
    # A prefix would let any word behind it pass as a term; only gen-delim endings make one.
    classes = [value for value in context_document()["@context"].values() if value is str(value)]

    assert all(re.search(r"[A-Za-z]$", iri) for iri in classes)


def test_an_installed_package_reads_the_schemas_it_carries(monkeypatch, tmp_path):
    (tmp_path / "_schemas").mkdir()
    (tmp_path / "_schemas" / "terms.csv").write_text("term\n")
    monkeypatch.setattr(terms, "files", lambda _: tmp_path)

    assert schema_file("terms.csv").read_text() == "term\n"
