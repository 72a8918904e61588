"""What decides which rules apply: kind of battery, its days, and which life it lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from passport.domain.battery import Category, SubType
from passport.domain.content import Requirement

Needs = Mapping[str, Requirement]
"""What the law asks, by term; a term that is not named is voluntary."""


class Life(StrEnum):
    """Whether a battery was on the market before."""

    FIRST = "first"
    SECOND = "second"
    """Placed anew after re-use, repurposing or remanufacturing (Art. 77(7))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For what a rule is evaluated.

    Attributes:
        category: Category of the battery.
        sub_type: Sub-type of an industrial battery.
        placed_on: Day of placing on the market or putting into service; a day to come is allowed.
        read_on: Day on which somebody asks.
        life: First or second life.
        is_light: Whether the battery needs no passport, only what Art. 13(6)(b) names.
    """

    category: Category
    placed_on: date
    read_on: date
    sub_type: SubType | None = None
    life: Life = Life.FIRST
    is_light: bool = False
