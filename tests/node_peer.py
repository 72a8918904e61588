"""The Node packages of others as a running process: what they sign, and what they verify."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from node_process import NodeProcess, a_node_process

from passport.linked_data.contexts import context_document, known_contexts

EDDSA, ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019"


@dataclass(frozen=True, slots=True)
class NodePeer(NodeProcess):
    """`@digitalbazaar/vc` with its cryptosuites, one question at a time."""

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
        request = {"credential": credential, "key": key, "count": count}
        return self.ask("sign", **request, suite=suite, **({"created": created} if created else {}))

    def verify(
        self,
        credential: Mapping[str, object],
        *,
        now: str | None = None,
        count: int = 1,
        suite: str = EDDSA,
    ) -> dict[str, Any]:
        """Verify `count` times: `verified`, `errors` and `cpu_us`, CPU time of one [us]."""
        request = {"credential": credential, "count": count, "suite": suite}
        return self.ask("verify", **request, **({"now": now} if now else {}))

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
        request = {"presentation": presentation, "key": key, "created": created}
        return self.ask("present", **request, **asked, suite=suite)["presentation"]

    def check_presentation(
        self,
        presentation: Mapping[str, object],
        *,
        now: str,
        asked: Mapping[str, str],
    ) -> dict[str, Any]:
        """Verify a presentation and what is in it, of any suite: `verified` and `errors`."""
        request = {"presentation": presentation, "now": now}
        return self.ask("check_presentation", **request, **asked)

    def status_list(self, iri: str, *, length: int, revoked: list[int]) -> dict[str, Any]:
        """Make a status list of so many places, unsigned."""
        return self.ask("list", id=iri, length=length, set=revoked)["credential"]

    def status(self, credential: Mapping[str, object], *, suite: str = EDDSA) -> dict[str, Any]:
        """Look a credential up in the status list it names: `verified`, `errors`, `statuses`."""
        return self.ask("status", credential=credential, suite=suite)

    def canonize(self, document: Mapping[str, object]) -> bytes:
        """Write a document as canonical N-Quads (RDFC-1.0) with jsonld.js and rdf-canonize."""
        return self.ask("canonize", document=document)["canonical"].encode()


@contextmanager
def a_node_peer() -> Iterator[NodePeer]:
    """Start the packages of ``tests/interop``, which know our contexts; end them afterwards."""
    with a_node_process("digitalbazaar.mjs") as running:
        running.know({iri: context_document(iri) for iri in known_contexts()})
        yield NodePeer(running.process)
