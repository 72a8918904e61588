"""All benches: each module ``bench_<topic>.py`` of this folder adds its own with `bench`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmark.measuring import Bench, Better, Contest, Options

_BENCHES: list[Bench] = []

Setup = Callable[[Options], Iterator[Contest]]


def bench(
    name: str,
    *,
    unit: str,
    better: Better = Better.LESS,
    bar: float | None = None,
    most: float | None = None,
) -> Callable[[Setup], Setup]:
    """Register a generator that prepares a contest, yields it, and cleans up after it.

    `bar` is the least ratio by which we are better than the limit; `most` how many times a limit
    that cannot be reached the figure may be.

    >>> @bench("sum of 1,000 numbers", unit="us CPU", better=Better.LESS)
    ... def sum_numbers(options):
    ...     yield Contest(subject=lambda: cpu_microseconds(lambda: sum(range(1000)), 100))
    """

    def register(setup: Setup) -> Setup:
        prepare = contextmanager(setup)
        _BENCHES.append(
            Bench(name=name, unit=unit, better=better, bar=bar, most=most, prepare=prepare)
        )
        return setup

    return register


def all_benches() -> tuple[Bench, ...]:
    """Import every bench module and give what they registered, in order of name of module."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("bench_"):
            importlib.import_module(f"benchmark.{module.name}")
    return tuple(_BENCHES)
