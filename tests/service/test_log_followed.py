"""A service, a witness and a follower, each a process of its own; then the service forgets."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from servers import Server, free_port, running
from typer.testing import CliRunner

from passport.bootstrap import open_passport
from passport.cli import app
from passport.domain.actor import SYSTEM, Role
from passport.services.operators import NewOperator
from passport.signing.witness import parse_witness_key, verify_cosignatures

NAME = "witness.example/w1"
PATIENCE_S = 180


def command(*arguments: object) -> Any:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(one) for one in arguments])


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}


@contextmanager
def a_witness(folder: Path, trust: Path, port: int) -> Iterator[None]:
    served = ("witness", "serve", str(folder), "--trust", str(trust), "--port", str(port))
    process = subprocess.Popen(
        [sys.executable, "-m", "passport.cli", *served],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=trust.parent,
        env=_plain_environment(),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def add_operator(server: Server, name: str) -> None:
    """Let the log grow, beside the running server."""
    passport = open_passport(data=server.data, public_base_url=server.url)
    passport.services.add_operator(
        SYSTEM,
        NewOperator(
            name=name,
            operator_uri=f"https://{name}.example.com/id",
            country="NL",
            base_url=server.url,
            roles=frozenset({Role.OPERATOR}),
        ),
    )
    passport.close()


def wait_for_cosignature(server: Server, key: str, more_than: int) -> tuple[str, int]:
    witness = parse_witness_key(key)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        note = httpx.get(f"{server.url}/log/checkpoint").text
        size = int(note.split("\n")[1])
        if size > more_than and witness.name in verify_cosignatures(note, [witness]):
            return note, size
        time.sleep(0.2)
    pytest.fail(f"no cosignature of a log with more than {more_than} entries: {note}")


def test_a_log_is_witnessed_and_followed_until_it_forgets(tmp_path: Path):
    begun = command("witness", "begin", tmp_path / "witness", "--name", NAME)
    key, port = begun.stdout.strip(), free_port()
    assert begun.exit_code == 0, begun.stderr
    witnesses = {"PASSPORT_WITNESSES": f"http://127.0.0.1:{port} {key}"}
    server = Server(data=tmp_path / "data", environment=witnesses)
    trust, state = tmp_path / "data" / "trust.json", tmp_path / "state.json"
    monitor = ("monitor", server.url, "--trust", trust, "--state", state, "--once", "--entries")

    with running(server), a_witness(tmp_path / "witness", trust, port):
        add_operator(server, "first")
        _, size = wait_for_cosignature(server, key, 0)
        assert command(*monitor).exit_code == 0
        server.stop()
        shutil.copytree(tmp_path / "data", tmp_path / "old")

        server.start()
        add_operator(server, "second")
        _, newer = wait_for_cosignature(server, key, size)
        looked = command(*monitor, "--json")
        assert orjson.loads(looked.stdout)["verdict"] == "extended", looked.stderr
        server.stop()

        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "old", tmp_path / "data")
        server.start()
        looked = command(*monitor)
        assert looked.exit_code == 1
        assert f"the log shrank from {newer} to {size} entries" in looked.stderr
        evidence = orjson.loads((tmp_path / "state.json.evidence.json").read_bytes())
        assert (evidence["previous_size"], evidence["size"]) == (newer, size)

        add_operator(server, "other")
        add_operator(server, "another")
        looked = command(*monitor)
        assert looked.exit_code == 1
        note = httpx.get(f"{server.url}/log/checkpoint").text
        assert verify_cosignatures(note, [parse_witness_key(key)]) == {}
        wait_for_line(server.log, "witness_did_not_sign")


def wait_for_line(file: Path, text: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while text not in file.read_text(errors="replace"):
        assert time.monotonic() < deadline, f"{text} is never told"
        time.sleep(0.2)


def test_a_log_that_is_away_could_not_be_looked_at(tmp_path: Path):
    url = f"http://127.0.0.1:{free_port()}"

    looked = command("monitor", url, "--once", "--state", tmp_path / "state.json")

    assert looked.exit_code == 2
    assert "did not answer" in looked.stderr
    assert not (tmp_path / "state.json").exists()


def test_backup_and_restore_speak_as_the_contract_says(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
):
    add_operator(server, "kept")
    file, out = tmp_path / "kept.tar", tmp_path / "second"

    kept = command("backup", file, "--data", server.data, "--json")
    monkeypatch.setenv("PASSPORT_LOG_ORIGIN", f"localhost:{server.port}/log")
    shown = f"{server.url}/log/checkpoint"
    restored = command("restore", file, "--data", out, "--checkpoint", shown)
    again = server.run("restore", file, "--data", out)

    assert orjson.loads(kept.stdout)["log"]["size"] > 0
    assert [kept.exit_code, restored.exit_code, again.returncode] == [0, 0, 1]
    assert "restore-target" in again.stderr
