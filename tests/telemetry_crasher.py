"""A process that takes frames in until it is killed: ``python telemetry_crasher.py DATA``.

Three threads send the same plan of batches each time it is started; each batch is written to
standard output when it was acknowledged: ``<epoch> <first seq> <last seq>``.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from builders_registered import MAKER, PACK

from bms_ingest.decoders.frame_json import DecodedBatch
from bms_ingest.frame import Frame
from bms_ingest.telemetry import Telemetry
from passport.bootstrap import open_passport

EPOCHS = 3
BATCHES = 60
FRAMES = 25
START_MS = 1_777_852_800_000
"""2026-05-04T00:00:00Z."""


def planned(epoch: int, batch: int) -> list[Frame]:
    """Return one batch of the plan."""
    return [
        Frame(
            PACK,
            epoch,
            seq,
            START_MS + epoch * 20_000_000 + seq * 10_000,
            pack_mv=370_000 + seq,
            current_ma=(seq % 7 - 3) * 10_000,
            temperature_max_cdegc=2_000 + seq,
        )
        for seq in range(batch * FRAMES, (batch + 1) * FRAMES)
    ]


def whole_plan() -> Iterator[Frame]:
    """Yield every frame of the plan."""
    for epoch in range(EPOCHS):
        for batch in range(BATCHES):
            yield from planned(epoch, batch)


def _send(telemetry: Telemetry, epoch: int) -> None:
    for batch in range(BATCHES):
        frames = planned(epoch, batch)
        telemetry.take_in(MAKER, DecodedBatch(list(enumerate(frames))))
        sys.stdout.write(f"{epoch} {frames[0].seq} {frames[-1].seq}\n")
        sys.stdout.flush()


def main(data: Path) -> None:
    """Send the whole plan."""
    passport = open_passport(data=data, keystore="memory:", extensions=())
    telemetry = Telemetry(passport)
    telemetry.recover()
    threads = [Thread(target=_send, args=(telemetry, epoch)) for epoch in range(EPOCHS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
