"""Refusals of the end-of-life portal: somebody outside can act on each of them."""

from passport.domain.errors import ConflictError, InvalidValueError, NotFoundError


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
    """The battery is already in another batch, or another site holds it."""

    code = "battery-elsewhere"
