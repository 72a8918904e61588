"""A report file in, its rates as a document out: what ``recycler rates`` prints."""

from dataclasses import dataclass
from decimal import Decimal

import orjson

from recycler_portal.domain.findings import Finding
from recycler_portal.domain.recovery import (
    MANAGEMENT_MARK,
    RateCase,
    RecoveryReport,
    percent_text,
)
from recycler_portal.domain.report_document import (
    Document,
    parse_cases,
    parse_document,
    parse_report,
)
from recycler_portal.rules.annex_xii import RecyclingRules
from recycler_portal.services.rates import CaseRate, MaterialRate, Rates, compute_rates

_WITH, _WITHOUT = "with_art72_3_evidence", "without_art72_3_evidence"
"""Members with cases that differ in what is proven about a third country (Art. 72(3))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesAnswer:
    """The printed document, and whether the report must be refused."""

    document: dict[str, object]
    is_refused: bool


def rates_of_file(data: bytes, rules: RecyclingRules) -> RatesAnswer:
    """Read a report and compute its rates.

    The members ``expected*`` are never read. Cases that a file keeps under
    ``invalid_cases`` are answered apart and do not refuse the report.

    Raises:
        ReportUnreadableError: The file is no report of this form.
    """
    source = parse_document(data)
    report = parse_report(source)
    rates = compute_rates(report, _main_cases(source), rules)
    document = {"marking": MANAGEMENT_MARK, **rates_tree(rates)}
    for member, variant in ((_WITH, report.with_evidence()), (_WITHOUT, report)):
        if member in source:
            document[member] = rates_tree(_variant_rates(source, member, variant, rules))
    if "invalid_cases" in source:
        document["invalid_cases"] = _refusals(source, report, rules)
    return RatesAnswer(document=document, is_refused=rates.is_refused)


def _main_cases(source: Document) -> tuple[RateCase, ...]:
    """Take the file's own cases; without any, those that count nothing unproven."""
    without = source.get(_WITHOUT)
    if "cases" not in source and isinstance(without, dict):
        return parse_cases(without)
    return parse_cases(source)


def _variant_rates(
    source: Document, member: str, report: RecoveryReport, rules: RecyclingRules
) -> Rates:
    group = source[member]
    return compute_rates(report, parse_cases(group if isinstance(group, dict) else {}), rules)


def _refusals(
    source: Document, report: RecoveryReport, rules: RecyclingRules
) -> list[dict[str, object]]:
    return [
        {
            "name": case.name,
            "findings": [
                _finding(one)
                for one in compute_rates(report, [case], rules).findings
                if one.refuses
            ],
        }
        for case in parse_cases(source, "invalid_cases")
    ]


def rates_tree(rates: Rates) -> dict[str, object]:
    """Write rates as the command line prints them."""
    return {
        "cases": [_case(case) for case in rates.cases],
        "rRM": {material: _material(rate) for material, rate in rates.materials.items()},
        "findings": [_finding(finding) for finding in rates.findings],
    }


def _case(case: CaseRate) -> dict[str, object]:
    return {
        "name": case.name,
        "m_input": _number(case.counted_input),
        "m_output": _number(case.counted_output),
        "rRE_pct": None if case.efficiency is None else percent_text(case.efficiency),
        "target_pct": None if case.target is None else _number(case.target.percent),
        "meets_target": case.meets_target,
    }


def _material(rate: MaterialRate) -> dict[str, object]:
    return {
        "m_TM_input": _number(rate.recovery.basis),
        "m_TM_output_point": _number(rate.recovery.recovered),
        "rRM_pct": percent_text(rate.recovery.rate),
        "meets_2027": rate.meets_2027,
        "meets_2031": rate.meets_2031,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {"code": finding.code, "message": finding.message, "source": finding.source}


def _number(value: Decimal) -> orjson.Fragment:
    """Write a decimal as a JSON number with all of its digits, which no float could promise."""
    text = format(value, "f")
    return orjson.Fragment(text.rstrip("0").rstrip(".") if "." in text else text)
