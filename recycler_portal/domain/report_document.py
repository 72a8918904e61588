"""A recycling report as it comes in a file: JSON members to values."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from recycler_portal.domain.errors import ReportUnreadableError
from recycler_portal.domain.recovery import (
    ChemistryFamily,
    InputRow,
    OutputFraction,
    RateCase,
    RecoveryReport,
    RecyclingStep,
)

_LARGEST_MASS = Decimal(10) ** 12
_FINEST_MASS = -12
"""Exponent of the last decimal place; sums of such masses stay exact in 28 digits."""

Document = Mapping[str, object]


def parse_document(data: bytes) -> Document:
    """Read a JSON object with its numbers as exact decimals.

    Raises:
        ReportUnreadableError: The bytes are no JSON object, or hold NaN or infinity.
    """
    try:
        document = json.loads(
            data, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant
        )
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise ReportUnreadableError(f"the file is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise ReportUnreadableError("the file is no JSON object; a report is one object")
    return document


def parse_report(document: Document) -> RecoveryReport:
    """Read the masses and places of a report; what was expected of it is never read.

    Raises:
        ReportUnreadableError: A member is missing or has another kind.
    """
    received = _object(document, "input")
    return RecoveryReport(
        family=_family(document),
        rows=tuple(_input_row(row) for row in _objects(received, "rows")),
        steps=tuple(_step(step) for step in _objects(document, "steps")),
        unit=_text(document, "unit") or "t",
        calendar_year=_year(document),
        collected_in={
            state: _exact(share, f"collected_in.{state}")
            for state, share in _object_or_empty(document, "collected_in").items()
        },
        first_recycler=_text(_object_or_empty(document, "first_recycler"), "operator"),
        wet_mass=_number(received, "wet_mass_received"),
        water=_number(received, "water"),
        dry_total=_number(received, "dry_total"),
        declared_totals={
            substance: (_number(total, "m_input"), _number(total, "m_output"))
            for substance, total in _declared_totals(document)
        },
        filed_on=_day(document, "filed_on"),
    )


def parse_cases(document: Document, member: str = "cases") -> tuple[RateCase, ...]:
    """Read the ways in which the efficiency is to be computed.

    Raises:
        ReportUnreadableError: A case has no day of the law, or names it wrongly.
    """
    return tuple(
        RateCase(
            name=_text(case, "name"),
            rule_date=_required_day(case, "rule_date"),
            optional_included=frozenset(_texts(case, "optional_included")),
            declared_input=_number(case, "m_input"),
            declared_output=_number(case, "m_output"),
        )
        for case in _objects(document, member)
    )


def _input_row(row: Document) -> InputRow:
    return InputRow(
        substance=_required_text(row, "substance"),
        mass=_number(row, "m_input"),
        recovery_basis=_number(row, "rm_basis"),
    )


def _step(step: Document) -> RecyclingStep:
    safe = _object_or_empty(step, "safe_destination")
    return RecyclingStep(
        name=_text(step, "step"),
        operator=_text(step, "operator"),
        country=_text(step, "country"),
        is_preparation=_text(step, "role").startswith("preparation"),
        outputs=tuple(_output(output) for output in _objects(step, "outputs")),
        cadmium_waste=_number(safe, "m_Cd_waste"),
        mercury_waste=_number(safe, "m_Hg_waste"),
    )


def _output(output: Document) -> OutputFraction:
    mass = _number(output, "m")
    if mass is None:
        raise ReportUnreadableError(f"an output fraction has no mass 'm': {dict(output)}")
    return OutputFraction(
        substance=_required_text(output, "substance"),
        mass=mass,
        recovered_mass=_number(output, "rm_m") or Decimal(0),
        in_slag=_text(output, "via") == "slag",
        in_third_country=_text(output, "generated_in") == "third_country",
        has_evidence=output.get("art72_3_evidence") is True,
        label=_text(output, "label") or _text(output, "note"),
        destination=_text(output, "destination"),
    )


def _declared_totals(document: Document) -> Iterable[tuple[str, Document]]:
    totals = _object_or_empty(document, "totals_by_substance")
    for substance in totals:
        yield substance, _object(totals, substance)


def _family(document: Document) -> ChemistryFamily:
    name = _required_text(document, "chemistry_family")
    try:
        return ChemistryFamily(name)
    except ValueError as error:
        known = ", ".join(ChemistryFamily)
        raise ReportUnreadableError(f"{name!r} is no chemistry family; use {known}") from error


def _year(document: Document) -> int | None:
    year = _number(document, "calendar_year")
    return None if year is None else int(year)


def _number(document: Document, member: str) -> Decimal | None:
    value = document.get(member)
    return None if value is None else _exact(value, member)


def _exact(value: object, member: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ReportUnreadableError(f"{member} is {value!r}; write a number")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ReportUnreadableError(f"{member} is {value!r}; write a number") from error
    if not number.is_finite() or abs(number) >= _LARGEST_MASS:
        raise ReportUnreadableError(f"{member} is {value}; it must stay below {_LARGEST_MASS:f}")
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST_MASS:
        raise ReportUnreadableError(f"{member} is {value}; use at most {-_FINEST_MASS} decimals")
    return number


def _required_text(document: Document, member: str) -> str:
    text = _text(document, member)
    if not text:
        raise ReportUnreadableError(f"{member!r} is missing in {_shortened(document)}")
    return text


def _text(document: Document, member: str) -> str:
    value = document.get(member)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ReportUnreadableError(f"{member!r} is {value!r}; write a text")
    return value


def _texts(document: Document, member: str) -> tuple[str, ...]:
    values = document.get(member, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ReportUnreadableError(f"{member!r} is {values!r}; write a list of texts")
    return tuple(values)


def _required_day(document: Document, member: str) -> date:
    day = _day(document, member)
    if day is None:
        raise ReportUnreadableError(f"{member!r} is missing in {_shortened(document)}")
    return day


def _day(document: Document, member: str) -> date | None:
    text = _text(document, member)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ReportUnreadableError(f"{member!r} is {text!r}; write 2026-12-31") from error


def _object(document: Document, member: str) -> Document:
    value = document.get(member)
    if not isinstance(value, dict):
        raise ReportUnreadableError(f"{member!r} is missing in {_shortened(document)}")
    return value


def _object_or_empty(document: Document, member: str) -> Document:
    return {} if document.get(member) is None else _object(document, member)


def _objects(document: Document, member: str) -> tuple[Document, ...]:
    values = document.get(member, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise ReportUnreadableError(f"{member!r} is no list of objects")
    return tuple(values)


def _shortened(document: Document) -> str:
    return "an object with the members " + (", ".join(sorted(document)) or "(none)")


def _refuse_constant(text: str) -> NoReturn:
    raise ReportUnreadableError(f"{text} is no mass")
