"""The only place that commits: one use case, one unit of work, one transaction."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Engine

from passport.domain.actor import Actor
from passport.domain.chemistry import Chemistries, published_chemistries
from passport.domain.errors import IdempotencyConflictError
from passport.services.ports import STATUS_LISTS_HOLD_FOR, Answered, Clock, KeyStore, Work
from passport.storage.engine import read_session
from passport.storage.errors import StaleWriteError
from passport.storage.log import SqlTransparencyLog
from passport.storage.rows import Store
from passport.storage.unit import WriteBuffer
from passport.storage.work import work_on

Result = TypeVar("Result")

_TRIES = 6
"""A use case that lost a race is run again; more losses in a row mean something else is wrong."""
_LOG_WAIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """An idempotency key with a fingerprint of the request it came with."""

    key: str
    request_digest: bytes


class Committing:
    """Runs one use case after the other, each as one committed unit of work."""

    def __init__(  # noqa: PLR0913 - the parts, and what the installation decides
        self,
        engine: Engine,
        keys: KeyStore,
        log: SqlTransparencyLog,
        clock: Clock,
        *,
        chemistries: Chemistries | None = None,
        shows_status_publicly: bool = False,
        allows_own_review: bool = False,
        needs_four_eyes_for_keys: bool = False,
        status_lists_hold_for: timedelta = STATUS_LISTS_HOLD_FOR,
    ) -> None:
        self._engine = engine
        self._shows_status_publicly = shows_status_publicly
        self._allows_own_review = allows_own_review
        self._needs_four_eyes_for_keys = needs_four_eyes_for_keys
        self._status_lists_hold_for = status_lists_hold_for
        self._keys = keys
        self._log = log
        self.clock = clock
        self.chemistries = chemistries or published_chemistries()

    # The only place that commits

    @contextmanager
    def unit_of_work(self, actor: Actor) -> Iterator[Work]:
        """Give the registers to one use case; commit what it decided when it has ended.

        Reading and signing happen first; the transaction holds writes alone. What was added to
        the log is in the signed tree when this returns.

        Raises:
            StaleWriteError: Something the use case read was changed meanwhile; run it again.
        """
        del actor  # every use case checks it; the unit of work itself has no rights to give
        with read_session(self._engine) as session:
            store = Store(session, WriteBuffer())
            yield self._work_on(store)
        store.writes.commit(self._engine)
        if store.digests:
            self._log.wait_for(store.digests, now=self.clock.now(), timeout_s=_LOG_WAIT_S)

    def _work_on(self, store: Store) -> Work:
        return work_on(
            store,
            keys=self._keys,
            clock=self.clock,
            chemistries=self.chemistries,
            shows_status_publicly=self._shows_status_publicly,
            allows_own_review=self._allows_own_review,
            needs_four_eyes_for_keys=self._needs_four_eyes_for_keys,
            status_lists_hold_for=self._status_lists_hold_for,
        )

    def do(
        self,
        actor: Actor,
        use_case: Callable[[Work], Result],
        *,
        once: Once | None = None,
        result_type: type[Result] | None = None,
    ) -> Result:
        """Run a use case until it commits against an unchanged record.

        Args:
            actor: Who acts.
            use_case: Reads, decides and buffers its writes; may run more than once.
            once: Idempotency key; the same request again gets the first answer.
            result_type: Type of the answer, needed with ``once`` to keep and give it again.

        Raises:
            IdempotencyConflictError: The key came before with another request.
            StaleWriteError: Others were first six times in a row.
        """
        for attempt in range(_TRIES):
            try:
                with self.unit_of_work(actor) as work:
                    if once is None or result_type is None:
                        return use_case(work)
                    return self._answer(actor, use_case, once, result_type, work)
            except StaleWriteError:
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError  # the loop returns or raises

    def _answer(
        self,
        actor: Actor,
        use_case: Callable[[Work], Result],
        once: Once,
        result_type: type[Result],
        work: Work,
    ) -> Result:
        adapter = TypeAdapter(result_type)
        answered = work.idempotency.find(actor.organisation, once.key)
        if answered is not None:
            if answered.request_digest != once.request_digest:
                raise IdempotencyConflictError(
                    f"idempotency key {once.key!r} came before with another request"
                )
            return adapter.validate_json(answered.response)
        result = use_case(work)
        work.idempotency.add(
            actor.organisation,
            once.key,
            Answered(request_digest=once.request_digest, response=adapter.dump_json(result)),
            work.clock.now(),
        )
        return result


def once_for(key: str, *request: object) -> Once | None:
    """Return an idempotency key with a fingerprint of its request; nothing without a key."""
    if not key:
        return None
    text = orjson.dumps(request, default=_plain, option=orjson.OPT_SORT_KEYS)
    return Once(key=key, request_digest=hashlib.sha256(text).digest())


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    return str(value)
