"""Grants, accounts, sessions, API keys and attachments on a SQL database."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, or_, select

from passport.domain.access import Audience, Grant
from passport.domain.actor import Role
from passport.domain.battery import Battery
from passport.domain.identifiers import OperatorSlug
from passport.domain.organisation import Account, ApiKey
from passport.storage.rows import Store
from passport.storage.tables_access import (
    AccountRow,
    ApiKeyRow,
    AttachmentReaderRow,
    AttachmentRow,
    GrantRow,
    SessionRow,
)


class SqlGrantRegister:
    """GrantRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, grant_id: str) -> Grant | None:
        """Return a grant."""
        row = self._store.session.get(GrantRow, grant_id)
        return None if row is None else _grant(row)

    def for_battery(self, battery: Battery) -> Sequence[Grant]:
        """Return the grants for a battery or for all of its model."""
        query = select(GrantRow).where(
            or_(
                col(GrantRow.battery_id) == battery.battery_id,
                (col(GrantRow.battery_id) == "") & (col(GrantRow.model_id) == battery.model_id),
            )
        )
        return [_grant(row) for row in self._store.session.exec(query)]

    def of_organisation(self, organisation: str) -> Sequence[Grant]:
        """Return the grants an organisation was given, newest first."""
        query = (
            select(GrantRow)
            .where(GrantRow.organisation == organisation)
            .order_by(col(GrantRow.granted_at).desc())
        )
        return [_grant(row) for row in self._store.session.exec(query)]

    def add(self, grant: Grant) -> None:
        """Record a grant."""
        self._store.writes.add(
            lambda session: session.add(
                GrantRow(
                    grant_id=grant.grant_id,
                    organisation=grant.organisation,
                    battery_id=grant.battery_id,
                    model_id=grant.model_id,
                    audience=grant.audience.value,
                    scopes=sorted(grant.scopes),
                    purpose=grant.purpose,
                    legal_ground=grant.legal_ground,
                    granted_by=grant.granted_by,
                    granted_at=grant.granted_at,
                    expires_at=grant.expires_at,
                    revoked_at=grant.revoked_at,
                )
            )
        )

    def revoke(self, grant_id: str, at: datetime) -> None:
        """End a grant; what was read before stays read."""
        statement = (
            update(GrantRow)
            .where(col(GrantRow.grant_id) == grant_id)
            .where(col(GrantRow.revoked_at).is_(None))
            .values(revoked_at=at)
        )

        def write(session: Session) -> None:
            session.execute(statement)

        self._store.writes.add(write)


class SqlAccountRegister:
    """AccountRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, login: str) -> Account | None:
        """Return an account by its login."""
        row = self._store.session.get(AccountRow, login)
        if row is None:
            return None
        return Account(
            login=row.login,
            organisation=OperatorSlug(row.organisation),
            roles=frozenset(Role(role) for role in row.roles),
            password_hash=row.password_hash,
        )

    def count_of(self, organisation: str) -> int:
        """Return how many people of an organisation have a login."""
        query = select(func.count()).where(col(AccountRow.organisation) == organisation)
        return self._store.session.exec(query).one()

    def add(self, account: Account) -> None:
        """Record an account."""
        self._store.writes.add(
            lambda session: session.add(
                AccountRow(
                    login=account.login,
                    organisation=account.organisation,
                    roles=sorted(role.value for role in account.roles),
                    password_hash=account.password_hash,
                )
            )
        )

    def find_key(self, secret_hash: bytes) -> ApiKey | None:
        """Return an API key by the hash of its secret."""
        query = select(ApiKeyRow).where(ApiKeyRow.secret_hash == secret_hash)
        row = self._store.session.exec(query).first()
        if row is None:
            return None
        return ApiKey(
            key_id=row.key_id,
            organisation=OperatorSlug(row.organisation),
            roles=frozenset(Role(role) for role in row.roles),
            scopes=frozenset(row.scopes),
            secret_hash=row.secret_hash,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )

    def add_key(self, key: ApiKey) -> None:
        """Record an API key."""
        self._store.writes.add(
            lambda session: session.add(
                ApiKeyRow(
                    key_id=key.key_id,
                    organisation=key.organisation,
                    roles=sorted(role.value for role in key.roles),
                    scopes=sorted(key.scopes),
                    secret_hash=key.secret_hash,
                    created_at=key.created_at,
                    expires_at=key.expires_at,
                )
            )
        )

    def start_session(self, token_hash: bytes, login: str, expires_at: datetime) -> None:
        """Record a signed-in browser."""
        self._store.writes.add(
            lambda session: session.add(
                SessionRow(token_hash=token_hash, login=login, expires_at=expires_at)
            )
        )

    def session_login(self, token_hash: bytes, at: datetime) -> str | None:
        """Return whose session this is, unless it has ended."""
        row = self._store.session.get(SessionRow, token_hash)
        return None if row is None or row.expires_at <= at else row.login

    def end_session(self, token_hash: bytes) -> None:
        """Forget a session."""
        statement = delete(SessionRow).where(col(SessionRow.token_hash) == token_hash)

        def write(session: Session) -> None:
            session.execute(statement)

        self._store.writes.add(write)


class SqlAttachmentStore:
    """AttachmentStore in the database: an upload commits with what refers to it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, content: bytes, media_type: str, at: datetime) -> str:
        """Keep bytes durably and return their digest, ``sha256:<hex>``."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"

        def write(session: Session) -> None:
            if session.get(AttachmentRow, digest) is None:
                session.add(
                    AttachmentRow(digest=digest, media_type=media_type, body=content, created_at=at)
                )

        self._store.writes.add(write)
        return digest

    def get(self, digest: str) -> tuple[bytes, str] | None:
        """Return bytes and media type."""
        row = self._store.session.get(AttachmentRow, digest)
        return None if row is None else (row.body, row.media_type)

    def let_read(self, digest: str, organisations: Collection[str]) -> None:
        """Record whom a document concerns, besides those it concerned before."""
        rows = [(digest, organisation) for organisation in sorted(organisations)]

        def write(session: Session) -> None:
            for named, organisation in rows:
                session.merge(AttachmentReaderRow(digest=named, organisation=organisation))

        self._store.writes.add(write)

    def readers_of(self, digest: str) -> frozenset[str]:
        """Return the organisations that a document concerns."""
        query = select(AttachmentReaderRow.organisation).where(AttachmentReaderRow.digest == digest)
        return frozenset(self._store.session.exec(query))


def _grant(row: GrantRow) -> Grant:
    return Grant(
        grant_id=row.grant_id,
        organisation=row.organisation,
        battery_id=row.battery_id,
        model_id=row.model_id,
        audience=Audience(row.audience),
        scopes=frozenset(row.scopes),
        purpose=row.purpose,
        legal_ground=row.legal_ground,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
