"""Jobs are done at least once, in both databases."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from passport.storage.engine import make_engine, writing
from passport.storage.jobs import MOST_ATTEMPTS, SqlJobs, enqueue
from passport.storage.unit import WriteBuffer

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

CRASHING_RUNNER = """
import os, sys
from datetime import datetime
from passport.storage.engine import make_engine
from passport.storage.jobs import SqlJobs
class Clock:
    def now(self):
        return datetime.fromisoformat({now!r})
SqlJobs(make_engine({url!r}), Clock()).run_due({{"mail": lambda payload: os._exit(9)}})
"""


class MovingClock:
    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


class ListHandler:
    """Keeps the payloads it was given, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.payloads: list[Mapping[str, Any]] = []

    def __call__(self, payload: Mapping[str, Any]) -> None:
        self.payloads.append(payload)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the receiver does not answer")


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def jobs(database: Engine, clock: MovingClock) -> SqlJobs:
    return SqlJobs(database, clock)


def put(database: Engine, payload: object, *, at: datetime = NOON, key: str | None = None) -> None:
    unit = WriteBuffer()
    unit.add(lambda session: enqueue(session, "mail", {"to": payload}, run_at=at, dedupe_key=key))
    unit.commit(database)


def test_a_job_is_done_once_when_its_time_has_come(
    database: Engine, jobs: SqlJobs, clock: MovingClock
):
    handler = ListHandler()
    put(database, "a", at=NOON + timedelta(minutes=1))
    assert jobs.run_due({"mail": handler}) == 0

    clock.pass_by(minutes=1)

    assert jobs.waiting() == 1
    assert jobs.run_due({"mail": handler}) == 1
    assert jobs.run_due({"mail": handler}) == 0
    assert handler.payloads == [{"to": "a"}]
    assert jobs.waiting() == 0


def test_jobs_are_done_in_the_order_of_their_time(database: Engine, jobs: SqlJobs):
    handler = ListHandler()
    put(database, "second")
    put(database, "first", at=NOON - timedelta(seconds=1))

    assert jobs.run_due({"mail": handler}) == 2

    assert handler.payloads == [{"to": "first"}, {"to": "second"}]


def test_a_job_of_a_transaction_that_failed_was_never_there(database: Engine, jobs: SqlJobs):
    def fail() -> None:
        with writing(database) as connection, Session(connection) as session:
            enqueue(session, "mail", {}, run_at=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert jobs.waiting() == 0


def test_a_job_without_handler_waits_for_one(database: Engine, jobs: SqlJobs):
    put(database, "a")

    assert jobs.run_due({"other": ListHandler()}) == 0
    assert jobs.run_due({"mail": ListHandler()}) == 1


def test_a_runner_stops_after_as_many_jobs_as_it_was_told(database: Engine, jobs: SqlJobs):
    for number in range(3):
        put(database, number)

    assert jobs.run_due({"mail": ListHandler()}, at_most=2) == 2
    assert jobs.waiting() == 1


def test_a_job_that_fails_is_tried_again_after_longer_and_longer_pauses(
    database: Engine, jobs: SqlJobs, clock: MovingClock
):
    handler = ListHandler(failures=2)
    put(database, "a")

    assert jobs.run_due({"mail": handler}) == 1
    clock.pass_by(seconds=4)
    assert jobs.run_due({"mail": handler}) == 0
    clock.pass_by(seconds=1)
    assert jobs.run_due({"mail": handler}) == 1
    clock.pass_by(seconds=9)
    assert jobs.run_due({"mail": handler}) == 0
    clock.pass_by(seconds=1)
    assert jobs.run_due({"mail": handler}) == 1

    assert len(handler.payloads) == 3
    clock.pass_by(days=1)
    assert jobs.run_due({"mail": handler}) == 0
    assert jobs.dead() == []


def test_a_job_that_always_fails_is_given_up_and_shown_with_its_reason(
    database: Engine, jobs: SqlJobs, clock: MovingClock
):
    handler = ListHandler(failures=100)
    put(database, "a")
    for _ in range(MOST_ATTEMPTS + 3):
        jobs.run_due({"mail": handler})
        clock.pass_by(hours=1)

    assert len(handler.payloads) == MOST_ATTEMPTS
    (dead,) = jobs.dead()
    assert dead.kind == "mail"
    assert dead.payload == {"to": "a"}
    assert dead.attempts == MOST_ATTEMPTS
    assert dead.last_error == "ConnectionError: the receiver does not answer"

    handler.failures = 0
    jobs.revive(dead.job_id)

    assert jobs.run_due({"mail": handler}) == 1
    assert jobs.dead() == []


def test_a_second_job_with_the_same_key_is_the_first_one_as_long_as_it_waits(
    database: Engine, jobs: SqlJobs
):
    handler = ListHandler()
    put(database, "a", key="list-1")
    put(database, "b", key="list-1")
    put(database, "c", key="list-2")

    assert jobs.run_due({"mail": handler}) == 2

    assert handler.payloads == [{"to": "a"}, {"to": "c"}]


def test_a_second_job_with_the_same_key_can_only_bring_the_first_forward(
    database: Engine, jobs: SqlJobs
):
    put(database, "a", key="list-1", at=NOON + timedelta(hours=1))
    put(database, "b", key="list-1", at=NOON)
    put(database, "c", key="list-1", at=NOON + timedelta(hours=2))
    handler = ListHandler()

    assert jobs.run_due({"mail": handler}) == 1

    assert handler.payloads == [{"to": "a"}]


def test_a_change_made_while_its_job_runs_gets_a_job_of_its_own(database: Engine, jobs: SqlJobs):
    seen: list[object] = []

    def handler(payload: Mapping[str, Any]) -> None:
        if not seen:
            put(database, "newer", key="list-1")
        seen.append(payload["to"])

    put(database, "older", key="list-1")

    assert jobs.run_due({"mail": handler}) == 2

    assert seen == ["older", "newer"]


def test_a_job_whose_runner_died_is_done_by_another_one_after_its_lease(
    database: Engine, database_url: str, jobs: SqlJobs, clock: MovingClock
):
    put(database, "a")

    assert crash(database_url, clock) == 9

    handler = ListHandler()
    assert jobs.run_due({"mail": handler}) == 0
    clock.pass_by(minutes=5)
    assert jobs.run_due({"mail": handler}) == 1
    assert handler.payloads == [{"to": "a"}]


def test_a_job_that_ends_every_process_is_given_up(database: Engine, jobs: SqlJobs):
    put(database, "a")
    with writing(database) as connection:
        connection.execute(text("UPDATE passport_job SET attempts = :n"), {"n": MOST_ATTEMPTS})

    assert jobs.run_due({"mail": ListHandler()}) == 0

    (dead,) = jobs.dead()
    assert dead.last_error == "the process ended during the last try"


def test_a_runner_that_lost_its_lease_does_not_speak_for_the_new_one(
    database: Engine, jobs: SqlJobs, clock: MovingClock
):
    put(database, "a")
    second = ListHandler(failures=1)

    def slow(_payload: Mapping[str, Any]) -> None:
        clock.pass_by(minutes=6)
        SqlJobs(database, clock).run_due({"mail": second})

    jobs.run_due({"mail": slow}, at_most=1)
    clock.pass_by(minutes=1)

    assert jobs.run_due({"mail": second}) == 1
    assert len(second.payloads) == 2


def test_runners_side_by_side_share_the_jobs(
    database: Engine, database_url: str, clock: MovingClock
):
    for number in range(40):
        put(database, number)
    handlers = [ListHandler() for _ in range(4)]
    together = Barrier(4)

    def run(handler: ListHandler) -> None:
        engine = make_engine(database_url)
        together.wait()
        SqlJobs(engine, clock).run_due({"mail": handler})
        engine.dispose()

    threads = [Thread(target=run, args=(handler,)) for handler in handlers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    done = sorted(payload["to"] for handler in handlers for payload in handler.payloads)
    assert done == list(range(40))


def test_jobs_done_long_ago_are_forgotten(database: Engine, jobs: SqlJobs, clock: MovingClock):
    put(database, "done")
    jobs.run_due({"mail": ListHandler()})
    clock.pass_by(days=30)
    put(database, "waiting", at=NOON + timedelta(days=1))

    assert jobs.forget_done(before=NOON + timedelta(days=7)) == 1
    assert jobs.forget_done(before=NOON + timedelta(days=7)) == 0
    assert jobs.waiting() == 1


def crash(url: str, clock: MovingClock) -> int:
    program = CRASHING_RUNNER.format(now=clock.now().isoformat(), url=url)
    root = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", program], check=False, cwd=root).returncode
