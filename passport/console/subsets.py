"""A command for parts of statements."""

from pathlib import Path
from typing import Annotated

import typer

from passport.console.common import BatteryName, Data, opened, say
from passport.domain.actor import SYSTEM
from passport.domain.identifiers import parse_battery_id
from passport.domain.passport import StatementKind


def subset(
    battery: BatteryName,
    kind: Annotated[StatementKind, typer.Argument(help="Which statement about it.")],
    term: Annotated[list[str], typer.Option("--term", help="A term to show; again for more.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write.")] = None,
    data: Data = None,
) -> None:
    """Print a part of the newest statement of a kind, signed by its issuer as such."""
    battery_id = parse_battery_id(battery)
    with opened(data) as passport:
        body = passport.services.make_subset(SYSTEM, battery_id, kind, term)
    if out is None:
        typer.echo(body.decode())
        return
    out.write_bytes(body)
    say(f"part of the {kind.value} written to {out}")
