"""Tables of files of batteries: how far each is, its bytes, and rows that did not come new."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from passport.storage.columns import JSON_TREE, UtcDateTime
from passport.storage.tables import PassportTable


class ImportRecordRow(PassportTable, table=True):
    """One file, and how far it is."""

    __tablename__: ClassVar[str] = "passport_import"
    __table_args__ = (Index("ix_passport_import_organisation_begun", "organisation", "begun_at"),)

    import_id: str = Field(primary_key=True)
    organisation: str
    started_by: str
    roles: list[str] = Field(sa_type=JSON_TREE)
    scopes: list[str] = Field(sa_type=JSON_TREE)
    file_name: str
    model_id: str | None = None
    state: str
    reason: str
    total: int
    last_number: int
    registered: int
    known: int
    refused: int
    begun_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    revision: int


class ImportFileRow(PassportTable, table=True):
    """The bytes of a file as they were sent."""

    __tablename__: ClassVar[str] = "passport_import_file"

    import_id: str = Field(primary_key=True)
    body: bytes = Field(sa_type=LargeBinary)


class ImportOutcomeRow(PassportTable, table=True):
    """One row of a file that was refused, or whose battery was on record already."""

    __tablename__: ClassVar[str] = "passport_import_outcome"

    import_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    outcome: str
    problems: list[dict[str, Any]] = Field(sa_type=JSON_TREE)
