"""What a reader gets: the stored statements that this reader may see, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from passport.domain.access import (
    READABLE,
    Audience,
    Point,
    Standing,
    points_read_by,
    require_audience,
)
from passport.domain.actor import Actor
from passport.domain.battery import Battery
from passport.domain.errors import (
    AccessDeniedError,
    NotFoundError,
    PassportCeasedError,
    PassportNotFoundError,
)
from passport.domain.event import Event, point_of_event
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.linked_data.documents import presentation_bytes
from passport.services.issue import ModelUnknownError
from passport.services.ports import SignedStatement, Work
from passport.services.readers import readable_points
from passport.services.series import CHAINS

NEWEST_CONDITIONS = 24
"""So many conditions of the chain travel with a passport; the others are behind its address."""


class StatementUnknownError(NotFoundError):
    """There is no statement under this number."""

    code = "statement-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What one reader gets of one passport.

    Attributes:
        statements: In reading order: index, item, model, production, conditions, events.
        presentation: The same as Verifiable Presentation; its statements are the stored bytes.
    """

    battery: Battery
    points: frozenset[Point]
    statements: Sequence[SignedStatement]
    presentation: bytes


def disclose(
    actor: Actor, battery_id: BatteryId, audience: Audience | None, *, work: Work
) -> Disclosure:
    """Return the statements about a battery that a reader may see.

    Args:
        actor: Who reads.
        battery_id: The battery.
        audience: The audience to read as; ``None`` reads as every audience the actor belongs to.
        work: The unit of work.

    Raises:
        PassportNotFoundError: None is registered.
        AccessDeniedError: The actor does not belong to the audience.
    """
    battery = work.passports.read(battery_id)
    if audience is None:
        points = readable_points(actor, battery, work=work)
    else:
        points = require_audience(actor, audience, work.standing(battery), work.clock.now())
    statements = [
        statement
        for statement in _current_statements(battery, work=work)
        if statement.point in points and _is_for(statement, audience)
    ]
    return Disclosure(
        battery=battery,
        points=points,
        statements=statements,
        presentation=presentation_bytes([statement.body for statement in statements]),
    )


def statements_at(
    actor: Actor, battery_id: BatteryId, audience: Audience | None, at: datetime, *, work: Work
) -> Sequence[SignedStatement]:
    """Return the statements about a battery that were in force at an instant.

    Who may read them is decided by today: a right that has ended shows nothing of before either,
    and of a battery that was recycled or annulled since only what ended it is left.

    Args:
        actor: Who reads.
        battery_id: The battery.
        audience: The audience to read as; ``None`` reads as every audience the actor belongs to.
        at: The instant.
        work: The unit of work.

    Raises:
        PassportNotFoundError: None was registered by then.
        AccessDeniedError: The actor does not belong to the audience.
    """
    now = disclose(actor, battery_id, audience, work=work)
    if now.battery.state in {PassportState.CEASED, PassportState.ANNULLED}:
        return now.statements
    by_series: dict[str, list[SignedStatement]] = {}
    for kind in StatementKind:
        about = now.battery.model_id if kind.is_about_model else battery_id
        for one in work.statements.all_about(about, kind):
            if one.issued_at <= at and one.point in now.points and _is_for(one, audience):
                series = one.statement_id if kind in CHAINS else one.series
                by_series.setdefault(series, []).append(one)
    found = [max(versions, key=lambda one: one.version) for versions in by_series.values()]
    if not any(one.kind is StatementKind.INDEX for one in found):
        raise PassportNotFoundError(battery_id)
    conditions = [one for one in found if one.kind is StatementKind.CONDITION]
    others = [one for one in found if one.kind is not StatementKind.CONDITION]
    return sorted([*others, *conditions[-NEWEST_CONDITIONS:]], key=_reading_order)


def condition_chain(
    actor: Actor, battery_id: BatteryId, *, work: Work
) -> Sequence[SignedStatement]:
    """Return every condition of a battery, oldest first, or none where the actor sees none.

    Raises:
        PassportCeasedError: The battery has been recycled; so has its passport's content.
    """
    battery = work.passports.read(battery_id)
    if battery.state is PassportState.CEASED:
        raise PassportCeasedError(battery_id)
    if Point.INDIVIDUAL not in readable_points(actor, battery, work=work):
        return ()
    return work.statements.all_about(battery_id, StatementKind.CONDITION)


def events_of(actor: Actor, battery_id: BatteryId, *, work: Work) -> Sequence[Event]:
    """Return what happened to a battery, oldest first, as far as the actor may read of it."""
    battery = work.passports.read(battery_id)
    points = readable_points(actor, battery, work=work)
    return [
        event
        for event in work.events.of_battery(battery_id)
        if point_of_event(event.kind) in points
    ]


def read_statement(actor: Actor, statement_id: str, *, work: Work) -> SignedStatement:
    """Return one statement that is in the log, to a reader of its point.

    Raises:
        StatementUnknownError: There is none under this number, or the log has not taken it.
        PassportCeasedError: It is about a battery that has been recycled.
        AccessDeniedError: The reader does not read its point.
    """
    statement = work.statements.find(statement_id)
    if statement is None or statement.leaf_index is None:
        raise StatementUnknownError(f"there is no statement {statement_id}")
    is_of_model = statement.kind.is_about_model
    battery = None if is_of_model else work.passports.find(BatteryId(statement.about))
    if battery is None:
        points = points_of_model(actor, ModelId(statement.about), work=work)
    else:
        points = readable_points(actor, battery, work=work)
        is_tombstone = statement.kind is StatementKind.EVENT and statement.point == Point.PUBLIC
        if battery.state is PassportState.CEASED and not is_tombstone:
            raise PassportCeasedError(battery.battery_id)
    if statement.point not in points:
        who = actor.organisation or "a visitor without login"
        raise AccessDeniedError(
            f"{who} does not read point {statement.point} of Annex XIII here: ask the responsible "
            "operator for access and name your purpose"
        )
    return statement


def model_statements(actor: Actor, model_id: ModelId, *, work: Work) -> Sequence[SignedStatement]:
    """Return the newest statements about a model that a reader may see.

    Raises:
        ModelUnknownError: The model is not on record.
    """
    points = points_of_model(actor, model_id, work=work)
    found = [
        one
        for one in work.statements.newest_about(model_id)
        if one.kind.is_about_model and one.point in points
    ]
    return sorted(found, key=lambda one: (_ORDER[one.kind], one.series))


def points_of_model(actor: Actor, model_id: ModelId, *, work: Work) -> frozenset[Point]:
    """Return the points of a model that a reader sees.

    By role, by a grant for one of its batteries, or by answering for one of them.

    Raises:
        ModelUnknownError: The model is not on record.
    """
    model = work.passports.find_model(model_id)
    if model is None:
        raise ModelUnknownError(f"model {model_id} is not on record")
    grants = work.grants.of_organisation(actor.organisation) if actor.organisation else ()
    standing = Standing(
        responsible=model.operator,
        placed_by=model.operator,
        delegates=work.operators.delegates_of(model.operator),
        grants=tuple(grant for grant in grants if grant.model_id == model_id),
    )
    now = work.clock.now()
    points = points_read_by(actor, standing, now)
    if Point.RESTRICTED in points or not actor.organisation:
        return points
    if work.passports.answers_for_one_of(actor.organisation, model_id):
        points |= points_read_by(actor, replace(standing, responsible=actor.organisation), now)
    return points


def _current_statements(battery: Battery, *, work: Work) -> list[SignedStatement]:
    about_item = [
        s for s in work.statements.newest_about(battery.battery_id) if not s.kind.is_about_model
    ]
    if battery.state in {PassportState.CEASED, PassportState.ANNULLED}:
        # The tombstone: what ended it, and no content any more.
        return [s for s in about_item if s.kind is StatementKind.EVENT and s.point == Point.PUBLIC]
    current = [s for s in about_item if s.kind not in CHAINS]
    current += [s for s in work.statements.newest_about(battery.model_id) if s.kind.is_about_model]
    current += work.statements.all_about(battery.battery_id, StatementKind.CONDITION)[
        -NEWEST_CONDITIONS:
    ]
    current += work.statements.all_about(battery.battery_id, StatementKind.EVENT)
    return sorted(current, key=_reading_order)


def _reading_order(statement: SignedStatement) -> tuple[int, str, datetime, int]:
    return _ORDER[statement.kind], statement.point, statement.issued_at, statement.version


def _is_for(statement: SignedStatement, audience: Audience | None) -> bool:
    """Keep an index away from an audience that it was not made for."""
    if statement.kind is not StatementKind.INDEX or audience is None:
        return True
    wide = Point.INDIVIDUAL in READABLE[audience]
    return statement.series.endswith(
        f"#index-{(Audience.LEGITIMATE_INTEREST if wide else Audience.PUBLIC).value}"
    )


_ORDER = {
    StatementKind.INDEX: 0,
    StatementKind.ITEM_PUBLIC: 1,
    StatementKind.ITEM_DECLARED: 2,
    StatementKind.MODEL_PUBLIC: 3,
    StatementKind.MODEL_RESTRICTED: 4,
    StatementKind.MODEL_AUTHORITY: 5,
    StatementKind.PRODUCTION: 6,
    StatementKind.CONDITION: 7,
    StatementKind.EVENT: 8,
}
