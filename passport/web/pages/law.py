"""What the law asks when, and what this software does about it: open to everybody."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from fastapi import APIRouter, Response

from passport.domain.applicability import Life, Scope
from passport.domain.battery import Category, SubType
from passport.domain.content import Requirement
from passport.rules.annex_xiii import DataPoint, Kind
from passport.rules.calendar import calendar
from passport.rules.dates import Act, Duty, DutyDay
from passport.rules.findings import Certainty
from passport.rules.obligations import Obligation, State, read_obligations
from passport.rules.rulebook import Rulebook, read_rulebook
from passport.ui.timeline import Mark, timeline
from passport.ui.views.common import Badge, Link, Table, Tone
from passport.ui.views.law import Choice, ClausesPage, DataPointsPage, LawPage, ObligationRow
from passport.web.dependencies import Visit, Visited
from passport.web.pages.words import day_text

router = APIRouter(include_in_schema=False)

CERTAINTIES = {
    Certainty.READ: ("read", "Read in a reproduction of the law or in the Commission's guidance"),
    Certainty.KNOWN: ("known", "Certain, though not read in the text at hand"),
    Certainty.UNSURE: ("unsure", "One weak source; verify before relying on it"),
    Certainty.INTERPRETED: ("our reading", "Our own reading or choice, not law"),
}
LETTERS = {
    Requirement.MANDATORY: ("must", "Asked of every battery of the kind"),
    Requirement.CONDITIONAL: ("if it applies", "Asked where it applies"),
    Requirement.OPTIONAL: ("may", "Voluntary"),
    Requirement.NOT_YET: ("not yet", "Its day has not come, or its act is missing"),
    Requirement.NEVER: ("no", "Not asked of this kind of battery"),
}
KINDS: Mapping[Kind, tuple[str, Category, SubType | None, bool]] = {
    Kind.EV: ("Electric vehicle", Category.EV, None, False),
    Kind.LMT: ("Light means of transport", Category.LMT, None, False),
    Kind.INDUSTRIAL: ("Industrial", Category.INDUSTRIAL, None, False),
    Kind.STATIONARY: ("Stationary storage", Category.INDUSTRIAL, SubType.STATIONARY, False),
    Kind.EXTERNAL_STORAGE: (
        "Exclusively external storage",
        Category.INDUSTRIAL,
        SubType.EXTERNAL_STORAGE,
        False,
    ),
    Kind.NON_CYCLE: ("Not for cyclic use", Category.INDUSTRIAL, SubType.NON_CYCLE, False),
    Kind.PORTABLE: ("Portable, light record", Category.PORTABLE, None, True),
    Kind.SLI: ("Starting, lighting, ignition, light record", Category.SLI, None, True),
    Kind.SMALL_INDUSTRIAL: (
        "Industrial to 2 kWh, light record",
        Category.INDUSTRIAL,
        None,
        True,
    ),
}
_WITH_PASSPORT = tuple(kind for kind, (_, _, _, is_light) in KINDS.items() if not is_light)
_LIVES = {Life.FIRST: "First life", Life.SECOND: "Second life"}
_STATES = {
    State.DONE: Badge(text="Done", tone=Tone.AUTHENTIC),
    State.IN_PART: Badge(text="In part", tone=Tone.HELD),
    State.NOT_DONE: Badge(text="Not done", tone=Tone.WARNING),
}
_FIRST_DAY = date(2027, 2, 18)
"""Shown where no day is chosen: Article 77(1)."""


@router.get("/law")
def law_calendar(visit: Visited) -> Response:
    """Show the calendar of duties."""
    rulebook = read_rulebook()
    today = visit.services.clock.now().date()
    days = calendar(rulebook)
    page = LawPage(
        today=day_text(today),
        timeline=timeline(
            "Calendar of duties",
            duty_marks(days),
            head=("Duty", "Of which batteries", "Legal point", "How sure"),
            today=today,
            caption="Each number is a day on which duties begin; the table below has the same "
            "numbers.",
        ),
        undetermined=undetermined_table(days),
        acts=_acts_table(rulebook.acts.values()),
        certainty=certainty_table(),
        links=(
            Link(text="Data points by kind and day", href="/law/data-points"),
            Link(text="Clause matrix: what this software does about each", href="/law/clauses"),
        ),
    )
    return visit.pages.show("law.html", page)


@router.get("/law/data-points")
def data_points(visit: Visited) -> Response:
    """Show what is asked of which kind of battery on a day."""
    query = visit.request.query_params
    day, problem = chosen_day(query.get("on", ""), _FIRST_DAY)
    kinds = {kind.value: kind for kind in Kind}
    kind = kinds.get(query.get("kind", ""))
    life = Life.SECOND if query.get("life") == Life.SECOND.value else Life.FIRST
    rulebook = read_rulebook()
    shown = _WITH_PASSPORT if kind is None else (kind,)
    page = DataPointsPage(
        on=day.isoformat(),
        kinds=(
            Choice(value="", text="All kinds with a passport", is_chosen=kind is None),
            *(
                Choice(value=one.value, text=words[0], is_chosen=one is kind)
                for one, words in KINDS.items()
            ),
        ),
        lives=tuple(
            Choice(value=one.value, text=words, is_chosen=one is life)
            for one, words in _LIVES.items()
        ),
        summary=_summary(rulebook, shown, life, day),
        table=_data_points_table(rulebook, shown, life, day),
        letters=_letters_table(),
        days=tuple(
            Link(
                text=day_text(preset),
                href=f"/law/data-points?on={preset}&kind={kind.value if kind else ''}"
                f"&life={life.value}",
            )
            for preset in preset_days(rulebook, visit)
        ),
        problem=problem,
    )
    return visit.pages.show("law_data_points.html", page)


@router.get("/law/clauses")
def clauses(visit: Visited) -> Response:
    """Show each obligation with where this software meets it, and by which test that is shown."""
    rulebook = read_rulebook()
    rows = tuple(_obligation_row(one, rulebook) for one in read_obligations())
    counts = {state: sum(one.state is state for one in read_obligations()) for state in State}
    page = ClausesPage(
        summary=f"{len(rows)} obligations of a battery passport: {counts[State.DONE]} done, "
        f"{counts[State.IN_PART]} in part, {counts[State.NOT_DONE]} not done. Each says where it "
        "stands in the software and which test shows it.",
        rows=rows,
        certainty=certainty_table(),
    )
    return visit.pages.show("law_clauses.html", page)


def chosen_day(text: str, otherwise: date) -> tuple[date, str]:
    """Return the day that a field holds, and what is wrong with it."""
    if not text:
        return otherwise, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return otherwise, f"{text} is no day: write it as 2027-02-18"


def preset_days(rulebook: Rulebook, visit: Visit) -> list[date]:
    """Return today and the days from today on at which duties begin."""
    today = visit.services.clock.now().date()
    begins = {day.on for day in calendar(rulebook) if day.on is not None and day.on > today}
    return [today, *sorted(begins)]


def duty_marks(days: Iterable[DutyDay]) -> tuple[Mark, ...]:
    """Return duties whose day is known for a timeline; kinds with the same day stand together."""
    return tuple(
        Mark(
            on=first.on,
            cells=(
                first.duty.label,
                kinds,
                short_source(first.duty.source),
                sure(first.duty.certainty),
            ),
        )
        for first, kinds in _together(days)
        if first.on is not None
    )


def undetermined_table(days: Iterable[DutyDay]) -> Table:
    """Return duties whose day nobody knows, with the acts they wait for."""
    return Table(
        caption="Duties whose day is undetermined",
        head=("Duty", "Of which batteries", "Waits for", "Not before", "Legal point", "How sure"),
        rows=tuple(
            (
                first.duty.label,
                kinds,
                _waits_for(first),
                first.duty.fixed_on.isoformat() if first.duty.fixed_on else "no fixed day",
                short_source(first.duty.source),
                sure(first.duty.certainty),
            )
            for first, kinds in _together(day for day in days if day.on is None)
        ),
    )


def _waits_for(day: DutyDay) -> str:
    months = day.duty.months_after_act
    return f"{day.waits_for}, then {months} months" if months else day.waits_for


def _together(days: Iterable[DutyDay]) -> Iterator[tuple[DutyDay, str]]:
    """Yield duties that differ in nothing but the kind of battery once, with all their kinds."""
    found: dict[tuple[object, ...], list[DutyDay]] = {}
    for day in days:
        duty = day.duty
        same = (day.on, duty.label, duty.fixed_on, day.waits_for, duty.source, duty.certainty)
        found.setdefault(same, []).append(day)
    for together in found.values():
        yield together[0], ", ".join(kind_words(day.duty) for day in together)


def kind_words(duty: Duty) -> str:
    """Return which batteries a duty binds, in words."""
    for words, category, sub_type, _ in KINDS.values():
        if duty.category is category and duty.sub_type is sub_type:
            return words.removesuffix(", light record")
    return "All batteries"


def certainty_table() -> Table:
    """Return what the marks of certainty mean."""
    return Table(caption="Marks", head=("Mark", "What it means"), rows=tuple(CERTAINTIES.values()))


def sure(certainty: Certainty) -> str:
    """Return a mark of certainty in words."""
    return CERTAINTIES[certainty][0]


def short_source(source: str) -> str:
    """Return a legal point without the name of the Regulation that all of them are in."""
    return source.removeprefix("Regulation (EU) 2023/1542, ")


def _acts_table(acts: Iterable[Act]) -> Table:
    return Table(
        caption="Acts that duties wait for",
        head=("Act", "Was due on", "In force since", "Legal point", "How sure"),
        rows=tuple(
            (
                act.label,
                act.due_on.isoformat() if act.due_on else "no day named",
                act.in_force_on.isoformat() if act.in_force_on else "not adopted",
                short_source(act.source),
                sure(act.certainty),
            )
            for act in acts
        ),
    )


def _letters_table() -> Table:
    rows = tuple(LETTERS.values())
    return Table(caption="Words", head=("Word", "What it means"), rows=rows)


def _scope(kind: Kind, life: Life, day: date) -> Scope:
    _, category, sub_type, is_light = KINDS[kind]
    return Scope(
        category=category,
        sub_type=sub_type,
        placed_on=day,
        read_on=day,
        life=life,
        is_light=is_light,
    )


def _summary(rulebook: Rulebook, kinds: Iterable[Kind], life: Life, day: date) -> str:
    counted = []
    for kind in kinds:
        letters = [
            rulebook.requirement(number, _scope(kind, life, day)) for number in rulebook.data_points
        ]
        must = sum(letter is Requirement.MANDATORY for letter in letters)
        may = sum(letter is Requirement.CONDITIONAL for letter in letters)
        counted.append(f"{KINDS[kind][0]}: {must} must, {may} if they apply")
    return f"Placed on the market on {day_text(day)}, {_LIVES[life].lower()}. {'; '.join(counted)}."


def _data_points_table(rulebook: Rulebook, kinds: tuple[Kind, ...], life: Life, day: date) -> Table:
    return Table(
        caption=f"Data points for batteries placed on the market on {day}",
        head=("No.", "Data point", *(KINDS[kind][0] for kind in kinds), "Legal point", "How sure"),
        rows=tuple(
            (
                point.number,
                f"{point.label}. {point.note}" if point.note else point.label,
                *(_letter(rulebook, point, _scope(kind, life, day)) for kind in kinds),
                short_source(point.source),
                sure(point.certainty),
            )
            for point in rulebook.data_points.values()
        ),
    )


def _letter(rulebook: Rulebook, point: DataPoint, scope: Scope) -> str:
    letter = rulebook.requirement(point.number, scope)
    word = LETTERS[letter][0]
    if letter is not Requirement.NOT_YET:
        return word
    begins = rulebook.beginning(scope)
    own = rulebook.day(point.duty, scope.category, scope.sub_type) if point.duty else begins
    if own is None or own.on is None or begins is None or begins.on is None:
        return f"{word}, day undetermined"
    return f"{word}, from {max(own.on, begins.on)}"


def _obligation_row(one: Obligation, rulebook: Rulebook) -> ObligationRow:
    return ObligationRow(
        number=one.number,
        obligation=one.obligation,
        legal_point=one.legal_point,
        actor=one.actor,
        when=one.when or _when(one.duty, rulebook),
        places=tuple(_place(place) for place in one.software),
        tests=tuple(test.removeprefix("tests/") for test in one.tests),
        state=_STATES[one.state],
        reason=one.reason,
        certainty=sure(one.certainty),
    )


def _place(place: str) -> Link:
    """Return a place of the software: an address that opens as it is becomes a link."""
    opens = place.startswith("/") and "{" not in place and not place.startswith("/api/")
    return Link(text=place, href=place if opens else "")


def _when(duty: str, rulebook: Rulebook) -> str:
    """Return when a duty begins for the kinds with a passport, in one line."""
    found: dict[str, list[str]] = {}
    for kind in _WITH_PASSPORT:
        words, category, sub_type, _ = KINDS[kind]
        day = rulebook.day(duty, category, sub_type)
        if day is not None:
            text = day.text if day.on else "undetermined"
            found.setdefault(text, []).append(words)
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{', '.join(kinds)}: {text}" for text, kinds in found.items())
