"""Refusals and broken stores of the database layer."""

from passport.domain.errors import ConflictError, NotFoundError, PassportError


class StaleWriteError(ConflictError):
    """Another write came first, so this one was computed from an older state."""

    code = "stale-write"


class StoreUnusableError(PassportError):
    """The database is not one this version can work with."""

    code = "store-unusable"


class LogBrokenError(PassportError):
    """The stored log contradicts the checkpoint it signed."""

    code = "log-broken"


class NotLoggedYetError(NotFoundError):
    """The entry is stored, but the sequencer has not given it an index."""

    code = "not-logged-yet"
