"""A backup that somebody made to harm whoever restores it: nothing leaves its folder."""

import hashlib
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import orjson
import pytest
from builders_registered import an_installation

from passport.bootstrap.backup import restore_backup, write_backup
from passport.bootstrap.restoring import BackupDamagedError
from passport.settings import Settings, read_settings

CONTENT = b"planted"
EXTENSIONS = ("recycler_portal",)


@dataclass(frozen=True)
class Made:
    """A genuine backup, and where to restore to."""

    file: Path
    target: Settings


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("genuine")
    url = f"sqlite:///{folder}/first.db"
    settings = read_settings(data=folder / "first", database_url=url, extensions=EXTENSIONS)
    filled = an_installation(settings.data, url, settings.keystore)
    write_backup(filled.engine, settings, folder / "kept.tar")
    filled.close()
    return folder / "kept.tar"


@pytest.fixture
def made(genuine: Path, tmp_path: Path) -> Made:
    target = read_settings(
        data=tmp_path / "second",
        database_url=f"sqlite:///{tmp_path}/second/passport.db",
        extensions=EXTENSIONS,
    )
    return Made(genuine, target)


def a_link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def with_planted(genuine: Path, *planted: tarfile.TarInfo, out: Path) -> Path:
    """Write the backup with more members, each of them named in the manifest."""
    with tarfile.open(genuine) as old, tarfile.open(out, "w") as new:
        members = {one.name: old.extractfile(one).read() for one in old}
        manifest = orjson.loads(members.pop("manifest.json"))
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, BytesIO(content))
        for info in planted:
            info.size = len(CONTENT) if info.type == tarfile.REGTYPE else 0
            new.addfile(info, BytesIO(CONTENT))
            manifest["members"][info.name] = hashlib.sha256(CONTENT).hexdigest()
        last = tarfile.TarInfo("manifest.json")
        content = orjson.dumps(manifest)
        last.size = len(content)
        new.addfile(last, BytesIO(content))
    return out


@pytest.mark.parametrize(
    "planted",
    [
        [tarfile.TarInfo("data/../../outside")],
        [tarfile.TarInfo("../outside")],
        [tarfile.TarInfo("/outside")],
        [tarfile.TarInfo("outside")],
        [tarfile.TarInfo("data")],
        [a_link("data/link", tarfile.SYMTYPE, "/etc/passwd")],
        [a_link("data/link", tarfile.LNKTYPE, "keystore/master.json")],
        [a_link("data/pipe", tarfile.FIFOTYPE, "")],
        [a_link("data/folder", tarfile.DIRTYPE, "")],
        [tarfile.TarInfo("data/twice"), tarfile.TarInfo("data/twice")],
        [tarfile.TarInfo("tables/passport_operator.jsonl")],
    ],
    ids=lambda planted: f"{planted[0].name}-{planted[0].type.decode()}",
)
def test_what_does_not_belong_into_a_backup_is_refused_before_anything_is_written(
    made: Made, tmp_path: Path, planted: list[tarfile.TarInfo]
):
    file = with_planted(made.file, *planted, out=tmp_path / "planted.tar")

    with pytest.raises(BackupDamagedError, match="does not belong"):
        restore_backup(made.target, file)

    assert not made.target.data.exists()
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["data/passport.db"], "would be the database"),
        (["data/passport.db-journal"], "would be the database"),
        (["data/RESTORE-NOT-FINISHED"], "there already"),
        (["data/same", "data/./same"], "there already"),
    ],
)
def test_no_file_takes_the_place_of_another_one(
    made: Made, tmp_path: Path, names: list[str], reason: str
):
    planted = [tarfile.TarInfo(name) for name in names]
    file = with_planted(made.file, *planted, out=tmp_path / "planted.tar")

    with pytest.raises(BackupDamagedError, match=reason):
        restore_backup(made.target, file)

    assert (made.target.data / "RESTORE-NOT-FINISHED").exists(), "and is not taken for whole"
