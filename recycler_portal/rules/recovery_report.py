"""When a recycling report must be refused, and what needs an explanation.

Source: Delegated Regulation (EU) 2025/606, Annex; Implementing Regulation (EU) 2025/2289,
Annex III, part F.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from recycler_portal.domain.findings import Finding
from recycler_portal.domain.recovery import (
    FAMILIES_WITH_OPTIONAL_ROWS,
    OPTIONAL_ELEMENTS,
    MaterialRecovery,
    OutputFraction,
    RateCase,
    RecoveryReport,
    counted_input,
    counted_output,
    input_of,
    output_of,
    percent_text,
    substances_of,
)
from recycler_portal.rules.annex_xii import RecyclingRules

_ACT = "Delegated Regulation (EU) 2025/606, Annex"
_BALANCE = "mass balance (own rule)"
_LAST_MONTH, _LAST_DAY = 6, 30
"""A report is due within six months of the end of its year (Art. 75(7))."""


def check_report(report: RecoveryReport, rules: RecyclingRules) -> Iterator[Finding]:
    """Yield what is not in order whichever optional elements are taken in."""
    yield from _check_places(report)
    yield from _check_water(report)
    yield from _check_fractions(report, rules)
    yield from _check_balance(report)
    yield from _check_totals(report)
    yield from _check_filing_day(report)


def check_case(report: RecoveryReport, case: RateCase, rules: RecyclingRules) -> Iterator[Finding]:
    """Yield why the efficiency may not be computed in this way."""
    for element in sorted(case.optional_included - set(OPTIONAL_ELEMENTS)):
        yield Finding(
            code="ELEMENT_NOT_OPTIONAL",
            message=f"{element} always counts and cannot be chosen; leave it out of the choice"
            f" in case {case.name!r}",
            source=f"{_ACT}, section 2(5)",
        )
    for mandatory in rules.mandatory_for(report.family, case.rule_date):
        missing = [
            element
            for element in mandatory.elements
            if element not in case.optional_included or input_of(report, element) is None
        ]
        if missing:
            yield Finding(
                code="MANDATORY_ELEMENT_MISSING",
                message=f"{', '.join(missing)} must be taken in from {mandatory.in_force_from}"
                f" on; case {case.name!r} of {case.rule_date} leaves it out",
                source=mandatory.source,
            )
    yield from _check_declared(
        case.declared_input, counted_input(report, case.optional_included), "m_input", case.name
    )
    yield from _check_declared(
        case.declared_output, counted_output(report, case.optional_included), "m_output", case.name
    )


def check_efficiency(
    report: RecoveryReport, case: RateCase, rate: Fraction, rules: RecyclingRules
) -> Iterator[Finding]:
    """Yield an impossible efficiency, and one that has to be explained."""
    if rate > 100:  # noqa: PLR2004 - per cent
        yield _rate_above_100(f"the efficiency of case {case.name!r}", rate)
    for alert in rules.efficiency_alerts:
        if alert.subject == report.family and rate > Fraction(alert.above_percent):
            yield Finding(
                code=alert.code,
                message=f"{_rule_number(alert.code)} rRE {report.family} > {alert.above_percent} %:"
                f" {percent_text(rate)} % in case {case.name!r}; be ready to explain it",
                source=alert.source,
                refuses=False,
            )


def check_material_recovery(
    recovered: Mapping[str, MaterialRecovery], rules: RecyclingRules
) -> Iterator[Finding]:
    """Yield impossible recoveries, and those that have to be explained."""
    for material, recovery in recovered.items():
        rate = recovery.rate
        if rate > 100:  # noqa: PLR2004 - per cent
            yield _rate_above_100(f"the recovery of {material}", rate)
        for alert in rules.material_alerts:
            if alert.subject == material and rate > Fraction(alert.above_percent):
                yield Finding(
                    code=alert.code,
                    message=f"{_rule_number(alert.code)} rRM {material} > {alert.above_percent} %:"
                    f" {percent_text(rate)} %; be ready to explain it",
                    source=alert.source,
                    refuses=False,
                )


def _check_places(report: RecoveryReport) -> Iterator[Finding]:
    if not report.collected_in:
        yield Finding(
            code="MISSING_COLLECTION_MEMBER_STATE",
            message="no Member State of collection is named; name each with its share",
            source=f"{_ACT}, section 5(1)",
        )
    elif (shares := sum(report.collected_in.values(), Decimal(0))) != 1:
        yield Finding(
            code="COLLECTION_SHARES_MISMATCH",
            message=f"the shares of the collecting Member States add up to {shares}, not to 1",
            source=f"{_ACT}, section 5(1)",
        )
    roles = [one.is_preparation for one in report.steps if one.operator == report.first_recycler]
    if report.first_recycler and roles and all(roles):
        yield Finding(
            code="PREPARER_CANNOT_BE_FIRST_RECYCLER",
            message=f"{report.first_recycler} only prepares for recycling; the first recycler is"
            " who starts the recycling of cells and modules",
            source=f"{_ACT}, section 1(7)",
        )


def _check_water(report: RecoveryReport) -> Iterator[Finding]:
    dry = _dry_mass(report)
    if dry is None:
        return
    rows = sum((row.mass for row in report.rows if row.mass is not None), Decimal(0))
    if rows > dry:
        yield Finding(
            code="NOT_WATER_FREE",
            message=f"the rows add up to {rows} {report.unit}, the water-free mass is {dry}"
            f" {report.unit}; leave the water out",
            source=f"{_ACT}, section 1(2)",
        )
    every_row_filled = all(input_of(report, one) is not None for one in OPTIONAL_ELEMENTS)
    if rows < dry and (every_row_filled or report.family not in FAMILIES_WITH_OPTIONAL_ROWS):
        yield Finding(
            code="INPUT_SUM_MISMATCH",
            message=f"the rows add up to {rows} {report.unit}, {dry} {report.unit} came in;"
            " book the rest as Other",
            source=f"{_ACT}, section 2(3)",
        )


def _dry_mass(report: RecoveryReport) -> Decimal | None:
    if report.wet_mass is not None and report.water is not None:
        return report.wet_mass - report.water
    return report.dry_total


def _check_fractions(report: RecoveryReport, rules: RecyclingRules) -> Iterator[Finding]:
    for row in report.rows:
        if row.mass is not None and row.mass < 0:
            yield _negative(f"the input of {row.substance}", row.mass)
    for output in report.outputs:
        if min(output.mass, output.recovered_mass) < 0:
            yield _negative(f"an output of {output.substance}", output.mass)
        yield from _check_fraction(output, rules)


def _check_fraction(output: OutputFraction, rules: RecyclingRules) -> Iterator[Finding]:
    named = f"{output.mass} of {output.substance}"
    if any(_starts_black_mass(text) for text in (output.substance, output.label)):
        yield Finding(
            code="BLACK_MASS_NOT_OUTPUT",
            message=f"{named} is black mass, which is always intermediate; book what is made of it",
            source=f"{_ACT}, section 1(5)",
        )
    if (phrase := _excluded_phrase(output, rules)) is not None:
        yield Finding(
            code="EXCLUDED_DESTINATION",
            message=f"{named} goes to {phrase!r}, which is no recycling; take it out",
            source=rules.excluded_source,
        )
    if output.in_slag and output.recovered_mass > 0:
        yield Finding(
            code="SLAG_METAL_IN_RM",
            message=f"{named} sits in slag and counts for the efficiency only; its recovered mass"
            f" is given as {output.recovered_mass}, make it 0",
            source=f"{_ACT}, section 1(4)",
        )
    if output.recovered_mass > output.mass:
        yield Finding(
            code="RECOVERED_ABOVE_OUTPUT",
            message=f"{named} leaves, but {output.recovered_mass} of it is given as recovered",
            source=_BALANCE,
        )
    if not output.counts:
        yield Finding(
            code="THIRD_COUNTRY_OUTPUT_WITHOUT_EVIDENCE",
            message=f"{named} was made outside the Union without approved evidence of equivalent"
            " conditions; it is not counted",
            source="Regulation (EU) 2023/1542, Art. 72(3)",
            refuses=False,
        )


def _starts_black_mass(text: str) -> bool:
    return text.casefold().replace("_", " ").replace("-", " ").startswith("black mass")


def _excluded_phrase(output: OutputFraction, rules: RecyclingRules) -> str | None:
    texts = (output.destination.casefold(), output.label.casefold())
    return next(
        (phrase for phrase in rules.excluded_destinations for text in texts if phrase in text),
        None,
    )


def _check_balance(report: RecoveryReport) -> Iterator[Finding]:
    for substance in substances_of(report):
        received, left = input_of(report, substance), output_of(report, substance)
        if left <= (received or 0):
            continue
        if substance in OPTIONAL_ELEMENTS and not received:
            yield Finding(
                code="OPTIONAL_ELEMENT_ONE_SIDED",
                message=f"{left} of {substance} goes out, but none came in; take it in on both"
                " sides or on neither",
                source=f"{_ACT}, section 2(5)",
            )
        else:
            yield Finding(
                code="ELEMENT_BALANCE",
                message=f"{left} of {substance} goes out, {received or 0} came in; what the"
                " process added is no output",
                source=f"{_BALANCE}; {_ACT}, section 1(6)",
            )
    yield from _check_safe_destination(
        report, "Cd", [step.cadmium_waste for step in report.steps], output_of(report, "Cd")
    )
    yield from _check_safe_destination(
        report, "Hg", [step.mercury_waste for step in report.steps], Decimal(0)
    )


def _check_safe_destination(
    report: RecoveryReport, metal: str, wastes: list[Decimal | None], recycled: Decimal
) -> Iterator[Finding]:
    received = input_of(report, metal) or Decimal(0)
    safe = sum((one for one in wastes if one is not None), Decimal(0))
    accounted = recycled + safe
    if accounted != received:
        yield Finding(
            code=f"{metal.upper()}_BALANCE_MISMATCH",
            message=f"{received} of {metal} came in, {recycled} was recycled and {safe} went to a"
            f" safe destination; {abs(received - accounted)} is not accounted for",
            source=f"{_ACT}, section 4",
        )


def _check_totals(report: RecoveryReport) -> Iterator[Finding]:
    for substance, (declared_input, declared_output) in report.declared_totals.items():
        received = input_of(report, substance) or Decimal(0)
        yield from _check_declared(declared_input, received, "m_input", substance)
        yield from _check_declared(
            declared_output, output_of(report, substance), "m_output", substance
        )


def _check_declared(
    declared: Decimal | None, summed: Decimal, member: str, subject: str
) -> Iterator[Finding]:
    if declared is not None and declared != summed:
        yield Finding(
            code="STEP_SUM_MISMATCH",
            message=f"{member} of {subject!r} is declared as {declared}, the steps add up to"
            f" {summed}",
            source=f"{_ACT}, notes 11 and 12 of the templates",
        )


def _check_filing_day(report: RecoveryReport) -> Iterator[Finding]:
    if report.filed_on is None or report.calendar_year is None:
        return
    due = date(report.calendar_year + 1, _LAST_MONTH, _LAST_DAY)
    if report.filed_on > due:
        yield Finding(
            code="LATE",
            message=f"the report for {report.calendar_year} was due on {due}; it is filed on"
            f" {report.filed_on}",
            source="Regulation (EU) 2023/1542, Art. 75(7)",
            refuses=False,
        )


def _rate_above_100(what: str, rate: Fraction) -> Finding:
    return Finding(
        code="RATE_ABOVE_100",
        message=f"{what} is {percent_text(rate)} %; more went out than came in",
        source=_BALANCE,
    )


def _negative(what: str, mass: Decimal) -> Finding:
    return Finding(
        code="NEGATIVE_MASS", message=f"{what} is {mass}; a mass is 0 or more", source=_BALANCE
    )


def _rule_number(code: str) -> str:
    return f"F.{code.removeprefix('QC_F')}"
