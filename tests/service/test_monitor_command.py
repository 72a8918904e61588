"""What `passport monitor` answers about logs that are behind, forked or named anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from builders_notes import ORIGIN, TRUSTED, MemoryNoteSigner
from builders_published import PublishedLog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from passport.cli import app
from passport.services.trust import Trust
from passport.signing.transparency_log import sign_checkpoint
from passport.signing.web_reader import UnreachableError

_PREFIX = "/log/"


@contextmanager
def served(log: PublishedLog, checkpoint: str) -> Iterator[str]:
    """Serve tiles of a log, with a checkpoint that need not be its newest."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.removeprefix(_PREFIX)
            try:
                body = checkpoint.encode() if path == "checkpoint" else log.fetch(path)
            except UnreachableError:
                self.send_error(404)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Say nothing; the tests say what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def monitor(folder: Path, log: PublishedLog, checkpoint: str | None = None) -> Any:
    trust = folder / "trust.json"
    trust.write_bytes(Trust(did_documents={}, logs=(TRUSTED,)).to_bytes())
    with served(log, checkpoint or log.note()) as url:
        options = ("--once", "--trust", str(trust), "--state", str(folder / "state.json"))
        return CliRunner().invoke(app, ["monitor", url, *options])


@pytest.fixture
def followed(tmp_path: Path) -> PublishedLog:
    """Give a log of 300 entries that was looked at once."""
    log = PublishedLog(300)
    assert monitor(tmp_path, log).exit_code == 0
    return log


def test_an_older_checkpoint_is_told_as_stale_and_the_newer_state_is_kept(
    tmp_path: Path, followed: PublishedLog
):
    before = (tmp_path / "state.json").read_bytes()

    looked = monitor(tmp_path, followed, PublishedLog(200).note())

    assert looked.exit_code == 0
    assert looked.stdout.startswith("stale")
    assert "warning: this is an older state" in looked.stderr
    assert (tmp_path / "state.json").read_bytes() == before
    assert not (tmp_path / "state.json.evidence.json").exists()


def test_an_older_checkpoint_of_another_history_is_told_as_a_fork(
    tmp_path: Path, followed: PublishedLog
):
    looked = monitor(tmp_path, followed, PublishedLog(200, first=1).note())

    assert looked.exit_code == 1
    assert looked.stdout.startswith("rewritten")
    assert (tmp_path / "state.json.evidence.json").exists()


@pytest.mark.parametrize("is_first", [True, False], ids=["the first look", "a later look"])
def test_a_log_under_a_name_that_is_not_trusted_is_refused(tmp_path: Path, is_first: bool):
    name = "log.example/second"
    log, signer = PublishedLog(9), MemoryNoteSigner(name, Ed25519PrivateKey.generate())
    renamed = sign_checkpoint(replace(log.checkpoint(), origin=name), signer)
    if not is_first:
        assert monitor(tmp_path, log).exit_code == 0

    looked = monitor(tmp_path, log, renamed)

    assert looked.exit_code == 1
    assert "refused (unknown-log)" in looked.stderr
    assert name in looked.stderr
    assert is_first or ORIGIN in looked.stderr
    assert (tmp_path / "state.json").exists() is not is_first
