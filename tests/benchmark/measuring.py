"""Interleaved rounds: what is compared is measured in turns, on the same machine, minute and load.

A bench is a context manager that prepares two contenders and gives a `Contest`. Both are measured
once a round, in changing order, and the medians are compared. Times are CPU time unless the unit
says otherwise: another process on the machine does not count.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice

Sample = Callable[[], float]
"""One measurement: does a fair share of work and gives the figure in the unit of the bench."""

_MICROSECONDS = 1e6


class Better(Enum):
    """Which way a figure should go."""

    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What is measured.

    Attributes:
        subject: Our figure.
        limit: The figure beside it: a peer's, or what cannot be passed; `None` = report only.
    """

    subject: Sample
    limit: Sample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How long to measure.

    Attributes:
        rounds: Measurements of each contender.
        scale: Share of the full work of a round; 1 in the long run, less in the quick one.
    """

    rounds: int = 9
    scale: float = 1.0

    @property
    def most_rounds(self) -> int:
        """Rounds at most, where a bar is close and the machine is noisy."""
        return 3 * self.rounds

    def times(self, count: int) -> int:
        """How often to repeat something that the long run repeats `count` times."""
        return max(1, round(count * self.scale))


QUICK = Options(rounds=5, scale=0.2)

Prepare = Callable[[Options], AbstractContextManager[Contest]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One line of the table.

    Attributes:
        name: What is measured, against what.
        unit: Unit of `value` and `limit`.
        better: Whether more or less of the unit is better.
        bar: Least ratio to the limit; `None` = no bar.
        most: Most times the limit that the figure may be, where the limit cannot be reached: the
            ratio is then value over limit; `None` = the bar counts.
        prepare: Makes the contest and takes it down again.
    """

    name: str
    unit: str
    better: Better
    bar: float | None = None
    most: float | None = None
    prepare: Prepare = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One result, as it stands in ``bench.json``.

    Attributes:
        value: Median of our figure, in `unit`.
        limit: Median of the figure beside it, in `unit`.
        ratio: How close we come: 1 is as good as the limit, more is better, whichever way the
            unit goes. With `most` it is value over limit.
        met: Whether `ratio` reaches `bar`, or does not pass `most`; `None` where there is neither.
    """

    name: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    bar: float | None
    most: float | None
    met: bool | None


def cpu_microseconds(work: Callable[[], object], count: int) -> float:
    """CPU time of one call in this process, its threads included [us]."""
    start = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - start) / count * _MICROSECONDS


def per_second(work: Callable[[], object], count: int) -> float:
    """Calls per second of wall time."""
    start = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - start)


def run(bench: Bench, options: Options) -> Row:
    """Measure one bench; a bar that is missed is measured on, up to three times as long."""
    with bench.prepare(options) as contest:
        contenders = [sample for sample in (contest.subject, contest.limit) if sample]
        for sample in contenders:
            sample()  # warm caches, connections and compiled code
        figures: list[list[float]] = [[] for _ in contenders]
        while True:
            for round_figures in islice(_rounds(contenders), options.rounds):
                for column, figure in zip(figures, round_figures, strict=True):
                    column.append(figure)
            row = _row(bench, figures)
            if row.met is not False or len(figures[0]) >= options.most_rounds:
                return row


def _rounds(contenders: Sequence[Sample]) -> Iterator[list[float]]:
    while True:
        order = random.sample(range(len(contenders)), len(contenders))
        figures = {place: contenders[place]() for place in order}
        yield [figures[place] for place in range(len(contenders))]


def _row(bench: Bench, figures: Sequence[Sequence[float]]) -> Row:
    value = statistics.median(figures[0])
    limit = statistics.median(figures[1]) if len(figures) > 1 else None
    ratio = _ratio(bench, value, limit)
    return Row(
        name=bench.name,
        value=value,
        unit=bench.unit,
        limit=limit,
        ratio=ratio,
        bar=bench.bar,
        most=bench.most,
        met=_is_met(bench, ratio),
    )


def _is_met(bench: Bench, ratio: float | None) -> bool | None:
    if bench.most is not None:
        return ratio is not None and ratio <= bench.most
    return None if bench.bar is None else ratio is not None and ratio >= bench.bar


def _ratio(bench: Bench, value: float, limit: float | None) -> float | None:
    if limit is None:
        return None
    is_over = bench.most is not None or bench.better is Better.MORE
    over, under = (value, limit) if is_over else (limit, value)
    return over / under if under else None
