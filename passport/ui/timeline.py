"""Days on a line as SVG that needs no script; each number stands in the table beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from passport.ui.charts import Chart
from passport.ui.views.common import Table

_WIDTH, _SIDE, _TOP, _STEP, _FOOT = 720, 24, 40, 28, 44
_RADIUS = 11
_CLOSEST = 2 * _RADIUS + 2
_MOST_YEARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happens on a day.

    Attributes:
        cells: What the table says of it, after its number and day.
    """

    on: date
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return _SIDE + (_WIDTH - 2 * _SIDE) * (day - self.first).days / span


def timeline(
    name: str, marks: Sequence[Mark], *, head: tuple[str, ...], today: date, caption: str
) -> Chart:
    """Draw days on a line; several on one day share a number.

    Args:
        name: Short name of the drawing.
        marks: What happens when; at least one.
        head: Headings of the marks' cells.
        today: The day that is marked as today.
        caption: What there is to see, in one sentence.

    Raises:
        ValueError: There is no mark; show an empty state instead.
    """
    if not marks:
        raise ValueError(f"timeline {name!r} has no mark")
    days = sorted({mark.on for mark in marks})
    numbers = {day: str(number) for number, day in enumerate(days, start=1)}
    scale = _Scale(min(days[0], today), max(days[-1], today))
    levels = _levels(days, scale)
    height = _TOP + (max(levels.values()) + 1) * _STEP + _FOOT
    line = height - _FOOT
    shapes = [*_years(scale, line), *_today(scale, today, line)]
    shapes += [_mark(numbers[day], scale.x(day), _TOP + levels[day] * _STEP, line) for day in days]
    slug = "".join(sign if sign.isalnum() else "-" for sign in name.lower())
    svg = Markup(
        '<svg class="chart__svg timeline" viewBox="0 0 {} {}" role="img" '
        'aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>'
    ).format(
        _WIDTH,
        height,
        slug,
        slug,
        slug,
        name,
        slug,
        f"{len(days)} days between {days[0]} and {days[-1]}; all stand in the table that follows.",
        Markup("").join(shapes),
    )
    table = Table(
        caption=f"{name}: the days",
        head=("No.", "Day", *head),
        rows=tuple(
            (numbers[mark.on], mark.on.isoformat(), *mark.cells)
            for mark in sorted(marks, key=lambda mark: mark.on)
        ),
        numeric=frozenset({0, 1}),
    )
    return Chart(svg=svg, caption=caption, table=table)


def _levels(days: Sequence[date], scale: _Scale) -> dict[date, int]:
    """Return the height of each day's number, so that neighbours do not cover each other."""
    last_at: list[float] = []
    levels = {}
    for day in days:
        x = scale.x(day)
        level = next((i for i, at in enumerate(last_at) if x - at >= _CLOSEST), len(last_at))
        last_at[level : level + 1] = [x]
        levels[day] = level
    return levels


def _years(scale: _Scale, line: int) -> Iterator[Markup]:
    yield Markup('<path class="chart__grid" d="M{} {}H{}"/>').format(_SIDE, line, _WIDTH - _SIDE)
    every = 1 + (scale.last.year - scale.first.year) // _MOST_YEARS
    for year in range(scale.first.year + 1, scale.last.year + 1, every):
        x = f"{scale.x(date(year, 1, 1)):.1f}"
        yield Markup('<path class="chart__grid" d="M{} {}V{}"/>').format(x, line - 5, line + 5)
        yield Markup('<text class="timeline__year" x="{}" y="{}">{}</text>').format(
            x, line + 24, year
        )


def _today(scale: _Scale, today: date, line: int) -> Iterator[Markup]:
    x = scale.x(today)
    yield Markup('<path class="timeline__today" d="M{} {}V{}"/>').format(f"{x:.1f}", 14, line)
    side = "end" if x > _WIDTH / 2 else "start"
    yield Markup('<text class="timeline__now" x="{}" y="{}" text-anchor="{}">today</text>').format(
        f"{x + (-5 if side == 'end' else 5):.1f}", 14, side
    )


def _mark(number: str, x: float, y: int, line: int) -> Markup:
    return Markup(
        '<path class="timeline__stem" d="M{} {}V{}"/>'
        '<circle class="timeline__mark" cx="{}" cy="{}" r="{}"/>'
        '<text class="timeline__number" x="{}" y="{}" dy=".35em">{}</text>'
    ).format(f"{x:.1f}", y, line, f"{x:.1f}", y, _RADIUS, f"{x:.1f}", y, number)
