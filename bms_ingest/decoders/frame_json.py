"""Our own frame format: JSON batches and NDJSON lines to frames.

``docs/protocols/frame.md`` says what the fields mean. A frame that is malformed does not spoil its
batch: it is set aside with its place and the reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from bms_ingest.frame import FRAME_FORMAT, READING_NAMES, Frame, FrameError
from passport.domain.errors import InvalidIdentifierError
from passport.domain.identifiers import BatteryId, parse_battery_id

LARGEST_INTEGER: Final = 2**53 - 1
"""Beyond this a JSON number is not exact everywhere. Source: RFC 8259, section 6."""
_IDENTITY: Final = ("epoch", "seq", "time_ms")
_FIELDS: Final = frozenset({"battery", *_IDENTITY, *READING_NAMES, "flags", "operation"})
_LONGEST_OPERATION: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedFrame:
    """One frame of a batch that is none.

    Attributes:
        place: Which one of the batch, from 0.
        reason: What is wrong and what belongs there.
        raw: The frame as it came.
    """

    place: int
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """Frames of one message with their places in it, and those that are none."""

    frames: list[tuple[int, Frame]] = field(default_factory=list)
    malformed: list[MalformedFrame] = field(default_factory=list)


class _MalformedError(Exception):
    """One frame is malformed; turned into a ``MalformedFrame`` by the loop around it."""


def decode_json(body: bytes) -> DecodedBatch:
    """Read one JSON batch: ``{"format", "battery", "frames": [{...}]}``.

    Instead of ``frames``, ``fields`` (names) and ``rows`` (lists of values) may be given.

    Raises:
        FrameError: The body is no JSON, of another format, or no batch.
    """
    message = _parsed(body)
    if not isinstance(message, dict):
        raise FrameError('a batch is a JSON object with "battery" and "frames"')
    if message.get("format", FRAME_FORMAT) != FRAME_FORMAT:
        raise FrameError(f"format {message['format']!r}; this service reads {FRAME_FORMAT}")
    return _decode(_frames_of(message), message.get("battery"))


def decode_ndjson(body: bytes, battery: str | None = None) -> DecodedBatch:
    """Read one frame a line; a line without ``battery`` belongs to the given one.

    Raises:
        FrameError: A line is no JSON.
    """
    lines = [line for line in body.splitlines() if line.strip()]
    return _decode([_parsed(line) for line in lines], battery)


def encode_batch(battery_id: str, frames: Sequence[Frame]) -> bytes:
    """Write frames of one battery as a batch of fields and rows."""
    return orjson.dumps(
        {
            "format": FRAME_FORMAT,
            "battery": battery_id,
            "fields": Frame._fields[1:],
            "rows": [frame[1:] for frame in frames],
        }
    )


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FrameError(f"no JSON: {error}") from error


def _frames_of(message: dict[str, Any]) -> list[Any]:
    fields, rows = message.get("fields"), message.get("rows")
    if isinstance(fields, list) and isinstance(rows, list):
        if not all(isinstance(name, str) for name in fields):
            raise FrameError('"fields" is a list of names of fields')
        return [
            dict(zip(fields, row, strict=True))
            if isinstance(row, list) and len(row) == len(fields)
            else row
            for row in rows
        ]
    frames = message.get("frames")
    if not isinstance(frames, list):
        raise FrameError('the batch has neither "frames" nor "fields" and "rows"')
    return frames


def _decode(items: Iterable[Any], battery: object) -> DecodedBatch:
    batch = DecodedBatch()
    known: dict[object, BatteryId] = {}
    for place, item in enumerate(items):
        try:
            batch.frames.append((place, _frame(item, battery, known)))
        except _MalformedError as error:
            batch.malformed.append(
                MalformedFrame(place=place, reason=str(error), raw=_kept_raw(item))
            )
    return batch


def _kept_raw(item: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return what is kept of something that is no frame."""
    try:
        return orjson.dumps(item)
    except orjson.JSONEncodeError:
        # JSON nested deeper than it can be written again: nothing of a frame is in it.
        return b'"nested too deeply"'


def _frame(item: Any, battery: object, known: dict[object, BatteryId]) -> Frame:  # noqa: ANN401
    if not isinstance(item, dict):
        raise _MalformedError("a frame is a JSON object, or a row with a value for each field")
    if not item.keys() <= _FIELDS:
        raise _MalformedError(f"unknown field {min(item.keys() - _FIELDS)!r}")
    name = item.get("battery", battery)
    battery_id = known.get(name) if isinstance(name, str) else None
    if battery_id is None:
        battery_id = known[name] = _battery(name)
    readings = {field: _integer(item[field], field) for field in READING_NAMES if field in item}
    epoch, seq, time_ms = (_natural(item.get(field), field) for field in _IDENTITY)
    return Frame(
        battery_id,
        epoch,
        seq,
        time_ms,
        flags=_natural(item.get("flags", 0), "flags"),
        operation=_operation(item.get("operation")),
        **readings,
    )


def _battery(name: object) -> BatteryId:
    if not isinstance(name, str):
        raise _MalformedError('no "battery": name it in the batch or in the frame')
    try:
        return parse_battery_id(name)
    except InvalidIdentifierError as error:
        raise _MalformedError(str(error)) from error


def _integer(value: object, field: str) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        raise _MalformedError(f"{field} is {value!r}; an integer in the unit of its name, or null")
    return value


def _natural(value: object, field: str) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST_INTEGER:
        raise _MalformedError(f"{field} is {value!r}; a whole number from 0")
    return value


def _operation(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_OPERATION:
        raise _MalformedError(f"operation is {value!r}; a text of at most {_LONGEST_OPERATION}")
    return value
