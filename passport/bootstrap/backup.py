"""Everything in one file, and back: verified when it is written and before it is restored.

The file is a tar archive: ``tables/<name>.jsonl``, ``data/<path>`` and ``keystore/<path>``, and at
its end ``manifest.json`` with the SHA-256 of each. Keys stay encrypted; the passphrase is not in
it. An archive that was cut off has no manifest and is none.
"""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from sqlalchemy import Connection, Engine, Table, inspect, make_url

from passport.bootstrap.extensions import load_extensions
from passport.bootstrap.restoring import (
    BackupDamagedError,
    BackupTooOldError,
    OtherLogError,
    RestoreTargetError,
    begin_restore,
    end_restore,
    is_restoring,
)
from passport.durable import sync_folder
from passport.settings import Settings
from passport.signing.merkle_tree import EMPTY_ROOT, RightEdge, TreeHead
from passport.signing.transparency_log import Checkpoint, parse_checkpoint, split_note
from passport.storage.dump import (
    count_rows,
    dump_rows,
    foreign_tables,
    go_on_counting,
    load_rows,
    read_row,
    snapshot,
)
from passport.storage.engine import make_engine, writing
from passport.storage.errors import StoreUnusableError
from passport.storage.migrate import MigrationSource, current_revision, passport_source, upgrade

_FORMAT = "open-battery-passport-backup/1"
_MANIFEST = "manifest.json"
_TABLES, _DATA, _KEYSTORE, _LOG_KEYSTORE = "tables", "data", "keystore", "log-keystore"
_LEAVES, _CHECKPOINTS, _STATEMENTS = "passport_leaf", "passport_checkpoint", "passport_statement"
_SESSIONS = "passport_session"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds.

    Attributes:
        program: Version of the program that wrote it.
        revisions: How far the tables of each package were, by version table.
        members: SHA-256 in hexadecimal of each member, by name.
        rows: Rows of each table.
        checkpoint: Newest checkpoint of the log, a signed note; empty where there is none.
    """

    program: str
    revisions: dict[str, str]
    members: dict[str, str]
    rows: dict[str, int]
    checkpoint: str

    @property
    def head(self) -> TreeHead:
        """The tree of the log."""
        return self.log.head if self.checkpoint else TreeHead(0, EMPTY_ROOT)

    @property
    def log(self) -> Checkpoint:
        """What the newest checkpoint says."""
        return parse_checkpoint(split_note(self.checkpoint)[0])

    def to_bytes(self) -> bytes:
        """Write it."""
        content = {
            "format": _FORMAT,
            "program": self.program,
            "revisions": self.revisions,
            "members": self.members,
            "rows": self.rows,
            "checkpoint": self.checkpoint,
        }
        return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


# Writing


def write_backup(engine: Engine, settings: Settings, out: Path) -> Manifest:
    """Write everything of an installation into one file, beside a running service.

    All tables are of one moment; files are copied after it, so that whatever a table names is
    there. The file gets its name when it is whole, on disk and verified.

    Raises:
        StoreUnusableError: The database has tables that no loaded package knows.
        BackupDamagedError: What was written does not verify.
    """
    draft = out.with_name(f"{out.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            manifest = _Writing(archive).everything(engine, settings)
        file.flush()
        os.fsync(file.fileno())
    verify_backup(draft)
    draft.replace(out)
    sync_folder(out.parent)
    return manifest


@dataclass(slots=True)
class _Writing:
    """An archive that grows, with the digests of what is in it."""

    archive: tarfile.TarFile
    members: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def everything(self, engine: Engine, settings: Settings) -> Manifest:
        sources = _sources(settings)
        with snapshot(engine) as connection:
            revisions = {one.version_table: current_revision(connection, one) for one in sources}
            _require_known_tables(connection, sources)
            for table in _tables(sources):
                self._add_table(connection, table)
            checkpoint = _newest_checkpoint(connection, sources)
        for prefix, path, file in _files(settings):
            self._add_file(f"{prefix}/{path}", file)
        manifest = Manifest(
            program=version("open-battery-passport"),
            revisions=revisions,
            members=self.members,
            rows=self.rows,
            checkpoint=checkpoint,
        )
        self._add_manifest(manifest)
        return manifest

    def _add_table(self, connection: Connection, table: Table) -> None:
        with tempfile.TemporaryFile() as file:
            count = 0
            for line in dump_rows(connection, table):
                file.write(line)
                count += 1
            self.rows[str(table.name)] = count
            self._add(f"{_TABLES}/{table.name}.jsonl", file)

    def _add_file(self, name: str, path: Path) -> None:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return  # a draft that got its name meanwhile, or was removed
        with file:
            self._add(name, file)

    def _add(self, name: str, file: IO[bytes]) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        # What is appended to a file meanwhile is not part of this backup.
        content = _Beginning(file, size)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self.archive.addfile(info, content)
        self.members[name] = content.digest.hexdigest()

    def _add_manifest(self, manifest: Manifest) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(manifest.to_bytes())
            self._add(_MANIFEST, file)


class _Beginning:
    """The first bytes of a file, hashed while they are read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(chunk)
        self.digest.update(chunk)
        return chunk


def _sources(settings: Settings) -> Sequence[MigrationSource]:
    extensions = [one.migrations() for one in load_extensions(settings.extensions)]
    return (passport_source(), *(source for source in extensions if source is not None))


def _tables(sources: Sequence[MigrationSource]) -> Sequence[Table]:
    """Return all tables, those that are referred to first."""
    return [table for source in sources for table in source.metadata.sorted_tables]


def _require_known_tables(connection: Connection, sources: Sequence[MigrationSource]) -> None:
    known = {table.name for table in _tables(sources)} | {one.version_table for one in sources}
    foreign = foreign_tables(inspect(connection), known)
    if foreign:
        raise StoreUnusableError(
            f"no loaded package knows the tables {', '.join(foreign)}; load it for the backup"
        )


def _newest_checkpoint(connection: Connection, sources: Sequence[MigrationSource]) -> str:
    table = sources[0].metadata.tables[_CHECKPOINTS]
    newest = table.select().order_by(table.c.size.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return "" if row is None else str(row.note)


def _files(settings: Settings) -> Iterator[tuple[str, str, Path]]:
    """Yield the files of an installation: prefix and path in the archive, and where they are."""
    keystores = _keystore_folders(settings)
    for prefix, folder in keystores.items():
        yield from ((prefix, name, path) for name, path in _below(folder))
    for name, path in _below(settings.data):
        is_key = any(path.is_relative_to(folder) for folder in keystores.values())
        if not is_key and not _is_database(path, settings):
            yield _DATA, name, path


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".draft":
            yield path.relative_to(folder).as_posix(), path


def _keystore_folders(settings: Settings) -> dict[str, Path]:
    """Return where keys are kept in files, by prefix; what a token holds stays in it."""
    places = {_KEYSTORE: settings.keystore}
    if settings.log_keystore != settings.keystore:
        places[_LOG_KEYSTORE] = settings.log_keystore
    return {
        prefix: Path(place.removeprefix("file:"))
        for prefix, place in places.items()
        if place.startswith("file:")
    }


def _is_database(path: Path, settings: Settings) -> bool:
    """Whether a file is the embedded database, or one that it keeps beside it."""
    address = make_url(settings.database_address)
    database = str(Path(address.database or "").resolve())
    return address.get_backend_name() == "sqlite" and str(path.resolve()).startswith(database)


# Verifying


def verify_backup(file: Path, shown: Checkpoint | None = None) -> Manifest:
    """Check a backup: every digest, every statement, and the log from its entries to its root.

    Args:
        file: The backup.
        shown: Newest checkpoint known from elsewhere; a smaller log is refused.

    Raises:
        BackupDamagedError: Something is not as it was written, or the end is missing.
        BackupTooOldError: The log has fewer entries than the checkpoint shown, or others.
    """
    try:
        with tarfile.open(file, mode="r:") as archive:
            return _Verifying(archive, shown).everything()
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BackupDamagedError(f"{file} is no whole backup: {error}") from error


class _Verifying:
    """One pass over an archive."""

    def __init__(self, archive: tarfile.TarFile, shown: Checkpoint | None) -> None:
        self._archive = archive
        self._shown = shown
        self._leaves: dict[int, bytes] = {}
        self._entries: set[bytes] = set()

    def everything(self) -> Manifest:
        digests: dict[str, str] = {}
        manifest: Manifest | None = None
        for member in self._archive:
            file = self._archive.extractfile(member) if _belongs(member) else None
            if file is None or manifest is not None or member.name in digests:
                raise BackupDamagedError(f"{member.name} does not belong into a backup")
            if member.name == _MANIFEST:
                manifest = _read_manifest(file.read())
                continue
            digests[member.name] = _digest(file)
            file.seek(0)
            self._look_into(member.name, file)
        if manifest is None:
            raise BackupDamagedError("the backup was cut off: it has no manifest")
        self._compare(manifest, digests)
        self._require_tree(manifest)
        return manifest

    def _compare(self, manifest: Manifest, digests: dict[str, str]) -> None:
        different = sorted(
            name
            for name in digests.keys() | manifest.members.keys()
            if digests.get(name) != manifest.members.get(name)
        )
        if different:
            raise BackupDamagedError(f"{different[0]} is not as it was written, or missing")

    def _look_into(self, name: str, file: IO[bytes]) -> None:
        if name == f"{_TABLES}/{_LEAVES}.jsonl":
            for line in file:
                row = read_row(line)
                self._entries.add(row["digest"])
                if row["leaf_index"] is not None:
                    self._leaves[row["leaf_index"]] = row["digest"]
        if name == f"{_TABLES}/{_STATEMENTS}.jsonl":
            for line in file:
                self._check_statement(read_row(line))

    def _check_statement(self, row: dict[str, Any]) -> None:
        if sha256(row["body"]).digest() != row["digest"] or row["digest"] not in self._entries:
            raise BackupDamagedError(f"statement {row['digest'].hex()} is not what was logged")

    def _require_tree(self, manifest: Manifest) -> None:
        edge, head = RightEdge(0, {}), manifest.head
        shown_size = head.size if self._shown is None else self._shown.size
        if shown_size > head.size:
            raise BackupTooOldError(
                f"the log in the backup has {head.size} entries, a checkpoint with {shown_size} "
                f"was published; restore a newer backup, or begin a new log and say so"
            )
        if sorted(self._leaves) != list(range(head.size)):
            raise BackupDamagedError(
                f"{len(self._leaves)} entries of the log are there; {head.size} were signed"
            )
        for index in range(shown_size):
            edge.append([self._leaves[index]])
            edge.changed.clear()
        if self._shown is not None:
            self._require_same_log(manifest, TreeHead(edge.size, edge.root()))
        for index in range(shown_size, head.size):
            edge.append([self._leaves[index]])
            edge.changed.clear()
        if TreeHead(edge.size, edge.root()) != head:
            raise BackupDamagedError("the entries of the log are not those that were signed")

    def _require_same_log(self, manifest: Manifest, head: TreeHead) -> None:
        shown = self._shown
        if shown is not None and (shown.origin, shown.head) != (manifest.log.origin, head):
            raise BackupTooOldError(
                f"the checkpoint of {shown.origin} with {shown.size} entries is not of the log "
                f"in the backup: they are two histories"
            )


def _belongs(member: tarfile.TarInfo) -> bool:
    """Whether a member is a plain file in one of the places that a backup has."""
    # Nobody vouches for an archive: no link, no file of holes, no way out of its folder.
    if member.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or member.issparse():
        return False
    folder, *parts = PurePosixPath(member.name).parts or ("",)
    is_in_folder = folder in {_TABLES, _DATA, _KEYSTORE, _LOG_KEYSTORE} and bool(parts)
    return member.name == _MANIFEST or (is_in_folder and ".." not in parts)


def _digest(file: IO[bytes]) -> str:
    digest = sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _read_manifest(content: bytes) -> Manifest:
    found = orjson.loads(content)
    if found.pop("format") != _FORMAT:
        raise BackupDamagedError("the backup has another format than this version reads")
    return Manifest(**found)


# Restoring


def restore_backup(settings: Settings, file: Path, shown: Checkpoint | None = None) -> Manifest:
    """Put everything back into an empty installation; what is interrupted is not taken for whole.

    Sessions do not come back: people sign in again.

    Args:
        settings: Where to: an empty data folder, an empty database.
        file: The backup.
        shown: Newest checkpoint known from elsewhere; a smaller log is refused.

    Raises:
        BackupDamagedError: The backup does not verify.
        BackupTooOldError: Its log is older than the checkpoint shown, or another one.
        OtherLogError: The settings name the log otherwise.
        RestoreTargetError: The data folder or the database is not empty.
        StoreUnusableError: The backup is of a newer version, or of a package that is not loaded.
    """
    manifest = verify_backup(file, shown)
    if manifest.checkpoint and manifest.log.origin != settings.log_origin:
        raise OtherLogError(
            f"the backup holds the log {manifest.log.origin}, the settings name "
            f"{settings.log_origin}; set PASSPORT_PUBLIC_BASE_URL, "
            "or PASSPORT_LOG_ORIGIN, as the first had it"
        )
    sources = _sources(settings)
    if {one.version_table for one in sources} < manifest.revisions.keys():
        raise StoreUnusableError("the backup has tables of a package that is not loaded")
    _require_empty_folders(settings)
    begin_restore(settings.data)
    engine = make_engine(settings.database_address)
    try:
        with tarfile.open(file, mode="r:") as archive:
            _require_empty_database(engine, sources)
            _extract_files(archive, settings)
            _fill_database(archive, engine, sources, manifest)
    except RestoreTargetError:
        end_restore(settings.data)  # nothing was written
        raise
    finally:
        engine.dispose()
    end_restore(settings.data)
    return manifest


def _require_empty_folders(settings: Settings) -> None:
    for folder in (settings.data, *_keystore_folders(settings).values()):
        if is_restoring(folder):
            raise RestoreTargetError(
                f"a restore into {folder} was interrupted; remove the folder, and empty the "
                f"database if it is elsewhere"
            )
        if folder.exists() and any(folder.iterdir()):
            raise RestoreTargetError(f"{folder} is not empty; nothing is restored over it")


def _require_empty_database(engine: Engine, sources: Sequence[MigrationSource]) -> None:
    with engine.connect() as connection:
        rows = count_rows(connection, _tables(sources))
    if rows:
        raise RestoreTargetError(f"the database has {rows} rows; nothing is restored over them")


def _extract_files(archive: tarfile.TarFile, settings: Settings) -> None:
    homes = {_DATA: settings.data, **_keystore_folders(settings)}
    for member in archive:
        prefix, *parts = PurePosixPath(member.name).parts
        home, content = homes.get(prefix), archive.extractfile(member)
        if home is None or content is None:
            continue
        target = home.joinpath(*parts)
        if _is_database(target, settings):
            raise BackupDamagedError(f"{member.name} would be the database; it comes as tables")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise BackupDamagedError(f"{member.name} is there already") from error
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(target.parent)


def _fill_database(
    archive: tarfile.TarFile,
    engine: Engine,
    sources: Sequence[MigrationSource],
    manifest: Manifest,
) -> None:
    """Make the tables as they were, fill them in one transaction, then bring them up to date."""
    held = [one for one in sources if manifest.revisions.get(one.version_table)]
    for source in held:
        upgrade(engine, source, manifest.revisions[source.version_table])
    with writing(engine) as connection:
        for table in _tables(held):
            # Nobody vouches for an archive: whoever was signed in signs in again.
            if table.name in manifest.rows and table.name != _SESSIONS:
                member = archive.extractfile(f"{_TABLES}/{table.name}.jsonl")
                loaded = load_rows(connection, table, member or ())
                if loaded != manifest.rows[table.name]:
                    raise BackupDamagedError(f"{table.name} has {loaded} rows in the backup")
        go_on_counting(connection, [one for one in _tables(held) if one.name in manifest.rows])
    for source in sources:
        upgrade(engine, source)
