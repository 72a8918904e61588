"""Tables of documents: the bytes, who brought them, and which statements name them."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlmodel import Field

from passport.storage.columns import UtcDateTime
from passport.storage.tables import PassportTable


class DocumentRow(PassportTable, table=True):
    """The bytes of one document, named by their SHA-256."""

    __tablename__: ClassVar[str] = "passport_document"

    digest: str = Field(primary_key=True)
    media_type: str
    size_bytes: int
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)


class DocumentUploadRow(PassportTable, table=True):
    """One organisation that brought a document, with what it says of it."""

    __tablename__: ClassVar[str] = "passport_document_upload"

    digest: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True, index=True)
    file_name: str
    title: str
    kind: str
    language: str
    issuer: str
    valid_from: date | None = None
    valid_until: date | None = None
    version: str
    uploaded_at: datetime = Field(sa_type=UtcDateTime)


class DocumentReferenceRow(PassportTable, table=True):
    """A signed statement about a model or battery names a document."""

    __tablename__: ClassVar[str] = "passport_document_reference"

    digest: str = Field(primary_key=True)
    about: str = Field(primary_key=True)
    point: str = Field(primary_key=True)
    issuer: str = Field(primary_key=True)
