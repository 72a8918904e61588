"""A Node script of ``tests/interop`` as a running process: one JSON line in, one out."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INTEROP = Path(__file__).parent / "interop"


class NodePeerError(Exception):
    """The packages threw; the message is theirs."""


@dataclass(frozen=True, slots=True)
class NodeProcess:
    """The script, one question at a time."""

    process: subprocess.Popen[str]

    def ask(self, do: str, **request: object) -> dict[str, Any]:
        """Send one request and return its answer.

        Raises:
            NodePeerError: The script threw; the message is its own.
        """
        self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise NodePeerError("the Node process ended; its standard error says why")
        answer = json.loads(line)
        if "error" in answer:
            raise NodePeerError(answer["error"])
        return answer

    def know(self, documents: Mapping[str, object]) -> None:
        """Give it contexts by address and DID documents by DID; it fetches nothing."""
        self.ask("know", documents=documents)


@contextmanager
def a_node_process(script: str) -> Iterator[NodeProcess]:
    """Start a script and end it afterwards.

    Raises:
        NodePeerError: The packages were not installed.
    """
    if not (INTEROP / "node_modules").is_dir():
        raise NodePeerError(f"the Node packages are missing; run: npm ci --prefix {INTEROP}")
    with subprocess.Popen(
        ["node", script],
        cwd=INTEROP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield NodeProcess(process)
        finally:
            process.stdin.close()
            process.wait(timeout=10)
