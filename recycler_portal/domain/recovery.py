"""What recycling won back: efficiency and recovery of materials, in exact arithmetic.

Masses are decimals in the unit of their report; rates are fractions, so that a target is
compared with the value itself and never with its rounding.

Source: Delegated Regulation (EU) 2025/606, Annex, sections 1 to 4.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from recycler_portal.domain.errors import MassBalanceError

OPTIONAL_ELEMENTS = ("O", "C_cell", "Fe_cell", "P", "Cl", "S")
"""Elements that a report may leave out on both sides (section 2(5))."""

RECOVERY_MATERIALS = ("Co", "Cu", "Li", "Ni", "Pb")
"""Materials with a recovery target (Annex XII, Part C)."""

MANAGEMENT_MARK = "management figure, not for filing"
"""Stands beside every figure of the portal: no authority has verified it."""

_PERCENT_DECIMALS = 4


class ChemistryFamily(StrEnum):
    """The families that are computed apart (section 2(2))."""

    LEAD_ACID = "lead-acid"
    LITHIUM_BASED = "lithium-based"
    NICKEL_CADMIUM = "nickel-cadmium"
    OTHER = "other"


FAMILIES_WITH_OPTIONAL_ROWS = (ChemistryFamily.LITHIUM_BASED, ChemistryFamily.OTHER)
"""Families whose template has rows for the optional elements (sections 6 to 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One substance that entered recycling in the calendar year.

    Attributes:
        substance: Row name of the family's template, ``Co``, ``C_cell``, ``Other``.
        mass: Water-free mass; None where the row was left empty on purpose.
        recovery_basis: Part of the mass that its material recovery is measured against.
    """

    substance: str
    mass: Decimal | None
    recovery_basis: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFraction:
    """One substance in a fraction that left as product or as waste to be used.

    Attributes:
        substance: Row name, as at the input.
        mass: Mass that stems from the input; reagents and impurities are no output.
        recovered_mass: Part of it at the calculation point of material recovery.
        in_slag: Whether it left inside slag, which counts for the efficiency only.
        in_third_country: Whether it was made outside the Union.
        has_evidence: Whether equivalent conditions there are proven (Art. 72(3)).
        label: What the fraction is called.
        destination: Where it goes.
    """

    substance: str
    mass: Decimal
    recovered_mass: Decimal = Decimal(0)
    in_slag: bool = False
    in_third_country: bool = False
    has_evidence: bool = False
    label: str = ""
    destination: str = ""

    @property
    def counts(self) -> bool:
        """Whether the law lets this fraction count at all (Art. 72(3))."""
        return not self.in_third_country or self.has_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RecyclingStep:
    """What one facility did to the batch, with all fractions it made."""

    name: str
    operator: str = ""
    country: str = ""
    is_preparation: bool = False
    outputs: tuple[OutputFraction, ...] = ()
    cadmium_waste: Decimal | None = None
    mercury_waste: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCase:
    """One way to compute the efficiency: a day of the law and the optional elements taken in."""

    name: str
    rule_date: date
    optional_included: frozenset[str] = frozenset()
    declared_input: Decimal | None = None
    declared_output: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryReport:
    """One chemistry family in one calendar year at one first recycler.

    Attributes:
        family: Chemistry family.
        rows: What entered, by substance.
        steps: What each facility made of it, from preparation to the last step.
        unit: Unit of every mass, ``t`` or ``kg``.
        calendar_year: Year in which the batteries entered recycling.
        collected_in: Member States of collection with their share of the input.
        first_recycler: Operator that starts the recycling of cells and modules.
        wet_mass: Mass as received, water included.
        water: Water in it.
        dry_total: Declared water-free mass of everything that entered.
        declared_totals: Declared mass in and out by substance, to be compared.
        filed_on: Day on which the report was or will be filed.
    """

    family: ChemistryFamily
    rows: tuple[InputRow, ...]
    steps: tuple[RecyclingStep, ...]
    unit: str = "t"
    calendar_year: int | None = None
    collected_in: Mapping[str, Decimal]
    first_recycler: str = ""
    wet_mass: Decimal | None = None
    water: Decimal | None = None
    dry_total: Decimal | None = None
    declared_totals: Mapping[str, tuple[Decimal | None, Decimal | None]]
    filed_on: date | None = None

    @property
    def outputs(self) -> tuple[OutputFraction, ...]:
        """Fractions of all steps."""
        return tuple(output for step in self.steps for output in step.outputs)

    def with_evidence(self) -> "RecoveryReport":
        """Return the same report as if every third country had proven equivalent conditions."""
        steps = tuple(
            replace(step, outputs=tuple(replace(one, has_evidence=True) for one in step.outputs))
            for step in self.steps
        )
        return replace(self, steps=steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRecovery:
    """How much of one material came back.

    Attributes:
        basis: Mass of the material that entered [unit of the report].
        recovered: Mass at the calculation point [same unit].
    """

    basis: Decimal
    recovered: Decimal

    @property
    def rate(self) -> Fraction:
        """Rate of material recovery [%], exact."""
        return _percent(self.recovered, self.basis)


def input_of(report: RecoveryReport, substance: str) -> Decimal | None:
    """Return the mass of a substance that entered; None where its row is absent or empty."""
    masses = [row.mass for row in report.rows if row.substance == substance]
    known = [mass for mass in masses if mass is not None]
    return sum(known, Decimal(0)) if known else None


def output_of(report: RecoveryReport, substance: str) -> Decimal:
    """Return the mass of a substance in all fractions that may count."""
    return sum(
        (one.mass for one in report.outputs if one.substance == substance and one.counts),
        Decimal(0),
    )


def substances_of(report: RecoveryReport) -> tuple[str, ...]:
    """Return every substance that came in or went out, in the order of the report."""
    names = [row.substance for row in report.rows] + [one.substance for one in report.outputs]
    return tuple(dict.fromkeys(names))


def counted_input(report: RecoveryReport, included: Collection[str]) -> Decimal:
    """Return ``m_input``: what entered, without the optional elements that are left out."""
    return _sum_counted(
        ((row.substance, row.mass) for row in report.rows if row.mass is not None), included
    )


def counted_output(report: RecoveryReport, included: Collection[str]) -> Decimal:
    """Return ``m_output``: what left in fractions that count, same elements left out."""
    return _sum_counted(
        ((one.substance, one.mass) for one in report.outputs if one.counts), included
    )


def recycling_efficiency(report: RecoveryReport, included: Collection[str]) -> Fraction:
    """Return the recycling efficiency of a family in a year.

    Args:
        report: What came in and went out.
        included: Optional elements taken in, on both sides.

    Returns:
        Recycling efficiency rRE [%], exact.

    Raises:
        MassBalanceError: Nothing came in.

    Source: Delegated Regulation (EU) 2025/606, Annex, section 2(1).
    """
    return _percent(counted_output(report, included), counted_input(report, included))


def material_recovery(report: RecoveryReport) -> dict[str, MaterialRecovery]:
    """Return what came back of each material that entered with a basis above zero.

    Metal in slag never counts here, whatever the report says of it.

    Source: Delegated Regulation (EU) 2025/606, Annex, sections 1(4) and 3(1).
    """
    recovered = {}
    for material in RECOVERY_MATERIALS:
        bases = [row.recovery_basis for row in report.rows if row.substance == material]
        basis = sum((one for one in bases if one is not None), Decimal(0))
        if basis > 0:
            at_point = (
                one.recovered_mass
                for one in report.outputs
                if one.substance == material and one.counts and not one.in_slag
            )
            recovered[material] = MaterialRecovery(basis=basis, recovered=sum(at_point, Decimal(0)))
    return recovered


def percent_text(rate: Fraction) -> str:
    """Write a rate for reading: four decimals, half away from zero upwards.

    >>> percent_text(Fraction(58034, 713))
    '81.3941'
    """
    scale = 10**_PERCENT_DECIMALS
    units, rest = divmod(rate * scale, 1)
    if rest >= Fraction(1, 2):
        units += 1
    whole, decimals = divmod(int(units), scale)
    return f"{whole}.{decimals:0{_PERCENT_DECIMALS}d}"


def _sum_counted(masses: Iterable[tuple[str, Decimal]], included: Collection[str]) -> Decimal:
    return sum(
        (
            mass
            for substance, mass in masses
            if substance not in OPTIONAL_ELEMENTS or substance in included
        ),
        Decimal(0),
    )


def _percent(part: Decimal, whole: Decimal) -> Fraction:
    if whole <= 0:
        raise MassBalanceError(f"nothing came in: the input is {whole}; enter the masses received")
    return 100 * Fraction(part) / Fraction(whole)
