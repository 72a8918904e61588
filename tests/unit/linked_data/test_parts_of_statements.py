"""What a part of a statement may lack of the form of the whole, and what not."""

import copy

import pytest
from benchmark.documents import a_full_statement

from passport.domain.passport import StatementKind
from passport.linked_data.schemas import check_part_of_statement, check_statement

WHOLE = a_full_statement(StatementKind.MODEL_PUBLIC)


def a_part(**subject):
    names = {"id", "type", "modelIdentifier"}
    kept = {name: value for name, value in WHOLE["credentialSubject"].items() if name in names}
    return {**copy.deepcopy(WHOLE), "credentialSubject": {**kept, **subject}}


def test_a_part_lacks_terms_that_the_whole_must_have():
    assert [one.path for one in check_statement(a_part())] == ["/credentialSubject"]
    assert check_part_of_statement(a_part()) == []


@pytest.mark.parametrize(
    "member", ["issuer", "validFrom", "series", "version", "credentialSubject"]
)
def test_a_part_lacks_nothing_that_names_the_whole(member):
    part = {name: value for name, value in a_part().items() if name != member}

    assert check_part_of_statement(part)


@pytest.mark.parametrize("member", ["id", "type"])
def test_a_part_says_what_it_is_about(member):
    part = a_part()
    del part["credentialSubject"][member]

    assert check_part_of_statement(part)


@pytest.mark.parametrize(
    "subject",
    [
        {"unheardOf": "x"},
        {"ratedCapacityAmpereHours": 5},
        {"ratedCapacityAmpereHours": "a lot"},
        {"minimumVoltageVolts": "9", "maximumVoltageVolts": "1"},
        {"manufacturer": {"type": "Organisation"}},
    ],
)
def test_what_a_part_shows_has_the_form_of_the_whole(subject):
    assert check_part_of_statement(a_part(**subject))
