"""What is worth trying again, and how often."""

import sqlite3

import psycopg
import pytest
import stamina
from sqlalchemy.exc import IntegrityError, OperationalError

from passport.storage.engine import is_transient, is_unique_violation, retrying


@pytest.fixture(autouse=True)
def no_pauses():
    with stamina.set_testing(testing=True, attempts=5, cap=True):
        yield


def a_sqlite_error(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = code
    return OperationalError("BEGIN IMMEDIATE", {}, cause)


class FailingWork:
    def __init__(self, error: Exception, failures: int) -> None:
        self.error = error
        self.failures = failures
        self.tries = 0

    def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error
        return "done"


def test_a_locked_database_is_tried_again():
    work = FailingWork(a_sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), failures=4)

    assert retrying(work) == "done"
    assert work.tries == 5


def test_a_database_that_stays_locked_is_given_up():
    work = FailingWork(a_sqlite_error(sqlite3.SQLITE_BUSY), failures=9)

    with pytest.raises(OperationalError, match="locked"):
        retrying(work)

    assert work.tries == 5


@pytest.mark.parametrize("error", [a_sqlite_error(sqlite3.SQLITE_IOERR), ValueError("a bug")])
def test_another_error_is_not_tried_again(error: Exception):
    work = FailingWork(error, failures=1)

    with pytest.raises(type(error)):
        retrying(work)

    assert work.tries == 1


@pytest.mark.parametrize(
    ("cause", "transient"),
    [
        (psycopg.errors.SerializationFailure(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.LockNotAvailable(), False),
        (psycopg.errors.AdminShutdown(), False),
        (RuntimeError(), False),
    ],
)
def test_postgresql_says_what_may_be_repeated(cause: Exception, *, transient: bool):
    assert is_transient(OperationalError("UPDATE", {}, cause)) is transient


@pytest.mark.parametrize(
    ("cause", "unique"),
    [
        (psycopg.errors.UniqueViolation(), True),
        (psycopg.errors.ForeignKeyViolation(), False),
        (RuntimeError(), False),
    ],
)
def test_only_a_second_row_with_the_same_key_is_a_lost_race(cause: Exception, *, unique: bool):
    assert is_unique_violation(IntegrityError("INSERT", {}, cause)) is unique
