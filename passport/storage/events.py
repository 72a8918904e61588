"""Events, salted commitments and notices on a SQL database."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
import uuid_utils
from sqlalchemy import Update, update
from sqlmodel import Session, col, select

from passport.domain.event import Event, EventKind
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Notice
from passport.storage.rows import Store
from passport.storage.tables_record import CommitmentRow, EventRow, NoticeRow

_SALT_BYTES = 32


class SqlEventRegister:
    """EventRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, event: Event) -> None:
        """Record an event."""
        self._store.writes.add(lambda session: session.add(_row(event)))

    def of_battery(self, battery_id: BatteryId) -> Sequence[Event]:
        """Return what happened to a battery, oldest first."""
        query = (
            select(EventRow)
            .where(EventRow.battery_id == battery_id)
            .order_by(col(EventRow.recorded_at), col(EventRow.event_id))
        )
        return [_event(row) for row in self._store.session.exec(query)]

    def find_kind(self, battery_id: BatteryId, kind: EventKind) -> Event | None:
        """Return the newest event of a kind."""
        events = [event for event in self.of_battery(battery_id) if event.kind is kind]
        return events[-1] if events else None

    def commit_to(self, kind: str, about: str, facts: Mapping[str, object], at: datetime) -> None:
        """Log a salted commitment to an unsigned event and keep its text.

        The salt keeps others from guessing a short text out of the public log.
        """
        body = orjson.dumps({"kind": kind, "about": about, "at": at, **facts})
        salt = secrets.token_bytes(_SALT_BYTES)
        digest = hashlib.sha256(salt + body).digest()
        commitment_id = str(uuid_utils.uuid7())

        self._store.add_leaf(digest, kind="commitment", at=at)
        self._store.writes.insert(
            CommitmentRow,
            {
                "commitment_id": commitment_id,
                "kind": kind,
                "about": about,
                "body": body,
                "salt": salt,
                "digest": digest,
                "recorded_at": at,
            },
        )

    def notify(self, notice: Notice) -> None:
        """Tell an organisation something; it sees the notice on its page."""
        self._store.writes.add(
            lambda session: session.add(
                NoticeRow(
                    notice_id=notice.notice_id,
                    organisation=notice.organisation,
                    kind=notice.kind,
                    about=notice.about,
                    text=notice.text,
                    link=notice.link,
                    created_at=notice.created_at,
                    closed_at=notice.closed_at,
                )
            )
        )

    def notices_for(self, organisation: str) -> Sequence[Notice]:
        """Return an organisation's open notices, newest first."""
        query = (
            select(NoticeRow)
            .where(NoticeRow.organisation == organisation)
            .where(col(NoticeRow.closed_at).is_(None))
            .order_by(col(NoticeRow.created_at).desc())
        )
        return [_notice(row) for row in self._store.session.exec(query)]

    def close_notice(self, notice_id: str, at: datetime) -> None:
        """Put a notice away."""
        statement = (
            update(NoticeRow).where(col(NoticeRow.notice_id) == notice_id).values(closed_at=at)
        )
        self._store.writes.add(lambda session: _execute(session, statement))


def _execute(session: Session, statement: Update) -> None:
    session.execute(statement)


def _event(row: EventRow) -> Event:
    return Event(
        event_id=row.event_id,
        battery_id=row.battery_id,
        kind=EventKind(row.kind),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        reported_by=row.reported_by,
        statement_id=row.statement_id,
        facts=row.facts,
    )


def _row(event: Event) -> EventRow:
    return EventRow(
        event_id=event.event_id,
        battery_id=event.battery_id,
        kind=event.kind.value,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        reported_by=event.reported_by,
        statement_id=event.statement_id,
        facts=event.facts,
    )


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        notice_id=row.notice_id,
        organisation=row.organisation,
        kind=row.kind,
        about=row.about,
        text=row.text,
        link=row.link,
        created_at=row.created_at,
        closed_at=row.closed_at,
    )
