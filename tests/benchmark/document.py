"""``python -m benchmark.document``: write ``docs/benchmarks.md`` from ``bench.json``."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_GIBIBYTE = 1 << 30
_TEXT = """# Benchmarks

`make bench` measures each figure in rounds, in turns with the figure beside it, on the same machine
in the same minutes, and compares medians. `us CPU` and `ms CPU` are CPU time of the process that
does the work; rates are wall time and fall when others work on the machine. *Ratio* is 1 where we
are as good as the figure beside it and more where we are better; a *bar* is the least ratio that
`make bench` lets pass. Where the bar says *at most*, the figure beside it cannot be reached, and
the ratio says how many times as much ours is. What is compared:

- **signing, verifying**: 256 variants in turn of the public statement of a model that is frozen in
  `tests/vectors/benchmark` (120 values), beside the Node packages of Digital Bazaar, which do one
  of them again and again after warming up; from parsed document to signed bytes or verdict, keys
  in memory on both sides;
- **bytes to signed bytes, bytes to verdict**: with strict reading of the JSON, beside the same
  library's signature or verification of 64 bytes alone;
- **parts** (`ecdsa-sd-2023`): the same statements and the same packages; what every part shows is
  mandatory, and one term in four is shown beside it;
- **registering**: all CPU time of `PassportServices.import_batteries` for one pack beside one bare
  Ed25519 signature; four statements are signed for each pack, with their places on a status list
  and in the log; SQLite syncs each transaction to disk, the PostgreSQL server of the tests runs
  without fsync;
- **workbooks**: 10,000 packs of 40 cells measured, walked through for faults and read, beside
  openpyxl that streams their values alone;
- **viewing**: the whole answer to a visitor over a kept connection, beside the same bytes, head and
  body, sent by the same server process from a dictionary with nothing in between;
- **frames**: decoded, checked, spooled with fsync and entered in the ledger before the answer; days
  take them in later, which only the figure with a report counts.

Measured {day} at commit `{commit}` with `{command}`
on {cores} cores of {processor}, {memory} GiB, Python {python}. Other programs ran on this machine.

| | Figure | Beside it | Unit | Ratio | Bar |
|---|---:|---:|---|---:|---:|
{rows}

## Forged passports

{forged}

This page is written anew by `PYTHONPATH=tests python -m benchmark.document` after `make bench`.
"""


def document(rows: list[Mapping[str, Any]], *, command: str) -> str:
    """Write the page."""
    return _TEXT.format(
        day=datetime.now(UTC).date(),
        commit=_commit(),
        command=command,
        cores=os.cpu_count(),
        processor=_processor(),
        memory=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIBIBYTE),
        python=platform.python_version(),
        rows="\n".join(map(_line, rows)),
        forged=_forged(),
    )


def _forged() -> str:
    totals = json.loads((ROOT / "tests" / "fuzzing" / "totals.json").read_text())
    return (
        f"`make soak` has handed {totals['files']:,} forged files to the verifier in "
        f"{totals['cpu_hours']:.1f} hours of CPU, by {len(totals['seeds'])} seeds: none crashed it "
        f"and none was believed. {totals['verified']:,} were genuine after all (another order of "
        f"keys, another key beside the trusted ones); the others were refused for "
        f"{len(totals['refused'])} reasons. The slowest answer took {totals['slowest_s']:.2f} s of "
        "CPU. A minute of this runs in `make test` with another seed each time."
    )


def _line(row: Mapping[str, Any]) -> str:
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    bar = "" if row["bar"] is None else f"{row['bar']:g}"
    if row["most"] is not None:
        bar = f"at most {row['most']:g}"
    cells = (row["name"], _figure(row["value"]), _figure(row["limit"]), row["unit"], ratio, bar)
    return f"| {' | '.join(cells)} |"


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _commit() -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    figures = json.loads((ROOT / "bench.json").read_text())
    page = document(figures, command="make bench")
    (ROOT / "docs" / "benchmarks.md").write_text(page)
