"""The Node packages of others as a running process: what they sign, and what they verify."""

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
class NodePeer:
    """`@digitalbazaar/vc` with `eddsa-rdfc-2022`, one question at a time."""

    process: subprocess.Popen[str]

    def know(self, documents: Mapping[str, object]) -> None:
        """Give it contexts by address and DID documents by DID; it fetches nothing."""
        self._ask({"do": "know", "documents": documents})

    def sign(
        self,
        credential: Mapping[str, object],
        key: Mapping[str, str],
        *,
        created: str | None = None,
        count: int = 1,
    ) -> dict[str, Any]:
        """Sign `count` times: the last `credential` and `cpu_us`, CPU time of one [us]."""
        request = {"do": "sign", "credential": credential, "key": key, "count": count}
        return self._ask(request | ({"created": created} if created else {}))

    def verify(
        self, credential: Mapping[str, object], *, now: str | None = None, count: int = 1
    ) -> dict[str, Any]:
        """Verify `count` times: `verified`, `errors` and `cpu_us`, CPU time of one [us]."""
        request = {"do": "verify", "credential": credential, "count": count}
        return self._ask(request | ({"now": now} if now else {}))

    def canonize(self, document: Mapping[str, object]) -> bytes:
        """Write a document as canonical N-Quads (RDFC-1.0) with jsonld.js and rdf-canonize."""
        answer = self._ask({"do": "canonize", "document": document})
        return answer["canonical"].encode()

    def _ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise NodePeerError("the Node process ended; its standard error says why")
        answer = json.loads(line)
        if "error" in answer:
            raise NodePeerError(answer["error"])
        return answer


@contextmanager
def a_node_peer() -> Iterator[NodePeer]:
    """Start the packages of ``tests/interop`` and end them afterwards."""
    with subprocess.Popen(
        ["node", "digitalbazaar.mjs"],
        cwd=INTEROP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield NodePeer(process)
        finally:
            process.stdin.close()
            process.wait(timeout=10)
