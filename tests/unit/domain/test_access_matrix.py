"""Who reads which point of Annex XIII: denied unless the matrix says so."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON, a_grant, a_standing, an_actor, limited

from passport.domain.access import (
    READABLE,
    SCOPES,
    Audience,
    Point,
    audiences_of,
    points_of,
    points_read_by,
    require_audience,
    require_operator,
    require_reach,
    require_role,
    require_scope,
)
from passport.domain.actor import PUBLIC, SYSTEM, Role
from passport.domain.errors import AccessDeniedError

SETTINGS = Path(__file__).parents[3] / "docs" / "settings.md"
STRANGER = an_actor(Role.SECOND_LIFE, organisation="again")
MAKER = an_actor(Role.OPERATOR, organisation="voltra")


def test_the_matrix_is_the_laws():
    """Source: Regulation (EU) 2023/1542, Article 77(2)."""
    assert READABLE[Audience.PUBLIC] == {"1"}
    assert READABLE[Audience.LEGITIMATE_INTEREST] == {"1", "2", "4"}
    assert READABLE[Audience.AUTHORITY] == {"1", "2", "3"}
    assert READABLE[Audience.OWNER] == {"1", "4"}


def test_legitimate_interest_and_authorities_do_not_nest():
    interest = READABLE[Audience.LEGITIMATE_INTEREST]
    authority = READABLE[Audience.AUTHORITY]

    assert interest - authority == {Point.INDIVIDUAL}
    assert authority - interest == {Point.AUTHORITY}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_a_role_alone_reads_point_1_unless_it_is_an_authority(role):
    points = points_read_by(an_actor(role, organisation="stranger"), a_standing(), NOON)

    assert points == (READABLE[Audience.AUTHORITY] if role is Role.AUTHORITY else {Point.PUBLIC})


def test_nobody_belongs_to_a_battery_that_nobody_answers_for():
    orphan = a_standing(responsible="", holder="", delegates=frozenset())

    assert audiences_of(PUBLIC, orphan, NOON) == {Audience.PUBLIC}
    assert audiences_of(STRANGER, orphan, NOON) == {Audience.PUBLIC}
    with pytest.raises(AccessDeniedError):
        require_operator(PUBLIC, orphan, NOON)


def test_the_responsible_operator_and_its_delegates_read_as_operator():
    standing = a_standing(delegates=frozenset({"again"}))

    for actor in (MAKER, STRANGER):
        assert points_read_by(actor, standing, NOON) == set(Point)
        require_operator(actor, standing, NOON)


def test_who_answers_later_does_not_read_what_the_maker_keeps_for_authorities():
    later = a_standing(responsible="again", placed_by="voltra")

    assert points_read_by(STRANGER, later, NOON) == {"1", "2", "4"}
    assert require_audience(STRANGER, Audience.OPERATOR, later, NOON) == {"1", "2", "4"}
    assert points_of(frozenset({Audience.AUTHORITY}), later) == {"1", "2", "3"}


def test_the_purchaser_reads_its_battery_and_not_the_models_secrets():
    standing = a_standing(holder="again")

    assert points_read_by(STRANGER, standing, NOON) == {Point.PUBLIC, Point.INDIVIDUAL}
    with pytest.raises(AccessDeniedError):
        require_operator(STRANGER, standing, NOON)


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, True),
        ({"organisation": "rival"}, False),
        ({"granted_at": NOON + timedelta(seconds=1)}, False),
        ({"expires_at": NOON}, False),
        ({"expires_at": NOON + timedelta(seconds=1)}, True),
        ({"expires_at": None}, True),
        ({"revoked_at": NOON - timedelta(seconds=1)}, False),
    ],
)
def test_a_grant_holds_for_its_receiver_and_its_time(changed, holds):
    standing = a_standing(grants=(a_grant(scopes=frozenset({"condition:write"}), **changed),))

    points = points_read_by(STRANGER, standing, NOON)

    assert (points == READABLE[Audience.LEGITIMATE_INTEREST]) is holds
    if holds:
        require_scope(STRANGER, "condition:write", standing, NOON)
    else:
        with pytest.raises(AccessDeniedError):
            require_scope(STRANGER, "condition:write", standing, NOON)


def test_a_grant_to_write_one_thing_writes_nothing_else_and_reads_nothing():
    grant = a_grant(audience=Audience.PUBLIC, scopes=frozenset({"intake:write"}))
    standing = a_standing(grants=(grant,))

    require_scope(STRANGER, "intake:write", standing, NOON)
    with pytest.raises(AccessDeniedError):
        require_scope(STRANGER, "condition:write", standing, NOON)
    assert points_read_by(STRANGER, standing, NOON) == {Point.PUBLIC}


@pytest.mark.parametrize("audience", [one for one in Audience if one is not Audience.PUBLIC])
def test_a_visitor_reads_as_nobody_but_the_public(audience):
    with pytest.raises(AccessDeniedError, match="without login"):
        require_audience(PUBLIC, audience, a_standing(), NOON)
    assert require_audience(PUBLIC, Audience.PUBLIC, a_standing(), NOON) == {Point.PUBLIC}


def test_a_key_without_the_scope_to_read_reads_as_the_public():
    key = limited(MAKER, "telemetry:write")

    assert points_read_by(key, a_standing(), NOON) == {Point.PUBLIC}
    with pytest.raises(AccessDeniedError):
        require_audience(key, Audience.OPERATOR, a_standing(), NOON)
    assert points_read_by(limited(MAKER, "passport:read"), a_standing(), NOON) == set(Point)


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_limited_key_reaches_to_its_own_scopes_only(scope):
    require_reach(MAKER, scope)
    require_reach(limited(MAKER, scope), scope)
    for other in SCOPES - {scope}:
        with pytest.raises(AccessDeniedError, match=scope):
            require_reach(limited(MAKER, other), scope)


def test_each_scope_is_described():
    described = re.findall(r"^\| `([a-z]+:(?:read|write))` \|", SETTINGS.read_text(), re.MULTILINE)

    assert sorted(described) == sorted(SCOPES)


def test_a_limited_key_of_the_operator_itself_does_not_write_beyond_its_limits():
    with pytest.raises(AccessDeniedError):
        require_scope(limited(MAKER, "telemetry:write"), "event:write", a_standing(), NOON)


def test_the_console_reads_as_whom_it_asks_to():
    for audience in Audience:
        assert require_audience(SYSTEM, audience, a_standing(), NOON) == READABLE[audience]


def test_a_role_is_had_or_refused_by_name():
    require_role(STRANGER, Role.OPERATOR, Role.SECOND_LIFE)
    with pytest.raises(AccessDeniedError, match="recycler"):
        require_role(STRANGER, Role.RECYCLER)
    with pytest.raises(AccessDeniedError, match="without login"):
        require_role(PUBLIC, *Role)
