"""Second life: batteries placed on the market anew as, or as part of, another battery.

Source: Regulation (EU) 2023/1542, Article 77(7) first subparagraph, Article 45, Article 73.
"""

from dataclasses import dataclass
from datetime import date, datetime

from passport.domain.identifiers import BatteryId, OperatorSlug
from passport.domain.status import BatteryStatus, Operation, RemanufacturingRecord

NEEDED_EVIDENCE = frozenset({"title", "operation"})
"""Kinds of evidence that each second life is declared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document that carries a claim, named by its SHA-256.

    Attributes:
        kind: ``title`` (who owns the battery), ``operation`` (what was done), ``state-of-health``.
        digest: ``sha256:<hex>`` of the document kept as attachment.
    """

    kind: str
    description: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyPlate:
    """A battery without a passport, as its type plate reads.

    Attributes:
        photos: Digests of photographs, at least one of the plate.
    """

    manufacturer: str
    model: str
    serial: str
    chemistry: str
    manufactured: str
    rated_capacity_ah: str
    photos: tuple[str, ...]

    @property
    def label(self) -> str:
        """The plate in one line."""
        return " ".join(filter(None, (self.manufacturer, self.model, self.serial)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """One original: ours by id, foreign by IRI, or a legacy battery by its plate.

    Exactly one of ``battery_id``, ``foreign_iri`` and ``plate`` is given.

    Attributes:
        parts: Parts of a battery of ours that are used, by serial number or name; all without.
    """

    battery_id: BatteryId | None = None
    foreign_iri: str = ""
    plate: LegacyPlate | None = None
    declared_status: BatteryStatus = BatteryStatus.ORIGINAL
    parts: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How people call it."""
        if self.plate is not None:
            return self.plate.label
        return self.battery_id or self.foreign_iri


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """The former operator's objection; kept with the record, blocks nothing."""

    organisation: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """One second life: which batteries became which, by whom, by what operation.

    Attributes:
        placed_on: Day of placing on the market, when it took effect; ``None`` while declared.
    """

    succession_id: str
    battery_id: BatteryId
    operation: Operation
    predecessors: tuple[Predecessor, ...]
    evidence: tuple[Evidence, ...]
    declared_by: OperatorSlug
    declared_at: datetime
    content: dict[str, object]
    model_id: str
    remanufacturing: RemanufacturingRecord | None = None
    placed_on: date | None = None
    disputes: tuple[Dispute, ...] = ()
    revision: int = 0

    @property
    def has_taken_effect(self) -> bool:
        """Whether the new battery was placed on the market."""
        return self.placed_on is not None
