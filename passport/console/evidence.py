"""Commands about what keeps proofs good: suspensions, status lists, time stamps, archives."""

from pathlib import Path
from typing import Annotated

import typer

from passport.console.common import AsJson, BatteryName, Data, opened, print_json, say
from passport.domain.actor import SYSTEM
from passport.domain.identifiers import parse_battery_id
from passport.services.archive import renew_archive
from passport.services.statement_status import Suspension

evidence_app = typer.Typer(
    no_args_is_help=True,
    help="What keeps proofs good: suspensions, status lists, time stamps, kept bundles.",
)

Reason = Annotated[str, typer.Option("--reason", help="Why, in words; kept on record.")]


@evidence_app.command()
def suspend(
    battery: BatteryName, reason: Reason, as_json: AsJson = False, data: Data = None
) -> None:
    """Suspend what the responsible operator states of a battery."""
    with opened(data) as passport:
        _tell(
            passport.services.suspend_passport(SYSTEM, parse_battery_id(battery), reason), as_json
        )


@evidence_app.command()
def lift(battery: BatteryName, reason: Reason, as_json: AsJson = False, data: Data = None) -> None:
    """Let the statements of a suspended passport count again."""
    with opened(data) as passport:
        _tell(passport.services.lift_suspension(SYSTEM, parse_battery_id(battery), reason), as_json)


@evidence_app.command()
def refresh(data: Data = None) -> None:
    """Sign the status lists anew that end soon, where no server runs that does it."""
    with opened(data) as passport:
        passport.services.begin_refreshing()
        say(f"{passport.run_due_jobs()} jobs done")


@evidence_app.command()
def stamp(as_json: AsJson = False, data: Data = None) -> None:
    """Have the newest state of the log stamped if it is time, and renew stamps that end soon."""
    with opened(data) as passport:
        done = passport.upkeep.stamp_log()
    if as_json:
        print_json({"size": done.size, "renewed": done.renewed})
    what = f"a log of {done.size} entries was stamped" if done.size else "nothing new to stamp"
    say(f"{what}; {done.renewed} stamps renewed")


@evidence_app.command()
def renew(
    bundle: Annotated[Path, typer.Argument(help="The bundle as it was kept.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write.")],
    data: Data = None,
) -> None:
    """Have the time stamps of a kept bundle renewed, whether or not its issuer still exists."""
    with opened(data) as passport:
        out.write_bytes(renew_archive(bundle.read_bytes(), passport.upkeep.authorities))
    say(f"renewed and written to {out}")


def _tell(suspension: Suspension, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "battery": suspension.battery_id,
                "suspended": suspension.is_suspended,
                "statements": suspension.statements,
            }
        )
    what = "suspended" if suspension.is_suspended else "in force again"
    say(f"{len(suspension.statements)} statements about {suspension.battery_id} are {what}")
