"""Instants as signed documents write them: ``2026-11-21T09:00:00Z``."""

import re
from datetime import UTC, datetime

from passport.domain.errors import InvalidValueError

_DATE_TIME_STAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_TO_THE_SECOND = len("2026-11-21T09:00:00")


def instant_text(instant: datetime) -> str:
    """Write an aware instant in UTC, to the second.

    Raises:
        ValueError: The instant knows no time zone; a mistake of the caller.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC).isoformat()[:_TO_THE_SECOND] + "Z"


def parse_instant(text: object) -> datetime:
    """Read an xsd:dateTimeStamp.

    Raises:
        InvalidValueError: It is no instant with a time zone.

    >>> parse_instant("2026-11-21T10:00:00+01:00")
    datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.timezone.utc)
    """
    if not isinstance(text, str) or not _DATE_TIME_STAMP.fullmatch(text):
        raise InvalidValueError(f"{text!r} is no instant like 2026-11-21T09:00:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(f"{text!r} is no day and time of the calendar") from error
