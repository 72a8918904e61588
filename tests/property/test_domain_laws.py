"""Laws of names, readers and statuses."""

from datetime import timedelta

import pytest
from builders import NOON, a_grant, a_remanufacturing, a_standing
from hypothesis import example, given
from hypothesis import strategies as st

from passport.domain.access import (
    READABLE,
    SCOPES,
    Audience,
    Point,
    audiences_of,
    points_read_by,
    require_audience,
)
from passport.domain.actor import PUBLIC, Actor, Role
from passport.domain.errors import (
    AccessDeniedError,
    InvalidIdentifierError,
    TransitionRefusedError,
)
from passport.domain.identifiers import (
    SERIAL_CHARACTERS,
    Gs1Serial,
    battery_iri,
    check_digit,
    describe_battery_id,
    gs1_battery_id,
    iec_61406_battery_id,
    parse_battery_id,
    parse_gtin,
)
from passport.domain.status import BatteryStatus, Operation, status_after

serials = st.text(alphabet=sorted(SERIAL_CHARACTERS), min_size=1, max_size=20).filter(
    lambda serial: serial not in {".", ".."}
)
gtins = st.text(alphabet="0123456789", min_size=13, max_size=13).map(
    lambda body: f"{body}{check_digit(body)}"
)
identifiers = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,119}", fullmatch=True)
hosts = st.sampled_from(["http://localhost:8000", "https://id.example.com/"])

organisations = st.sampled_from(["", "voltra", "again", "yard"])
roles = st.frozensets(st.sampled_from([role for role in Role if role is not Role.SYSTEM]))
actors = st.builds(
    Actor,
    organisation=organisations,
    roles=roles,
    scopes=st.frozensets(st.sampled_from(sorted(SCOPES)), max_size=2),
)
days = st.integers(-3, 3).map(lambda days: NOON + timedelta(days=days))
grants = st.builds(
    a_grant,
    organisation=organisations,
    audience=st.sampled_from([Audience.PUBLIC, Audience.LEGITIMATE_INTEREST, Audience.OWNER]),
    granted_at=days,
    expires_at=st.none() | days,
    revoked_at=st.none() | days,
)
standings = st.builds(
    a_standing,
    responsible=organisations,
    placed_by=organisations,
    delegates=st.frozensets(organisations.filter(bool)),
    holder=organisations,
    grants=st.lists(grants, max_size=3).map(tuple),
)


@given(gtin=gtins, serial=serials, host=hosts)
@example(gtin="09506000134352", serial="01/21/%2F", host="http://localhost:8000")
@example(gtin="09506000134352", serial="...", host="http://localhost:8000")
@example(gtin="09506000134352", serial="?s=1&t=%", host="http://localhost:8000")
def test_a_battery_is_read_from_everything_that_prints_its_name(gtin, serial, host):
    battery_id = gs1_battery_id(gtin, serial)

    assert parse_battery_id(battery_id) == battery_id
    assert parse_battery_id(battery_iri(host, battery_id)) == battery_id
    assert parse_battery_id(f"{gtin}/{serial}") == battery_id
    assert describe_battery_id(battery_id) == Gs1Serial(gtin, serial)


@given(one=st.tuples(gtins, serials), other=st.tuples(gtins, serials))
def test_two_batteries_never_share_a_name(one, other):
    assert (gs1_battery_id(*one) == gs1_battery_id(*other)) is (one == other)


@given(identifiers)
def test_a_makers_own_identifier_is_read_from_its_address(identifier):
    battery_id = iec_61406_battery_id(identifier)

    assert parse_battery_id(f"https://id.example.com/{battery_id}") == battery_id


@given(gtins)
def test_one_wrong_digit_of_a_gtin_never_passes(gtin):
    for place, digit in enumerate(gtin):
        other = f"{gtin[:place]}{(int(digit) + 1) % 10}{gtin[place + 1 :]}"
        with pytest.raises(InvalidIdentifierError, match="check digit"):
            parse_gtin(other)


@given(actor=actors, standing=standings)
def test_nobody_reads_outside_the_audiences_it_belongs_to(actor, standing):
    audiences = audiences_of(actor, standing, NOON)
    allowed = frozenset().union(*(READABLE[audience] for audience in audiences))

    assert points_read_by(actor, standing, NOON) <= allowed
    assert Point.PUBLIC in points_read_by(actor, standing, NOON)


@given(standing=standings)
def test_a_visitor_never_reads_beyond_point_1(standing):
    assert points_read_by(PUBLIC, standing, NOON) == {Point.PUBLIC}


@given(actor=actors, standing=standings)
def test_reading_as_an_audience_gives_no_more_than_reading_as_oneself(actor, standing):
    for audience in Audience:
        try:
            points = require_audience(actor, audience, standing, NOON)
        except AccessDeniedError:
            continue
        assert points <= READABLE[audience]
        assert points <= points_read_by(actor, standing, NOON)


@given(actor=actors, standing=standings)
def test_the_makers_file_for_authorities_is_read_by_authorities_and_the_maker(actor, standing):
    if Point.AUTHORITY in points_read_by(actor, standing, NOON):
        is_maker = standing.responsible == standing.placed_by
        assert Role.AUTHORITY in actor.roles or is_maker


@given(
    operation=st.sampled_from(Operation),
    before=st.sampled_from(BatteryStatus),
    has_record=st.booleans(),
)
def test_each_operation_gives_a_status_or_refuses(operation, before, has_record):
    record = a_remanufacturing() if has_record else None
    try:
        after = status_after(operation, before, remanufacturing=record)
    except TransitionRefusedError as refusal:
        assert str(refusal)  # noqa: PT017 - both ends are lawful
    else:
        assert after not in {BatteryStatus.ORIGINAL, BatteryStatus.WASTE}
