"""Everything in one file, and back: between both databases, and whatever is interrupted."""

import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson
import pytest
from builders_log import LogReader
from builders_registered import an_installation, register_pack
from log_crasher import Step, back_up, restore, run_killed
from sqlmodel import Session, select

from passport.bootstrap import Passport, open_passport
from passport.bootstrap.backup import restore_backup, verify_backup, write_backup
from passport.bootstrap.restoring import (
    BackupDamagedError,
    BackupTooOldError,
    OtherLogError,
    RestoreTargetError,
)
from passport.domain.identifiers import gs1_battery_id
from passport.settings import Settings, read_settings
from passport.signing.transparency_log import Checkpoint, TrustedLog, parse_checkpoint, split_note
from passport.storage.errors import StoreUnusableError
from passport.storage.tables_access import SessionRow

EXTENSIONS = ("recycler_portal",)

_BACKUP = "passport.bootstrap.backup"
RESTORING = [
    Step(_BACKUP, "begin_restore", after=True),
    Step(_BACKUP, "_extract_files", after=True),
    Step(_BACKUP, "load_rows", after=False),
    Step(_BACKUP, "load_rows", after=True),
    Step(_BACKUP, "go_on_counting", after=True),
    Step(_BACKUP, "_fill_database", after=True),
    Step(_BACKUP, "end_restore", after=False),
]
BACKING_UP = [
    Step(_BACKUP, "dump_rows", after=False),
    Step(_BACKUP, "_files", after=False),
    Step(_BACKUP, "verify_backup", after=True),
]


@dataclass(frozen=True)
class Made:
    """A backup, and the installation it is of."""

    file: Path
    settings: Settings
    newest: Checkpoint


def given(data: Path, url: str) -> Settings:
    return read_settings(data=data, database_url=url, extensions=EXTENSIONS)


def make_backup(folder: Path, url: str) -> Made:
    settings = given(folder / "first", url)
    filled = an_installation(settings.data, url, settings.keystore)
    (settings.data / "telemetry").mkdir()
    (settings.data / "telemetry" / "frames.bin").write_bytes(bytes(range(256)))
    file = folder / "kept.tar"
    write_backup(filled.engine, settings, file)
    newest = parse_checkpoint(split_note(filled.log.checkpoint().decode())[0])
    filled.close()
    return Made(file, settings, newest)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give a backup of an installation with a pack; its tests change nothing in it."""
    folder = tmp_path_factory.mktemp("made")
    return make_backup(folder, f"sqlite:///{folder}/first.db")


@pytest.fixture
def second(tmp_path: Path) -> Settings:
    """Give where to restore to."""
    return given(tmp_path / "second", f"sqlite:///{tmp_path}/second/passport.db")


def trusted(passport: Passport) -> TrustedLog:
    return TrustedLog(origin=passport.log.key.name, key=passport.log.key)


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive}


def contents(file: Path) -> dict[str, object]:
    """Read what a backup holds: databases order rows and the members of a tree differently."""
    found: dict[str, object] = members(file)
    del found["manifest.json"]
    for name, content in found.items():
        if name.startswith("tables/"):
            rows = (orjson.loads(line) for line in content.splitlines())
            found[name] = sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
    return found


def rewritten(made: Made, changed: dict[str, bytes | None]) -> Path:
    """Write the backup with other content in some members."""
    file = made.file.with_name("changed.tar")
    with tarfile.open(file, "w") as archive:
        for name, content in {**members(made.file), **changed}.items():
            if content is not None:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, BytesIO(content))
    return file


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_comes_back_exactly_on_either_database(
    empty_database_url: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest
):
    made = make_backup(tmp_path, empty_database_url)
    url = f"sqlite:///{tmp_path}/second/passport.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql_database_url")
    second = given(tmp_path / "second", url)

    restore_backup(second, made.file, made.newest)

    passport = open_passport(second)
    again = tmp_path / "again.tar"
    write_backup(passport.engine, second, again)
    assert contents(again) == contents(made.file)
    assert (second.data / "telemetry" / "frames.bin").read_bytes() == bytes(range(256))
    passport.log.require_extends(made.newest)
    passport.close()


def test_nobody_is_still_signed_in_after_a_restore(tmp_path: Path, second: Settings):
    made = make_backup(tmp_path, f"sqlite:///{tmp_path}/first.db")
    passport = open_passport(made.settings)
    signed_in = SessionRow(token_hash=bytes(32), login="somebody", expires_at=datetime.now(UTC))
    with Session(passport.engine) as session:
        session.add(signed_in)
        session.commit()
    write_backup(passport.engine, made.settings, made.file)
    passport.close()
    assert b"somebody" in members(made.file)["tables/passport_session.jsonl"]

    restore_backup(second, made.file)

    restored = open_passport(second)
    with Session(restored.engine) as session:
        assert session.exec(select(SessionRow)).all() == []
    restored.close()


def test_a_restored_installation_goes_on_where_it_was(made: Made, tmp_path: Path, sqlite_url: str):
    second = given(tmp_path / "second", sqlite_url)
    restore_backup(second, made.file)
    passport = open_passport(second)

    register_pack(passport, gs1_battery_id("09506000134352", "NEXT"))

    assert LogReader(passport.log, trusted(passport)).follow()
    passport.log.require_extends(made.newest)
    passport.close()


def test_a_backup_that_is_older_than_what_was_published_is_refused(made: Made, second: Settings):
    newest = made.newest
    newer = Checkpoint(origin=newest.origin, size=newest.size + 1, root=bytes(32))
    another = Checkpoint(origin=newest.origin, size=newest.size - 1, root=bytes(32))

    with pytest.raises(BackupTooOldError, match="restore a newer backup"):
        restore_backup(second, made.file, newer)
    with pytest.raises(BackupTooOldError, match="two histories"):
        restore_backup(second, made.file, another)

    assert not second.data.exists()


def test_a_backup_is_not_restored_over_anything(made: Made, tmp_path: Path):
    folder = tmp_path / "second"
    folder.mkdir()
    (folder / "note.txt").write_text("mine")
    with pytest.raises(RestoreTargetError, match="is not empty"):
        restore_backup(given(folder, made.settings.database_url), made.file)

    other = given(tmp_path / "third", made.settings.database_url)
    with pytest.raises(RestoreTargetError, match=r"has \d+ rows"):
        restore_backup(other, made.file)

    assert (folder / "note.txt").read_text() == "mine"
    assert list(other.data.iterdir()) == []


def test_the_log_of_another_name_is_refused(made: Made, tmp_path: Path):
    second = read_settings(data=tmp_path / "second", log_origin="other.example/log")

    with pytest.raises(OtherLogError, match="PASSPORT_LOG_ORIGIN"):
        restore_backup(second, made.file)


def test_each_member_that_was_changed_or_is_missing_is_noticed(made: Made):
    for name, content in members(made.file).items():
        if name != "manifest.json":
            for changed in (None, content + b" "):
                with pytest.raises(BackupDamagedError):
                    verify_backup(rewritten(made, {name: changed}))
    with pytest.raises(BackupDamagedError, match="no manifest"):
        verify_backup(rewritten(made, {"manifest.json": None}))


def test_a_backup_that_was_cut_off_is_none(made: Made):
    whole = made.file.read_bytes()
    cut = made.file.with_name("cut.tar")
    for size in (0, 511, 512, len(whole) // 3, len(whole) // 2, len(whole) - 20_000):
        cut.write_bytes(whole[:size])
        with pytest.raises(BackupDamagedError):
            verify_backup(cut)


@pytest.mark.parametrize("step", RESTORING, ids=str)
def test_a_restore_that_was_killed_is_not_taken_for_whole(made: Made, step: Step, second: Settings):
    run_killed(step, restore, second.data, second.database_url, made.file)

    with pytest.raises(StoreUnusableError, match="was interrupted"):
        open_passport(second)
    with pytest.raises(RestoreTargetError, match="was interrupted"):
        restore_backup(second, made.file)


def test_a_restore_that_was_killed_leaves_no_rows_on_a_server(
    made: Made, tmp_path: Path, postgresql_url: str
):
    step = Step(_BACKUP, "go_on_counting", after=True)
    run_killed(step, restore, tmp_path / "second", postgresql_url, made.file)

    third = given(tmp_path / "third", postgresql_url)
    assert restore_backup(third, made.file).head == made.newest.head


@pytest.mark.parametrize("step", BACKING_UP, ids=str)
def test_a_backup_that_was_killed_leaves_no_file_of_its_name(
    made: Made, step: Step, tmp_path: Path
):
    out = tmp_path / "killed.tar"

    run_killed(step, back_up, made.settings.data, made.settings.database_url, out)

    assert not out.exists()
    assert verify_backup(made.file).head == made.newest.head
