"""Parts go from place to place: checked together, signed for each battery concerned, kept once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from passport.domain.battery import Battery, Category
from passport.domain.errors import TransitionRefusedError
from passport.domain.event import Event, EventKind
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.organisation import Operator
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.domain.structure import (
    ChangeReason,
    Part,
    PartHistory,
    PartId,
    PartMove,
    Place,
    StructureLevel,
    Whereabouts,
    battery_of,
    holders_of,
    path_of,
    rearrange,
    require_in_order,
)
from passport.linked_data.documents import content_of, parse_document
from passport.services.current import read_living, require_past
from passport.services.ports import Work
from passport.services.reporting import EventReport, sign_event
from passport.services.series import iri_of

_HEALTH = ("assessedStateOfHealthPercent", "reportedStateOfHealthPercent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When and why parts are moved, and who says so.

    Attributes:
        kind: Kind of the events; without one it follows from what went in and out.
        note: In words.
    """

    reporter: Operator
    occurred_at: datetime
    reason: ChangeReason | None = None
    note: str = ""
    kind: EventKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedPart:
    """A part that was moved, and where it is now.

    Attributes:
        battery_id: The battery it is in now, if it is in one.
        position: Where in that battery.
    """

    part_id: PartId
    iri: str
    level: StructureLevel
    serial: str
    whereabouts: Whereabouts
    battery_id: BatteryId | None = None
    position: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReceipt:
    """What a change of parts did.

    Attributes:
        event_ids: The events that were signed, one for each battery concerned.
        findings: What the operator has to do about it.
    """

    battery_id: BatteryId
    occurred_at: datetime
    event_ids: Sequence[str] = ()
    removed: Sequence[MovedPart] = ()
    installed: Sequence[MovedPart] = ()
    findings: Sequence[str] = field(default=())


DECLARE_ANEW = (
    "The declared values are older than the change of parts: mass, capacity and power may have "
    "changed with it. Measure, and declare them anew."
)


def whole_of(battery: Battery, level: StructureLevel | None, *, work: Work) -> Part:
    """Return a battery as a part, as it is on record or as it would come there.

    Args:
        battery: The battery.
        level: How large it is; without one it follows from its category.
        work: The unit of work.
    """
    part_id = PartId(battery.battery_id)
    found = work.parts.look_up([part_id]).get(part_id)
    if found is not None:
        return found
    usual = StructureLevel.SYSTEM
    if battery.category is not Category.INDUSTRIAL:
        usual = StructureLevel.PACK
    return Part(
        part_id=part_id,
        level=level or usual,
        serial=serial_of(battery.battery_id),
        operator=battery.registered_by,
        base_url=battery.base_url,
        battery_id=battery.battery_id,
    )


def gather(part_ids: Collection[PartId], *, work: Work) -> dict[PartId, Part]:
    """Return parts with all that holds them, and with all that lies in the same batteries."""
    parts = work.parts.look_up(part_ids)
    while missing := {
        part.place.container
        for part in parts.values()
        if part.place.container is not None and part.place.container not in parts
    }:
        parts |= work.parts.look_up(missing)
    tops = {_nearest_top(parts[part_id], parts) for part_id in part_ids if part_id in parts}
    found: Iterable[Part] = work.parts.inside([*tops, *part_ids])
    while found := list(found):
        parts |= {part.part_id: part for part in found}
        found = work.parts.inside([part.part_id for part in found if part.battery_id is None])
    return parts


def _nearest_top(part: Part, parts: Mapping[PartId, Part]) -> PartId:
    """Return the battery that a part is in, or the outermost of what holds it."""
    top = part
    for holder in holders_of(part, parts):
        top = holder
        if holder.battery_id is not None:
            break
    return top.part_id


def carry_out(
    places: Mapping[PartId, Place], known: Mapping[PartId, Part], occasion: Occasion, *, work: Work
) -> Sequence[Event]:
    """Move parts to new places, all at once, and sign it for each battery concerned.

    Args:
        places: The new place of each part; what holds others comes before them.
        known: Everything in the batteries concerned before (`gather`), new parts included.
        occasion: When, why, and who says so.
        work: The unit of work.

    Raises:
        PartRefusedError: A part would hold one that is not smaller.
        PositionTakenError: Two parts would be at one position.
        ChangeOutOfOrderError: Something is on record that happened later.
        TransitionRefusedError: A battery that is to be built in is no battery of its own any more.
    """
    after = rearrange(known, places)
    _require_in_order(places, known, after, occasion.occurred_at, work=work)
    moves = [
        _move(known[part_id], after[part_id], known, after, occasion, work=work)
        for part_id in places
    ]
    work.parts.move([(after[move.part_id], move) for move in moves])
    for move in moves:
        _tell_contained(after[move.part_id], move, occasion, work=work)
    concerned = dict.fromkeys(
        battery_id
        for move in moves
        for battery_id in (move.to_battery, move.from_battery)
        if battery_id is not None
    )
    return [
        _sign_for(battery_id, moves, known, after, occasion, work=work) for battery_id in concerned
    ]


def _require_in_order(
    places: Mapping[PartId, Place],
    known: Mapping[PartId, Part],
    after: Mapping[PartId, Part],
    occurred_at: datetime,
    *,
    work: Work,
) -> None:
    last: dict[PartId, datetime] = {}
    for move in work.parts.moves_of(list(places)):
        last[move.part_id] = move.occurred_at
    for part_id, last_at in last.items():
        require_in_order(occurred_at, last_at, f"part {known[part_id].serial}")
    concerned = {battery_of(parts[one], parts) for parts in (known, after) for one in places}
    for battery_id in concerned - {None}:
        if battery_id is not None:
            last_at_all = work.parts.last_change_of(battery_id)
            require_in_order(occurred_at, last_at_all, f"battery {battery_id}")


def _move(  # noqa: PLR0913 - a move is these five things
    before: Part,
    after: Part,
    known: Mapping[PartId, Part],
    rearranged: Mapping[PartId, Part],
    occasion: Occasion,
    *,
    work: Work,
) -> PartMove:
    origin = battery_of(before, known)
    goal = battery_of(after, rearranged)
    leaves = origin is not None and origin != goal
    return PartMove(
        part_id=after.part_id,
        number=after.moves,
        before=before.place if before.moves else None,
        after=after.place,
        from_battery=origin,
        to_battery=goal,
        from_path=path_of(before, known) if origin else "",
        to_path=path_of(after, rearranged) if goal else "",
        occurred_at=occasion.occurred_at,
        recorded_at=work.clock.now(),
        moved_by=occasion.reporter.slug,
        reason=occasion.reason,
        note=occasion.note,
        origin_status=work.passports.read(origin).status if origin and leaves else None,
        origin_health_percent=_health_of(origin, work=work) if origin and leaves else "",
    )


def _health_of(battery_id: BatteryId, *, work: Work) -> str:
    """Return the newest state of health on record [%], or nothing."""
    for signed in reversed(work.statements.all_about(battery_id, StatementKind.CONDITION)):
        content = content_of(parse_document(signed.body))
        for name in _HEALTH:
            if isinstance(content.get(name), str):
                return str(content[name])
    return ""


def _tell_contained(part: Part, move: PartMove, occasion: Occasion, *, work: Work) -> None:
    """Put on the record of a battery that it was built in or taken out; else it stays as it is."""
    if part.battery_id is None or move.from_battery == move.to_battery:
        return
    battery = read_living(part.battery_id, work=work)
    if move.to_battery is not None and battery.state is not PassportState.ACTIVE:
        raise TransitionRefusedError(
            f"the passport of battery {part.battery_id} is {battery.state.value}; only a battery "
            "of its own is built in"
        )
    other = work.passports.read(move.to_battery or move.from_battery or part.battery_id)
    sign_event(
        battery,
        EventReport(
            kind=EventKind.BUILT_IN if move.to_battery else EventKind.TAKEN_OUT,
            occurred_at=occasion.occurred_at,
            reason=occasion.note,
            details={"relatedBatteries": [iri_of(other)]},
        ),
        occasion.reporter,
        work=work,
    )
    # Written although nothing changed: a recycling that is recorded at this moment then fails.
    work.passports.save(battery)


def _sign_for(  # noqa: PLR0913 - what moved, from where to where, in which battery
    battery_id: BatteryId,
    moves: Sequence[PartMove],
    known: Mapping[PartId, Part],
    after: Mapping[PartId, Part],
    occasion: Occasion,
    *,
    work: Work,
) -> Event:
    removed = [
        _removed(known[move.part_id], move, work=work)
        for move in moves
        if move.from_battery == battery_id
    ]
    installed = [
        _installed(after[move.part_id], move, work=work)
        for move in moves
        if move.to_battery == battery_id
    ]
    kind = EventKind.PART_SWAPPED
    if not removed:
        kind = EventKind.PART_INSTALLED
    elif not installed:
        kind = EventKind.PART_REMOVED
    details: dict[str, object] = {}
    if occasion.reason is not None:
        details["partChangeReason"] = occasion.reason.value
    if removed:
        details["removedParts"] = removed
    if installed:
        details["installedParts"] = installed
    is_goal = any(move.to_battery == battery_id for move in moves)
    return sign_event(
        work.passports.read(battery_id),
        EventReport(
            kind=occasion.kind if occasion.kind and is_goal else kind,
            occurred_at=occasion.occurred_at,
            reason=occasion.note,
            details=details,
        ),
        occasion.reporter,
        work=work,
    )


def _removed(part: Part, move: PartMove, *, work: Work) -> dict[str, object]:
    node = _node(part, move.from_path, work=work)
    node["partDestination"] = (
        "battery" if move.to_battery is not None else move.after.whereabouts.value
    )
    if move.to_battery not in {None, move.from_battery}:
        node["movedTo"] = _iri(move.to_battery, work=work)
    return node


def _installed(part: Part, move: PartMove, *, work: Work) -> dict[str, object]:
    node = _node(part, move.to_path, work=work)
    node["partOrigin"] = _origin(part, move)
    if move.from_battery not in {None, move.to_battery}:
        node["movedFrom"] = _iri(move.from_battery, work=work)
    if move.origin_status is not None:
        node["originBatteryStatus"] = move.origin_status.value
    if move.origin_health_percent:
        node["originStateOfHealthPercent"] = move.origin_health_percent
    return node


def _origin(part: Part, move: PartMove) -> str:
    if move.from_battery is not None:
        return "battery"
    if move.before is not None:
        is_in_store = move.before.whereabouts is Whereabouts.STORE
        return "store" if is_in_store else move.before.whereabouts.value
    if part.battery_id is not None:
        return Whereabouts.ON_ITS_OWN.value
    return "unknown" if part.history is PartHistory.UNKNOWN else "new"


def _node(part: Part, path: str, *, work: Work) -> dict[str, object]:
    node: dict[str, object] = {
        "partIdentifier": part.iri,
        "structureLevel": part.level.value,
        "partSerialNumber": part.serial,
        "partPosition": path,
    }
    if part.part_number:
        node["partTypeNumber"] = part.part_number
    if part.battery_id is not None:
        node["containedBattery"] = _iri(part.battery_id, work=work)
    return node


def _iri(battery_id: BatteryId | None, *, work: Work) -> str:
    if battery_id is None:
        raise LookupError(battery_id)
    return iri_of(work.passports.read(battery_id))


def moved_parts(
    places: Mapping[PartId, Place], known: Mapping[PartId, Part]
) -> dict[PartId, MovedPart]:
    """Return the parts that were moved, each at its new place."""
    after = {
        part_id: replace(part, place=places.get(part_id, part.place))
        for part_id, part in known.items()
    }
    return {
        part_id: MovedPart(
            part_id=part_id,
            iri=after[part_id].iri,
            level=after[part_id].level,
            serial=after[part_id].serial,
            whereabouts=place.whereabouts,
            battery_id=battery_of(after[part_id], after),
            position=path_of(after[part_id], after) if place.is_built_in else "",
        )
        for part_id, place in places.items()
    }


def require_own_life(battery: Battery) -> None:
    """Refuse to build into, or out of, what is no battery of its own any more.

    Raises:
        TransitionRefusedError: With its state.
    """
    if battery.state is not PassportState.ACTIVE:
        raise TransitionRefusedError(
            f"the passport of battery {battery.battery_id} is {battery.state.value}; change the "
            "battery that it became part of"
        )


def read_active(battery_id: BatteryId, *, work: Work) -> Battery:
    """Return a battery of its own.

    Raises:
        TransitionRefusedError: It became part of another, or its registration was annulled.
        PassportCeasedError: It has been recycled.
    """
    battery = read_living(battery_id, work=work)
    require_own_life(battery)
    return battery


def instant_of(given: datetime | None, *, work: Work) -> datetime:
    """Return when something is said to have happened; now, where nothing is said.

    Raises:
        InvalidValueError: It lies ahead.
    """
    if given is None:
        return work.clock.now()
    require_past(given, work=work)
    return given
