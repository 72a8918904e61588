"""What is published of the vocabulary: each file with its media type and its SHA-256."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from passport.linked_data.contexts import known_contexts
from passport.linked_data.terms import schema_file
from passport.linked_data.versions import frozen_files

_FOLDERS = ("contexts", "json-schema", "shacl", "vocabulary", "examples")
_MEDIA_TYPES = {
    "jsonld": "application/ld+json",
    "json": "application/json",
    "ttl": "text/turtle",
    "csv": "text/csv",
    "md": "text/markdown",
}
_SCHEMA_TYPE = "application/schema+json"
_BEGIN_OF_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL = 0o644 << 16


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file that everybody may have.

    Attributes:
        path: Its place behind ``/schemas/``.
        sha256: SHA-256 of its bytes, in hexadecimal.
        size: Its bytes, counted.
        never_changes: Whether it is frozen, or a pinned copy of somebody else's context.
    """

    path: str
    media_type: str
    sha256: str
    size: int
    never_changes: bool

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return schema_file(self.path).read_bytes()


@cache
def published_files() -> Mapping[str, PublishedFile]:
    """Return every published file by its place, in the order of the places."""
    root = schema_file("")
    tables = [(one.name, one) for one in root.iterdir() if one.is_file()]
    inside = [pair for folder in _FOLDERS for pair in _files_in(root.joinpath(folder), folder)]
    lasting = {entry.file for entry in frozen_files()} | _pinned_copies()
    return {
        path: _published(path, file.read_bytes(), never_changes=path in lasting)
        for path, file in sorted(tables + inside, key=lambda pair: pair[0])
        if path.rpartition(".")[2] in _MEDIA_TYPES
    }


def _pinned_copies() -> set[str]:
    return {
        f"contexts/{entry['file']}"
        for iri, entry in known_contexts().items()
        if "open-battery-passport" not in iri
    }


def _files_in(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for one in folder.iterdir():
        if one.is_dir():
            yield from _files_in(one, f"{path}/{one.name}")
        else:
            yield f"{path}/{one.name}", one


def _published(path: str, data: bytes, *, never_changes: bool) -> PublishedFile:
    media_type = _MEDIA_TYPES[path.rpartition(".")[2]]
    return PublishedFile(
        path=path,
        media_type=_SCHEMA_TYPE if path.startswith("json-schema/") else media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        never_changes=never_changes,
    )


@cache
def published_archive() -> bytes:
    """Return all published files as one ZIP archive; the same files make the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in published_files().values():
            entry = zipfile.ZipInfo(f"schemas/{file.path}", _BEGIN_OF_TIME)
            entry.external_attr = _READABLE_BY_ALL
            archive.writestr(entry, file.data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
