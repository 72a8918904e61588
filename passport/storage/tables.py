"""Tables of the log, the jobs and the idempotency keys; one ``MetaData`` for all of passport.

A table of another topic is a subclass of ``PassportTable`` in a module of its own,
``passport.storage.tables_<topic>``.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, MetaData, Uuid, text
from sqlalchemy.orm import registry
from sqlmodel import Column, Field, SQLModel

from passport.storage.columns import JSON_TREE, SEQUENCE, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables begin with ``passport_``; constraints have names that a migration can find."""


class PassportTable(SQLModel, registry=registry(metadata=metadata)):
    """Base of each table of this package."""


class LeafRow(PassportTable, table=True):
    """One entry of the transparency log; without an index it still waits for the sequencer."""

    __tablename__: ClassVar[str] = "passport_leaf"
    __table_args__ = (
        CheckConstraint("length(digest) = 32", name="digest_is_sha256"),
        Index(
            "ix_passport_leaf_waiting",
            "seq",
            postgresql_where=text("leaf_index IS NULL"),
            sqlite_where=text("leaf_index IS NULL"),
        ),
    )

    seq: int | None = Field(
        default=None, sa_column=Column(SEQUENCE, primary_key=True, autoincrement=True)
    )
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    kind: str
    leaf_index: int | None = Field(default=None, sa_column=Column(SEQUENCE, unique=True))
    created_at: datetime = Field(sa_type=UtcDateTime)


class CheckpointRow(PassportTable, table=True):
    """One signed tree head; the one with the largest size is the truth about the log."""

    __tablename__: ClassVar[str] = "passport_checkpoint"

    size: int = Field(sa_column=Column(SEQUENCE, primary_key=True, autoincrement=False))
    root: bytes = Field(sa_type=LargeBinary)
    note: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class TileRow(PassportTable, table=True):
    """One tile of the tree, full or at the right edge; derived from the leaves.

    A tile only grows at its end, so each narrower tile is a prefix of ``hashes``.
    """

    __tablename__: ClassVar[str] = "passport_tile"

    level: int = Field(primary_key=True)
    tile_index: int = Field(sa_column=Column(SEQUENCE, primary_key=True, autoincrement=False))
    width: int
    hashes: bytes = Field(sa_type=LargeBinary)


class JobRow(PassportTable, table=True):
    """One thing to do later, at least once; kept when it is done, or given up with its reason."""

    __tablename__: ClassVar[str] = "passport_job"
    __table_args__ = (
        Index(
            "uq_passport_job_untried_dedupe_key",
            "dedupe_key",
            unique=True,
            postgresql_where=text("attempts = 0"),
            sqlite_where=text("attempts = 0"),
        ),
        Index(
            "ix_passport_job_open",
            "run_at",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
            sqlite_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
    )

    id: UUID = Field(sa_type=Uuid, primary_key=True)
    kind: str
    payload: dict[str, Any] = Field(sa_type=JSON_TREE)
    dedupe_key: str | None = None
    run_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dead_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdempotencyRow(PassportTable, table=True):
    """What a request with an idempotency key was answered."""

    __tablename__: ClassVar[str] = "passport_idempotency"
    __table_args__ = (
        CheckConstraint("length(request_digest) = 32", name="request_digest_is_sha256"),
    )

    organisation: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_digest: bytes = Field(sa_type=LargeBinary)
    response_status: int
    response_body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
