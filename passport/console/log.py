"""Commands about the log: following one, and being a witness of some."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer

from passport.bootstrap import SystemClock
from passport.console.common import AsJson, Data, print_json, say
from passport.domain.errors import InvalidIdentifierError
from passport.keystore.files import FileKeystore
from passport.services.monitoring import (
    MonitorStateError,
    Sight,
    log_prefix,
    look_at_log,
    read_state,
    write_state,
)
from passport.services.trust import Trust
from passport.services.witnessing import WitnessDesk
from passport.settings import read_settings
from passport.signing.merkle_tree import BrokenTileError
from passport.signing.tile_reader import TileMissingError
from passport.signing.transparency_log import (
    WITNESS_SIGNATURE,
    ForgedCheckpointError,
    KeyNoteSigner,
    MalformedReceiptError,
    TrustedLog,
    UnknownLogError,
)
from passport.signing.web_reader import UnreachableError, read_bounded
from passport.storage.witness_state import FileWitnessState, WitnessStateError
from passport.web.witness_app import serve_witness

REFUSED = 1
NOT_TRIED = 2
_TIMEOUT_S = 20.0
_NOT_THERE = {httpx.codes.NOT_FOUND, httpx.codes.GONE}
_LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes; a bundle of 256 entries of the longest kind has half of it."""
_COULD_NOT_BE_TRIED = (UnreachableError, BrokenTileError, MalformedReceiptError)
"""Says nothing about the past of a log; another look may show more."""

witness_app = typer.Typer(
    no_args_is_help=True,
    help="Be a witness: sign the states of logs that extend what was signed before.",
)

WitnessFolder = Annotated[Path, typer.Argument(help="Folder with its key and what it signed.")]


def monitor(
    url: Annotated[str, typer.Argument(help="Address of a service, or of its log.")],
    trust: Annotated[
        Path | None, typer.Option(help="Trust file with the log's key; else DATA/trust.json.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Where the last state is kept; else HOST.monitor.json.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and stop.")] = False,
    interval: Annotated[
        float, typer.Option(min=1, help="Pause between two looks in seconds.")
    ] = 60,
    entries: Annotated[bool, typer.Option("--entries", help="Hash all new entries.")] = False,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Follow a log; tell at once when it was rewritten.

    Exit status: 0 each state extends the one before or is only stale, 1 it was rewritten (both
    checkpoints are in STATE.evidence.json), not signed by the log, or is another log than the
    one followed or trusted, 2 it could not be looked at.
    """
    prefix = log_prefix(url)
    file = state or Path(f"{urlsplit(prefix).netloc.replace(':', '_')}.monitor.json")
    logs = _trusted_logs(trust, data)
    with httpx.Client(timeout=_TIMEOUT_S) as client:
        while True:
            code = _look(_fetcher(client, prefix), file, logs, reads_entries=entries, json=json)
            if once or code == REFUSED:
                raise typer.Exit(code)
            time.sleep(interval)


def _trusted_logs(trust: Path | None, data: Path | None) -> list[TrustedLog] | None:
    own = (data or read_settings().data) / "trust.json"
    if trust is None and not own.exists():
        return None
    return list(Trust.read(trust or own).logs)


def _look(
    fetch: Callable[[str], bytes],
    file: Path,
    logs: list[TrustedLog] | None,
    *,
    reads_entries: bool,
    json: bool,
) -> int:
    try:
        sight = look_at_log(read_state(file), fetch=fetch, logs=logs, reads_entries=reads_entries)
        write_state(file, sight)
    except (ForgedCheckpointError, UnknownLogError) as error:
        say(f"refused ({error.code}): {error}")
        return REFUSED
    except (*_COULD_NOT_BE_TRIED, MonitorStateError) as error:
        say(f"could not be tried ({error.code}): {error}")
        return NOT_TRIED
    if json:
        print_json(sight.to_dict())
    else:
        _tell(sight, file)
    return REFUSED if sight.is_rewritten else 0


def _tell(sight: Sight, file: Path) -> None:
    typer.echo(f"{sight.verdict}  {sight.origin}  {sight.size} entries")
    for line in sight.checked:
        say(f"  {line}")
    if sight.is_stale:
        say(f"  warning: {sight.problem}")
    if sight.is_rewritten:
        say(f"  {sight.problem}")
        say(f"  both checkpoints are kept in {file}.evidence.json: show them to others")


def _fetcher(client: httpx.Client, prefix: str) -> Callable[[str], bytes]:
    def fetch(path: str) -> bytes:
        address = f"{prefix}/{path}"
        try:
            with client.stream("GET", address) as answer:
                if answer.status_code in _NOT_THERE:
                    raise TileMissingError(f"{address} answered {answer.status_code}")
                if not answer.is_success:
                    raise UnreachableError(f"{address} answered {answer.status_code}")
                return read_bounded(answer, _LARGEST_ANSWER)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnreachableError(f"{address} did not answer: {error}") from error

    return fetch


@witness_app.command("begin")
def begin_witness(
    folder: WitnessFolder,
    name: Annotated[str, typer.Option(help="Its name, such as witness.example.org/w1.")],
) -> None:
    """Begin a witness: a key and an empty memory; prints the key that verifies it."""
    if name.split() != [name] or "+" in name:
        raise InvalidIdentifierError(f"{name!r} is no name of a key: no space and no plus in it")
    FileWitnessState.begin(folder, name)
    signer = _signer(folder, name, begins=True)
    typer.echo(signer.key.text)


@witness_app.command("key")
def tell_witness_key(folder: WitnessFolder) -> None:
    """Print the key that verifies this witness."""
    typer.echo(_signer(folder, FileWitnessState(folder).name).key.text)


@witness_app.command("serve")
def serve_a_witness(
    folder: WitnessFolder,
    trust: Annotated[Path, typer.Option(help="Trust file with the keys of the logs to follow.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
) -> None:
    """Sign checkpoints on request, each only with the proof that it extends the last one."""
    state = FileWitnessState(folder)
    signer = _signer(folder, state.name)
    logs = {log.origin: log for log in Trust.read(trust).logs}
    say(f"{signer.key.text} witnesses {', '.join(logs) or 'no log'}")
    serve_witness(WitnessDesk(signer, logs, state, SystemClock()), host=host, port=port)


def _signer(folder: Path, name: str, *, begins: bool = False) -> KeyNoteSigner:
    passphrase = read_settings().keystore_passphrase.get_secret_value()
    keys = FileKeystore(folder / "keys", passphrase)
    owner = f"witness:{name}"
    held = [keys.create(owner)] if begins else [key.key_id for key in keys.public_keys(owner)]
    if not held:
        raise WitnessStateError(f"{folder} holds no key of {name}; begin in another folder")
    return KeyNoteSigner(name, keys.signing_key(held[-1]), WITNESS_SIGNATURE)
