"""Jobs: what has to be done after a commit, at least once, even if the process ends in between.

A job is enqueued in the transaction of what it follows from. A runner takes it for a while
(its lease); when the runner is gone, the lease ends and another one takes it again. A handler
therefore meets the same job more than once and has to bear it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Session
from uuid_utils.compat import uuid7

from passport.services.ports import Clock
from passport.storage.engine import insert_into, reading, retrying, writing
from passport.storage.tables import metadata

Handler = Callable[[Mapping[str, Any]], None]
"""Does one job from its payload; an exception means: try again later."""

_JOB = metadata.tables["passport_job"]

MOST_ATTEMPTS = 12
"""After so many tries, about three hours, a job is given up and shown to the administrator."""
LEASE = timedelta(minutes=5)
"""How long a runner has a job to itself."""
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadJob:
    """A job that was given up.

    Attributes:
        last_error: Why its last try failed.
    """

    job_id: UUID
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    last_error: str
    dead_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    job_id: UUID
    kind: str
    payload: Mapping[str, Any]
    attempts: int


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, object],
    *,
    run_at: datetime,
    dedupe_key: str | None = None,
) -> None:
    """Have a job done after the caller's commit.

    Args:
        session: The transaction of what the job follows from.
        kind: Which handler does it.
        payload: What the handler is given; plain JSON values.
        run_at: Not before this instant.
        dedupe_key: While a job with this key waits for its first try, another one only moves
            it forward in time. Once a runner has taken it, a new one is stored: the first may
            have read what has changed since.
    """
    connection = session.connection()
    new = insert_into(connection, _JOB).values(
        id=uuid7(),
        kind=kind,
        payload=dict(payload),
        dedupe_key=dedupe_key,
        run_at=run_at,
        attempts=0,
    )
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[_JOB.c.dedupe_key],
            index_where=text("attempts = 0"),
            set_={
                "run_at": case(
                    (new.excluded.run_at < _JOB.c.run_at, new.excluded.run_at),
                    else_=_JOB.c.run_at,
                )
            },
        )
    )


class SqlJobs:
    """The jobs of one database; any number of runners may share it."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def run_due(self, handlers: Mapping[str, Handler], *, at_most: int = 100) -> int:
        """Do the jobs whose time has come, one after the other; return how many were tried.

        Jobs of a kind without handler wait for a runner that has one.
        """
        tried = 0
        while tried < at_most and (claim := self._claim(list(handlers))) is not None:
            self._try(claim, handlers[claim.kind])
            tried += 1
        return tried

    def waiting(self) -> int:
        """Return how many jobs are due and not done."""
        with reading(self._engine) as connection:
            due = select(func.count()).select_from(_JOB).where(_is_due(self._clock.now()))
            return connection.execute(due).scalar_one()

    def dead(self, *, limit: int = 100) -> Sequence[DeadJob]:
        """Return the jobs that were given up, newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(_JOB)
                .where(_JOB.c.dead_at.is_not(None))
                .order_by(_JOB.c.dead_at.desc())
                .limit(limit)
            )
            return [
                DeadJob(
                    job_id=row.id,
                    kind=row.kind,
                    payload=row.payload,
                    attempts=row.attempts,
                    last_error=row.last_error,
                    dead_at=row.dead_at,
                )
                for row in rows
            ]

    def revive(self, job_id: UUID) -> None:
        """Try a dead job again at once, and then as after its first failure."""
        self._change(
            job_id,
            _JOB.c.dead_at.is_not(None),
            dead_at=None,
            attempts=1,
            locked_until=None,
            run_at=self._clock.now(),
        )

    def forget_done(self, before: datetime) -> int:
        """Remove jobs that were done before an instant; return how many."""

        def remove() -> int:
            with writing(self._engine) as connection:
                return connection.execute(delete(_JOB).where(_JOB.c.done_at < before)).rowcount

        return retrying(remove)

    def _claim(self, kinds: Sequence[str]) -> _Claim | None:
        """Take the job that is due longest, and with it its lease."""
        now = self._clock.now()
        due = and_(_is_due(now), _JOB.c.kind.in_(kinds))
        with reading(self._engine) as connection:
            if connection.scalar(select(_JOB.c.id).where(due).limit(1)) is None:
                return None

        def take() -> _Claim | None:
            with writing(self._engine) as connection:
                _give_up_crashed(connection, now)
                oldest = (
                    select(_JOB.c.id)
                    .where(due)
                    .order_by(_JOB.c.run_at)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
                row = connection.execute(
                    update(_JOB)
                    .where(_JOB.c.id == oldest.scalar_subquery())
                    .values(attempts=_JOB.c.attempts + 1, locked_until=now + LEASE)
                    .returning(_JOB.c.id, _JOB.c.kind, _JOB.c.payload, _JOB.c.attempts)
                ).one_or_none()
            if row is None:
                return None
            return _Claim(job_id=row.id, kind=row.kind, payload=row.payload, attempts=row.attempts)

        return retrying(take)

    def _try(self, claim: _Claim, handler: Handler) -> None:
        try:
            handler(claim.payload)
        except Exception as error:  # the edge of a job: whatever failed is kept and tried again
            log.exception("job_failed", kind=claim.kind, attempts=claim.attempts)
            self._keep_failure(claim, error)
        else:
            self._finish(claim, done_at=self._clock.now(), locked_until=None, last_error=None)

    def _keep_failure(self, claim: _Claim, error: Exception) -> None:
        now = self._clock.now()
        said = f"{type(error).__name__}: {error}"
        if claim.attempts >= MOST_ATTEMPTS:
            self._finish(claim, dead_at=now, last_error=said)
        else:
            self._finish(claim, locked_until=now + _pause(claim.attempts), last_error=said)

    def _finish(self, claim: _Claim, **values: object) -> None:
        """Write how a try ended, unless its lease ended first and another runner has the job."""
        self._change(claim.job_id, _JOB.c.attempts == claim.attempts, **values)

    def _change(self, job_id: UUID, condition: ColumnElement[bool], **values: object) -> None:
        def change() -> None:
            with writing(self._engine) as connection:
                connection.execute(
                    update(_JOB).where(_JOB.c.id == job_id, condition).values(**values)
                )

        retrying(change)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        _JOB.c.done_at.is_(None),
        _JOB.c.dead_at.is_(None),
        _JOB.c.run_at <= now,
        or_(_JOB.c.locked_until.is_(None), _JOB.c.locked_until <= now),
    )


def _give_up_crashed(connection: Connection, now: datetime) -> None:
    """Give up the jobs that used all their tries and ended each process that tried them."""
    connection.execute(
        update(_JOB)
        .where(_is_due(now), _JOB.c.attempts >= MOST_ATTEMPTS)
        .values(
            dead_at=now,
            last_error=func.coalesce(_JOB.c.last_error, "the process ended during the last try"),
        )
    )


def _pause(attempts: int) -> timedelta:
    """Return how long to wait after a failure: twice as long each time."""
    return min(_FIRST_PAUSE * (1 << (attempts - 1)), _LONGEST_PAUSE)
