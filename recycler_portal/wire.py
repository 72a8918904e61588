"""Bodies of the API and its answers; masses are decimal texts in kilograms."""

import base64
import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from passport.domain.identifiers import parse_battery_id
from passport.domain.units import Kilograms, Volts
from passport.ui.scanning import find_model_code
from recycler_portal.domain.batch import Batch, Intermediate
from recycler_portal.domain.errors import PhotoRefusedError
from recycler_portal.domain.intake import Decision, Intake, Observation
from recycler_portal.domain.recovery import (
    MANAGEMENT_MARK,
    ChemistryFamily,
    InputRow,
    OutputFraction,
    RecyclingStep,
)
from recycler_portal.domain.waste_battery import Damage, Origin, Sign
from recycler_portal.services.photos import MOST_PHOTOS, read_photo
from recycler_portal.services.ports import Request
from recycler_portal.services.rates import Rates
from recycler_portal.services.rates_document import rates_tree
from recycler_portal.services.take_in import NewIntake
from recycler_portal.services.treat import BatchInput, NewBatch, NewStep

Mass = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=12, allow_inf_nan=False)]
"""Mass [kg]; so many digits add up exactly."""
Measure = Annotated[Decimal, Field(gt=0, lt=10**6, decimal_places=6, allow_inf_nan=False)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
_PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""No control characters: nothing that is signed or printed may hold them."""
ShortText = Annotated[str, Field(max_length=200, pattern=_PRINTABLE)]
LongText = Annotated[str, Field(max_length=2000, pattern=_PRINTABLE)]


class Body(BaseModel):
    """A body whose members are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def request(self, key: str) -> Request:
        """Return key and fingerprint of this body; without a key it is a request of its own."""
        digest = hashlib.sha256(self.model_dump_json().encode()).digest()
        return Request(key=key or str(uuid4()), digest=digest)


class PhotoBody(Body):
    """A photo, base64."""

    content_base64: Annotated[str, Field(max_length=12_000_000)]
    shows: ShortText = ""


class NewIntakeBody(Body):
    """A battery at the gate; without `battery` it is one that nobody knows."""

    battery: ShortText = ""
    site: ShortText
    country: Country
    origin: Origin = Origin.OTHER
    marks: LongText = ""
    mass_kg: Measure | None = None
    dimensions_mm: tuple[Measure, Measure, Measure] | None = None
    measured_voltage_v: Annotated[Decimal, Field(ge=0, lt=10**5, decimal_places=6)] | None = None
    signs: tuple[Sign, ...] = ()
    photos: Annotated[tuple[PhotoBody, ...], Field(max_length=MOST_PHOTOS)] = ()
    note: LongText = ""

    def new_intake(self, key: str, day: date) -> NewIntake:
        """Return the intake that is asked for.

        Args:
            key: Idempotency key.
            day: Day of the intake.

        Raises:
            InvalidIdentifierError: The battery's identifier breaks its scheme.
            PhotoRefusedError: A photo is no picture, or too large.
        """
        model_id = find_model_code(self.battery)
        return NewIntake(
            model_id=model_id,
            observation=Observation(
                site=self.site,
                country=self.country,
                day=day,
                origin=self.origin,
                battery_id=None if model_id or not self.battery else parse_battery_id(self.battery),
                marks=self.marks,
                mass=None if self.mass_kg is None else Kilograms(self.mass_kg),
                dimensions_mm=self.dimensions_mm,
                voltage=(
                    None if self.measured_voltage_v is None else Volts(self.measured_voltage_v)
                ),
                signs=frozenset(self.signs),
                note=self.note,
            ),
            photos=tuple(
                read_photo(_bytes(photo.content_base64), shows=photo.shows) for photo in self.photos
            ),
            request=self.request(key),
        )


class InputRowBody(Body):
    """One substance that enters; `mass_kg` null leaves an optional element out."""

    substance: ShortText
    mass_kg: Mass | None = None
    recovery_basis_kg: Mass | None = None


class BatchInputBody(Body):
    """What goes into a batch."""

    wet_mass_kg: Mass
    water_kg: Mass = Decimal(0)
    rows: Annotated[tuple[InputRowBody, ...], Field(min_length=1, max_length=60)]

    def batch_input(self) -> BatchInput:
        """Return what went in."""
        return BatchInput(
            wet_mass=Kilograms(self.wet_mass_kg),
            water=Kilograms(self.water_kg),
            rows=tuple(
                InputRow(
                    substance=row.substance,
                    mass=row.mass_kg,
                    recovery_basis=row.recovery_basis_kg,
                )
                for row in self.rows
            ),
        )


class NewBatchBody(BatchInputBody):
    """Batteries that enter recycling together."""

    site: ShortText
    country: Country
    family: ChemistryFamily
    main_chemistry: ShortText
    intakes: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=1000)]

    def new_batch(self, key: str) -> NewBatch:
        """Return the batch that is asked for."""
        entered = self.batch_input()
        return NewBatch(
            site=self.site,
            country=self.country,
            family=self.family,
            main_chemistry=self.main_chemistry,
            intakes=self.intakes,
            wet_mass=entered.wet_mass,
            water=entered.water,
            rows=entered.rows,
            request=self.request(key),
        )


class OutputBody(Body):
    """One substance in one output fraction."""

    substance: ShortText
    mass_kg: Mass
    recovered_mass_kg: Mass = Decimal(0)
    in_slag: bool = False
    in_third_country: bool = False
    has_evidence: bool = False
    label: ShortText = ""
    destination: ShortText = ""


class IntermediateBody(Body):
    """A fraction that goes on to the next step."""

    label: ShortText
    mass_kg: Mass
    next_step: ShortText = ""


class NewStepBody(Body):
    """What one facility made of a batch."""

    name: ShortText
    operator: ShortText = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    is_preparation: bool = False
    outputs: Annotated[tuple[OutputBody, ...], Field(max_length=200)] = ()
    intermediates: Annotated[tuple[IntermediateBody, ...], Field(max_length=50)] = ()
    cadmium_waste_kg: Mass | None = None
    mercury_waste_kg: Mass | None = None

    def new_step(self, key: str) -> NewStep:
        """Return the step that is asked for."""
        return NewStep(
            step=RecyclingStep(
                name=self.name,
                operator=self.operator,
                country=self.country,
                is_preparation=self.is_preparation,
                outputs=tuple(
                    OutputFraction(
                        substance=one.substance,
                        mass=one.mass_kg,
                        recovered_mass=one.recovered_mass_kg,
                        in_slag=one.in_slag,
                        in_third_country=one.in_third_country,
                        has_evidence=one.has_evidence,
                        label=one.label,
                        destination=one.destination,
                    )
                    for one in self.outputs
                ),
                cadmium_waste=self.cadmium_waste_kg,
                mercury_waste=self.mercury_waste_kg,
            ),
            intermediates=tuple(
                Intermediate(label=one.label, mass=Kilograms(one.mass_kg), next_step=one.next_step)
                for one in self.intermediates
            ),
            request=self.request(key),
        )


class NewStepOfBatchBody(NewStepBody):
    """The same with the batch it belongs to."""

    batch: ShortText


class ReleaseBody(Body):
    """A person decided what a held battery is."""

    chemistry: ShortText
    reason: LongText


def today(now: datetime) -> date:
    """Return the day of an intake."""
    return now.astimezone(UTC).date()


def intake_tree(intake: Intake) -> dict[str, Any]:
    """Write an intake as an answer."""
    seen = intake.observation
    return {
        "intake": intake.intake_id,
        "battery": seen.battery_id,
        "site": seen.site,
        "country": seen.country,
        "collected_in": intake.collected_in,
        "taken_in_at": instant_text(intake.taken_in_at),
        "taken_in_by": intake.taken_in_by,
        "handling": handling_tree(intake.decision),
        "held": intake.is_held,
        "released_by": intake.release.by if intake.release else None,
        "answering": intake.answering.value,
        "responsible": intake.responsible or None,
        "photos": [photo.digest for photo in seen.photos],
        "batch": intake.batch or None,
        "card": f"/yard/intakes/{intake.intake_id}",
    }


def handling_tree(decision: Decision) -> dict[str, Any]:
    """Write a decision with the members that `recycler classify` prints."""
    damaged: dict[Damage, bool | str] = {
        Damage.NONE: False,
        Damage.DAMAGED: True,
        Damage.CRITICAL: "critical",
    }
    return {
        "chemistry": decision.chemistry,
        "chemistry_family": decision.chemistry_family,
        "stream": decision.stream.value,
        "packaging": decision.packaging.value,
        "un_number": decision.un_number,
        "waste_code": decision.waste_code,
        "hazardous": decision.is_hazardous,
        "damaged_defective": damaged[decision.damage],
        "must_hold": decision.must_hold,
        "warnings": list(decision.warnings),
        "headline": decision.headline,
        "instructions": list(decision.instructions),
        "reasons": {
            member: {
                "rule": reason.rule,
                "source": reason.source,
                "inputs": dict(reason.inputs),
                "certain": reason.certain,
            }
            for member, reason in decision.reasons.items()
        },
    }


def batch_tree(batch: Batch, rates: Rates) -> dict[str, Any]:
    """Write a batch as an answer; each figure stands under the mark that it is not for filing."""
    balance = batch.balance()
    return {
        "batch": batch.batch_id,
        "state": "open" if batch.is_open else "closed",
        "site": batch.site,
        "country": batch.country,
        "family": batch.family.value,
        "main_chemistry": batch.main_chemistry,
        "batteries": [
            {"intake": one.intake_id, "battery": one.battery_id, "stage": one.stage.value}
            for one in batch.batteries
        ],
        "steps": [one.step.name for one in batch.steps],
        "figures": {
            "marking": MANAGEMENT_MARK,
            "received_kg": format(balance.received, "f"),
            "water_kg": format(balance.water, "f"),
            "recovered_kg": format(balance.recovered, "f"),
            "not_recovered_kg": format(balance.not_recovered, "f"),
            **rates_tree(rates),
        },
        "page": f"/recycling/{batch.batch_id}",
    }


def instant_text(instant: datetime) -> str:
    """Write an instant in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # no base64, or no ASCII at all
        raise PhotoRefusedError(f"a photo is no base64: {error}") from error
