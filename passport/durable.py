"""Files that are on disk, whole or not at all, when a function returns."""

import os
import secrets
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Give a file, new or not, another content; only its owner reads it."""
    write_beside(path, content).replace(path)
    sync_folder(path.parent)


def write_beside(path: Path, content: bytes) -> Path:
    """Write a content under a name of its own in the folder of a file, and return that name."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk, as a file is lost without its name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
