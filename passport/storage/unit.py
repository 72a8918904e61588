"""One unit of work: writes are collected first and committed together."""

from collections.abc import Callable, Mapping

from sqlalchemy import Engine, Table, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import sort_tables
from sqlmodel import Session

from passport.storage.engine import is_unique_violation, retrying, writing
from passport.storage.errors import StaleWriteError
from passport.storage.tables import PassportTable

Write = Callable[[Session], object]
"""One write, its answer unused; it may run more than once, so it makes its rows anew each time."""


class WriteBuffer:
    """The writes of one use case, in their order, executed in one transaction.

    Signing and reading happen before; the transaction itself is short.
    """

    def __init__(self) -> None:
        self._rows: dict[Table, list[Mapping[str, object]]] = {}
        self._writes: list[Write] = []

    def __bool__(self) -> bool:
        return bool(self._rows or self._writes)

    def insert(self, kind: type[PassportTable], values: Mapping[str, object]) -> None:
        """Keep a new row for the commit; rows of a table go in together, before other writes."""
        table = PassportTable.metadata.tables[str(kind.__tablename__)]
        self._rows.setdefault(table, []).append(values)

    def add(self, write: Write) -> None:
        """Keep a write for the commit."""
        self._writes.append(write)

    def commit(self, engine: Engine) -> None:
        """Execute all writes in one transaction, then forget them.

        Raises:
            StaleWriteError: A row with the same unique key came first; nothing was written.
        """
        if self:
            retrying(lambda: self._execute(engine))
            self._rows.clear()
            self._writes.clear()

    def _execute(self, engine: Engine) -> None:
        try:
            with writing(engine) as connection, Session(connection) as session:
                for table in sort_tables(self._rows):
                    connection.execute(insert(table), self._rows[table])
                for write in self._writes:
                    write(session)
                session.flush()
        except IntegrityError as error:
            if is_unique_violation(error):
                raise StaleWriteError(
                    f"another write came first ({error.orig}); read again and repeat"
                ) from error
            raise
