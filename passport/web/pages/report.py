"""What happened to a battery, reported by who answers for it."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.content import codes_of
from passport.domain.errors import ConflictError, InvalidValueError
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, serial_of
from passport.services.reporting import EnteredEvent
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Link
from passport.ui.views.desk import ReportPage
from passport.web.dependencies import BatteryInPath, Visit, VisitedSignedIn
from passport.web.pages.scan import sentence
from passport.web.uploads import FormSent

router = APIRouter(include_in_schema=False)

_KINDS = (
    EventKind.REPAIR,
    EventKind.RESET,
    EventKind.ACCIDENT,
    EventKind.RECALL,
    EventKind.LOST,
    EventKind.WASTE,
    EventKind.ANNULLED,
)
_EXPLAINED = {EventKind.REPAIR, EventKind.ACCIDENT, EventKind.RECALL, EventKind.ANNULLED}


@router.get("/report/{battery_id:path}")
def report_page(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Show the form, or what was put on record with it."""
    done = codes_of("event-kind").get(visit.request.query_params.get("done", ""), "")
    return _show(visit, battery_id, EMPTY_FORM, done=f"{done}." if done else "")


@router.post("/report/{battery_id:path}")
def report(battery_id: BatteryInPath, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Sign an event and put it on record."""
    errors: dict[str, str] = {}
    kind = _kind_of(form.text("kind"), errors)
    occurred_at = _instant_of(form.text("occurred_on"), visit.services.clock.now(), errors)
    if kind in _EXPLAINED and not form.text("reason"):
        errors["reason"] = "Say what was done, or why"
    if kind is EventKind.WASTE and not form.text("country"):
        errors["country"] = "Say in which country it became waste: it decides who answers"
    if kind is None or errors:
        return _show(visit, battery_id, form.shown(errors))
    entered = EnteredEvent(
        occurred_at=occurred_at, reason=form.text("reason"), country=form.text("country")
    )
    try:
        visit.services.record_event(visit.actor, battery_id, kind, entered)
    except (ConflictError, InvalidValueError) as refusal:
        return _show(visit, battery_id, form.shown(problem=sentence(str(refusal))))
    return see_other(f"/report/{battery_id}?done={kind.value}")


def _kind_of(text: str, errors: dict[str, str]) -> EventKind | None:
    for kind in _KINDS:
        if kind.value == text:
            return kind
    errors["kind"] = "Choose what happened"
    return None


def _instant_of(text: str, now: datetime, errors: dict[str, str]) -> datetime:
    if not text:
        return now
    try:
        return min(datetime.combine(date.fromisoformat(text), time(12), UTC), now)
    except ValueError:
        errors["occurred_on"] = f"{text} is no day; write it like 2027-02-18"
        return now


def _show(visit: Visit, battery_id: BatteryId, form: FormState, *, done: str = "") -> Response:
    words = codes_of("event-kind")
    page = ReportPage(
        battery=Link(text=f"Serial {serial_of(battery_id)}", href=f"/{battery_id}"),
        action=f"/report/{battery_id}",
        kinds=tuple((kind.value, words[kind.value]) for kind in _KINDS),
        done=done,
        form=form,
    )
    is_wrong = bool(form.errors or form.problem)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return visit.pages.show("report.html", page, status=status)
