"""One event: signed by the party that reports it, kept, and its followers told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from passport.domain.battery import Battery
from passport.domain.errors import InvalidValueError
from passport.domain.event import Event, EventKind, point_of_event
from passport.domain.organisation import Notice, Operator
from passport.domain.passport import StatementKind
from passport.services.desk import desk_of, new_id
from passport.services.ports import Work
from passport.services.series import event_series_iri, iri_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """What somebody reports about a battery.

    Attributes:
        occurred_at: When it happened; not after the moment it is reported.
        reason: In words, where the kind asks for it.
        details: Further terms of an `EventStatement`.
        buyer: Organisation that bought it, for a sale.
    """

    kind: EventKind
    occurred_at: datetime
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    buyer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredEvent:
    """What somebody enters about an event, whatever its kind needs of it.

    Attributes:
        country: Where a battery became waste (ISO 3166-1 alpha-2).
        batch: Treatment batch, for recycling.
        buyer: Organisation that bought it, for a sale.
        details: Further terms of an `EventStatement`.
    """

    occurred_at: datetime
    reason: str = ""
    country: str = ""
    batch: str = ""
    buyer: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def read_entered_event(entered: Mapping[str, object], now: datetime) -> EnteredEvent:
    """Read an event's JSON members; without ``occurredAt`` it happened now.

    Raises:
        InvalidValueError: A member is unknown or no value of its kind.
    """
    details = entered.get("details", {})
    strange = set(entered) - {"occurredAt", "reason", "country", "batch", "buyer", "details"}
    if strange or not isinstance(details, Mapping):
        raise InvalidValueError(
            f"an event has occurredAt, reason, country, batch, buyer and details, not "
            f"{', '.join(sorted(strange)) or 'details of another kind'}"
        )
    text = str(entered.get("occurredAt", ""))
    return EnteredEvent(
        occurred_at=_instant_of(text) if text else now,
        reason=str(entered.get("reason", "")),
        country=str(entered.get("country", "")),
        batch=str(entered.get("batch", "")),
        buyer=str(entered.get("buyer", "")),
        details=details,
    )


def _instant_of(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(f"{text!r} is no instant; write 2027-02-18T10:00:00Z") from error
    if instant.tzinfo is None:
        raise InvalidValueError(f"{text!r} names no time zone; end it with Z for UTC")
    return in_utc


def sign_event(battery: Battery, report: EventReport, reporter: Operator, *, work: Work) -> Event:
    """Sign an event as the reporting party and put it on record.

    Raises:
        InvalidValueError: The details say anew what the report itself says.
        ContentRefusedError: The details break the rules of their terms.
    """
    iri = iri_of(battery)
    content: dict[str, object] = {
        "eventKind": report.kind.value,
        "occurredAt": report.occurred_at,
    }
    if report.reason:
        content["eventReason"] = report.reason
    said_twice = content.keys() & report.details.keys()
    if said_twice:
        raise InvalidValueError(
            f"{', '.join(sorted(said_twice))} stands outside of the details of an event"
        )
    content |= report.details
    statement = desk_of(reporter, work=work).continue_series(
        StatementKind.EVENT,
        about=battery.battery_id,
        subject_iri=iri,
        series_iri=event_series_iri(iri, report.kind),
        point=point_of_event(report.kind),
        content=content,
    )
    event = Event(
        event_id=new_id(),
        battery_id=battery.battery_id,
        kind=report.kind,
        occurred_at=report.occurred_at,
        recorded_at=work.clock.now(),
        reported_by=reporter.slug,
        statement_id=statement.statement_id,
        facts={key: _fact(value) for key, value in content.items()},
    )
    work.events.add(event)
    return event


def _fact(value: object) -> object:
    """Return a value as text; nodes stay nodes, whose values are texts."""
    is_nodes = isinstance(value, list) and all(isinstance(one, Mapping) for one in value)
    return value if is_nodes else str(value)


def notify(  # noqa: PLR0913 - a notice is these five things
    organisation: str, kind: str, text: str, *, about: str, link: str, work: Work
) -> None:
    """Tell an organisation something, if there is one to tell."""
    if organisation:
        work.events.notify(
            Notice(
                notice_id=new_id(),
                organisation=organisation,
                kind=kind,
                about=about,
                text=text,
                link=link,
                created_at=work.clock.now(),
            )
        )
