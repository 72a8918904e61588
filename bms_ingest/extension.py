"""Telemetry as a neighbour of the record: routes, tables, jobs, demonstration."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import typer
from fastapi import APIRouter

from bms_ingest.demonstration import load_readings
from bms_ingest.sources.http import telemetry_router
from bms_ingest.storage import migrations
from bms_ingest.storage.tables import metadata
from bms_ingest.telemetry import Telemetry
from passport.bootstrap import MigrationSource, Passport


class Extension:
    """What ``passport.extensions`` finds under the name of this package."""

    name = "bms_ingest"

    def __init__(self) -> None:
        self._opened: tuple[Passport, Telemetry] | None = None
        self._opening = Lock()

    def telemetry(self, passport: Passport) -> Telemetry:
        """Return the telemetry of an opened installation; what a crash left is entered first."""
        with self._opening:
            if self._opened is None or self._opened[0] is not passport:
                telemetry = Telemetry(passport)
                telemetry.recover()
                self._opened = (passport, telemetry)
            return self._opened[1]

    def routers(self, passport: Passport) -> Sequence[APIRouter]:
        """Return the route that takes frames."""
        return (telemetry_router(self.telemetry(passport)),)

    def commands(self) -> Sequence[typer.Typer]:
        """Return none: ``bms-ingest`` is a program of its own."""
        return ()

    def migrations(self) -> MigrationSource:
        """Return the tables of telemetry and their history."""
        return migration_source()

    def jobs(self, passport: Passport) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what signs conditions."""
        return self.telemetry(passport).jobs()

    def demo(self, passport: Passport) -> None:
        """Load the real readings of the demonstration's batteries."""
        load_readings(passport, self.telemetry(passport))


def migration_source() -> MigrationSource:
    """Return the tables of telemetry and the history of their changes."""
    return MigrationSource(
        versions=Path(migrations.__file__).parent / "versions",
        version_table="ingest_alembic",
        metadata=metadata,
    )
