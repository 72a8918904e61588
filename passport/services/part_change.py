"""The parts of a battery are changed: swapped, taken out, put in, moved to another battery."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from passport.domain.access import EVENT_SCOPE, require_scope
from passport.domain.actor import Actor
from passport.domain.battery import Battery
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidValueError,
    TransitionRefusedError,
)
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Operator
from passport.domain.structure import (
    ON_ITS_OWN,
    ChangeReason,
    Part,
    PartElsewhereError,
    PartHistory,
    PartId,
    PartMismatchError,
    PartRefusedError,
    PartUnknownError,
    Place,
    PositionTakenError,
    StructureLevel,
    Whereabouts,
    battery_of,
    find_holder,
    part_id_of,
    paths_in,
)
from passport.services.current import read_living
from passport.services.operators import read_operator
from passport.services.part_moves import (
    DECLARE_ANEW,
    ChangeReceipt,
    Occasion,
    carry_out,
    gather,
    instant_of,
    moved_parts,
    read_active,
    require_own_life,
    whole_of,
)
from passport.services.part_names import is_called, is_full_name, named_parts
from passport.services.ports import Work


class Destination(StrEnum):
    """Where a part goes that is taken out."""

    STORE = "store"
    WASTE = "waste"
    BATTERY = "battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A change of the parts of a battery.

    Attributes:
        position: Where in the battery; may be left out where ``out`` says it.
        out: Part that is taken out, by its serial number or name; empty: whatever is there.
        put_in: Part that is put in, by serial number, name or battery; empty: nothing is.
        level: Level of a part that is not on record yet; that of the part taken out without one.
        history: What is known of a part that is not on record yet.
        destination: Where the part goes that is taken out.
        holder: Organisation that gets it; the acting one without.
        to_battery: Battery it goes into, with ``to_position``.
        occurred_at: When it was done; ``None`` is now.
        note: In words.
    """

    position: str = ""
    out: str = ""
    put_in: str = ""
    level: StructureLevel | None = None
    part_number: str = ""
    history: PartHistory = PartHistory.NEW
    destination: Destination = Destination.STORE
    holder: str = ""
    to_battery: BatteryId | None = None
    to_position: str = ""
    occurred_at: datetime | None = None
    reason: ChangeReason | None = None
    note: str = ""


def swap_part(
    actor: Actor, battery_id: BatteryId, change: PartChange, *, work: Work
) -> ChangeReceipt:
    """Take one part out and put another in at its position, as one event.

    Raises:
        AccessDeniedError: The actor neither answers for the battery nor holds a grant for events.
        PartMismatchError: Another part is on record at the position.
        PartElsewhereError: The part to be put in is in a place that the actor does not dispose of.
        ConflictError: The levels, the position or the order of changes do not allow it.
    """
    if not change.put_in or not (change.position or change.out):
        raise InvalidValueError("a swap names the part that goes in, and the part or position")
    bench = _bench(actor, battery_id, change, work=work)
    require_own_life(bench.battery)
    out = _occupant(change, bench.paths)
    _take_out(bench, out)
    _put_in(bench, change.position or bench.path_of(out), out)
    return _finish(bench, out)


def take_out(
    actor: Actor, battery_id: BatteryId, change: PartChange, *, work: Work
) -> ChangeReceipt:
    """Take a part out and put none in; it goes into store, becomes waste or joins a battery.

    Raises:
        AccessDeniedError: The actor neither answers for the battery nor holds a grant for events.
        PartMismatchError: Another part is on record at the position.
    """
    if change.put_in or not (change.position or change.out):
        raise InvalidValueError(
            "to take a part out, name it or its position, and nothing to put in"
        )
    bench = _bench(actor, battery_id, change, work=work)
    out = _occupant(change, bench.paths)
    _take_out(bench, out)
    return _finish(bench, out)


def install_part(
    actor: Actor, battery_id: BatteryId, change: PartChange, *, work: Work
) -> ChangeReceipt:
    """Put a part in at a position that holds none.

    Raises:
        AccessDeniedError: The actor neither answers for the battery nor holds a grant for events.
        PositionTakenError: The position holds a part.
        PartElsewhereError: The part is in a place that the actor does not dispose of.
    """
    if change.out or not (change.put_in and change.position):
        raise InvalidValueError("to put a part in, name it and a position that is empty")
    bench = _bench(actor, battery_id, change, work=work)
    require_own_life(bench.battery)
    _put_in(bench, change.position, None)
    return _finish(bench, None)


@dataclass(slots=True)
class _Bench:
    """One change on its way: how things are, and where parts shall go."""

    actor: Actor
    battery: Battery
    change: PartChange
    reporter: Operator
    root: Part
    known: dict[PartId, Part]
    paths: dict[str, Part]
    places: dict[PartId, Place]
    work: Work

    def path_of(self, part: Part) -> str:
        """Return the position of a part of this battery."""
        return next(path for path, one in self.paths.items() if one.part_id == part.part_id)

    def learn(self, part_id: PartId) -> None:
        """Gather what lies around a part that is somewhere else."""
        around = gather([part_id], work=self.work)
        self.known = around | self.known


def _bench(actor: Actor, battery_id: BatteryId, change: PartChange, *, work: Work) -> _Bench:
    battery = read_living(battery_id, work=work)
    require_scope(actor, EVENT_SCOPE, work.standing(battery), work.clock.now())
    root = whole_of(battery, None, work=work)
    known = {root.part_id: root} | gather([root.part_id], work=work)
    return _Bench(
        actor=actor,
        battery=battery,
        change=change,
        reporter=read_operator(actor.organisation or battery.responsible, work=work),
        root=root,
        known=known,
        paths=paths_in(battery_id, known),
        places={} if root.moves else {root.part_id: ON_ITS_OWN},
        work=work,
    )


def _finish(bench: _Bench, out: Part | None) -> ChangeReceipt:
    change, work = bench.change, bench.work
    occasion = Occasion(
        reporter=bench.reporter,
        occurred_at=instant_of(change.occurred_at, work=work),
        reason=change.reason,
        note=change.note.strip(),
    )
    events = carry_out(bench.places, bench.known, occasion, work=work)
    moved = moved_parts(bench.places, bench.known)
    moved.pop(bench.root.part_id, None)
    removed = [] if out is None else [moved.pop(out.part_id)]
    return ChangeReceipt(
        battery_id=bench.battery.battery_id,
        occurred_at=occasion.occurred_at,
        event_ids=[event.event_id for event in events],
        removed=removed,
        installed=list(moved.values()),
        findings=[DECLARE_ANEW],
    )


def _occupant(change: PartChange, paths: Mapping[str, Part]) -> Part:
    """Return the part that is taken out, checked against what is on record at the position.

    Raises:
        PartMismatchError: Another part, or none, is on record there.
    """
    there = paths.get(change.position)
    if not change.out:
        if there is None:
            raise PartMismatchError(f"position {change.position} is empty on record")
        return there
    called = {path: part for path, part in paths.items() if is_called(part, change.out)}
    if not change.position:
        if len(called) != 1:
            words = "not in this battery" if not called else f"at {', '.join(called)}"
            raise PartMismatchError(f"part {change.out} is {words}; name its position")
        return next(iter(called.values()))
    if there is None or change.position not in called:
        holds = "nothing" if there is None else f"{there.level.value} {there.serial}"
        raise PartMismatchError(
            f"position {change.position} holds {holds} on record, not {change.out}; look at the "
            "plate again"
        )
    return there


def _take_out(bench: _Bench, out: Part) -> None:
    """Choose where the part goes that is taken out."""
    change = bench.change
    if change.destination is Destination.BATTERY:
        bench.places[out.part_id] = _place_elsewhere(bench, out)
        return
    if out.battery_id is not None:
        if change.destination is Destination.WASTE:
            raise TransitionRefusedError(
                f"battery {out.battery_id} has a passport of its own: take it out, and declare it "
                "waste with an event of its own"
            )
        bench.places[out.part_id] = ON_ITS_OWN
        return
    holder = read_operator(change.holder or bench.reporter.slug, work=bench.work).slug
    bench.places[out.part_id] = Place(
        whereabouts=Whereabouts(change.destination.value), holder=holder
    )


def _place_elsewhere(bench: _Bench, out: Part) -> Place:
    """Return the place in another battery that the part taken out goes to."""
    change, work = bench.change, bench.work
    if change.to_battery is None or not change.to_position:
        raise InvalidValueError("say into which battery the part goes, and to which position there")
    other = read_active(change.to_battery, work=work)
    require_scope(bench.actor, EVENT_SCOPE, work.standing(other), work.clock.now())
    root = whole_of(other, None, work=work)
    if not root.moves:
        raise PartRefusedError(
            f"battery {other.battery_id} has no structure on record; record it first"
        )
    bench.learn(root.part_id)
    paths = paths_in(other.battery_id, bench.known)
    return find_holder(change.to_position, root, paths, but=(out.part_id,))


def _put_in(bench: _Bench, position: str, out: Part | None) -> None:
    """Choose the part that goes in, and its place."""
    leaving = () if out is None else (out.part_id,)
    place = find_holder(position, bench.root, bench.paths, but=leaving)
    part = _to_be_put_in(bench, out)
    if part.part_id in leaving:
        raise ConflictError(f"part {part.serial} would be swapped for itself")
    if part.place == place:
        raise PositionTakenError(f"part {part.serial} is at {position} already")
    if part.moves:
        bench.learn(part.part_id)
    bench.known[part.part_id] = part
    bench.places[part.part_id] = place


def _to_be_put_in(bench: _Bench, out: Part | None) -> Part:
    """Return the part that goes in, from wherever the actor may take it; or a new one.

    A serial number is its operator's own: another operator's part may have the same.
    """
    change, work = bench.change, bench.work
    found = named_parts(change.put_in, bench.reporter, work=work)
    takeable = [part for part in found if _may_take(bench, part)]
    if len(takeable) > 1:
        names = ", ".join(part.part_id for part in takeable)
        raise PartElsewhereError(
            f"several parts have the serial number {change.put_in}: {names}; name one of them"
        )
    is_full = is_full_name(change.put_in, work=work)
    if not takeable and (is_full or any(one.operator == bench.reporter.slug for one in found)):
        if not found:
            raise PartUnknownError(f"there is no part {change.put_in} on record")
        raise PartElsewhereError(
            f"part {change.put_in} is on record in a place that you do not dispose of; whoever has "
            "it takes it out first"
        )
    part = takeable[0] if takeable else _unseen(bench, out)
    is_waste = part.place.whereabouts is Whereabouts.WASTE
    if is_waste and change.reason is not ChangeReason.CORRECTION:
        raise PartRefusedError(
            f"part {part.serial} became waste; where the record is wrong, give correction as reason"
        )
    level = change.level or (out.level if out is not None else None)
    return replace(part, level=level) if level is not None and not part.moves else part


def _unseen(bench: _Bench, out: Part | None) -> Part:
    change = bench.change
    level = change.level or (out.level if out is not None else None)
    if level is None:
        raise InvalidValueError(
            f"part {change.put_in} is not on record: say whether it is a "
            f"{', '.join(one.value for one in StructureLevel)}"
        )
    return Part(
        part_id=part_id_of(bench.reporter.slug, change.put_in),
        level=level,
        serial=change.put_in,
        operator=bench.reporter.slug,
        base_url=bench.reporter.base_url,
        part_number=change.part_number,
        history=change.history,
    )


def _may_take(bench: _Bench, part: Part) -> bool:
    """Whether a part is in a place that the actor disposes of."""
    work = bench.work
    around = {part.part_id: part} | gather([part.part_id], work=work)
    inside = battery_of(around[part.part_id], around)
    for battery_id in (inside, part.battery_id):
        if battery_id is None:
            continue
        try:
            battery = read_living(battery_id, work=work)
            require_scope(bench.actor, EVENT_SCOPE, work.standing(battery), work.clock.now())
        except AccessDeniedError:
            return False
    if inside is not None or part.battery_id is not None:
        return True
    return part.place.holder in {bench.reporter.slug, bench.actor.organisation}
