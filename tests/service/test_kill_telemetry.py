"""``kill -9`` of the service while gateways send: every frame it acknowledged is there once."""

import random
import time
from pathlib import Path
from threading import Thread

import httpx
from builders_registered import PACK
from journey import MAKER, Life, a_life, a_model, a_pack
from killing import KILLS, SEED, opened
from servers import Server
from telemetry_crasher import BATCHES, EPOCHS, FRAMES, planned, whole_plan

from bms_ingest.decoders.frame_json import encode_batch
from bms_ingest.fold import fold_frames
from bms_ingest.frame import Frame
from bms_ingest.storage.days import DayBook
from bms_ingest.storage.ledger import Ledger, reading
from bms_ingest.storage.spool import Spool
from bms_ingest.telemetry import Telemetry, open_battery
from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM

SERIAL = PACK.rpartition("/")[2]


def test_frames_that_a_killed_service_acknowledged_are_there_once(tmp_path: Path):
    chance = random.Random(SEED)  # noqa: S311 - a repeatable moment, no secret
    database = f"sqlite:///{tmp_path / 'data' / 'passport.db'}"
    server = Server(data=tmp_path / "data", environment={"PASSPORT_DATABASE_URL": database})
    with a_life(server, tmp_path) as life:
        register_pack(life)
        gateways = Gateways(life)

        for _ in range(KILLS):
            server.start()
            gateways.send(until=len(gateways.acknowledged) + chance.randrange(3, 30))
            time.sleep(chance.uniform(0, 0.03))
            server.kill()
            gateways.wait()
            assert len(gateways.acknowledged) < EPOCHS * BATCHES
            with opened(server) as passport:
                check(passport, tmp_path / "data", gateways.acknowledged)

        server.start()
        gateways.send(until=EPOCHS * BATCHES)
        gateways.wait()
        server.stop()
        with opened(server) as passport:
            frames = check(passport, tmp_path / "data", gateways.acknowledged)
    assert sorted(frames) == sorted(whole_plan())


def register_pack(life: Life) -> None:
    life.join(MAKER)
    for command, entered in (("model add", a_model()), ("register", a_pack(SERIAL))):
        file = life.file(f"{command}.json", entered)
        life.quick_command(*command.split(), file, "--operator", MAKER.slug)


def check(passport: Passport, data: Path, acknowledged: set[tuple[int, int]]) -> list[Frame]:
    """Check what is durable after a restart against the plan and the batch fold; return it."""
    Telemetry(passport).recover()
    spool = Spool(data / "telemetry" / "spool")
    with reading(passport.engine) as connection:
        ledger = Ledger(connection, spool)
        frames = [
            frame
            for epoch in range(EPOCHS)
            for frame in ledger.frames_between(PACK, epoch, 0, 2**53)
        ]
    batches = {(frame.epoch, frame.seq // FRAMES) for frame in frames}
    whole = [frame for epoch, batch in batches for frame in planned(epoch, batch)]
    assert sorted(frames) == sorted(whole), "part of a batch, or a frame that is there twice"
    assert acknowledged <= batches
    battery = passport.services.do(SYSTEM, lambda work: open_battery(SYSTEM, PACK, work=work))
    assert battery.traits is not None
    total = DayBook(passport.engine, spool).total(PACK, battery.traits)
    oracle = fold_frames(frames, battery.traits)
    assert total is not None
    assert oracle is not None
    assert total.state() == oracle.state()
    return frames


class Gateways:
    """One gateway for each epoch of the plan; each sends its batches until nobody answers."""

    def __init__(self, life: Life) -> None:
        self.acknowledged: set[tuple[int, int]] = set()
        self._client = life.of(MAKER)
        self._threads: list[Thread] = []

    def send(self, *, until: int) -> None:
        """Send from all gateways at once; return when so many batches were acknowledged."""
        self._threads = [Thread(target=self._send, args=(epoch,)) for epoch in range(EPOCHS)]
        for thread in self._threads:
            thread.start()
        while len(self.acknowledged) < until and any(map(Thread.is_alive, self._threads)):
            time.sleep(0.001)

    def wait(self) -> None:
        """Wait until each gateway has given up or has sent everything."""
        for thread in self._threads:
            thread.join()

    def _send(self, epoch: int) -> None:
        for batch in range(BATCHES):
            if (epoch, batch) in self.acknowledged:
                continue
            body = encode_batch(PACK, planned(epoch, batch))
            try:
                answer = self._client.post(
                    "/api/v1/telemetry", content=body, headers={"Content-Type": "application/json"}
                )
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            assert answer.json()["accepted"] + answer.json()["duplicates"] == FRAMES
            self.acknowledged.add((epoch, batch))
