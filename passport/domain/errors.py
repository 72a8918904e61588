"""Refusals: somebody outside can act on each of them."""

from dataclasses import dataclass
from typing import ClassVar


class PassportError(Exception):
    """A refusal with a stable code; ``docs/problems.md`` has a paragraph for each."""

    code: ClassVar[str] = "refused"


class InvalidValueError(PassportError):
    """A text or number is not a valid value of its kind."""

    code = "invalid-value"


class InvalidIdentifierError(InvalidValueError):
    """An identifier breaks the rules of its scheme."""

    code = "invalid-identifier"


class AccessDeniedError(PassportError):
    """This actor may not do or read this."""

    code = "access-denied"


class NotSignedInError(AccessDeniedError):
    """Nobody is signed in, and this needs somebody who is."""

    code = "not-signed-in"


class NotFoundError(PassportError):
    """There is nothing under this name, or nothing this actor may see."""

    code = "not-found"


class PassportNotFoundError(NotFoundError):
    """No passport is registered under this identifier."""

    code = "passport-not-found"

    def __init__(self, battery_id: str) -> None:
        super().__init__(f"no passport is registered for battery {battery_id}")
        self.battery_id = battery_id


class PassportCeasedError(PassportError):
    """The battery has been recycled and its passport has ceased (Art. 77(8))."""

    code = "passport-ceased"

    def __init__(self, battery_id: str) -> None:
        super().__init__(f"the passport of battery {battery_id} has ceased: it was recycled")
        self.battery_id = battery_id


class ConflictError(PassportError):
    """The request contradicts what is already on record."""

    code = "conflict"


class IdempotencyConflictError(ConflictError):
    """The same idempotency key came with another content."""

    code = "idempotency-conflict"


class TransitionRefusedError(ConflictError):
    """The law gives no way from this status to that one by this operation."""

    code = "transition-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with an input: where it stands and what to do about it.

    Attributes:
        message: What is wrong, with the value, and what would be right.
        path: JSON Pointer to the place.
        row: Row of a table, counted as people do: the first data row is 1.
        column: Column of a table, or the term's name.
    """

    message: str
    path: str = ""
    row: int | None = None
    column: str | None = None


class ContentRefusedError(PassportError):
    """A document does not fulfil its rules; ``problems`` names every place."""

    code = "content-refused"

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems
