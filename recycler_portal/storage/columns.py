"""Column types that SQLite and PostgreSQL keep alike."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, BigInteger, Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

JSON_TREE = JSON().with_variant(JSONB(), "postgresql")
"""A tree of plain values."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class UtcMilliseconds(TypeDecorator[datetime]):
    """An instant as whole milliseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> int | None:
        """Write an instant."""
        return None if value is None else (value - _EPOCH) // _MILLISECOND

    def process_result_value(
        self,
        value: int | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> datetime | None:
        """Read an instant."""
        return None if value is None else _EPOCH + value * _MILLISECOND
