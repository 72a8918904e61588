"""What a battery is made of comes on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from passport.domain.access import BATTERY_SCOPE, require_operator, require_reach
from passport.domain.actor import Actor
from passport.domain.battery import Battery
from passport.domain.errors import (
    ContentRefusedError,
    InvalidValueError,
    PassportError,
    Problem,
)
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Operator
from passport.domain.structure import (
    ON_ITS_OWN,
    Part,
    PartElsewhereError,
    PartHistory,
    PartId,
    PartRefusedError,
    PartUnknownError,
    Place,
    PositionTakenError,
    StructureLevel,
    Whereabouts,
    find_holder,
    part_id_of,
    paths_in,
)
from passport.services.operators import read_operator
from passport.services.part_moves import (
    ChangeReceipt,
    Occasion,
    carry_out,
    gather,
    instant_of,
    moved_parts,
    read_active,
    whole_of,
)
from passport.services.ports import Work

MOST_PARTS = 1000
"""So many parts come on record together: a signed list is no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPart:
    """One part of a structure to be put on record.

    Attributes:
        position: Where it is as seen from the battery, such as ``R2/M07``.
        parent: Serial number of the part that holds it; without one its position says it.
        battery_id: The battery it is, where it has a passport of its own.
        row: Row of the table it stands in, counted as people do.
    """

    level: StructureLevel
    serial: str
    position: str
    parent: str = ""
    part_number: str = ""
    battery_id: BatteryId | None = None
    history: PartHistory = PartHistory.NEW
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStructure:
    """What a battery is made of.

    Attributes:
        level: How large the battery itself is; follows from its category where it is left out.
        occurred_at: Since when; ``None`` is now.
    """

    parts: Sequence[NewPart]
    level: StructureLevel | None = None
    occurred_at: datetime | None = None


def record_structure(
    actor: Actor, battery_id: BatteryId, new: NewStructure, *, work: Work
) -> ChangeReceipt:
    """Put on record what a battery is made of; what is there already is passed over.

    Raises:
        AccessDeniedError: The actor does not answer for the battery.
        ContentRefusedError: A part cannot be where it is said to be; every row is named.
        TransitionRefusedError: The battery is no longer one of its own.
    """
    require_reach(actor, BATTERY_SCOPE)
    battery = read_active(battery_id, work=work)
    require_operator(actor, work.standing(battery), work.clock.now())
    occurred_at = instant_of(new.occurred_at, work=work)
    if not 0 < len(new.parts) <= MOST_PARTS:
        raise InvalidValueError(
            f"{len(new.parts)} parts were given; 1 to {MOST_PARTS} come on record together, more "
            "of them one file after the other"
        )
    namer = read_operator(actor.organisation or battery.responsible, work=work)
    draft = _draft_of(actor, battery, new, namer, work=work)
    if not draft.placed:
        return ChangeReceipt(battery_id=battery_id, occurred_at=occurred_at)
    occasion = Occasion(reporter=namer, occurred_at=occurred_at, kind=EventKind.STRUCTURE_RECORDED)
    places = draft.before | draft.placed
    events = carry_out(places, draft.known, occasion, work=work)
    return ChangeReceipt(
        battery_id=battery_id,
        occurred_at=occurred_at,
        event_ids=[event.event_id for event in events],
        installed=list(moved_parts(draft.placed, draft.known).values()),
    )


def _draft_of(
    actor: Actor, battery: Battery, new: NewStructure, namer: Operator, *, work: Work
) -> "_Draft":
    root = whole_of(battery, new.level, work=work)
    if new.level not in {None, root.level}:
        raise PartRefusedError(f"battery {root.serial} is on record as {root.level.value}")
    named: dict[PartId, NewPart] = {}
    problems: list[Problem] = []
    for entry in new.parts:
        try:
            part_id = _id_of(entry, namer)
        except InvalidValueError as error:
            problems.append(_problem(entry, "serial", str(error)))
            continue
        if part_id in named:
            problems.append(_problem(entry, "serial", f"part {entry.serial} is named twice"))
        named[part_id] = entry
    known = {root.part_id: root} | gather([root.part_id, *named], work=work)
    draft = _Draft(actor, root, namer, known, paths_in(battery.battery_id, known), work)
    for part_id, entry in sorted(named.items(), key=_from_outside):
        try:
            draft.place(part_id, entry)
        except PassportError as error:
            problems.append(_problem(entry, "position", str(error)))
    if problems:
        raise ContentRefusedError(
            f"{len(problems)} parts cannot be where they are said to be; the first: "
            f"{problems[0].message}",
            tuple(problems),
        )
    return draft


@dataclass(slots=True)
class _Draft:
    """A structure on its way to the record.

    Attributes:
        known: How things are before, new parts included.
        paths: Parts by position as they will be.
        placed: The places of the parts that come in, holders before what they hold.
    """

    actor: Actor
    root: Part
    namer: Operator
    known: dict[PartId, Part]
    paths: dict[str, Part]
    work: Work
    placed: dict[PartId, Place] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {part.serial: path for path, part in self.paths.items()}

    @property
    def before(self) -> dict[PartId, Place]:
        """The battery itself, where it comes on record with its parts."""
        return {} if self.root.moves else {self.root.part_id: ON_ITS_OWN}

    def place(self, part_id: PartId, entry: NewPart) -> None:
        """Find the place of one part and put it there, for the parts that follow."""
        path = self._path(entry)
        place = find_holder(path, self.root, self.paths)
        part = self.known.get(part_id) or self._new_part(part_id, entry)
        if part.level is not entry.level:
            raise PartRefusedError(f"part {part.serial} is on record as {part.level.value}")
        if part.place != place:
            self._require_free(part)
            if path in self.paths:
                raise PositionTakenError(f"position {path} holds part {self.paths[path].serial}")
            self._require_smaller(part, place)
            self.known[part_id] = part
            self.placed[part_id] = place
        self.paths[path] = part
        self._names[part.serial] = path

    def _path(self, entry: NewPart) -> str:
        """Return the position as seen from the battery; that of the parent stands before it."""
        if not entry.parent:
            return entry.position
        if entry.parent not in self._names:
            raise PartUnknownError(f"no part {entry.parent} of this battery could hold it")
        holder = self._names[entry.parent]
        return f"{holder}/{entry.position.removeprefix(f'{holder}/')}"

    def _new_part(self, part_id: PartId, entry: NewPart) -> Part:
        if entry.battery_id is not None:
            battery = read_active(entry.battery_id, work=self.work)
            return whole_of(battery, entry.level, work=self.work)
        return Part(
            part_id=part_id,
            level=entry.level,
            serial=entry.serial,
            operator=self.namer.slug,
            base_url=self.namer.base_url,
            part_number=entry.part_number,
            history=entry.history,
        )

    def _require_free(self, part: Part) -> None:
        if part.battery_id is not None:
            battery = read_active(part.battery_id, work=self.work)
            require_operator(self.actor, self.work.standing(battery), self.work.clock.now())
        is_elsewhere = part.place.is_built_in or part.place.whereabouts is Whereabouts.WASTE
        if is_elsewhere or part.place.holder not in {"", self.namer.slug}:
            raise PartElsewhereError(
                f"part {part.serial} is on record in another place "
                f"({part.place.whereabouts.value}); take it out there first"
            )

    def _require_smaller(self, part: Part, place: Place) -> None:
        holder = self.known[PartId(str(place.container))]
        if not holder.level.may_hold(part.level):
            raise PartRefusedError(
                f"{part.level.value} {part.serial} does not go into {holder.level.value} "
                f"{holder.serial}: from outside to inside come system, rack, pack, module and cell"
            )


def _from_outside(named: tuple[PartId, NewPart]) -> tuple[int, int, str]:
    entry = named[1]
    return list(StructureLevel).index(entry.level), entry.position.count("/"), entry.position


def _id_of(entry: NewPart, namer: Operator) -> PartId:
    if entry.battery_id is not None:
        return PartId(entry.battery_id)
    return part_id_of(namer.slug, entry.serial)


def _problem(entry: NewPart, column: str, message: str) -> Problem:
    return Problem(message=message, row=entry.row, column=column)
