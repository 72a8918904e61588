"""What every command shares: its options, the installation it opens, how it speaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from passport.bootstrap import Passport, open_passport

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the store (PASSPORT_DATA).")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
OperatorName = Annotated[str, typer.Option("--operator", help="DID or short name.")]
INSTANTS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
"""How an instant is written; UTC where no offset stands with it."""
BatteryName = Annotated[str, typer.Argument(help="The QR code's text, or GTIN/SERIAL.")]


@contextmanager
def opened(data: Path | None) -> Iterator[Passport]:
    """Open the installation for one command and close it again."""
    given: dict[str, Any] = {} if data is None else {"data": data}
    passport = open_passport(**given)
    try:
        yield passport
    finally:
        passport.close()


def say(text: str) -> None:
    """Tell a person something, beside what a program reads."""
    typer.echo(text, err=True)


def print_json(value: object) -> None:
    """Print a line of JSON for programs."""
    typer.echo(orjson.dumps(value, default=str).decode())


def write_trust(passport: Passport) -> None:
    """Write beside the store what a verifier would believe that trusts this installation."""
    path = passport.settings.data / "trust.json"
    draft = path.with_suffix(".new")
    draft.write_bytes(orjson.dumps(passport.trust(), option=orjson.OPT_INDENT_2))
    draft.replace(path)
