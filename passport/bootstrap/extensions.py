"""Neighbours of the record, found by the entry-point group ``passport.extensions``."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, cast

import typer
from fastapi import APIRouter

from passport.storage.migrate import MigrationSource

if TYPE_CHECKING:
    from passport.bootstrap import Passport


class Extension(Protocol):
    """A neighbour of the record: telemetry, end of life, or somebody else's."""

    name: str

    def routers(self, passport: "Passport") -> Sequence[APIRouter]:
        """Return the routes that join the application."""
        ...

    def commands(self) -> Sequence[typer.Typer]:
        """Return command groups that join `passport`."""
        ...

    def migrations(self) -> MigrationSource | None:
        """Return the extension's own tables and their history."""
        ...

    def jobs(self, passport: "Passport") -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what to call for which kind of job."""
        ...

    def demo(self, passport: "Passport") -> None:
        """Load the extension's part of the demonstration; a second call changes nothing."""
        ...


def load_extensions(wanted: Sequence[str] = ("*",)) -> Sequence[Extension]:
    """Return the neighbours that are installed and wanted, by name; ``*`` wants them all."""
    found = sorted(entry_points(group="passport.extensions"), key=lambda entry: entry.name)
    return tuple(
        cast("Extension", entry.load()())
        for entry in found
        if "*" in wanted or entry.name in wanted
    )
