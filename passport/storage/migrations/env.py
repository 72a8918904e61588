"""Alembic runs this file for each command; ``passport.storage.migrate`` put all it needs there."""

from alembic import context

from passport.storage.migrate import MigrationSource

_source: MigrationSource = context.config.attributes["source"]

context.configure(
    connection=context.config.attributes["connection"], **_source.comparison(), **_source.writing()
)
with context.begin_transaction():
    context.run_migrations()
