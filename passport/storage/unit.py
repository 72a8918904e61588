"""One unit of work: writes are collected first and committed together."""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from passport.storage.engine import is_unique_violation, retrying, writing
from passport.storage.errors import StaleWriteError

Write = Callable[[Session], object]
"""One write, its answer unused; it may run more than once, so it makes its rows anew each time."""


class WriteBuffer:
    """The writes of one use case, in their order, executed in one transaction.

    Signing and reading happen before; the transaction itself is short.
    """

    def __init__(self) -> None:
        self._writes: list[Write] = []

    def __bool__(self) -> bool:
        return bool(self._writes)

    def add(self, write: Write) -> None:
        """Keep a write for the commit."""
        self._writes.append(write)

    def commit(self, engine: Engine) -> None:
        """Execute all writes in one transaction, then forget them.

        Raises:
            StaleWriteError: A row with the same unique key came first; nothing was written.
        """
        if self._writes:
            retrying(lambda: self._execute(engine))
            self._writes.clear()

    def _execute(self, engine: Engine) -> None:
        try:
            with writing(engine) as connection, Session(connection) as session:
                for write in self._writes:
                    write(session)
                session.flush()
        except IntegrityError as error:
            if is_unique_violation(error):
                raise StaleWriteError(
                    f"another write came first ({error.orig}); read again and repeat"
                ) from error
            raise
