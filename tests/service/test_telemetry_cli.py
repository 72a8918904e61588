"""``bms-ingest``: frames of a file into a store or a service, estimates without either."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import orjson
import pytest
import uvicorn
from builders_registered import MAKER, PACK, an_installation
from telemetry_store import telemetry_source
from typer.testing import CliRunner

import bms_ingest.demo_data
from bms_ingest import cli
from bms_ingest.decoders.columns import read_table
from bms_ingest.sources.http import telemetry_router
from bms_ingest.telemetry import Telemetry
from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM
from passport.storage.migrate import upgrade
from passport.web.app import make_app

CELL = Path(bms_ingest.demo_data.__file__).parent / "nasa_b0029.parquet"
MAP = """
series = 100
parallel = 103
[source]
data_set = "NASA PCoE Battery Data Set"
measured_cell = "B0029"
scaling = "One cell times 100 in series and 103 in parallel"
"""
FRAMES = 3_000


@pytest.fixture
def passport(tmp_path: Path) -> Iterator[Passport]:
    opened = an_installation(tmp_path / "data")
    upgrade(opened.engine, telemetry_source())
    yield opened
    opened.close()


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    path = tmp_path / "frames.parquet"
    read_table(CELL).head(FRAMES).write_parquet(path)
    return path


@pytest.fixture
def address(passport: Passport) -> Iterator[str]:
    """Give the address of a running service."""
    app = make_app(passport)
    app.include_router(telemetry_router(Telemetry(passport)))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def run(*arguments: object) -> list[dict[str, object]]:
    result = CliRunner().invoke(cli.app, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [orjson.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_estimates_are_printed_by_group_as_the_contract_has_them():
    lines = run("estimate", CELL, "--rated-ah", "2.0")
    health = lines[0]
    assert {
        "group",
        "seq",
        "quantity",
        "value",
        "interval",
        "method",
        "observations",
        "reason",
    } <= (health.keys())
    assert health["group"] == "B0029"
    assert health["quantity"] == "state_of_health_percent"
    assert 79 < float(str(health["value"])) < 84
    quantities = {line["quantity"] for line in lines}
    assert {"resistance_ohm", "full_equivalent_cycles", "energy_throughput_kwh"} <= quantities
    assert {"round_trip_efficiency_percent", "deep_discharges"} <= quantities


def test_estimates_are_divided_by_a_column_that_was_named(frames):
    groups = {line["group"] for line in run("estimate", frames, "--rated-ah", "2", "--group", "op")}
    assert groups == {"charge", "discharge"}


def test_frames_are_replayed_into_a_store_once_and_their_condition_is_signed(
    tmp_path, passport, frames, monkeypatch
):
    # the keys of this installation are in memory, so the command works on the opened one
    monkeypatch.setattr(cli, "open_passport", lambda data: passport if data else None)
    mapping = tmp_path / "map.toml"
    mapping.write_text(MAP)
    arguments = ("replay", frames, "--battery", PACK, "--map", mapping)
    to_store = ("--data", tmp_path / "data", "--json")

    (first,) = run(*arguments, *to_store)
    (again,) = run(*arguments, *to_store)

    assert (first["accepted"], first["duplicates"]) == (FRAMES, 0)
    assert (again["accepted"], again["duplicates"]) == (0, FRAMES)
    assert first["statement"]
    assert again["statement"] is None
    (statement,) = passport.services.condition_chain(MAKER, PACK)
    assert b"B0029" in statement.body


def test_frames_are_replayed_into_a_running_service(tmp_path, passport, frames, address):
    key_file = tmp_path / "key"
    key = passport.services.issue_api_key(
        SYSTEM, MAKER.organisation, frozenset({"telemetry:write"})
    )
    key_file.write_text(key.secret + "\n")

    (answer,) = run(
        "replay", frames, "--battery", PACK, "--to", address, "--key-file", key_file, "--json"
    )

    assert answer["accepted"] == FRAMES
    assert Telemetry(passport).frame_count(PACK) == FRAMES


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["estimate", "absent.parquet", "--rated-ah", "2"], 1),
        (["estimate", CELL, "--rated-ah", "0"], 1),
        (["estimate", CELL, "--rated-ah", "2", "--group", "nothing"], 1),
        (["replay", CELL, "--battery", "nonsense"], 1),
        (["replay", CELL, "--battery", PACK, "--to", "http://localhost:1"], 1),
        (["replay", CELL, "--battery", PACK, "--map", "absent.toml"], 2),
    ],
)
def test_a_refusal_ends_with_1_and_what_could_not_be_tried_with_2(monkeypatch, arguments, code):
    monkeypatch.setattr("sys.argv", ["bms-ingest", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code


def test_a_service_that_never_answers_could_not_be_tried(tmp_path, monkeypatch, frames):
    key_file = tmp_path / "key"
    key_file.write_text("secret")
    command = f"bms-ingest replay {frames} --battery {PACK}"
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(
        "sys.argv",
        f"{command} --to http://localhost:1 --key-file {key_file}".split(),
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
