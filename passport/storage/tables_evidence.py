"""Tables of what is proven to others: DID documents, status lists, time stamps."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, LargeBinary
from sqlmodel import Column, Field

from passport.storage.columns import SEQUENCE, UtcDateTime
from passport.storage.tables import PassportTable


class DidDocumentRow(PassportTable, table=True):
    """One version of an operator's DID document: exactly the bytes that were served."""

    __tablename__: ClassVar[str] = "passport_did_document"

    operator: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    did: str
    body: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(
        sa_column=Column(
            LargeBinary, ForeignKey("passport_leaf.digest"), nullable=False, unique=True
        )
    )
    published_at: datetime = Field(sa_type=UtcDateTime)


class StatusListVersionRow(PassportTable, table=True):
    """One version of a status list: exactly the bytes that were signed."""

    __tablename__: ClassVar[str] = "passport_status_list_version"

    list_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    body: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(
        sa_column=Column(
            LargeBinary, ForeignKey("passport_leaf.digest"), nullable=False, unique=True
        )
    )
    valid_from: datetime = Field(sa_type=UtcDateTime)


class TimeStampRow(PassportTable, table=True):
    """One token over a checkpoint of the log; the first one stamps it, the others renew."""

    __tablename__: ClassVar[str] = "passport_time_stamp"

    size: int = Field(sa_column=Column(SEQUENCE, primary_key=True, autoincrement=False))
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    token: bytes = Field(sa_type=LargeBinary)
    authority: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    holds_until: datetime = Field(sa_type=UtcDateTime)
