"""What a battery is made of: systems, racks, packs, modules and cells, each part in one place.

A part lies in another part or in a battery, at a position that holds nothing else. A battery with a
passport of its own is a part like any other once it is built in; it keeps its identifier, its
status and whoever answers for it.

Source: Regulation (EU) 2023/1542, Article 3(1) (cell, module, pack); Annex XIII point 4.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType
from urllib.parse import quote

from passport.domain.errors import ConflictError, InvalidValueError, NotFoundError
from passport.domain.identifiers import BatteryId
from passport.domain.status import BatteryStatus

PartId = NewType("PartId", str)
"""``operators/<short name>/parts/<serial>``; of a battery with its own passport its `BatteryId`."""

_LONGEST_SERIAL = 80
_POSITION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,31})*")
_LONGEST_POSITION = 120


class StructureLevel(StrEnum):
    """How large a part is; a part holds smaller ones alone, and levels may be left out."""

    SYSTEM = "system"
    RACK = "rack"
    PACK = "pack"
    MODULE = "module"
    CELL = "cell"

    def may_hold(self, other: "StructureLevel") -> bool:
        """Whether a part of this level holds parts of another.

        >>> StructureLevel.PACK.may_hold(StructureLevel.CELL)
        True
        >>> StructureLevel.MODULE.may_hold(StructureLevel.MODULE)
        False
        """
        return _LEVELS.index(self) < _LEVELS.index(other)


_LEVELS = tuple(StructureLevel)


class Whereabouts(StrEnum):
    """What kind of place a part is in."""

    BUILT_IN = "built-in"
    """At a position of a battery or of another part."""
    ON_ITS_OWN = "on-its-own"
    """A battery that is part of nothing."""
    STORE = "store"
    WASTE = "waste"


class PartHistory(StrEnum):
    """What is known of a part before it came on record."""

    NEW = "new"
    UNKNOWN = "unknown"
    """Used before, nobody knows where."""


class ChangeReason(StrEnum):
    """Why a part was changed."""

    FAULT = "fault"
    WEAR = "wear"
    RECALL = "recall"
    UPGRADE = "upgrade"
    INSPECTION = "inspection"
    SECOND_LIFE = "second-life"
    CORRECTION = "correction"
    """What was on record was wrong; nothing was moved."""


class PartUnknownError(NotFoundError):
    """There is no such part, or none that this actor may see."""

    code = "part-unknown"


class PartRefusedError(ConflictError):
    """The levels do not allow it: a part holds smaller parts alone, and never itself."""

    code = "part-refused"


class PositionTakenError(ConflictError):
    """A position holds one part."""

    code = "position-taken"


class PartElsewhereError(ConflictError):
    """A part is in one place, and it is on record in another one."""

    code = "part-elsewhere"


class PartMismatchError(ConflictError):
    """Another part is on record at this position."""

    code = "part-mismatch"


class ChangeOutOfOrderError(ConflictError):
    """Changes of one battery are told in the order in which they happened."""

    code = "change-out-of-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part is.

    Attributes:
        container: The part or battery that holds it, where it is built in.
        position: Where in its container, such as ``R2`` or ``M07``.
        holder: Organisation that has it, in store or as waste.
    """

    whereabouts: Whereabouts
    container: PartId | None = None
    position: str = ""
    holder: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether the part is at a position of something."""
        return self.container is not None


ON_ITS_OWN = Place(whereabouts=Whereabouts.ON_ITS_OWN)


def built_in(container: PartId, position: str) -> Place:
    """Return the place at a position of a battery or part.

    Raises:
        InvalidValueError: This is no position.
    """
    return Place(
        whereabouts=Whereabouts.BUILT_IN, container=container, position=parse_position(position)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part on record.

    Attributes:
        operator: Who named it: its maker, or who first put it on record.
        base_url: Host part of its IRI.
        part_number: The maker's number of its kind (model part number), where known.
        battery_id: The battery it is, where it has a passport of its own.
        moves: How often it was moved, the first placing included; 0 before it is on record.
    """

    part_id: PartId
    level: StructureLevel
    serial: str
    operator: str
    base_url: str
    part_number: str = ""
    battery_id: BatteryId | None = None
    history: PartHistory = PartHistory.NEW
    place: Place = ON_ITS_OWN
    moves: int = 0

    @property
    def iri(self) -> str:
        """The part's name in linked data."""
        return f"{self.base_url.rstrip('/')}/{self.part_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMove:
    """One step of a part from place to place.

    Attributes:
        number: Counts the moves of the part from 1.
        before: Where it was; ``None`` when it came on record.
        from_battery: The battery it was in, itself or by what held it.
        to_battery: The battery it is in afterwards.
        from_path: Where in that battery it was, such as ``R2/M07``.
        to_path: Where in that battery it is afterwards.
        moved_by: Organisation that did it.
        origin_status: Status of the battery it was taken out of, at that moment.
        origin_health_percent: The newest state of health of that battery [%], where known.
    """

    part_id: PartId
    number: int
    before: Place | None
    after: Place
    from_battery: BatteryId | None
    to_battery: BatteryId | None
    from_path: str = ""
    to_path: str = ""
    occurred_at: datetime
    recorded_at: datetime
    moved_by: str
    reason: ChangeReason | None = None
    note: str = ""
    origin_status: BatteryStatus | None = None
    origin_health_percent: str = ""


def parse_position(text: str) -> str:
    """Read a position: letters, digits, ``.``, ``_`` and ``-``, in steps divided by ``/``.

    Raises:
        InvalidValueError: It is none.

    >>> parse_position("R2/M07")
    'R2/M07'
    """
    if len(text) > _LONGEST_POSITION or not _POSITION.fullmatch(text):
        raise InvalidValueError(
            f"{text!r} is no position; write letters, digits, '.', '_' and '-' in steps of up to "
            "32 characters divided by '/', such as R2/M07"
        )
    return text


def parse_part_serial(text: str) -> str:
    """Read the serial number of a part: 1 to 80 printable characters without space around them.

    Raises:
        InvalidValueError: It is none.
    """
    if not 1 <= len(text) <= _LONGEST_SERIAL or text != text.strip() or not text.isprintable():
        raise InvalidValueError(
            f"{text!r} is no serial number of a part: it has 1 to {_LONGEST_SERIAL} printable "
            "characters"
        )
    if text in {".", ".."}:
        raise InvalidValueError(f"{text!r} cannot be written into an address: browsers drop it")
    return text


def part_id_of(operator: str, serial: str) -> PartId:
    """Name a part by who named it and its serial number, which is unique for that operator.

    >>> part_id_of("voltra", "M/7")
    'operators/voltra/parts/M%2F7'
    """
    return PartId(f"operators/{operator}/parts/{quote(parse_part_serial(serial), safe='')}")


# --- where things are -----------------------------------------------------------------------------


def holders_of(part: Part, parts: Mapping[PartId, Part]) -> Iterator[Part]:
    """Yield what holds a part, from the nearest to the outermost."""
    container = part.place.container
    while container is not None:
        holder = parts[container]
        yield holder
        container = holder.place.container


def battery_of(part: Part, parts: Mapping[PartId, Part]) -> BatteryId | None:
    """Return the battery that a part is in; the nearest one, where batteries lie in batteries."""
    found = (holder.battery_id for holder in holders_of(part, parts))
    return next((battery_id for battery_id in found if battery_id is not None), None)


def path_of(part: Part, parts: Mapping[PartId, Part]) -> str:
    """Return where in its battery a part is: the positions of all that hold it, and its own."""
    steps = [part.place.position]
    for holder in holders_of(part, parts):
        if holder.battery_id is not None:
            break
        steps.append(holder.place.position)
    return "/".join(reversed(steps))


# --- the laws -------------------------------------------------------------------------------------


def rearrange(
    parts: Mapping[PartId, Part], places: Mapping[PartId, Place]
) -> Mapping[PartId, Part]:
    """Return the parts with some of them in new places, all moved at once.

    Args:
        parts: The parts to be moved, what holds them before and after, and all that lies in the
            batteries concerned.
        places: The new place of each part that moves.

    Raises:
        PartRefusedError: A part would hold one that is not smaller.
        PositionTakenError: Two parts would be at one position of a battery.
    """
    after = {
        part_id: replace(part, place=places[part_id], moves=part.moves + 1)
        if part_id in places
        else part
        for part_id, part in parts.items()
    }
    for part_id in places:
        _require_room(after[part_id], after)
    _require_one_part_a_position(after)
    return after


def _require_room(part: Part, parts: Mapping[PartId, Part]) -> None:
    """Levels that strictly fall from outside to inside leave no room for a circle."""
    if part.place.container is None:
        return
    holder = parts[part.place.container]
    if not holder.level.may_hold(part.level):
        raise PartRefusedError(
            f"{part.level.value} {part.serial} does not go into {holder.level.value} "
            f"{holder.serial}: from outside to inside come system, rack, pack, module and cell"
        )


def _require_one_part_a_position(parts: Mapping[PartId, Part]) -> None:
    taken: dict[tuple[BatteryId | PartId | None, str], Part] = {}
    for part in parts.values():
        if not part.place.is_built_in:
            continue
        inside = battery_of(part, parts) or part.place.container
        place = (inside, path_of(part, parts))
        other = taken.setdefault(place, part)
        if other is not part:
            raise PositionTakenError(
                f"position {place[1]} holds {other.level.value} {other.serial}; take it out before "
                f"{part.level.value} {part.serial} goes in, or swap the two"
            )


def require_in_order(moved_at: datetime, last_at: datetime | None, what: str) -> None:
    """Refuse a change that is said to have happened before one that is on record.

    Raises:
        ChangeOutOfOrderError: With both instants.
    """
    if last_at is not None and moved_at < last_at:
        raise ChangeOutOfOrderError(
            f"{what} was changed at {last_at.isoformat()}, and this is said to have happened "
            f"before, at {moved_at.isoformat()}; tell changes in the order in which they happened"
        )


# --- the past -------------------------------------------------------------------------------------


def fold_moves(moves: Iterable[PartMove], at: datetime | None = None) -> dict[PartId, PartMove]:
    """Return the move that brought each part to where it is.

    Args:
        moves: All moves of the parts asked about, in any order.
        at: The instant asked about; ``None`` is now.
    """
    newest: dict[PartId, PartMove] = {}
    for move in sorted(moves, key=lambda one: (one.part_id, one.number)):
        if at is None or move.occurred_at <= at:
            newest[move.part_id] = move
    return newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a part did before it came into the battery that it is in.

    Attributes:
        battery_id: The battery it was taken out of; ``None`` where its past is not known.
        status: Status of that battery when it was taken out.
        health_percent: State of health of that battery then [%]; empty where unknown.
    """

    battery_id: BatteryId | None
    status: BatteryStatus | None = None
    health_percent: str = ""

    @property
    def is_questionable(self) -> bool:
        """Whether it came out of waste, or out of nobody knows what."""
        return self.battery_id is None or self.status is BatteryStatus.WASTE


def provenance_of(
    part: Part, moves: Sequence[PartMove], inside: BatteryId, until: int
) -> Provenance | None:
    """Return where a part comes from that did not come new into its battery.

    Args:
        part: The part.
        moves: Its moves, oldest first.
        inside: The battery that it is in.
        until: Number of the move that brought it there.
    """
    for move in reversed(moves[:until]):
        if move.from_battery not in {None, inside}:
            return Provenance(
                battery_id=move.from_battery,
                status=move.origin_status,
                health_percent=move.origin_health_percent,
            )
    return Provenance(battery_id=None) if part.history is PartHistory.UNKNOWN else None


def paths_in(battery_id: BatteryId, parts: Mapping[PartId, Part]) -> dict[str, Part]:
    """Return the parts of a battery by their positions as seen from it, such as ``R2/M07``.

    What lies in a battery with a passport of its own has its position there and not here.
    """
    return {
        path_of(part, parts): part
        for part in parts.values()
        if part.place.is_built_in and battery_of(part, parts) == battery_id
    }


def find_holder(
    path: str, root: Part, paths: Mapping[str, Part], *, but: Collection[PartId] = ()
) -> Place:
    """Return the place behind a position as seen from a battery.

    A position begins with the position of the part that it lies in: ``R2/M07`` lies in the part at
    ``R2``, and where there is none, in the battery itself.

    Args:
        path: The position.
        root: The battery.
        paths: Its parts by position.
        but: Parts that are on their way out.

    Raises:
        InvalidValueError: This is no position.
        PartRefusedError: It lies in a battery with a passport of its own.
    """
    steps = parse_position(path).split("/")
    for length in range(len(steps) - 1, 0, -1):
        holder = paths.get("/".join(steps[:length]))
        if holder is None or holder.part_id in but:
            continue
        if holder.battery_id is not None:
            raise PartRefusedError(
                f"{path} lies in battery {holder.battery_id}, which has a passport of its own; "
                "change its structure there"
            )
        return built_in(holder.part_id, "/".join(steps[length:]))
    return built_in(root.part_id, path)
