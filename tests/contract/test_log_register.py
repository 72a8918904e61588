"""The log in the database, as its writers and its readers see it, on both databases."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Event, Thread

import pytest
from builders_log import (
    LOG_TIME,
    LogReader,
    a_log,
    an_entry,
    store_leaves,
)
from builders_notes import SIGNER, TRUSTED, a_witness_signer
from sqlalchemy import Engine, event, text
from sqlmodel import Session, col, select

from passport.domain.errors import NotFoundError
from passport.signing.merkle_tree import LogRewrittenError, consistency_path, root_hash
from passport.signing.transparency_log import Checkpoint, verify_extension, verify_receipt
from passport.signing.witness import cosign, verify_cosignatures
from passport.storage.cosignatures import SqlCosignatures
from passport.storage.engine import make_engine, read_session, writing
from passport.storage.errors import LogBrokenError, NotLoggedYetError
from passport.storage.log import SqlTransparencyLog, add_leaf
from passport.storage.tables import LeafRow

TESTS = Path(__file__).parents[1]
STEPS = ["_assign_indexes", "_store_tiles", "_publish"]

CRASHING_SEQUENCER = """
import os, sys
sys.path.insert(0, {tests!r})
from builders_log import LOG_TIME, a_log
from passport.storage.engine import make_engine
from passport.storage.log import SqlTransparencyLog
step = getattr(SqlTransparencyLog, {step!r})
def crash(*arguments, **named):
    if {after}:
        step(*arguments, **named)
    os._exit(9)
setattr(SqlTransparencyLog, {step!r}, crash)
a_log(make_engine({url!r})).sequence(LOG_TIME)
"""


def indexes(database: Engine) -> dict[bytes, int | None]:
    with read_session(database) as session:
        rows = session.exec(select(LeafRow).order_by(col(LeafRow.leaf_index))).all()
        return {row.digest: row.leaf_index for row in rows}


def test_a_log_begins_with_a_signed_checkpoint_of_no_entries(database: Engine):
    log = a_log(database)

    assert log.sequence(LOG_TIME) == 0

    assert LogReader(log).checkpoint().size == 0
    assert log.sequence(LOG_TIME) == 0


def test_a_log_tells_the_key_that_verifies_it(database: Engine):
    assert a_log(database).key.text == SIGNER.key.text


def test_a_log_that_was_never_started_has_no_checkpoint(database: Engine):
    with pytest.raises(NotFoundError, match="not been started"):
        a_log(database).checkpoint()


def test_entries_get_indexes_in_their_order_and_are_published(database: Engine):
    log = a_log(database)
    first = store_leaves(database, range(3))
    assert log.sequence(LOG_TIME) == 3
    second = store_leaves(database, range(3, 5))
    assert log.sequence(LOG_TIME) == 2

    assert LogReader(log).follow() == first + second
    assert indexes(database) == {digest: index for index, digest in enumerate(first + second)}


def test_a_log_over_several_tiles_stays_readable_at_each_published_size(database: Engine):
    log, reader = a_log(database), LogReader(a_log(database))
    logged: list[bytes] = []
    seen: list[Checkpoint] = []
    for size in (1, 255, 256, 300, 511, 512, 700):
        logged += store_leaves(database, range(len(logged), size))
        log.sequence(LOG_TIME)
        seen.append(reader.checkpoint())

    assert reader.follow() == logged
    newest = seen[-1]
    for older in seen:
        path = consistency_path(older.size, newest.size, reader.tree(newest.size))
        verify_extension(older, newest, path)
        assert reader.entries(older.size) == logged[: older.size]


def test_a_receipt_convinces_a_reader_who_has_only_the_key_of_the_log(database: Engine):
    log = a_log(database)
    logged = store_leaves(database, range(300))
    log.sequence(LOG_TIME)

    for digest in (logged[0], logged[255], logged[299]):
        checkpoint = verify_receipt(log.receipt(digest).decode(), digest, [TRUSTED])
        assert checkpoint == LogReader(log).checkpoint()


def test_a_receipt_is_made_for_each_checkpoint_that_was_published(database: Engine):
    log, reader = a_log(database), LogReader(a_log(database))
    logged = store_leaves(database, range(5))
    log.sequence(LOG_TIME)
    older = reader.checkpoint()
    logged += store_leaves(database, range(5, 600))
    log.sequence(LOG_TIME)

    receipt = log.receipt(logged[3], at_size=5).decode()

    assert verify_receipt(receipt, logged[3], [TRUSTED]) == older
    assert log.checkpoint_at(5).decode() in receipt
    assert [log.index_of(logged[3]), log.index_of(an_entry("another"))] == [3, None]
    with pytest.raises(NotLoggedYetError, match="has index 5; the log of 5 entries lacks it"):
        log.receipt(logged[5], at_size=5)
    with pytest.raises(NotFoundError, match="no checkpoint with 6 entries"):
        log.receipt(logged[3], at_size=6)


def test_what_witnesses_signed_is_served_with_checkpoints_and_receipts(database: Engine):
    log, register = a_log(database), SqlCosignatures(database)
    witnesses = [a_witness_signer(f"witness.example/w{number}") for number in (1, 2)]
    logged = store_leaves(database, range(5))
    log.sequence(LOG_TIME)
    for witness in witnesses:
        line = cosign(log.checkpoint_at(5).decode(), witness, LOG_TIME)
        register.add(5, witness.key.name, line, at=LOG_TIME)
    logged += store_leaves(database, range(5, 9))
    log.sequence(LOG_TIME)
    newest = cosign(log.checkpoint().decode(), witnesses[0], LOG_TIME)
    register.add(9, witnesses[0].key.name, newest, at=LOG_TIME)
    keys = [witness.key for witness in witnesses]

    assert list(verify_cosignatures(log.checkpoint().decode(), keys)) == [keys[0].name]
    assert [register.newest_size(key.name) for key in keys] == [9, 5]
    for index, size, signed in ((4, 5, 2), (5, 9, 1)):
        receipt = log.receipt(logged[index]).decode()
        assert verify_receipt(receipt, logged[index], [TRUSTED]).size == size
        assert len(verify_cosignatures(receipt.partition("\n\n")[2], keys)) == signed


def test_the_first_cosignature_of_a_witness_stays(database: Engine):
    log, register = a_log(database), SqlCosignatures(database)
    store_leaves(database, range(2))
    log.sequence(LOG_TIME)
    witness = a_witness_signer("witness.example/w1")
    line = cosign(log.checkpoint().decode(), witness, LOG_TIME)

    register.add(2, "witness.example/w1", line, at=LOG_TIME)
    register.add(2, "witness.example/w1", "another", at=LOG_TIME)

    assert log.checkpoint().decode().endswith(line)


def test_the_log_proves_that_it_grew_from_any_size_it_had(database: Engine):
    log = a_log(database)
    store_leaves(database, range(300))
    log.sequence(LOG_TIME)

    newest, tree = LogReader(log).checkpoint(), LogReader(log).tree(300)
    older = Checkpoint(origin=newest.origin, size=77, root=root_hash(77, tree))
    verify_extension(older, newest, log.consistency(77, 300))
    with pytest.raises(NotFoundError, match="has no sizes 77 and 301"):
        log.consistency(77, 301)


def test_an_entry_that_still_waits_has_no_receipt_yet(database: Engine):
    log = a_log(database)
    log.sequence(LOG_TIME)
    (waiting,) = store_leaves(database, ["waiting"])

    with pytest.raises(NotLoggedYetError, match=waiting.hex()):
        log.receipt(waiting)
    with pytest.raises(NotFoundError, match="no entry"):
        log.receipt(an_entry("another"))


def test_what_the_tree_does_not_have_is_not_found(database: Engine):
    log = a_log(database)
    store_leaves(database, range(10))
    log.sequence(LOG_TIME)

    assert len(log.tile(0, 0, 7)) == 7 * 32
    for level, index, width in ((0, 0, 11), (0, 1, 1), (1, 0, 1), (0, 0, 256)):
        with pytest.raises(NotFoundError, match=f"no tile/{level}/00{index}"):
            log.tile(level, index, width)
    with pytest.raises(NotFoundError, match=r"no tile/entries/000\.p/11"):
        log.entries(0, 11)


def test_a_writer_waits_until_its_entries_are_in_the_log(database: Engine):
    log = a_log(database)
    log.sequence(LOG_TIME)
    logged = store_leaves(database, range(4))

    assert log.wait_for(logged, now=LOG_TIME, timeout_s=5)

    assert LogReader(log).follow() == logged


def test_a_writer_is_told_when_the_sequencer_takes_too_long(
    postgresql_database: Engine,
):
    database = postgresql_database
    log = a_log(database)
    logged = store_leaves(database, ["late"])

    with database.begin() as busy_sequencer:
        busy_sequencer.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x0BA77E4C})
        assert not log.wait_for(logged, now=LOG_TIME, timeout_s=0.05)

    assert log.wait_for(logged, now=LOG_TIME, timeout_s=5)


def test_an_entry_costs_the_same_statements_and_tiles_after_20000_others(database: Engine):
    log = a_log(database)
    store_leaves(database, range(10))
    log.sequence(LOG_TIME)
    first = cost_of_an_entry(database, log, "first")
    store_leaves(database, range(10, 20_000))
    log.sequence(LOG_TIME)

    last = cost_of_an_entry(database, log, "last")

    assert first == last
    reader = LogReader(log)
    assert reader.checkpoint().size == 20_002
    receipt = log.receipt(an_entry(777))
    assert verify_receipt(receipt.decode(), an_entry(777), [TRUSTED]).size == 20_002
    assert len(receipt) <= 1_200


def cost_of_an_entry(database: Engine, log: SqlTransparencyLog, name: str) -> Counter[str]:
    """Count the kinds of statements, and the tiles that are written, for one more entry."""
    store_leaves(database, [name])
    cost: Counter[str] = Counter()

    def count(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        words = statement.split()
        cost[" ".join(words[:3])] += 1
        if words[:3] == ["INSERT", "INTO", "passport_tile"]:
            cost["tiles"] += len(parameters) if isinstance(parameters, list) else 1

    event.listen(database, "before_cursor_execute", count)
    try:
        assert log.sequence(LOG_TIME) == 1
    finally:
        event.remove(database, "before_cursor_execute", count)
    return Counter({what: times for what, times in cost.items() if not what.startswith("SELECT")})


def test_a_smaller_number_that_is_committed_later_is_not_lost(
    postgresql_database: Engine,
):
    database = postgresql_database
    log = a_log(database)
    with Session(database) as slow:
        add_leaf(slow, an_entry("slow"), kind="statement", at=LOG_TIME)
        slow.flush()
        store_leaves(database, ["quick"])
        assert log.sequence(LOG_TIME) == 1
        slow.commit()

    assert log.sequence(LOG_TIME) == 1

    assert LogReader(log).follow() == [an_entry("quick"), an_entry("slow")]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_in_any_step_leaves_the_old_log_and_loses_nothing(
    database: Engine, database_url: str, step: str, *, after: bool
):
    log = a_log(database)
    before = store_leaves(database, range(257))
    log.sequence(LOG_TIME)
    checkpoint = log.checkpoint()
    waiting = store_leaves(database, range(257, 270))

    crashed = subprocess.run(
        [
            sys.executable,
            "-c",
            CRASHING_SEQUENCER.format(
                tests=str(TESTS),
                step=step,
                after=after,
                url=database_url,
            ),
        ],
        check=False,
        cwd=TESTS.parent,
    )

    assert crashed.returncode == 9
    assert log.checkpoint() == checkpoint
    assert LogReader(log).follow() == before
    assert not log.repair(LOG_TIME)
    assert LogReader(log).follow() == before + waiting


def test_writers_and_sequencers_at_the_same_time_lose_nothing(database: Engine, database_url: str):
    another_process = make_engine(database_url)
    log, other_log = a_log(database), a_log(another_process)
    log.sequence(LOG_TIME)
    is_over = Event()
    unlogged: list[bytes] = []
    seen: list[Checkpoint] = []

    def write(writer: int) -> None:
        own, engine = ((log, database), (other_log, another_process))[writer % 2]
        for number in range(15):
            digests = store_leaves(engine, [f"{writer}/{number}/{part}" for part in range(3)])
            if not own.wait_for(digests, now=LOG_TIME, timeout_s=30):
                unlogged.extend(digests)

    def sequence(own: SqlTransparencyLog) -> None:
        while not is_over.is_set():
            own.sequence(LOG_TIME)
            seen.append(LogReader(own).checkpoint())
            is_over.wait(0.02)

    writers = [Thread(target=write, args=(writer,)) for writer in range(8)]
    sequencers = [Thread(target=sequence, args=(own,)) for own in (log, other_log)]
    for thread in writers + sequencers:
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    for thread in sequencers:
        thread.join()
    another_process.dispose()

    assert unlogged == []
    logged = LogReader(log).follow()
    assert sorted(logged) == sorted(
        an_entry(f"{writer}/{number}/{part}")
        for writer in range(8)
        for number in range(15)
        for part in range(3)
    )
    assert indexes(database) == {digest: index for index, digest in enumerate(logged)}
    tree = LogReader(log).tree(360)
    newest = LogReader(log).checkpoint()
    for older in seen:
        verify_extension(older, newest, consistency_path(older.size, 360, tree))


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM passport_tile WHERE level = 0 AND tile_index = 0",
        "DELETE FROM passport_tile WHERE level = 1",
        "UPDATE passport_tile SET hashes = substr(hashes, 1, 32), width = 1 WHERE tile_index = 1",
        "DELETE FROM passport_tile",
    ],
)
def test_lost_tiles_are_redone_from_the_entries(database: Engine, damage: str):
    log = a_log(database)
    logged = store_leaves(database, range(300))
    log.sequence(LOG_TIME)
    checkpoint = log.checkpoint()
    with writing(database) as connection:
        connection.exec_driver_sql(damage)

    assert log.repair(LOG_TIME)

    assert log.checkpoint() == checkpoint
    assert LogReader(log).follow() == logged
    assert not log.repair(LOG_TIME)


def test_nothing_is_signed_on_tiles_that_are_not_those_of_the_last_checkpoint(database: Engine):
    log = a_log(database)
    store_leaves(database, range(5))
    log.sequence(LOG_TIME)
    checkpoint = log.checkpoint()
    with writing(database) as connection:
        connection.exec_driver_sql("DELETE FROM passport_tile")
    store_leaves(database, ["more"])

    with pytest.raises(LogBrokenError, match="checkpoint with 5 entries"):
        log.sequence(LOG_TIME)

    assert log.checkpoint() == checkpoint


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("DELETE FROM passport_leaf WHERE leaf_index = 4", "4 entries have an index"),
        ("DELETE FROM passport_leaf WHERE leaf_index = 2", "are not those"),
        ("DELETE FROM passport_checkpoint", "the checkpoint has 0"),
    ],
)
def test_a_log_whose_entries_are_not_those_it_signed_is_broken(
    database: Engine, damage: str, complaint: str
):
    log = a_log(database)
    store_leaves(database, range(5))
    log.sequence(LOG_TIME)
    with writing(database) as connection:
        connection.exec_driver_sql(damage)
        connection.exec_driver_sql("DELETE FROM passport_tile")

    with pytest.raises(LogBrokenError, match=complaint):
        log.repair(LOG_TIME)


def test_a_log_extends_its_own_older_checkpoints_and_no_others(database: Engine):
    log, reader = a_log(database), LogReader(a_log(database))
    store_leaves(database, range(5))
    log.sequence(LOG_TIME)
    older = reader.checkpoint()
    store_leaves(database, range(5, 300))
    log.sequence(LOG_TIME)

    log.require_extends(older)
    log.require_extends(reader.checkpoint())
    with pytest.raises(LogRewrittenError, match="300 entries, a checkpoint with 301"):
        log.require_extends(Checkpoint(origin=older.origin, size=301, root=older.root))
    with pytest.raises(LogRewrittenError, match="is not of this log"):
        log.require_extends(Checkpoint(origin=older.origin, size=4, root=older.root))
    with pytest.raises(LogRewrittenError, match="is not of this log"):
        log.require_extends(Checkpoint(origin="other", size=5, root=older.root))
