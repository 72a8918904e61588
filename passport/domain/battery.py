"""What a passport is about: the battery model and the single battery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from passport.domain.content_values import number_of
from passport.domain.identifiers import BatteryId, ModelId, OperatorSlug
from passport.domain.status import BatteryStatus, PassportState


class Category(StrEnum):
    """Categories of battery in the Regulation.

    Source: Regulation (EU) 2023/1542, Article 3(1)(9) and (11) to (14); Article 77(1).
    """

    EV = "EV"
    LMT = "LMT"
    """Light means of transport."""
    INDUSTRIAL = "industrial"
    PORTABLE = "portable"
    SLI = "SLI"
    """Starting, lighting and ignition."""


class SubType(StrEnum):
    """Kinds of industrial battery that the law treats apart."""

    STATIONARY = "stationary"
    """Stationary battery energy storage system, Art. 3(1)(15)."""
    EXTERNAL_STORAGE = "external-storage"
    """Exclusively external storage, such as redox flow; Arts 7, 8 and 10 treat it apart."""
    NON_CYCLE = "non-cycle"
    """For other than cyclic use; no lifetime in cycles is asked of it (Annex IV Part A(5))."""


PASSPORT_CATEGORIES = frozenset({Category.EV, Category.LMT, Category.INDUSTRIAL})
SMALLEST_INDUSTRIAL_KWH = Decimal(2)
"""An industrial battery above this capacity needs a passport (Art. 77(1))."""


def energy_kwh(content: Mapping[str, object]) -> Decimal | None:
    """Return the energy that a model's content states, or nothing where it states none.

    Args:
        content: ``ratedEnergyKilowattHours``, or else rated capacity [Ah] and nominal voltage [V].

    >>> energy_kwh({"ratedCapacityAmpereHours": "100", "nominalVoltageVolts": "48"})
    Decimal('4.8')
    """
    energy = number_of(content, "ratedEnergyKilowattHours")
    if energy is not None:
        return energy
    capacity = number_of(content, "ratedCapacityAmpereHours")
    voltage = number_of(content, "nominalVoltageVolts")
    return None if capacity is None or voltage is None else capacity * voltage / 1000


def needs_passport(category: Category, energy: Decimal | None) -> bool:
    """Return whether batteries of a kind need a passport; others get a light record.

    Args:
        category: Category of the battery.
        energy: Energy of one battery [kWh]; unknown counts as above the limit.

    Source: Regulation (EU) 2023/1542, Articles 77(1) and 13(6)(b).
    """
    if category is not Category.INDUSTRIAL:
        return category in PASSPORT_CATEGORIES
    return energy is None or energy > SMALLEST_INDUSTRIAL_KWH


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

    @property
    def is_light(self) -> bool:
        """Whether its batteries need no passport: the record holds what Art. 13(6)(b) names."""
        return not needs_passport(self.category, energy_kwh(self.content))


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
