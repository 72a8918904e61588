"""The spool: frames on disk before anybody is told that they arrived.

Segments are files that only grow. A record is its length, the CRC-32 of its payload, the payload.
A process that dies while writing leaves a torn tail, which nobody was told of: it is cut off when
the spool is used next. One process writes at a time, by a lock on a file beside the segments.
"""

import fcntl
import os
import secrets
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from passport.domain.errors import PassportError

_HEAD: Final = struct.Struct(">II")
"""Length and CRC-32 of the payload that follows."""
_LONGEST_SEGMENT: Final = 64 * 1024 * 1024


class SpoolDamagedError(PassportError):
    """A record that was acknowledged cannot be read any more."""

    code: ClassVar[str] = "telemetry-spool-damaged"
    http_status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, place: "Place") -> None:
        super().__init__(
            f"record at byte {place.offset} of {place.segment} is damaged; restore this segment"
            " from the backup"
        )


class Place(NamedTuple):
    """Where a record stands.

    Attributes:
        segment: Name of the file.
        offset: First byte of its head.
        length: Bytes of its payload.
    """

    segment: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        """First byte after the record."""
        return self.offset + _HEAD.size + self.length


class Spool:
    """Segments in one folder of one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with self.exclusive():
            self._name = self._read_name()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only process that writes, until the block ends."""
        with (self._folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def segments(self) -> list[str]:
        """Return the names of all segments of this spool, oldest first."""
        return sorted(path.name for path in self._folder.glob(f"{self._name}-*.spool"))

    def size(self, segment: str) -> int:
        """Return how many bytes a segment holds."""
        return (self._folder / segment).stat().st_size

    def append(self, payloads: Sequence[bytes]) -> list[Place]:
        """Write records and return when they are on disk; only within ``exclusive``."""
        if not payloads:
            return []
        segment = self._segment_to_write()
        places: list[Place] = []
        with (self._folder / segment).open("ab") as file:
            offset = file.tell()
            for payload in payloads:
                file.write(_HEAD.pack(len(payload), zlib.crc32(payload)))
                file.write(payload)
                places.append(Place(segment, offset, len(payload)))
                offset = places[-1].end
            file.flush()
            os.fsync(file.fileno())
        return places

    def read(self, place: Place) -> bytes:
        """Return the payload of a record.

        Raises:
            SpoolDamagedError: The record is not there or not as it was written.
        """
        try:
            with (self._folder / place.segment).open("rb") as file:
                file.seek(place.offset)
                payload = _read_record(file.read(_HEAD.size + place.length))
        except FileNotFoundError as error:
            raise SpoolDamagedError(place) from error
        if payload is None:
            raise SpoolDamagedError(place)
        return payload

    def recover(self, segment: str, offset: int) -> Iterator[tuple[Place, bytes]]:
        """Yield the whole records from an offset on, and cut off a torn tail.

        Only within ``exclusive``. Nobody was told of a torn record.
        """
        with (self._folder / segment).open("r+b") as file:
            file.seek(offset)
            rest = file.read()
            done = 0
            while (payload := _read_record(rest, done)) is not None:
                place = Place(segment, offset + done, len(payload))
                yield place, payload
                done = place.end - offset
            if done < len(rest):
                file.truncate(offset + done)
                os.fsync(file.fileno())

    def _read_name(self) -> str:
        """Return the name of this spool, so that spools of several machines stay apart."""
        path = self._folder / "name"
        if not path.exists():
            draft = path.with_suffix(".draft")
            draft.write_text(secrets.token_hex(4), encoding="ascii")
            draft.replace(path)
        return path.read_text(encoding="ascii")

    def _segment_to_write(self) -> str:
        segments = self.segments()
        if segments and self.size(segments[-1]) < _LONGEST_SEGMENT:
            return segments[-1]
        segment = f"{self._name}-{len(segments) + 1:08d}.spool"
        (self._folder / segment).touch()
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return segment


def _read_record(data: bytes, start: int = 0) -> bytes | None:
    """Return the payload of the record that starts there, or ``None`` if it is not whole."""
    if len(data) - start < _HEAD.size:
        return None
    length, checksum = _HEAD.unpack_from(data, start)
    payload = data[start + _HEAD.size : start + _HEAD.size + length]
    if len(payload) != length or zlib.crc32(payload) != checksum:
        return None
    return payload
