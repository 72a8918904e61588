"""Conditions: what a battery could still hold at one instant, signed and chained."""

from dataclasses import dataclass
from datetime import datetime

from passport.domain.access import (
    CONDITION_SCOPE,
    Audience,
    Point,
    audiences_of,
    require_reach,
    require_scope,
)
from passport.domain.actor import Actor, Role
from passport.domain.content import Content, Level, complete_content
from passport.domain.errors import ContentRefusedError, TransitionRefusedError
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.linked_data.documents import digest_text
from passport.linked_data.schemas import check_content, normalise_content
from passport.services.current import read_living, require_past
from passport.services.desk import desk_of
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.services.scopes import needs_of_battery
from passport.services.series import iri_of, series_iri


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionReceipt:
    """A condition on record.

    Attributes:
        version: Place in the battery's chain, from 1.
        digest: SHA-256 of the signed bytes, its entry in the log.
    """

    battery_id: BatteryId
    statement_iri: str
    version: int
    digest: str
    signed_by: str


def record_condition(
    actor: Actor, battery_id: BatteryId, content: Content, measured_at: datetime, *, work: Work
) -> ConditionReceipt:
    """Sign a condition of a battery and add it to its chain.

    The responsible operator's key signs what its own telemetry showed; an integrator with a
    grant signs its own test under its own name. A newer condition supersedes no older one.

    Raises:
        AccessDeniedError: The actor neither answers for the battery nor holds a grant to write.
        ContentRefusedError: The content breaks the rules of its terms.
        InvalidValueError: The instant lies ahead.
        TransitionRefusedError: Nobody answers for the battery.
        PassportCeasedError: The battery has been recycled.
    """
    require_reach(actor, CONDITION_SCOPE)
    battery = read_living(battery_id, work=work)
    require_past(measured_at, work=work)
    now = work.clock.now()
    standing = work.standing(battery)
    for_operator = actor.has(Role.SYSTEM) or Audience.OPERATOR in audiences_of(actor, standing, now)
    if not for_operator:
        require_scope(actor, CONDITION_SCOPE, standing, now)
    signer = battery.responsible if for_operator else actor.organisation
    if not signer:
        raise TransitionRefusedError(
            f"nobody answers for battery {battery_id}; nobody can sign for it"
        )
    given = dict(normalise_content({**content, "measuredAt": measured_at}))
    levels = frozenset({Level.CONDITION})
    needs = needs_of_battery(battery, work=work)
    problems = tuple(check_content(given, levels=levels, needs=needs))
    if problems:
        raise ContentRefusedError("; ".join(problem.message for problem in problems[:3]), problems)
    iri = iri_of(battery)
    statement = desk_of(read_operator(signer, work=work), work=work).continue_series(
        StatementKind.CONDITION,
        about=battery_id,
        subject_iri=iri,
        series_iri=series_iri(iri, StatementKind.CONDITION),
        point=Point.INDIVIDUAL,
        content=complete_content(given, levels=levels, needs=needs),
    )
    return ConditionReceipt(
        battery_id=battery_id,
        statement_iri=statement.iri,
        version=statement.version,
        digest=digest_text(statement.digest),
        signed_by=statement.issuer,
    )
