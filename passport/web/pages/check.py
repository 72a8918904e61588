"""May it be placed on the market: the check of a battery or model, and what comes next."""

from collections.abc import Iterable, Iterator
from datetime import date

from fastapi import APIRouter, Response

from passport.domain.access import require_role
from passport.domain.actor import Role
from passport.domain.content import find_term, read_term
from passport.domain.identifiers import parse_model_id
from passport.rules.completeness import Matter, Place
from passport.rules.dates import DutyDay
from passport.rules.findings import Finding
from passport.rules.rulebook import read_rulebook
from passport.services.check import ModelChange, PlacingReport, SubjectKind
from passport.services.check_words import numbers_of
from passport.services.model_drafts import DraftUnknownError
from passport.ui.request import see_other
from passport.ui.timeline import timeline
from passport.ui.views.check import (
    CheckPage,
    IncompletePage,
    MatterGroup,
    MatterItem,
    MatterSection,
    ModelLine,
    PresetDay,
)
from passport.ui.views.common import Badge, Link, Notice, Table, Tone
from passport.web.dependencies import BatteryInPath, Visit, VisitedSignedIn
from passport.web.editor.groups import all_groups
from passport.web.pages.drafts import MODELS, path_of
from passport.web.pages.law import (
    chosen_day,
    duty_marks,
    preset_days,
    short_source,
    sure,
    undetermined_table,
)
from passport.web.pages.words import day_text

router = APIRouter(include_in_schema=False)

_GROUPS = (
    ("Who makes it, and what it is", ("1(a)", "77(3)", "77(1)")),
    ("What it contains", ("1(b)", "2(a)")),
    ("Carbon footprint and recycled content", ("1(c)", "1(e)", "1(f)")),
    ("Supply chain", ("1(d)",)),
    ("Energy, voltage and power", ("1(g)", "1(h)", "1(i)")),
    ("Lifetime and efficiency", ("1(j)", "1(k)", "1(l)", "1(m)", "1(n)", "1(o)", "1(p)")),
    ("Markings and papers", ("1(q)", "1(r)", "3")),
    ("For users, and for the end of life", ("1(s)", "1(t)")),
    ("Dismantling, parts and safety", ("2(b)", "2(c)", "2(d)")),
    ("Values of each battery", ("4(a)", "4(c)")),
    ("Measured in use", ("4(b)", "4(d)")),
)
_OTHER_GROUP = "Marks, tests and conduct"
_YEARS_AHEAD = 2
_FIRST_DAY = date(2027, 2, 18)


@router.get("/check/battery/{battery_id:path}")
def check_battery(battery_id: BatteryInPath, visit: VisitedSignedIn) -> Response:
    """Show whether a battery may be placed on the market on a day."""
    day, problem = _asked_day(visit)
    report = visit.services.check_placing_of_battery(visit.actor, battery_id, day)
    return visit.pages.show("check.html", _page(visit, report, problem))


@router.get("/check/model/{model_id:path}")
def check_model(model_id: str, visit: VisitedSignedIn) -> Response:
    """Show whether batteries of a model may be placed on the market on a day."""
    day, problem = _asked_day(visit)
    report = visit.services.check_placing_of_model(visit.actor, parse_model_id(model_id), day)
    return visit.pages.show("check.html", _page(visit, report, problem))


@router.get("/check")
def check_named(visit: VisitedSignedIn) -> Response:
    """Lead from what somebody typed or scanned to its check."""
    name = visit.request.query_params.get("q", "").strip()
    if not name:
        return see_other("/operator/incomplete")
    report = visit.services.check_placing(visit.actor, name)
    return see_other(f"/check/{report.kind.value}/{report.subject}")


@router.get("/operator/incomplete")
def incomplete(visit: VisitedSignedIn) -> Response:
    """Show which of the operator's models become incomplete between two days."""
    require_role(visit.actor, Role.OPERATOR, Role.SECOND_LIFE)
    query = visit.request.query_params
    today = visit.services.clock.now().date()
    first, problem = chosen_day(query.get("from", ""), max(today, _FIRST_DAY))
    last, problem_last = chosen_day(query.get("until", ""), _years_after(first))
    if last < first:
        first, last = last, first
    found = visit.services.models_incomplete(visit.actor, visit.actor.organisation, first, last)
    later = [model for model in found.models if model.incomplete_from is not None]
    begins = duty_marks(found.begins)
    page = IncompletePage(
        organisation=visit.organisation_name,
        first=first.isoformat(),
        last=last.isoformat(),
        summary=f"{len(later)} of {len(found.models)} models become incomplete between "
        f"{day_text(first)} and {day_text(last)}, if their data stay as they are.",
        models=tuple(_model_line(model, first, last) for model in found.models),
        timeline=timeline(
            "Duties that begin",
            begins,
            head=("Duty", "Of which batteries", "Legal point", "How sure"),
            today=today,
            caption="Each number is a day; the table below has the same numbers.",
        )
        if begins
        else None,
        undetermined=_undetermined(found.undetermined),
        problem=problem or problem_last,
    )
    return visit.pages.show("incomplete.html", page)


def _undetermined(days: Iterable[DutyDay]) -> Table | None:
    listed = list(days)
    return undetermined_table(listed) if listed else None


def _years_after(day: date) -> date:
    # The end of the year: the 29th of February has no counterpart in the next ones.
    return date(day.year + _YEARS_AHEAD, 12, 31)


def _asked_day(visit: Visit) -> tuple[date | None, str]:
    text = visit.request.query_params.get("on", "")
    today = visit.services.clock.now().date()
    day, problem = chosen_day(text, today)
    return (day, problem) if text and not problem else (None, problem)


def _page(visit: Visit, report: PlacingReport, problem: str) -> CheckPage:
    is_model = report.kind is SubjectKind.MODEL
    action = f"/check/{report.kind.value}/{report.subject}"
    return CheckPage(
        title=f"{report.name}: may it be placed on the market?",
        kind=f"Check of a {'model' if is_model else 'battery'} before placing",
        subject=Link(text=report.subject, href=f"/{report.subject}"),
        answer=_answer(report),
        on=report.on.isoformat(),
        action=action,
        days=tuple(_presets(visit, report, action)),
        sections=tuple(_sections(report, _editor_of(visit, report))),
        links=(
            Link(text="Calendar of duties", href="/law"),
            Link(text="Data points by kind and day", href=f"/law/data-points?on={report.on}"),
        ),
        problem=problem,
    )


def _answer(report: PlacingReport) -> Notice:
    day = day_text(report.on)
    questions = len(report.under(Place.QUESTION))
    unseen = len(report.under(Place.CANNOT_JUDGE))
    rest = _rest(questions, unseen)
    subject = "Batteries of this model" if report.kind is SubjectKind.MODEL else "This battery"
    blockers = len(report.under(Place.BLOCKER))
    if blockers:
        return Notice(
            title=f"{subject} may not be placed on the market on {day}",
            text=f"{_things(blockers)} missing or wrong. {rest}".strip(),
            tone=Tone.DANGER,
        )
    return Notice(
        title=f"{subject} may be placed on the market on {day}",
        text=f"Nothing on record stands against it. {rest}".strip(),
        tone=Tone.HELD if questions else Tone.AUTHENTIC,
    )


def _things(count: int) -> str:
    return "1 thing is" if count == 1 else f"{count} things are"


def _rest(questions: int, unseen: int) -> str:
    parts = []
    if questions:
        parts.append(f"{_things(questions)} to be answered by you.")
    if unseen:
        parts.append(f"{_things(unseen)} for your own eyes: no record shows them.")
    return " ".join(parts)


def _presets(visit: Visit, report: PlacingReport, action: str) -> Iterator[PresetDay]:
    today = visit.services.clock.now().date()
    for day in preset_days(read_rulebook(), visit):
        text = "Today" if day == today else day_text(day)
        yield PresetDay(text=text, href=f"{action}?on={day}", is_chosen=day == report.on)


def _sections(report: PlacingReport, editor: str) -> Iterator[MatterSection]:
    yield _section(
        report,
        editor,
        Place.BLOCKER,
        "Missing or wrong",
        "These stand against placing on the market.",
        empty="Nothing is missing.",
    )
    yield _section(
        report,
        editor,
        Place.QUESTION,
        "To be answered",
        "The law asks for these where they apply: give them, or say that they do not apply.",
        empty="Nothing is open.",
    )
    yield _plausibility(report.findings)
    yield _section(
        report,
        editor,
        Place.CANNOT_JUDGE,
        "Cannot be seen here",
        "The law asks for these, and no record shows them. Make sure yourself.",
        empty="Nothing.",
    )
    yield _section(
        report,
        editor,
        Place.LATER,
        "Comes with each battery or in use",
        "Entered when a battery is registered, or reported while it is used.",
        empty="Nothing.",
        is_long=True,
    )
    yield _section(
        report,
        editor,
        Place.NOT_YET,
        "Not yet required",
        "Their day has not come on the day you asked about, or nobody knows it yet.",
        empty="Everything that will be asked is asked by then.",
        is_long=True,
    )
    yield _section(
        report,
        editor,
        Place.NOT_APPLICABLE,
        "Not applicable",
        "Not asked of this kind of battery, or the record says that it does not apply.",
        empty="Nothing.",
        is_long=True,
    )


def _section(  # noqa: PLR0913 - a heading with all its words
    report: PlacingReport,
    editor: str,
    place: Place,
    title: str,
    intro: str,
    *,
    empty: str,
    is_long: bool = False,
) -> MatterSection:
    matters = report.under(place)
    return MatterSection(
        title=title,
        intro=intro if matters else "",
        groups=tuple(groups_of(matters, editor)),
        empty=empty,
        is_long=is_long,
    )


def _plausibility(findings: Iterable[Finding]) -> MatterSection:
    items = tuple(
        MatterItem(
            label=_label_of_path(finding.path),
            reason=finding.message[:1].upper() + finding.message[1:],
            point=short_source(finding.source),
            source=finding.source,
            detail=finding.path,
        )
        for finding in findings
    )
    return MatterSection(
        title="Look at these values",
        intro="They may be right, but they are unusual, do not go together or leave something out. "
        "They block nothing."
        if items
        else "",
        groups=(MatterGroup(title="", items=items),) if items else (),
        empty="The values go together.",
    )


def _label_of_path(path: str) -> str:
    for name in reversed(path.strip("/").split("/")):
        term = find_term(name)
        if term is not None:
            return term.label
    return "The content as a whole"


def groups_of(matters: Iterable[Matter], editor: str) -> Iterator[MatterGroup]:
    """Yield matters in the groups that people look for, each with where it is entered."""
    by_group: dict[str, list[MatterItem]] = {}
    for matter in matters:
        by_group.setdefault(_group_of(matter), []).append(_item(matter, editor))
    for title in (*(title for title, _ in _GROUPS), _OTHER_GROUP):
        if title in by_group:
            yield MatterGroup(title=title, items=tuple(by_group[title]))


def _group_of(matter: Matter) -> str:
    points = [matter.legal_point.removeprefix("Annex XIII ").removeprefix("Article ")]
    if not matter.data_points and matter.paths:
        points = [read_term(matter.paths[0].partition(".")[0]).point]
    first = points[0].partition(";")[0].partition(",")[0]
    return next((title for title, known in _GROUPS if first in known), _OTHER_GROUP)


def _item(matter: Matter, editor: str) -> MatterItem:
    numbers = numbers_of(matter)
    return MatterItem(
        label=matter.label,
        reason=f"{matter.reason.rstrip('.')}.",
        point=f"{matter.legal_point}{numbers} ({sure(matter.certainty)})",
        to_do=matter.what_to_do.rstrip("."),
        detail=" ".join(matter.paths),
        source=matter.source,
        link=_where_to_enter(matter, editor),
    )


def _where_to_enter(matter: Matter, editor: str) -> Link | None:
    """Return the page on which a matter of the model is put right, where this reader may."""
    if not editor or not matter.paths or matter.place not in {Place.BLOCKER, Place.QUESTION}:
        return None
    name = matter.paths[0].partition(".")[0]
    group = _GROUP_OF_TERM.get(name)
    if group is None:
        return None
    is_draft = editor.startswith(f"{MODELS}/drafts/")
    return Link(
        text=matter.label, href=f"{editor}/edit/{group}#field-{name}" if is_draft else editor
    )


_GROUP_OF_TERM = {term.name: group.name for group in all_groups() for term in group.terms}


def _editor_of(visit: Visit, report: PlacingReport) -> str:
    """Return where the reader's organisation edits the model; empty where it is not its own."""
    if visit.actor.organisation != report.operator:
        return ""
    try:
        draft = visit.services.read_open_draft(visit.actor, report.operator, report.model_id)
    except DraftUnknownError:
        return MODELS
    return path_of(draft)


def _model_line(model: ModelChange, first: date, last: date) -> ModelLine:
    since = model.incomplete_from
    if not model.is_complete_first:
        badge = Badge(text="Incomplete", tone=Tone.DANGER)
        words = f"Incomplete on {day_text(first)} already; the check of the model says why."
    elif since is None:
        badge = Badge(text="Stays complete", tone=Tone.AUTHENTIC)
        words = f"Complete until {day_text(last)}."
    else:
        badge = Badge(text=f"Incomplete from {since}", tone=Tone.WARNING)
        words = f"Its batteries may not be placed on the market from {day_text(since)} on."
    return ModelLine(
        name=model.name,
        href=f"/check/model/{model.model_id}?on={since or first}",
        words=words,
        badge=badge,
        changes=tuple(
            MatterGroup(
                title=f"From {day_text(change.on)}",
                items=tuple(_changed(matter) for matter in (*change.blockers, *change.questions)),
            )
            for change in model.changes
        ),
    )


def _changed(matter: Matter) -> MatterItem:
    is_blocker = matter.place is Place.BLOCKER
    item = _item(matter, "")
    return MatterItem(
        label=item.label,
        reason=item.reason,
        point=item.point,
        detail=item.detail,
        source=item.source,
        badge=Badge(text="Missing", tone=Tone.DANGER)
        if is_blocker
        else Badge(text="To be answered", tone=Tone.HELD),
    )
