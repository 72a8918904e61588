"""Tables of the end of life; between packages a battery is named by its ``BatteryId``."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import registry
from sqlmodel import Column, Field, SQLModel

from recycler_portal.storage.columns import JSON_TREE, UtcMilliseconds

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables begin with ``eol_``; constraints have names that a migration can find."""


class EolTable(SQLModel, registry=registry(metadata=metadata)):
    """Base of each table of this package."""


class IntakeRow(EolTable, table=True):
    """One battery that was taken in; masses and lengths are exact texts."""

    __tablename__: ClassVar[str] = "eol_intake"
    __table_args__ = (
        UniqueConstraint("organisation", "request_key"),
        Index("ix_eol_intake_organisation_taken_in_at", "organisation", "taken_in_at"),
    )

    intake_id: str = Field(primary_key=True)
    organisation: str
    site: str
    country: str
    day: date
    origin: str
    battery_id: str | None = Field(default=None, index=True)
    marks: str
    mass_kg: str | None = None
    dimensions_mm: list[str] | None = Field(default=None, sa_column=Column(JSON_TREE))
    measured_voltage_v: str | None = None
    signs: list[str] = Field(sa_type=JSON_TREE)
    note: str
    decision: dict[str, Any] = Field(sa_type=JSON_TREE)
    collected_in: str
    taken_in_by: str
    taken_in_at: datetime = Field(sa_type=UtcMilliseconds)
    answering: str
    responsible: str
    released_by: str
    release_reason: str
    batch_id: str
    left_at: datetime | None = Field(default=None, sa_column=Column(UtcMilliseconds))
    request_key: str
    request_digest: bytes = Field(sa_type=LargeBinary)
    revision: int


class PhotoRow(EolTable, table=True):
    """One photo of a battery, kept as it came."""

    __tablename__: ClassVar[str] = "eol_photo"

    intake_id: str = Field(
        sa_column=Column(ForeignKey("eol_intake.intake_id"), primary_key=True, nullable=False)
    )
    position: int = Field(primary_key=True)
    digest: str
    media_type: str
    shows: str
    content: bytes = Field(sa_type=LargeBinary)


class BatchRow(EolTable, table=True):
    """One batch with what entered, by substance."""

    __tablename__: ClassVar[str] = "eol_batch"
    __table_args__ = (
        UniqueConstraint("organisation", "request_key"),
        Index("ix_eol_batch_organisation_opened_at", "organisation", "opened_at"),
    )

    batch_id: str = Field(primary_key=True)
    organisation: str
    site: str
    country: str
    family: str
    main_chemistry: str
    wet_mass_kg: str
    water_kg: str
    rows: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    opened_by: str
    opened_at: datetime = Field(sa_type=UtcMilliseconds)
    closed_at: datetime | None = Field(default=None, sa_column=Column(UtcMilliseconds))
    request_key: str
    request_digest: bytes = Field(sa_type=LargeBinary)
    revision: int


class BatchBatteryRow(EolTable, table=True):
    """One battery in a batch; a battery goes into recycling once."""

    __tablename__: ClassVar[str] = "eol_batch_battery"

    intake_id: str = Field(
        sa_column=Column(ForeignKey("eol_intake.intake_id"), primary_key=True, nullable=False)
    )
    batch_id: str = Field(
        sa_column=Column(ForeignKey("eol_batch.batch_id"), index=True, nullable=False)
    )
    position: int
    battery_id: str | None = Field(default=None, index=True)
    country: str
    mass_kg: str | None = None
    stage: str


class StepRow(EolTable, table=True):
    """One step of a batch."""

    __tablename__: ClassVar[str] = "eol_step"
    __table_args__ = (UniqueConstraint("batch_id", "request_key"),)

    batch_id: str = Field(
        sa_column=Column(ForeignKey("eol_batch.batch_id"), primary_key=True, nullable=False)
    )
    number: int = Field(primary_key=True)
    name: str
    operator: str
    country: str
    is_preparation: bool
    cadmium_waste_kg: str | None = None
    mercury_waste_kg: str | None = None
    intermediates: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcMilliseconds)
    request_key: str
    request_digest: bytes = Field(sa_type=LargeBinary)


class FractionRow(EolTable, table=True):
    """One substance in one output fraction of a step."""

    __tablename__: ClassVar[str] = "eol_fraction"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id", "number"], ["eol_step.batch_id", "eol_step.number"]),
    )

    batch_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    substance: str
    mass_kg: str
    recovered_mass_kg: str
    in_slag: bool
    in_third_country: bool
    has_evidence: bool
    label: str
    destination: str


class TaskRow(EolTable, table=True):
    """Something a person has to do."""

    __tablename__: ClassVar[str] = "eol_task"
    __table_args__ = (Index("ix_eol_task_organisation_done_at", "organisation", "done_at"),)

    task_id: str = Field(primary_key=True)
    organisation: str
    kind: str
    about: str
    text: str
    created_at: datetime = Field(sa_type=UtcMilliseconds)
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcMilliseconds))
    done_by: str


class MessageRow(EolTable, table=True):
    """Something the passport's record has to be told, until it was."""

    __tablename__: ClassVar[str] = "eol_outbox"
    __table_args__ = (Index("ix_eol_outbox_done_at", "done_at"),)

    message_id: str = Field(primary_key=True)
    kind: str
    organisation: str
    roles: list[str] = Field(sa_type=JSON_TREE)
    actor_name: str
    intake_id: str
    battery_id: str
    facts: dict[str, str] = Field(sa_type=JSON_TREE)
    created_at: datetime = Field(sa_type=UtcMilliseconds)
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcMilliseconds))
    outcome: str
