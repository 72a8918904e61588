"""Parts: what goes into what, where it is, and what refuses."""

from datetime import UTC, datetime, timedelta

import pytest

from passport.domain.errors import InvalidValueError
from passport.domain.identifiers import gs1_battery_id
from passport.domain.status import BatteryStatus
from passport.domain.structure import (
    ON_ITS_OWN,
    ChangeOutOfOrderError,
    Part,
    PartHistory,
    PartId,
    PartMove,
    PartRefusedError,
    Place,
    PositionTakenError,
    Provenance,
    StructureLevel,
    Whereabouts,
    battery_of,
    built_in,
    find_holder,
    fold_moves,
    parse_part_serial,
    parse_position,
    part_id_of,
    path_of,
    paths_in,
    provenance_of,
    rearrange,
    require_in_order,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SYSTEM_ID = gs1_battery_id("09506000134376", "SYS-1")
PACK_ID = gs1_battery_id("09506000134352", "PACK-1")


def a_part(serial, level=StructureLevel.MODULE, **changed):
    return Part(
        **{
            "part_id": part_id_of("voltra", serial),
            "level": level,
            "serial": serial,
            "operator": "voltra",
            "base_url": "http://localhost:8000",
            "moves": 1,
            **changed,
        }
    )


def a_battery(battery_id, level):
    return a_part("B", level, part_id=PartId(battery_id), battery_id=battery_id)


def known(*parts):
    return {part.part_id: part for part in parts}


SYSTEM = a_battery(SYSTEM_ID, StructureLevel.SYSTEM)
RACK = a_part("RACK", StructureLevel.RACK, place=built_in(SYSTEM.part_id, "R2"))
PACK = a_battery(PACK_ID, StructureLevel.PACK)
PACK_IN_RACK = a_part(
    "B",
    StructureLevel.PACK,
    part_id=PartId(PACK_ID),
    battery_id=PACK_ID,
    place=built_in(RACK.part_id, "P1"),
)
MODULE = a_part("MOD", place=built_in(PACK.part_id, "M07"))


def test_a_part_of_a_battery_in_a_battery_belongs_to_the_nearest_one():
    parts = known(SYSTEM, RACK, PACK_IN_RACK, MODULE)

    assert battery_of(MODULE, parts) == PACK_ID
    assert path_of(MODULE, parts) == "M07"
    assert battery_of(PACK_IN_RACK, parts) == SYSTEM_ID
    assert path_of(PACK_IN_RACK, parts) == "R2/P1"


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (StructureLevel.MODULE, StructureLevel.MODULE),
        (StructureLevel.CELL, StructureLevel.MODULE),
        (StructureLevel.PACK, StructureLevel.SYSTEM),
    ],
)
def test_a_part_holds_smaller_parts_alone(outer, inner):
    holder, held = a_part("OUT", outer), a_part("IN", inner)

    with pytest.raises(PartRefusedError, match="does not go into"):
        rearrange(known(holder, held), {held.part_id: built_in(holder.part_id, "X")})


def test_levels_may_be_left_out():
    cell = a_part("CELL", StructureLevel.CELL)

    after = rearrange(known(SYSTEM, cell), {cell.part_id: built_in(SYSTEM.part_id, "R1/M1/C1")})

    assert path_of(after[cell.part_id], after) == "R1/M1/C1"


def test_nothing_can_lie_in_itself():
    with pytest.raises(PartRefusedError):
        rearrange(known(RACK, SYSTEM), {RACK.part_id: built_in(RACK.part_id, "R")})


def test_a_position_is_taken_also_where_it_is_reached_through_a_rack():
    inside = a_part("A", place=built_in(RACK.part_id, "M1"))
    new = a_part("N")

    with pytest.raises(PositionTakenError, match="R2/M1"):
        rearrange(
            known(SYSTEM, RACK, inside, new),
            {new.part_id: built_in(SYSTEM.part_id, "R2/M1")},
        )


def test_two_parts_may_change_places_in_one_step():
    one = a_part("1", place=built_in(PACK.part_id, "M1"))
    two = a_part("2", place=built_in(PACK.part_id, "M2"))

    after = rearrange(known(PACK, one, two), {one.part_id: two.place, two.part_id: one.place})

    assert after[one.part_id].place.position == "M2"
    assert after[two.part_id].place.position == "M1"


def test_a_position_lies_in_the_part_that_it_begins_with():
    parts = known(SYSTEM, RACK)

    place = find_holder("R2/M7", SYSTEM, paths_in(SYSTEM_ID, parts))

    assert (place.container, place.position) == (RACK.part_id, "M7")


def test_a_position_in_a_battery_with_its_own_passport_is_refused_from_outside():
    parts = known(SYSTEM, RACK, PACK_IN_RACK)

    with pytest.raises(PartRefusedError, match="passport of its own"):
        find_holder("R2/P1/M7", SYSTEM, paths_in(SYSTEM_ID, parts))


@pytest.mark.parametrize("text", ["", "/", "R2/", "/R2", "R 2", "R2//M1", "-R", "R" * 33, "Ä"])
def test_what_is_no_position_is_refused(text):
    with pytest.raises(InvalidValueError, match="no position"):
        parse_position(text)


@pytest.mark.parametrize("text", ["", " A", "A ", "A\n", "..", "X" * 81])
def test_what_is_no_serial_number_is_refused(text):
    with pytest.raises(InvalidValueError):
        parse_part_serial(text)


def test_changes_are_told_in_their_order():
    require_in_order(NOON, NOON, "battery")

    with pytest.raises(ChangeOutOfOrderError):
        require_in_order(NOON - timedelta(seconds=1), NOON, "battery")


# --- the past -------------------------------------------------------------------------------------


def a_move(number, after, days, **changed):
    return PartMove(
        **{
            "part_id": MODULE.part_id,
            "number": number,
            "before": None,
            "after": after,
            "from_battery": None,
            "to_battery": None,
            "occurred_at": NOON + timedelta(days=days),
            "recorded_at": NOON + timedelta(days=days),
            "moved_by": "voltra",
            **changed,
        }
    )


STORE = Place(whereabouts=Whereabouts.STORE, holder="voltra")


def test_a_part_is_where_its_last_move_until_then_brought_it():
    moves = [a_move(2, STORE, 2), a_move(1, built_in(PACK.part_id, "M7"), 1)]

    assert fold_moves(moves, NOON) == {}
    assert fold_moves(moves, NOON + timedelta(days=1))[MODULE.part_id].number == 1
    assert fold_moves(moves)[MODULE.part_id].after == STORE


def test_a_part_that_comes_back_to_its_battery_is_native_there():
    moves = [
        a_move(1, built_in(PACK.part_id, "M7"), 1, to_battery=PACK_ID),
        a_move(2, STORE, 2, from_battery=PACK_ID),
        a_move(3, built_in(PACK.part_id, "M8"), 3, to_battery=PACK_ID),
    ]

    assert provenance_of(MODULE, moves, PACK_ID, 3) is None


def test_a_part_out_of_another_battery_stays_foreign_after_a_time_in_store():
    moves = [
        a_move(1, built_in(PACK.part_id, "M7"), 1, to_battery=PACK_ID),
        a_move(
            2,
            STORE,
            2,
            from_battery=PACK_ID,
            origin_status=BatteryStatus.WASTE,
            origin_health_percent="61.0",
        ),
        a_move(3, built_in(SYSTEM.part_id, "M1"), 3, to_battery=SYSTEM_ID),
    ]

    found = provenance_of(MODULE, moves, SYSTEM_ID, 3)

    assert found == Provenance(
        battery_id=PACK_ID, status=BatteryStatus.WASTE, health_percent="61.0"
    )
    assert found.is_questionable


def test_a_used_part_of_unknown_history_is_questionable():
    part = a_part("OLD", history=PartHistory.UNKNOWN)
    moves = [a_move(1, built_in(SYSTEM.part_id, "M1"), 1, to_battery=SYSTEM_ID)]

    found = provenance_of(part, moves, SYSTEM_ID, 1)

    assert found is not None
    assert found.is_questionable
    assert part.place == ON_ITS_OWN
