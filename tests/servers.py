"""The service as a process of its own: started, asked, ended, or killed while it works."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

_START_TIMEOUT_S = 90
_STOP_TIMEOUT_S = 20
_POLL_S = 0.1


class ServerNotReadyError(Exception):
    """The process ended, or did not answer in time; the end of its log is the message."""


def free_port() -> int:
    """Find a port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True, kw_only=True)
class Server:
    """One installation: a data folder, a port, and a process while it runs.

    Attributes:
        data: Folder of the store and keys; what a second start finds again.
        arguments: More arguments for ``passport serve``, such as ``--demo``.
        environment: Settings beside those of this process.
    """

    data: Path
    port: int = field(default_factory=free_port)
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The public address, also in identifiers that it signs."""
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        """What it said about itself, over all starts."""
        return self.data.with_name(f"{self.data.name}.log")

    @property
    def settings(self) -> dict[str, str]:
        """The environment of the process, and of commands that work beside it."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")
        }
        own = {"PASSPORT_PUBLIC_BASE_URL": self.url, "PASSPORT_DATA": str(self.data)}
        return inherited | own | dict(self.environment)

    def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            ServerNotReadyError: It ended, or was not ready within 90 s.
        """
        command = [sys.executable, "-m", "passport.cli", "serve", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--data", str(self.data), *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Ask the process to end, as a restart of the machine does, and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process at once, as a loss of power does (``kill -9``)."""
        self.process.kill()
        self.process.wait()

    def run(
        self, *arguments: object, program: str = "passport", typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command beside the server, on the same data; the caller looks at the exit code.

        Args:
            arguments: What follows the program's name.
            program: Name of the command.
            typed: What a person types meanwhile; no terminal is there to ask.
        """
        module = {"passport": "passport", "bms-ingest": "bms_ingest", "recycler": "recycler_portal"}
        return subprocess.run(
            [sys.executable, "-m", f"{module[program]}.cli", *map(str, arguments)],
            env=self.settings,
            input=typed,
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).is_success:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            time.sleep(_POLL_S)
        if self.process.poll() is None:
            self.kill()
        raise ServerNotReadyError(self.log.read_text(errors="replace")[-4000:])


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Start a server and end it afterwards, whatever happened to it meanwhile."""
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Give a running server with an empty record on SQLite."""
    with running(Server(data=tmp_path / "data")) as started:
        yield started


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a running server with the demonstration; shared, so tests only read or add to it."""
    data = tmp_path_factory.mktemp("demonstration") / "data"
    with running(Server(data=data, arguments=("--demo",))) as started:
        yield started
