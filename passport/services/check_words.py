"""A check before placing on the market as lines of text for a console."""

from collections.abc import Iterator

from passport.rules.completeness import Matter, Place
from passport.rules.dates import Duty
from passport.services.check import IncompleteModels, PlacingReport

_HEADINGS = (
    (Place.BLOCKER, "Missing or wrong"),
    (Place.QUESTION, "To be answered"),
    (Place.CANNOT_JUDGE, "Cannot be judged here"),
    (Place.LATER, "Comes with each battery, or in use"),
    (Place.NOT_YET, "Not yet required"),
    (Place.NOT_APPLICABLE, "Not applicable"),
)
_LONG = frozenset({Place.LATER, Place.NOT_YET, Place.NOT_APPLICABLE})


def report_lines(report: PlacingReport) -> Iterator[str]:
    """Yield a report as lines: the answer first, then what stands against it."""
    may = "may be placed" if report.may_be_placed else "may not be placed"
    yield f"{report.subject} ({report.name}) {may} on the market on {report.on}"
    for place, heading in _HEADINGS:
        matters = report.under(place)
        if matters:
            yield ""
            yield f"{heading}: {len(matters)}"
            yield from (_short(one) if place in _LONG else _line(one) for one in matters)
    if report.findings:
        yield ""
        yield f"To be looked at, blocks nothing: {len(report.findings)}"
        yield from (f"  {one.path}: {one.message}" for one in report.findings)


def incomplete_lines(found: IncompleteModels) -> Iterator[str]:
    """Yield which models become incomplete as lines, then the duties behind it."""
    yield f"models of {found.operator} between {found.first} and {found.last}"
    for model in found.models:
        since = model.incomplete_from
        if not model.is_complete_first:
            words = f"incomplete on {found.first} already"
        elif since is None:
            words = "stays complete"
        else:
            words = f"becomes incomplete on {since}"
        yield f"{model.model_id} ({model.name}): {words}"
        for change in model.changes:
            for matter in (*change.blockers, *change.questions):
                heading = "missing" if matter.place is Place.BLOCKER else "to be answered"
                yield f"  from {change.on}, {heading}: {_short(matter).strip()}"
    for day in found.begins:
        yield f"begins on {day.on}: {_label(day.duty)} ({day.duty.source})"
    for day in found.undetermined:
        yield f"day undetermined: {_label(day.duty)}; waits for: {day.waits_for}"


def _label(duty: Duty) -> str:
    """Return a duty with the batteries that it binds, which tell rows of one duty apart."""
    bound = duty.sub_type or duty.category
    return f"{duty.label} ({bound})" if bound else duty.label


def _line(matter: Matter) -> str:
    entered = f" [{', '.join(matter.paths)}]" if matter.paths else ""
    to_do = f" {matter.what_to_do}." if matter.what_to_do else ""
    return f"{_short(matter)}: {matter.reason}.{to_do}{entered}"


def _short(matter: Matter) -> str:
    numbers = numbers_of(matter)
    return f"  {matter.label} ({matter.legal_point}{numbers})"


def numbers_of(matter: Matter) -> str:
    """Return the Commission's numbers of a matter in words; data beyond its 71 points have none."""
    known = [number for number in matter.data_points if number.isdecimal()]
    return f", data point {', '.join(known)}" if known else ""
