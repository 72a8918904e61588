"""A restore that is under way, and what it refuses."""

from pathlib import Path
from typing import Final

from passport.domain.errors import PassportError
from passport.durable import sync_folder
from passport.storage.errors import StoreUnusableError

_MARK: Final = "RESTORE-NOT-FINISHED"


class BackupDamagedError(PassportError):
    """A backup is not as it was written."""

    code = "backup-damaged"


class BackupTooOldError(PassportError):
    """The log in a backup is not the newest that was published."""

    code = "backup-too-old"


class OtherLogError(PassportError):
    """The settings name another log than the one in the backup."""

    code = "backup-of-another-log"


class RestoreTargetError(PassportError):
    """Something is where a backup should be restored to."""

    code = "restore-target"


def begin_restore(data: Path) -> None:
    """Mark a data folder before anything is put into it."""
    data.mkdir(parents=True, exist_ok=True)
    (data / _MARK).write_text("Remove this folder and restore again.\n", encoding="utf-8")
    sync_folder(data)


def end_restore(data: Path) -> None:
    """Take the mark away when all is there."""
    sync_folder(data)
    (data / _MARK).unlink()
    sync_folder(data)


def is_restoring(data: Path) -> bool:
    """Whether a restore began here and did not end."""
    return (data / _MARK).exists()


def require_restored(data: Path) -> None:
    """Refuse to work on what was restored in part.

    Raises:
        StoreUnusableError: A restore into this folder was interrupted.
    """
    if is_restoring(data):
        raise StoreUnusableError(
            f"a restore into {data} was interrupted; remove the folder, empty the database if it "
            f"is elsewhere, and restore again"
        )
