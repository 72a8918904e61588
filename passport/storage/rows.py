"""What the registers share: a session to read with and a buffer to write into."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import CursorResult, Update
from sqlmodel import Session

from passport.storage.errors import StaleWriteError
from passport.storage.tables import LeafRow
from passport.storage.unit import WriteBuffer


@dataclass(frozen=True, slots=True)
class Store:
    """The two sides of one unit of work: what is committed, and what shall be."""

    session: Session
    writes: WriteBuffer
    digests: list[bytes] = field(default_factory=list)
    """What this unit of work adds to the log."""

    def add_leaf(self, digest: bytes, *, kind: str, at: datetime) -> None:
        """Add an entry to the log; its index comes after the commit.

        Args:
            digest: SHA-256 of the signed bytes, or of salt and event (32 bytes).
            kind: What the entry is of; never published.
            at: When it was made.
        """
        self.digests.append(digest)
        self.writes.insert(LeafRow, {"digest": digest, "kind": kind, "created_at": at})


def update_one(session: Session, statement: Update, what: str) -> None:
    """Change exactly the row that was read before.

    Raises:
        StaleWriteError: The row was changed or removed in between.
    """
    result = session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise StaleWriteError(f"{what} was changed meanwhile; read it again and repeat")
