"""State of health for people: the newest value with how far to trust it, and its history."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from passport.domain.content import Content, absence_of
from passport.domain.content_values import nodes_in
from passport.domain.passport import StatementKind
from passport.ui.charts import Axis, Chart, Line, Origin, Reading, line_chart
from passport.ui.views.common import Badge, LineItem, Link, Tone
from passport.ui.views.restricted import ConditionLine, Health
from passport.web.pages.parts import event_title
from passport.web.pages.record import ReadStatement, Record
from passport.web.pages.words import (
    age_text,
    day_text,
    figure,
    in_language,
    instant_text,
    parse_instant,
)

ASSESSED = "assessedStateOfHealthPercent"
REPORTED = "reportedStateOfHealthPercent"
_FRESH = timedelta(days=31)
_AGEING = timedelta(days=183)
_GAP = timedelta(days=400)
"""Conditions further apart are not joined in the drawing."""
_METHODS = {
    "full-charge": "Full charge",
    "full-discharge": "Full discharge",
    "capacity-test": "Capacity test",
}
_NOT_REPORTED = "Nothing: it reports no state of health"


def health_of(conditions: Sequence[ReadStatement], now: datetime) -> Health | None:
    """Return the newest assessed state of health; nothing where none was ever assessed.

    Args:
        conditions: The battery's conditions, oldest first.
        now: The instant of reading.
    """
    newest = next((one for one in reversed(conditions) if _number(one.content, ASSESSED)), None)
    if newest is None:
        return None
    content = newest.content
    measured_at = parse_instant(content["measuredAt"])
    assessment = _assessment(content)
    return Health(
        value=f"{figure(content[ASSESSED])} %",
        interval=_interval(assessment),
        age=age_text(measured_at, now),
        measured=instant_text(measured_at),
        method=_method(assessment),
        badge=_freshness(now - measured_at),
        reported=_reported(content),
        difference=_difference(content),
        measured_on=_measured_on(content),
    )


def _measured_on(content: Mapping[str, object]) -> str:
    """Name the cell and data set behind a value that was not measured on the battery itself."""
    node = content.get("measurementSource")
    if not isinstance(node, Mapping) or "dataSet" not in node:
        return ""
    scaling = in_language(node.get("scaling"))
    return f"{node.get('measuredCell', '')} ({node['dataSet']}). {scaling}".strip()


def chart_of(conditions: Sequence[ReadStatement]) -> Chart | None:
    """Return the history of the state of health; nothing where there are not two values."""
    lines = [
        Line(
            name="Assessed here", origin=Origin.ASSESSED, readings=_readings(conditions, ASSESSED)
        ),
        Line(
            name="Reported by the BMS",
            origin=Origin.REPORTED,
            readings=_readings(conditions, REPORTED),
        ),
    ]
    drawn = [line for line in lines if any(reading.value is not None for reading in line.readings)]
    if all(sum(one.value is not None for one in line.readings) <= 1 for line in drawn):
        return None
    return line_chart(
        "State of health",
        Axis(quantity="State of health", unit="%"),
        drawn,
        caption="The band is the 95 % interval.",
        gap=_GAP,
    )


def condition_lines(
    conditions: Sequence[ReadStatement], *, names: Mapping[str, str], holds: bool
) -> tuple[ConditionLine, ...]:
    """Return the chain of conditions, newest first."""
    badge = (
        Badge(text="Signature holds", tone=Tone.AUTHENTIC)
        if holds
        else Badge(text="Not checked", tone=Tone.INFORMATION)
    )
    return tuple(
        ConditionLine(
            measured=instant_text(parse_instant(one.content["measuredAt"])),
            health=_short_health(one.content),
            signer=f"Signed by {names.get(one.signed.issuer, one.signed.issuer)}",
            badge=badge,
            verify=Link(
                text=f"Statement {one.signed.version}",
                href=f"/statements/{one.signed.statement_id}",
            ),
        )
        for one in reversed(conditions)
    )


def event_lines(record: Record) -> tuple[LineItem, ...]:
    """Return what happened to a battery, newest first: signed events and what its BMS counted."""
    lines = [*_signed_events(record), *_negative_events(record)]
    return tuple(line for _, line in sorted(lines, key=lambda entry: entry[0], reverse=True))


def _signed_events(record: Record) -> Iterator[tuple[datetime, LineItem]]:
    for event in record.all(StatementKind.EVENT):
        at = parse_instant(event.content["occurredAt"])
        words = [
            str(event.content[name])
            for name in ("eventReason", "countryOfEvent", "treatmentBatch")
            if name in event.content
        ]
        yield (
            at,
            LineItem(
                title=event_title(event.content),
                href=f"/statements/{event.signed.statement_id}",
                detail=", ".join([*words, f"reported by {event.signed.issuer}"]),
                aside=day_text(at.date()),
            ),
        )


def _negative_events(record: Record) -> Iterator[tuple[datetime, LineItem]]:
    conditions = record.all(StatementKind.CONDITION)
    newest = conditions[-1].content if conditions else {}
    for node in nodes_in(newest.get("negativeEvents")):
        if "occurredAt" not in node:
            continue
        at = parse_instant(node["occurredAt"])
        yield (
            at,
            LineItem(
                title=str(node.get("negativeEventKind", "event")).replace("-", " ").capitalize(),
                detail=in_language(node.get("eventDescription")),
                badge=Badge(text="Harmful", tone=Tone.WARNING),
                aside=day_text(at.date()),
            ),
        )


def _readings(conditions: Sequence[ReadStatement], name: str) -> tuple[Reading, ...]:
    readings = []
    for one in conditions:
        assessment = _assessment(one.content) if name == ASSESSED else {}
        readings.append(
            Reading(
                at=parse_instant(one.content["measuredAt"]),
                value=_number(one.content, name),
                low=_number(assessment, "intervalLow"),
                high=_number(assessment, "intervalHigh"),
            )
        )
    return tuple(sorted(readings, key=lambda reading: reading.at))


def _number(content: Content, name: str) -> Decimal | None:
    value = content.get(name)
    return None if value is None or absence_of(value) is not None else Decimal(str(value))


def _assessment(content: Content) -> Mapping[str, object]:
    for node in nodes_in(content.get("assessments")):
        if node.get("assessedTerm") == ASSESSED:
            return node
    return {}


def _interval(assessment: Mapping[str, object]) -> str:
    if "intervalLow" not in assessment or "intervalHigh" not in assessment:
        return "not given"
    return f"{figure(assessment['intervalLow'])} % to {figure(assessment['intervalHigh'])} %"


def _method(assessment: Mapping[str, object]) -> str:
    named = str(assessment.get("method", "not given"))
    words = [_METHODS.get(named, named)]
    if "observations" in assessment:
        count = figure(assessment["observations"])
        words.append(f"{count} observation{'' if count == '1' else 's'}")
    if "conditions" in assessment:
        words.append(str(assessment["conditions"]))
    return "; ".join(words)


def _freshness(age: timedelta) -> Badge:
    if age <= _FRESH:
        return Badge(text="Fresh", tone=Tone.AUTHENTIC)
    if age <= _AGEING:
        return Badge(text="Ageing", tone=Tone.HELD)
    return Badge(text="Out of date", tone=Tone.WARNING)


def _reported(content: Content) -> str:
    value = _number(content, REPORTED)
    return _NOT_REPORTED if value is None else f"{figure(value)} %"


def _difference(content: Content) -> str:
    assessed, reported = _number(content, ASSESSED), _number(content, REPORTED)
    if assessed is None or reported is None:
        return ""
    apart = reported - assessed
    if not apart:
        return "The same as measured."
    more = "more" if apart > 0 else "less"
    return f"{figure(abs(apart))} points {more} than measured. Trust the measurement."


def _short_health(content: Content) -> str:
    assessed, reported = _number(content, ASSESSED), _number(content, REPORTED)
    if assessed is not None:
        return f"{figure(assessed)} %"
    return f"{figure(reported)} % by the BMS" if reported is not None else "No state of health"
