"""Batteries with parts on record, and what is at their positions."""

from datetime import timedelta

from builders import MAKER, NOON, PACK

from passport.bootstrap import Passport
from passport.domain.event import EventKind
from passport.domain.structure import StructureLevel
from passport.linked_data.documents import content_of, parse_document
from passport.services.structure import NewPart, NewStructure

DAY = timedelta(days=1)


def modules(*serials: str, begin: int = 1) -> NewStructure:
    """Return a structure of modules at the positions M1, M2, ..."""
    return NewStructure(
        parts=tuple(
            NewPart(level=StructureLevel.MODULE, serial=serial, position=f"M{number}")
            for number, serial in enumerate(serials, start=begin)
        ),
        occurred_at=NOON - 10 * DAY,
    )


def record_modules(record: Passport, battery_id=PACK, *serials: str) -> None:
    record.services.record_structure(MAKER, battery_id, modules(*(serials or ("A", "B", "C"))))


def serials_at(record: Passport, battery_id=PACK, at=None, actor=MAKER) -> dict[str, str]:
    """Return what is at each position of a battery."""
    structure = record.services.read_structure(actor, battery_id, at)
    found: dict[str, str] = {}
    waiting = list(structure.parts)
    while waiting:
        part = waiting.pop()
        found[part.position] = part.serial
        waiting.extend(part.parts)
    return found


def contents(record: Passport, battery_id, kind: EventKind) -> list[dict[str, object]]:
    """Return what was signed in the events of one kind, oldest first."""
    events = [one for one in record.services.events_of(MAKER, battery_id) if one.kind is kind]
    return [
        content_of(parse_document(record.services.read_statement(MAKER, e.statement_id).body))
        for e in events
    ]
