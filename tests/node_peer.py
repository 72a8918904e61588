"""The Node packages of others as a running process: what they sign, and what they verify."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INTEROP = Path(__file__).parent / "interop"
EDDSA, ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019"


class NodePeerError(Exception):
    """The packages threw; the message is theirs."""


@dataclass(frozen=True, slots=True)
class NodePeer:
    """`@digitalbazaar/vc` with its cryptosuites, one question at a time."""

    process: subprocess.Popen[str]

    def know(self, documents: Mapping[str, object]) -> None:
        """Give it contexts and lists by address, DID documents by DID; it fetches nothing."""
        self._ask({"do": "know", "documents": documents})

    def sign(
        self,
        credential: Mapping[str, object],
        key: Mapping[str, str],
        *,
        created: str | None = None,
        count: int = 1,
        suite: str = EDDSA,
    ) -> dict[str, Any]:
        """Sign `count` times: the last `credential` and `cpu_us`, CPU time of one [us]."""
        request = {"do": "sign", "credential": credential, "key": key, "count": count}
        return self._ask(request | {"suite": suite} | ({"created": created} if created else {}))

    def verify(
        self,
        credential: Mapping[str, object],
        *,
        now: str | None = None,
        count: int = 1,
        suite: str = EDDSA,
    ) -> dict[str, Any]:
        """Verify `count` times: `verified`, `errors` and `cpu_us`, CPU time of one [us]."""
        request = {"do": "verify", "credential": credential, "count": count, "suite": suite}
        return self._ask(request | ({"now": now} if now else {}))

    def present(
        self,
        presentation: Mapping[str, object],
        key: Mapping[str, str],
        *,
        created: str,
        asked: Mapping[str, str],
        suite: str = EDDSA,
    ) -> dict[str, Any]:
        """Sign a presentation; `asked` holds `domain` and `challenge`."""
        request = {"do": "present", "presentation": presentation, "key": key, "created": created}
        return self._ask({**request, **asked, "suite": suite})["presentation"]

    def check_presentation(
        self,
        presentation: Mapping[str, object],
        *,
        now: str,
        asked: Mapping[str, str],
    ) -> dict[str, Any]:
        """Verify a presentation and what is in it, of any suite: `verified` and `errors`."""
        request = {"do": "check_presentation", "presentation": presentation, "now": now}
        return self._ask({**request, **asked})

    def status_list(self, iri: str, *, length: int, revoked: list[int]) -> dict[str, Any]:
        """Make a status list of so many places, unsigned."""
        return self._ask({"do": "list", "id": iri, "length": length, "set": revoked})["credential"]

    def status(self, credential: Mapping[str, object], *, suite: str = EDDSA) -> dict[str, Any]:
        """Look a credential up in the status list it names: `verified`, `errors`, `statuses`."""
        return self._ask({"do": "status", "credential": credential, "suite": suite})

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
