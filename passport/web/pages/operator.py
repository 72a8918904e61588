"""An economic operator's own batteries and what waits for it; and what authorities look after."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.battery import Battery
from passport.domain.content import codes_of
from passport.domain.errors import InvalidIdentifierError
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.organisation import Notice
from passport.domain.second_life import Succession
from passport.domain.status import PassportState
from passport.services.overviews import (
    count_own_batteries,
    find_own_batteries,
    list_disputed,
    list_orphans,
    own_second_lives,
)
from passport.ui.forms import FormState
from passport.ui.request import see_other
from passport.ui.scanning import CodeRefusedError, OwnCode, read_code
from passport.ui.views.common import Badge, Fact, LineItem, Link, Tone
from passport.ui.views.work import AuthorityPage, Decision, Figure, FormAction, OperatorPage
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.pages.access import ASKED, asking_organisation, purpose_of
from passport.web.pages.battery import state_badge, status_badge
from passport.web.pages.scan import own_hosts, sentence
from passport.web.pages.words import day_text, figure

router = APIRouter(include_in_schema=False)

_PAGE = 50
DECLARED = "second-life-declared"
"""Kind of the notice about a second life of one's battery."""
GRANTED = "access-granted"
"""Kind of the notice that an operator gave access."""


@router.get("/operator")
def overview(visit: VisitedSignedIn) -> Response:
    """Show the batteries of the caller's organisation and what waits for it."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    query = visit.request.query_params
    sought, after = query.get("q", "").strip(), query.get("after", "")
    named = _named_battery(visit, sought)
    if named is not None:
        return see_other(f"/{named}")
    if sought:
        found: Sequence[Battery] = find_own_batteries(visit.actor, sought, overview=visit.overview)
    else:
        found = visit.services.batteries_of(visit.actor, after=after, limit=_PAGE + 1)
    notices = visit.services.notices_for(visit.actor)
    shown = found[:_PAGE]
    more = None
    if len(found) > _PAGE:
        more = Link(text=f"Next {_PAGE}", href=f"/operator?after={shown[-1].battery_id}")
    page = OperatorPage(
        organisation=visit.organisation_name,
        figures=_figures(visit, len(notices)),
        decisions=tuple(decision_of(visit, notice) for notice in notices),
        batteries=tuple(battery_line(battery) for battery in shown),
        actions=(
            Link(text="Register batteries", href="/operator/register"),
            Link(text="Declare a second life", href="/operator/second-life"),
            Link(text="Models that become incomplete", href="/operator/incomplete"),
            Link(text="Documents", href="/operator/documents"),
            Link(text="Keys", href="/keys"),
        ),
        search=FormState.of({"q": sought}),
        more=more,
    )
    return visit.pages.show("operator.html", page)


@router.get("/authority")
def authority(visit: VisitedSignedIn) -> Response:
    """Show what is not in order, to authorities."""
    require_role(visit.actor, Role.AUTHORITY)
    sought = visit.request.query_params.get("q", "").strip()
    errors = {}
    if sought:
        named = _named_battery(visit, sought)
        if named is not None:
            return see_other(f"/{named}")
        errors["q"] = "This names no battery: write GTIN/SERIAL, or the link in the code"
    orphans = list_orphans(visit.actor, overview=visit.overview)
    disputed = list_disputed(visit.actor, overview=visit.overview)
    page = AuthorityPage(
        organisation=visit.organisation_name,
        figures=(
            Figure(value=str(len(orphans)), name="Waste without a responsible party"),
            Figure(value=str(len(disputed)), name="Disputed second lives"),
        ),
        orphans=tuple(battery_line(battery) for battery in orphans),
        disputes=tuple(_dispute_line(visit, succession) for succession in disputed),
        search=FormState.of({"q": sought}, errors),
    )
    return visit.pages.show("authority.html", page)


def battery_line(battery: Battery) -> LineItem:
    """Return one battery in a list of its own operator or of an authority."""
    is_alive = battery.state is PassportState.ACTIVE
    return LineItem(
        title=serial_of(battery.battery_id),
        href=f"/{battery.battery_id}",
        detail=battery.model_id,
        badge=status_badge(battery.status) if is_alive else state_badge(battery.state),
    )


def operation_text(succession: Succession) -> str:
    """Return what was done, in words."""
    return codes_of("operation")[succession.operation.value]


def _figures(visit: Visit, waiting: int) -> tuple[Figure, ...]:
    count = count_own_batteries(visit.actor, overview=visit.overview)
    moves = own_second_lives(visit.actor, overview=visit.overview)
    return (
        Figure(value=figure(count), name="Batteries", href="/operator#batteries"),
        Figure(value=str(waiting), name="Waiting for you", href="/operator#waiting"),
        Figure(value=str(len(moves)), name="Second lives", href="/operator/second-life"),
    )


def decision_of(visit: Visit, notice: Notice) -> Decision:
    """Return what waits for an organisation, with what it can do about it."""
    if notice.kind == ASKED:
        return Decision(
            title=f"{visit.name_of(asking_organisation(notice))} asks for access",
            badge=Badge(text="New", tone=Tone.INFORMATION),
            facts=(
                _about(notice),
                Fact(name="Purpose", values=(purpose_of(notice),)),
                Fact(name="Asked", values=(day_text(notice.created_at.date()),)),
            ),
            actions=(
                _answer(notice, "Give access", "yes"),
                _answer(notice, "Refuse", "no"),
            ),
        )
    told = _TOLD.get(notice.kind, _OTHER)
    facts = [_about(notice), Fact(name="Told", values=(day_text(notice.created_at.date()),))]
    if told.link:
        facts.append(Fact(name="Details", link=Link(text=told.link, href=notice.link)))
    return Decision(
        title=told.title,
        text="" if notice.kind == GRANTED else sentence(notice.text),
        badge=Badge(text=told.badge, tone=told.tone),
        facts=tuple(facts),
        actions=(_put_away(notice),),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    badge: str = "For your information"
    tone: Tone = Tone.INFORMATION
    link: str = ""


_TOLD = {
    DECLARED: _Told(
        "A second life was announced",
        "You may dispute it",
        Tone.HELD,
        "Look at it, or dispute it",
    ),
    "second-life-disputed": _Told(
        "A second life is disputed", "Disputed", Tone.WARNING, "Look at it"
    ),
    GRANTED: _Told("You were given access"),
    "became-waste": _Told("A battery of yours became waste"),
    "waste-responsible": _Told("You answer for a waste battery", "To do", Tone.WARNING),
    "orphan": _Told("Nobody answers for a waste battery", "To do", Tone.WARNING),
}
_OTHER = _Told("News about a battery")


def _about(notice: Notice) -> Fact:
    serial = serial_of(BatteryId(notice.about))
    return Fact(name="Battery", link=Link(text=f"Serial {serial}", href=f"/{notice.about}"))


def _answer(notice: Notice, text: str, decision: str) -> FormAction:
    return FormAction(
        text=text,
        action=f"/operator/requests/{notice.notice_id}",
        name="decision",
        value=decision,
    )


def _put_away(notice: Notice) -> FormAction:
    return FormAction(text="Noted", action=f"/operator/notices/{notice.notice_id}/close")


def _dispute_line(visit: Visit, succession: Succession) -> LineItem:
    newest = succession.disputes[-1]
    return LineItem(
        title=f"Serial {serial_of(succession.battery_id)}: {operation_text(succession)}",
        href=f"/second-lives/{succession.succession_id}",
        detail=f"{visit.name_of(newest.organisation)}: {newest.reason}",
        badge=Badge(text="Disputed", tone=Tone.WARNING),
        aside=day_text(newest.at.date()),
    )


def _named_battery(visit: Visit, text: str) -> BatteryId | None:
    """Return the battery that a search names exactly; nothing where it is only a part of one."""
    if not text:
        return None
    try:
        found = read_code(text, own_hosts=own_hosts(visit.passport))
    except (CodeRefusedError, InvalidIdentifierError):
        return None
    return found.battery_id if isinstance(found, OwnCode) else None
