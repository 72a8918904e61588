"""The completeness meter: which data points are filled, which the law still asks for, and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from passport.domain.battery import Category, SubType
from passport.domain.content import Requirement, codes_of, find_term
from passport.domain.errors import Problem
from passport.rules.annex_xiii import Standing
from passport.services.model_progress import Answer, ModelProgress, PointProgress
from passport.ui.views.common import Badge, Tone
from passport.ui.views.editor import Meter, OpenList, OpenPoint
from passport.web.editor.groups import group_by_term
from passport.web.pages.words import day_text

_LISTS = (
    (Answer.OPEN, "Still to fill", "The law asks for these, and nothing is entered yet.", True),
    (
        Answer.NOT_PROVIDED,
        "Said to be not provided",
        (
            "The law asks for these. A passport that says so shows the gap to everybody, and the "
            "battery may not be placed on the market."
        ),
        True,
    ),
    (
        Answer.QUESTION,
        "Does it apply?",
        "Needed where it applies. Fill it in, or say that it does not apply.",
        True,
    ),
    (Answer.NOT_YET, "Not required yet", "The duty begins later; you may leave these out.", False),
    (
        Answer.NOT_ASKED,
        "Not asked of this kind of battery",
        "Nothing to do here.",
        False,
    ),
    (Answer.VOLUNTARY, "Voluntary", "Useful to readers, asked by nobody.", False),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the law says about one term."""

    badge: Badge
    numbers: tuple[str, ...]
    is_legal: bool


def meter_of(progress: ModelProgress, *, draft_path: str) -> Meter:
    """Return the meter of a content.

    Args:
        progress: How its data points stand.
        draft_path: Path of the draft, without slash at the end; the lists lead into its groups.
    """
    if progress.scope is None:
        return Meter(
            filled=0,
            mandatory=0,
            wrong=len(progress.problems),
            problem="Choose the category first: it decides what the law asks for",
        )
    lists = (
        OpenList(
            title=title,
            intro=intro,
            points=tuple(_open_point(one, draft_path) for one in progress.all(answer)),
            is_open=is_open,
        )
        for answer, title, intro, is_open in _LISTS
    )
    wrong = _wrong_list(progress.problems, draft_path)
    return Meter(
        filled=progress.filled,
        mandatory=progress.mandatory,
        wrong=len(progress.problems),
        lists=tuple(one for one in (*wrong, *lists) if one.points),
        kind=kind_words(progress.scope.category, progress.scope.sub_type)
        + (" (light record)" if progress.scope.is_light else ""),
        day=day_text(progress.scope.placed_on),
    )


def kind_words(category: Category, sub_type: SubType | None) -> str:
    """Return a kind of battery in words."""
    if sub_type is not None:
        return codes_of("sub-type")[sub_type.value]
    return codes_of("category")[category.value]


def asked_of(progress: ModelProgress) -> Mapping[str, Asked]:
    """Return what the law says about each term that a data point names."""
    by_term: dict[str, list[PointProgress]] = {}
    for point in progress.points:
        for name in dict.fromkeys(path.partition(".")[0] for path in point.terms):
            by_term.setdefault(name, []).append(point)
    return {name: _asked(points) for name, points in by_term.items()}


def clause_of(points: str, numbers: Iterable[str]) -> str:
    """Return where the law asks for a term, in words.

    >>> clause_of("1(g), 1(a)", ["25"])
    'Annex XIII 1(g), 1(a), data point 25'
    """
    listed = [number for number in numbers if number.isdigit()]
    name = "data point" if len(listed) == 1 else "data points"
    where = f"Annex XIII {points}" if points else "Beyond Annex XIII"
    return f"{where}, {name} {', '.join(listed)}" if listed else where


def path_to(field: str, draft_path: str) -> str:
    """Return the address of a field of a draft."""
    name = field.partition(".")[0]
    group = group_by_term().get(name)
    return f"{draft_path}/edit/{group.name}#term-{name}" if group else draft_path


def words_of(problem: Problem) -> str:
    """Return what is wrong, with the label of the field in place of its term."""
    for name in reversed(problem.path.strip("/").split("/")):
        term = find_term(name)
        if term is not None and problem.message.startswith(name):
            return f"{term.label}{problem.message.removeprefix(name)}"
    return problem.message


def _asked(points: Sequence[PointProgress]) -> Asked:
    strongest = max(points, key=lambda one: _ORDER.index(one.standing.requirement))
    requirement = strongest.standing.requirement
    text, tone = _BADGES[requirement]
    if strongest.answer is Answer.FILLED:
        tone = Tone.AUTHENTIC
    return Asked(
        badge=Badge(text=text, tone=tone),
        numbers=tuple(one.standing.data_point.number for one in points),
        is_legal=requirement is not Requirement.OPTIONAL,
    )


_ORDER = (
    Requirement.NEVER,
    Requirement.NOT_YET,
    Requirement.OPTIONAL,
    Requirement.CONDITIONAL,
    Requirement.MANDATORY,
)
_BADGES = {
    Requirement.MANDATORY: ("Mandatory", Tone.WARNING),
    Requirement.CONDITIONAL: ("Where it applies", Tone.INFORMATION),
    Requirement.OPTIONAL: ("Voluntary", Tone.NEUTRAL),
    Requirement.NOT_YET: ("Not required yet", Tone.NEUTRAL),
    Requirement.NEVER: ("Not asked of this kind", Tone.NEUTRAL),
}


def _open_point(point: PointProgress, draft_path: str) -> OpenPoint:
    standing = point.standing
    data_point = standing.data_point
    open_terms = [path for path in standing.missing if path in point.terms] or list(point.terms)
    labels = [term.label for path in open_terms if (term := find_term(path.rpartition(".")[2]))]
    number = f", data point {data_point.number}" if data_point.number.isdecimal() else ""
    clause = f"{data_point.source.rpartition('2023/1542, ')[2]}{number}"
    return OpenPoint(
        label=f"{data_point.label}: {', '.join(labels)}"
        if len(point.terms) > 1
        else (data_point.label),
        clause=clause,
        href=path_to(open_terms[0], draft_path),
        note=_waits_for(standing) or data_point.note,
    )


def _waits_for(standing: Standing) -> str:
    if standing.day is None or standing.requirement is not Requirement.NOT_YET:
        return ""
    on = standing.day.on
    return f"From {day_text(on)}" if on else "From a day that is not fixed yet"


def _wrong_list(problems: Sequence[Problem], draft_path: str) -> Sequence[OpenList]:
    points = tuple(
        OpenPoint(
            label=words_of(problem),
            clause="",
            href=path_to(problem.path.strip("/").partition("/")[0], draft_path),
        )
        for problem in problems
    )
    return [
        OpenList(
            title="To correct",
            intro="These are kept as they were typed, and cannot be signed like this.",
            points=points,
        )
    ]
