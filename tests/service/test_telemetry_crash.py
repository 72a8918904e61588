"""``kill -9`` while frames come in: nothing acknowledged is missing, nothing is there twice."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from builders_registered import PACK
from builders_telemetry_installation import telemetry_at
from telemetry_crasher import EPOCHS, main, whole_plan

from bms_ingest.fold import fold_frames
from bms_ingest.model_traits import traits_of_model
from bms_ingest.storage.days import DayBook
from bms_ingest.storage.ledger import Ledger, reading
from bms_ingest.storage.spool import Spool
from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM

SEED = 20261121
KILLS = 5
_TESTS = Path(__file__).parents[1]


def kill_after(data: Path, lines: int) -> list[tuple[int, int, int]]:
    """Start the process, kill it when so many batches were acknowledged, return those."""
    process = subprocess.Popen(
        [sys.executable, str(_TESTS / "telemetry_crasher.py"), str(data)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(_TESTS)},
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline() for _ in range(lines)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.readlines()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    whole = [line for line in acknowledged if line.endswith("\n")]
    return [(int(epoch), int(first), int(last)) for epoch, first, last in map(str.split, whole)]


def durable_keys(passport: Passport, spool: Spool) -> list[tuple[int, int]]:
    with reading(passport.engine) as connection:
        ledger = Ledger(connection, spool)
        return [
            (frame.epoch, frame.seq)
            for epoch in range(EPOCHS)
            for frame in ledger.frames_between(PACK, epoch, 0, 2**53)
        ]


def test_frames_survive_kill_9_five_times_and_none_is_there_twice(tmp_path: Path):
    chance = random.Random(SEED)  # noqa: S311 - a repeatable moment, no secret
    house = telemetry_at(tmp_path)
    spool = Spool(tmp_path / "telemetry" / "spool")
    acknowledged: set[tuple[int, int]] = set()

    for _ in range(KILLS):
        for epoch, first, last in kill_after(tmp_path, chance.randrange(1, 90)):
            acknowledged.update((epoch, seq) for seq in range(first, last + 1))
        house.telemetry.recover()
        keys = durable_keys(house.passport, spool)
        assert acknowledged <= set(keys)
        assert len(keys) == len(set(keys))

    main(tmp_path)

    plan = list(whole_plan())
    keys = durable_keys(house.passport, spool)
    assert sorted(keys) == sorted((frame.epoch, frame.seq) for frame in plan)
    model = house.passport.services.do(
        SYSTEM, lambda work: work.passports.find_model(work.passports.read(PACK).model_id)
    )
    assert model is not None
    traits = traits_of_model(model.content)
    assert traits is not None
    total, oracle = (
        DayBook(house.passport.engine, spool).total(PACK, traits),
        fold_frames(plan, traits),
    )
    assert total is not None
    assert oracle is not None
    assert total.state() == oracle.state()
    house.passport.close()
