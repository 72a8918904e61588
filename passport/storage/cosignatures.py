"""What witnesses signed, beside the checkpoints of the log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from passport.storage.engine import insert_into, reading, retrying, writing
from passport.storage.tables_witness import CosignatureRow

_COSIGNATURE = CosignatureRow.metadata.tables["passport_cosignature"]
_NEWEST = 64
"""Cosignatures looked at to find the checkpoint that most witnesses signed."""


class SqlCosignatures:
    """The cosignatures of this log."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, size: int, witness: str, line: str, *, at: datetime) -> None:
        """Keep the line of a witness below the checkpoint of a size; the first one stays."""

        def store() -> None:
            with writing(self._engine) as connection:
                connection.execute(
                    insert_into(connection, _COSIGNATURE)
                    .values(size=size, witness=witness, line=line, created_at=at)
                    .on_conflict_do_nothing()
                )

        retrying(store)

    def newest_size(self, witness: str) -> int:
        """Return the size of the newest checkpoint that a witness signed; 0 for none."""
        newest = select(func.max(_COSIGNATURE.c.size)).where(_COSIGNATURE.c.witness == witness)
        with reading(self._engine) as connection:
            return connection.scalar(newest) or 0


def cosignature_lines(connection: Connection, size: int) -> Sequence[str]:
    """Return what witnesses signed below the checkpoint of a size, by name."""
    lines = select(_COSIGNATURE.c.line).where(_COSIGNATURE.c.size == size)
    return connection.scalars(lines.order_by(_COSIGNATURE.c.witness)).all()


def best_witnessed_size(connection: Connection, *, above: int) -> int | None:
    """Return the newest of the sizes that most witnesses signed, larger than ``above``."""
    newest = (
        select(_COSIGNATURE.c.size)
        .where(_COSIGNATURE.c.size > above)
        .order_by(_COSIGNATURE.c.size.desc())
        .limit(_NEWEST)
        .subquery()
    )
    ranked = (
        select(newest.c.size)
        .group_by(newest.c.size)
        .order_by(func.count().desc(), newest.c.size.desc())
    )
    size: int | None = connection.scalar(ranked.limit(1))
    return size
