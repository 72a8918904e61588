"""The command line of telemetry; names and exit codes as the contract fixes them.

Exit 0: done. Exit 1: refused, with the reason. Exit 2: could not be tried.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import orjson
import polars as pl
import typer
from sqlalchemy.exc import OperationalError

from bms_ingest.decoders.columns import ColumnMap, decode_table, parse_column_map, read_table
from bms_ingest.decoders.frame_json import DecodedBatch, encode_batch
from bms_ingest.estimators.assess import assess
from bms_ingest.estimators.estimate import Estimate
from bms_ingest.fold import fold_frames
from bms_ingest.frame import FrameError
from bms_ingest.sources.files import read_batches
from bms_ingest.telemetry import Telemetry
from bms_ingest.traits import BatteryTraits
from passport.bootstrap import configure_logs, open_passport
from passport.domain.actor import SYSTEM
from passport.domain.errors import InvalidValueError, PassportError
from passport.domain.identifiers import BatteryId, parse_battery_id
from passport.domain.units import parse_decimal

REFUSED: Final = 1
NOT_TRIED: Final = 2
_TRIES: Final = 6
_LONGEST_WAIT_S: Final = 10.0
_BUSY: Final = frozenset({429, 502, 503, 504})

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Telemetry of batteries: frames in, state of health out. Exit status: 0 done, 1 refused, "
    "2 could not be tried.",
)


class ServiceUnreachableError(Exception):
    """The service did not answer, however often it was asked."""


class ReplayRefusedError(PassportError):
    """The service that frames were replayed into refused them."""

    code = "replay-refused"


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="Frames: .parquet, .csv or .jsonl.")],
    *,
    battery: Annotated[str, typer.Option(help="The QR code's text, or GTIN/SERIAL.")],
    to: Annotated[str, typer.Option(help="Address of a service; without it, the store.")] = "",
    key_file: Annotated[Path | None, typer.Option(help="File that holds the API key.")] = None,
    map_file: Annotated[Path | None, typer.Option("--map", help="Names of columns (TOML).")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the store (PASSPORT_DATA).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Send the frames of a file into a service or straight into the store."""
    battery_id = parse_battery_id(battery)
    mapping = _read_map(map_file)
    batches = read_batches(file, battery_id, mapping)
    if to:
        answer = _replay_over_http(batches, battery_id, mapping, to, key_file)
    else:
        answer = _replay_into_store(batches, battery_id, mapping, data)
    if as_json:
        _print_json(answer)
    else:
        typer.echo(", ".join(f"{name} {value}" for name, value in answer.items()))


@app.command()
def estimate(
    file: Annotated[Path, typer.Argument(help="Frames: .parquet or .csv.")],
    *,
    rated_ah: Annotated[str, typer.Option(help="Rated capacity [Ah].")],
    group: Annotated[str, typer.Option(help="Column that divides the rows.")] = "",
    map_file: Annotated[Path | None, typer.Option("--map", help="Names of columns (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines; always so.")] = True,  # noqa: ARG001
) -> None:
    """Estimate state of health and use of each group of a file; needs no store."""
    traits = BatteryTraits(rated_capacity_mah=int(parse_decimal(rated_ah) * 1000))
    mapping = _read_map(map_file)
    for name, rows in _groups(read_table(file), group):
        total = fold_frames(decode_table(rows, name, mapping), traits)
        for one in assess(total, traits):
            _print_json(_line(name, one))


def main() -> None:
    """Run the command line and end with the contract's exit codes."""
    configure_logs(level=logging.WARNING)
    try:
        app()
    except (ServiceUnreachableError, OSError, OperationalError) as error:
        _say(f"could not be tried: {error}")
        sys.exit(NOT_TRIED)
    except PassportError as refusal:
        _say(f"refused ({refusal.code}): {refusal}")
        sys.exit(REFUSED)


def _replay_into_store(
    batches: Iterator[DecodedBatch], battery_id: BatteryId, mapping: ColumnMap, data: Path | None
) -> dict[str, Any]:
    """Make the frames durable in the store and have the condition signed if it is time."""
    passport = open_passport() if data is None else open_passport(data=data)
    try:
        telemetry = Telemetry(passport)
        telemetry.recover()
        if mapping.source is not None:
            telemetry.declare_source(SYSTEM, battery_id, mapping.source)
        counts = {"accepted": 0, "duplicates": 0, "quarantined": 0}
        with _progress() as advance:
            for batch in batches:
                receipt = telemetry.take_in(SYSTEM, batch)
                counts["accepted"] += receipt.accepted
                counts["duplicates"] += receipt.duplicates
                counts["quarantined"] += sum(not one.kept for one in receipt.quarantined)
                advance(len(batch.frames) + len(batch.malformed))
        signed = telemetry.sign_condition(battery_id)
        return counts | {"statement": None if signed is None else signed.statement_iri}
    finally:
        passport.close()


def _replay_over_http(
    batches: Iterator[DecodedBatch],
    battery_id: BatteryId,
    mapping: ColumnMap,
    url: str,
    key_file: Path | None,
) -> dict[str, Any]:
    """Send the frames to a service; a batch is sent again until it is acknowledged."""
    if key_file is None:
        raise InvalidValueError("--to needs --key-file: a file that holds an API key")
    if mapping.source is not None:
        raise InvalidValueError(
            "readings of another battery (a map with [source]) are replayed into a store only"
        )
    headers = {
        "Authorization": f"Bearer {key_file.read_text(encoding='utf-8').strip()}",
        "Content-Type": "application/json",
    }
    counts = {"accepted": 0, "duplicates": 0, "quarantined": 0}
    address = f"{url.rstrip('/')}/api/v1/telemetry"
    with httpx.Client(headers=headers, timeout=60) as client, _progress() as advance:
        for batch in batches:
            body = encode_batch(battery_id, [frame for _, frame in batch.frames])
            answer = _send(client, address, body)
            for name in counts:
                counts[name] += answer[name]
            advance(len(batch.frames))
    return counts


def _send(client: httpx.Client, address: str, body: bytes) -> dict[str, Any]:
    """Send one batch until the service takes or refuses it.

    Raises:
        ReplayRefusedError: The service refused it.
        ServiceUnreachableError: It did not answer in several tries.
    """
    problem = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(min(_LONGEST_WAIT_S, 0.2 * 2**attempt))
        try:
            answer = client.post(address, content=body)
        except httpx.TransportError as error:
            problem = str(error)
            continue
        if answer.is_success:
            result: dict[str, Any] = orjson.loads(answer.content)
            return result
        if answer.status_code not in _BUSY:
            raise ReplayRefusedError(f"{address} answered {answer.status_code}: {answer.text}")
        problem = f"it answered {answer.status_code}"
    raise ServiceUnreachableError(f"{address}: {problem}, {_TRIES} times")


def _read_map(path: Path | None) -> ColumnMap:
    return ColumnMap() if path is None else parse_column_map(path.read_text(encoding="utf-8"))


def _groups(table: pl.DataFrame, column: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Divide a table; without a column to divide by, its cells are the groups."""
    by = column or ("cell_id" if "cell_id" in table.columns else "")
    if not by:
        yield "", table
        return
    if by not in table.columns:
        raise FrameError(f"no column {by} in {', '.join(table.columns)}")
    for rows in table.partition_by(by, maintain_order=True):
        yield str(rows[by][0]), rows


def _line(group: str, one: Estimate) -> dict[str, Any]:
    return {
        "group": group,
        "seq": one.epoch,
        "quantity": one.quantity,
        "value": None if one.value is None else str(one.value),
        "interval": None if one.interval is None else [str(end) for end in one.interval],
        "method": one.method,
        "observations": one.observations,
        "reason": one.reason,
        "conditions": one.conditions,
    }


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


@contextmanager
def _progress() -> Iterator[Any]:
    """Count frames on standard error while it is watched."""
    done, started = 0, time.monotonic()
    watched = sys.stderr.isatty()

    def advance(frames: int) -> None:
        nonlocal done
        done += frames
        if watched:
            sys.stderr.write(f"\r{done} frames")

    yield advance
    spent_s = time.monotonic() - started
    lead = "\r" if watched else ""
    sys.stderr.write(f"{lead}{done} frames in {spent_s:.1f} s\n")


def _say(message: str) -> None:
    typer.echo(message, err=True)


if __name__ == "__main__":
    main()
