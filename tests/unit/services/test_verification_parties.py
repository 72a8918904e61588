"""Who may state what: roles, prefixes of GTINs, hosts of addresses."""

from dataclasses import replace

import pytest
from builders_bundle import (
    FIRST_CONDITION,
    HOST,
    ITEM_DECLARED,
    ITEM_PUBLIC,
    MAKER,
    MODEL_PUBLIC,
    PRODUCTION,
    RECYCLED,
    RECYCLER,
    SUCCESSION,
    TRUST,
    PassportPlan,
)
from builders_signing import NOON

from passport.domain.actor import Role
from passport.domain.errors import InvalidIdentifierError
from passport.domain.event import EventKind
from passport.domain.identifiers import has_gtin_prefix, parse_gtin_prefix, parse_host
from passport.domain.passport import StatementKind
from passport.services.trust import Trust, TrustFileError
from passport.services.verification import verify_passport
from passport.services.verification_parties import REPORTED_BY, STATED_BY

PLAN = PassportPlan()


def codes(report):
    return sorted({problem.code for problem in report.problems})


def verify(data, **changed):
    return verify_passport(data, trust=replace(TRUST, **changed), at=NOON)


def test_the_tables_name_every_kind_of_statement_and_event():
    assert set(STATED_BY) == set(StatementKind) - {StatementKind.EVENT}
    assert set(REPORTED_BY) == set(EventKind)


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.ADMINISTRATOR, Role.SYSTEM])
@pytest.mark.parametrize(
    "statement",
    [ITEM_PUBLIC, ITEM_DECLARED, MODEL_PUBLIC, PRODUCTION, FIRST_CONDITION, SUCCESSION],
)
def test_who_places_and_treats_no_batteries_states_nothing_about_them(role, statement):
    report = verify(statement.sign(), roles={MAKER: frozenset({role})})

    assert codes(report) == ["issuer-without-say"]


def test_an_index_by_an_authority_is_refused_in_a_whole_passport():
    report = verify(PLAN.bundle(), roles={MAKER: frozenset({Role.AUTHORITY})})

    assert codes(report) == ["issuer-without-say"]
    assert report.verdict == "not signed by whom it says"


def test_a_party_speaks_about_its_own_gtins():
    assert verify(PLAN.bundle(), gtin_prefixes={MAKER: ["4012345", "9506000"]}).verified


@pytest.mark.parametrize("prefixes", [["4012345"], ["0950600"], ["95060001343521"], []])
def test_a_gtin_of_another_company_is_found(prefixes):
    report = verify(PLAN.bundle(), gtin_prefixes={MAKER: prefixes})

    assert codes(report) == ["gtin-of-another-operator"]
    assert report.verdict == "not signed by whom it says"


def test_what_happened_to_a_battery_is_reported_by_others_than_its_maker():
    report = verify(RECYCLED.sign(), gtin_prefixes={RECYCLER: []}, hosts={RECYCLER: [HOST]})

    assert report.verified


def test_former_hosts_stay_good():
    assert verify(PLAN.bundle(), hosts={MAKER: ["https://new.example", HOST]}).verified


@pytest.mark.parametrize(
    "text",
    [
        "maker.example",
        "https://maker.example/path",
        "https://user@maker.example",
        "https://maker.example.",
        "https://Maker.example",
        "https://m\N{CYRILLIC SMALL LETTER A}ker.example",
        "https://",
        "https://[",
        "",
    ],
)
def test_a_host_of_the_trust_file_is_scheme_and_host_and_nothing_else(text):
    with pytest.raises(InvalidIdentifierError):
        parse_host(text)


@pytest.mark.parametrize("text", ["", "950", "9506000x", "1234567890123", " 9506000"])
def test_a_gtin_prefix_is_four_to_twelve_digits(text):
    with pytest.raises(InvalidIdentifierError):
        parse_gtin_prefix(text)


def test_a_prefix_begins_at_the_second_of_fourteen_digits():
    assert has_gtin_prefix("01/19506000134359/21/A1", ["9506000"])
    assert not has_gtin_prefix("01/09506000134352/21/A1", ["0950600"])


@pytest.mark.parametrize(
    "content",
    [
        b'{"gtinPrefixes": {"d": ["x"]}}',
        b'{"gtinPrefixes": {"d": "9506000"}}',
        b'{"hosts": {"d": ["maker.example"]}}',
        b'{"hosts": []}',
        b'{"witnesses": [{}]}',
        b'{"witnessQuorum": 2}',
        b'{"witnessQuorum": true}',
        b'{"timeStampAuthorities": ["no certificate"]}',
        b'{"timeStampAuthorities": [7]}',
        b'{"retired": {"eddsa-rdfc-2022": "soon"}}',
        b'{"dids": {"did:web:a.example": {"history": false}}}',
        b'{"dids": {"did:web:a.example": {}}}',
    ],
)
def test_new_members_of_a_trust_file_are_read_strictly(content):
    with pytest.raises(TrustFileError):
        Trust.parse(content)
