"""``kill -9`` at every step between the commit of a statement and its publication."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from builders_log import LogReader
from builders_registered import MAKER, an_installation, register_pack
from databases import PostgresServer
from log_crasher import Step, register, run_killed
from sqlalchemy import delete, select

from passport.bootstrap import Passport, open_passport
from passport.domain.identifiers import BatteryId, gs1_battery_id
from passport.signing.merkle_tree import RightEdge
from passport.signing.transparency_log import (
    Checkpoint,
    TrustedLog,
    parse_checkpoint,
    split_note,
    verify_receipt,
)
from passport.storage.engine import reading, writing
from passport.storage.tables import metadata
from passport.storage.tables_record import StatementRow

NUMBERS = count(1)
_LEAF = metadata.tables["passport_leaf"]
_TILE = metadata.tables["passport_tile"]
_STATEMENT = StatementRow.metadata.tables["passport_statement"]

_LOG = "passport.storage.log"
_SEQUENCER = "passport.storage.log:SqlTransparencyLog"
WRITING = [
    Step("passport.storage.unit:WriteBuffer", "commit", after=False),
    Step("passport.storage.unit:WriteBuffer", "commit", after=True),
    Step(_SEQUENCER, "wait_for", after=True),
    *(
        Step(_SEQUENCER, name, after=after)
        for name in ("_sequence", "_assign_indexes", "_store_tiles", "_publish")
        for after in (False, True)
    ),
    Step(_LOG, "_lock_sequencer", after=True),
    Step(_LOG, "_all_have_indexes", after=False),
]
REPAIRING = [
    Step(_LOG, "_redo_tiles", after=False),
    Step(_LOG, "_redo_tiles", after=True),
    Step(_LOG, "_upsert_tiles", after=True),
    Step(_SEQUENCER, "sequence", after=False),
]


@dataclass(frozen=True)
class Installation:
    """One that is opened by a process after the other."""

    data: Path
    url: str

    def open(self) -> Passport:
        return open_passport(data=self.data, database_url=self.url, extensions=("recycler_portal",))

    def kill_at(self, step: Step) -> BatteryId:
        """Register a new battery in a process that is killed at a step."""
        battery = a_new_battery()
        run_killed(step, register, self.data, self.url, battery)
        return battery


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Give an installation with a pack on each database; each test registers packs of its own."""
    data = tmp_path_factory.mktemp("crashes") / "data"
    url = f"sqlite:///{data}/passport.db"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgresql_server")
        name = next(request.getfixturevalue("postgresql_names"))
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        url = server.url(name)
    an_installation(data, url, f"file:{data}/keys").close()
    yield Installation(data, url)
    if request.param == "postgresql":
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def a_new_battery() -> BatteryId:
    return gs1_battery_id("09506000134352", f"CRASH-{next(NUMBERS):04}")


def newest_of(passport: Passport) -> Checkpoint:
    return parse_checkpoint(split_note(passport.log.checkpoint().decode())[0])


def check_log(passport: Passport, before: Checkpoint) -> None:
    """Compare what is published with what is stored, and with a tree that is built afresh."""
    trusted = TrustedLog(origin=passport.log.key.name, key=passport.log.key)
    passport.log.require_extends(before)
    entries = LogReader(passport.log, trusted).follow()
    afresh = RightEdge(0, {})
    afresh.append(entries)
    with reading(passport.engine) as connection:
        leaves = connection.execute(select(_LEAF.c.digest, _LEAF.c.leaf_index)).all()
        tiles = connection.execute(select(_TILE)).all()
        statements = connection.scalars(select(_STATEMENT.c.digest)).all()
    assert dict(map(tuple, leaves)) == {entry: index for index, entry in enumerate(entries)}
    assert {(tile.level, tile.tile_index): tile.hashes for tile in tiles} == afresh.changed
    for digest in statements:
        receipt = passport.log.receipt(digest).decode()
        assert verify_receipt(receipt, digest, [trusted]).size == len(entries)


@pytest.mark.parametrize("step", WRITING, ids=str)
def test_a_writer_killed_at_a_step_loses_and_forks_nothing(installation: Installation, step: Step):
    acknowledged = a_new_battery()
    passport = installation.open()
    register_pack(passport, acknowledged)
    before = newest_of(passport)
    passport.close()

    battery = installation.kill_at(step)

    passport = installation.open()
    check_log(passport, before)
    for one in (acknowledged, battery):
        register_pack(passport, one)  # the same request again: done once, whatever came before
        assert passport.services.read_standing(MAKER, one)
    check_log(passport, newest_of(passport))
    passport.close()


@pytest.mark.parametrize("step", REPAIRING, ids=str)
def test_a_start_killed_while_tiles_are_redone_is_taken_up_by_the_next(
    installation: Installation, step: Step
):
    passport = installation.open()
    before = newest_of(passport)
    with writing(passport.engine) as connection:
        connection.execute(delete(_TILE))
    passport.close()

    installation.kill_at(step)

    passport = installation.open()
    check_log(passport, before)
    passport.close()
