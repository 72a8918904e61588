"""Targets and checks of recycling: what a report must reach, and when it must be refused.

The figures stand in ``data/recycling.json`` with their dates and sources.

Source: Regulation (EU) 2023/1542, Annex XII; Delegated Regulation (EU) 2025/606.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources

import orjson

from recycler_portal.domain.recovery import ChemistryFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A percentage to be reached from a day on, by a family or for a material."""

    subject: str
    in_force_from: date
    percent: Decimal
    source: str
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MandatoryElements:
    """Optional elements that some families may no longer leave out from a day on."""

    elements: tuple[str, ...]
    families: tuple[str, ...]
    in_force_from: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibilityAlert:
    """A rate above which the Member State has to explain itself."""

    code: str
    subject: str
    above_percent: Decimal
    source: str
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecyclingRules:
    """The law of recycling rates as data."""

    efficiency_targets: tuple[Target, ...]
    material_targets: tuple[Target, ...]
    mandatory_elements: tuple[MandatoryElements, ...]
    efficiency_alerts: tuple[PlausibilityAlert, ...]
    material_alerts: tuple[PlausibilityAlert, ...]
    excluded_destinations: tuple[str, ...]
    excluded_source: str
    element_rows: Mapping[ChemistryFamily, tuple[str, ...]]
    substance_names: Mapping[str, str]

    def efficiency_target(self, family: ChemistryFamily, on: date) -> Target | None:
        """Return the newest efficiency target of a family in force on a day."""
        return _newest(self.efficiency_targets, family, on)

    def material_target(self, material: str, on: date) -> Target | None:
        """Return the newest recovery target of a material in force on a day."""
        return _newest(self.material_targets, material, on)

    def mandatory_for(self, family: ChemistryFamily, on: date) -> tuple[MandatoryElements, ...]:
        """Return the sets of elements that a family must take in on a day."""
        return tuple(
            one
            for one in self.mandatory_elements
            if family in one.families and one.in_force_from <= on
        )


def load_recycling_rules() -> RecyclingRules:
    """Read the rules that are shipped with the portal."""
    file = resources.files("recycler_portal.rules") / "data" / "recycling.json"
    data = orjson.loads(file.read_bytes())
    return RecyclingRules(
        efficiency_targets=tuple(_target(row, "family") for row in data["efficiency_targets"]),
        material_targets=tuple(_target(row, "material") for row in data["material_targets"]),
        mandatory_elements=tuple(
            MandatoryElements(
                elements=tuple(row["elements"]),
                families=tuple(row["families"]),
                in_force_from=date.fromisoformat(row["from"]),
                source=row["source"],
            )
            for row in data["mandatory_elements"]
        ),
        efficiency_alerts=tuple(_alert(row, "family") for row in data["efficiency_alerts"]),
        material_alerts=tuple(_alert(row, "material") for row in data["material_alerts"]),
        excluded_destinations=tuple(data["excluded_destinations"]["phrases"]),
        excluded_source=data["excluded_destinations"]["source"],
        element_rows={
            ChemistryFamily(family): tuple(rows) for family, rows in data["element_rows"].items()
        },
        substance_names=data["substance_names"],
    )


def _newest(targets: tuple[Target, ...], subject: str, on: date) -> Target | None:
    in_force = [one for one in targets if one.subject == subject and one.in_force_from <= on]
    return max(in_force, key=lambda one: one.in_force_from, default=None)


def _target(row: dict[str, str], subject: str) -> Target:
    return Target(
        subject=row[subject],
        in_force_from=date.fromisoformat(row["from"]),
        percent=Decimal(row["percent"]),
        source=row["source"],
        is_certain=bool(row["certain"]),
    )


def _alert(row: dict[str, str], subject: str) -> PlausibilityAlert:
    return PlausibilityAlert(
        code=row["code"],
        subject=row[subject],
        above_percent=Decimal(row["above_percent"]),
        source=row["source"],
        is_certain=bool(row["certain"]),
    )
