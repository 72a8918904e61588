"""The command line: one command, one use case; names and exit codes as the contract fixes them.

Exit 0: done, or true. Exit 1: refused, or false, with the reason. Exit 2: could not be tried.
"""

import logging
import mimetypes
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
from sqlalchemy.exc import OperationalError

from passport.bootstrap import Passport
from passport.bootstrap.demonstration import PASSWORD
from passport.bootstrap.extensions import load_extensions
from passport.bootstrap.import_progress import ImportProgress
from passport.bootstrap.importing import open_report, read_import
from passport.console.backup import backup, restore
from passport.console.common import (
    INSTANTS,
    AsJson,
    BatteryName,
    Data,
    OperatorName,
    opened,
    print_json,
    say,
    write_trust,
)
from passport.console.documents import document_app
from passport.console.evidence import evidence_app
from passport.console.keys import key_app
from passport.console.log import monitor, witness_app
from passport.console.operators import change_app
from passport.console.outside import (
    prepare_batteries,
    prepare_model,
    read_model,
    register_signed,
    sign,
)
from passport.console.parts import part_app, structure_app
from passport.console.subsets import subset
from passport.console.verify import kit, verify
from passport.diagnostics import configure_logs
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM, Actor, Role
from passport.domain.errors import (
    ConflictError,
    InvalidIdentifierError,
    InvalidValueError,
    NotFoundError,
    PassportError,
    Problem,
)
from passport.domain.event import EventKind
from passport.domain.identifiers import parse_battery_id, parse_model_id
from passport.exchange.labels import LabelFormat
from passport.keystore.files import KeystoreError
from passport.linked_data.documents import parse_input
from passport.linked_data.foreign import canonize_bytes
from passport.services.accounts import NewAccount
from passport.services.check_words import incomplete_lines, report_lines
from passport.services.importing import ImportResult
from passport.services.operators import NewOperator
from passport.services.reporting import read_entered_event
from passport.services.second_life_file import read_second_life
from passport.services.trust import TrustFileError
from passport.settings import SettingsRefusedError, read_settings
from passport.signing.keys import KeyKind
from passport.storage.errors import LogBrokenError, StoreUnusableError
from passport.ui.scanning import find_model_code
from passport.web.server import serve_passport
from passport.web.wire_checks import IncompleteBody, PlacingBody

REFUSED = 1
NOT_TRIED = 2
_COULD_NOT_BE_TRIED = (
    SettingsRefusedError,
    StoreUnusableError,
    LogBrokenError,
    KeystoreError,
    TrustFileError,
    OSError,
    OperationalError,
    httpx.HTTPError,
)
_DAYS = ["%Y-%m-%d"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Battery passports: registered, signed, read, verified. Every command works beside a "
    "running server. BATTERY is the identifier in the QR code, or GTIN/SERIAL. Exit status: 0 done "
    "or true, 1 refused or false, 2 could not be tried.",
)
operator_app = typer.Typer(no_args_is_help=True, help="Economic operators, people and keys.")
model_app = typer.Typer(no_args_is_help=True, help="Battery models.")
operator_app.add_typer(key_app)
operator_app.add_typer(change_app)
app.add_typer(operator_app, name="operator")
app.add_typer(model_app, name="model")
app.add_typer(structure_app, name="structure")
app.add_typer(part_app, name="part")
app.add_typer(document_app, name="document")
app.add_typer(witness_app, name="witness")
app.add_typer(evidence_app, name="evidence")
app.command("monitor")(monitor)
app.command("verify")(verify)
app.command("kit")(kit)
app.command("sign")(sign)
app.command("subset")(subset)
app.command("backup")(backup)
app.command("restore")(restore)

Prepare = Annotated[
    Path | None, typer.Option("--prepare", help="Write what the operator signs outside, no more.")
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="File to write.")]


class Suite(StrEnum):
    """Cryptosuites that keys are made for."""

    EDDSA_RDFC_2022 = "eddsa-rdfc-2022"
    ECDSA_RDFC_2019 = "ecdsa-rdfc-2019"


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demonstration first.")] = False,
    data: Data = None,
) -> None:
    """Serve API, public pages and portal."""
    with opened(data) as passport:
        if demo:
            configure_logs(level=logging.WARNING)
            _load_demonstration(passport)
            configure_logs()
        write_trust(passport)
        say(f"open {passport.base_url}")
        if demo:
            say(f"that page says what to click; the password of every login is {PASSWORD}")
        serve_passport(passport, host=host, port=port)


def _load_demonstration(passport: Passport) -> None:
    """Load the demonstration; one that another version loaded here stays as it is."""
    try:
        passport.load_demonstration(progress=say)
    except ConflictError:
        say(
            f"the demonstration in {passport.settings.data} was loaded by another version and "
            "stays as it is; remove that folder to load this one"
        )


@operator_app.command("add")
def add_operator(
    name: Annotated[str, typer.Argument(help="Name of the company.")],
    operator_uri: Annotated[str, typer.Option("--id", help="LEI, VAT, EORI or GLN as URI.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2.")] = "NL",
    suite: Annotated[Suite, typer.Option(help="Cryptosuite of its key.")] = Suite.EDDSA_RDFC_2022,
    curve: Annotated[
        KeyKind | None, typer.Option(help="P-384 for ecdsa-rdfc-2019; P-256 without.")
    ] = None,
    role: Annotated[list[Role] | None, typer.Option(help="What it does; again for more.")] = None,
    slug: Annotated[str, typer.Option(help="Short name; made from the name without.")] = "",
    host: Annotated[str, typer.Option(help="Scheme and host of its QR codes.")] = "",
    gtin_prefix: Annotated[
        list[str] | None, typer.Option(help="GS1 company prefix of its products; again for more.")
    ] = None,
    former_host: Annotated[
        list[str] | None, typer.Option(help="Scheme and host it used before; again for more.")
    ] = None,
    public_key: Annotated[str, typer.Option(help="Multikey of the key it holds itself.")] = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Add an economic operator with a key and a did:web."""
    with opened(data) as passport:
        operator = passport.services.add_operator(
            SYSTEM,
            NewOperator(
                name=name,
                operator_uri=operator_uri,
                country=country,
                base_url=host or passport.base_url,
                roles=frozenset(role or [Role.OPERATOR]),
                slug=slug,
                cryptosuite=suite.value,
                key_kind=curve,
                public_key=public_key,
                gtin_prefixes=tuple(gtin_prefix or ()),
                former_hosts=tuple(former_host or ()),
            ),
        )
        write_trust(passport)
    if json:
        print_json({"slug": operator.slug, "did": operator.did, "key": operator.current_key.key_id})
    else:
        typer.echo(f"{operator.slug}  {operator.did}")


@operator_app.command("login")
def add_login(
    operator: Annotated[str, typer.Argument(help="DID or short name.")],
    login: Annotated[str, typer.Argument(help="What the person types.")],
    role: Annotated[list[Role] | None, typer.Option(help="Roles; all of it without.")] = None,
    data: Data = None,
) -> None:
    """Let a person in for an operator; the password is read from standard input."""
    with opened(data) as passport:
        owner = passport.services.read_operator(SYSTEM, operator)
        password = typer.prompt("Password", hide_input=True, err=True)
        passport.services.add_account(
            SYSTEM,
            NewAccount(
                login=login,
                organisation=owner.slug,
                roles=frozenset(role) if role else owner.roles,
                password=password,
            ),
        )
    say(f"{login} may sign in for {owner.slug}")


@operator_app.command("key")
def add_key(
    operator: Annotated[str, typer.Argument(help="DID or short name.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File for the secret, made 0600.")],
    scope: Annotated[list[str] | None, typer.Option(help="Limit, such as telemetry:write.")] = None,
    data: Data = None,
) -> None:
    """Make an API key; its secret goes into a file and is kept nowhere else."""
    # The file first: a key whose secret finds no place is a key that nobody can use or name.
    out.touch(mode=0o600, exist_ok=False)
    try:
        with opened(data) as passport:
            key = passport.services.issue_api_key(SYSTEM, operator, frozenset(scope or ()))
    except PassportError:
        out.unlink()
        raise
    out.write_text(key.secret, encoding="utf-8")
    say(f"key {key.key_id} of {key.organisation} written to {out}")


@model_app.command("add")
def add_model(
    file: Annotated[Path, typer.Argument(help="Model with its Annex XIII data.")],
    operator: OperatorName,
    prepare: Prepare = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Put a battery model on record, checked and signed."""
    if prepare is not None:
        prepare_model(file, operator, prepare, data)
        return
    with opened(data) as passport:
        model = passport.services.add_model(SYSTEM, operator, read_model(file))
    if json:
        print_json({"model": model.model_id, "operator": model.operator, "name": model.name})
    else:
        typer.echo(f"{model.model_id}  {model.name}")


@app.command()
def register(
    file: Annotated[
        Path | None, typer.Argument(help="Batteries: .xlsx, .csv, .json or .jsonl.")
    ] = None,
    operator: Annotated[str, typer.Option("--operator", help="DID or short name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check; store nothing.")] = False,
    errors: Annotated[
        Path | None, typer.Option(help="The table with what became of each row: .xlsx or .csv.")
    ] = None,
    template: Annotated[
        str, typer.Option(metavar="MODEL", help="Write a workbook to fill in for a model (-o).")
    ] = "",
    prepare: Prepare = None,
    signed: Annotated[bool, typer.Option("--signed", help="FILE was signed outside.")] = False,
    out: Out = None,
    data: Data = None,
) -> None:
    """Register batteries; one JSON line for each accepted, errors by row and column.

    Interrupted, the same command goes on where it stopped.
    """
    if template:
        if out is None or file is not None:
            raise typer.BadParameter("--template MODEL -o OUT.xlsx stands alone")
        with opened(data) as passport:
            out.write_bytes(passport.imports.template(SYSTEM, parse_model_id(template)))
        say(f"template written to {out}")
        return
    if signed and file is not None:
        register_signed(file, data)
        return
    if prepare is not None and operator:
        prepare_batteries(file, operator, prepare, data)
        return
    if file is None or not operator:
        raise typer.BadParameter("FILE and --operator are needed")
    with opened(data) as passport:
        entered = read_import(file.read_bytes(), file.name)
        report = None if errors is None else open_report(entered, file, errors)
        results = passport.services.import_batteries(
            SYSTEM, operator, entered.rows, is_dry_run=dry_run
        )
        progress = ImportProgress(total=entered.height, say=say)
        for result in progress.follow(results):
            _tell(result)
            if report is not None:
                report.add(result.row)
        if report is not None:
            report.write()
            say(f"what became of each row is written to {errors}")
    accepted, stored = progress.done - progress.refused, " (dry run: nothing stored)"
    say(f"{accepted} accepted{stored if dry_run else ''}, {progress.refused} refused")
    if progress.refused:
        raise typer.Exit(REFUSED)


@app.command()
def show(
    battery: BatteryName,
    audience: Annotated[Audience, typer.Option(help="Whose passport to show.")] = Audience.PUBLIC,
    bundle: Annotated[Path | None, typer.Option(help="File for verifying without network.")] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=INSTANTS, help="Bundle as of this instant; UTC.")
    ] = None,
    data: Data = None,
) -> None:
    """Print the presentation that an audience gets."""
    if at is not None and bundle is None:
        raise typer.BadParameter("--at belongs to --bundle")
    instant = None if at is None else at.replace(tzinfo=at.tzinfo or UTC)
    battery_id = parse_battery_id(battery)
    with opened(data) as passport:
        if bundle is not None:
            bundle.write_bytes(passport.bundle(SYSTEM, battery_id, audience, instant))
            say(f"bundle written to {bundle}")
            return
        disclosure = passport.services.disclose(SYSTEM, battery_id, audience)
    typer.echo(disclosure.presentation.decode())


@app.command()
def check(
    subject: Annotated[
        str, typer.Argument(metavar="BATTERY_OR_MODEL", help="What to place; with --operator none.")
    ] = "",
    on: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="Day of placing on the market.")
    ] = None,
    operator: Annotated[str, typer.Option(help="All models of an operator.")] = "",
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="FIRST LAST", help="Which of them become incomplete between two days."
        ),
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Say whether a battery or model may be placed on the market, with every reason against it."""
    if bool(subject) == bool(operator) or (between is None) == bool(operator):
        raise typer.BadParameter("give BATTERY_OR_MODEL, or --operator with --between FIRST LAST")
    with opened(data) as passport:
        if between is None:
            holds = _check_placing(passport, subject, on.date() if on else None, json=json)
        else:
            holds = _check_between(passport, operator, *map(_day, between), json=json)
    if not holds:
        raise typer.Exit(REFUSED)


def _check_placing(passport: Passport, subject: str, on: date | None, *, json: bool) -> bool:
    try:
        report = passport.services.check_placing(SYSTEM, subject, on)
    except (NotFoundError, InvalidIdentifierError) as error:
        say(f"could not be tried ({error.code}): {error}")
        raise typer.Exit(NOT_TRIED) from error
    if json:
        print_json(PlacingBody.of(report).model_dump(mode="json", by_alias=True))
    else:
        typer.echo("\n".join(report_lines(report)))
    return report.may_be_placed


def _check_between(
    passport: Passport, operator: str, first: date, last: date, *, json: bool
) -> bool:
    found = passport.services.models_incomplete(SYSTEM, operator, first, last)
    if json:
        print_json(IncompleteBody.of(found).model_dump(mode="json", by_alias=True))
    else:
        typer.echo("\n".join(incomplete_lines(found)))
    return all(model.incomplete_from is None for model in found.models)


@app.command()
def canonize(file: Annotated[Path, typer.Argument(help="JSON-LD document.")]) -> None:
    """Print the canonical N-Quads of a JSON-LD document or of N-Quads."""
    sys.stdout.buffer.write(canonize_bytes(file.read_bytes()))


@app.command()
def label(
    battery: BatteryName,
    label_format: Annotated[LabelFormat, typer.Option("--format", help="Kind of file.")],
    out: Out = None,
    data: Data = None,
) -> None:
    """Make the label, decoded again before it is written.

    For batteries that need no passport, name their model: 01/GTIN.
    """
    with opened(data) as passport:
        model_id = find_model_code(battery)
        if model_id is None:
            content = passport.label(parse_battery_id(battery), label_format)
        else:
            content = passport.model_label(model_id, label_format)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)
        say(f"label written to {out}")


@app.command("second-life")
def second_life(
    file: Annotated[Path, typer.Argument(help="Second life with originals and evidence.")],
    operator: OperatorName,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Declare a second life; with placedOnMarketOn it is placed on the market at once."""
    with opened(data) as passport:

        def keep(name: str) -> str:
            path = file.parent / name
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return passport.services.keep_attachment(SYSTEM, path.read_bytes(), media_type)

        entered = read_second_life(parse_input(file.read_bytes()), keep)
        succession = passport.services.declare_second_life(SYSTEM, operator, entered.new)
        passport_iri = ""
        if entered.placed_on is not None:
            registration = passport.services.place_second_life(
                SYSTEM, succession.succession_id, entered.placed_on
            )
            passport_iri = registration.iri
    if json:
        print_json(
            {
                "secondLife": succession.succession_id,
                "battery": succession.battery_id,
                "passport": passport_iri or None,
            }
        )
    else:
        typer.echo(passport_iri or f"declared as {succession.succession_id}; not placed yet")


@app.command()
def event(
    battery: BatteryName,
    kind: Annotated[EventKind, typer.Argument(help="What happened.")],
    file: Annotated[Path | None, typer.Option(help="Details as JSON.")] = None,
    operator: Annotated[str, typer.Option(help="Who reports it; the responsible without.")] = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Report what happened to a battery."""
    details = parse_input(file.read_bytes()) if file is not None else {}
    with opened(data) as passport:
        battery_id = parse_battery_id(battery)
        reporter_name = operator or passport.services.read_standing(SYSTEM, battery_id).responsible
        if not reporter_name:
            raise InvalidValueError(f"nobody answers for {battery}; say who reports: --operator")
        reporter = passport.services.read_operator(SYSTEM, reporter_name)
        recorded = passport.services.record_event(
            Actor(organisation=reporter.slug, roles=reporter.roles, name="console"),
            battery_id,
            kind,
            read_entered_event(details, passport.services.clock.now()),
        )
    if json:
        print_json(recorded)
    else:
        typer.echo(f"{kind.value} recorded for {battery}")


@app.command()
def status(battery: BatteryName, data: Data = None, json: AsJson = False) -> None:
    """Print status, responsible operator, predecessors and successors."""
    with opened(data) as passport:
        standing = passport.services.read_standing(SYSTEM, parse_battery_id(battery))
    fields = {
        "battery": standing.battery_id,
        "passport": standing.iri,
        "state": standing.state.value,
        "status": standing.status.value if standing.status else None,
        "responsible": standing.responsible or None,
        "predecessors": list(standing.predecessors),
        "successors": list(standing.successors),
    }
    if json:
        print_json(fields)
        return
    for name, value in fields.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        typer.echo(f"{name:<14}{shown or '-'}")


def main() -> None:
    """Run the command line and end with the contract's exit codes."""
    configure_logs()
    try:
        for extension in load_extensions(read_settings().extensions):
            for commands in extension.commands():
                app.add_typer(commands)
        app()
    except _COULD_NOT_BE_TRIED as error:
        say(f"could not be tried: {error}")
        sys.exit(NOT_TRIED)
    except PassportError as refusal:
        say(f"refused ({refusal.code}): {refusal}")
        sys.exit(REFUSED)


def _tell(result: ImportResult) -> None:
    """Print the battery of a row, now that it is durable, or what is wrong with the row."""
    for problem in result.problems:
        say(f"row {result.number}, {_place(problem)}: {problem.message}")
    if result.registration is not None:
        iri = result.registration.iri
        print_json({"battery": result.registration.battery_id, "passport": iri, "qr": iri})


def _place(problem: Problem) -> str:
    return f"column {problem.column}" if problem.column else "whole row"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day; write 2027-02-18") from error


if __name__ == "__main__":
    main()
