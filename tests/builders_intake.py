"""Batteries at the gate of a collector: valid values with one thing changed."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms, Volts
from recycler_portal.domain.intake import Observation
from recycler_portal.domain.waste_battery import KnownBattery, Origin, Sign

VECTORS = Path(__file__).parent / "vectors" / "intake"
BATTERY = BatteryId("01/09506000134352/21/ABC123")

_MUNICIPAL = ("household", "municipal_collection_point")


def an_observation(**changed: Any) -> Observation:
    """Return an intact pack, seen at a Dutch yard before the new list of waste applies."""
    return replace(
        Observation(
            site="yard-1", country="NL", day=date(2026, 11, 21), mass=Kilograms(Decimal(410))
        ),
        **changed,
    )


def a_known_battery(**changed: Any) -> KnownBattery:
    """Return what the passport of an NMC traction battery says."""
    return replace(
        KnownBattery(
            battery_id=BATTERY,
            chemistry="lithium nickel manganese cobalt oxide (NMC622)",
            category="EV",
            nominal_voltage=Volts(Decimal(355)),
        ),
        **changed,
    )


STRENGTH = {
    **dict.fromkeys(["NONE"], 1),
    **dict.fromkeys(["SP188", "SP598", "SP636", "SP670"], 2),
    **dict.fromkeys(["P003", "P801", "P408", "P903", "LP903", "P909"], 3),
    **dict.fromkeys(["P908", "LP904", "P910", "LP905"], 4),
    **dict.fromkeys(["P911", "LP906"], 5),
}
"""How much each packaging holds back, as the vectors grade it."""


def intake_vectors() -> list[dict[str, Any]]:
    """Return the labelled cases."""
    return [json.loads(line) for line in (VECTORS / "cases.jsonl").read_text().splitlines()]


def observed(case: dict[str, Any]) -> Observation:
    """Return what the collector of a case saw."""
    told = set(Sign) & {*case["flags"], *case["history"]}
    return an_observation(
        country=case["country"],
        day=date.fromisoformat(case["day"]),
        origin=Origin.MUNICIPAL if case["holder"] in _MUNICIPAL else Origin.OTHER,
        mass=None if case["mass_kg"] is None else Kilograms(Decimal(str(case["mass_kg"]))),
        voltage=(
            None
            if case["measured_voltage_v"] is None
            else Volts(Decimal(str(case["measured_voltage_v"])))
        ),
        signs=frozenset(Sign(one) for one in told),
    )


def told_by_passport(case: dict[str, Any]) -> KnownBattery | None:
    """Return what the passport of a case says; None where it has none."""
    passport = case["passport"]
    if passport is None:
        return None
    return a_known_battery(
        chemistry=passport["chemistry"],
        category=passport["category"],
        nominal_voltage=Volts(Decimal(str(passport["nominal_v"]))),
        signs=frozenset(Sign(one) for one in set(Sign) & set(passport["events"])),
    )
