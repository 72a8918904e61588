"""The ``recycler`` command: one command, one use case."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from recycler_portal.domain.errors import ReportUnreadableError
from recycler_portal.domain.recovery import MANAGEMENT_MARK
from recycler_portal.rules.annex_xii import load_recycling_rules
from recycler_portal.services.rates_document import rates_of_file

app = typer.Typer(
    name="recycler",
    help="End of life: rates of recycling as management figures; intake and treatment are done on "
    "the pages and over HTTP. Exit status: 0 done, 1 to be refused, 2 could not be tried.",
    no_args_is_help=True,
    add_completion=False,
)

_REFUSED, _NOT_TRIED = 1, 2

DataFolder = Annotated[
    Path | None,
    typer.Option("--data", envvar="PASSPORT_DATA", help="Folder of the service; not needed here."),
]
AsJson = Annotated[bool, typer.Option("--json", help="The answer is always JSON.")]


@app.callback()
def recycler() -> None:
    """End of life: rates of recycling, intake, treatment."""


@app.command()
def rates(
    file: Annotated[Path, typer.Argument(help="Report in JSON; masses in one unit.")],
    data: DataFolder = None,
    as_json: AsJson = True,
) -> None:
    """Compute recycling efficiency and material recovery, exactly."""
    del data, as_json
    try:
        answer = rates_of_file(file.read_bytes(), load_recycling_rules())
    except OSError as error:
        typer.echo(f"{file} cannot be read: {error.strerror}", err=True)
        raise typer.Exit(_NOT_TRIED) from error
    except ReportUnreadableError as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(_NOT_TRIED) from error
    sys.stdout.buffer.write(orjson.dumps(answer.document, option=orjson.OPT_INDENT_2) + b"\n")
    typer.echo(f"{MANAGEMENT_MARK}: no authority has verified these figures", err=True)
    if answer.is_refused:
        raise typer.Exit(_REFUSED)


def main() -> None:
    """Run the command line."""
    app()
