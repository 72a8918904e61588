"""Waste, recycling and the end of passports, on both kinds of database."""

from dataclasses import replace

import pytest
from builders import (
    ADMINISTRATOR,
    AUTHORITY,
    COLLECTOR,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    OTHER_PACK,
    OTHER_RECYCLER,
    PACK,
    RECYCLER,
    RIVAL,
    THIRD_LIFE,
    a_condition,
    a_new_battery,
    a_new_registration,
    a_second_life,
    give_second_life,
    register,
)
from builders_life import (
    IN_NL,
    a_pro_line,
    a_selected_line,
    kinds,
    kinds_of_notice,
    newest,
    public_index,
    recycle,
    require_verified,
    standing,
)

from passport.domain.access import Audience
from passport.domain.actor import PUBLIC, SYSTEM
from passport.domain.errors import (
    AccessDeniedError,
    InvalidValueError,
    PassportCeasedError,
    TransitionRefusedError,
)
from passport.domain.event import EventKind
from passport.domain.passport import StatementKind
from passport.domain.second_life import Predecessor
from passport.domain.status import BatteryStatus, Operation, PassportState
from passport.services.end_of_life import NotInRecyclingError
from passport.services.reporting import EventReport


@pytest.mark.parametrize(
    ("lines", "party"),
    [
        ((a_new_registration(),), "voltra"),
        ((a_new_registration(), a_pro_line()), "collective"),
        ((a_selected_line(),), "melt"),
        ((a_new_registration(country="DE"), a_selected_line()), "melt"),
    ],
)
def test_waste_keeps_the_passport_and_finds_who_answers(record, lines, party):
    services = record.services
    register(record)
    for line in lines:
        services.enter_registration(SYSTEM, line)

    outcome = services.declare_waste(COLLECTOR, PACK, IN_NL)

    assert outcome.responsibility.party == party
    assert standing(record).responsible == party
    assert standing(record).status is BatteryStatus.WASTE
    assert standing(record).state is PassportState.ACTIVE
    assert public_index(record, PACK)["responsibleOperator"]["id"].endswith(f":{party}")
    require_verified(record, PACK, Audience.LEGITIMATE_INTEREST)


def test_waste_that_nobody_answers_for_is_seen_and_is_a_task(record):
    services = record.services
    register(record)

    outcome = services.declare_waste(COLLECTOR, PACK, IN_NL)

    assert outcome.is_orphan
    assert services.orphans(ADMINISTRATOR) == [PACK]
    assert kinds_of_notice(record, ADMINISTRATOR) == ["orphan"]
    assert kinds_of_notice(record, MAKER) == ["became-waste"]
    with pytest.raises(AccessDeniedError):
        services.orphans(COLLECTOR)


def test_an_orphan_is_adopted_once_the_registers_say_more(record):
    services = record.services
    register(record)
    services.declare_waste(COLLECTOR, PACK, IN_NL)
    assert services.adopt_orphan(COLLECTOR, PACK) is None
    services.enter_registration(MAKER, a_pro_line())

    found = services.adopt_orphan(COLLECTOR, PACK)

    assert found.party == "collective"
    assert standing(record).responsible == "collective"
    assert services.orphans(ADMINISTRATOR) == []
    assert newest(record, PACK, StatementKind.ITEM_DECLARED)["batteryStatus"] == "waste"
    assert services.adopt_orphan(COLLECTOR, PACK) == found
    with pytest.raises(AccessDeniedError):
        services.adopt_orphan(RIVAL, PACK)


def test_waste_declared_again_elsewhere_says_what_is_on_record(record):
    services = record.services
    register(record)
    services.enter_registration(SYSTEM, a_new_registration())
    services.enter_registration(SYSTEM, a_pro_line(country="DE"))
    first = services.declare_waste(COLLECTOR, PACK, IN_NL)

    again = services.declare_waste(COLLECTOR, PACK, replace(IN_NL, country="DE"))

    assert not again.is_new
    assert again.responsibility == first.responsibility
    assert again.grant_id == first.grant_id


def test_a_collector_gets_leave_to_write_of_the_batterys_way_and_to_read_nothing(record):
    services = record.services
    register(record)
    services.declare_waste(COLLECTOR, PACK, IN_NL)

    services.may_write(COLLECTOR, PACK, "intake:write")
    for audience in (Audience.LEGITIMATE_INTEREST, Audience.OPERATOR, Audience.OWNER):
        with pytest.raises(AccessDeniedError):
            services.disclose(COLLECTOR, PACK, audience)
    assert services.events_of(COLLECTOR, PACK) == []
    assert standing(record).responsible == ""
    with pytest.raises(AccessDeniedError):
        services.amend_battery(COLLECTOR, PACK, a_new_battery().content)
    with pytest.raises(AccessDeniedError, match="responsible operator or the holder"):
        services.report_event(
            COLLECTOR, PACK, EventReport(kind=EventKind.SOLD, occurred_at=NOON, buyer="yard")
        )


def test_who_neither_collects_nor_answers_declares_no_waste(record):
    register(record)

    for actor in (RIVAL, INTEGRATOR, AUTHORITY, ADMINISTRATOR, PUBLIC):
        with pytest.raises(AccessDeniedError):
            record.services.declare_waste(actor, PACK, IN_NL)
    assert standing(record).status is BatteryStatus.ORIGINAL


def test_an_original_of_another_battery_is_not_waste_of_its_own(record):
    register(record)
    give_second_life(record)

    with pytest.raises(TransitionRefusedError, match="became part of"):
        record.services.declare_waste(COLLECTOR, PACK, IN_NL)


def test_a_passport_ends_by_recycling_and_not_before(record):
    services = record.services
    register(record)

    with pytest.raises(TransitionRefusedError, match="only waste"):
        services.enter_recycling(RECYCLER, PACK, "B-1")
    with pytest.raises(NotInRecyclingError):
        services.declare_recycled(RECYCLER, PACK, "B-1")
    services.declare_waste(COLLECTOR, PACK, IN_NL)
    with pytest.raises(NotInRecyclingError):
        services.declare_recycled(RECYCLER, PACK, "B-1")
    for actor in (COLLECTOR, MAKER, AUTHORITY, ADMINISTRATOR, SYSTEM, PUBLIC):
        with pytest.raises(AccessDeniedError):
            services.enter_recycling(actor, PACK, "B-1")
    services.enter_recycling(RECYCLER, PACK, "B-1")
    with pytest.raises(NotInRecyclingError):
        services.declare_recycled(OTHER_RECYCLER, PACK, "B-1")

    services.declare_recycled(RECYCLER, PACK, "B-1")

    assert standing(record).state is PassportState.CEASED
    assert kinds(record, PACK, Audience.PUBLIC) == ["EventStatement"]
    assert kinds(record, PACK, Audience.OPERATOR) == ["EventStatement"]
    require_verified(record, PACK, Audience.PUBLIC)
    assert [event.kind for event in services.events_of(SYSTEM, PACK)] == [
        EventKind.WASTE,
        EventKind.RECYCLING_STARTED,
        EventKind.RECYCLED,
    ]


def test_entering_recycling_elsewhere_takes_nothing_from_the_first_recycler(record):
    services = record.services
    register(record)
    services.declare_waste(COLLECTOR, PACK, IN_NL)
    first = services.enter_recycling(RECYCLER, PACK, "B-1")
    services.enter_recycling(OTHER_RECYCLER, PACK, "X-1")

    assert services.enter_recycling(RECYCLER, PACK, "B-1") == first
    services.declare_recycled(RECYCLER, PACK, "B-1")

    assert standing(record).state is PassportState.CEASED


def test_nothing_happens_to_a_passport_that_has_ceased(record):
    services = record.services
    register(record)
    recycle(record, PACK)

    for act in (
        lambda: services.declare_waste(COLLECTOR, PACK, IN_NL),
        lambda: services.declare_recycled(RECYCLER, PACK, "B-1"),
        lambda: services.enter_recycling(RECYCLER, PACK, "B-1"),
        lambda: services.record_condition(SYSTEM, PACK, a_condition(), NOON),
        lambda: services.annul_battery(SYSTEM, PACK, "mistake"),
        lambda: services.amend_battery(SYSTEM, PACK, a_new_battery().content),
        lambda: services.declare_second_life(INTEGRATOR, "again", a_second_life(record)),
    ):
        with pytest.raises(PassportCeasedError):
            act()


def test_the_last_part_ends_the_passport_and_its_originals_with_their_lineage(record):
    services = record.services
    for battery_id in (PACK, OTHER_PACK):
        register(record, battery_id)
    give_second_life(record, NEW_LIFE, PACK, OTHER_PACK)
    services.declare_waste(COLLECTOR, NEW_LIFE, IN_NL)
    services.enter_recycling(RECYCLER, NEW_LIFE, "B-1")

    services.declare_recycled(RECYCLER, NEW_LIFE, "B-1", parts=2)

    assert standing(record, NEW_LIFE).state is PassportState.ACTIVE
    assert standing(record).state is PassportState.ARCHIVED
    with pytest.raises(InvalidValueError, match="1 are left"):
        services.declare_recycled(RECYCLER, NEW_LIFE, "B-2", parts=2)
    with pytest.raises(InvalidValueError):
        services.declare_recycled(RECYCLER, NEW_LIFE, "B-2", parts=-1)

    services.declare_recycled(RECYCLER, NEW_LIFE, "B-2", parts=1)

    for battery_id in (NEW_LIFE, PACK, OTHER_PACK):
        assert standing(record, battery_id).state is PassportState.CEASED
        require_verified(record, battery_id, Audience.PUBLIC)
    assert standing(record).successors == [NEW_LIFE]
    assert standing(record, NEW_LIFE).predecessors[:2] == [PACK, OTHER_PACK]
    assert newest(record, PACK, StatementKind.EVENT)["eventKind"] == "succession"


def test_originals_of_originals_cease_too(record):
    register(record)
    give_second_life(record)
    give_second_life(
        record,
        THIRD_LIFE,
        predecessors=(Predecessor(battery_id=NEW_LIFE),),
    )

    recycle(record, THIRD_LIFE)

    for battery_id in (THIRD_LIFE, NEW_LIFE, PACK):
        assert standing(record, battery_id).state is PassportState.CEASED


def test_a_waste_original_that_lives_on_as_part_of_another_is_not_recycled_behind_its_back(record):
    services = record.services
    register(record)
    services.declare_waste(COLLECTOR, PACK, IN_NL)
    services.enter_recycling(RECYCLER, PACK, "B-1")
    give_second_life(
        record,
        operation=Operation.PREPARATION_FOR_REPURPOSING,
        predecessors=(Predecessor(battery_id=PACK),),
    )

    with pytest.raises(TransitionRefusedError, match="became part of"):
        services.declare_recycled(RECYCLER, PACK, "B-1")
    with pytest.raises(TransitionRefusedError, match="became part of"):
        services.enter_recycling(OTHER_RECYCLER, PACK, "B-2")
    assert standing(record, NEW_LIFE).state is PassportState.ACTIVE


def test_the_waste_of_a_second_life_without_register_line_is_recycled_as_an_orphan(record):
    register(record)
    give_second_life(record)

    recycle(record, NEW_LIFE)

    assert standing(record, NEW_LIFE).responsible == ""
    assert standing(record, NEW_LIFE).state is PassportState.CEASED
