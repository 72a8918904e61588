"""A yard and a recycler: valid requests with one thing changed, and a record that remembers."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from builders_intake import BATTERY, a_known_battery, an_observation
from builders_recycling import a_report_document

from passport.domain.actor import Actor, Role
from passport.domain.errors import PassportError
from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms
from recycler_portal.domain.batch import Intermediate
from recycler_portal.domain.recovery import (
    ChemistryFamily,
    InputRow,
    OutputFraction,
    RecyclingStep,
)
from recycler_portal.services.ports import PhotoContent, RecordAnswer, Request, WasteAnswer
from recycler_portal.services.take_in import NewIntake
from recycler_portal.services.treat import NewBatch, NewStep

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
COLLECTOR = Actor(organisation="yard", roles=frozenset({Role.COLLECTOR}), name="Noor")
RECYCLER = Actor(organisation="lely", roles=frozenset({Role.RECYCLER}), name="Ravi")
_TONNE = 1000


class FixedClock:
    """Always noon."""

    def now(self) -> datetime:
        return NOON


class RememberingRecord:
    """PassportRecord that keeps what it was told and refuses what it is made to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.keys: list[str] = []
        self.countries: list[str] = []
        self.known = RecordAnswer(known=a_known_battery(), is_registered=True)
        self.responsible = "voltra (producer, NL-4711)"
        self.refusal: PassportError | None = None
        self.outage: Exception | None = None
        self.unspeakable: BatteryId | None = None

    def ask(self, actor: Actor, battery_id: BatteryId) -> RecordAnswer:
        del actor, battery_id
        return self.known

    def declare_waste(
        self, actor: Actor, battery_id: BatteryId, *, key: str, country: str, **facts: object
    ) -> WasteAnswer:
        del facts
        self.countries.append(country)
        self._hear("declare-waste", actor, battery_id, key)
        return WasteAnswer(responsible=self.responsible)

    def enter_recycling(self, actor: Actor, battery_id: BatteryId, *, batch: str, key: str) -> None:
        del batch
        self._hear("enter-recycling", actor, battery_id, key)

    def declare_recycled(
        self, actor: Actor, battery_id: BatteryId, *, batch: str, key: str
    ) -> None:
        del batch
        self._hear("declare-recycled", actor, battery_id, key)

    def _hear(self, what: str, actor: Actor, battery_id: BatteryId, key: str) -> None:
        if self.outage is not None:
            raise self.outage
        if battery_id == self.unspeakable:
            raise ConnectionError("away for this battery")
        if self.refusal is not None:
            raise self.refusal
        self.told.append((what, actor.organisation, battery_id))
        self.keys.append(key)


def a_request(key: str = "key-1", content: str = "content") -> Request:
    return Request(key=key, digest=hashlib.sha256(content.encode()).digest())


def a_photo(content: bytes = b"\xff\xd8\xff picture") -> PhotoContent:
    return PhotoContent(
        content=content,
        media_type="image/jpeg",
        digest=f"sha256:{hashlib.sha256(content).hexdigest()}",
        shows="the label",
    )


def a_new_intake(key: str = "key-1", **observed: Any) -> NewIntake:
    """Return a battery at the gate; by its code unless `battery_id` is None."""
    observation = an_observation(**{"battery_id": BATTERY, **observed})
    return NewIntake(
        observation=observation, photos=(a_photo(),), request=a_request(key, repr(observation))
    )


def a_new_batch(intakes: tuple[str, ...], **changed: Any) -> NewBatch:
    """Return the worked lithium batch in kilograms."""
    document = a_report_document("rl-1")
    rows = tuple(
        InputRow(
            substance=row["substance"],
            mass=_kilograms(row["m_input"]),
            recovery_basis=_kilograms(row["rm_basis"]) if "rm_basis" in row else None,
        )
        for row in document["input"]["rows"]
    )
    return replace(
        NewBatch(
            site="Lelystad",
            country="NL",
            family=ChemistryFamily.LITHIUM_BASED,
            main_chemistry="NMC622",
            intakes=intakes,
            wet_mass=Kilograms(Decimal(102 * _TONNE)),
            water=Kilograms(Decimal(2 * _TONNE)),
            rows=rows,
            request=a_request("batch-1", repr(intakes)),
        ),
        **changed,
    )


def the_steps() -> list[NewStep]:
    """Return the two steps of the worked lithium batch in kilograms."""
    return [
        NewStep(
            step=RecyclingStep(
                name=step["step"],
                operator=step["operator"],
                country=step["country"],
                outputs=tuple(
                    OutputFraction(
                        substance=one["substance"],
                        mass=_kilograms(one["m"]),
                        recovered_mass=_kilograms(one.get("rm_m", 0)),
                        label=one.get("note", ""),
                    )
                    for one in step["outputs"]
                ),
            ),
            intermediates=tuple(
                Intermediate(
                    label=one["label"],
                    mass=Kilograms(_kilograms(one["m"])),
                    next_step=one["next_step"],
                )
                for one in step.get("intermediate", [])
            ),
            request=a_request(step["step"], repr(step)),
        )
        for step in a_report_document("rl-1")["steps"]
    ]


def _kilograms(tonnes: float) -> Decimal:
    return Decimal(str(tonnes)) * _TONNE
