"""Frames and stretches as bytes: the payload of a spool record, the column of a day."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from bms_ingest.charge_session import ChargeRecord, ChargeSession, Position
from bms_ingest.frame import Frame
from bms_ingest.stretch import COUNTERS, Stretch
from bms_ingest.traits import BatteryTraits

_VERSION = 1


def encode_record(frames: Sequence[Frame]) -> bytes:
    """Write frames of one battery and epoch as one record.

    Equal frames give equal bytes, so the digest of a record names its content.
    """
    first = frames[0]
    return orjson.dumps([_VERSION, first.battery_id, first.epoch, [frame[2:] for frame in frames]])


def decode_record(payload: bytes) -> list[Frame]:
    """Read the frames of a record."""
    _, battery_id, epoch, rows = orjson.loads(payload)
    return [Frame(battery_id, epoch, *row) for row in rows]


def digest_of(frames: Iterable[Frame]) -> bytes:
    """Return the SHA-256 over frames of one battery, sorted by epoch and seq, one a line."""
    digest = hashlib.sha256()
    for frame in sorted(frames, key=lambda frame: (frame.epoch, frame.seq)):
        digest.update(orjson.dumps(frame[1:], option=orjson.OPT_APPEND_NEWLINE))
    return digest.digest()


def encode_stretches(stretches: Sequence[Stretch]) -> bytes:
    """Write stretches; their sums are larger than 64 bits, so by the standard library."""
    return json.dumps([stretch.state() for stretch in stretches], separators=(",", ":")).encode()


def decode_stretches(data: bytes, traits: BatteryTraits) -> list[Stretch]:
    """Read stretches that were folded with these traits."""
    return [_stretch(state, traits) for state in json.loads(data)]


def _stretch(state: list[Any], traits: BatteryTraits) -> Stretch:
    stretch = Stretch.__new__(Stretch)
    stretch.traits = traits
    stretch.first, stretch.last = Frame(*state[0]), Frame(*state[1])
    stretch.first_ms, stretch.last_ms = state[2], state[3]
    for name, value in zip(COUNTERS, state[4], strict=True):
        setattr(stretch, name, value)
    stretch.temperature_min, stretch.temperature_max = state[5], state[6]
    stretch.temperature_ms, stretch.soc_ms = state[7], state[8]
    stretch.reported_soc = None if state[9] is None else (state[9][0], state[9][1])
    stretch.reported_soh = None if state[10] is None else (state[10][0], state[10][1])
    stretch.deep_first, stretch.deep_last = state[11], state[12]
    stretch.charges = [
        ChargeRecord._make([*record[:-1], Position._make(record[-1])]) for record in state[13]
    ]
    stretch.head, stretch.tail = _session(state[14]), _session(state[15])
    stretch.whole = state[16]
    return stretch


def _session(state: list[Any] | None) -> ChargeSession | None:
    if state is None:
        return None
    session = ChargeSession(Frame(*state[0]), charging=False)
    session.last_charging = None if state[1] is None else Frame(*state[1])
    session.flowed = Position(*state[2])
    session.missing, session.missing_before_full = state[3], state[4]
    session.temperature_min, session.temperature_max = state[5], state[6]
    return session
