"""The service in a process of its own, with answers from memory beside its own answers.

``python -m benchmark.serving PORT FOLDER`` makes an installation with one pack and serves it. What
is kept under ``/memory`` is sent by the same server process, head and body, with nothing between.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from builders_registered import PACK, an_installation
from servers import free_port
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passport.web.app import make_app

PACK_PATH = f"/{PACK}"
MEMORY = "/memory"
_CPU = "/cpu"
_MICROSECONDS = 1e6
_START_TIMEOUT_S = 60
_POLL_S = 0.1


class Memory:
    """The application, and beside it answers from memory: what it answered to a PUT before."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the application answer."""
        if scope["type"] != "http" or not scope["path"].startswith((MEMORY, _CPU)):
            await self._app(scope, receive, send)
            return
        if scope["path"] == _CPU:
            await _send_cpu_time(send)
            return
        if scope["method"] == "PUT":
            await self._keep(scope, receive)
        for message in self._kept[scope["path"]]:
            await send(message)

    async def _keep(self, scope: Scope, receive: Receive) -> None:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        view = {
            "method": "GET",
            "path": scope["path"].removeprefix(MEMORY),
            "raw_path": scope["raw_path"].removeprefix(MEMORY.encode()),
        }
        await self._app({**scope, **view}, receive, keep)
        self._kept[scope["path"]] = kept


async def _send_cpu_time(send: Send) -> None:
    body = str(time.process_time()).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True, slots=True)
class ServedPack:
    """A served installation with one pack."""

    port: int

    def rate(self, path: str, headers: Mapping[str, str], *, count: int) -> float:
        """Views per second that a process of its own gets over connections it keeps."""
        names = [f"{name}: {value}" for name, value in headers.items()]
        asked = subprocess.run(
            [sys.executable, "-m", "benchmark.asking", str(self.port), path, str(count), *names],
            check=True,
            capture_output=True,
            text=True,
        )
        return float(asked.stdout)

    def cpu_microseconds(self, path: str, headers: Mapping[str, str], *, count: int) -> float:
        """CPU time of the server process for one answer [us]."""
        before = self._cpu_s()
        self.rate(path, headers, count=count)
        return (self._cpu_s() - before) / count * _MICROSECONDS

    def keep_in_memory(self, path: str, headers: Mapping[str, str]) -> httpx.Response:
        """Have the server send what it answers now from memory, under the path after `MEMORY`."""
        return httpx.put(f"http://localhost:{self.port}{MEMORY}{path}", headers=dict(headers))

    def get(self, path: str, headers: Mapping[str, str]) -> httpx.Response:
        """View something once."""
        return httpx.get(f"http://localhost:{self.port}{path}", headers=dict(headers))

    def _cpu_s(self) -> float:
        return float(self.get(_CPU, {}).text)


@contextmanager
def served_pack() -> Iterator[ServedPack]:
    """Start the server process and end it afterwards."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="passport-bench-") as folder:
        command = [sys.executable, "-m", "benchmark.serving", str(port), f"{folder}/data"]
        log = Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            if not _is_ready(port, process):
                raise RuntimeError(log.read_text(errors="replace")[-4000:])
            yield ServedPack(port)
        finally:
            process.terminate()
            process.wait()


def _is_ready(port: int, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return httpx.get(f"http://localhost:{port}/readyz").is_success
        except httpx.TransportError:
            time.sleep(_POLL_S)  # not listening yet
    return False


def main(port: int, folder: Path) -> None:
    """Serve until the process is ended."""
    passport = an_installation(folder, host=f"http://localhost:{port}")
    try:
        app = Memory(make_app(passport))
        uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, server_header=False)
    finally:
        passport.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
