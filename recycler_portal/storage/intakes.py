"""Intakes on a SQL database; the caller commits."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms, Volts
from recycler_portal.domain.errors import IntakeNotFoundError
from recycler_portal.domain.intake import (
    Answering,
    Intake,
    IntakeId,
    Observation,
    Photo,
    Release,
)
from recycler_portal.domain.waste_battery import Origin, Sign
from recycler_portal.services.ports import PhotoContent, Request
from recycler_portal.storage.decisions import decision_from, decision_tree
from recycler_portal.storage.requests import require_same, update_one
from recycler_portal.storage.tables import IntakeRow, PhotoRow


class SqlIntakeRegister:
    """IntakeRegister on a SQL session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_number(self, organisation: str, year: int) -> int:
        """Return the next local number of an organisation in a year."""
        return _count_like(self._session, organisation, f"{organisation}-{year}-%") + 1

    def add(self, intake: Intake, request: Request, photos: Sequence[PhotoContent]) -> None:
        """Record an intake with its photos."""
        self._session.add(
            IntakeRow(**_columns(intake), request_key=request.key, request_digest=request.digest)
        )
        self._session.flush()
        for position, photo in enumerate(photos):
            self._session.add(
                PhotoRow(
                    intake_id=intake.intake_id,
                    position=position,
                    digest=photo.digest,
                    media_type=photo.media_type,
                    shows=photo.shows,
                    content=photo.content,
                )
            )
        self._session.flush()

    def save(self, intake: Intake) -> None:
        """Store a changed intake if its revision is still the one that was read."""
        statement = (
            update(IntakeRow)
            .where(col(IntakeRow.intake_id) == intake.intake_id)
            .where(col(IntakeRow.revision) == intake.revision)
            .values(_columns(intake) | {"revision": intake.revision + 1})
        )
        update_one(self._session, statement, f"intake {intake.intake_id}")

    def read(self, intake_id: str, *, organisation: str) -> Intake:
        """Return an intake of an organisation.

        Raises:
            IntakeNotFoundError: There is none under this number, or it is another's.
        """
        row = self._session.get(IntakeRow, intake_id)
        if row is None or row.organisation != organisation:
            raise IntakeNotFoundError(f"there is no intake {intake_id} at {organisation}")
        return self._intake(row)

    def find_request(self, organisation: str, request: Request) -> Intake | None:
        """Return what the same request made before.

        Raises:
            IdempotencyConflictError: The key came with another content.
        """
        query = select(IntakeRow).where(
            IntakeRow.organisation == organisation, IntakeRow.request_key == request.key
        )
        row = self._session.exec(query).first()
        if row is None:
            return None
        require_same(request, row.request_digest)
        return self._intake(row)

    def here(self, battery_id: BatteryId) -> Sequence[Intake]:
        """Return the intakes of a battery that it has not left."""
        query = (
            select(IntakeRow)
            .where(IntakeRow.battery_id == battery_id, col(IntakeRow.left_at).is_(None))
            .order_by(col(IntakeRow.taken_in_at))
        )
        return [self._intake(row) for row in self._session.exec(query)]

    def waiting_at(self, organisation: str, *, limit: int) -> Sequence[Intake]:
        """Return the batteries in no batch, the newest first."""
        query = (
            select(IntakeRow)
            .where(
                IntakeRow.organisation == organisation,
                IntakeRow.batch_id == "",
                col(IntakeRow.left_at).is_(None),
            )
            .order_by(col(IntakeRow.taken_in_at).desc(), col(IntakeRow.intake_id).desc())
            .limit(limit)
        )
        return [self._intake(row) for row in self._session.exec(query)]

    def answer(self, intake_id: IntakeId, answering: Answering, responsible: str) -> None:
        """Record who answers for a battery."""
        statement = (
            update(IntakeRow)
            .where(col(IntakeRow.intake_id) == intake_id)
            .values(
                answering=answering.value,
                responsible=responsible,
                revision=col(IntakeRow.revision) + 1,
            )
        )
        update_one(self._session, statement, f"intake {intake_id}")

    def photo(self, intake_id: str, position: int, *, organisation: str) -> PhotoContent:
        """Return a photo of an organisation's intake.

        Raises:
            IntakeNotFoundError: There is no such photo.
        """
        self.read(intake_id, organisation=organisation)
        row = self._session.get(PhotoRow, (intake_id, position))
        if row is None:
            raise IntakeNotFoundError(f"intake {intake_id} has no photo {position}")
        return PhotoContent(
            content=row.content, media_type=row.media_type, digest=row.digest, shows=row.shows
        )

    def _intake(self, row: IntakeRow) -> Intake:
        query = (
            select(PhotoRow.digest, PhotoRow.shows)
            .where(PhotoRow.intake_id == row.intake_id)
            .order_by(col(PhotoRow.position))
        )
        photos = tuple(
            Photo(digest=digest, shows=shows) for digest, shows in self._session.exec(query)
        )
        return Intake(
            intake_id=IntakeId(row.intake_id),
            organisation=row.organisation,
            taken_in_by=row.taken_in_by,
            taken_in_at=row.taken_in_at,
            observation=_observation(row, photos),
            decision=decision_from(row.decision),
            collected_in=row.collected_in,
            answering=Answering(row.answering),
            responsible=row.responsible,
            release=(
                Release(by=row.released_by, reason=row.release_reason) if row.released_by else None
            ),
            batch=row.batch_id,
            left_at=row.left_at,
            revision=row.revision,
        )


def _count_like(session: Session, organisation: str, pattern: str) -> int:
    query = (
        select(func.count())
        .select_from(IntakeRow)
        .where(IntakeRow.organisation == organisation, col(IntakeRow.intake_id).like(pattern))
    )
    return session.exec(query).one()


def _observation(row: IntakeRow, photos: tuple[Photo, ...]) -> Observation:
    dimensions = None
    if row.dimensions_mm is not None:
        length, width, height = (Decimal(one) for one in row.dimensions_mm)
        dimensions = (length, width, height)
    voltage = row.measured_voltage_v
    return Observation(
        site=row.site,
        country=row.country,
        day=row.day,
        origin=Origin(row.origin),
        battery_id=None if row.battery_id is None else BatteryId(row.battery_id),
        marks=row.marks,
        mass=None if row.mass_kg is None else Kilograms(Decimal(row.mass_kg)),
        dimensions_mm=dimensions,
        voltage=None if voltage is None else Volts(Decimal(voltage)),
        signs=frozenset(Sign(one) for one in row.signs),
        photos=photos,
        note=row.note,
    )


def _columns(intake: Intake) -> dict[str, Any]:
    seen = intake.observation
    return {
        "intake_id": intake.intake_id,
        "organisation": intake.organisation,
        "site": seen.site,
        "country": seen.country,
        "day": seen.day,
        "origin": seen.origin.value,
        "battery_id": seen.battery_id,
        "marks": seen.marks,
        "mass_kg": None if seen.mass is None else format(seen.mass, "f"),
        "dimensions_mm": (
            None if seen.dimensions_mm is None else [format(one, "f") for one in seen.dimensions_mm]
        ),
        "measured_voltage_v": None if seen.voltage is None else format(seen.voltage, "f"),
        "signs": sorted(seen.signs),
        "note": seen.note,
        "decision": decision_tree(intake.decision),
        "collected_in": intake.collected_in,
        "taken_in_by": intake.taken_in_by,
        "taken_in_at": intake.taken_in_at,
        "answering": intake.answering.value,
        "responsible": intake.responsible,
        "released_by": intake.release.by if intake.release else "",
        "release_reason": intake.release.reason if intake.release else "",
        "batch_id": intake.batch,
        "left_at": intake.left_at,
        "revision": intake.revision,
    }
