"""What the end of life adds to an installation of the passport."""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import typer
from fastapi import APIRouter

from passport.bootstrap import MigrationSource, Passport
from passport.domain.actor import SYSTEM, Role
from passport.ui.rendering import Neighbour
from passport.ui.shell import NavLink
from recycler_portal import api, cli
from recycler_portal.demonstration import load_after_use
from recycler_portal.doorway import routes_of
from recycler_portal.pages import recycling, yard
from recycler_portal.passport_record import ServicesRecord
from recycler_portal.portal import Portal
from recycler_portal.storage.sources import eol_source

_FOLDER = Path(str(files("recycler_portal")))

TELL_PASSPORT = "eol-tell-passport"
"""Kind of the job that tells the passport's record what still has to be told."""


class Extension:
    """The neighbour of the record for everything after use."""

    name = "recycler_portal"
    neighbour = Neighbour(
        name="recycler", templates=_FOLDER / "templates", static=_FOLDER / "static"
    )
    nav = (
        NavLink(text="Yard", href="/yard", roles=frozenset({Role.COLLECTOR, Role.RECYCLER})),
        NavLink(text="Recycling", href="/recycling", roles=frozenset({Role.RECYCLER})),
    )

    def routers(self, passport: Passport) -> Sequence[APIRouter]:
        """Return the routes that join the application."""
        routers = (api.router, yard.router, recycling.router)
        return (routes_of(open_portal(passport), routers),)

    def commands(self) -> Sequence[typer.Typer]:
        """Return command groups that join `passport`."""
        return (cli.app,)

    def migrations(self) -> MigrationSource:
        """Return the tables of the end of life and their history."""
        return eol_source()

    def jobs(self, passport: Passport) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what to call for which kind of job."""
        portal = open_portal(passport)

        def tell_passport(payload: Mapping[str, Any]) -> None:
            del payload
            portal.tell_passport()

        return {TELL_PASSPORT: tell_passport}

    def demo(self, passport: Passport) -> None:
        """Load the part of the demonstration that lies after use."""
        load_after_use(open_portal(passport))


def open_portal(passport: Passport) -> Portal:
    """Open the portal of an installation.

    A message that waits while nothing runs is told after the next start.
    """
    services = passport.services

    def ask_to_tell() -> None:
        services.enqueue(TELL_PASSPORT, {}, dedupe_key=TELL_PASSPORT, run_at=services.clock.now())

    def own_hosts() -> frozenset[str]:
        bases = (passport.base_url, *(one.base_url for one in services.all_operators(SYSTEM)))
        return frozenset(urlsplit(base).netloc.lower() for base in bases)

    portal = Portal(
        passport.engine,
        ServicesRecord(services),
        services.clock,
        ask_to_tell,
        own_hosts,
        chemistries=services.chemistries,
    )
    if portal.has_something_to_tell():
        ask_to_tell()
    return portal
