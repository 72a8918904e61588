"""News for those without a desk of their own, and the desk of who runs this service."""

from datetime import date
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.battery import Category
from passport.domain.content import codes_of
from passport.domain.errors import InvalidValueError
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.responsibility import ResponsibleRole
from passport.services.operators import NewRegistration
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import LineItem
from passport.ui.views.desk import AdministrationPage, NewsPage, Orphan
from passport.ui.views.work import Decision, FormAction
from passport.web.dependencies import BatteryInPath, Visit, VisitedSignedIn
from passport.web.pages.operator import decision_of
from passport.web.pages.scan import sentence
from passport.web.uploads import FormSent, SentForm

router = APIRouter(include_in_schema=False)

_PATH = "/administration"
_ROLES = (
    (ResponsibleRole.PRODUCER.value, "The producer itself"),
    (
        ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION.value,
        "A producer responsibility organisation (Art. 57(1))",
    ),
    (ResponsibleRole.SELECTED_OPERATOR.value, "An operator selected under Art. 57(8)"),
)
_SAID = {
    "entered": "The line is entered. Look again at the batteries it concerns.",
    "found": "Found: somebody answers for the battery now, and was told.",
    "nobody": "Still nobody: no line fits producer, category, country and day.",
}


@router.get("/news")
def news(visit: VisitedSignedIn) -> Response:
    """Show what the record told the caller's organisation."""
    page = NewsPage(organisation=visit.organisation_name, news=_news(visit))
    return visit.pages.show("news.html", page)


@router.get(_PATH)
def administration(visit: VisitedSignedIn) -> Response:
    """Show what waits for the administrator."""
    said = _SAID.get(visit.request.query_params.get("said", ""), "")
    return _show(visit, EMPTY_FORM, said=said)


@router.post(f"{_PATH}/registrations")
def enter_line(visit: VisitedSignedIn, form: FormSent) -> Response:
    """Enter one line of a producer register."""
    require_role(visit.actor, Role.ADMINISTRATOR)
    errors: dict[str, str] = {}
    line = _line_of(form, errors)
    if line is None:
        return _show(visit, form.shown(errors))
    try:
        visit.services.enter_registration(visit.actor, line)
    except InvalidValueError as refusal:
        return _show(visit, form.shown(problem=sentence(str(refusal))))
    return see_other(f"{_PATH}?said=entered")


@router.post(f"{_PATH}/orphans/{{battery_id:path}}")
def look_again(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Look again for who answers for an orphan."""
    found = visit.services.adopt_orphan(visit.actor, battery_id)
    return see_other(f"{_PATH}?said={'nobody' if found is None else 'found'}")


def _line_of(form: SentForm, errors: dict[str, str]) -> NewRegistration | None:
    if form.text("category") not in {one.value for one in Category}:
        errors["category"] = "Choose the category"
    if form.text("role") not in dict(_ROLES):
        errors["role"] = "Choose in which quality it answers"
    if not form.text("party"):
        errors["party"] = "Choose who answers"
    valid_from = None
    try:
        valid_from = date.fromisoformat(form.text("valid_from"))
    except ValueError:
        errors["valid_from"] = "Give the day from which the line holds, like 2027-02-18"
    if errors or valid_from is None:
        return None
    return NewRegistration(
        country=form.text("country"),
        category=Category(form.text("category")),
        register_number=form.text("register_number"),
        operator=form.text("operator"),
        party=form.text("party"),
        role=ResponsibleRole(form.text("role")),
        valid_from=valid_from,
    )


def _show(visit: Visit, form: FormState, *, said: str = "") -> Response:
    require_role(visit.actor, Role.ADMINISTRATOR)
    page = AdministrationPage(
        organisation=visit.organisation_name,
        orphans=tuple(_orphan(one) for one in visit.services.orphans(visit.actor)),
        action=f"{_PATH}/registrations",
        categories=tuple((one.value, codes_of("category")[one.value]) for one in Category),
        roles=_ROLES,
        organisations=tuple(
            (one.slug, one.name) for one in visit.services.all_operators(visit.actor)
        ),
        news=_news(visit),
        said=said,
        form=form,
    )
    is_wrong = bool(form.errors or form.problem)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return visit.pages.show("administration.html", page, status=status)


def _news(visit: Visit) -> tuple[Decision, ...]:
    return tuple(decision_of(visit, notice) for notice in visit.services.notices_for(visit.actor))


def _orphan(battery_id: BatteryId) -> Orphan:
    return Orphan(
        item=LineItem(title=f"Serial {serial_of(battery_id)}", href=f"/{battery_id}"),
        look_again=FormAction(text="Look again", action=f"{_PATH}/orphans/{battery_id}"),
    )
