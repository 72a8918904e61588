"""A batch: batteries that enter recycling together, and what was made of them.

Masses in kilograms. A batch belongs to one chemistry family, because the law computes the
families apart (Delegated Regulation (EU) 2025/606, Annex, section 2(2)).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import NewType

from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms
from recycler_portal.domain.errors import BatchClosedError, BatchOpenError, MassBalanceError
from recycler_portal.domain.intake import IntakeId
from recycler_portal.domain.recovery import (
    ChemistryFamily,
    InputRow,
    RecoveryReport,
    RecyclingStep,
)

BatchId = NewType("BatchId", str)
"""``LELY-B-2026-000004``; stands in the statements of its batteries."""

_SHARE = Decimal("0.0001")


class Stage(StrEnum):
    """How far one battery of a batch is, on the passport's record."""

    ENTERING = "entering"
    """In the batch; the passport has not yet been told."""
    IN_RECYCLING = "in-recycling"
    RECYCLING_DECLARED = "recycling-declared"
    """Declared as recycled here; the passport has not yet been told."""
    RECYCLED = "recycled"
    REFUSED = "refused"
    """The passport's record refused it; a task says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchBattery:
    """One battery in a batch; without `battery_id` it has no passport to tell."""

    intake_id: IntakeId
    country: str
    battery_id: BatteryId | None = None
    mass: Kilograms | None = None
    stage: Stage = Stage.ENTERING


@dataclass(frozen=True, slots=True, kw_only=True)
class Intermediate:
    """A fraction that goes on to the next step; black mass is always one."""

    label: str
    mass: Kilograms
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStep:
    """One recorded step with who recorded it."""

    step: RecyclingStep
    intermediates: tuple[Intermediate, ...] = ()
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MassBalance:
    """Where the mass of a batch went; its parts add up to what was received [kg]."""

    received: Kilograms
    water: Kilograms
    recovered: Kilograms
    not_recovered: Kilograms

    @property
    def dry(self) -> Kilograms:
        """What came in without water [kg]."""
        return Kilograms(self.received - self.water)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Batteries of one family in recycling.

    Attributes:
        batch_id: Its number.
        organisation: The permitted recycler.
        site: Facility where recycling starts.
        country: Member State of the facility.
        family: Chemistry family of all its batteries.
        main_chemistry: Main chemistry, for the label of the black mass.
        wet_mass: Mass as received [kg].
        water: Water in it [kg].
        rows: Water-free input by substance [kg].
        batteries: What went in.
        steps: What was done, in order.
        opened_by: The person.
        opened_at: When the batch was opened.
        closed_at: When it was closed; None while it is open.
        revision: Counts every change on record.
    """

    batch_id: BatchId
    organisation: str
    site: str
    country: str
    family: ChemistryFamily
    main_chemistry: str
    wet_mass: Kilograms
    water: Kilograms
    rows: tuple[InputRow, ...]
    batteries: tuple[BatchBattery, ...]
    opened_by: str
    opened_at: datetime
    steps: tuple[BatchStep, ...] = ()
    closed_at: datetime | None = None
    revision: int = 0

    @property
    def is_open(self) -> bool:
        """Whether steps can still be recorded."""
        return self.closed_at is None

    def with_step(self, step: BatchStep) -> "Batch":
        """Add a step.

        Raises:
            BatchClosedError: The batch is closed.
            MassBalanceError: More would have come out than went in.
        """
        if not self.is_open:
            raise BatchClosedError(f"batch {self.batch_id} is closed; open another batch")
        grown = replace(self, steps=(*self.steps, step))
        grown.balance()
        return grown

    def with_input(
        self, *, wet_mass: Kilograms, water: Kilograms, rows: tuple[InputRow, ...]
    ) -> "Batch":
        """Correct what went in.

        Raises:
            BatchClosedError: The batch is closed.
            MassBalanceError: More came out than would have gone in.
        """
        if not self.is_open:
            raise BatchClosedError(f"batch {self.batch_id} is closed; what went in stays")
        corrected = replace(self, wet_mass=wet_mass, water=water, rows=rows)
        corrected.balance()
        return corrected

    def without_last_step(self) -> "Batch":
        """Take the newest step back, which was recorded wrongly.

        Raises:
            BatchClosedError: The batch is closed.
            BatchOpenError: No step was recorded.
        """
        if not self.is_open:
            raise BatchClosedError(f"batch {self.batch_id} is closed; its steps stay")
        if not self.steps:
            raise BatchOpenError(f"batch {self.batch_id} has no step to take back")
        return replace(self, steps=self.steps[:-1])

    def close(self, at: datetime) -> "Batch":
        """Close the batch: nothing more comes out of it.

        Raises:
            BatchClosedError: It is closed already.
            BatchOpenError: No step was recorded, so nothing is known of what came out.
        """
        if not self.is_open:
            raise BatchClosedError(f"batch {self.batch_id} is closed already")
        if not self.steps:
            raise BatchOpenError(
                f"batch {self.batch_id} has no step; record what came out before it is closed"
            )
        return replace(self, closed_at=at)

    def at_stage(self, intake_id: IntakeId, stage: Stage) -> "Batch":
        """Move one battery on to a stage."""
        return replace(
            self,
            batteries=tuple(
                replace(one, stage=stage) if one.intake_id == intake_id else one
                for one in self.batteries
            ),
        )

    def balance(self) -> MassBalance:
        """Return where the mass went.

        Raises:
            MassBalanceError: More came out than went in.
        """
        dry = self.wet_mass - self.water
        recovered = sum((one.mass for one in self.report().outputs), Decimal(0))
        if recovered > dry:
            raise MassBalanceError(
                f"batch {self.batch_id} received {dry} kg without water, but {recovered} kg came"
                " out; what the process added is no output"
            )
        return MassBalance(
            received=self.wet_mass,
            water=self.water,
            recovered=Kilograms(recovered),
            not_recovered=Kilograms(dry - recovered),
        )

    def report(self) -> RecoveryReport:
        """Return the batch as the calculation reads it; a management view, never a filed report."""
        return RecoveryReport(
            family=self.family,
            rows=self.rows,
            steps=tuple(one.step for one in self.steps),
            unit="kg",
            calendar_year=self.opened_at.year,
            collected_in=collection_shares(self.batteries),
            first_recycler=self.organisation,
            wet_mass=self.wet_mass,
            water=self.water,
            dry_total=self.wet_mass - self.water,
            declared_totals={},
        )


def collection_shares(batteries: Sequence[BatchBattery]) -> dict[str, Decimal]:
    """Return the Member States of collection with their share of a batch; together 1.

    Shares go by mass where every battery was weighed, else by number. The law demands the split
    but gives no key, so this is our reading.

    Source: Delegated Regulation (EU) 2025/606, Annex, section 5(1).
    """
    all_weighed = all(one.mass for one in batteries)
    weights: dict[str, Decimal] = {}
    for one in batteries:
        weight = one.mass if all_weighed and one.mass is not None else Decimal(1)
        weights[one.country] = weights.get(one.country, Decimal(0)) + weight
    whole = sum(weights.values(), Decimal(0))
    shares = {
        country: (weight / whole).quantize(_SHARE, ROUND_DOWN)
        for country, weight in weights.items()
    }
    if shares:
        largest = max(shares, key=lambda country: shares[country])
        shares[largest] += 1 - sum(shares.values(), Decimal(0))
    return shares
