"""Ask for the restricted part of a passport; decide who gets it."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Response

from passport.domain.access import CONDITION_SCOPE, Audience, Grant, Point
from passport.domain.actor import SYSTEM, Role
from passport.domain.errors import InvalidValueError, NotFoundError
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.organisation import Notice as Told
from passport.domain.status import PassportState
from passport.services.overviews import grants_on
from passport.services.readers import GRANTABLE_SCOPES, NewGrant
from passport.services.status import BatteryStanding
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Fact, Link, Notice, Tone
from passport.ui.views.entry import AskAccessPage
from passport.ui.views.moves import GrantLine, GrantsPage
from passport.ui.views.work import FormAction
from passport.web.dependencies import BatteryInPath, Visit, VisitedSignedIn
from passport.web.errors import AddressUnknownError
from passport.web.pages.words import day_text
from passport.web.uploads import FormSent, SentForm

router = APIRouter(include_in_schema=False)

LEGAL_GROUND = "Regulation (EU) 2023/1542, Article 77(2), third subparagraph"
ASKED = "access-asked"
"""Kind of the notice that a request for access makes."""
_PURPOSES = (
    ("repair", "Repair"),
    ("second-life", "Second life: re-use, repurposing, remanufacturing"),
    ("recycling", "Recycling"),
    ("aggregation", "It is mine, and I want to offer it to an aggregator"),
)
_AUDIENCES = (
    (Audience.LEGITIMATE_INTEREST.value, "Somebody with a legitimate interest: points 1, 2 and 4"),
    (Audience.OWNER.value, "Its owner or the owner's agent: points 1 and 4"),
)
_SCOPES = {
    "condition:write": "Tests: put conditions on record under its own name",
    "event:write": "Events: report repairs and accidents",
    "telemetry:write": "Telemetry: send readings",
}


@router.get("/access/{battery_id:path}")
def ask_page(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Show the form to ask for access, to somebody who is signed in: the operator must know who."""
    is_sent = "sent" in visit.request.query_params
    view = _ask_view(visit, battery_id, EMPTY_FORM, is_sent=is_sent)
    return visit.pages.show("ask_access.html", view)


@router.post("/access/{battery_id:path}")
def ask(battery_id: BatteryInPath, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Send the request to who answers for the battery."""
    errors = {}
    purpose = dict(_PURPOSES).get(form.text("purpose"), "")
    if not purpose:
        errors["purpose"] = "Choose what you need it for"
    if not form.text("reason"):
        errors["reason"] = "Say why you, and why this battery: the operator decides by it"
    if errors:
        view = _ask_view(visit, battery_id, form.shown(errors))
        return visit.pages.show("ask_access.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    contact = form.text("email")
    whole = f"{purpose}. {form.text('reason')}" + (f" ({contact})" if contact else "")
    visit.services.ask_access(visit.actor, battery_id, whole)
    return see_other(f"/access/{battery_id}?sent=1")


def _ask_view(
    visit: Visit, battery_id: BatteryId, form: FormState, *, is_sent: bool = False
) -> AskAccessPage:
    standing = visit.services.read_standing(SYSTEM, battery_id)
    operator = (
        visit.name_of(standing.responsible) if standing.responsible else "The responsible operator"
    )
    return AskAccessPage(
        action=f"/access/{battery_id}",
        battery=Link(text=f"Serial {serial_of(battery_id)}", href=f"/{battery_id}"),
        operator=operator,
        asking=visit.organisation_name,
        purposes=_PURPOSES,
        form=form,
        sent=f"{operator} was told and decides. The answer appears on your page."
        if is_sent
        else "",
        answer=_nothing_to_ask(visit, battery_id, standing),
    )


def _nothing_to_ask(
    visit: Visit, battery_id: BatteryId, standing: BatteryStanding
) -> Notice | None:
    """Say why asking leads nowhere: the passport has ended, nobody answers, or it is open."""
    if standing.state is PassportState.CEASED:
        return Notice(
            title="This passport has ended",
            text="The battery was recycled. What is left is public.",
            tone=Tone.NEUTRAL,
        )
    if visit.services.disclose(visit.actor, battery_id).points > {Point.PUBLIC}:
        return Notice(
            title="You may read it already",
            link=Link(text="Condition of this battery", href=f"/condition/{battery_id}"),
        )
    if not standing.responsible:
        return Notice(
            title="Nobody answers for this battery yet",
            text="There is nobody to decide. Ask again once somebody answers for it.",
            tone=Tone.WARNING,
        )
    return None


# --- deciding -------------------------------------------------------------------------------------


@router.get("/batteries/{battery_id:path}/grants")
def grants_page(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Show who reads a battery, to who answers for it."""
    named = visit.request.query_params.get("organisation", "")
    view = _grants_view(visit, battery_id, FormState.of({"organisation": named}))
    return visit.pages.show("grants.html", view)


@router.post("/batteries/{battery_id:path}/grants")
def give(battery_id: BatteryInPath, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Give an organisation access."""
    errors: dict[str, str] = {}
    new = _new_grant(battery_id, form, errors)
    if not errors:
        try:
            visit.services.grant_access(visit.actor, new)
        except NotFoundError as refusal:
            errors["organisation"] = str(refusal)
        except InvalidValueError as refusal:
            errors["purpose"] = str(refusal)
        else:
            return see_other(f"/batteries/{battery_id}/grants")
    view = _grants_view(visit, battery_id, form.shown(errors))
    return visit.pages.show("grants.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _new_grant(battery_id: BatteryId, form: SentForm, errors: dict[str, str]) -> NewGrant:
    audience = form.text("audience")
    if audience not in dict(_AUDIENCES):
        errors["audience"] = "Choose as whom it reads"
        audience = Audience.LEGITIMATE_INTEREST.value
    if not form.text("purpose"):
        errors["purpose"] = "Name the purpose: access is given for it"
    return NewGrant(
        organisation=form.text("organisation"),
        battery_id=battery_id,
        audience=Audience(audience),
        purpose=form.text("purpose"),
        legal_ground=LEGAL_GROUND,
        scopes=frozenset(form.texts.get("scopes", ())),
        expires_at=_end_of(form.text("expires_on"), errors),
    )


@router.post("/batteries/{battery_id:path}/grants/{grant_id}/revoke")
def revoke(battery_id: BatteryInPath, grant_id: str, visit: VisitedSignedIn) -> Response:
    """End a grant."""
    visit.services.revoke_grant(visit.actor, grant_id)
    return see_other(f"/batteries/{battery_id}/grants")


@router.post("/operator/requests/{notice_id}")
def decide(notice_id: str, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Answer a request for access: yes gives it for the purpose that was named."""
    notice = _read_request(visit, notice_id)
    if form.text("decision") == "yes":
        visit.services.grant_access(
            visit.actor,
            NewGrant(
                organisation=asking_organisation(notice),
                battery_id=BatteryId(notice.about),
                audience=Audience.LEGITIMATE_INTEREST,
                purpose=purpose_of(notice),
                legal_ground=LEGAL_GROUND,
                scopes=frozenset({CONDITION_SCOPE}),
            ),
            idempotency_key=f"request-{notice_id}",
        )
    visit.services.close_notice(visit.actor, notice_id)
    return see_other("/operator")


@router.post("/operator/notices/{notice_id}/close")
def close(notice_id: str, visit: VisitedSignedIn) -> Response:
    """Put a notice away."""
    visit.services.close_notice(visit.actor, notice_id)
    if visit.actor.has(Role.OPERATOR) or visit.actor.has(Role.SECOND_LIFE):
        return see_other("/operator")
    return see_other("/administration" if visit.actor.has(Role.ADMINISTRATOR) else "/news")


def asking_organisation(notice: Told) -> str:
    """Return who asks for access, as the notice's own link names it."""
    return parse_qs(urlsplit(notice.link).query).get("organisation", [""])[0]


def purpose_of(notice: Told) -> str:
    """Return the purpose that a request for access names."""
    asked = notice.text.partition(" asks to read battery ")[2]
    return asked.partition(": ")[2] or notice.text


def _read_request(visit: Visit, notice_id: str) -> Told:
    for notice in visit.services.notices_for(visit.actor):
        if notice.notice_id == notice_id and notice.kind == ASKED:
            return notice
    raise AddressUnknownError(f"no request {notice_id} waits for {visit.actor.organisation}")


def _grants_view(visit: Visit, battery_id: BatteryId, form: FormState) -> GrantsPage:
    held = visit.services.do(
        visit.actor, lambda work: grants_on(visit.actor, battery_id, work=work)
    )
    return GrantsPage(
        battery=Link(text=f"Serial {serial_of(battery_id)}", href=f"/{battery_id}"),
        action=f"/batteries/{battery_id}/grants",
        audiences=_AUDIENCES,
        scopes=tuple((scope, _SCOPES[scope]) for scope in sorted(GRANTABLE_SCOPES)),
        grants=tuple(_line(visit, battery_id, grant) for grant in held),
        form=form,
    )


def _line(visit: Visit, battery_id: BatteryId, grant: Grant) -> GrantLine:
    until = day_text(grant.expires_at.date()) if grant.expires_at else "No end"
    writes = tuple(_SCOPES[scope] for scope in sorted(grant.scopes)) or ("Nothing",)
    return GrantLine(
        title=visit.name_of(grant.organisation),
        facts=(
            Fact(name="As", values=(dict(_AUDIENCES)[grant.audience.value],)),
            Fact(name="Purpose", values=(grant.purpose,)),
            Fact(name="May write", values=writes),
            Fact(name="Until", values=(until,)),
        ),
        revoke=FormAction(
            text="End it", action=f"/batteries/{battery_id}/grants/{grant.grant_id}/revoke"
        ),
    )


def _end_of(text: str, errors: dict[str, str]) -> datetime | None:
    """Return the last instant of a day."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["expires_on"] = f"{text} is no day; write it like 2027-12-31"
        return None
    return datetime.combine(day, time(23, 59, 59), UTC)
