"""The tables of this package and the history of their changes."""

from pathlib import Path

from passport.bootstrap import MigrationSource
from recycler_portal.storage.tables import metadata


def eol_source() -> MigrationSource:
    """Return tables and history of the end of life."""
    return MigrationSource(
        versions=Path(__file__).parent / "migrations" / "versions",
        version_table="eol_alembic",
        metadata=metadata,
    )
