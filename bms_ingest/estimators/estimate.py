"""An estimate: a value with its interval, or the reason why there is none."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an estimator says of one quantity.

    Attributes:
        quantity: Name with its unit (``state_of_health_percent``).
        value: The estimate, or ``None`` where the data carries none.
        interval: Ends of the 95 % interval, where one is known.
        method: How it was found (``full-charge``).
        observations: How many observations were combined.
        reason: Why there is no value.
        measured_at_ms: Device time of the newest observation [ms UTC].
        epoch: Epoch (operation of a test record) of the newest observation.
        conditions: Under what it holds, name -> text.
    """

    quantity: str
    value: Decimal | None = None
    interval: tuple[Decimal, Decimal] | None = None
    method: str = ""
    observations: int = 0
    reason: str | None = None
    measured_at_ms: int | None = None
    epoch: int | None = None
    conditions: dict[str, str] = field(default_factory=dict)


def rounded(number: Decimal | float, places: int = 2) -> Decimal:
    """Leave the world of floats: a decimal with so many places."""
    return Decimal(number).quantize(Decimal(1).scaleb(-places))
