"""Everything in one file, and back: between both databases, and whatever is interrupted."""

import os
import signal
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import orjson
import pytest
from builders_log import LogReader
from builders_registered import an_installation, register_pack

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

TESTS = Path(__file__).parents[1]
EXTENSIONS = ("recycler_portal",)

KILLED = """
import os, signal, sys
from pathlib import Path
from passport.bootstrap import backup, restoring
from passport.settings import read_settings
def kill(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)
def kill_after(step):
    def stepped(*arguments, **named):
        step(*arguments, **named)
        kill()
    return stepped
module, step, after = {module}, {step!r}, {after}
setattr(module, step, kill_after(getattr(module, step)) if after else kill)
settings = read_settings(data=Path({data!r}), database_url={url!r}, extensions={extensions!r})
backup.{do}
"""


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


def run_killed(made: Made, settings: Settings, step: tuple[str, str, bool], do: str) -> None:
    module, name, after = step
    code = KILLED.format(
        module=module,
        step=name,
        after=after,
        data=str(settings.data),
        url=settings.database_url,
        extensions=EXTENSIONS,
        do=do,
    )
    environment = {**os.environ, "PASSPORT_PUBLIC_BASE_URL": made.settings.public_base_url}
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=TESTS.parent, env=environment
    )
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "step",
    [
        ("backup", "begin_restore", True),
        ("backup", "_extract_files", True),
        ("backup", "load_rows", False),
        ("backup", "load_rows", True),
        ("backup", "go_on_counting", True),
        ("backup", "_fill_database", True),
        ("backup", "end_restore", False),
    ],
    ids=lambda step: f"{step[1]}-{'after' if step[2] else 'before'}",
)
def test_a_restore_that_was_killed_is_not_taken_for_whole(
    made: Made, step: tuple[str, str, bool], second: Settings
):
    run_killed(made, second, step, f"restore_backup(settings, Path({str(made.file)!r}))")

    with pytest.raises(StoreUnusableError, match="was interrupted"):
        open_passport(second)
    with pytest.raises(RestoreTargetError, match="was interrupted"):
        restore_backup(second, made.file)


@pytest.mark.parametrize(
    "step",
    [
        ("backup", "dump_rows", False),
        ("backup", "_files", False),
        ("backup", "verify_backup", True),
    ],
    ids=lambda step: step[1],
)
def test_a_backup_that_was_killed_leaves_no_file_of_its_name(
    made: Made, step: tuple[str, str, bool], tmp_path: Path
):
    out = tmp_path / "killed.tar"

    run_killed(
        made,
        made.settings,
        step,
        "write_backup(backup.make_engine(settings.database_address), settings, "
        f"Path({str(out)!r}))",
    )

    assert not out.exists()
    assert verify_backup(made.file).head == made.newest.head
