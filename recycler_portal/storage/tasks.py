"""Tasks and the outbox on a SQL database; the caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from passport.domain.actor import Actor, Role
from passport.domain.identifiers import BatteryId
from recycler_portal.domain.errors import TaskNotFoundError
from recycler_portal.domain.intake import IntakeId
from recycler_portal.domain.task import Message, MessageKind, Task, TaskKind
from recycler_portal.storage.tables import MessageRow, TaskRow


class SqlTaskRegister:
    """TaskRegister on a SQL session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, task: Task) -> None:
        """Record a task."""
        self._session.add(
            TaskRow(
                task_id=task.task_id,
                organisation=task.organisation,
                kind=task.kind.value,
                about=task.about,
                text=task.text,
                created_at=task.created_at,
                done_at=task.done_at,
                done_by=task.done_by,
            )
        )
        self._session.flush()

    def open_of(self, organisation: str, *, limit: int) -> Sequence[Task]:
        """Return what is to be done, the oldest first."""
        query = (
            select(TaskRow)
            .where(TaskRow.organisation == organisation, col(TaskRow.done_at).is_(None))
            .order_by(col(TaskRow.created_at), col(TaskRow.task_id))
            .limit(limit)
        )
        return [
            Task(
                task_id=row.task_id,
                organisation=row.organisation,
                kind=TaskKind(row.kind),
                about=row.about,
                text=row.text,
                created_at=row.created_at,
            )
            for row in self._session.exec(query)
        ]

    def close(self, organisation: str, task_id: str, *, by: str, at: datetime) -> None:
        """Close one open task that is no hold.

        Raises:
            TaskNotFoundError: The organisation has no such task.
        """
        result = self._session.execute(
            update(TaskRow)
            .where(
                col(TaskRow.organisation) == organisation,
                col(TaskRow.task_id) == task_id,
                col(TaskRow.kind) != TaskKind.HOLD.value,
                col(TaskRow.done_at).is_(None),
            )
            .values(done_at=at, done_by=by)
        )
        if not isinstance(result, CursorResult) or result.rowcount != 1:
            raise TaskNotFoundError(f"there is no open task {task_id} at {organisation} to close")

    def close_about(self, organisation: str, about: str, *, by: str, at: datetime) -> None:
        """Close every open task about one intake."""
        self._session.execute(
            update(TaskRow)
            .where(
                col(TaskRow.organisation) == organisation,
                col(TaskRow.about) == about,
                col(TaskRow.done_at).is_(None),
            )
            .values(done_at=at, done_by=by)
        )


class SqlOutbox:
    """Outbox on a SQL session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: Message) -> None:
        """Keep a message until it was told."""
        self._session.add(
            MessageRow(
                message_id=message.message_id,
                kind=message.kind.value,
                organisation=message.actor.organisation,
                roles=sorted(message.actor.roles),
                actor_name=message.actor.name,
                intake_id=message.intake_id,
                battery_id=message.battery_id,
                facts=dict(message.facts),
                created_at=message.created_at,
                outcome="",
            )
        )
        self._session.flush()

    def waiting(self, *, after: str = "", limit: int) -> Sequence[Message]:
        """Return what is to be told, the oldest first, of what follows a message."""
        query = (
            select(MessageRow)
            .where(col(MessageRow.done_at).is_(None), col(MessageRow.message_id) > after)
            .order_by(col(MessageRow.message_id))
            .limit(limit)
        )
        return [_message(row) for row in self._session.exec(query)]

    def settle(self, message_id: str, outcome: str, at: datetime) -> bool:
        """Record that a message was taken or refused for good; False where that is recorded."""
        result = self._session.execute(
            update(MessageRow)
            .where(col(MessageRow.message_id) == message_id, col(MessageRow.done_at).is_(None))
            .values(done_at=at, outcome=outcome)
        )
        return isinstance(result, CursorResult) and result.rowcount == 1


def _message(row: MessageRow) -> Message:
    return Message(
        message_id=row.message_id,
        kind=MessageKind(row.kind),
        actor=Actor(
            organisation=row.organisation,
            roles=frozenset(Role(role) for role in row.roles),
            name=row.actor_name,
        ),
        intake_id=IntakeId(row.intake_id),
        battery_id=BatteryId(row.battery_id),
        facts=row.facts,
        created_at=row.created_at,
    )
