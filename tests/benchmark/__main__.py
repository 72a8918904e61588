"""``python -m benchmark``: run the benches, print a table, write ``bench.json``."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmark.measuring import QUICK, Options, Row, run
from benchmark.registry import all_benches

_HEAD = ("", "value", "limit", "unit", "ratio", "bar")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; 1 where a bar is not met, 2 where nothing was run."""
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, for CI")
    parser.add_argument("--only", default="", metavar="TEXT", help="benches whose name has TEXT")
    parser.add_argument("--list", action="store_true", help="name the benches and stop")
    parser.add_argument("--output", type=Path, default=Path("bench.json"), metavar="FILE")
    chosen = parser.parse_args(arguments)
    benches = [bench for bench in all_benches() if chosen.only in bench.name]
    if chosen.list:
        print("\n".join(bench.name for bench in benches))
        return 0
    if not benches:
        print(f"no bench has {chosen.only!r} in its name", file=sys.stderr)
        return 2
    rows = []
    print(table_line(_HEAD))
    for bench in benches:
        row = run(bench, QUICK if chosen.quick else Options())
        print(table_line(_cells(row)), flush=True)
        rows.append(row)
    chosen.output.write_text(json.dumps([dataclasses.asdict(row) for row in rows], indent=2) + "\n")
    missed = [row.name for row in rows if row.met is False]
    for name in missed:
        print(f"bar not met: {name}", file=sys.stderr)
    return 1 if missed else 0


def table_line(cells: Sequence[str]) -> str:
    """Print one line of the table: a mark, the figures, and last the name."""
    mark, value, limit, unit, ratio, bar, *name = cells
    return (
        f"{mark:4} {value:>11} {limit:>11}  {unit:18} {ratio:>7} {bar:>6}  {' '.join(name)}"
    ).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    mark = {None: "", True: "ok", False: "MISS"}[row.met]
    return (
        mark,
        _figure(row.value),
        _figure(row.limit),
        row.unit,
        "" if row.ratio is None else f"{row.ratio:.2f}x",
        bound(row.bar, row.most),
        row.name,
    )


def bound(bar: float | None, most: float | None) -> str:
    """Write what the ratio has to be: at least a bar, or at most so many times the limit."""
    if most is not None:
        return f"<={most:g}x"
    return "" if bar is None else f"{bar:g}x"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
