"""Batches on a SQL database; the caller commits."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms
from recycler_portal.domain.batch import (
    Batch,
    BatchBattery,
    BatchId,
    BatchStep,
    Intermediate,
    Stage,
)
from recycler_portal.domain.errors import BatchNotFoundError
from recycler_portal.domain.intake import IntakeId
from recycler_portal.domain.recovery import (
    ChemistryFamily,
    InputRow,
    OutputFraction,
    RecyclingStep,
)
from recycler_portal.services.ports import Request
from recycler_portal.storage.requests import require_same, update_one
from recycler_portal.storage.tables import BatchBatteryRow, BatchRow, FractionRow, StepRow


class SqlBatchRegister:
    """BatchRegister on a SQL session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_number(self, organisation: str, year: int) -> int:
        """Return the next number of an organisation in a year."""
        query = (
            select(func.count())
            .select_from(BatchRow)
            .where(
                BatchRow.organisation == organisation,
                col(BatchRow.batch_id).like(f"{organisation}-B-{year}-%"),
            )
        )
        return self._session.exec(query).one() + 1

    def add(self, batch: Batch, request: Request) -> None:
        """Record a batch with its batteries."""
        self._session.add(
            BatchRow(**_columns(batch), request_key=request.key, request_digest=request.digest)
        )
        self._session.flush()
        for position, one in enumerate(batch.batteries):
            self._session.add(
                BatchBatteryRow(
                    intake_id=one.intake_id,
                    batch_id=batch.batch_id,
                    position=position,
                    battery_id=one.battery_id,
                    country=one.country,
                    mass_kg=_text(one.mass),
                    stage=one.stage.value,
                )
            )
        self._session.flush()

    def add_step(self, batch: Batch, step: BatchStep, request: Request) -> None:
        """Store the batch's newest step if its revision is still the one that was read."""
        self._advance(batch)
        number = len(batch.steps)
        self._session.add(
            StepRow(
                batch_id=batch.batch_id,
                number=number,
                name=step.step.name,
                operator=step.step.operator,
                country=step.step.country,
                is_preparation=step.step.is_preparation,
                cadmium_waste_kg=_text(step.step.cadmium_waste),
                mercury_waste_kg=_text(step.step.mercury_waste),
                intermediates=[
                    {"label": one.label, "mass_kg": _text(one.mass), "next_step": one.next_step}
                    for one in step.intermediates
                ],
                recorded_by=step.recorded_by,
                recorded_at=step.recorded_at,
                request_key=request.key,
                request_digest=request.digest,
            )
        )
        self._session.flush()
        for position, output in enumerate(step.step.outputs):
            self._session.add(_fraction_row(batch.batch_id, number, position, output))
        self._session.flush()

    def remove_last_step(self, batch: Batch) -> None:
        """Remove the step after the batch's last if its revision is still the one that was read."""
        self._advance(batch)
        number = len(batch.steps) + 1
        for row in (FractionRow, StepRow):
            self._session.execute(
                delete(row)
                .where(col(row.batch_id) == batch.batch_id)
                .where(col(row.number) == number)
            )

    def save(self, batch: Batch) -> None:
        """Store a changed batch if its revision is still the one that was read."""
        self._advance(batch)
        for one in batch.batteries:
            self.set_stage(one.intake_id, one.stage)

    def read(self, batch_id: str, *, organisation: str) -> Batch:
        """Return a batch of an organisation.

        Raises:
            BatchNotFoundError: There is none under this number, or it is another's.
        """
        row = self._session.get(BatchRow, batch_id)
        if row is None or row.organisation != organisation:
            raise BatchNotFoundError(f"there is no batch {batch_id} at {organisation}")
        return self._batch(row)

    def find_request(self, organisation: str, request: Request) -> Batch | None:
        """Return what the same request made before.

        Raises:
            IdempotencyConflictError: The key came with another content.
        """
        query = select(BatchRow).where(
            BatchRow.organisation == organisation, BatchRow.request_key == request.key
        )
        row = self._session.exec(query).first()
        if row is None:
            return None
        require_same(request, row.request_digest)
        return self._batch(row)

    def has_step(self, batch_id: str, request: Request) -> bool:
        """Whether the same request recorded a step before.

        Raises:
            IdempotencyConflictError: The key came with another content.
        """
        query = select(StepRow).where(
            StepRow.batch_id == batch_id, StepRow.request_key == request.key
        )
        row = self._session.exec(query).first()
        if row is None:
            return False
        require_same(request, row.request_digest)
        return True

    def of(self, organisation: str, *, limit: int) -> Sequence[Batch]:
        """Return an organisation's batches, the newest first."""
        query = (
            select(BatchRow)
            .where(BatchRow.organisation == organisation)
            .order_by(col(BatchRow.opened_at).desc(), col(BatchRow.batch_id).desc())
            .limit(limit)
        )
        return [self._batch(row) for row in self._session.exec(query)]

    def set_stage(self, intake_id: IntakeId, stage: Stage) -> None:
        """Record how far a battery is on the passport's record."""
        statement = (
            update(BatchBatteryRow)
            .where(col(BatchBatteryRow.intake_id) == intake_id)
            .values(stage=stage.value)
        )
        update_one(self._session, statement, f"the battery of intake {intake_id}")

    def _advance(self, batch: Batch) -> None:
        statement = (
            update(BatchRow)
            .where(col(BatchRow.batch_id) == batch.batch_id)
            .where(col(BatchRow.revision) == batch.revision)
            .values(
                closed_at=batch.closed_at,
                wet_mass_kg=_text(batch.wet_mass),
                water_kg=_text(batch.water),
                rows=_input_trees(batch),
                revision=batch.revision + 1,
            )
        )
        update_one(self._session, statement, f"batch {batch.batch_id}")

    def _batch(self, row: BatchRow) -> Batch:
        return Batch(
            batch_id=BatchId(row.batch_id),
            organisation=row.organisation,
            site=row.site,
            country=row.country,
            family=ChemistryFamily(row.family),
            main_chemistry=row.main_chemistry,
            wet_mass=Kilograms(Decimal(row.wet_mass_kg)),
            water=Kilograms(Decimal(row.water_kg)),
            rows=tuple(_input_row(one) for one in row.rows),
            batteries=self._batteries(row.batch_id),
            opened_by=row.opened_by,
            opened_at=row.opened_at,
            steps=self._steps(row.batch_id),
            closed_at=row.closed_at,
            revision=row.revision,
        )

    def _batteries(self, batch_id: str) -> tuple[BatchBattery, ...]:
        query = (
            select(BatchBatteryRow)
            .where(BatchBatteryRow.batch_id == batch_id)
            .order_by(col(BatchBatteryRow.position))
        )
        return tuple(
            BatchBattery(
                intake_id=IntakeId(row.intake_id),
                country=row.country,
                battery_id=None if row.battery_id is None else BatteryId(row.battery_id),
                mass=None if row.mass_kg is None else Kilograms(Decimal(row.mass_kg)),
                stage=Stage(row.stage),
            )
            for row in self._session.exec(query)
        )

    def _steps(self, batch_id: str) -> tuple[BatchStep, ...]:
        outputs: dict[int, list[OutputFraction]] = {}
        fractions = (
            select(FractionRow)
            .where(FractionRow.batch_id == batch_id)
            .order_by(col(FractionRow.number), col(FractionRow.position))
        )
        for fraction in self._session.exec(fractions):
            outputs.setdefault(fraction.number, []).append(_fraction(fraction))
        steps = select(StepRow).where(StepRow.batch_id == batch_id).order_by(col(StepRow.number))
        return tuple(_step(row, outputs.get(row.number, [])) for row in self._session.exec(steps))


def _columns(batch: Batch) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "organisation": batch.organisation,
        "site": batch.site,
        "country": batch.country,
        "family": batch.family.value,
        "main_chemistry": batch.main_chemistry,
        "wet_mass_kg": _text(batch.wet_mass),
        "water_kg": _text(batch.water),
        "rows": _input_trees(batch),
        "opened_by": batch.opened_by,
        "opened_at": batch.opened_at,
        "closed_at": batch.closed_at,
        "revision": batch.revision,
    }


def _input_trees(batch: Batch) -> list[dict[str, Any]]:
    return [
        {
            "substance": row.substance,
            "mass_kg": _text(row.mass),
            "recovery_basis_kg": _text(row.recovery_basis),
        }
        for row in batch.rows
    ]


def _input_row(tree: dict[str, Any]) -> InputRow:
    return InputRow(
        substance=tree["substance"],
        mass=_decimal(tree["mass_kg"]),
        recovery_basis=_decimal(tree["recovery_basis_kg"]),
    )


def _step(row: StepRow, outputs: list[OutputFraction]) -> BatchStep:
    return BatchStep(
        step=RecyclingStep(
            name=row.name,
            operator=row.operator,
            country=row.country,
            is_preparation=row.is_preparation,
            outputs=tuple(outputs),
            cadmium_waste=_decimal(row.cadmium_waste_kg),
            mercury_waste=_decimal(row.mercury_waste_kg),
        ),
        intermediates=tuple(
            Intermediate(
                label=one["label"],
                mass=Kilograms(Decimal(one["mass_kg"])),
                next_step=one["next_step"],
            )
            for one in row.intermediates
        ),
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def _fraction(row: FractionRow) -> OutputFraction:
    return OutputFraction(
        substance=row.substance,
        mass=Decimal(row.mass_kg),
        recovered_mass=Decimal(row.recovered_mass_kg),
        in_slag=row.in_slag,
        in_third_country=row.in_third_country,
        has_evidence=row.has_evidence,
        label=row.label,
        destination=row.destination,
    )


def _fraction_row(batch_id: str, number: int, position: int, output: OutputFraction) -> FractionRow:
    return FractionRow(
        batch_id=batch_id,
        number=number,
        position=position,
        substance=output.substance,
        mass_kg=format(output.mass, "f"),
        recovered_mass_kg=format(output.recovered_mass, "f"),
        in_slag=output.in_slag,
        in_third_country=output.in_third_country,
        has_evidence=output.has_evidence,
        label=output.label,
        destination=output.destination,
    )


def _text(mass: Decimal | None) -> str | None:
    return None if mass is None else format(mass, "f")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
