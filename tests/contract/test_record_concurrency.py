"""Many at once on one record: nothing is lost, doubled or left out of the log."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from builders import (
    COLLECTOR,
    EV_GTIN,
    INTEGRATOR,
    MAKER,
    NOON,
    PACK,
    RECYCLER,
    THIRD_LIFE,
    a_condition,
    a_new_battery,
    a_second_life,
    register,
)
from sqlmodel import select

from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM
from passport.domain.errors import ConflictError
from passport.domain.event import EventKind
from passport.domain.identifiers import gs1_battery_id
from passport.services.end_of_life import WasteDeclaration
from passport.services.reporting import EventReport
from passport.storage.engine import read_session
from passport.storage.errors import StaleWriteError
from passport.storage.tables import LeafRow

THREADS = 8


def at_once(*calls: Callable[[], object]) -> Sequence[object]:
    """Run calls in threads that begin together; return what each gave or refused."""
    begin = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        begin.wait()
        try:
            return call()
        except ConflictError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def require_dense_log(record: Passport) -> None:
    """Check that every entry has an index, and that the signed tree holds exactly those."""
    with read_session(record.engine) as session:
        indexes = sorted(session.exec(select(LeafRow.leaf_index)).all())
    assert indexes == list(range(len(indexes)))
    size = int(record.log.checkpoint().split(b"\n")[1])
    assert size == len(indexes)


def test_the_same_pack_from_eight_sides_is_new_once(record):
    answers = at_once(
        *(
            lambda: record.services.register_battery(MAKER, "voltra", a_new_battery())
            for _ in range(THREADS)
        )
    )

    assert sorted(answer.is_new for answer in answers) == [False] * (THREADS - 1) + [True]
    assert len({answer.iri for answer in answers}) == 1
    require_dense_log(record)


def test_eight_packs_at_once_are_all_there(record):
    packs = [gs1_battery_id(EV_GTIN, f"P-{number}") for number in range(THREADS * 3)]

    def some(first: int) -> list[str]:
        return [register(record, pack) for pack in packs[first::THREADS]]

    at_once(*(lambda first=first: some(first) for first in range(THREADS)))

    for pack in packs:
        disclosed = record.services.disclose(SYSTEM, pack)
        assert len(disclosed.statements) == 8
    with read_session(record.engine) as session:
        places = session.exec(select(LeafRow.digest)).all()
    assert len(places) == len(set(places))
    require_dense_log(record)


def test_conditions_at_once_make_one_unbroken_chain(record):
    register(record)

    at_once(
        *(
            lambda number=number: record.services.record_condition(
                MAKER, PACK, a_condition(), NOON, idempotency_key=f"c-{number}"
            )
            for number in range(4)
        )
    )

    chain = record.services.condition_chain(MAKER, PACK)
    assert [one.version for one in chain] == [1, 2, 3, 4]
    require_dense_log(record)


def test_one_key_from_eight_sides_reports_once(record):
    register(record)
    report = EventReport(kind=EventKind.REPAIR, occurred_at=NOON, reason="fuse")

    answers = at_once(
        *(
            lambda: record.services.report_event(MAKER, PACK, report, idempotency_key="k")
            for _ in range(THREADS)
        )
    )

    assert len({answer.event_id for answer in answers}) == 1
    assert len(record.services.events_of(MAKER, PACK)) == 1


def test_a_pack_becomes_waste_or_is_placed_anew_and_never_half_of_both(record):
    register(record)
    services = record.services
    succession = services.declare_second_life(INTEGRATOR, "again", a_second_life(record))

    waste, placed = at_once(
        lambda: services.declare_waste(
            COLLECTOR, PACK, WasteDeclaration(country="NL", occurred_at=NOON)
        ),
        lambda: services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date()),
    )

    assert sum(isinstance(answer, ConflictError) for answer in (waste, placed)) == 1
    require_dense_log(record)


def test_an_original_is_placed_anew_once_by_two_at_a_time(record):
    register(record)
    services = record.services
    declared = [
        services.declare_second_life(INTEGRATOR, "again", new)
        for new in (a_second_life(record), a_second_life(record, THIRD_LIFE))
    ]

    answers = at_once(
        *(
            lambda one=one: services.place_second_life(INTEGRATOR, one.succession_id, NOON.date())
            for one in declared
        )
    )

    assert sum(isinstance(answer, ConflictError) for answer in answers) == 1
    assert len(services.read_standing(SYSTEM, PACK).successors) == 1


def test_the_last_part_is_recycled_once(record):
    register(record)
    services = record.services
    services.declare_waste(COLLECTOR, PACK, WasteDeclaration(country="NL", occurred_at=NOON))
    services.enter_recycling(RECYCLER, PACK, "B-1")

    answers = at_once(
        *(
            lambda: services.declare_recycled(RECYCLER, PACK, "B-1", idempotency_key="k")
            for _ in range(4)
        )
    )

    assert len({answer.event_id for answer in answers}) == 1


def test_a_use_case_that_lost_a_race_is_run_again_and_buffers_nothing_twice(record):
    register(record)
    runs: list[int] = []

    def change(work):
        battery = work.passports.read(PACK)
        runs.append(battery.revision)
        if len(runs) == 1:
            record.services.do(SYSTEM, lambda other: other.passports.save(battery))
        work.passports.save(replace(battery, holder="again"))

    record.services.do(SYSTEM, change)

    assert runs == [0, 1]
    battery = record.services.do(SYSTEM, lambda work: work.passports.read(PACK))
    assert (battery.holder, battery.revision) == ("again", 2)


def test_a_use_case_that_always_loses_gives_up_and_writes_nothing(record):
    register(record)
    stale = record.services.do(SYSTEM, lambda work: work.passports.read(PACK))
    stale = replace(stale, revision=9, holder="again")

    with pytest.raises(StaleWriteError, match="changed meanwhile"):
        record.services.do(SYSTEM, lambda work: work.passports.save(stale))

    assert record.services.do(SYSTEM, lambda work: work.passports.read(PACK)).holder == ""
