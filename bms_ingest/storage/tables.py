"""Tables of telemetry; one ``MetaData``, all names begin with ``ingest_``.

Instants are whole milliseconds of UTC, as frames carry them.
"""

from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Column, Field, SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")
"""A counting key: SQLite counts only in a column declared INTEGER."""
JSON_TREE = JSON().with_variant(JSONB(), "postgresql")
"""A tree of plain values."""


class IngestTable(SQLModel, registry=registry(metadata=metadata)):
    """Base of each table of this package."""


class LedgerRow(IngestTable, table=True):
    """One durable record of the spool: frames of one battery, epoch and day."""

    __tablename__: ClassVar[str] = "ingest_ledger"
    __table_args__ = (
        UniqueConstraint("segment", "record_offset"),
        Index("ix_ingest_ledger_range", "battery_id", "epoch", "first_seq"),
        Index("ix_ingest_ledger_day", "battery_id", "day"),
        Index(
            "ix_ingest_ledger_unfolded",
            "battery_id",
            postgresql_where=text("NOT folded"),
            sqlite_where=text("NOT folded"),
        ),
    )

    id: int | None = Field(
        default=None, sa_column=Column(SEQUENCE, primary_key=True, autoincrement=True)
    )
    battery_id: str
    epoch: int = Field(sa_type=BigInteger)
    day: int
    first_seq: int = Field(sa_type=BigInteger)
    last_seq: int = Field(sa_type=BigInteger)
    frame_count: int
    segment: str
    record_offset: int = Field(sa_type=BigInteger)
    record_length: int = Field(sa_type=BigInteger)
    digest: bytes = Field(sa_type=LargeBinary)
    received_ms: int = Field(sa_type=BigInteger)
    folded: bool = False


class QuarantineRow(IngestTable, table=True):
    """One frame as it came that was set aside, or kept without a reading."""

    __tablename__: ClassVar[str] = "ingest_quarantine"
    __table_args__ = (Index("ix_ingest_quarantine_battery", "battery_id", "received_ms"),)

    digest_hex: str = Field(primary_key=True)
    battery_id: str
    reason: str
    kept: bool
    raw: bytes = Field(sa_type=LargeBinary)
    received_ms: int = Field(sa_type=BigInteger)


class DayRow(IngestTable, table=True):
    """What the frames of one battery and one UTC day amount to."""

    __tablename__: ClassVar[str] = "ingest_day"

    battery_id: str = Field(primary_key=True)
    day: int = Field(primary_key=True)
    closed: bool
    overflown: bool
    traits_digest_hex: str
    frame_count: int
    stretches: bytes = Field(sa_type=LargeBinary)
    readings_digest_hex: str | None = None


class ConditionRow(IngestTable, table=True):
    """One condition report, and the statement that was signed of it."""

    __tablename__: ClassVar[str] = "ingest_condition"
    __table_args__ = (
        Index("ix_ingest_condition_battery", "battery_id", "measured_ms"),
        Index(
            "ix_ingest_condition_unsigned",
            "created_ms",
            postgresql_where=text("statement_iri IS NULL"),
            sqlite_where=text("statement_iri IS NULL"),
        ),
    )

    condition_id: str = Field(primary_key=True)
    battery_id: str
    measured_ms: int = Field(sa_type=BigInteger)
    created_ms: int = Field(sa_type=BigInteger)
    occasion: str
    status: str
    harmful: list[int] = Field(sa_type=JSON_TREE)
    content: dict[str, Any] = Field(sa_type=JSON_TREE)
    statement_iri: str | None = None


class SourceRow(IngestTable, table=True):
    """Where the readings of a battery come from, if they were not measured on itself."""

    __tablename__: ClassVar[str] = "ingest_source"

    battery_id: str = Field(primary_key=True)
    data_set: str
    measured_cell: str
    scaling: str
    source_url: str = ""
