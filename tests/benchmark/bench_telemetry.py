"""Telemetry: real frames from the wire to the disk and to what they amount to."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from telemetry_store import telemetry_source

import bms_ingest.demo_data
from benchmark.measuring import Better, Contest, Options
from benchmark.registry import bench
from bms_ingest.decoders.columns import ColumnMap, decode_table, read_table
from bms_ingest.decoders.frame_json import decode_json, encode_batch
from bms_ingest.frame import Frame
from bms_ingest.plausibility import Plausibility
from bms_ingest.storage.days import DayBook
from bms_ingest.storage.spool import Spool
from bms_ingest.storage.store import TelemetryStore
from bms_ingest.traits import BatteryTraits
from passport.storage.engine import make_engine
from passport.storage.migrate import upgrade

_CELL = Path(bms_ingest.demo_data.__file__).parent / "nasa_b0029.parquet"
_TRAITS = BatteryTraits(rated_capacity_mah=2_000)
_BATCH = 2_000
_BATTERY = "01/09506000134352/21/BENCH"
_RECEIVED_MS = 2_000_000_000_000


@bench("real telemetry, decoded, checked, on disk, folded", unit="frames/s", better=Better.MORE)
def take_in_frames(options: Options) -> Iterator[Contest]:
    """Take in the record of one NASA cell: 43,743 frames in batches of 2,000, into SQLite."""
    frames = list(decode_table(read_table(_CELL), _BATTERY, ColumnMap()))
    some = frames[: options.times(len(frames))]
    bodies = [
        encode_batch(_BATTERY, some[start : start + _BATCH])
        for start in range(0, len(some), _BATCH)
    ]
    yield Contest(subject=lambda: len(some) / _seconds_to_take_in(bodies))


def _seconds_to_take_in(bodies: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/telemetry.db")
        upgrade(engine, telemetry_source())
        spool = Spool(Path(folder) / "spool")
        store, days, rules = (
            TelemetryStore(engine, spool),
            DayBook(engine, spool),
            Plausibility(_TRAITS),
        )
        started = time.perf_counter()
        for body in bodies:
            store.store(_kept(body, rules), received_ms=_RECEIVED_MS)
        days.total(_BATTERY, _TRAITS)
        spent_s = time.perf_counter() - started
        engine.dispose()
    return spent_s


def _kept(body: bytes, rules: Plausibility) -> list[Frame]:
    verdicts = (rules.judge(frame, _RECEIVED_MS) for _, frame in decode_json(body).frames)
    return [verdict.frame for verdict in verdicts if verdict.frame is not None]
