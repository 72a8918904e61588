"""Who reads what: one table decides for each point of Annex XIII, and nothing else does.

Source: Regulation (EU) 2023/1542, Article 77(2) and Article 14(2). Audiences do not nest:
legitimate interest reads points 1, 2 and 4; authorities read points 1, 2 and 3.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passport.domain.actor import Actor, Role
from passport.domain.errors import AccessDeniedError


class Audience(StrEnum):
    """A group of readers as the Regulation forms it."""

    PUBLIC = "public"
    LEGITIMATE_INTEREST = "legitimate-interest"
    AUTHORITY = "authority"
    OPERATOR = "operator"
    """The responsible operator and those it authorised in writing (Art. 77(4))."""
    OWNER = "owner"
    """The purchaser of the battery or its agent (Art. 14(2), 77(2) sub 3)."""


class Point(StrEnum):
    """The points of Annex XIII that divide the content by reader."""

    PUBLIC = "1"
    RESTRICTED = "2"
    AUTHORITY = "3"
    INDIVIDUAL = "4"


MATRIX_VERSION = "2023-1542-art-77-2"

BATTERY_SCOPE = "battery:write"
"""Models and batteries come on record, are corrected, annulled, placed anew."""
CONDITION_SCOPE = "condition:write"
EVENT_SCOPE = "event:write"
TELEMETRY_SCOPE = "telemetry:write"
INTAKE_SCOPE = "intake:write"
BATCH_SCOPE = "batch:write"
READ_SCOPE = "passport:read"
"""Reads what its organisation reads; without it a limited key reads as the public does."""
ORGANISATION_SCOPE = "organisation:write"
"""Grants, delegates, register lines, people and keys of the organisation."""
SCOPES = frozenset(
    {
        BATTERY_SCOPE,
        CONDITION_SCOPE,
        EVENT_SCOPE,
        TELEMETRY_SCOPE,
        INTAKE_SCOPE,
        BATCH_SCOPE,
        READ_SCOPE,
        ORGANISATION_SCOPE,
    }
)
"""Every limit that an API key can have."""

READABLE: dict[Audience, frozenset[Point]] = {
    Audience.PUBLIC: frozenset({Point.PUBLIC}),
    Audience.LEGITIMATE_INTEREST: frozenset({Point.PUBLIC, Point.RESTRICTED, Point.INDIVIDUAL}),
    Audience.AUTHORITY: frozenset({Point.PUBLIC, Point.RESTRICTED, Point.AUTHORITY}),
    Audience.OPERATOR: frozenset(Point),
    Audience.OWNER: frozenset({Point.PUBLIC, Point.INDIVIDUAL}),
}
"""The matrix, version `MATRIX_VERSION`; an audience that is missing reads nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave to read or write about a battery, given by somebody for a purpose.

    Attributes:
        battery_id: The battery, or empty for every battery of ``model_id``.
        audience: The audience whose points the organisation reads.
        scopes: What it may write (``intake:write``, ``condition:write``); empty = read only.
        legal_ground: The words of the law or contract the giver relied on.
    """

    grant_id: str
    organisation: str
    battery_id: str
    model_id: str
    audience: Audience
    scopes: frozenset[str]
    purpose: str
    legal_ground: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Whether the grant counts at an instant."""
        begun = self.granted_at <= instant and self.revoked_at is None
        return begun and (self.expires_at is None or instant < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What connects an organisation with one battery; read from the record, never claimed.

    Attributes:
        responsible: Operator responsible for the passport now.
        placed_by: Operator that placed the battery on the market.
        delegates: Organisations the responsible operator authorised in writing (Art. 77(4)).
        holder: The purchaser or its agent, where known.
        grants: Grants on record for this battery or its model.
    """

    responsible: str
    placed_by: str = ""
    delegates: frozenset[str] = frozenset()
    holder: str = ""
    grants: tuple[Grant, ...] = ()


def audiences_of(actor: Actor, standing: Standing, at: datetime) -> frozenset[Audience]:
    """Return every audience an actor belongs to for one battery at an instant.

    The console of the machine, which holds store and keys anyway, reads as whom it asks to.
    """
    if actor.has(Role.SYSTEM):
        return frozenset(Audience)
    audiences = {Audience.PUBLIC}
    if actor.is_anonymous:
        return frozenset(audiences)
    if actor.has(Role.AUTHORITY):
        audiences.add(Audience.AUTHORITY)
    if actor.organisation:
        if actor.organisation == standing.responsible or actor.organisation in standing.delegates:
            audiences.add(Audience.OPERATOR)
        if actor.organisation == standing.holder:
            audiences.add(Audience.OWNER)
        audiences.update(
            grant.audience
            for grant in standing.grants
            if grant.organisation == actor.organisation and grant.holds_at(at)
        )
    return frozenset(audiences)


def points_readable(audiences: frozenset[Audience]) -> frozenset[Point]:
    """Return the points of Annex XIII that these audiences read together."""
    return frozenset().union(*(READABLE.get(audience, frozenset()) for audience in audiences))


def points_of(audiences: frozenset[Audience], standing: Standing) -> frozenset[Point]:
    """Return the points of Annex XIII that these audiences read of one battery.

    Point 3 is what the placing operator keeps for authorities. Who answers for the battery later,
    after a second life or as waste, answers without it.
    """
    points = points_readable(audiences)
    if Audience.AUTHORITY in audiences or standing.placed_by == standing.responsible:
        return points
    return points - {Point.AUTHORITY}


def points_read_by(actor: Actor, standing: Standing, at: datetime) -> frozenset[Point]:
    """Return the points of Annex XIII that an actor reads of one battery at an instant."""
    if not (actor.is_anonymous or actor.may(READ_SCOPE)):
        return READABLE[Audience.PUBLIC]
    return points_of(audiences_of(actor, standing, at), standing)


def reads_as_operator(actor: Actor, standing: Standing, at: datetime) -> bool:
    """Whether an actor reads what an operator keeps for itself and those it authorised."""
    return actor.may(READ_SCOPE) and Audience.OPERATOR in audiences_of(actor, standing, at)


def require_audience(
    actor: Actor, wanted: Audience, standing: Standing, at: datetime
) -> frozenset[Point]:
    """Return the points one audience reads, if the actor belongs to it.

    Raises:
        AccessDeniedError: The actor does not belong to the audience for this battery.
    """
    is_reader = wanted is Audience.PUBLIC or actor.may(READ_SCOPE)
    if not is_reader or wanted not in audiences_of(actor, standing, at):
        who = actor.organisation or "a visitor without login"
        raise AccessDeniedError(
            f"{who} does not read this battery as {wanted.value}: ask the responsible operator "
            "for access and name your purpose"
        )
    return points_of(frozenset({wanted}), standing)


def require_reach(actor: Actor, *scopes: str) -> None:
    """Refuse what a limited login does not reach to; one of the scopes is enough.

    Raises:
        AccessDeniedError: The login has limits, and none of the scopes is among them.
    """
    if actor.scopes and actor.scopes.isdisjoint(scopes):
        raise AccessDeniedError(
            f"this login does not reach to {' or '.join(scopes)}; use a key with that scope"
        )


def require_operator(actor: Actor, standing: Standing, at: datetime) -> None:
    """Refuse to write for a battery unless responsible for it or authorised in writing.

    Raises:
        AccessDeniedError: The actor is neither.
    """
    if Audience.OPERATOR not in audiences_of(actor, standing, at):
        raise AccessDeniedError(
            f"only the responsible operator or its delegate writes here; "
            f"{actor.organisation or 'a visitor without login'} is neither"
        )


def require_scope(actor: Actor, scope: str, standing: Standing, at: datetime) -> None:
    """Refuse a narrow act unless the operator does it or a grant on record covers it.

    Raises:
        AccessDeniedError: Neither holds, or the login does not reach so far.
    """
    require_reach(actor, scope)
    granted = any(
        grant.organisation == actor.organisation and scope in grant.scopes and grant.holds_at(at)
        for grant in standing.grants
    )
    if actor.is_anonymous or not (
        granted or Audience.OPERATOR in audiences_of(actor, standing, at)
    ):
        raise AccessDeniedError(f"this needs a grant of {scope} for the battery")


def require_role(actor: Actor, *roles: Role) -> None:
    """Refuse unless the actor acts in one of these roles.

    Raises:
        AccessDeniedError: In none of them.
    """
    if not actor.roles.intersection(roles):
        wanted = " or ".join(role.value for role in roles)
        raise AccessDeniedError(
            f"this needs the role {wanted}; {actor.organisation or 'a visitor without login'} "
            "does not have it"
        )
