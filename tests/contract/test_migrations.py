"""Tables are made, changed and dropped by migrations, on both databases."""

import re
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Column, Engine, ForeignKey, MetaData, String, Table, inspect, text

from passport.storage.engine import make_engine, reading, writing
from passport.storage.errors import StoreUnusableError
from passport.storage.migrate import (
    MigrationSource,
    check_drift,
    downgrade,
    is_current,
    passport_source,
    upgrade,
    write_revision,
)


def tables(database: Engine) -> set[str]:
    return set(inspect(database).get_table_names())


def a_neighbour(folder: Path, *columns: Column[str]) -> MigrationSource:
    """Make a package with one table and no history yet."""
    versions = folder / "versions"
    versions.mkdir(exist_ok=True)
    metadata = MetaData()
    Table("other_thing", metadata, Column("name", String, primary_key=True), *columns)
    return MigrationSource(versions=versions, version_table="other_alembic", metadata=metadata)


def test_the_tables_go_up_and_down_and_up_again(empty_database: Engine):
    source = passport_source()
    ours = {table.name for table in source.metadata.sorted_tables}

    upgrade(empty_database, source)
    assert tables(empty_database) == ours | {"passport_alembic"}
    assert is_current(empty_database, source)

    downgrade(empty_database, source)
    assert tables(empty_database) == {"passport_alembic"}
    assert not is_current(empty_database, source)

    upgrade(empty_database, source)
    assert tables(empty_database) == ours | {"passport_alembic"}


def test_the_migrations_make_exactly_the_tables_in_the_code(database: Engine):
    assert check_drift(database, passport_source()) == []


def test_going_up_twice_changes_nothing(database: Engine):
    before = tables(database)

    upgrade(database, passport_source())

    assert tables(database) == before


def test_each_table_begins_with_the_prefix_of_its_package():
    source = passport_source()

    assert source.prefix == "passport_"
    assert {
        table.name
        for table in source.metadata.sorted_tables
        if not table.name.startswith("passport_")
    } == set()


def test_processes_that_start_together_migrate_in_turn(empty_database_url: str):
    started: list[bool] = []

    def start() -> None:
        engine = make_engine(empty_database_url)
        upgrade(engine, passport_source())
        started.append(is_current(engine, passport_source()))
        engine.dispose()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert started == [True] * 4


def test_a_neighbour_keeps_its_own_history_in_the_same_database(
    database: Engine, sqlite_url: str, tmp_path: Path
):
    neighbour = a_neighbour(tmp_path)
    write_revision(make_engine(sqlite_url), neighbour, "Begin")

    upgrade(database, neighbour)

    assert {"other_thing", "other_alembic", "passport_leaf"} <= tables(database)
    assert check_drift(database, neighbour) == []
    assert check_drift(database, passport_source()) == []
    downgrade(database, passport_source())
    assert "other_thing" in tables(database)


def test_a_change_in_the_code_is_seen_written_down_and_made(empty_database: Engine, tmp_path: Path):
    write_revision(empty_database, a_neighbour(tmp_path), "Begin")
    upgrade(empty_database, a_neighbour(tmp_path))
    with writing(empty_database) as connection:
        connection.execute(text("INSERT INTO other_thing VALUES ('kept')"))

    changed = a_neighbour(tmp_path, Column("colour", String))
    assert "colour" in str(check_drift(empty_database, changed))
    file = write_revision(empty_database, changed, "Give things a colour")

    assert file.name == "0002_give_things_a_colour.py"
    assert not is_current(empty_database, changed)
    upgrade(empty_database, changed)
    assert check_drift(empty_database, changed) == []
    with reading(empty_database) as connection:
        assert connection.execute(text("SELECT name, colour FROM other_thing")).one() == (
            "kept",
            None,
        )


def test_a_migration_that_would_break_references_changes_nothing(sqlite_url: str, tmp_path: Path):
    engine = make_engine(sqlite_url)
    source = a_neighbour(tmp_path)
    Table("other_part", source.metadata, Column("thing", ForeignKey("other_thing.name")))
    write_revision(engine, source, "Begin")
    upgrade(engine, source)
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO other_thing VALUES ('a')"))
        connection.execute(text("INSERT INTO other_part VALUES ('a')"))
    loss = source.versions / "0002_lose.py"
    loss.write_text(
        "from alembic import op\n"
        "revision, down_revision = '0002', '0001'\n"
        "def upgrade():\n"
        "    op.execute('DELETE FROM other_thing')\n"
    )

    with pytest.raises(StoreUnusableError, match="1 rows would refer to nothing"):
        upgrade(engine, source)

    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM other_thing")) == 1
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_tables_of_a_newer_version_are_not_touched(database: Engine):
    with writing(database) as connection:
        connection.execute(text("UPDATE passport_alembic SET version_num = '9999'"))

    with pytest.raises(StoreUnusableError, match="at change 9999"):
        upgrade(database, passport_source())


def test_every_migration_says_how_long_it_locks():
    files = sorted(passport_source().versions.glob("[0-9]*.py"))

    assert files
    for file in files:
        said = re.search(r"How long it locks: (.+)", file.read_text())
        assert said is not None, f"{file.name} does not say how long it locks"
        assert "write it here" not in said[1]
