"""What a passport is about: the battery model and the single battery."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from passport.domain.identifiers import BatteryId, ModelId, OperatorSlug
from passport.domain.status import BatteryStatus, PassportState


class Category(StrEnum):
    """Battery categories that need a passport (Art. 77(1)); LMT joins with the next terms."""

    EV = "EV"
    INDUSTRIAL = "industrial"


class SubType(StrEnum):
    """Kinds of industrial battery that the law treats apart."""

    STATIONARY = "stationary"
    """Stationary battery energy storage system, Art. 3(1)(15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryModel:
    """A battery model as its operator entered it.

    Attributes:
        base_url: Host part of the model's and its batteries' IRIs, fixed before the first pack.
        revision: Counts every change on record, for optimistic writing.
    """

    model_id: ModelId
    operator: OperatorSlug
    base_url: str
    category: Category
    sub_type: SubType | None
    name: str
    content: dict[str, object]
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """One battery on record: its identity and where it stands in its life.

    Attributes:
        responsible: Operator answering for the passport now; empty while nobody was found.
        registered_by: Operator that registered it; need not be the manufacturer.
        holder: Organisation that holds the battery, where it is known: the purchaser or its agent.
        content_digest_hex: SHA-256 over the entered content; the same registration again is known.
        revision: Counts every change on record, for optimistic writing.
    """

    battery_id: BatteryId
    model_id: ModelId
    base_url: str
    category: Category
    sub_type: SubType | None
    status: BatteryStatus
    state: PassportState
    responsible: str
    registered_by: OperatorSlug
    holder: str
    placed_on_market_on: date | None
    registered_at: datetime
    content: dict[str, object]
    content_digest_hex: str
    parts: int = 1
    parts_recycled: int = 0
    revision: int = 0
