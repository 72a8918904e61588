"""What all registers share: knowing a repeated request, and writing only what was read."""

from sqlalchemy import CursorResult, Update
from sqlmodel import Session

from passport.domain.errors import ConflictError, IdempotencyConflictError
from recycler_portal.services.ports import Request


class StaleIntakeError(ConflictError):
    """Somebody else changed the same intake or batch first."""

    code = "changed-meanwhile"


def require_same(request: Request, digest: bytes) -> None:
    """Accept a repeated request only with the content it came with first.

    Raises:
        IdempotencyConflictError: The key came with another content.
    """
    if digest != request.digest:
        raise IdempotencyConflictError(
            f"the key {request.key!r} was used for another content; use a new key"
        )


def update_one(session: Session, statement: Update, what: str) -> None:
    """Change exactly the row that was read before.

    Raises:
        StaleIntakeError: The row was changed meanwhile.
    """
    result = session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise StaleIntakeError(f"{what} was changed meanwhile; look at it again and repeat")
