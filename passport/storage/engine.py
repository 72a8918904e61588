"""Connections: SQLite beside the program, or a PostgreSQL server."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import psycopg
import stamina
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from passport.storage.errors import StoreUnusableError

Result = TypeVar("Result")

_BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for another writer before it gives up [ms]."""

_AUTOCOMMIT = "AUTOCOMMIT"
_SQLITE_PRIMARY_CODE = 0xFF
"""The low byte of an extended result code. Source: https://sqlite.org/rescode.html."""
_TRANSIENT_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_TRANSIENT_SQLSTATES = {
    "40001",  # serialization failure
    "40P01",  # deadlock detected
}
_UNIQUE_SQLITE = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
_UNIQUE_SQLSTATE = "23505"

_TURNS: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
"""Whose turn it is to write, for each SQLite engine of this process."""

_RETRY = stamina.RetryingCaller(
    attempts=5, timeout=None, wait_initial=0.05, wait_max=1.0, wait_jitter=0.1
)


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Open the store behind one database URL.

    Args:
        url: ``sqlite:///file.db`` (its folder is made) or ``postgresql://...``.
        pool_size: Connections kept open at most.

    Raises:
        StoreUnusableError: The URL names another kind of database.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite_engine(parsed, pool_size)
        case "postgresql":
            return _postgresql_engine(parsed, pool_size)
        case other:
            raise StoreUnusableError(
                f"the store speaks SQLite and PostgreSQL, not {other}; change the database URL"
            )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which each statement sees what is committed at its moment."""
    with engine.connect().execution_options(isolation_level=_AUTOCOMMIT) as connection:
        yield connection


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """Give a session for reading; what is changed in it is never written."""
    with reading(engine) as connection, Session(connection, autoflush=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside one write transaction, committed at the end of the block.

    On SQLite the transaction holds the only write lock from its first moment
    (``BEGIN IMMEDIATE``), so what it reads cannot change before it writes. Threads of one
    process queue for it here: SQLite itself sleeps between tries, and the unlucky sleep long.
    """
    with _turn(engine), engine.begin() as connection:
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Wait for the turn of this thread as long as SQLite would; then SQLite decides."""
    lock = _TURNS.get(engine, Lock())
    is_taken = lock.acquire(timeout=_BUSY_TIMEOUT_MS / 1000)
    try:
        yield
    finally:
        if is_taken:
            lock.release()


def retrying(do: Callable[[], Result]) -> Result:
    """Run a whole transaction again when the database asks for it, at most five times."""
    return _RETRY(is_transient, do)


def is_transient(error: Exception) -> bool:
    """Whether the same transaction may succeed a moment later: a lock or a serialization error."""
    if not isinstance(error, DBAPIError):
        return False
    match error.orig:
        case sqlite3.OperationalError() as cause:
            return _is_busy(cause)
        case psycopg.Error() as cause:
            return cause.sqlstate in _TRANSIENT_SQLSTATES
        case _:
            return False


def _is_busy(error: Exception) -> bool:
    return (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode & _SQLITE_PRIMARY_CODE in _TRANSIENT_SQLITE
    )


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Begin an insert that can say what happens when the row is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def is_unique_violation(error: IntegrityError) -> bool:
    """Whether a row with the same key is there already."""
    match error.orig:
        case sqlite3.IntegrityError() as cause:
            return cause.sqlite_errorname in _UNIQUE_SQLITE
        case psycopg.Error() as cause:
            return cause.sqlstate == _UNIQUE_SQLSTATE
        case _:
            return False


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=pool_size)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    _TURNS[engine] = Lock()
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:  # noqa: ANN401 - pool record
    """Make a new connection durable and patient.

    ``synchronous=FULL`` syncs the write-ahead log at each commit: with less, a commit that
    was answered can be lost when the power fails.

    Source: https://sqlite.org/pragma.html#pragma_synchronous.
    """
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    # Where two processes make the file together, the second is refused here without waiting.
    _RETRY(_is_busy, lambda: connection.execute("PRAGMA journal_mode = WAL"))
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != _AUTOCOMMIT:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql_engine(url: URL, pool_size: int) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=utc"},
    )
