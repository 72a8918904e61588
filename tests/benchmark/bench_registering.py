"""Registering packs: how many a second, and how many bare signatures the work of one costs."""

from collections.abc import Iterator

from databases import a_postgresql_server

from benchmark.bench_signing import bare_signature_us
from benchmark.measuring import Better, Contest, Options, per_second
from benchmark.registering import registering
from benchmark.registry import bench

_PACKS = 300
_LEAST_PACKS = 100  # whole portions of what becomes durable together


@bench("registering a pack, all of it; bare Ed25519 signature", unit="ms CPU", most=270)
def registering_a_pack(options: Options) -> Iterator[Contest]:
    with registering(_packs(options)) as packs:
        yield Contest(subject=packs.whole_ms, limit=lambda: bare_signature_us() / 1000)


@bench("register packs from a file, SQLite", unit="packs/s", better=Better.MORE)
def register_on_sqlite(options: Options) -> Iterator[Contest]:
    with registering(_packs(options)) as packs:
        yield Contest(subject=lambda: per_second(packs.register, 1) * packs.count)


@bench("register packs from a file, PostgreSQL without fsync", unit="packs/s", better=Better.MORE)
def register_on_postgresql(options: Options) -> Iterator[Contest]:
    with a_postgresql_server() as server:
        server.execute("CREATE DATABASE bench")
        with registering(_packs(options), database_url=server.url("bench")) as packs:
            yield Contest(subject=lambda: per_second(packs.register, 1) * packs.count)


def _packs(options: Options) -> int:
    return max(_LEAST_PACKS, options.times(_PACKS))
