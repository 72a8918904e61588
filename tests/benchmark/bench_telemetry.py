"""Frames of one pack until they are durable: decoded, checked, spooled with fsync, entered."""

import tempfile
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from builders_registered import MAKER, PACK
from builders_telemetry_installation import telemetry_at
from journey import MAKER as MAKER_COMPANY
from journey import Life, a_life, a_model, a_pack
from servers import Server, running

from benchmark.measuring import Better, Contest, Options, per_second
from benchmark.registry import bench
from bms_ingest.decoders.frame_json import decode_json, encode_batch
from bms_ingest.frame import Frame

_BATCH = 500
_BATCHES = 20
_STEP_MS = 10_000
_START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_HOUR = 360  # frames


def _bodies() -> Iterator[bytes]:
    """Yield batches as a gateway sends them: a pack that is charged and used in turns."""
    for batch in count():
        yield encode_batch(PACK, [_frame(batch * _BATCH + place) for place in range(_BATCH)])


def _frame(seq: int) -> Frame:
    hours, place = divmod(seq, _HOUR)
    is_charging = hours % 2 == 0
    charged_mah, moved_mah = hours // 2 * 40_000, place * 111
    return Frame(
        PACK,
        epoch=1,
        seq=seq,
        time_ms=_START_MS + seq * _STEP_MS,
        pack_mv=360_000 + (place if is_charging else _HOUR - place) * 50,
        current_ma=40_000 if is_charging else -40_000,
        temperature_min_cdegc=2_100 + place,
        temperature_max_cdegc=2_300 + place,
        cell_min_mv=3_590 + place // 10,
        cell_max_mv=3_610 + place // 10,
        charge_in_mah=charged_mah + (moved_mah if is_charging else 40_000),
        charge_out_mah=charged_mah + (0 if is_charging else moved_mah),
        soc_permille=500,
        soh_permille=970,
    )


@bench("take frames in, batches of 500, in process", unit="frames/s", better=Better.MORE)
def take_in(options: Options) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="passport-bench-") as folder:
        house, bodies = telemetry_at(Path(folder)), _bodies()

        def send() -> None:
            receipt = house.telemetry.take_in(MAKER, decode_json(next(bodies)))
            _require_all(receipt.accepted)

        yield Contest(subject=lambda: _BATCH * per_second(send, options.times(_BATCHES)))
        house.passport.close()


@bench("take frames in and report of all, in process", unit="frames/s", better=Better.MORE)
def take_in_and_report(options: Options) -> Iterator[Contest]:
    """The same with the state that is kept of each day, and what it says of the condition."""
    batches = options.times(_BATCHES)
    with tempfile.TemporaryDirectory(prefix="passport-bench-") as folder:
        house, bodies = telemetry_at(Path(folder)), _bodies()

        def send_and_report() -> None:
            for body in islice(bodies, batches):
                _require_all(house.telemetry.take_in(MAKER, decode_json(body)).accepted)
            house.telemetry.report(PACK)

        yield Contest(subject=lambda: _BATCH * batches * per_second(send_and_report, 1))
        house.passport.close()


@bench("take frames in, batches of 500, HTTP, one gateway", unit="frames/s", better=Better.MORE)
def take_in_over_http(options: Options) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="passport-bench-") as folder:
        server = Server(data=Path(folder, "data"))
        with running(server), a_life(server, Path(folder)) as life:
            _register(life)
            client, bodies = life.of(MAKER_COMPANY), _bodies()

            def send() -> None:
                answer = client.post(
                    "/api/v1/telemetry",
                    content=next(bodies),
                    headers={"Content-Type": "application/json"},
                )
                _require_all(answer.json()["accepted"])

            yield Contest(subject=lambda: _BATCH * per_second(send, options.times(_BATCHES)))


def _register(life: Life) -> None:
    life.join(MAKER_COMPANY)
    serial = PACK.rpartition("/")[2]
    for command, entered in ((("model", "add"), a_model()), (("register",), a_pack(serial))):
        file = life.file(f"{command[0]}.json", entered)
        life.quick_command(*command, file, "--operator", MAKER_COMPANY.slug)


def _require_all(accepted: int) -> None:
    if accepted != _BATCH:
        raise AssertionError(f"{accepted} of {_BATCH} frames were accepted")
