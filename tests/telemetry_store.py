"""Telemetry stores for tests, on a database that is empty or of passport."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

import bms_ingest.storage.migrations.versions
from bms_ingest.storage.days import DayBook
from bms_ingest.storage.ledger import Ledger, reading
from bms_ingest.storage.spool import Spool
from bms_ingest.storage.store import TelemetryStore
from bms_ingest.storage.tables import metadata
from passport.storage.engine import make_engine
from passport.storage.migrate import MigrationSource, upgrade

RECEIVED_MS = 1_767_312_000_000
"""2026-01-02T00:00:00Z, a day after the frames of the builders."""


def telemetry_source() -> MigrationSource:
    """Return the tables of telemetry."""
    versions = Path(bms_ingest.storage.migrations.versions.__file__).parent
    return MigrationSource(versions=versions, version_table="ingest_alembic", metadata=metadata)


@dataclass(frozen=True)
class Kept:
    """A telemetry store with its parts, and a second one as another process would open it."""

    engine: Engine
    spool: Spool
    folder: Path

    def open(self) -> TelemetryStore:
        return TelemetryStore(self.engine, Spool(self.folder))

    def days(self) -> DayBook:
        return DayBook(self.engine, self.spool)

    def frames(self, battery_id: str, epoch: int = 1) -> list[object]:
        with reading(self.engine) as connection:
            ledger = Ledger(connection, self.spool)
            return [*ledger.frames_between(battery_id, epoch, 0, 2**53)]

    def count(self, battery_id: str) -> int:
        with reading(self.engine) as connection:
            return Ledger(connection, self.spool).count(battery_id)


@pytest.fixture
def kept(empty_database: Engine, tmp_path: Path) -> Kept:
    """Give a telemetry store, once on each kind of database."""
    upgrade(empty_database, telemetry_source())
    return Kept(empty_database, Spool(tmp_path / "spool"), tmp_path / "spool")


@pytest.fixture
def kept_on_sqlite(sqlite_url: str, tmp_path: Path) -> Iterator[Kept]:
    """Give a telemetry store on SQLite."""

    engine = make_engine(sqlite_url)
    upgrade(engine, telemetry_source())
    yield Kept(engine, Spool(tmp_path / "spool"), tmp_path / "spool")
    engine.dispose()
