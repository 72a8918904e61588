"""Second life of parts: what an original is made of goes into the battery made from it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from passport.domain.access import Point
from passport.domain.actor import Actor
from passport.domain.battery import Battery
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.organisation import Operator
from passport.domain.second_life import Predecessor, Succession
from passport.domain.structure import (
    ON_ITS_OWN,
    ChangeReason,
    Part,
    PartId,
    PartMismatchError,
    Place,
    StructureLevel,
    built_in,
    paths_in,
)
from passport.services.part_moves import Occasion, carry_out, gather, whole_of
from passport.services.part_names import is_called
from passport.services.ports import Work
from passport.services.readers import readable_points

_LONGEST_STEP = 32


def require_parts(actor: Actor, predecessors: Sequence[Predecessor], *, work: Work) -> None:
    """Refuse to name parts that an original does not have, where the actor may know.

    Raises:
        PartMismatchError: With the part.
    """
    for predecessor in predecessors:
        if predecessor.battery_id is None or not predecessor.parts:
            continue
        original = work.passports.read(predecessor.battery_id)
        if Point.INDIVIDUAL in readable_points(actor, original, work=work):
            known = gather([PartId(original.battery_id)], work=work)
            list(_chosen(predecessor, original.battery_id, known))


def hand_on_parts(
    succession: Succession, battery: Battery, placer: Operator, *, work: Work
) -> None:
    """Move the parts of the originals into the battery made from them.

    The parts that the second life names of an original are moved; where it names none, all of
    them. An original without a structure on record has none to move.

    Raises:
        PartMismatchError: An original does not have a part that is named.
    """
    originals = {
        one.battery_id: one for one in succession.predecessors if one.battery_id is not None
    }
    is_alone = len(succession.predecessors) == 1
    known: dict[PartId, Part] = {}
    places: dict[PartId, Place] = {}
    root = whole_of(battery, None, work=work)
    for battery_id, predecessor in originals.items():
        known |= gather([PartId(battery_id)], work=work)
        step = "" if is_alone else f"{_step(serial_of(battery_id))}/"
        for path, part in _chosen(predecessor, battery_id, known):
            if part.battery_id in originals:
                continue  # an original itself: it is archived, and its parts go on by themselves
            places[part.part_id] = built_in(root.part_id, f"{step}{path}")
    if not places:
        return
    smaller = all(root.level.may_hold(known[part_id].level) for part_id in places)
    if not smaller:
        root = whole_of(battery, StructureLevel.SYSTEM, work=work)
    known[root.part_id] = root
    carry_out(
        {root.part_id: ON_ITS_OWN} | places,
        known,
        Occasion(
            reporter=placer,
            occurred_at=work.clock.now(),
            reason=ChangeReason.SECOND_LIFE,
            kind=EventKind.STRUCTURE_RECORDED,
        ),
        work=work,
    )


def _chosen(
    predecessor: Predecessor, battery_id: BatteryId, known: Mapping[PartId, Part]
) -> Iterator[tuple[str, Part]]:
    paths = paths_in(battery_id, known)
    if not predecessor.parts:
        root = PartId(battery_id)
        yield from ((path, part) for path, part in paths.items() if part.place.container == root)
        return
    for name in predecessor.parts:
        found = [(path, part) for path, part in paths.items() if is_called(part, name)]
        if len(found) != 1:
            words = "has no part" if not found else "has several parts"
            raise PartMismatchError(f"battery {battery_id} {words} {name} on record")
        yield found[0]


def _step(serial: str) -> str:
    """Write a serial number so that it can stand in a position."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", serial).lstrip("._-")[:_LONGEST_STEP] or "original"
