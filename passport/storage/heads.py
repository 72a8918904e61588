"""What a reader's copy of a passport is compared with: asked at every view, without ORM.

The signed tree grows with everything that is ever published, so its size tells in one cheap
question that nothing has changed anywhere. Only when it has, the battery itself is asked.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any, Protocol, cast

import psycopg
from sqlalchemy import Engine, text

from passport.domain.identifiers import BatteryId
from passport.storage.engine import reading

_LOG_SIZE = "SELECT max(size) FROM passport_checkpoint"
_WAITING = """
SELECT s.digest
FROM passport_statement s
JOIN passport_leaf l ON l.digest = s.digest
WHERE s.about = :about AND l.leaf_index IS NULL
ORDER BY s.statement_id DESC
LIMIT 1
"""
_HEAD = """
SELECT b.revision, b.state,
  count(CASE WHEN s.about = b.battery_id THEN l.leaf_index END), max(l.leaf_index),
  (SELECT count(*) FROM passport_did_document d
   WHERE d.operator IN (b.responsible, b.registered_by)),
  (SELECT coalesce(sum(o.revision), 0) FROM passport_status_list o
   WHERE o.operator IN (b.responsible, b.registered_by))
FROM passport_battery b
JOIN passport_statement s ON s.about IN (b.battery_id, b.model_id)
JOIN passport_leaf l ON l.digest = s.digest
WHERE b.battery_id = {mark}
GROUP BY b.battery_id, b.revision, b.state, b.responsible, b.registered_by
"""


@dataclass(frozen=True, slots=True)
class PassportHead:
    """Version of everything that is published about one battery and its model.

    Attributes:
        logged: Number of statements about the battery itself that are in the log.
        newest: Place in the log of the newest statement about it or its model.
        key_versions: Versions of the published keys of who answers for it and who placed it.
        list_revisions: How often their status lists were signed anew.
    """

    revision: int
    state: str
    logged: int
    newest: int
    key_versions: int
    list_revisions: int


def waiting_digest(engine: Engine, battery_id: BatteryId) -> bytes | None:
    """Return the newest statement about a battery that the log has not taken yet."""
    with reading(engine) as opened:
        row = opened.execute(text(_WAITING), {"about": battery_id}).one_or_none()
    return None if row is None else bytes(row[0])


class PassportHeads(Protocol):
    """Answers on one connection of its own, for one event loop."""

    async def log_size(self) -> int:
        """Return how many entries the signed tree has."""
        ...

    async def find(self, battery_id: BatteryId) -> PassportHead | None:
        """Return the head of a passport, or nothing where no battery is registered."""
        ...

    async def close(self) -> None:
        """Give the connection back."""
        ...


def heads_of(engine: Engine) -> PassportHeads:
    """Return the heads of a store."""
    if engine.dialect.name == "sqlite":
        return SqliteHeads(engine)
    return PostgresqlHeads(engine)


class SqliteHeads:
    """PassportHeads in the file beside the program: some microseconds, asked where one stands."""

    def __init__(self, engine: Engine) -> None:
        # The engine's own way to connect keeps what it prepares, such as the waiting time.
        self._connection = engine.raw_connection()
        self._driver = cast("sqlite3.Connection", self._connection.driver_connection)

    async def log_size(self) -> int:
        """Return how many entries the signed tree has."""
        return _number(self._ask(_LOG_SIZE, ()))

    async def find(self, battery_id: BatteryId) -> PassportHead | None:
        """Return the head of a passport, or nothing where no battery is registered."""
        return _head(self._ask(_HEAD.format(mark="?"), (battery_id,)))

    async def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _ask(self, question: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._driver.execute(question, values).fetchone()
        return row


class PostgresqlHeads:
    """PassportHeads on a server: the loop goes on while the server answers."""

    def __init__(self, engine: Engine) -> None:
        self._address = engine.url.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
        self._connection: psycopg.AsyncConnection | None = None

    async def log_size(self) -> int:
        """Return how many entries the signed tree has."""
        return _number(await self._ask(_LOG_SIZE, ()))

    async def find(self, battery_id: BatteryId) -> PassportHead | None:
        """Return the head of a passport, or nothing where no battery is registered."""
        return _head(await self._ask(_HEAD.format(mark="%s"), (battery_id,)))

    async def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            await self._connection.close()

    async def _ask(self, question: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        try:
            return await self._ask_once(question, values)
        except psycopg.OperationalError:
            # The server went away meanwhile; once more on a new connection, then it is a fault.
            await self.close()
            self._connection = None
            return await self._ask_once(question, values)

    async def _ask_once(self, question: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
        cursor = await self._connection.execute(question.encode(), values, prepare=True)
        return await cursor.fetchone()


def _number(row: tuple[Any, ...] | None) -> int:
    return 0 if row is None or row[0] is None else int(row[0])


def _head(row: tuple[Any, ...] | None) -> PassportHead | None:
    if row is None:
        return None
    revision, state, logged, newest, key_versions, list_revisions = row
    return PassportHead(
        revision=revision,
        state=state,
        logged=logged,
        newest=-1 if newest is None else newest,
        key_versions=key_versions,
        list_revisions=int(list_revisions),
    )
