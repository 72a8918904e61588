"""The moment a collector takes a battery in: what was seen, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms, Volts
from recycler_portal.domain.waste_battery import Damage, Origin, Packaging, Sign, Stream

IntakeId = NewType("IntakeId", str)
"""Local number on the card tied to the battery, ``YARD-2026-000017``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo of the battery, named by what it shows and by its digest."""

    digest: str
    shows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the collector saw, weighed and was told.

    Attributes:
        site: Site where the battery was taken in.
        country: Its Member State, ISO 3166-1 alpha-2.
        day: Day of the intake, which decides the list of waste that applies.
        origin: Who discarded the battery.
        battery_id: What the QR code said; None for a battery nobody knows.
        marks: Print and symbols as far as they can be read.
        mass: Mass on the scale [kg].
        dimensions_mm: Length, width, height [mm].
        voltage: Voltage measured between the terminals [V].
        signs: Signs of damage and danger.
        photos: Photos, kept by digest.
        note: Remark of the collector.
    """

    site: str
    country: str
    day: date
    origin: Origin = Origin.OTHER
    battery_id: BatteryId | None = None
    marks: str = ""
    mass: Kilograms | None = None
    dimensions_mm: tuple[Decimal, Decimal, Decimal] | None = None
    voltage: Volts | None = None
    signs: frozenset[Sign] = frozenset()
    photos: tuple[Photo, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one member of a decision is as it is."""

    rule: str
    source: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a battery is to be handled, each member with its reason.

    Attributes:
        chemistry: Chemistry; None where it is not decided.
        chemistry_family: Family of Delegated Regulation (EU) 2025/606; None likewise.
        stream: Where the battery goes.
        packaging: How it is packed before it moves.
        un_number: UN number it travels under, assumed where it is held as lithium.
        proper_name: Proper shipping name that belongs to it.
        waste_code: Entry of the list of waste on that day; None where none is certain.
        is_hazardous: Whether that entry is a hazardous one; None without entry.
        damage: Whether the battery counts as damaged or defective.
        must_hold: Whether a person has to decide before it goes to a normal stream.
        warnings: Stable names of dangers, ``HV_OVER_60V``.
        headline: The one sentence for the card.
        instructions: What to do now, in order.
        reasons: Member -> why.
    """

    chemistry: str | None
    chemistry_family: str | None
    stream: Stream
    packaging: Packaging
    un_number: str
    proper_name: str
    waste_code: str | None
    is_hazardous: bool | None
    damage: Damage
    must_hold: bool
    warnings: tuple[str, ...]
    headline: str
    instructions: tuple[str, ...]
    reasons: Mapping[str, Reason]


class Answering(StrEnum):
    """What the passport's record says about who answers for a waste battery."""

    NO_PASSPORT = "no-passport"
    """There is no passport here to ask."""
    ASKED = "asked"
    """The record is being told; its answer is to come."""
    FOUND = "found"
    ORPHAN = "orphan"
    """Nobody was found; a task asks a person to look."""
    REFUSED = "refused"
    """The record refused to take the battery as waste; a task says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A person decided about a battery that was held."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One battery in the yard.

    Attributes:
        intake_id: Local number.
        organisation: Who holds the battery.
        taken_in_by: The person.
        taken_in_at: Instant of the intake.
        observation: What was seen.
        decision: What to do with it.
        collected_in: Member State where it was collected first; it counts there.
        answering: Whether somebody answers for it.
        responsible: Who answers for it, with role and register number, ready to print.
        release: Who released it from a hold, and why.
        batch: Batch it went into; empty while it waits.
        left_at: When it arrived elsewhere or was taken in anew; None while it is here.
        revision: Counts every change on record.
    """

    intake_id: IntakeId
    organisation: str
    taken_in_by: str
    taken_in_at: datetime
    observation: Observation
    decision: Decision
    collected_in: str
    answering: Answering = Answering.NO_PASSPORT
    responsible: str = ""
    release: Release | None = None
    batch: str = ""
    left_at: datetime | None = None
    revision: int = 0

    @property
    def battery_id(self) -> BatteryId | None:
        """Identifier of the battery, where it is known."""
        return self.observation.battery_id

    @property
    def is_on_record(self) -> bool:
        """Whether the battery has a passport that can be told about it."""
        return self.battery_id is not None and self.answering is not Answering.NO_PASSPORT

    @property
    def is_held(self) -> bool:
        """Whether a person still has to decide before the battery goes on."""
        return self.decision.must_hold and self.release is None

    @property
    def is_waiting(self) -> bool:
        """Whether the battery is here and in no batch."""
        return not self.batch and self.left_at is None
