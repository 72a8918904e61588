"""Tables of people, logins, grants and attachments; of a secret only its hash."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from passport.storage.columns import JSON_TREE, UtcDateTime
from passport.storage.tables import PassportTable


class AccountRow(PassportTable, table=True):
    """One person's login; the password as argon2id hash."""

    __tablename__: ClassVar[str] = "passport_account"

    login: str = Field(primary_key=True)
    organisation: str = Field(index=True)
    roles: list[str] = Field(sa_type=JSON_TREE)
    password_hash: str


class SessionRow(PassportTable, table=True):
    """One signed-in browser; the token as SHA-256."""

    __tablename__: ClassVar[str] = "passport_session"

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    login: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class ApiKeyRow(PassportTable, table=True):
    """One machine's key; the secret as SHA-256."""

    __tablename__: ClassVar[str] = "passport_api_key"

    key_id: str = Field(primary_key=True)
    organisation: str = Field(index=True)
    roles: list[str] = Field(sa_type=JSON_TREE)
    scopes: list[str] = Field(sa_type=JSON_TREE)
    secret_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GrantRow(PassportTable, table=True):
    """Leave to read or write about a battery or all of a model."""

    __tablename__: ClassVar[str] = "passport_grant"
    __table_args__ = (
        Index("ix_passport_grant_battery", "battery_id"),
        Index("ix_passport_grant_model", "model_id"),
    )

    grant_id: str = Field(primary_key=True)
    organisation: str = Field(index=True)
    battery_id: str
    model_id: str
    audience: str
    scopes: list[str] = Field(sa_type=JSON_TREE)
    purpose: str
    legal_ground: str
    granted_by: str
    granted_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AttachmentRow(PassportTable, table=True):
    """A photograph or document, named by its SHA-256."""

    __tablename__: ClassVar[str] = "passport_attachment"

    digest: str = Field(primary_key=True)
    media_type: str
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)


class AttachmentReaderRow(PassportTable, table=True):
    """One organisation that a photograph or document concerns."""

    __tablename__: ClassVar[str] = "passport_attachment_reader"

    digest: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True)
