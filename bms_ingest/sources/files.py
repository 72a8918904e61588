"""Frames from files, in batches of one battery."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from bms_ingest.decoders.columns import ColumnMap, decode_table, read_table
from bms_ingest.decoders.frame_json import DecodedBatch, decode_ndjson
from bms_ingest.frame import Frame, FrameError

FRAMES_AT_ONCE: Final = 2_000
_TABLES: Final = frozenset({".parquet", ".csv"})
_LINES: Final = frozenset({".jsonl", ".ndjson"})


def read_batches(path: Path, battery_id: str, mapping: ColumnMap) -> Iterator[DecodedBatch]:
    """Yield the frames of a file in batches.

    Raises:
        FrameError: The file is of no format read here, broken, or of another battery.
    """
    suffix = path.suffix.lower()
    if suffix in _TABLES:
        frames = decode_table(read_table(path), battery_id, mapping)
        while batch := list(islice(frames, FRAMES_AT_ONCE)):
            yield DecodedBatch(list(enumerate(batch)))
    elif suffix in _LINES:
        yield from _read_lines(path, battery_id)
    else:
        formats = ", ".join(sorted(_TABLES | _LINES))
        raise FrameError(f"{path.name}: files of frames are {formats}, not {suffix!r}")


def _read_lines(path: Path, battery_id: str) -> Iterator[DecodedBatch]:
    try:
        with path.open("rb") as file:
            while lines := list(islice(file, FRAMES_AT_ONCE)):
                batch = decode_ndjson(b"".join(lines), battery_id)
                _require_battery(batch.frames, battery_id, path)
                yield batch
    except OSError as error:
        raise FrameError(f"{path.name} cannot be read: {error}") from error


def _require_battery(frames: list[tuple[int, Frame]], battery_id: str, path: Path) -> None:
    for _, frame in frames:
        if frame.battery_id != battery_id:
            raise FrameError(
                f"{path.name} holds frames of {frame.battery_id}, not only of {battery_id};"
                " replay each battery from a file of its own"
            )
