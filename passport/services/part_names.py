"""How people call a part: by its serial number, its name in linked data, or the battery it is."""

from collections.abc import Sequence
from urllib.parse import unquote

from passport.domain.errors import InvalidIdentifierError
from passport.domain.identifiers import BatteryId, parse_battery_id, path_of_link
from passport.domain.organisation import Operator
from passport.domain.structure import Part, PartId, part_id_of
from passport.services.part_moves import whole_of
from passport.services.ports import Work

_STEPS = 4


def parse_part_id(text: str) -> PartId | None:
    """Read the name of a part: its path or an IRI with that path; ``None`` where it is neither.

    >>> parse_part_id("https://localhost/operators/voltra/parts/M%2F7")
    'operators/voltra/parts/M%2F7'
    """
    try:
        path = path_of_link(text) if "://" in text else text
    except InvalidIdentifierError:
        return None
    steps = path.strip("/").split("/", _STEPS - 1)
    if len(steps) == _STEPS and (steps[0], steps[2]) == ("operators", "parts"):
        return part_id_of(steps[1], unquote(steps[3]))
    return None


def is_called(part: Part, name: str) -> bool:
    """Whether somebody who writes this name means this part."""
    if name in {part.serial, part.part_id, part.iri}:
        return True
    battery_id = _battery_named(name)
    return battery_id is not None and battery_id == part.battery_id


def named_parts(name: str, namer: Operator | None, *, work: Work) -> Sequence[Part]:
    """Return the parts that a name may mean, wherever they are.

    Args:
        name: Serial number, name of a part, or a battery as its QR code names it.
        namer: Operator whose serial numbers come first; none of the others is asked then.
        work: The unit of work.
    """
    part_id = parse_part_id(name)
    if part_id is not None:
        return list(work.parts.look_up([part_id]).values())
    battery_id = _battery_named(name)
    battery = None if battery_id is None else work.passports.find(battery_id)
    if battery is not None:
        return [whole_of(battery, None, work=work)]
    found = work.parts.with_serial(name)
    own = [part for part in found if namer is not None and part.operator == namer.slug]
    return own or found


def is_full_name(name: str, *, work: Work) -> bool:
    """Whether a name means one part of all, and not a serial number."""
    if parse_part_id(name) is not None:
        return True
    battery_id = _battery_named(name)
    is_address = "://" in name or name.startswith(("01/", "id/"))
    return battery_id is not None and (is_address or work.passports.find(battery_id) is not None)


def _battery_named(name: str) -> BatteryId | None:
    try:
        return parse_battery_id(name)
    except InvalidIdentifierError:
        return None
