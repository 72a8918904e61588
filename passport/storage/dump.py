"""Rows of every table as lines of JSON that either database reads back exactly."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    Inspector,
    Integer,
    MetaData,
    Table,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)

_PORTION = 500
"""Rows that are read or written together."""
_NULL_SUFFIX = "__is_null"


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which all statements see one moment, while others go on writing."""
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Deferred: the first read fixes the moment, and no writer waits.
        connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("ROLLBACK")


def count_rows(connection: Connection, tables: Iterable[Table]) -> int:
    """Return how many rows the tables have, as far as they are there."""
    there = set(inspect(connection).get_table_names())
    return sum(
        connection.scalar(select(func.count()).select_from(one)) or 0
        for one in tables
        if one.name in there
    )


def dump_rows(connection: Connection, source: Table) -> Iterator[bytes]:
    """Yield the rows of a table, each a line; in the order of its key."""
    trees = [one for one in source.columns if isinstance(one.type, JSON)]
    # A tree that is absent and one that says null are read alike; only the database tells.
    absent = [one.is_(None).label(one.name + _NULL_SUFFIX) for one in trees]
    rows = connection.execution_options(yield_per=_PORTION).execute(
        select(*source.columns, *absent).order_by(*source.primary_key.columns)
    )
    for row in rows.mappings():
        values = {one.name: _written(row[one.name]) for one in source.columns}
        for tree in trees:
            if row[tree.name + _NULL_SUFFIX]:
                del values[tree.name]
            else:
                values[tree.name] = {"tree": row[tree.name]}
        yield orjson.dumps(values) + b"\n"


def read_row(line: bytes) -> dict[str, Any]:
    """Read a line back into values of Python."""
    return {name: _read(value) for name, value in orjson.loads(line).items()}


def load_rows(connection: Connection, target: Table, lines: Iterable[bytes]) -> int:
    """Insert rows into an empty table of the database; return how many.

    Columns that the code does not have any more are taken as the database has them.
    """
    stored = Table(target.name, MetaData(), autoload_with=connection, resolve_fks=False)
    known = {one.name: one.type for one in target.columns}
    light = table(
        target.name, *(column(one.name, known.get(one.name, one.type)) for one in stored.columns)
    )
    rows = _parents_first(map(read_row, lines), target)
    total = 0
    for portion in _portions(rows):
        for named in _grouped(portion):
            connection.execute(insert(light), named)
        total += len(portion)
    return total


def go_on_counting(connection: Connection, tables: Iterable[Table]) -> None:
    """Let each counting key continue after the rows that were loaded; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for one in tables:
        for key in one.primary_key.columns:
            name = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :key)"),
                {"table": one.name, "key": key.name},
            )
            if name is not None and isinstance(key.type, Integer):
                last = connection.scalar(select(func.max(key)))
                connection.execute(
                    text("SELECT setval(CAST(:name AS regclass), :next, false)"),
                    {"name": name, "next": (last or 0) + 1},
                )


def foreign_tables(inspector: Inspector, known: Iterable[str]) -> Sequence[str]:
    """Return the tables of the database that no loaded package knows."""
    return sorted(set(inspector.get_table_names()) - set(known))


_KINDS: Sequence[tuple[str, type, Callable[[Any], object], Callable[[Any], object]]] = (
    ("bytes", bytes, lambda value: base64.b64encode(value).decode(), base64.b64decode),
    ("instant", datetime, datetime.isoformat, datetime.fromisoformat),
    ("day", date, date.isoformat, date.fromisoformat),
    ("uuid", UUID, str, UUID),
    ("decimal", Decimal, str, Decimal),
)
"""What JSON lacks: name, type, how it is written, how it is read; an instant is a day, too."""
_READERS = {name: read for name, _, _, read in _KINDS} | {"tree": lambda content: content}


def _written(value: object) -> object:
    for name, kind, write, _ in _KINDS:
        if isinstance(value, kind):
            return {name: write(value)}
    return value


def _read(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    ((name, content),) = value.items()
    return _READERS[name](content)


def _parents_first(rows: Iterable[dict[str, Any]], target: Table) -> Iterator[dict[str, Any]]:
    """Yield rows of a table that refers to itself after those that they refer to."""
    links = [
        (key.parent.name, key.column.name)
        for key in target.foreign_keys
        if key.target_fullname.partition(".")[0] == target.name
    ]
    if not links:
        yield from rows
        return
    ((child, parent),) = links
    done: set[object] = {None}
    waiting: dict[object, list[dict[str, Any]]] = {}
    for row in rows:
        ready = [row]
        while ready:
            one = ready.pop()
            if one[child] in done:
                yield one
                done.add(one[parent])
                ready += waiting.pop(one[parent], [])
            else:
                waiting.setdefault(one[child], []).append(one)
    for rest in waiting.values():
        yield from rest  # refers to a row that is nowhere: the database refuses it by name


def _portions(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    portion: list[dict[str, Any]] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _grouped(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield runs of rows that name the same columns; an absent tree is a column less."""
    run: list[dict[str, Any]] = []
    for row in rows:
        if run and run[0].keys() != row.keys():
            yield run
            run = []
        run.append(row)
    if run:
        yield run
