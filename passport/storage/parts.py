"""The part ledger on a SQL database."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, update
from sqlmodel import Session, col, or_, select

from passport.domain.identifiers import BatteryId
from passport.domain.status import BatteryStatus
from passport.domain.structure import (
    ChangeReason,
    Part,
    PartHistory,
    PartId,
    PartMove,
    Place,
    StructureLevel,
    Whereabouts,
)
from passport.storage.rows import Store, update_one
from passport.storage.tables_parts import PartMoveRow, PartRow

_MOST_NAMES = 1000
"""So many names go into one question: SQLite takes no more than 32 766 values in a statement."""


class SqlPartRegister:
    """PartRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def look_up(self, part_ids: Collection[PartId]) -> dict[PartId, Part]:
        """Return those of some parts that are on record."""
        return {
            PartId(row.part_id): _part(row)
            for names in _some(part_ids)
            for row in self._store.session.exec(
                select(PartRow).where(col(PartRow.part_id).in_(names))
            )
        }

    def with_serial(self, serial: str) -> Sequence[Part]:
        """Return the parts with a serial number, of whichever operator."""
        query = select(PartRow).where(PartRow.serial == serial).order_by(PartRow.part_id)
        return [_part(row) for row in self._store.session.exec(query)]

    def inside(self, containers: Collection[PartId]) -> Sequence[Part]:
        """Return the parts that lie in some others, not what lies in those in turn."""
        return [
            _part(row)
            for names in _some(containers)
            for row in self._store.session.exec(
                select(PartRow).where(col(PartRow.container).in_(names)).order_by(PartRow.part_id)
            )
        ]

    def moves_of(self, part_ids: Collection[PartId]) -> Sequence[PartMove]:
        """Return the moves of some parts, each part's oldest first."""
        return [
            _move(row)
            for names in _some(part_ids)
            for row in self._store.session.exec(
                select(PartMoveRow)
                .where(col(PartMoveRow.part_id).in_(names))
                .order_by(col(PartMoveRow.part_id), col(PartMoveRow.number))
            )
        ]

    def once_inside(self, containers: Collection[PartId]) -> Sequence[PartId]:
        """Return the parts that lie in some others or lay in them once."""
        return [
            PartId(part_id)
            for names in _some(containers)
            for part_id in self._store.session.exec(
                select(PartMoveRow.part_id)
                .where(col(PartMoveRow.to_container).in_(names))
                .distinct()
            )
        ]

    def changes_of(self, battery_id: BatteryId) -> Sequence[PartMove]:
        """Return the moves into, out of and within a battery, the last recorded first."""
        query = (
            select(PartMoveRow)
            .where(_concerns(battery_id))
            .order_by(
                col(PartMoveRow.occurred_at).desc(),
                col(PartMoveRow.recorded_at).desc(),
                col(PartMoveRow.to_path),
            )
        )
        return [_move(row) for row in self._store.session.exec(query)]

    def last_change_of(self, battery_id: BatteryId) -> datetime | None:
        """Return when the structure of a battery changed last."""
        query = select(func.max(PartMoveRow.occurred_at)).where(_concerns(battery_id))
        return self._store.session.exec(query).one()

    def move(self, moved: Sequence[tuple[Part, PartMove]]) -> None:
        """Put parts into their new places, all at once.

        Every one is lifted out before the first is put down: two that change places never meet.
        """
        self._store.writes.add(lambda session: _lift(session, moved))
        self._store.writes.add(lambda session: _put(session, moved))


def _lift(session: Session, moved: Sequence[tuple[Part, PartMove]]) -> None:
    for part, move in moved:
        if move.before is not None:
            statement = (
                update(PartRow)
                .where(col(PartRow.part_id) == part.part_id)
                .where(col(PartRow.moves) == part.moves - 1)
                .values(container=None, position=None, whereabouts=Whereabouts.ON_ITS_OWN.value)
            )
            update_one(session, statement, f"part {part.serial}")


def _put(session: Session, moved: Sequence[tuple[Part, PartMove]]) -> None:
    rows: list[dict[str, Any]] = []
    for part, move in moved:
        if move.before is None:
            session.execute(insert(PartRow).values(_columns(part)))
        else:
            statement = (
                update(PartRow)
                .where(col(PartRow.part_id) == part.part_id)
                .where(col(PartRow.moves) == part.moves - 1)
                .values(_columns(part))
            )
            update_one(session, statement, f"part {part.serial}")
        rows.append(_move_columns(move))
    session.execute(insert(PartMoveRow), rows)


def _concerns(battery_id: BatteryId) -> Any:  # noqa: ANN401 - a clause of SQLAlchemy
    return or_(
        col(PartMoveRow.from_battery) == battery_id, col(PartMoveRow.to_battery) == battery_id
    )


def _some(part_ids: Collection[PartId]) -> Iterator[list[PartId]]:
    names = iter(part_ids)
    while some := list(islice(names, _MOST_NAMES)):
        yield some


def _part(row: PartRow) -> Part:
    return Part(
        part_id=PartId(row.part_id),
        level=StructureLevel(row.level),
        serial=row.serial,
        operator=row.operator,
        base_url=row.base_url,
        part_number=row.part_number,
        battery_id=None if row.battery_id is None else BatteryId(row.battery_id),
        history=PartHistory(row.history),
        place=_place(row.whereabouts, row.container, row.position, row.holder),
        moves=row.moves,
    )


def _place(whereabouts: str, container: str | None, position: str | None, holder: str) -> Place:
    return Place(
        whereabouts=Whereabouts(whereabouts),
        container=None if container is None else PartId(container),
        position=position or "",
        holder=holder,
    )


def _columns(part: Part) -> dict[str, Any]:
    return {
        "part_id": part.part_id,
        "level": part.level.value,
        "serial": part.serial,
        "operator": part.operator,
        "base_url": part.base_url,
        "part_number": part.part_number,
        "battery_id": part.battery_id,
        "history": part.history.value,
        "whereabouts": part.place.whereabouts.value,
        "container": part.place.container,
        "position": part.place.position if part.place.is_built_in else None,
        "holder": part.place.holder,
        "moves": part.moves,
    }


def _move(row: PartMoveRow) -> PartMove:
    before = None
    if row.from_whereabouts is not None:
        before = _place(
            row.from_whereabouts, row.from_container, row.from_position, row.from_holder
        )
    return PartMove(
        part_id=PartId(row.part_id),
        number=row.number,
        before=before,
        after=_place(row.to_whereabouts, row.to_container, row.to_position, row.to_holder),
        from_battery=None if row.from_battery is None else BatteryId(row.from_battery),
        to_battery=None if row.to_battery is None else BatteryId(row.to_battery),
        from_path=row.from_path,
        to_path=row.to_path,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        moved_by=row.moved_by,
        reason=None if row.reason is None else ChangeReason(row.reason),
        note=row.note,
        origin_status=None if row.origin_status is None else BatteryStatus(row.origin_status),
        origin_health_percent=row.origin_health_percent,
    )


def _move_columns(move: PartMove) -> dict[str, Any]:
    before, after = move.before, move.after
    return {
        "part_id": move.part_id,
        "number": move.number,
        "from_whereabouts": before and before.whereabouts.value,
        "from_container": before and before.container,
        "from_position": before.position if before else "",
        "from_holder": before.holder if before else "",
        "from_battery": move.from_battery,
        "to_whereabouts": after.whereabouts.value,
        "to_container": after.container,
        "to_position": after.position,
        "to_holder": after.holder,
        "to_battery": move.to_battery,
        "from_path": move.from_path,
        "to_path": move.to_path,
        "occurred_at": move.occurred_at,
        "recorded_at": move.recorded_at,
        "moved_by": move.moved_by,
        "reason": move.reason and move.reason.value,
        "note": move.note,
        "origin_status": move.origin_status and move.origin_status.value,
        "origin_health_percent": move.origin_health_percent,
    }
