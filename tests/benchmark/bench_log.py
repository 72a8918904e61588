"""The log: what an entry costs when it is long, what a proof weighs, what writers pay for it."""

import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

from builders_notes import SIGNER, TRUSTED
from builders_registered import MAKER, an_installation
from databases import PostgresServer, a_postgresql_server
from sqlalchemy import Engine, insert

from benchmark.measuring import Better, Contest, Options, cpu_microseconds
from benchmark.registering import new_packs
from benchmark.registry import bench
from passport.bootstrap import PassportServices
from passport.signing.merkle_tree import parse_tile_path
from passport.signing.tile_reader import PublishedTree
from passport.signing.transparency_log import verify_receipt
from passport.storage.engine import make_engine, writing
from passport.storage.log import SqlTransparencyLog
from passport.storage.migrate import passport_source, upgrade
from passport.storage.tables import metadata

_ENTRIES = 1_000_000
_PORTION = 10_000
_TOGETHER = 20
"""Entries that one round of the sequencer takes: those of a few packs."""
_ROUNDS = 10
_PROOFS = 50
_LARGEST_PROOF = 1_200
_MOST_TILES = 10
_WRITERS = 8
_PACKS = 320
_AT = datetime(2026, 11, 22, tzinfo=UTC)
_LEAF = metadata.tables["passport_leaf"]


@dataclass(slots=True)
class _Log:
    """A log on SQLite that grows by numbered entries."""

    engine: Engine
    log: SqlTransparencyLog
    folder: tempfile.TemporaryDirectory[str]
    _numbers: Iterator[int] = field(default_factory=count)

    def grow(self, entries: int) -> None:
        """Store entries and take them into the tree, as one round."""
        new = [sha256(number.to_bytes(8)).digest() for number in islice(self._numbers, entries)]
        with writing(self.engine) as connection:
            connection.execute(
                insert(_LEAF),
                [{"digest": digest, "kind": "bench", "created_at": _AT} for digest in new],
            )
        if self.log.sequence(_AT) != entries:
            raise AssertionError("not all entries were taken into the tree")

    def cost(self) -> float:
        """CPU time of one entry, stored and in the tree [us]."""
        return cpu_microseconds(lambda: self.grow(_TOGETHER), _ROUNDS) / _TOGETHER

    def proof_bytes(self) -> float:
        """Size of the largest of some receipts, each verified [bytes]."""
        return float(max(self._receipt(index) for index in self._indexes()))

    def tiles_of_a_proof(self) -> float:
        """Most tiles that a reader of published tiles fetches for one of some proofs."""
        size = self._size()
        most = 0
        for index in self._indexes():
            tree = PublishedTree(size, self._fetch)
            tree.inclusion(index)
            most = max(most, tree.tiles_read)
            tree = PublishedTree(size, self._fetch)
            tree.consistency(index + 1)
            most = max(most, tree.tiles_read)
        return float(most)

    def _receipt(self, index: int) -> int:
        digest = sha256(index.to_bytes(8)).digest()
        receipt = self.log.receipt(digest)
        verify_receipt(receipt.decode(), digest, [TRUSTED])
        return len(receipt)

    def _indexes(self) -> list[int]:
        return random.sample(range(self._size()), _PROOFS)

    def _size(self) -> int:
        return int(self.log.checkpoint().split(b"\n")[1])

    def _fetch(self, path: str) -> bytes:
        address = parse_tile_path(path)
        return self.log.tile(address.level or 0, address.index, address.width)


def _a_log(entries: int) -> _Log:
    """Make a log; its folder goes when nobody has it any more."""
    folder = tempfile.TemporaryDirectory(prefix="passport-bench-")
    engine = make_engine(f"sqlite:///{folder.name}/passport.db")
    upgrade(engine, passport_source())
    made = _Log(engine, SqlTransparencyLog(engine, SIGNER), folder)
    made.log.sequence(_AT)
    for _ in range(entries // _PORTION):
        made.grow(_PORTION)
    return made


@cache
def _long_log(entries: int) -> _Log:
    """Make a long log once for the benches that look at one."""
    return _a_log(entries)


@bench(
    "an entry at the end of a log of 1,000,000 (quick: 200,000); at the beginning of one",
    unit="us CPU",
    most=1.5,
)
def cost_of_the_last_entry(options: Options) -> Iterator[Contest]:
    yield Contest(subject=_long_log(options.times(_ENTRIES)).cost, limit=_a_log(0).cost)


@bench("receipt in a log of 1,000,000 (quick: 200,000)", unit="bytes", bar=1.0)
def bytes_of_a_proof(options: Options) -> Iterator[Contest]:
    log = _long_log(options.times(_ENTRIES))
    yield Contest(subject=log.proof_bytes, limit=lambda: float(_LARGEST_PROOF))


@bench("tiles to read for a proof in a log of 1,000,000 (quick: 200,000)", unit="tiles", bar=1.0)
def tiles_of_a_proof(options: Options) -> Iterator[Contest]:
    log = _long_log(options.times(_ENTRIES))
    yield Contest(subject=log.tiles_of_a_proof, limit=lambda: float(_MOST_TILES))


class _NoLog(SqlTransparencyLog):
    """Takes nothing into a tree: what is written is written, and nobody waits."""

    def wait_for(self, digests: object, *, now: object, timeout_s: object) -> bool:  # type: ignore[override]  # of no use here
        """Answer at once."""
        del digests, now, timeout_s
        return True


@dataclass(slots=True)
class _Writers:
    """Eight writers at one PostgreSQL, each with packs of its own."""

    services: PassportServices
    count: int
    _packs: Iterator[object] = field(default_factory=new_packs)

    def rate(self) -> float:
        """Packs registered per second of wall time."""
        rows = list(islice(self._packs, self.count))
        start = time.perf_counter()
        with ThreadPoolExecutor(_WRITERS) as pool:
            done = list(pool.map(self._register, rows))
        return len(done) / (time.perf_counter() - start)

    def _register(self, row: object) -> object:
        return self.services.register_battery(MAKER, MAKER.organisation, row.entry)  # type: ignore[attr-defined]  # an ImportRow


@contextmanager
def _writers(server: PostgresServer, name: str, packs: int, *, logs: bool) -> Iterator[_Writers]:
    server.execute(f"CREATE DATABASE {name}")
    with tempfile.TemporaryDirectory(prefix="passport-bench-") as folder:
        passport = an_installation(Path(folder), server.url(name))
        services = passport.services
        if not logs:
            no_log = _NoLog(passport.engine, SIGNER)
            services = PassportServices(passport.engine, passport.keys, no_log, services.clock)
        try:
            yield _Writers(services, packs)
        finally:
            passport.close()


@bench(
    "8 writers register packs on PostgreSQL; the same, never taken into a tree",
    unit="packs/s",
    better=Better.MORE,
    bar=0.8,
)
def writers_with_and_without_log(options: Options) -> Iterator[Contest]:
    packs = max(2 * _WRITERS, options.times(_PACKS))
    with (
        a_postgresql_server() as server,
        _writers(server, "logged", packs, logs=True) as logged,
        _writers(server, "unlogged", packs, logs=False) as unlogged,
    ):
        yield Contest(subject=logged.rate, limit=unlogged.rate)
