"""Ranges that plausible values lie in, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from passport.domain.errors import InvalidValueError
from passport.domain.units import parse_decimal
from passport.rules.findings import Certainty
from passport.rules.rulebook import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A range; what lies outside is looked at by a person, never refused."""

    limit: str
    low: Decimal
    high: Decimal
    unit: str
    label: str
    certainty: Certainty
    source: str

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies in the range."""
        return self.low <= value <= self.high

    @property
    def text(self) -> str:
        """The range in words."""
        return f"{self.low} to {self.high} {self.unit}".rstrip()


@cache
def read_limits() -> Mapping[str, Limit]:
    """Return the ranges that are shipped, by name."""
    return {
        row["limit"]: Limit(
            limit=row["limit"],
            low=Decimal(row["low"]),
            high=Decimal(row["high"]),
            unit=row["unit"],
            label=row["label_en"],
            certainty=Certainty(row["certainty"]),
            source=row["source"],
        )
        for row in read_rows("plausibility.csv")
    }


def number_of(content: Mapping[str, object], name: str) -> Decimal | None:
    """Return a decimal or integer of a content, or nothing where it states none.

    >>> number_of({"massKilograms": "432.5"}, "massKilograms")
    Decimal('432.5')
    """
    value = content.get(name)
    if not isinstance(value, str):
        return None
    try:
        return parse_decimal(value)
    except InvalidValueError:
        return None
