"""Databases for tests: a SQLite file each, and one PostgreSQL server for the whole session."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from passport.storage.engine import make_engine
from passport.storage.tables import metadata

_SERVER_USER = "postgres"
"""The server refuses to run as root; this is the account its packages make."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server that listens on a socket in a folder of its own."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql://passport@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        engine = create_engine(
            self.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """Start a real server; where none is installed, the tests that need it fail."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="passport-pg-"))
    account = _account(folder)
    data = folder / "data"
    _run(account, binaries / "initdb", "-D", data, "-A", "trust", "-U", "passport", "--no-sync")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200"
    log = folder / "log"
    _run(account, binaries / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start")
    try:
        yield PostgresServer(folder)
    finally:
        _run(account, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_names() -> Iterator[str]:
    """Names of databases that no other test has."""
    return (f"test_{number}" for number in count(1))


@pytest.fixture
def postgresql_url(
    postgresql_server: PostgresServer, postgresql_names: Iterator[str]
) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database."""
    name = next(postgresql_names)
    postgresql_server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgresql_server.url(name)
    postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an empty SQLite file."""
    return f"sqlite:///{tmp_path / 'passport.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Engine]:
    """Give an empty database, once of each kind."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(empty_database: Engine) -> Engine:
    """Give a database with the tables of passport, once of each kind."""
    with empty_database.begin() as connection:
        metadata.create_all(connection)
    return empty_database


def _binaries() -> Path:
    """Find the folder of the server's programs; only some are in the search path."""
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        told = subprocess.run(
            [pg_config, "--bindir"], check=True, capture_output=True, text=True
        ).stdout.strip()
        if (Path(told) / "initdb").exists():
            return Path(told)
    server = shutil.which("postgres")
    if server is None:
        pytest.fail("PostgreSQL is not installed: install the Debian package postgresql")
    return Path(server).resolve().parent


def _account(folder: Path) -> dict[str, Any]:
    """Say as whom the server runs, and give that account its folder."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(_SERVER_USER)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(account: dict[str, Any], *command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **account,
    )
