"""Files of batteries that are registered beside the requests, row by row, and survive a restart."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from passport.domain.actor import Actor, Role
from passport.domain.errors import Problem
from passport.domain.identifiers import ModelId


class ImportState(StrEnum):
    """How far a file is."""

    RUNNING = "running"
    DONE = "done"
    """Every row was tried; some may have been refused."""
    STOPPED = "stopped"
    """It cannot go on; what was registered stays registered, and ``reason`` says why."""


class RowOutcome(StrEnum):
    """What became of one row of a file; the words stand in the file with the results."""

    REGISTERED = "registered"
    KNOWN = "already on record"
    IN_ORDER = "in order"
    """Checked only: nothing was stored."""
    REFUSED = "refused"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one row, and what is wrong with it."""

    number: int
    outcome: RowOutcome
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One file that is being registered, or was.

    Attributes:
        organisation: Whose batteries they are; only its people see the file.
        started_by: Person or key that sent it.
        roles: Roles in which it was sent.
        scopes: Limits of the key it was sent with.
        model_id: Model of those batteries whose own identifier names none.
        total: Rows of the file, blank ones included.
        last_number: Number of the last row that was tried.
        registered: Rows that became batteries on record by this file.
        known: Rows whose batteries were on record already.
        refused: Rows that were refused.
        revision: Counts the changes; who runs the file notices another runner by it.
    """

    import_id: str
    organisation: str
    started_by: str
    roles: frozenset[Role]
    file_name: str
    model_id: ModelId | None
    begun_at: datetime
    changed_at: datetime
    scopes: frozenset[str] = field(default_factory=frozenset)
    state: ImportState = ImportState.RUNNING
    reason: str = ""
    total: int = 0
    last_number: int = 0
    registered: int = 0
    known: int = 0
    refused: int = 0
    revision: int = 0

    @property
    def tried(self) -> int:
        """Rows of which it is known what became of them."""
        return self.registered + self.known + self.refused

    @property
    def actor(self) -> Actor:
        """Who registers: the one who sent the file, in the roles he had then."""
        return Actor(
            organisation=self.organisation,
            roles=self.roles,
            scopes=self.scopes,
            name=self.started_by,
        )
