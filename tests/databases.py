"""Databases for tests: a SQLite file each, and one PostgreSQL server for the whole session."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from passport.storage.engine import make_engine
from passport.storage.migrate import passport_source, upgrade

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


@contextmanager
def a_postgresql_server() -> Iterator[PostgresServer]:
    """Start a real server and end it afterwards."""
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
def postgresql_server() -> Iterator[PostgresServer]:
    """Give the one server of the session; where none is installed, its tests fail."""
    with a_postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_names() -> Iterator[str]:
    """Names of databases that no other test has."""
    return (f"test_{number}" for number in count(1))


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresServer) -> str:
    """Give the name of a PostgreSQL database with the tables of passport, made once."""
    postgresql_server.execute("CREATE DATABASE passport_template")
    _migrate(postgresql_server.url("passport_template"))
    return "passport_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with the tables of passport, made once."""
    file = tmp_path_factory.mktemp("template") / "passport.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def postgresql_url(
    postgresql_server: PostgresServer, postgresql_names: Iterator[str]
) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database."""
    with _postgresql_database(postgresql_server, next(postgresql_names), "template0") as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the URL of an empty SQLite file."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of an empty database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def empty_database(empty_database_url: str) -> Iterator[Engine]:
    """Give an empty database, once of each kind."""
    with _opened(empty_database_url) as engine:
        yield engine


@pytest.fixture
def postgresql_database_url(
    postgresql_server: PostgresServer, postgresql_names: Iterator[str], postgresql_template: str
) -> Iterator[str]:
    """Give the URL of a PostgreSQL database with the tables of passport."""
    name = next(postgresql_names)
    with _postgresql_database(postgresql_server, name, postgresql_template) as url:
        yield url


@pytest.fixture
def sqlite_database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Give the URL of a SQLite file with the tables of passport."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'passport.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database with the tables of passport, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_database_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """Give a database with the tables of passport, once of each kind."""
    with _opened(database_url) as engine:
        yield engine


@pytest.fixture
def sqlite_database(sqlite_database_url: str) -> Iterator[Engine]:
    """Give a SQLite database with the tables of passport."""
    with _opened(sqlite_database_url) as engine:
        yield engine


@pytest.fixture
def postgresql_database(postgresql_database_url: str) -> Iterator[Engine]:
    """Give a PostgreSQL database with the tables of passport."""
    with _opened(postgresql_database_url) as engine:
        yield engine


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _migrate(url: str) -> None:
    with _opened(url) as engine:
        upgrade(engine, passport_source())


@contextmanager
def _postgresql_database(server: PostgresServer, name: str, template: str) -> Iterator[str]:
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.url(name)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
