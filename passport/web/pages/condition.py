"""One battery for readers of its own data: health, events, composition; and attaching a test."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.bootstrap import Passport
from passport.domain.access import CONDITION_SCOPE, Point
from passport.domain.actor import Actor, Role
from passport.domain.battery import Battery
from passport.domain.content import absence_of
from passport.domain.errors import (
    AccessDeniedError,
    ContentRefusedError,
    InvalidValueError,
    PassportCeasedError,
)
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.domain.status import PassportState
from passport.domain.units import parse_decimal
from passport.services.overviews import own_grants_on
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Link, Notice
from passport.ui.views.restricted import Access, AttachTest, RestrictedPage
from passport.web.dependencies import BatteryInPath, Visit, VisitedSignedIn
from passport.web.pages.battery import annulment_reason, state_badge, status_badge
from passport.web.pages.dismantling import dismantling_link
from passport.web.pages.health import chart_of, condition_lines, event_lines, health_of
from passport.web.pages.papers import paper_lines
from passport.web.pages.parts import evidence_of, groups_of, measurement_sources
from passport.web.pages.record import Record
from passport.web.pages.words import day_text
from passport.web.uploads import FormSent, SentForm, checked_media_type
from passport.web.verdicts import verdict_of

router = APIRouter(include_in_schema=False)

_METHODS = (("full-discharge", "Full discharge"), ("full-charge", "Full charge"))
_HIDDEN = frozenset(
    {
        "measuredAt",
        "assessments",
        "measurementSource",
        "rawReadingsDigest",
        "negativeEvents",
        "assessedStateOfHealthPercent",
        "reportedStateOfHealthPercent",
    }
)
"""Terms of a condition that the page shows in a place of their own."""
_USE_IS_CLOSED = Notice(
    title="Health and events are not open to you",
    text="State of health, events and use of a single battery (Annex XIII point 4) are for who "
    "answers for it, its owner, and people with a legitimate interest. Whether any are on record "
    "is not said here.",
)
_HUNDREDTH = Decimal("0.01")


@router.get("/condition/{battery_id:path}")
def condition(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Show what is not public about a battery, to who may read it."""
    return _show(visit, battery_id, EMPTY_FORM)


@router.post("/condition/{battery_id:path}")
def attach(battery_id: BatteryInPath, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Put a capacity test on record under the name of who did it."""
    errors: dict[str, str] = {}
    measured_at = _instant_of(form.text("measured_on"), errors)
    capacity = _number_of(form, "remaining_capacity_ah", errors)
    temperature = _number_of(form, "temperature_c", errors, is_needed=False)
    if form.text("method") not in dict(_METHODS):
        errors["method"] = "Choose how it was tested"
    if errors or measured_at is None or capacity is None:
        return _show(visit, battery_id, form.shown(errors))
    record = Record.of(visit.services.disclose(visit.actor, battery_id))
    conditions = [f"cells at {temperature} °C"] if temperature is not None else []
    try:
        for report in form.files.get("report", ()):
            digest = visit.services.keep_attachment(
                visit.actor, report.content, checked_media_type(report)
            )
            conditions.append(f"report {digest}")
        content = _test_content(record, capacity, form.text("method"), "; ".join(conditions))
        visit.services.record_condition(visit.actor, battery_id, content, measured_at)
    except (ContentRefusedError, InvalidValueError) as refusal:
        return _show(visit, battery_id, form.shown(problem=str(refusal)))
    return see_other(f"/condition/{battery_id}")


def _test_content(
    record: Record, capacity: Decimal, method: str, conditions: str
) -> dict[str, object]:
    """Return what a capacity test says; state of health only where a rated capacity is known."""
    content: dict[str, object] = {"remainingCapacityAmpereHours": capacity}
    assessment: dict[str, object] = {
        "assessedTerm": "remainingCapacityAmpereHours",
        "method": method,
        "observations": "1",
    }
    if conditions:
        assessment["conditions"] = conditions
    content["assessments"] = [assessment]
    rated = record.model.get("ratedCapacityAmpereHours")
    if rated is not None and absence_of(rated) is None:
        health = (100 * capacity / Decimal(str(rated))).quantize(_HUNDREDTH)
        content["assessedStateOfHealthPercent"] = health
        of_health = {**assessment, "assessedTerm": "assessedStateOfHealthPercent"}
        content["assessments"] = [assessment, of_health]
    return content


def _show(visit: Visit, battery_id: BatteryId, form: FormState) -> Response:
    view = _restricted_page(visit, battery_id, form)
    is_wrong = bool(form.errors or form.problem)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return visit.pages.show("battery_restricted.html", view, status=status)


def _restricted_page(visit: Visit, battery_id: BatteryId, form: FormState) -> RestrictedPage:
    """Make the page of what one reader may see beside the public part.

    Raises:
        AccessDeniedError: The reader sees no more than everybody.
        PassportCeasedError: The battery has been recycled.
    """
    passport, actor = visit.passport, visit.actor
    disclosure = passport.services.disclose(actor, battery_id)
    battery = disclosure.battery
    if battery.state is PassportState.CEASED:
        raise PassportCeasedError(battery_id)
    if disclosure.points <= {Point.PUBLIC}:
        raise AccessDeniedError(
            f"{actor.organisation} reads of this battery what everybody reads; ask for access and "
            "name your purpose"
        )
    record = Record.of(disclosure)
    checked = visit.verdicts.check(disclosure)
    conditions = record.all(StatementKind.CONDITION)
    newest = conditions[-1].content if conditions else {}
    standing = passport.services.read_standing(actor, battery_id)
    sees_use = Point.INDIVIDUAL in disclosure.points
    declared, restricted, for_authorities = (
        record.content(kind)
        for kind in (
            StatementKind.ITEM_DECLARED,
            StatementKind.MODEL_RESTRICTED,
            StatementKind.MODEL_AUTHORITY,
        )
    )
    return RestrictedPage(
        name=record.name,
        kind=record.kind,
        serial=record.serial,
        public=Link(text="Public page of this battery", href=f"/{battery_id}"),
        state=state_badge(battery.state),
        status=status_badge(standing.status),
        access=_access(passport, actor, record),
        notices=() if sees_use else (_USE_IS_CLOSED,),
        sees_use=sees_use,
        actions=_actions(actor, battery, sees_use=sees_use),
        verdict=verdict_of(checked, record.signer, reason=annulment_reason(record)),
        groups=groups_of(
            declared,
            {name: value for name, value in newest.items() if name not in _HIDDEN},
            restricted,
            for_authorities,
        ),
        dismantling=dismantling_link(battery_id, restricted),
        documents=paper_lines(passport.services, actor, [declared, restricted, for_authorities]),
        health=health_of(conditions, passport.services.clock.now()),
        chart=chart_of(conditions),
        conditions=condition_lines(conditions, names=checked.issuers, holds=checked.holds),
        events=event_lines(record),
        attach=_attach_form(passport, actor, battery_id, form),
        measurements=measurement_sources(conditions),
        statements=evidence_of(record.statements, names=checked.issuers, holds=checked.holds),
        downloads=(
            Link(text="Signed record as you may read it", href=f"/v1/dpps/{battery_id}"),
            Link(
                text="Record with everything to check it offline",
                href=f"/batteries/{battery_id}/bundle",
            ),
        ),
    )


def _access(passport: Passport, actor: Actor, record: Record) -> Access:
    battery = record.disclosure.battery
    if actor.organisation == battery.responsible:
        return Access(reason="You answer for this battery.", until="As long as you do.")
    if actor.organisation == battery.holder:
        return Access(reason="The battery is yours.", until="As long as it is.")
    grants = passport.services.do(
        actor, lambda work: own_grants_on(actor, record.battery_id, work=work)
    )
    if grants:
        grant = grants[0]
        end = f"It ends on {day_text(grant.expires_at)}." if grant.expires_at else "It has no end."
        return Access(reason=f"{record.signer} gave you access.", until=end, purpose=grant.purpose)
    if actor.has(Role.AUTHORITY):
        return Access(
            reason="You read as an authority: Annex XIII points 1, 2 and 3.", until="By law."
        )
    return Access(reason="You are authorised by who answers for it.", until="As long as you are.")


def _actions(actor: Actor, battery: Battery, *, sees_use: bool) -> tuple[Link, ...]:
    parts = Link(text="What it is made of", href=f"/structure/{battery.battery_id}")
    if actor.organisation != battery.responsible or battery.state is not PassportState.ACTIVE:
        return (parts,) if sees_use else ()
    return (
        parts,
        Link(text="May it be placed on the market?", href=f"/check/battery/{battery.battery_id}"),
        Link(text="Report an event", href=f"/report/{battery.battery_id}"),
        Link(text="Who reads it", href=f"/batteries/{battery.battery_id}/grants"),
    )


def _attach_form(
    passport: Passport, actor: Actor, battery_id: BatteryId, form: FormState
) -> AttachTest | None:
    try:
        passport.services.may_write(actor, battery_id, CONDITION_SCOPE)
    except AccessDeniedError:
        return None
    return AttachTest(action=f"/condition/{battery_id}", methods=_METHODS, form=form)


def _instant_of(text: str, errors: dict[str, str]) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        errors["measured_on"] = "Give the day of the test, like 2027-02-18"
        return None


def _number_of(
    form: SentForm, name: str, errors: dict[str, str], *, is_needed: bool = True
) -> Decimal | None:
    text = form.text(name).replace(",", ".")
    if not text and not is_needed:
        return None
    try:
        return parse_decimal(text)
    except InvalidValueError:
        errors[name] = "Write digits with a point, like 195.2"
        return None
