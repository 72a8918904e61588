"""What a discarded battery is, and the ways in which it can be handled."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms, Volts


class Stream(StrEnum):
    """Where a battery goes next inside the yard."""

    LEAD = "PB"
    NICKEL_CADMIUM = "NICD"
    NICKEL_METAL_HYDRIDE = "NIMH"
    SODIUM_NICKEL_CHLORIDE = "NA_NICL2"
    SODIUM_SULPHUR = "NA_S"
    SODIUM_ION = "NA_ION"
    LITHIUM_COBALT_NICKEL = "LI_CONI"
    LITHIUM_IRON_PHOSPHATE = "LI_FP"
    LITHIUM_TITANATE_MANGANESE = "LI_LTO_LMO"
    LITHIUM_METAL = "LI_PRIMARY"
    LITHIUM_DAMAGED = "LI_DAMAGED"
    """Lane for damaged lithium and sodium-ion batteries."""
    UNKNOWN_QUARANTINE = "UNKNOWN_QUARANTINE"
    """Kept apart and handled as lithium until a person has decided."""


class Packaging(StrEnum):
    """Packing instruction or special provision of the ADR."""

    NONE = "NONE"
    """No packing instruction by road; terminals protected."""
    SP598 = "SP598"
    P801 = "P801"
    P408 = "P408"
    P909 = "P909"
    P908 = "P908"
    LP904 = "LP904"
    P911 = "P911"
    LP906 = "LP906"

    @property
    def strength(self) -> int:
        """How much it holds back, 1 (weakest) to 5; a stronger one is never unsafe."""
        return _STRENGTH[self]


_STRENGTH = {
    Packaging.NONE: 1,
    Packaging.SP598: 2,
    Packaging.P801: 3,
    Packaging.P408: 3,
    Packaging.P909: 3,
    Packaging.P908: 4,
    Packaging.LP904: 4,
    Packaging.P911: 5,
    Packaging.LP906: 5,
}


class Damage(StrEnum):
    """Whether a battery still conforms to its tested type (ADR, special provision 376)."""

    NONE = "none"
    DAMAGED = "damaged"
    """Damaged or defective, or it cannot be diagnosed before carriage."""
    CRITICAL = "critical"
    """Liable to a dangerous reaction, until a competent person has assessed it."""


class Sign(StrEnum):
    """What a collector sees, feels or is told about a battery."""

    SWOLLEN = "swollen"
    LEAKING = "leaking"
    DENTED = "dented"
    BURNT = "burnt"
    WET = "wet"
    HOT = "hot"
    SMOKING = "smoking"
    VENTING = "venting"
    CRASH = "crash"
    FLOOD = "flood"
    FIRE = "fire"
    FIRE_LAST_24H = "fire_last_24h"
    RECALLED = "recalled"
    OVERHEATED = "overheated"
    SELF_HEATING = "self_heating"
    ISOLATION_FAULT = "isolation_fault"


class Origin(StrEnum):
    """Who discarded it: municipal waste has its own chapter in the list of waste."""

    MUNICIPAL = "municipal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBattery:
    """What the passport of a battery says that matters for its handling.

    Attributes:
        battery_id: Its identifier.
        chemistry: Chemistry as the passport writes it.
        category: Battery category as the passport writes it.
        nominal_voltage: Nominal voltage [V]; None where the reader may not see it.
        mass: Mass [kg].
        signs: Harmful events on record, as signs.
    """

    battery_id: BatteryId
    chemistry: str
    category: str
    nominal_voltage: Volts | None = None
    mass: Kilograms | None = None
    signs: frozenset[Sign] = frozenset()


LARGE_FROM = Kilograms(Decimal(12))
"""From this mass on a single battery takes large packaging [kg]. Source: ADR, P903(2), P909(4)."""
HIGH_VOLTAGE_ABOVE = Volts(Decimal(60))
"""Above this a direct voltage is dangerous to touch [V]."""
