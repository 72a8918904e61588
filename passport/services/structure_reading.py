"""What a battery is made of, now or at an instant, and where a part is, for who may read it.

Structure is Annex XIII point 4: for legitimate interest, the responsible operator and its
delegates, and the owner; never public, because it tells competitors what fails.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from passport.domain.access import READ_SCOPE, Point, require_reach
from passport.domain.actor import Actor, Role
from passport.domain.errors import AccessDeniedError, PassportCeasedError
from passport.domain.event import STRUCTURE_EVENTS, EventKind
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.domain.structure import (
    Part,
    PartElsewhereError,
    PartId,
    PartMove,
    PartUnknownError,
    Place,
    Provenance,
    StructureLevel,
    Whereabouts,
    battery_of,
    fold_moves,
    holders_of,
    path_of,
    provenance_of,
)
from passport.services.part_moves import DECLARE_ANEW
from passport.services.part_names import named_parts
from passport.services.ports import Work
from passport.services.readers import readable_points
from passport.services.series import iri_of

_DECLARED_WITH = frozenset({EventKind.WASTE, EventKind.SUCCESSION})
"""Events with which declared values are signed anew although nobody measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a part comes from that did not come new into its battery.

    Attributes:
        battery_id: The battery it was taken out of; ``None`` where nobody knows.
        iri: The same, as its passport is found.
        was_waste: Whether that battery was waste when it was taken out.
        health_percent: State of health of that battery then [%]; empty where unknown.
    """

    battery_id: BatteryId | None
    iri: str
    was_waste: bool
    health_percent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StructurePart:
    """One part of a battery and what it holds.

    Attributes:
        position: As seen from its battery, such as ``R2/M07``.
        battery_iri: Its own passport, where it has one.
        since: When it came to its position.
        parts: What it holds; empty, too, where the reader may not read its own passport.
    """

    part_id: PartId
    iri: str
    level: StructureLevel
    serial: str
    part_number: str
    position: str
    battery_id: BatteryId | None
    battery_iri: str
    since: datetime
    origin: Origin | None
    parts: tuple["StructurePart", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedOrigin:
    """How many parts of a level come from elsewhere."""

    level: StructureLevel
    foreign: int
    total: int
    questionable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What a battery is made of at an instant.

    Attributes:
        at: The instant asked about; ``None`` is now.
        mixed: Levels with parts that come from elsewhere, in the order of the levels.
        findings: What the operator has to do about it.
    """

    battery_id: BatteryId
    iri: str
    level: StructureLevel | None
    at: datetime | None
    parts: tuple[StructurePart, ...]
    mixed: tuple[MixedOrigin, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a part, as far as the reader may know of it.

    Attributes:
        from_battery: The battery it left; ``None`` where it was in none, or in one that is closed
            to this reader.
        is_closed: Whether a battery of this step is closed to this reader.
    """

    part: Part
    move: PartMove
    from_battery: BatteryId | None
    to_battery: BatteryId | None
    from_position: str
    to_position: str
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRecord:
    """Where a part is, and how it came there.

    Attributes:
        batteries: The batteries it is in, the nearest first.
        position: Where in the nearest one.
        is_gone: Whether it was recycled together with a battery that it was in.
    """

    part: Part
    batteries: tuple[BatteryId, ...]
    position: str
    steps: tuple[Step, ...]
    is_gone: bool = False


def read_structure(
    actor: Actor, battery_id: BatteryId, at: datetime | None = None, *, work: Work
) -> Structure:
    """Return what a battery is made of, now or at an instant.

    Raises:
        AccessDeniedError: Point 4 of this battery is closed to the actor.
        PassportCeasedError: The battery has been recycled.
    """
    battery = work.passports.read(battery_id)
    if not _may_read(actor, battery_id, work=work):
        raise AccessDeniedError(
            f"what battery {battery_id} is made of is for who answers for it, its owner and people "
            "with a legitimate interest: ask for access and name your purpose"
        )
    if battery.state is PassportState.CEASED:
        raise PassportCeasedError(battery_id)
    past = _Past.of(PartId(battery_id), at, work=work)
    root = past.parts.get(PartId(battery_id))
    parts = past.branches(PartId(battery_id), actor) if root else ()
    return Structure(
        battery_id=battery_id,
        iri=iri_of(battery),
        level=root.level if root else None,
        at=at,
        parts=parts,
        mixed=tuple(_mixed(parts)),
        findings=(DECLARE_ANEW,) if _is_declared_before(battery_id, work=work) else (),
    )


def list_changes(actor: Actor, battery_id: BatteryId, *, work: Work) -> Sequence[Step]:
    """Return the moves into, out of and within a battery, the newest first.

    Raises:
        AccessDeniedError: Point 4 of this battery is closed to the actor.
    """
    if not _may_read(actor, battery_id, work=work):
        raise AccessDeniedError(f"the structure of battery {battery_id} is not open to you")
    moves = work.parts.changes_of(battery_id)
    parts = work.parts.look_up({move.part_id for move in moves})
    return _steps(actor, moves, parts, work=work)


def where_is(actor: Actor, name: str, *, work: Work) -> PartRecord:
    """Return where a part is, to who may read the battery it is in, or has it in store.

    Args:
        actor: Who asks.
        name: Serial number, name of the part, or battery.
        work: The unit of work.

    Raises:
        PartUnknownError: There is none that this actor may see.
        PartElsewhereError: Several parts have this serial number.
    """
    require_reach(actor, READ_SCOPE)
    seen = [
        record
        for part in named_parts(name, None, work=work)
        if part.moves and (record := _record_of(actor, part, work=work)) is not None
    ]
    if not seen:
        raise PartUnknownError(f"there is no part {name} that you may see")
    if len(seen) > 1:
        names = ", ".join(record.part.part_id for record in seen)
        raise PartElsewhereError(f"several parts have the serial number {name}: {names}")
    return seen[0]


# --- the tree at an instant -----------------------------------------------------------------------


@dataclass(slots=True)
class _Past:
    """The parts in and below a battery as they were at an instant: a fold of their moves."""

    parts: dict[PartId, Part]
    newest: Mapping[PartId, PartMove]
    moves: Mapping[PartId, Sequence[PartMove]]
    work: Work

    @classmethod
    def of(cls, root: PartId, at: datetime | None, *, work: Work) -> "_Past":
        """Fold the moves of all that is or was below a battery, level by level."""
        past = cls({}, {}, {}, work)
        moves: dict[PartId, list[PartMove]] = {}
        _read_moves([root], moves, work=work)
        newest = fold_moves(moves[root], at) if root in moves else {}
        containers = set(newest)
        while containers:
            candidates = work.parts.once_inside(sorted(containers))
            _read_moves(candidates, moves, work=work)
            folded = fold_moves((move for one in candidates for move in moves[one]), at)
            found = {
                part_id: move
                for part_id, move in folded.items()
                if move.after.container in containers
            }
            newest |= found
            containers = set(found)
        known = work.parts.look_up(list(newest))
        past.parts = {
            part_id: replace(known[part_id], place=move.after) for part_id, move in newest.items()
        }
        # What holds the battery itself is no part of what it holds.
        if root in past.parts:
            past.parts[root] = replace(
                past.parts[root], place=Place(whereabouts=Whereabouts.ON_ITS_OWN)
            )
        past.newest, past.moves = newest, moves
        return past

    def branches(self, container: PartId, actor: Actor) -> tuple[StructurePart, ...]:
        """Return what a part holds, by position, as far as the actor may read it."""
        inside = [part for part in self.parts.values() if part.place.container == container]
        return tuple(self._branch(part, actor) for part in sorted(inside, key=_by_position))

    def _branch(self, part: Part, actor: Actor) -> StructurePart:
        own, work = part.battery_id, self.work
        is_open = own is None or _may_read(actor, own, work=work)
        return StructurePart(
            part_id=part.part_id,
            iri=part.iri,
            level=part.level,
            serial=part.serial,
            part_number=part.part_number,
            position=path_of(part, self.parts),
            battery_id=own,
            battery_iri="" if own is None else iri_of(work.passports.read(own)),
            since=self.newest[part.part_id].occurred_at,
            origin=self._origin(part),
            parts=self.branches(part.part_id, actor) if is_open else (),
        )

    def _origin(self, part: Part) -> Origin | None:
        """Return the origin of a part, or of what it came in."""
        inside = battery_of(part, self.parts)
        for one in (part, *holders_of(part, self.parts)):
            if one.battery_id == inside or inside is None:
                return None
            until = self.newest[one.part_id].number
            found = provenance_of(one, self.moves[one.part_id], inside, until)
            if found is not None:
                return self._told(found)
        return None

    def _told(self, found: Provenance) -> Origin:
        battery_id = found.battery_id
        iri = "" if battery_id is None else iri_of(self.work.passports.read(battery_id))
        return Origin(
            battery_id=battery_id,
            iri=iri,
            was_waste=battery_id is not None and found.is_questionable,
            health_percent=found.health_percent,
        )


def _read_moves(
    part_ids: Sequence[PartId], moves: dict[PartId, list[PartMove]], *, work: Work
) -> None:
    for move in work.parts.moves_of([one for one in part_ids if one not in moves]):
        moves.setdefault(move.part_id, []).append(move)


def _by_position(part: Part) -> list[tuple[str, int]]:
    """Order positions as people count: M2 before M10."""
    steps: list[tuple[str, int]] = []
    for step in part.place.position.split("/"):
        head = step.rstrip("0123456789")
        steps.append((head, int(step[len(head) :] or 0)))
    return steps


def _mixed(parts: Sequence[StructurePart]) -> Sequence[MixedOrigin]:
    total: Counter[StructureLevel] = Counter()
    foreign: Counter[StructureLevel] = Counter()
    questionable: Counter[StructureLevel] = Counter()
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        total[part.level] += 1
        if part.origin is not None:
            foreign[part.level] += 1
            if part.origin.was_waste or part.origin.battery_id is None:
                questionable[part.level] += 1
        waiting.extend(part.parts)
    return [
        MixedOrigin(
            level=level,
            foreign=foreign[level],
            total=total[level],
            questionable=questionable[level],
        )
        for level in StructureLevel
        if foreign[level]
    ]


def _is_declared_before(battery_id: BatteryId, *, work: Work) -> bool:
    """Whether parts were changed after the declared values were signed by somebody who measured."""
    events = work.events.of_battery(battery_id)
    changes = [
        event
        for event in events
        if event.kind in STRUCTURE_EVENTS - {EventKind.STRUCTURE_RECORDED}
        and event.kind not in {EventKind.BUILT_IN, EventKind.TAKEN_OUT}
    ]
    if not changes:
        return False
    last = changes[-1].recorded_at
    declared = work.statements.all_about(battery_id, StatementKind.ITEM_DECLARED)
    since = sum(statement.issued_at > last for statement in declared)
    by_status = sum(event.recorded_at > last for event in events if event.kind in _DECLARED_WITH)
    return since <= by_status


# --- one part -------------------------------------------------------------------------------------


def _record_of(actor: Actor, part: Part, *, work: Work) -> PartRecord | None:
    moves = work.parts.moves_of([part.part_id])
    around = {part.part_id: part}
    container = part.place.container
    while container is not None:
        around |= work.parts.look_up([container])
        container = around[container].place.container
    batteries = [one.battery_id for one in holders_of(part, around) if one.battery_id is not None]
    if not _may_see(actor, part, batteries, moves, work=work):
        return None
    shown = [one for one in batteries if _may_read(actor, one, work=work)]
    states = (work.passports.read(one).state for one in (*batteries, part.battery_id) if one)
    return PartRecord(
        part=part,
        batteries=tuple(shown),
        position=path_of(part, around) if batteries[:1] == shown[:1] and batteries else "",
        steps=tuple(_steps(actor, moves, {part.part_id: part}, work=work)),
        is_gone=PassportState.CEASED in states,
    )


def _may_see(
    actor: Actor,
    part: Part,
    batteries: Sequence[BatteryId],
    moves: Sequence[PartMove],
    *,
    work: Work,
) -> bool:
    """Whether a part is the actor's to see: as holder, or by the battery it is or was in."""
    if actor.has(Role.SYSTEM) or (part.place.holder and part.place.holder == actor.organisation):
        return True
    last = moves[-1].from_battery
    concerned = list(batteries) or ([] if last is None else [last])
    if part.battery_id is not None:
        concerned.append(part.battery_id)
    return any(_may_read(actor, one, work=work) for one in concerned)


def _steps(
    actor: Actor, moves: Sequence[PartMove], parts: Mapping[PartId, Part], *, work: Work
) -> list[Step]:
    named = {one for move in moves for one in (move.from_battery, move.to_battery) if one}
    is_open = {one: _may_read(actor, one, work=work) for one in named}
    steps = []
    for move in moves:
        left = move.from_battery if move.from_battery and is_open[move.from_battery] else None
        entered = move.to_battery if move.to_battery and is_open[move.to_battery] else None
        steps.append(
            Step(
                part=parts[move.part_id],
                move=move,
                from_battery=left,
                to_battery=entered,
                from_position=move.from_path if left else "",
                to_position=move.to_path if entered else "",
                is_closed=(left, entered) != (move.from_battery, move.to_battery),
            )
        )
    return steps


def _may_read(actor: Actor, battery_id: BatteryId, *, work: Work) -> bool:
    battery = work.passports.read(battery_id)
    return Point.INDIVIDUAL in readable_points(actor, battery, work=work)
