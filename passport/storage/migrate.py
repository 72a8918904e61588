"""Bring tables up to date; each package has its own history in the same database.

``python -m passport.storage.migrate revision MESSAGE`` writes the next change from what the
tables in the code have and the last change has not.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, resolve_name
from typing import Annotated, Any

import typer
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, Engine, MetaData, TypeDecorator, text

from passport.storage.engine import make_engine, reading
from passport.storage.errors import StoreUnusableError
from passport.storage.tables import metadata as passport_metadata

_ENVIRONMENT = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x0BA7_4E1A
"""Key of the advisory lock of PostgreSQL: processes that start together migrate in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationSource:
    """The tables of one package and the history of their changes.

    Attributes:
        versions: Folder with one file a change.
        version_table: Where the database keeps how far it is, such as ``eol_alembic``; the
            tables of the package begin with the same prefix.
        metadata: The tables as the code has them.
    """

    versions: Path
    version_table: str
    metadata: MetaData

    @property
    def prefix(self) -> str:
        """How the names of the package's tables begin."""
        return self.version_table.removesuffix("alembic")

    def comparison(self) -> dict[str, Any]:
        """Return how Alembic compares: only the tables of this package."""
        return {
            "target_metadata": self.metadata,
            "version_table": self.version_table,
            "include_name": self._is_ours,
            "compare_type": True,
        }

    def writing(self) -> dict[str, Any]:
        """Return how Alembic changes and writes: all in one transaction, on SQLite by copying."""
        return {
            "transactional_ddl": True,
            "render_as_batch": True,
            "render_item": _render_stored_type,
        }

    def _is_ours(self, name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith(self.prefix)


def passport_source() -> MigrationSource:
    """Return the tables of this package, those of every module ``tables*``."""
    for module in iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("tables"):
            import_module(f"passport.storage.{module.name}")
    return MigrationSource(
        versions=_ENVIRONMENT / "versions",
        version_table="passport_alembic",
        metadata=passport_metadata,
    )


def upgrade(engine: Engine, source: MigrationSource, revision: str = "head") -> None:
    """Make all changes that the database has not, in one transaction.

    Raises:
        StoreUnusableError: A newer version of the program has changed the tables.
    """
    if revision == "head" and is_current(engine, source):
        return
    with _changing(engine) as connection:
        command.upgrade(_config(source, connection), revision)


def downgrade(engine: Engine, source: MigrationSource, revision: str = "base") -> None:
    """Take changes back, down to a revision; what stood in dropped tables is lost."""
    with _changing(engine) as connection:
        command.downgrade(_config(source, connection), revision)


def is_current(engine: Engine, source: MigrationSource) -> bool:
    """Whether the database has every change of the code.

    Raises:
        StoreUnusableError: It has one that the code lacks.
    """
    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": source.version_table}
        )
        made = set(context.get_current_heads())
        script = ScriptDirectory.from_config(_config(source, connection))
    unknown = made - {known.revision for known in script.walk_revisions()}
    if unknown:
        raise StoreUnusableError(
            f"the {source.prefix}* tables are at change {min(unknown)}, which this version does "
            f"not know; start the newer version or restore a backup"
        )
    return made == set(script.get_heads())


def current_revision(connection: Connection, source: MigrationSource) -> str:
    """Return the last change that was made to a package's tables; nothing before the first."""
    context = MigrationContext.configure(connection, opts={"version_table": source.version_table})
    return context.get_current_revision() or ""


def check_drift(engine: Engine, source: MigrationSource) -> list[object]:
    """Return each difference between the database and the tables in the code."""
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts=source.comparison())
        return list(compare_metadata(context, source.metadata))


def write_revision(engine: Engine, source: MigrationSource, message: str) -> Path:
    """Write the next change: what the code has and the database, brought up to date, has not."""
    number = f"{sum(1 for _ in source.versions.glob('[0-9]*.py')) + 1:04}"
    upgrade(engine, source)
    with _changing(engine) as connection:
        command.revision(
            _config(source, connection),
            message=message,
            autogenerate=True,
            rev_id=number,
            version_path=str(source.versions),
        )
    file = next(source.versions.glob(f"{number}_*.py"))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")))
    return file


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in one transaction, alone in changing tables.

    Source: https://sqlite.org/lang_altertable.html, making other kinds of table schema
    changes: foreign keys are off while a table is copied, and checked before the commit.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK}
                )
                yield connection
            return
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise StoreUnusableError(f"cannot change tables through {raw!r}")
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                _require_whole_references(connection)
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def _require_whole_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StoreUnusableError(
            f"{len(broken)} rows would refer to nothing, the first in {broken[0][0]}; "
            f"the tables were not changed"
        )


def _config(source: MigrationSource, connection: Connection) -> Config:
    config = Config(attributes={"connection": connection, "source": source})
    config.set_main_option("script_location", str(_ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("version_locations", str(source.versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _render_stored_type(kind: str, item: object, context: AutogenContext) -> str | bool:
    """Write what the database stores, so that an old change does not depend on today's code."""
    if kind == "type" and isinstance(item, JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


_development = typer.Typer(help="For development: write migrations.")


@_development.callback()
def _choose() -> None:
    """Keep ``revision`` a word of the command line."""


@_development.command()
def revision(
    message: str,
    source: Annotated[
        str, typer.Option(help="module:function that returns a MigrationSource")
    ] = "passport.storage.migrate:passport_source",
    url: Annotated[str, typer.Option(help="database to compare with; empty: a new one")] = "",
) -> None:
    """Write the next change of a package's tables; read it before you commit it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(url or f"sqlite:///{folder}/empty.db")
        typer.echo(write_revision(engine, resolve_name(source)(), message))
        engine.dispose()


if __name__ == "__main__":
    _development()
