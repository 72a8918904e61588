"""What the telemetry store acknowledged is there, once, on both databases."""

import random
from threading import Thread

import pytest
from builders_telemetry import BATTERY, MIDNIGHT_MS, a_frame, some_traits
from sqlalchemy import select, text
from telemetry_store import RECEIVED_MS, Kept, telemetry_source

from bms_ingest.fold import fold_frames
from bms_ingest.frame import MILLISECONDS_PER_DAY
from bms_ingest.storage import days as days_module
from bms_ingest.storage.records import encode_record
from bms_ingest.storage.spool import SpoolDamagedError
from bms_ingest.storage.store import SetAside
from bms_ingest.storage.tables import QuarantineRow
from passport.storage.migrate import check_drift, downgrade, upgrade

TRAITS = some_traits()


def store(kept: Kept, frames, aside=()):
    return kept.open().store(frames, aside, received_ms=RECEIVED_MS)


def test_the_telemetry_tables_go_up_down_and_up_and_are_those_of_the_code(empty_database):
    upgrade(empty_database, telemetry_source())
    downgrade(empty_database, telemetry_source())
    upgrade(empty_database, telemetry_source())
    assert check_drift(empty_database, telemetry_source()) == []


def test_a_batch_that_comes_again_is_counted_and_not_kept_twice(kept: Kept):
    frames = [a_frame(seq) for seq in range(10)]

    first = store(kept, frames)
    again = store(kept, frames[3:] + frames[3:5])

    assert (first.accepted, first.duplicates) == (10, 0)
    assert (again.accepted, again.duplicates) == (0, 9)
    assert kept.frames(BATTERY) == frames


def test_another_content_under_a_known_key_is_set_aside_and_the_first_one_wins(kept: Kept):
    store(kept, [a_frame(1)])

    answer = store(kept, [a_frame(1, pack_mv=3_800), a_frame(2), a_frame(2, pack_mv=1)])

    assert answer.accepted == 1
    assert [key.seq for key in answer.conflicts] == [1, 2]
    assert kept.frames(BATTERY) == [a_frame(1), a_frame(2)]
    with kept.engine.connect() as connection:
        rows = connection.execute(select(QuarantineRow.__table__)).all()
    assert [(row.reason, row.kept) for row in rows] == [("other-content", False)] * 2


def test_quarantine_keeps_a_frame_once_however_often_it_comes(kept: Kept):
    aside = SetAside(battery_id=BATTERY, reason="clock", raw=b"{}")
    store(kept, [], [aside])
    store(kept, [], [aside, aside])
    with kept.engine.connect() as connection:
        assert len(connection.execute(select(QuarantineRow.__table__)).all()) == 1


def test_frames_of_several_batteries_epochs_and_days_stand_apart(kept: Kept):
    late = MIDNIGHT_MS + MILLISECONDS_PER_DAY
    frames = [
        a_frame(1),
        a_frame(2, time_ms=late),
        a_frame(1, epoch=2),
        a_frame(1, battery_id="id/OTHER"),
    ]
    assert store(kept, frames).accepted == 4
    assert kept.count(BATTERY) == 3
    assert kept.count("id/OTHER") == 1


def test_a_record_that_was_synced_but_not_entered_is_there_after_recovery_once(kept: Kept):
    store(kept, [a_frame(1)])
    with kept.spool.exclusive():
        kept.spool.append([encode_record([a_frame(2), a_frame(3)])])

    assert kept.open().recover() == 1
    assert kept.open().recover() == 0
    assert kept.frames(BATTERY) == [a_frame(1), a_frame(2), a_frame(3)]


def test_a_record_another_process_left_is_entered_before_the_next_write(kept: Kept):
    with kept.spool.exclusive():
        kept.spool.append([encode_record([a_frame(2)])])

    answer = store(kept, [a_frame(2), a_frame(3)])

    assert (answer.accepted, answer.duplicates) == (1, 1)
    assert kept.frames(BATTERY) == [a_frame(2), a_frame(3)]


@pytest.mark.parametrize("torn_bytes", [1, 7, 8, 20])
def test_a_torn_tail_is_cut_off_and_written_over(kept: Kept, torn_bytes):
    store(kept, [a_frame(1)])
    segment = kept.folder / kept.spool.segments()[-1]
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[:torn_bytes])

    assert store(kept, [a_frame(2)]).accepted == 1
    assert kept.frames(BATTERY) == [a_frame(1), a_frame(2)]


def test_a_damaged_record_is_refused_by_name(kept: Kept):
    store(kept, [a_frame(1)])
    segment = kept.folder / kept.spool.segments()[-1]
    damaged = bytearray(segment.read_bytes())
    damaged[-2] ^= 1
    segment.write_bytes(damaged)

    with pytest.raises(SpoolDamagedError, match=segment.name):
        kept.frames(BATTERY)


def test_a_failed_ledger_leaves_nothing_acknowledged_and_nothing_twice(kept: Kept):
    opened = kept.open()
    with kept.engine.begin() as connection:
        connection.execute(text("ALTER TABLE ingest_ledger RENAME TO ingest_gone"))
    with pytest.raises(Exception, match="ingest_ledger"):
        opened.store([a_frame(1)], received_ms=RECEIVED_MS)
    with kept.engine.begin() as connection:
        connection.execute(text("ALTER TABLE ingest_gone RENAME TO ingest_ledger"))

    opened.store([a_frame(1), a_frame(2)], received_ms=RECEIVED_MS)

    assert kept.frames(BATTERY) == [a_frame(1), a_frame(2)]


def test_many_threads_write_side_by_side_and_each_frame_is_kept_once(kept: Kept):
    opened = kept.open()
    accepted: list[int] = []

    def send(start: int) -> None:
        for seq in range(start, start + 40, 4):
            frames = [a_frame(number) for number in range(seq, seq + 4)]
            accepted.append(opened.store(frames, received_ms=RECEIVED_MS).accepted)

    senders = [Thread(target=send, args=(start,)) for start in (0, 0, 20, 40)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert sum(accepted) == kept.count(BATTERY) == 80
    assert len(kept.frames(BATTERY)) == 80


def test_the_days_equal_the_batch_fold_whatever_the_order_of_arrival(kept: Kept, monkeypatch):
    monkeypatch.setattr(days_module, "RECORDS_AT_ONCE", 3)
    chance = random.Random(20261121)  # noqa: S311 - a repeatable order, no secret
    frames = [
        a_frame(
            seq,
            time_ms=MIDNIGHT_MS + seq * 1_800_000,
            current_ma=chance.choice([-900, 0, 800]),
            soc_permille=500,
        )
        for seq in range(200)
    ]
    shuffled = chance.sample(frames, len(frames))
    days = kept.days()

    for start in range(0, len(shuffled), 17):
        store(kept, shuffled[start : start + 17])
        if chance.random() < 0.5:
            days.total(BATTERY, TRAITS)

    total, oracle = days.total(BATTERY, TRAITS), fold_frames(frames, TRAITS)
    assert total is not None
    assert oracle is not None
    assert total.state() == oracle.state()
    assert days.batteries_to_fold() == []


def test_a_day_folded_with_other_traits_is_folded_again(kept: Kept):
    frames = [a_frame(seq, current_ma=50) for seq in range(5)]
    store(kept, frames)
    kept.days().total(BATTERY, some_traits(rated_capacity_mah=20_000))

    total, oracle = kept.days().total(BATTERY, TRAITS), fold_frames(frames, TRAITS)

    assert total is not None
    assert oracle is not None
    assert total.state() == oracle.state()


def test_the_digest_of_the_readings_does_not_depend_on_order_or_parts(kept: Kept):
    frames = [a_frame(seq, time_ms=MIDNIGHT_MS + seq * 40_000_000) for seq in range(12)]
    store(kept, frames[6:])
    store(kept, frames[:6])
    kept.days().total(BATTERY, TRAITS)
    one = kept.days().readings_digest(BATTERY)

    other_name = [frame._replace(battery_id="id/OTHER") for frame in frames]
    for frame in other_name:
        store(kept, [frame])
    kept.days().total("id/OTHER", TRAITS)

    assert kept.days().readings_digest("id/OTHER") == one
