"""Bodies about parts, as they are written on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from passport.domain.identifiers import BatteryId, parse_battery_id
from passport.domain.structure import ChangeReason, PartHistory, StructureLevel
from passport.services.part_change import Destination, PartChange
from passport.services.part_moves import ChangeReceipt, MovedPart
from passport.services.structure import MOST_PARTS, NewPart, NewStructure
from passport.services.structure_reading import (
    Origin,
    PartRecord,
    Step,
    Structure,
    StructurePart,
)
from passport.web.wire import Body, Instant


class NewPartBody(Body):
    """One part of a structure; its position is as seen from the battery, such as ``R2/M07``."""

    level: StructureLevel
    serial: str
    position: str
    parent: str = Field(default="", description="Serial number of the part that holds it")
    part_number: str = ""
    battery: str = Field(default="", description="The battery it is, with its own passport")
    history: PartHistory = PartHistory.NEW

    def to_part(self, row: int) -> NewPart:
        """Return the part as the use case takes it."""
        return NewPart(
            level=self.level,
            serial=self.serial,
            position=self.position,
            parent=self.parent,
            part_number=self.part_number,
            battery_id=_battery(self.battery),
            history=self.history,
            row=row,
        )


class NewStructureBody(Body):
    """What a battery is made of."""

    level: StructureLevel | None = None
    parts: Annotated[list[NewPartBody], Field(min_length=1, max_length=MOST_PARTS)]
    occurred_at: Instant | None = None

    def to_structure(self) -> NewStructure:
        """Return the structure as the use case takes it."""
        return NewStructure(
            parts=tuple(part.to_part(row) for row, part in enumerate(self.parts, start=1)),
            level=self.level,
            occurred_at=self.occurred_at,
        )


class PartChangeBody(Body):
    """A change of parts: ``position``, ``out`` and ``in``, as far as the address needs them."""

    position: str = ""
    out: str = Field(default="", description="Serial number or name of the part taken out")
    put_in: str = Field(
        default="", alias="in", description="Serial number, name or battery that is put in"
    )
    level: StructureLevel | None = None
    part_number: str = ""
    history: PartHistory = PartHistory.NEW
    destination: Destination = Destination.STORE
    holder: str = Field(default="", description="Organisation that gets the part taken out")
    to_battery: str = ""
    to_position: str = ""
    occurred_at: Instant | None = None
    reason: ChangeReason | None = None
    note: str = ""

    def to_change(self) -> PartChange:
        """Return the change as the use case takes it."""
        return PartChange(
            position=self.position.strip(),
            out=self.out.strip(),
            put_in=self.put_in.strip(),
            level=self.level,
            part_number=self.part_number.strip(),
            history=self.history,
            destination=self.destination,
            holder=self.holder.strip(),
            to_battery=_battery(self.to_battery),
            to_position=self.to_position.strip(),
            occurred_at=self.occurred_at,
            reason=self.reason,
            note=self.note,
        )


class MovedPartBody(Body):
    """A part that was moved, and where it is now."""

    id: str
    iri: str
    level: str
    serial: str
    whereabouts: str
    battery: str | None
    position: str

    @classmethod
    def of(cls, part: MovedPart) -> "MovedPartBody":
        """Write a moved part."""
        return cls(
            id=part.part_id,
            iri=part.iri,
            level=part.level.value,
            serial=part.serial,
            whereabouts=part.whereabouts.value,
            battery=part.battery_id,
            position=part.position,
        )


class ChangeReceiptBody(Body):
    """What a change of parts did, and what is to be done about it."""

    battery: str
    occurred_at: datetime
    events: list[str]
    removed: list[MovedPartBody]
    installed: list[MovedPartBody]
    findings: list[str]

    @classmethod
    def of(cls, receipt: ChangeReceipt) -> "ChangeReceiptBody":
        """Write a receipt."""
        return cls(
            battery=receipt.battery_id,
            occurred_at=receipt.occurred_at,
            events=list(receipt.event_ids),
            removed=[MovedPartBody.of(part) for part in receipt.removed],
            installed=[MovedPartBody.of(part) for part in receipt.installed],
            findings=list(receipt.findings),
        )


class OriginBody(Body):
    """Where a part comes from that did not come new into its battery."""

    battery: str | None
    was_waste: bool
    state_of_health_percent: str | None

    @classmethod
    def of(cls, origin: Origin) -> "OriginBody":
        """Write an origin."""
        return cls(
            battery=origin.battery_id,
            was_waste=origin.was_waste,
            state_of_health_percent=origin.health_percent or None,
        )


class StructurePartBody(Body):
    """One part of a battery and what it holds."""

    id: str
    iri: str
    level: str
    serial: str
    part_number: str
    position: str
    battery: str | None
    since: datetime
    origin: OriginBody | None
    parts: list["StructurePartBody"]

    @classmethod
    def of(cls, part: StructurePart) -> "StructurePartBody":
        """Write a part with all that it holds."""
        return cls(
            id=part.part_id,
            iri=part.iri,
            level=part.level.value,
            serial=part.serial,
            part_number=part.part_number,
            position=part.position,
            battery=part.battery_id,
            since=part.since,
            origin=None if part.origin is None else OriginBody.of(part.origin),
            parts=[cls.of(one) for one in part.parts],
        )


class MixedOriginBody(Body):
    """How many parts of a level come from elsewhere."""

    level: str
    foreign: int
    total: int
    questionable: int


class StructureBody(Body):
    """What a battery is made of, now or at an instant."""

    battery: str
    iri: str
    level: str | None
    at: datetime | None
    parts: list[StructurePartBody]
    mixed_origin: list[MixedOriginBody]
    findings: list[str]

    @classmethod
    def of(cls, structure: Structure) -> "StructureBody":
        """Write a structure."""
        return cls(
            battery=structure.battery_id,
            iri=structure.iri,
            level=structure.level and structure.level.value,
            at=structure.at,
            parts=[StructurePartBody.of(part) for part in structure.parts],
            mixed_origin=[
                MixedOriginBody(
                    level=one.level.value,
                    foreign=one.foreign,
                    total=one.total,
                    questionable=one.questionable,
                )
                for one in structure.mixed
            ],
            findings=list(structure.findings),
        )


class StepBody(Body):
    """One step of a part; batteries that are closed to the reader are left out."""

    number: int
    occurred_at: datetime
    from_battery: str | None
    from_position: str
    to_battery: str | None
    to_position: str
    whereabouts: str
    moved_by: str
    reason: str | None
    is_closed: bool

    @classmethod
    def of(cls, step: Step) -> "StepBody":
        """Write a step."""
        return cls(
            number=step.move.number,
            occurred_at=step.move.occurred_at,
            from_battery=step.from_battery,
            from_position=step.from_position,
            to_battery=step.to_battery,
            to_position=step.to_position,
            whereabouts=step.move.after.whereabouts.value,
            moved_by=step.move.moved_by,
            reason=step.move.reason and step.move.reason.value,
            is_closed=step.is_closed,
        )


class PartBody(Body):
    """Where a part is, and how it came there."""

    id: str
    iri: str
    level: str
    serial: str
    part_number: str
    whereabouts: str
    holder: str
    batteries: list[str]
    position: str
    is_recycled: bool
    steps: list[StepBody]

    @classmethod
    def of(cls, record: PartRecord) -> "PartBody":
        """Write a part."""
        part = record.part
        return cls(
            id=part.part_id,
            iri=part.iri,
            level=part.level.value,
            serial=part.serial,
            part_number=part.part_number,
            whereabouts=part.place.whereabouts.value,
            holder=part.place.holder,
            batteries=list(record.batteries),
            position=record.position,
            is_recycled=record.is_gone,
            steps=[StepBody.of(step) for step in record.steps],
        )


def _battery(name: str) -> BatteryId | None:
    return parse_battery_id(name) if name.strip() else None
