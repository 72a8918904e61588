"""Whatever is swapped, moved and taken out: each part is in one place, and the past stays so."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from passport.domain.errors import PassportError
from passport.domain.identifiers import gs1_battery_id
from passport.domain.structure import (
    ON_ITS_OWN,
    Part,
    PartId,
    PartMove,
    Place,
    StructureLevel,
    Whereabouts,
    battery_of,
    built_in,
    fold_moves,
    holders_of,
    part_id_of,
    path_of,
    rearrange,
)

BEGIN = datetime(2026, 11, 21, tzinfo=UTC)
STORE = Place(whereabouts=Whereabouts.STORE, holder="voltra")
POSITIONS = ("1", "2", "1/1")
"""The last one is also reached through a part at the first."""


def a_part(number: int, level: StructureLevel, *, is_battery: bool) -> Part:
    battery_id = gs1_battery_id("09506000134352", f"B{number}") if is_battery else None
    return Part(
        part_id=PartId(battery_id) if battery_id else part_id_of("voltra", str(number)),
        level=level,
        serial=str(number),
        operator="voltra",
        base_url="http://localhost",
        battery_id=battery_id,
        place=ON_ITS_OWN if is_battery else STORE,
        moves=0,
    )


PARTS = [
    a_part(number, level, is_battery=is_battery)
    for number, (level, is_battery) in enumerate(
        [
            (StructureLevel.SYSTEM, True),
            (StructureLevel.RACK, False),
            (StructureLevel.PACK, True),
            (StructureLevel.PACK, False),
            (StructureLevel.MODULE, False),
            (StructureLevel.MODULE, False),
            (StructureLevel.MODULE, False),
            (StructureLevel.CELL, False),
            (StructureLevel.CELL, False),
        ]
    )
]
LARGER = {
    index: [other for other, holder in enumerate(PARTS) if holder.level.may_hold(part.level)]
    for index, part in enumerate(PARTS)
}
fitting = st.sampled_from(
    [
        (index, (holder, position))
        for index, holders in LARGER.items()
        for holder in holders
        for position in POSITIONS
    ]
)
indexes = st.integers(0, len(PARTS) - 1)
anywhere = st.tuples(indexes, st.one_of(st.none(), st.tuples(indexes, st.sampled_from(POSITIONS))))
steps = st.lists(
    st.lists(st.one_of(fitting, fitting, fitting, anywhere), min_size=1, max_size=2).map(dict),
    min_size=6,
    max_size=30,
)
"""Each step moves one or two parts at once: into a position of another part, or into store."""


@dataclass
class Ledger:
    """The parts now, all their moves, and what was true after each step."""

    parts: dict[PartId, Part] = field(default_factory=lambda: {p.part_id: p for p in PARTS})
    moves: list[PartMove] = field(default_factory=list)
    seen: list[tuple[datetime, dict[PartId, Place]]] = field(default_factory=list)

    def apply(self, number: int, step: dict[int, tuple[int, str] | None]) -> None:
        at = BEGIN + timedelta(minutes=number)
        places = {
            PARTS[index].part_id: STORE
            if goal is None
            else built_in(PARTS[goal[0]].part_id, goal[1])
            for index, goal in step.items()
        }
        try:
            after = rearrange(self.parts, places)
        except PassportError:
            pass  # refused as a whole: nothing has changed
        else:
            for part_id in places:
                before = self.parts[part_id]
                self.moves.append(
                    PartMove(
                        part_id=part_id,
                        number=after[part_id].moves,
                        before=before.place,
                        after=after[part_id].place,
                        from_battery=battery_of(before, self.parts),
                        to_battery=battery_of(after[part_id], after),
                        occurred_at=at,
                        recorded_at=at,
                        moved_by="voltra",
                    )
                )
            self.parts = dict(after)
        self.seen.append((at, {key: part.place for key, part in self.parts.items()}))


def played(told: list[dict[int, tuple[int, str] | None]]) -> Ledger:
    ledger = Ledger()
    for number, step in enumerate(told):
        ledger.apply(number, step)
    return ledger


@given(told=steps)
def test_no_two_parts_are_ever_at_one_position_of_a_battery(told):
    parts = played(told).parts

    placed = [part for part in parts.values() if part.place.is_built_in]
    inside = [
        (battery_of(part, parts) or part.place.container, path_of(part, parts)) for part in placed
    ]
    direct = [(part.place.container, part.place.position) for part in placed]
    assert len(set(direct)) == len(direct)
    in_batteries = [
        place for part, place in zip(placed, inside, strict=True) if battery_of(part, parts)
    ]
    assert len(set(in_batteries)) == len(in_batteries)


@given(told=steps)
def test_what_holds_a_part_is_larger_all_the_way_out(told):
    parts = played(told).parts

    for part in parts.values():
        levels = [part.level, *(holder.level for holder in holders_of(part, parts))]
        order = [list(StructureLevel).index(level) for level in levels]
        assert order == sorted(set(order), reverse=True)


@given(told=steps)
def test_the_places_at_each_instant_are_the_fold_of_the_moves_until_then(told):
    ledger = played(told)
    first = {part.part_id: part.place for part in PARTS}

    for at, places in ledger.seen:
        folded = {key: move.after for key, move in fold_moves(ledger.moves, at).items()}
        assert first | folded == places


@given(told=steps)
def test_the_moves_of_a_part_count_from_one_without_a_gap(told):
    ledger = played(told)

    for part in ledger.parts.values():
        own = [move.number for move in ledger.moves if move.part_id == part.part_id]
        assert own == list(range(1, part.moves + 1))
