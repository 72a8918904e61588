"""Commands about what batteries are made of."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from passport.bootstrap import Passport
from passport.console.common import (
    AsJson,
    BatteryName,
    Data,
    opened,
    print_json,
    say,
)
from passport.domain.actor import SYSTEM, Actor
from passport.domain.errors import ContentRefusedError, InvalidValueError
from passport.domain.identifiers import BatteryId, parse_battery_id
from passport.domain.structure import ChangeReason, PartHistory, StructureLevel
from passport.services.part_change import Destination, PartChange
from passport.services.part_moves import ChangeReceipt
from passport.services.structure_file import read_structure_file
from passport.services.structure_reading import StructurePart

structure_app = typer.Typer(no_args_is_help=True, help="What batteries are made of.")
part_app = typer.Typer(no_args_is_help=True, help="Parts: swapped, put in, taken out, found.")

ActingOperator = Annotated[
    str, typer.Option("--operator", help="Who does it; the responsible without.")
]
Position = Annotated[str, typer.Option("--position", help="Such as R2/M07.")]
Reason = Annotated[ChangeReason | None, typer.Option("--reason", help="Why.")]
Note = Annotated[str, typer.Option("--note", help="Why, in words.")]
On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"], help="When; now without."),
]
Level = Annotated[
    StructureLevel | None, typer.Option("--level", help="Of a part not on record yet.")
]
History = Annotated[PartHistory, typer.Option("--history", help="Of a part not on record yet.")]
_INDENT = "  "


@structure_app.command("record")
def record_structure(
    battery: BatteryName,
    file: Annotated[Path, typer.Argument(help="Parts: .csv or .json.")],
    operator: ActingOperator = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Put on record what a battery is made of; errors are named by row and column."""
    with opened(data) as passport:
        battery_id = parse_battery_id(battery)
        actor = _acting(passport, battery_id, operator)
        try:
            new = read_structure_file(file.read_bytes(), file.name)
            receipt = passport.services.record_structure(actor, battery_id, new)
        except ContentRefusedError as refusal:
            for problem in refusal.problems:
                say(f"row {problem.row}, column {problem.column}: {problem.message}")
            raise
    _show_receipt(receipt, json=json)


@structure_app.command("show")
def show_structure(
    battery: BatteryName,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"], help="The instant asked about; UTC."
        ),
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Print what a battery is made of, now or at an instant."""
    with opened(data) as passport:
        structure = passport.services.read_structure(SYSTEM, parse_battery_id(battery), _in_utc(at))
    if json:
        print_json(structure)
        return
    level = "nothing on record" if structure.level is None else structure.level.value
    typer.echo(f"{structure.battery_id}  {level}")
    _echo_parts(structure.parts, _INDENT)
    for mixed in structure.mixed:
        typer.echo(
            f"{mixed.foreign} of {mixed.total} {mixed.level.value}s come from another battery"
        )
    for finding in structure.findings:
        say(finding)


@part_app.command("swap")
def swap_part(
    battery: BatteryName,
    put_in: Annotated[str, typer.Option("--in", help="Serial number of the part put in.")],
    position: Position = "",
    out: Annotated[str, typer.Option("--out", help="Serial number of the part taken out.")] = "",
    destination: Annotated[Destination, typer.Option(help="Where it goes.")] = Destination.STORE,
    holder: Annotated[str, typer.Option(help="Organisation that gets it.")] = "",
    to_battery: Annotated[str, typer.Option(help="Battery that it goes into.")] = "",
    to_position: Annotated[str, typer.Option(help="Position there.")] = "",
    level: Level = None,
    history: History = PartHistory.NEW,
    reason: Reason = None,
    note: Note = "",
    on: On = None,
    operator: ActingOperator = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Take one part out and put another in at its position, as one signed event."""
    change = PartChange(
        position=position,
        out=out,
        put_in=put_in,
        level=level,
        history=history,
        destination=destination,
        holder=holder,
        to_battery=parse_battery_id(to_battery) if to_battery else None,
        to_position=to_position,
        occurred_at=_in_utc(on),
        reason=reason,
        note=note,
    )
    with opened(data) as passport:
        _change(passport.services.swap_part, passport, battery, operator, change, json=json)


@part_app.command("take-out")
def take_out(
    battery: BatteryName,
    position: Position = "",
    out: Annotated[str, typer.Option("--out", help="Serial number of the part taken out.")] = "",
    destination: Annotated[Destination, typer.Option(help="Where it goes.")] = Destination.STORE,
    holder: Annotated[str, typer.Option(help="Organisation that gets it.")] = "",
    to_battery: Annotated[str, typer.Option(help="Battery that it goes into.")] = "",
    to_position: Annotated[str, typer.Option(help="Position there.")] = "",
    reason: Reason = None,
    note: Note = "",
    on: On = None,
    operator: ActingOperator = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Take a part out: into store, to waste, or into another battery."""
    change = PartChange(
        position=position,
        out=out,
        destination=destination,
        holder=holder,
        to_battery=parse_battery_id(to_battery) if to_battery else None,
        to_position=to_position,
        occurred_at=_in_utc(on),
        reason=reason,
        note=note,
    )
    with opened(data) as passport:
        _change(passport.services.take_out_part, passport, battery, operator, change, json=json)


@part_app.command("install")
def install_part(
    battery: BatteryName,
    put_in: Annotated[str, typer.Option("--in", help="Serial number of the part put in.")],
    position: Annotated[str, typer.Option("--position", help="Such as R2/M07; empty so far.")],
    level: Level = None,
    history: History = PartHistory.NEW,
    reason: Reason = None,
    note: Note = "",
    on: On = None,
    operator: ActingOperator = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Put a part in at a position that is empty."""
    change = PartChange(
        position=position,
        put_in=put_in,
        level=level,
        history=history,
        occurred_at=_in_utc(on),
        reason=reason,
        note=note,
    )
    with opened(data) as passport:
        _change(passport.services.install_part, passport, battery, operator, change, json=json)


@part_app.command("where")
def where_is(
    serial: Annotated[str, typer.Argument(help="Serial number or name of the part.")],
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Print where a part is and how it came there."""
    with opened(data) as passport:
        found = passport.services.where_is_part(SYSTEM, serial)
    if json:
        print_json(found)
        return
    place = found.part.place
    inside = " in ".join((found.position, *found.batteries)) if found.batteries else ""
    typer.echo(f"{found.part.part_id}  {found.part.level.value}")
    typer.echo(f"{place.whereabouts.value}  {inside or place.holder or '-'}")
    for step in found.steps:
        move = step.move
        goal = f"{move.to_path} in {move.to_battery}" if move.to_battery else ""
        words = goal or f"{move.after.whereabouts.value} {move.after.holder}".strip()
        typer.echo(f"{_INDENT}{move.occurred_at:%Y-%m-%d %H:%M}  {words}  ({move.moved_by})")


def _acting(passport: Passport, battery_id: BatteryId, operator: str) -> Actor:
    """Return who acts at the console: the named operator, or who answers for the battery."""
    responsible = passport.services.read_standing(SYSTEM, battery_id).responsible
    if not (operator or responsible):
        raise InvalidValueError(f"nobody answers for {battery_id}; say who does it: --operator")
    found = passport.services.read_operator(SYSTEM, operator or responsible)
    return Actor(organisation=found.slug, roles=found.roles, name="console")


def _change(
    use_case: Callable[[Actor, BatteryId, PartChange], ChangeReceipt],
    passport: Passport,
    battery: str,
    operator: str,
    change: PartChange,
    *,
    json: bool,
) -> None:
    battery_id = parse_battery_id(battery)
    receipt = use_case(_acting(passport, battery_id, operator), battery_id, change)
    _show_receipt(receipt, json=json)


def _show_receipt(receipt: ChangeReceipt, *, json: bool) -> None:
    if json:
        print_json(receipt)
        return
    for part in receipt.removed:
        goal = f"{part.position} in {part.battery_id}" if part.battery_id else part.whereabouts
        typer.echo(f"out  {part.level.value} {part.serial}  {goal}")
    for part in receipt.installed:
        typer.echo(f"in   {part.level.value} {part.serial}  {part.position}")
    for finding in receipt.findings:
        say(finding)


def _echo_parts(parts: Sequence[StructurePart], indent: str) -> None:
    for part in parts:
        words = [part.position, part.level.value, part.serial]
        if part.battery_id is not None:
            words.append(f"(battery {part.battery_id})")
        if part.origin is not None:
            words.append(f"from {part.origin.battery_id or 'nobody knows where'}")
        typer.echo(indent + "  ".join(words))
        _echo_parts(part.parts, indent + _INDENT)


def _in_utc(instant: datetime | None) -> datetime | None:
    return instant and instant.replace(tzinfo=instant.tzinfo or UTC)
