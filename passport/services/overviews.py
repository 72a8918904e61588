"""What people who work with passports see first: their batteries, moves, and what is amiss.

These are lists over many batteries. What a list shows of one battery is what its reader's
organisation answers for; what stands in the passport itself is disclosed battery by battery.
"""

from collections.abc import Sequence
from typing import Protocol

from passport.domain.access import (
    READ_SCOPE,
    Grant,
    require_operator,
    require_reach,
    require_role,
)
from passport.domain.actor import Actor, Role
from passport.domain.battery import Battery
from passport.domain.errors import NotSignedInError
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.second_life import Succession
from passport.services.ports import Work

LONGEST_LIST = 50


class Overview(Protocol):
    """Lists over many batteries, from what is committed."""

    def search(self, organisation: str, containing: str, *, limit: int) -> Sequence[Battery]:
        """Return an organisation's batteries whose identifier contains a text."""
        ...

    def count(self, organisation: str) -> int:
        """Return how many batteries an organisation answers for or holds."""
        ...

    def orphans(self, *, limit: int) -> Sequence[Battery]:
        """Return waste batteries nobody answers for."""
        ...

    def declared_by(self, organisation: str, *, limit: int) -> Sequence[Succession]:
        """Return the second lives an organisation declared, newest first."""
        ...

    def knows_batch(self, model_id: ModelId, lot: str) -> bool:
        """Whether a battery of a model came from a production batch."""
        ...

    def disputed(self, *, limit: int) -> Sequence[Succession]:
        """Return the second lives that somebody disputes, newest first."""
        ...


def find_own_batteries(actor: Actor, containing: str, *, overview: Overview) -> Sequence[Battery]:
    """Return the actor's batteries whose identifier contains a text.

    Raises:
        NotSignedInError: Nobody is signed in.
    """
    return overview.search(_organisation(actor), containing, limit=LONGEST_LIST)


def count_own_batteries(actor: Actor, *, overview: Overview) -> int:
    """Return how many batteries the actor's organisation answers for or holds.

    Raises:
        NotSignedInError: Nobody is signed in.
    """
    return overview.count(_organisation(actor))


def own_second_lives(actor: Actor, *, overview: Overview) -> Sequence[Succession]:
    """Return the second lives that the actor's organisation declared, newest first.

    Raises:
        NotSignedInError: Nobody is signed in.
    """
    return overview.declared_by(_organisation(actor), limit=LONGEST_LIST)


def list_orphans(actor: Actor, *, overview: Overview) -> Sequence[Battery]:
    """Return the waste batteries nobody answers for.

    Raises:
        AccessDeniedError: The actor is no authority.
    """
    require_role(actor, Role.AUTHORITY)
    return overview.orphans(limit=LONGEST_LIST)


def list_disputed(actor: Actor, *, overview: Overview) -> Sequence[Succession]:
    """Return the second lives that somebody disputes, newest first.

    Raises:
        AccessDeniedError: The actor is no authority.
    """
    require_role(actor, Role.AUTHORITY)
    return overview.disputed(limit=LONGEST_LIST)


def grants_on(actor: Actor, battery_id: BatteryId, *, work: Work) -> Sequence[Grant]:
    """Return the grants that hold now for a battery, to who answers for it.

    Raises:
        AccessDeniedError: The actor does not answer for the battery.
    """
    require_reach(actor, READ_SCOPE)
    battery = work.passports.read(battery_id)
    standing, now = work.standing(battery), work.clock.now()
    require_operator(actor, standing, now)
    return [grant for grant in standing.grants if grant.holds_at(now)]


def own_grants_on(actor: Actor, battery_id: BatteryId, *, work: Work) -> Sequence[Grant]:
    """Return the grants that the actor's organisation holds now for a battery."""
    battery = work.passports.read(battery_id)
    now = work.clock.now()
    return [
        grant
        for grant in work.standing(battery).grants
        if grant.organisation == actor.organisation and grant.holds_at(now)
    ]


def _organisation(actor: Actor) -> str:
    if not actor.organisation:
        raise NotSignedInError("sign in for your organisation")
    require_reach(actor, READ_SCOPE)
    return actor.organisation
