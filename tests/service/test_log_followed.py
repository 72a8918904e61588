"""A service, a witness and a follower, each a process of its own; then the service forgets."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from servers import Server, free_port, running

from passport.signing.witness import parse_witness_key, verify_cosignatures

NAME = "witness.example/w1"
PATIENCE_S = 180


def command(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "passport.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=_plain_environment(),
    )


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
    ended = server.run("operator", "add", name, "--id", f"https://{name}.example.com/id")
    assert ended.returncode == 0, ended.stderr


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
    begun = command("witness", "begin", tmp_path / "witness", "--name", NAME, cwd=tmp_path)
    key, port = begun.stdout.strip(), free_port()
    assert begun.returncode == 0, begun.stderr
    witnesses = {"PASSPORT_WITNESSES": f"http://127.0.0.1:{port} {key}"}
    server = Server(data=tmp_path / "data", environment=witnesses)
    trust, state = tmp_path / "data" / "trust.json", tmp_path / "state.json"
    monitor = ("monitor", server.url, "--trust", trust, "--state", state, "--once", "--entries")

    with running(server), a_witness(tmp_path / "witness", trust, port):
        add_operator(server, "first")
        _, size = wait_for_cosignature(server, key, 0)
        assert command(*monitor, cwd=tmp_path).returncode == 0
        server.stop()
        shutil.copytree(tmp_path / "data", tmp_path / "old")

        server.start()
        add_operator(server, "second")
        _, newer = wait_for_cosignature(server, key, size)
        looked = command(*monitor, "--json", cwd=tmp_path)
        assert orjson.loads(looked.stdout)["verdict"] == "extended", looked.stderr
        server.stop()

        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "old", tmp_path / "data")
        server.start()
        looked = command(*monitor, cwd=tmp_path)
        assert looked.returncode == 1
        assert f"the log shrank from {newer} to {size} entries" in looked.stderr
        evidence = orjson.loads((tmp_path / "state.json.evidence.json").read_bytes())
        assert (evidence["previous_size"], evidence["size"]) == (newer, size)

        add_operator(server, "other")
        add_operator(server, "another")
        looked = command(*monitor, cwd=tmp_path)
        assert looked.returncode == 1
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

    looked = command("monitor", url, "--once", "--state", tmp_path / "state.json", cwd=tmp_path)

    assert looked.returncode == 2
    assert "did not answer" in looked.stderr
    assert not (tmp_path / "state.json").exists()


def test_backup_and_restore_speak_as_the_contract_says(tmp_path: Path, server: Server):
    add_operator(server, "kept")
    file, out = tmp_path / "kept.tar", tmp_path / "second"

    kept = server.run("backup", file, "--json")
    shown = f"{server.url}/log/checkpoint"
    restored = server.run("restore", file, "--data", out, "--checkpoint", shown)
    again = server.run("restore", file, "--data", out)
    missing = server.run("restore", tmp_path / "none.tar", "--data", tmp_path / "third")

    assert orjson.loads(kept.stdout)["log"]["size"] > 0
    assert [kept.returncode, restored.returncode, again.returncode] == [0, 0, 1]
    assert "restore-target" in again.stderr
    assert missing.returncode == 2
