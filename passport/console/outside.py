"""Commands for operators that sign with a key of their own: prepare, sign, bring back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from passport.bootstrap.importing import read_import
from passport.console.common import opened, print_json, say
from passport.domain.actor import SYSTEM
from passport.domain.errors import InvalidValueError
from passport.domain.identifiers import parse_model_id
from passport.linked_data.documents import parse_input
from passport.services.issue import NewBattery, NewModel, Registration
from passport.signing.prepared import load_key, read_entries, read_head, sign_entry, write_line

_REFUSED = 1


def read_model(file: Path) -> NewModel:
    """Read a model with its data from a file.

    Raises:
        InvalidValueError: A member is missing.
    """
    entered = parse_input(file.read_bytes())
    name = entered.get("gtin") or entered.get("identifier")
    content = entered.get("content")
    if not isinstance(name, str) or not isinstance(content, Mapping):
        raise InvalidValueError(f"{file} needs the members gtin (or identifier) and content")
    model_id = parse_model_id(name if "gtin" in entered else f"id/{name}")
    return NewModel(model_id=model_id, content=content)


def prepare_batteries(file: Path | None, operator: str, out: Path, data: Path | None) -> None:
    """Prepare the batteries of a file; without one, the status lists that have to be signed."""
    entries: list[tuple[int, NewBattery]] = []
    refused = 0
    for row in read_import(file.read_bytes(), file.name).rows if file is not None else ():
        if row.entry is None or row.problems:
            refused += 1
            for problem in row.problems:
                say(f"row {row.number}: {problem.message}")
        else:
            entries.append((row.number, row.entry))
    _prepare(entries, operator, out, data, refused=refused)


def prepare_model(file: Path, operator: str, out: Path, data: Path | None) -> None:
    """Prepare the model of a file."""
    _prepare([(1, read_model(file))], operator, out, data)


def _prepare(
    entries: Sequence[tuple[int, NewBattery | NewModel]],
    operator: str,
    out: Path,
    data: Path | None,
    *,
    refused: int = 0,
) -> None:
    with opened(data) as passport:
        batch = passport.services.prepare_outside(SYSTEM, operator, entries)
    lines = [batch.head.as_line()]
    if batch.lists is not None:
        lines.append(batch.lists.as_line())
    for result in batch.results:
        if result.refusal is not None:
            refused += 1
            say(f"row {result.number}: {result.refusal}")
        elif result.entry is None:
            say(f"row {result.number}: on record already, nothing to sign")
        else:
            lines.append(result.entry.as_line())
    out.write_bytes(b"".join(map(write_line, lines)))
    prepared = sum(result.entry is not None for result in batch.results)
    say(f"{prepared} prepared for {batch.head.key_id}, {refused} refused; written to {out}")
    if refused:
        raise typer.Exit(_REFUSED)


def register_signed(file: Path, data: Path | None) -> None:
    """Put on record what was signed outside; one JSON line for each that is."""
    content = file.read_bytes()
    head = read_head(content)
    refused = 0
    with opened(data) as passport:
        for done in passport.services.accept_signed(SYSTEM, head, read_entries(content)):
            match done.registered:
                case None:
                    refused += 1
                    say(f"row {done.number}: {done.refusal}")
                case Registration() as registration:
                    iri = registration.iri
                    print_json({"battery": registration.battery_id, "passport": iri, "qr": iri})
                case model:
                    print_json({"model": model.model_id, "operator": model.operator})
    if refused:
        say(f"{refused} refused")
        raise typer.Exit(_REFUSED)


def sign(
    file: Annotated[Path, typer.Argument(help="File that --prepare wrote.")],
    key_file: Annotated[Path, typer.Option("--key-file", help="Private key in PEM (PKCS #8).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write.")],
    passphrase_file: Annotated[
        Path | None, typer.Option(help="File with the passphrase of the key.")
    ] = None,
) -> None:
    """Sign prepared statements with a key of one's own; needs no store and no network."""
    content = file.read_bytes()
    head = read_head(content)
    passphrase = None if passphrase_file is None else passphrase_file.read_bytes().strip()
    key = load_key(key_file.read_bytes(), head, passphrase)
    now = datetime.now(UTC).replace(microsecond=0)
    signed = [sign_entry(entry, key, at=now) for entry in read_entries(content)]
    lines = [head.as_line(), *(entry.as_line() for entry in signed)]
    out.write_bytes(b"".join(map(write_line, lines)))
    say(f"{sum(len(entry.signed) for entry in signed)} documents signed; written to {out}")
