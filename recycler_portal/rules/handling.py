"""The tables of handling: chemistries, signs of danger, waste codes, cards for the yard.

Everything stands in ``data/handling.json`` with its source.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources
from typing import Any

import orjson

from passport.domain.chemistry import OTHER, Chemistries, Chemistry, published_chemistries
from recycler_portal.domain.recovery import ChemistryFamily
from recycler_portal.domain.waste_battery import Damage, Origin, Sign, Stream


class HandlingGroup(StrEnum):
    """Chemistries that are packed and stored alike."""

    LITHIUM = "lithium"
    """Lithium and sodium-ion: special provisions 376 and 377."""
    WET = "wet"
    DRY = "dry"
    MOLTEN = "molten"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChemistryRow:
    """One chemistry and what follows from it.

    Attributes:
        codes: Codes of passports for it; the row holds for narrower chemistries too.
        names: What else plates and passports call it.
    """

    chemistry: str
    codes: tuple[str, ...]
    family: ChemistryFamily
    stream: Stream
    un_number: str
    proper_name: str
    waste: str
    group: HandlingGroup
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """What a sign means; ``is_acute`` = something is happening now."""

    sign: Sign
    damage: Damage
    is_acute: bool
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteCodeRow:
    """One entry of the list of waste with the day from which it is used."""

    waste: str
    origin: Origin
    used_from: date
    code: str
    is_certain: bool
    source: str

    @property
    def is_hazardous(self) -> bool:
        """Whether the entry is marked as hazardous."""
        return self.code.endswith("*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a person does now: one sentence, then steps in order."""

    headline: str
    steps: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingRules:
    """All tables of handling, and the chemistries that passports name."""

    chemistries: tuple[ChemistryRow, ...]
    registered: Chemistries
    traps: tuple[str, ...]
    signs: Mapping[Sign, SignRow]
    waste_codes: tuple[WasteCodeRow, ...]
    cards: Mapping[str, Card]

    def find_chemistry(self, text: str) -> ChemistryRow | None:
        """Return the chemistry that a text names as whole words.

        A text that names none, or two that differ, decides nothing.
        """
        words = _words(text)
        if any(trap in words for trap in self.traps):
            return None
        found = [row for row in self.chemistries if any(_names(name, words) for name in row.names)]
        return found[0] if len(found) == 1 else None

    def find_registered(self, text: str) -> Chemistry | None:
        """Return the chemistry of the passports that a text names, whether it has a row or not."""
        found = self.registered.find(text) or self.registered.find_named(text)
        return None if found is None or found.code == OTHER else found

    def row_of(self, chemistry: Chemistry) -> ChemistryRow | None:
        """Return the row of a chemistry, or that of the nearest broader one."""
        for one in self.registered.lineage(chemistry.code):
            for row in self.chemistries:
                if one.code in row.codes:
                    return row
        return None

    def find_waste_code(self, waste: str, origin: Origin, on: date) -> WasteCodeRow | None:
        """Return the entry of the list of waste that applies on a day."""
        rows = [
            row
            for row in self.waste_codes
            if row.waste == waste and row.origin is origin and row.used_from <= on
        ]
        return max(rows, key=lambda row: row.used_from, default=None)


def load_handling_rules(registered: Chemistries | None = None) -> HandlingRules:
    """Read the tables that are shipped with the portal.

    Args:
        registered: Chemistries that passports name here; the published ones without.
    """
    file = resources.files("recycler_portal.rules") / "data" / "handling.json"
    data = orjson.loads(file.read_bytes())
    return HandlingRules(
        chemistries=tuple(_chemistry(row) for row in data["chemistries"]),
        registered=registered or published_chemistries(),
        traps=tuple(data["traps"]),
        signs={Sign(row["sign"]): _sign(row) for row in data["signs"]},
        waste_codes=tuple(
            _waste_code(row, data["waste_code_source"]) for row in data["waste_codes"]
        ),
        cards={
            name: Card(headline=card["headline"], steps=tuple(card["steps"]), source=card["source"])
            for name, card in data["cards"].items()
        },
    )


def _words(text: str) -> str:
    """Write a text as words between single spaces, so that a name matches whole words only.

    >>> _words("Li-NMC (622)")
    ' li nmc 622 '
    """
    return " " + " ".join(re.findall(r"[a-z0-9]+", text.casefold())) + " "


def _names(name: str, words: str) -> bool:
    """Whether the words hold a name, with the numbers of its mixture behind it or not."""
    return re.search(rf" {re.escape(name)}\d* ", words) is not None


def _chemistry(row: dict[str, Any]) -> ChemistryRow:
    return ChemistryRow(
        chemistry=row["chemistry"],
        codes=tuple(row["codes"]),
        family=ChemistryFamily(row["family"]),
        stream=Stream(row["stream"]),
        un_number=row["un"],
        proper_name=row["name"],
        waste=row["waste"],
        group=HandlingGroup(row["group"]),
        names=tuple(row["names"]),
    )


def _sign(row: dict[str, Any]) -> SignRow:
    return SignRow(
        sign=Sign(row["sign"]),
        damage=Damage(row["damage"]),
        is_acute=row["acute"],
        text=row["text"],
        source=row["source"],
    )


def _waste_code(row: dict[str, Any], sources: dict[str, str]) -> WasteCodeRow:
    return WasteCodeRow(
        waste=row["waste"],
        origin=Origin(row["origin"]),
        used_from=date.fromisoformat(row["from"]),
        code=row["code"],
        is_certain=row["certain"],
        source=sources[row["from"]],
    )
