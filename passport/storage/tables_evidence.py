"""Tables of what is proven to others: versions of DID documents and of status lists."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, LargeBinary
from sqlmodel import Column, Field

from passport.storage.columns import UtcDateTime
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
