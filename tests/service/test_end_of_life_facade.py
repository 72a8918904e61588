"""A registered battery goes from the yard to the end of its passport, over both packages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builders_registered import MAKER, PACK, an_installation, enter_producer, register_pack
from builders_yard import (
    COLLECTOR,
    RECYCLER,
    a_new_batch,
    a_new_intake,
    a_request,
    the_steps,
)

from passport.bootstrap import Passport
from passport.domain.errors import PassportCeasedError
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId
from passport.domain.status import BatteryStatus, PassportState
from passport.services.reporting import EventReport
from recycler_portal.domain.batch import Stage
from recycler_portal.domain.intake import Answering, Intake
from recycler_portal.domain.task import TaskKind
from recycler_portal.domain.waste_battery import Stream
from recycler_portal.extension import TELL_PASSPORT, Extension, open_portal
from recycler_portal.portal import Portal

COPY = BatteryId("01/09506000134352/21/EV75-000002")


@pytest.fixture
def passport(tmp_path: Path, database_url: str) -> Iterator[Passport]:
    opened = an_installation(tmp_path, database_url)
    yield opened
    opened.close()


@pytest.fixture
def portal(passport: Passport) -> Portal:
    return open_portal(passport)


def status_of(passport: Passport) -> tuple[PassportState, BatteryStatus | None]:
    standing = passport.services.read_standing(MAKER, PACK)
    return standing.state, standing.status


def to_the_end(portal: Portal) -> Intake:
    intake = portal.take_in(RECYCLER, a_new_intake("recycler", battery_id=PACK, country="BE"))
    batch = portal.start_batch(RECYCLER, a_new_batch((intake.intake_id,)))
    for step in the_steps():
        portal.record_step(RECYCLER, batch.batch_id, step)
    portal.close_batch(RECYCLER, batch.batch_id)
    ended = portal.declare_recycled(RECYCLER, batch.batch_id)
    assert ended.batteries[0].stage is Stage.RECYCLED
    return intake


def test_a_collector_finds_who_answers_for_a_pack_and_how_to_handle_it(passport, portal):
    enter_producer(passport)

    intake = portal.take_in(COLLECTOR, a_new_intake(battery_id=PACK))

    assert intake.answering is Answering.FOUND
    assert intake.responsible == "voltra (producer in NL, register number NL-4711)"
    assert intake.decision.stream is Stream.LITHIUM_COBALT_NICKEL
    assert "HV_OVER_60V" in intake.decision.warnings
    assert status_of(passport) == (PassportState.ACTIVE, BatteryStatus.WASTE)


def test_a_pack_from_elsewhere_is_an_orphan_with_a_task(passport, portal):
    enter_producer(passport, country="DE")

    intake = portal.take_in(COLLECTOR, a_new_intake(battery_id=PACK))

    assert intake.answering is Answering.ORPHAN
    assert [task.kind for task in portal.open_tasks(COLLECTOR)] == [TaskKind.ORPHAN]
    assert passport.services.read_standing(COLLECTOR, PACK).responsible == ""


def test_a_pack_goes_from_the_yard_to_the_end_of_its_passport(passport, portal):
    enter_producer(passport)
    portal.take_in(COLLECTOR, a_new_intake(battery_id=PACK))

    arrived = to_the_end(portal)

    assert arrived.answering is Answering.FOUND

    assert passport.services.read_standing(MAKER, PACK).state is PassportState.CEASED


def test_the_conditions_of_a_passport_end_with_it(passport, portal):
    enter_producer(passport, country="BE")
    assert passport.services.condition_chain(MAKER, PACK) == []

    to_the_end(portal)

    with pytest.raises(PassportCeasedError):
        passport.services.condition_chain(MAKER, PACK)


def test_a_code_whose_passport_has_ceased_is_held_as_unknown(passport, portal):
    enter_producer(passport)
    to_the_end(portal)

    copied = portal.take_in(
        replace(COLLECTOR, organisation="other-yard"), a_new_intake("copy", battery_id=COPY)
    )
    assert (
        "no passport stands behind"
        in portal.open_tasks(replace(COLLECTOR, organisation="other-yard"))[0].text
    )
    assert copied.decision.stream is Stream.UNKNOWN_QUARANTINE

    answer = portal._record.ask(COLLECTOR, PACK)
    assert answer.known is None
    assert "may be a copy" in answer.remark


def test_what_the_record_was_not_told_is_told_by_the_job_after_a_restart(passport, portal):
    enter_producer(passport)

    class Away:
        def ask(self, *arguments):
            return portal._record.ask(*arguments)

        def declare_waste(self, *_arguments, **_facts):
            raise ConnectionError("the process ended here")

    broken = Portal(passport.engine, Away(), passport.services.clock)
    assert broken.take_in(COLLECTOR, a_new_intake(battery_id=PACK)).answering is Answering.ASKED
    assert status_of(passport)[1] is BatteryStatus.ORIGINAL

    Extension().jobs(passport)[TELL_PASSPORT]({})

    assert status_of(passport)[1] is BatteryStatus.WASTE


def test_the_collectors_own_grant_does_not_open_what_others_must_not_see(passport, portal):
    passport.services.report_event(
        MAKER,
        PACK,
        EventReport(kind=EventKind.ACCIDENT, occurred_at=passport.services.clock.now()),
    )
    portal.take_in(COLLECTOR, a_new_intake(battery_id=PACK))

    assert passport.services.events_of(COLLECTOR, PACK) == []


def test_two_packs_enter_one_batch_and_both_passports_cease(passport, portal):
    register_pack(passport, COPY)
    numbers = tuple(
        portal.take_in(RECYCLER, a_new_intake(str(one), battery_id=one)).intake_id
        for one in (PACK, COPY)
    )
    batch = portal.start_batch(RECYCLER, a_new_batch(numbers, request=a_request("both")))
    assert {one.stage for one in batch.batteries} == {Stage.IN_RECYCLING}
    portal.record_step(RECYCLER, batch.batch_id, the_steps()[0])
    portal.close_batch(RECYCLER, batch.batch_id)

    portal.declare_recycled(RECYCLER, batch.batch_id)

    for one in (PACK, COPY):
        assert passport.services.read_standing(MAKER, one).state is PassportState.CEASED
