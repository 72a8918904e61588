"""What the registers share: a session to read with and a buffer to write into."""

from dataclasses import dataclass, field

from sqlalchemy import CursorResult, Update
from sqlmodel import Session

from passport.storage.errors import StaleWriteError
from passport.storage.unit import WriteBuffer


@dataclass(frozen=True, slots=True)
class Store:
    """The two sides of one unit of work: what is committed, and what shall be."""

    session: Session
    writes: WriteBuffer
    digests: list[bytes] = field(default_factory=list)
    """What this unit of work adds to the log."""


def update_one(session: Session, statement: Update, what: str) -> None:
    """Change exactly the row that was read before.

    Raises:
        StaleWriteError: The row was changed or removed in between.
    """
    result = session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise StaleWriteError(f"{what} was changed meanwhile; read it again and repeat")
