"""Commands that change an operator on record."""

from typing import Annotated

import typer

from passport.console.common import AsJson, Data, opened, print_json, write_trust
from passport.domain.actor import SYSTEM
from passport.services.operator_change import OperatorChange

change_app = typer.Typer()


@change_app.command("change")
def change_operator(
    operator: Annotated[str, typer.Argument(metavar="OPERATOR", help="DID or short name.")],
    gtin_prefix: Annotated[
        list[str] | None, typer.Option(help="GS1 company prefix of its products; again for more.")
    ] = None,
    former_host: Annotated[
        list[str] | None, typer.Option(help="Scheme and host it used before; again for more.")
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Say which products and addresses are an operator's; what is given replaces what was."""
    if gtin_prefix is None and former_host is None:
        raise typer.BadParameter("give --gtin-prefix or --former-host")
    change = OperatorChange(
        gtin_prefixes=None if gtin_prefix is None else tuple(gtin_prefix),
        former_hosts=None if former_host is None else tuple(former_host),
    )
    with opened(data) as passport:
        changed = passport.services.change_operator(SYSTEM, operator, change)
        write_trust(passport)
    if json:
        own = {"gtinPrefixes": changed.gtin_prefixes, "hosts": changed.hosts}
        print_json({"slug": changed.slug, "did": changed.did, **own})
    else:
        typer.echo(f"{changed.slug}  {' '.join(changed.gtin_prefixes)}  {' '.join(changed.hosts)}")
