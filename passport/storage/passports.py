"""Models and batteries on a SQL database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, or_, select

from passport.domain.battery import Battery, BatteryModel, Category, SubType
from passport.domain.errors import PassportNotFoundError
from passport.domain.identifiers import BatteryId, ModelId, OperatorSlug
from passport.domain.status import BatteryStatus, PassportState
from passport.storage.rows import Store, update_one
from passport.storage.tables_record import BatteryRow, ModelRow


class SqlPassportRegister:
    """PassportRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._models: dict[str, BatteryModel] = {}
        self._batteries: dict[BatteryId, Battery | None] = {}

    def find_model(self, model_id: ModelId) -> BatteryModel | None:
        """Return a model, if it is known; looked up once in a unit of work."""
        if model_id not in self._models:
            row = self._store.session.get(ModelRow, model_id)
            if row is None:
                return None
            self._models[model_id] = _model(row)
        return self._models[model_id]

    def models_of(self, operator: str) -> Sequence[BatteryModel]:
        """Return an operator's models, by id."""
        query = select(ModelRow).where(ModelRow.operator == operator).order_by(ModelRow.model_id)
        return [_model(row) for row in self._store.session.exec(query)]

    def add_model(self, model: BatteryModel) -> None:
        """Record a model."""
        self._store.writes.insert(ModelRow, _model_columns(model))

    def save_model(self, model: BatteryModel) -> None:
        """Store a changed model if its revision is still the one that was read."""
        statement = (
            update(ModelRow)
            .where(col(ModelRow.model_id) == model.model_id)
            .where(col(ModelRow.revision) == model.revision)
            .values(_model_columns(model) | {"revision": model.revision + 1})
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"model {model.model_id}")
        )

    def find(self, battery_id: BatteryId) -> Battery | None:
        """Return a battery, if one is registered; looked up once in a unit of work."""
        if battery_id not in self._batteries:
            self.look_up([battery_id])
        return self._batteries[battery_id]

    def look_up(self, battery_ids: Collection[BatteryId]) -> None:
        """Read several batteries at once; `find` knows them in this unit of work."""
        query = select(BatteryRow).where(col(BatteryRow.battery_id).in_(battery_ids))
        self._batteries |= dict.fromkeys(battery_ids)
        self._batteries |= {
            BatteryId(row.battery_id): _battery(row) for row in self._store.session.exec(query)
        }

    def read(self, battery_id: BatteryId) -> Battery:
        """Return a battery.

        Raises:
            PassportNotFoundError: None is registered.
        """
        battery = self.find(battery_id)
        if battery is None:
            raise PassportNotFoundError(battery_id)
        return battery

    def add(self, battery: Battery) -> None:
        """Record a battery."""
        self._store.writes.insert(BatteryRow, _battery_columns(battery))
        self._batteries[battery.battery_id] = battery

    def save(self, battery: Battery) -> None:
        """Store a changed battery if its revision is still the one that was read."""
        statement = (
            update(BatteryRow)
            .where(col(BatteryRow.battery_id) == battery.battery_id)
            .where(col(BatteryRow.revision) == battery.revision)
            .values(_battery_columns(battery) | {"revision": battery.revision + 1})
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"battery {battery.battery_id}")
        )

    def taken_over(self) -> Sequence[tuple[OperatorSlug, OperatorSlug]]:
        """Return who answers for batteries of whom that another one registered."""
        query = (
            select(BatteryRow.responsible, BatteryRow.registered_by)
            .where(col(BatteryRow.responsible) != col(BatteryRow.registered_by))
            .where(col(BatteryRow.responsible) != "")
            .distinct()
        )
        rows = self._store.session.exec(query)
        return [(OperatorSlug(party), OperatorSlug(producer)) for party, producer in rows]

    def batteries_of(
        self, organisation: str, *, after: str = "", limit: int = 50
    ) -> Sequence[Battery]:
        """Return batteries an organisation is responsible for or holds, by id."""
        query = (
            select(BatteryRow)
            .where(
                or_(
                    col(BatteryRow.responsible) == organisation,
                    col(BatteryRow.holder) == organisation,
                )
            )
            .where(col(BatteryRow.battery_id) > after)
            .order_by(BatteryRow.battery_id)
            .limit(limit)
        )
        return [_battery(row) for row in self._store.session.exec(query)]

    def count_by_model(self, model_ids: Collection[ModelId]) -> Mapping[str, int]:
        """Return how many batteries of each of some models are on record."""
        query = (
            select(BatteryRow.model_id, func.count())
            .where(col(BatteryRow.model_id).in_(model_ids))
            .group_by(BatteryRow.model_id)
        )
        return dict(self._store.session.exec(query).all())

    def answers_for_one_of(self, organisation: str, model_id: ModelId) -> bool:
        """Whether an organisation answers for a battery of a model."""
        query = (
            select(BatteryRow.battery_id)
            .where(BatteryRow.responsible == organisation)
            .where(BatteryRow.model_id == model_id)
            .limit(1)
        )
        return self._store.session.exec(query).first() is not None

    def orphans(self, limit: int = 50) -> Sequence[Battery]:
        """Return waste batteries nobody answers for."""
        query = (
            select(BatteryRow)
            .where(BatteryRow.status == BatteryStatus.WASTE.value)
            .where(BatteryRow.responsible == "")
            .order_by(BatteryRow.battery_id)
            .limit(limit)
        )
        return [_battery(row) for row in self._store.session.exec(query)]


def _model(row: ModelRow) -> BatteryModel:
    return BatteryModel(
        model_id=ModelId(row.model_id),
        operator=OperatorSlug(row.operator),
        base_url=row.base_url,
        category=Category(row.category),
        sub_type=None if row.sub_type is None else SubType(row.sub_type),
        name=row.name,
        content=row.content,
        revision=row.revision,
    )


def _model_columns(model: BatteryModel) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "operator": model.operator,
        "base_url": model.base_url,
        "category": model.category.value,
        "sub_type": model.sub_type and model.sub_type.value,
        "name": model.name,
        "content": model.content,
        "revision": model.revision,
    }


def _battery(row: BatteryRow) -> Battery:
    return Battery(
        battery_id=BatteryId(row.battery_id),
        model_id=ModelId(row.model_id),
        base_url=row.base_url,
        category=Category(row.category),
        sub_type=None if row.sub_type is None else SubType(row.sub_type),
        status=BatteryStatus(row.status),
        state=PassportState(row.state),
        responsible=row.responsible,
        registered_by=OperatorSlug(row.registered_by),
        holder=row.holder,
        placed_on_market_on=row.placed_on_market_on,
        registered_at=row.registered_at,
        content=row.content,
        content_digest_hex=row.content_digest_hex,
        parts=row.parts,
        parts_recycled=row.parts_recycled,
        revision=row.revision,
    )


def _battery_columns(battery: Battery) -> dict[str, Any]:
    return {
        "battery_id": battery.battery_id,
        "model_id": battery.model_id,
        "base_url": battery.base_url,
        "category": battery.category.value,
        "sub_type": battery.sub_type and battery.sub_type.value,
        "status": battery.status.value,
        "state": battery.state.value,
        "responsible": battery.responsible,
        "registered_by": battery.registered_by,
        "holder": battery.holder,
        "placed_on_market_on": battery.placed_on_market_on,
        "registered_at": battery.registered_at,
        "content": battery.content,
        "content_digest_hex": battery.content_digest_hex,
        "parts": battery.parts,
        "parts_recycled": battery.parts_recycled,
        "revision": battery.revision,
    }
