"""Refusals and broken stores of the database layer."""

from passport.domain.errors import ConflictError, PassportError


class StaleWriteError(ConflictError):
    """Another write came first, so this one was computed from an older state."""

    code = "stale-write"


class StoreUnusableError(PassportError):
    """The database is not one this version can work with."""

    code = "store-unusable"
