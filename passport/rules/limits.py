"""Ranges that plausible values lie in, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

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
