"""``kill -9`` while documents are uploaded: what was acknowledged is there with every byte."""

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock, Thread

import httpx
import pytest
from journey import MAKER, Life, a_life
from killing import SEED, opened
from servers import Server

from passport.domain.actor import SYSTEM

CLIENTS = 3
KILLS = 2
"""Few: a document goes the way of a registration, which is killed more often."""
SIZE = 200_000
"""Bytes of a document: more than a database writes at once."""
_PATIENCE_S = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def maker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Life]:
    """Give an installation that does not run yet, with one maker."""
    url = request.getfixturevalue(f"{request.param}_url")
    server = Server(data=tmp_path / "data", environment={"PASSPORT_DATABASE_URL": url})
    with a_life(server, tmp_path) as life:
        life.join(MAKER)
        yield life


class Uploaders:
    """Programs of the maker that upload documents until nobody answers."""

    def __init__(self, maker: Life) -> None:
        self.acknowledged: dict[str, bytes] = {}
        self._maker = maker
        self._chance = random.Random(SEED)  # noqa: S311 - a repeatable content, no secret
        self._lock = Lock()
        self._threads: list[Thread] = []

    def send(self, *, more: int) -> None:
        """Upload from all clients at once; return when so many more were acknowledged."""
        until = len(self.acknowledged) + more
        self._threads = [Thread(target=self._send) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        deadline = time.monotonic() + _PATIENCE_S
        while len(self.acknowledged) < until:
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} acknowledged"
            time.sleep(0.001)

    def wait(self) -> None:
        """Wait until each client has given up."""
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        client = self._maker.of(MAKER)
        while True:
            with self._lock:
                content = b"%PDF-1.7\n" + self._chance.randbytes(SIZE)
            try:
                answer = client.post(
                    "/api/v1/documents",
                    content=content,
                    headers={"Content-Type": "application/pdf"},
                )
            except httpx.TransportError:
                return
            assert answer.status_code == 201, answer.text
            with self._lock:
                self.acknowledged[answer.json()["digest"]] = content


def test_a_service_killed_twice_loses_no_document_and_keeps_no_half_one(maker: Life):
    chance = random.Random(SEED)  # noqa: S311 - a repeatable moment, no secret
    uploaders = Uploaders(maker)

    for _ in range(KILLS):
        maker.server.start()
        uploaders.send(more=chance.randrange(3, 12))
        time.sleep(chance.uniform(0, 0.05))
        maker.server.kill()
        uploaders.wait()
        with opened(maker.server) as passport:
            kept = {
                one.digest: passport.services.read_document(SYSTEM, one.digest)
                for one in passport.services.do(
                    SYSTEM, lambda work: work.documents.of_organisation(MAKER.slug)
                )
            }
        assert uploaders.acknowledged.items() <= kept.items()
        for digest, content in kept.items():
            assert digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
