"""Second lives on a SQL database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from passport.domain.identifiers import BatteryId, OperatorSlug
from passport.domain.second_life import Dispute, Evidence, LegacyPlate, Predecessor, Succession
from passport.domain.status import BatteryStatus, Operation, RemanufacturingRecord
from passport.domain.units import AmpereHours, Percent
from passport.storage.rows import Store, update_one
from passport.storage.tables_record import PredecessorRow, SuccessionRow


class SqlSuccessionRegister:
    """SuccessionRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made: dict[BatteryId, Succession | None] = {}

    def find(self, succession_id: str) -> Succession | None:
        """Return a second life."""
        row = self._store.session.get(SuccessionRow, succession_id)
        return None if row is None else _succession(row)

    def add(self, succession: Succession) -> None:
        """Record a declared second life and which batteries it names as originals."""
        originals = [p.battery_id for p in succession.predecessors if p.battery_id]

        def write(session: Session) -> None:
            session.add(SuccessionRow(**_columns(succession)))
            for battery_id in originals:
                session.add(
                    PredecessorRow(succession_id=succession.succession_id, battery_id=battery_id)
                )

        self._store.writes.add(write)

    def save(self, succession: Succession) -> None:
        """Store a changed second life if its revision is still the one that was read."""
        statement = (
            update(SuccessionRow)
            .where(col(SuccessionRow.succession_id) == succession.succession_id)
            .where(col(SuccessionRow.revision) == succession.revision)
            .values(_columns(succession) | {"revision": succession.revision + 1})
        )
        self._store.writes.add(
            lambda session: update_one(
                session, statement, f"second life {succession.succession_id}"
            )
        )

    def successors_of(self, battery_id: BatteryId) -> Sequence[Succession]:
        """Return the second lives that name this battery as an original, oldest first."""
        query = (
            select(SuccessionRow)
            .join(
                PredecessorRow,
                col(PredecessorRow.succession_id) == col(SuccessionRow.succession_id),
            )
            .where(PredecessorRow.battery_id == battery_id)
            .order_by(col(SuccessionRow.declared_at))
        )
        return [_succession(row) for row in self._store.session.exec(query)]

    def made(self, battery_id: BatteryId) -> Succession | None:
        """Return the second life that this battery came out of."""
        if battery_id not in self._made:
            self.look_up([battery_id])
        return self._made[battery_id]

    def look_up(self, battery_ids: Collection[BatteryId]) -> None:
        """Read what several batteries came out of at once; `made` knows it in this unit of work."""
        query = select(SuccessionRow).where(col(SuccessionRow.battery_id).in_(battery_ids))
        self._made |= dict.fromkeys(battery_ids)
        self._made |= {
            BatteryId(row.battery_id): _succession(row) for row in self._store.session.exec(query)
        }


def _columns(succession: Succession) -> dict[str, Any]:
    return {
        "succession_id": succession.succession_id,
        "battery_id": succession.battery_id,
        "operation": succession.operation.value,
        "predecessors": [_predecessor_tree(p) for p in succession.predecessors],
        "evidence": [
            {"kind": e.kind, "description": e.description, "digest": e.digest}
            for e in succession.evidence
        ],
        "declared_by": succession.declared_by,
        "declared_at": succession.declared_at,
        "content": succession.content,
        "model_id": succession.model_id,
        "remanufacturing": _record_tree(succession.remanufacturing),
        "placed_on": succession.placed_on,
        "disputes": [
            {"organisation": d.organisation, "reason": d.reason, "at": d.at.isoformat()}
            for d in succession.disputes
        ],
        "revision": succession.revision,
    }


def _succession(row: SuccessionRow) -> Succession:
    return Succession(
        succession_id=row.succession_id,
        battery_id=BatteryId(row.battery_id),
        operation=Operation(row.operation),
        predecessors=tuple(_predecessor(tree) for tree in row.predecessors),
        evidence=tuple(Evidence(**tree) for tree in row.evidence),
        declared_by=OperatorSlug(row.declared_by),
        declared_at=row.declared_at,
        content=row.content,
        model_id=row.model_id,
        remanufacturing=_record(row.remanufacturing),
        placed_on=row.placed_on,
        disputes=tuple(
            Dispute(
                organisation=tree["organisation"],
                reason=tree["reason"],
                at=datetime.fromisoformat(tree["at"]),
            )
            for tree in row.disputes
        ),
        revision=row.revision,
    )


def _predecessor_tree(predecessor: Predecessor) -> dict[str, Any]:
    plate = predecessor.plate
    return {
        "battery_id": predecessor.battery_id,
        "foreign_iri": predecessor.foreign_iri,
        "declared_status": predecessor.declared_status.value,
        "parts": list(predecessor.parts),
        "plate": None
        if plate is None
        else {
            "manufacturer": plate.manufacturer,
            "model": plate.model,
            "serial": plate.serial,
            "chemistry": plate.chemistry,
            "manufactured": plate.manufactured,
            "rated_capacity_ah": plate.rated_capacity_ah,
            "photos": list(plate.photos),
        },
    }


def _predecessor(tree: dict[str, Any]) -> Predecessor:
    plate = tree["plate"]
    return Predecessor(
        battery_id=BatteryId(tree["battery_id"]) if tree["battery_id"] else None,
        foreign_iri=tree["foreign_iri"],
        declared_status=BatteryStatus(tree["declared_status"]),
        parts=tuple(tree.get("parts", ())),
        plate=None
        if plate is None
        else LegacyPlate(**(plate | {"photos": tuple(plate["photos"])})),
    )


def _record_tree(record: RemanufacturingRecord | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "restored_capacity_ah": str(record.restored_capacity),
        "original_rated_capacity_ah": str(record.original_rated_capacity),
        "cell_health_percent": [str(health) for health in record.cell_health],
    }


def _record(tree: dict[str, Any] | None) -> RemanufacturingRecord | None:
    if tree is None:
        return None
    return RemanufacturingRecord(
        restored_capacity=AmpereHours(Decimal(tree["restored_capacity_ah"])),
        original_rated_capacity=AmpereHours(Decimal(tree["original_rated_capacity_ah"])),
        cell_health=tuple(Percent(Decimal(text)) for text in tree["cell_health_percent"]),
    )
