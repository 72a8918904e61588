"""A unit of work over both databases."""

import hashlib
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from passport.storage.engine import make_engine, read_session, reading, writing
from passport.storage.errors import StaleWriteError, StoreUnusableError
from passport.storage.tables import LeafRow
from passport.storage.unit import Write, WriteBuffer

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_leaf(name: str = "a") -> LeafRow:
    return LeafRow(digest=hashlib.sha256(name.encode()).digest(), kind="statement", created_at=NOON)


def write_leaf(name: str = "a") -> Write:
    return lambda session: session.add(a_leaf(name))


def leaves(database: Engine) -> int:
    with read_session(database) as session:
        return session.exec(select(func.count()).select_from(LeafRow)).one()


def test_nothing_is_written_before_the_commit(database: Engine):
    unit = WriteBuffer()
    unit.add(write_leaf("a"))
    unit.add(write_leaf("b"))
    assert leaves(database) == 0

    unit.commit(database)

    assert leaves(database) == 2
    assert not unit


def test_a_second_row_with_the_same_key_is_a_stale_write_and_writes_nothing(database: Engine):
    first = WriteBuffer()
    first.add(write_leaf("a"))
    first.commit(database)
    second = WriteBuffer()
    second.add(write_leaf("b"))
    second.add(write_leaf("a"))

    with pytest.raises(StaleWriteError, match="another write came first"):
        second.commit(database)

    assert leaves(database) == 1


def test_a_broken_rule_of_another_kind_is_no_stale_write(database: Engine):
    unit = WriteBuffer()
    unit.add(
        lambda session: session.add(LeafRow(digest=b"short", kind="statement", created_at=NOON))
    )

    with pytest.raises(IntegrityError):
        unit.commit(database)

    assert leaves(database) == 0


def test_an_instant_comes_back_as_it_was_stored(database: Engine):
    unit = WriteBuffer()
    unit.add(write_leaf())
    unit.commit(database)

    with read_session(database) as session:
        stored = session.exec(select(LeafRow)).one().created_at

    assert stored == NOON
    assert stored.tzinfo is UTC


def test_a_reader_sees_each_commit_at_once_without_a_transaction_of_its_own(database: Engine):
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(LeafRow)) == 0
        unit = WriteBuffer()
        unit.add(write_leaf())
        unit.commit(database)

        assert connection.scalar(select(func.count()).select_from(LeafRow)) == 1


def test_a_failed_transaction_leaves_nothing(database: Engine):
    def write_and_fail() -> None:
        with writing(database) as connection, Session(connection) as half:
            half.add(a_leaf())
            half.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    assert leaves(database) == 0


def test_writers_at_the_same_time_wait_for_each_other(database: Engine):
    def write(writer: int) -> None:
        for number in range(10):
            unit = WriteBuffer()
            unit.add(write_leaf(f"{writer}/{number}"))
            unit.commit(database)

    threads = [Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert leaves(database) == 80


def test_sqlite_is_opened_durable(sqlite_url: str):
    engine = make_engine(sqlite_url)

    with reading(engine) as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    engine.dispose()
    assert told == ["wal", 2, 1]


def test_another_kind_of_database_is_refused():
    with pytest.raises(StoreUnusableError, match="not mysql"):
        make_engine("mysql://localhost/passport")


def test_two_writers_that_block_each_other_both_succeed_in_the_end(postgresql_database: Engine):
    database = postgresql_database
    names = ["a", "b"]
    for name in names:
        unit = WriteBuffer()
        unit.add(write_leaf(name))
        unit.commit(database)
    met = Barrier(2)

    def change(first: str, second: str) -> None:
        tries: list[int] = []

        def meet_once(_session: Session) -> None:
            tries.append(1)
            if len(tries) == 1:
                met.wait()

        unit = WriteBuffer()
        unit.add(rename(first, first + second))
        unit.add(meet_once)
        unit.add(rename(second, first + second))
        unit.commit(database)

    threads = [Thread(target=change, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with read_session(database) as session:
        kinds = set(session.exec(select(LeafRow.kind)).all())
    assert kinds in ({"ab"}, {"ba"})


def rename(name: str, kind: str) -> Write:
    return lambda session: session.exec(
        update(LeafRow).where(col(LeafRow.digest) == a_leaf(name).digest).values(kind=kind)
    )
