"""Parts on both databases: in batteries of batteries, at once, in a second life, in any order."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
from builders import (
    COLLECTOR,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    OTHER_PACK,
    PACK,
    RECYCLER,
    give_second_life,
    register,
)
from builders_parts import DAY, contents, record_modules, serials_at

from passport.domain.actor import SYSTEM
from passport.domain.errors import (
    ConflictError,
    PassportCeasedError,
)
from passport.domain.event import EventKind
from passport.domain.second_life import Predecessor
from passport.domain.structure import (
    ChangeReason,
    PartMismatchError,
    PartRefusedError,
    PositionTakenError,
    StructureLevel,
)
from passport.services.end_of_life import WasteDeclaration
from passport.services.part_change import PartChange
from passport.services.structure import NewPart, NewStructure


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


# --- batteries in batteries -----------------------------------------------------------------------


def test_a_battery_in_a_battery_keeps_its_passport_and_who_answers(record):
    register(record)
    register(record, OTHER_PACK)
    record_modules(record, OTHER_PACK, "X")
    system = NewStructure(
        parts=(
            NewPart(level=StructureLevel.PACK, serial="P", position="R1/P1", battery_id=OTHER_PACK),
        ),
        level=StructureLevel.SYSTEM,
    )

    record.services.record_structure(MAKER, PACK, system)

    standing = record.services.read_standing(MAKER, OTHER_PACK)
    assert (standing.state.value, standing.responsible) == ("active", "voltra")
    (inner,) = record.services.read_structure(MAKER, PACK).parts
    assert (inner.battery_id, inner.position) == (OTHER_PACK, "R1/P1")
    assert [part.serial for part in inner.parts] == ["X"]
    assert len(contents(record, OTHER_PACK, EventKind.BUILT_IN)) == 1
    where = record.services.where_is_part(MAKER, "X")
    assert where.batteries == (OTHER_PACK, PACK)


def test_a_recycled_battery_is_not_built_in(record):
    register(record)
    register(record, OTHER_PACK)
    waste = WasteDeclaration(country="NL", occurred_at=NOON)
    record.services.declare_waste(COLLECTOR, OTHER_PACK, waste)
    record.services.enter_recycling(RECYCLER, OTHER_PACK, "B-1")
    record.services.declare_recycled(RECYCLER, OTHER_PACK, "B-1")

    with pytest.raises(PassportCeasedError, match="recycled"):
        record.services.install_part(
            MAKER,
            PACK,
            PartChange(position="P1", put_in=OTHER_PACK, level=StructureLevel.MODULE),
        )


def test_a_position_inside_of_another_battery_is_changed_there(record):
    register(record)
    register(record, OTHER_PACK)
    system = NewStructure(
        parts=(
            NewPart(level=StructureLevel.PACK, serial="P", position="P1", battery_id=OTHER_PACK),
        ),
        level=StructureLevel.SYSTEM,
    )
    record.services.record_structure(MAKER, PACK, system)

    with pytest.raises(PartRefusedError, match="passport of its own"):
        record.services.install_part(
            MAKER,
            PACK,
            PartChange(position="P1/M1", put_in="N", level=StructureLevel.MODULE),
        )


# --- many at once ---------------------------------------------------------------------------------


def test_one_part_put_in_by_two_at_once_is_in_one_place(record):
    register(record)
    register(record, OTHER_PACK)
    record_modules(record, PACK, "A")
    record_modules(record, OTHER_PACK, "X")
    record.services.take_out_part(MAKER, PACK, PartChange(position="M1"))

    def put(battery_id) -> Callable[[], object]:
        change = PartChange(position="M2", put_in="A", reason=ChangeReason.UPGRADE)
        return lambda: record.services.install_part(MAKER, battery_id, change)

    at_once(*(put(one) for one in (PACK, OTHER_PACK) * 3))

    places = [serials_at(record, battery_id).get("M2") == "A" for battery_id in (PACK, OTHER_PACK)]
    where = record.services.where_is_part(MAKER, "A")
    assert sum(places) == 1
    assert where.steps[-1].move.number == len(where.steps)


def test_one_empty_position_takes_one_of_many_parts(record):
    register(record)
    record_modules(record, PACK, "A")

    def put(serial: str) -> Callable[[], object]:
        change = PartChange(position="M2", put_in=serial, level=StructureLevel.MODULE)
        return lambda: record.services.install_part(MAKER, PACK, change)

    answers = at_once(*(put(f"N{number}") for number in range(6)))

    refusals = [one for one in answers if isinstance(one, ConflictError)]
    assert len(refusals) == 5
    assert {type(one) for one in refusals} == {PositionTakenError}


# --- second life ----------------------------------------------------------------------------------


def test_placing_a_second_life_moves_the_parts_of_its_original(record):
    register(record)
    record_modules(record, PACK, "A", "B")

    give_second_life(record, NEW_LIFE, PACK)

    serial = PACK.rpartition("/")[2]
    assert serials_at(record, NEW_LIFE, actor=INTEGRATOR) == {
        f"{serial}/M1": "A",
        f"{serial}/M2": "B",
    }
    assert serials_at(record, PACK, actor=INTEGRATOR) == {}
    structure = record.services.read_structure(INTEGRATOR, NEW_LIFE)
    assert [part.origin.battery_id for part in structure.parts] == [PACK, PACK]
    assert [mixed.foreign for mixed in structure.mixed] == [2]


def test_a_second_life_takes_the_parts_it_names_and_leaves_the_others(record):
    register(record)
    record_modules(record, PACK, "A", "B", "C")
    named = (Predecessor(battery_id=PACK, parts=("A", "C")),)

    give_second_life(record, NEW_LIFE, PACK, predecessors=named)

    assert serials_at(record, NEW_LIFE, actor=INTEGRATOR) == {"M1": "A", "M3": "C"}
    assert serials_at(record, PACK, actor=INTEGRATOR) == {"M2": "B"}


def test_a_second_life_of_parts_that_the_original_has_not_is_refused(record):
    register(record)
    record_modules(record, PACK, "A")
    named = (Predecessor(battery_id=PACK, parts=("Z",)),)

    with pytest.raises(PartMismatchError, match="has no part Z"):
        give_second_life(record, NEW_LIFE, PACK, predecessors=named)


# --- any sequence ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_sequence_each_instant_is_read_as_it_was(record, seed):
    chance = Random(seed)  # noqa: S311 - a sequence that comes again, not a secret
    packs = (register(record), register(record, OTHER_PACK))
    record_modules(record, PACK, "A", "B", "C")
    record_modules(record, OTHER_PACK, "X", "Y")
    seen = []

    for step in range(16):
        at = NOON - 9 * DAY + step * timedelta(hours=1)
        change = PartChange(
            position=f"M{chance.randint(1, 4)}",
            put_in=chance.choice("ABCXYN"),
            level=StructureLevel.MODULE,
            occurred_at=at,
        )
        try:
            if chance.random() < 0.7:
                record.services.swap_part(MAKER, chance.choice(packs), change)
            else:
                record.services.install_part(MAKER, chance.choice(packs), change)
        except ConflictError:
            continue
        seen.append((at, [serials_at(record, pack) for pack in packs]))

    assert len(seen) > 3
    for at, places in seen:
        assert [serials_at(record, pack, at) for pack in packs] == places
        found = [serial for one in places for serial in one.values()]
        assert len(set(found)) == len(found)


def test_a_part_is_gone_with_the_battery_that_it_was_recycled_in(record):
    register(record)
    record_modules(record, PACK, "A")
    waste = WasteDeclaration(country="NL", occurred_at=NOON)
    record.services.declare_waste(COLLECTOR, PACK, waste)
    record.services.enter_recycling(RECYCLER, PACK, "B-1")
    assert not record.services.where_is_part(SYSTEM, "A").is_gone

    record.services.declare_recycled(RECYCLER, PACK, "B-1")

    assert record.services.where_is_part(SYSTEM, "A").is_gone
    with pytest.raises(PassportCeasedError):
        record.services.read_structure(SYSTEM, PACK)
    with pytest.raises(PassportCeasedError):
        record.services.take_out_part(SYSTEM, PACK, PartChange(position="M1"))
