"""Line charts as SVG that need no script, each with the same values in a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from markupsafe import Markup

from passport.ui.views.common import Table

_WIDTH, _HEIGHT = 400, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 10, 26, 28
_TICK_STEPS = tuple(
    Decimal(text) for text in ("0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50")
)
_MOST_TICKS = 6
_MOST_DATES = 3
_NO_VALUE = "no reading"


class Origin(StrEnum):
    """Whose values a line shows; decides how it is drawn."""

    ASSESSED = "assessed"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One point: when, how much, and between which bounds with 95 % probability.

    A reading without value interrupts the line: a gap is shown, never bridged.
    """

    at: datetime
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One series of readings in the order of time."""

    name: str
    origin: Origin
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What is drawn upwards, with its unit."""

    quantity: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with its caption and the same values as a table."""

    svg: Markup
    caption: str
    table: Table


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps time and value to the drawing."""

    first: datetime
    span: timedelta
    lowest: Decimal
    highest: Decimal

    def x(self, at: datetime) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * ((at - self.first) / self.span)

    def y(self, value: Decimal) -> float:
        share = (value - self.lowest) / (self.highest - self.lowest)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * float(share)


def line_chart(
    name: str, axis: Axis, lines: Sequence[Line], *, caption: str, gap: timedelta
) -> Chart:
    """Draw readings over time.

    Args:
        name: Short name of the drawing; also distinguishes its parts on a page.
        axis: What is measured and in which unit.
        lines: The series; at least one reading in all of them together has a value.
        caption: What there is to see, in one sentence.
        gap: Readings further apart than this are not joined.

    Raises:
        ValueError: No reading has a value; show an empty state instead.
    """
    valued = [r for line in lines for r in line.readings if r.value is not None]
    if not valued:
        raise ValueError(f"chart {name!r} has no reading with a value")
    scale = _scale_for(valued)
    shapes = [
        *_grid(scale, axis.unit),
        *(shape for line in lines for shape in _line(line, scale, gap)),
    ]
    key = Markup("").join(_key_entry(line) for line in lines)
    slug = "".join(mark if mark.isalnum() else "-" for mark in name.lower())
    svg = Markup(
        '<svg class="chart__svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>'
        '<ul class="chart__key">{}</ul>'
    ).format(
        _WIDTH,
        _HEIGHT,
        slug,
        slug,
        slug,
        f"{name}: {axis.quantity} [{axis.unit}] over time",
        slug,
        _described(lines, axis.unit),
        Markup("").join(shapes),
        key,
    )
    return Chart(svg=svg, caption=caption, table=_table(name, axis.unit, lines))


def _scale_for(valued: Sequence[Reading]) -> _Scale:
    bounds = [b for r in valued for b in (r.value, r.low, r.high) if b is not None]
    step = _step(min(bounds), max(bounds))
    lowest = (min(bounds) / step).to_integral_value(ROUND_FLOOR) * step
    highest = (max(bounds) / step).to_integral_value(ROUND_CEILING) * step
    times = [reading.at for reading in valued]
    span = max(times) - min(times)
    if not span:
        return _Scale(min(times) - timedelta(hours=12), timedelta(days=1), lowest, highest + step)
    return _Scale(min(times), span, lowest, highest if highest > lowest else lowest + step)


def _step(lowest: Decimal, highest: Decimal) -> Decimal:
    return next(
        (step for step in _TICK_STEPS if (highest - lowest) / step <= _MOST_TICKS - 1),
        ((highest - lowest) / (_MOST_TICKS - 1)).quantize(Decimal(1), ROUND_CEILING),
    )


def _grid(scale: _Scale, unit: str) -> Iterable[Markup]:
    step = _step(scale.lowest, scale.highest)
    value = scale.lowest
    while value <= scale.highest:
        y = f"{scale.y(value):.1f}"
        yield Markup('<path class="chart__grid" d="M{} {}H{}"/>').format(_LEFT, y, _WIDTH - _RIGHT)
        yield Markup('<text class="chart__tick" x="{}" y="{}" dy=".35em">{}</text>').format(
            _LEFT - 6, y, f"{value.normalize():f}"
        )
        value += step
    yield Markup('<text class="chart__unit" x="{}" y="{}">{}</text>').format(
        _LEFT - 6, _TOP - 14, unit
    )
    for index in range(_MOST_DATES):
        at = scale.first + scale.span * index / (_MOST_DATES - 1)
        anchor = {0: "start", _MOST_DATES - 1: "end"}.get(index, "middle")
        yield Markup('<text class="chart__date" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            f"{scale.x(at):.1f}", _HEIGHT - _BOTTOM + 20, anchor, _date(at, scale.span)
        )


def _date(at: datetime, span: timedelta) -> str:
    return f"{at:%H:%M}" if span <= timedelta(days=1) else f"{at.day} {at:%b %Y}"


def _line(line: Line, scale: _Scale, gap: timedelta) -> Iterable[Markup]:
    for run in _runs(line.readings, gap):
        bounded = [r for r in run if r.low is not None and r.high is not None]
        if len(bounded) > 1:
            yield Markup('<path class="chart__band chart__band--{}" d="{}"/>').format(
                line.origin, _band(bounded, scale)
            )
        yield Markup('<path class="chart__line chart__line--{}" d="{}"/>').format(
            line.origin, _path(((r.at, r.value) for r in run if r.value is not None), scale)
        )
        for r in run:
            if r.value is not None:
                yield _mark(line.origin, scale.x(r.at), scale.y(r.value))


def _runs(readings: Sequence[Reading], gap: timedelta) -> Iterable[list[Reading]]:
    run: list[Reading] = []
    for reading in readings:
        broken = reading.value is None or (run and reading.at - run[-1].at > gap)
        if broken and run:
            yield run
            run = []
        if reading.value is not None:
            run.append(reading)
    if run:
        yield run


def _path(points: Iterable[tuple[datetime, Decimal]], scale: _Scale) -> str:
    return "M" + "L".join(f"{scale.x(at):.1f} {scale.y(value):.1f}" for at, value in points)


def _band(run: Sequence[Reading], scale: _Scale) -> str:
    upper = [(r.at, r.high) for r in run if r.high is not None]
    lower = [(r.at, r.low) for r in reversed(run) if r.low is not None]
    return f"{_path([*upper, *lower], scale)}Z"


def _mark(origin: Origin, x: float, y: float) -> Markup:
    """A dot for what was computed here, a square for what the BMS says: not by colour alone."""
    if origin is Origin.ASSESSED:
        return Markup('<circle class="chart__mark chart__mark--{}" cx="{}" cy="{}" r="3"/>').format(
            origin, f"{x:.1f}", f"{y:.1f}"
        )
    return Markup(
        '<rect class="chart__mark chart__mark--{}" x="{}" y="{}" width="5" height="5"/>'
    ).format(origin, f"{x - 2.5:.1f}", f"{y - 2.5:.1f}")


def _key_entry(line: Line) -> Markup:
    sample = Markup('<path class="chart__line chart__line--{}" d="M0 8H28"/>').format(line.origin)
    return Markup(
        '<li><svg viewBox="0 0 28 16" width="28" height="16" aria-hidden="true">{}{}</svg>{}</li>'
    ).format(sample, _mark(line.origin, 14, 8), line.name)


def _described(lines: Sequence[Line], unit: str) -> str:
    parts = []
    for line in lines:
        valued = [r for r in line.readings if r.value is not None]
        if valued:
            first, last = valued[0], valued[-1]
            parts.append(
                f"{line.name}: from {first.value} {unit} on {_day(first.at)} "
                f"to {last.value} {unit} on {_day(last.at)}."
            )
    return " ".join([*parts, "All values stand in the table that follows."])


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _table(name: str, unit: str, lines: Sequence[Line]) -> Table:
    by_time: dict[datetime, dict[str, Reading]] = {}
    for line in lines:
        for reading in line.readings:
            by_time.setdefault(reading.at, {})[line.name] = reading
    head = ["Measured at (UTC)"]
    for line in lines:
        head.append(f"{line.name} [{unit}]")
        if line.origin is Origin.ASSESSED:
            head.append("95 % interval")
    rows = []
    for at in sorted(by_time):
        cells = [f"{at:%Y-%m-%d %H:%M}"]
        for line in lines:
            cells.extend(_cells(line.origin, by_time[at].get(line.name)))
        rows.append(tuple(cells))
    return Table(
        caption=f"{name}: values of the chart",
        head=tuple(head),
        rows=tuple(rows),
        numeric=frozenset(range(1, len(head))),
    )


def _cells(origin: Origin, reading: Reading | None) -> tuple[str, ...]:
    value = _NO_VALUE if reading is None or reading.value is None else str(reading.value)
    if origin is Origin.REPORTED:
        return (value,)
    if reading is None or reading.low is None or reading.high is None:
        return (value, "")
    return (value, f"{reading.low} to {reading.high}")
