"""Tables of the record: operators, models, batteries, statements, events, second lives."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary
from sqlmodel import Column, Field

from passport.storage.columns import JSON_TREE, UtcDateTime
from passport.storage.tables import PassportTable


class OperatorRow(PassportTable, table=True):
    """One organisation with a DID; its keys' public parts in the order they were made."""

    __tablename__: ClassVar[str] = "passport_operator"

    slug: str = Field(primary_key=True)
    name: str
    operator_uri: str
    country: str
    base_url: str
    did: str = Field(unique=True)
    roles: list[str] = Field(sa_type=JSON_TREE)
    keys: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    key_revision: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default="0")
    )
    gtin_prefixes: list[str] = Field(
        sa_column=Column(JSON_TREE, nullable=False, server_default="[]")
    )
    former_hosts: list[str] = Field(
        sa_column=Column(JSON_TREE, nullable=False, server_default="[]")
    )
    created_at: datetime = Field(sa_type=UtcDateTime)


class DelegateRow(PassportTable, table=True):
    """A written authorisation of one operator by another (Art. 77(4))."""

    __tablename__: ClassVar[str] = "passport_delegate"

    operator: str = Field(primary_key=True)
    delegate: str = Field(primary_key=True)
    document_digest: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class ProducerRegistrationRow(PassportTable, table=True):
    """One line of a national register of producers."""

    __tablename__: ClassVar[str] = "passport_producer_registration"

    country: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    register_number: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    operator: str = Field(primary_key=True)
    party: str
    valid_from: date
    valid_until: date | None = None


class ModelRow(PassportTable, table=True):
    """One battery model as it was entered."""

    __tablename__: ClassVar[str] = "passport_model"

    model_id: str = Field(primary_key=True)
    operator: str = Field(index=True)
    base_url: str
    category: str
    sub_type: str | None = None
    name: str
    content: dict[str, Any] = Field(sa_type=JSON_TREE)
    revision: int


class BatteryRow(PassportTable, table=True):
    """One battery and where it stands in its life."""

    __tablename__: ClassVar[str] = "passport_battery"
    __table_args__ = (
        Index("ix_passport_battery_responsible", "responsible", "battery_id"),
        Index("ix_passport_battery_holder", "holder", "battery_id"),
    )

    battery_id: str = Field(primary_key=True)
    model_id: str = Field(
        sa_column=Column(ForeignKey("passport_model.model_id"), index=True, nullable=False)
    )
    base_url: str
    category: str
    sub_type: str | None = None
    status: str
    state: str
    responsible: str
    registered_by: str
    holder: str
    placed_on_market_on: date | None = None
    registered_at: datetime = Field(sa_type=UtcDateTime)
    content: dict[str, Any] = Field(sa_type=JSON_TREE)
    content_digest_hex: str
    parts: int
    parts_recycled: int
    revision: int


class StatementRow(PassportTable, table=True):
    """One signed statement: exactly the bytes that were signed."""

    __tablename__: ClassVar[str] = "passport_statement"
    __table_args__ = (
        Index("uq_passport_statement_series_version", "series", "version", unique=True),
        Index("uq_passport_statement_status_place", "status_list", "status_index", unique=True),
        Index("ix_passport_statement_about", "about", "kind"),
    )

    statement_id: str = Field(primary_key=True)
    iri: str
    kind: str
    series: str
    version: int
    about: str
    point: str
    issuer: str
    digest: bytes = Field(
        sa_column=Column(
            LargeBinary, ForeignKey("passport_leaf.digest"), nullable=False, unique=True
        )
    )
    body: bytes = Field(sa_type=LargeBinary)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    status_list: str
    status_index: int


class StatusListRow(PassportTable, table=True):
    """One status list of an operator, as it is signed now."""

    __tablename__: ClassVar[str] = "passport_status_list"

    list_id: str = Field(primary_key=True)
    group_id: str
    purpose: str
    operator: str = Field(index=True)
    marked: list[int] = Field(sa_type=JSON_TREE)
    body: bytes = Field(sa_type=LargeBinary)
    valid_from: datetime = Field(sa_type=UtcDateTime)
    valid_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int


class EventRow(PassportTable, table=True):
    """Something that happened to one battery."""

    __tablename__: ClassVar[str] = "passport_event"
    __table_args__ = (Index("ix_passport_event_battery", "battery_id", "recorded_at"),)

    event_id: str = Field(primary_key=True)
    battery_id: str
    kind: str
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    reported_by: str
    statement_id: str
    facts: dict[str, Any] = Field(sa_type=JSON_TREE)


class CommitmentRow(PassportTable, table=True):
    """An unsigned event: its text and the salt behind the digest in the log."""

    __tablename__: ClassVar[str] = "passport_commitment"
    __table_args__ = (CheckConstraint("length(salt) = 32", name="salt_is_256_bits"),)

    commitment_id: str = Field(primary_key=True)
    kind: str
    about: str = Field(index=True)
    body: bytes = Field(sa_type=LargeBinary)
    salt: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class NoticeRow(PassportTable, table=True):
    """Something an organisation is told or asked to do."""

    __tablename__: ClassVar[str] = "passport_notice"
    __table_args__ = (Index("ix_passport_notice_organisation", "organisation", "created_at"),)

    notice_id: str = Field(primary_key=True)
    organisation: str
    kind: str
    about: str
    text: str
    link: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SuccessionRow(PassportTable, table=True):
    """One second life, from declaration to placing on the market."""

    __tablename__: ClassVar[str] = "passport_succession"

    succession_id: str = Field(primary_key=True)
    battery_id: str = Field(unique=True)
    operation: str
    predecessors: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    evidence: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    declared_by: str
    declared_at: datetime = Field(sa_type=UtcDateTime)
    content: dict[str, Any] = Field(sa_type=JSON_TREE)
    model_id: str
    remanufacturing: dict[str, Any] | None = Field(default=None, sa_type=JSON_TREE)
    placed_on: date | None = None
    disputes: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
    revision: int


class PredecessorRow(PassportTable, table=True):
    """Which battery of ours is an original of which second life."""

    __tablename__: ClassVar[str] = "passport_predecessor"

    succession_id: str = Field(primary_key=True)
    battery_id: str = Field(primary_key=True, index=True)
