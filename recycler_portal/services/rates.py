"""Compute the rates of a recycling report, or say why it must be refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from recycler_portal.domain.findings import Finding
from recycler_portal.domain.recovery import (
    MaterialRecovery,
    RateCase,
    RecoveryReport,
    counted_input,
    counted_output,
    material_recovery,
    recycling_efficiency,
)
from recycler_portal.rules.annex_xii import RecyclingRules, Target
from recycler_portal.rules.recovery_report import (
    check_case,
    check_efficiency,
    check_material_recovery,
    check_report,
)

_FIRST_TARGETS, _SECOND_TARGETS = date(2027, 12, 31), date(2031, 12, 31)
"""Days of the two sets of recovery targets (Annex XII, Part C)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRate:
    """The efficiency in one case; ``efficiency`` is None where it cannot be computed."""

    name: str
    counted_input: Decimal
    counted_output: Decimal
    efficiency: Fraction | None
    target: Target | None

    @property
    def meets_target(self) -> bool | None:
        """Whether the exact rate reaches the target; None without rate or target."""
        if self.efficiency is None or self.target is None:
            return None
        return self.efficiency >= Fraction(self.target.percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRate:
    """The recovery of one material beside its two targets."""

    recovery: MaterialRecovery
    meets_2027: bool
    meets_2031: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a report comes to: figures, and what is not in order about it."""

    cases: tuple[CaseRate, ...]
    materials: dict[str, MaterialRate]
    findings: tuple[Finding, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the report must not be filed."""
        return any(finding.refuses for finding in self.findings)


def compute_rates(
    report: RecoveryReport, cases: Sequence[RateCase], rules: RecyclingRules
) -> Rates:
    """Compute every case of a report and the recovery of its materials.

    Source: Delegated Regulation (EU) 2025/606, Annex, sections 2 and 3.
    """
    findings = list(check_report(report, rules))
    rated = []
    for case in cases:
        refusals = list(check_case(report, case, rules))
        rate = _case_rate(report, case, rules, is_refused=bool(refusals))
        rated.append(rate)
        findings += refusals
        if rate.efficiency is not None:
            findings += check_efficiency(report, case, rate.efficiency, rules)
        elif not refusals:
            findings.append(_nothing_came_in(case))
    recovered = material_recovery(report)
    findings += check_material_recovery(recovered, rules)
    return Rates(
        cases=tuple(rated),
        materials={
            material: _material_rate(material, recovery, rules)
            for material, recovery in recovered.items()
        },
        findings=tuple(findings),
    )


def _case_rate(
    report: RecoveryReport, case: RateCase, rules: RecyclingRules, *, is_refused: bool
) -> CaseRate:
    received = counted_input(report, case.optional_included)
    computable = received > 0 and not is_refused
    return CaseRate(
        name=case.name,
        counted_input=received,
        counted_output=counted_output(report, case.optional_included),
        efficiency=recycling_efficiency(report, case.optional_included) if computable else None,
        target=rules.efficiency_target(report.family, case.rule_date),
    )


def _material_rate(
    material: str, recovery: MaterialRecovery, rules: RecyclingRules
) -> MaterialRate:
    def meets(on: date) -> bool:
        target = rules.material_target(material, on)
        return target is None or recovery.rate >= Fraction(target.percent)

    return MaterialRate(
        recovery=recovery, meets_2027=meets(_FIRST_TARGETS), meets_2031=meets(_SECOND_TARGETS)
    )


def _nothing_came_in(case: RateCase) -> Finding:
    return Finding(
        code="NOTHING_RECEIVED",
        message=f"nothing came in for case {case.name!r}; enter the masses received",
        source="Delegated Regulation (EU) 2025/606, Annex, section 2(1)",
    )
