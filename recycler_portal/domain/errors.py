"""Refusals of the end-of-life portal: somebody outside can act on each of them."""

from passport.domain.errors import (
    ConflictError,
    InvalidValueError,
    NotFoundError,
    PassportError,
)
from recycler_portal.domain.findings import Finding


class ReportUnreadableError(InvalidValueError):
    """A recycling report has not the form that the calculation reads."""

    code = "recycling-report-unreadable"


class MassBalanceError(InvalidValueError):
    """Nothing came in, or more went out than came in."""

    code = "mass-balance"


class IntakeUnreadableError(InvalidValueError):
    """An intake lacks what is needed to say how the battery is to be handled."""

    code = "intake-unreadable"


class IntakeNotFoundError(NotFoundError):
    """No intake stands under this number."""

    code = "intake-not-found"


class BatchNotFoundError(NotFoundError):
    """No batch stands under this number."""

    code = "batch-not-found"


class TaskNotFoundError(NotFoundError):
    """No open task stands under this number, or it is a hold, which ends with a release."""

    code = "task-not-found"


class BatchClosedError(ConflictError):
    """The batch is closed; nothing more can be written to it."""

    code = "batch-closed"


class BatchOpenError(ConflictError):
    """The batch is still open, and this needs a closed one."""

    code = "batch-open"


class BatteryHeldError(ConflictError):
    """The battery is held until a person has decided; it cannot go into a batch."""

    code = "battery-held"


class BatteryElsewhereError(ConflictError):
    """The battery went into a batch, or arrived somewhere else."""

    code = "battery-elsewhere"


class FamilyMixedError(ConflictError):
    """A batch holds one chemistry family, and this battery belongs to another or to none."""

    code = "family-mixed"


class BatchNotInOrderError(ConflictError):
    """The figures of a batch contradict each other; ``findings`` names each place."""

    code = "batch-not-in-order"

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(message)
        self.findings = findings


class PhotoRefusedError(InvalidValueError):
    """A photo is too large, or no picture of a kind that is kept."""

    code = "intake-photo-refused"


class NotToldError(PassportError):
    """The passport's record could not be told what happened here; the job tries again."""

    code = "passport-not-told"
