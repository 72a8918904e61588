"""Condition reports on their way to a statement, and the declared sources of readings."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bms_ingest.measurement_source import MeasurementSource
from bms_ingest.storage.ledger import reading
from bms_ingest.storage.tables import ConditionRow, SourceRow

_CONDITION = ConditionRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
_SOURCE = SourceRow.__table__  # type: ignore[attr-defined]


class ConditionBook:
    """Reports that are to be signed, and those that were."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(self, battery_id: str) -> ConditionRow | None:
        """Return the last report of a battery, signed or not."""
        query = (
            select(_CONDITION)
            .where(_CONDITION.c.battery_id == battery_id)
            .order_by(_CONDITION.c.measured_ms.desc(), _CONDITION.c.created_ms.desc())
            .limit(1)
        )
        rows = self._rows(query)
        return rows[0] if rows else None

    def unsigned(self, battery_id: str) -> Sequence[ConditionRow]:
        """Return the reports that wait for their signature, oldest first."""
        return self._rows(
            select(_CONDITION)
            .where(_CONDITION.c.battery_id == battery_id, _CONDITION.c.statement_iri.is_(None))
            .order_by(_CONDITION.c.created_ms)
        )

    def add(self, row: ConditionRow) -> None:
        """Keep a report, before anybody signs it; one that is there already stays as it is."""
        with self._engine.begin() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            new = dialect.insert(_CONDITION).values(row.model_dump())
            connection.execute(new.on_conflict_do_nothing())

    def note_signed(self, condition_id: str, statement_iri: str) -> None:
        """Remember the statement that was signed of a report."""
        with self._engine.begin() as connection:
            connection.execute(
                update(_CONDITION)
                .where(_CONDITION.c.condition_id == condition_id)
                .values(statement_iri=statement_iri)
            )

    def source_of(self, battery_id: str) -> MeasurementSource | None:
        """Return where a battery's readings come from, if not from itself."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(_SOURCE).where(_SOURCE.c.battery_id == battery_id)
            ).first()
        if row is None:
            return None
        return MeasurementSource(
            data_set=row.data_set,
            measured_cell=row.measured_cell,
            scaling=row.scaling,
            source_url=row.source_url,
        )

    def declare_source(self, battery_id: str, source: MeasurementSource) -> None:
        """Declare that a battery's readings were measured elsewhere; replaces what was said."""
        with self._engine.begin() as connection:
            connection.execute(delete(_SOURCE).where(_SOURCE.c.battery_id == battery_id))
            connection.execute(insert(_SOURCE), {"battery_id": battery_id, **asdict(source)})

    def _rows(self, query: object) -> Sequence[ConditionRow]:
        with reading(self._engine) as connection:
            result = connection.execute(query)  # type: ignore[call-overload]  # a select
            return [ConditionRow(**row._mapping) for row in result]  # noqa: SLF001 - SQLAlchemy's
