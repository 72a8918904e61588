"""Refusals of the edge: about the request itself, before any use case."""

from passport.domain.errors import (
    ContentRefusedError,
    InvalidValueError,
    NotFoundError,
    PassportError,
)


class RequestTooLargeError(PassportError):
    """The body of a request is larger than this service takes."""

    code = "request-too-large"


class HostUnknownError(PassportError):
    """The request names a host that this service does not answer for."""

    code = "host-unknown"


class ParameterUnknownError(InvalidValueError):
    """The address has a query parameter that means nothing here."""

    code = "parameter-unknown"


class RequestInvalidError(ContentRefusedError):
    """A body or parameter does not have the members that this address takes."""

    code = "request-invalid"


class RequestRefusedError(PassportError):
    """The request does not have the form that this address takes."""

    code = "request-refused"

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class AddressUnknownError(NotFoundError):
    """There is nothing under this address."""

    code = "address-unknown"


class TooManyAttemptsError(PassportError):
    """Somebody tried to sign in too often."""

    code = "too-many-attempts"

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeletionRefusedError(PassportError):
    """A passport is not deleted: it ends when its battery has been recycled."""

    code = "deletion-refused"


class LinkTypeUnknownError(NotFoundError):
    """There is no link of this type from the identifier."""

    code = "link-type-unknown"


class FaultError(PassportError):
    """Something broke on our side; the message holds the number under which the log has it."""

    code = "internal-error"
