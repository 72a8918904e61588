"""``python -m fuzzing``: forge and verify for minutes or hours; totals grow in ``totals.json``."""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from builders_web import a_running_installation

from fuzzing.corpus import corpus_of
from fuzzing.running import Totals, VerifierFailedError, run

TOTALS = Path(__file__).parent / "totals.json"
_PORTION = 2_000
"""Files after which totals are written, so that a run can be broken off."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Go on with a seed where it stopped; 1 where a file broke a promise."""
    parser = argparse.ArgumentParser(prog="fuzzing", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--minutes", type=float, default=50.0)
    parser.add_argument("--totals", type=Path, default=TOTALS, metavar="FILE")
    chosen = parser.parse_args(arguments)
    ends_at = time.monotonic() + 60 * chosen.minutes
    with tempfile.TemporaryDirectory() as folder:
        with a_running_installation(Path(folder) / "data") as passport:
            corpus = corpus_of(passport)
        while time.monotonic() < ends_at:
            begun, first = time.process_time(), _done(chosen.totals, chosen.seed)
            try:
                totals = run(
                    corpus,
                    seed=chosen.seed,
                    first=first,
                    goes_on=lambda so_far: so_far.files < _PORTION,
                )
            except VerifierFailedError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            _add(chosen.totals, chosen.seed, totals, time.process_time() - begun)
    sys.stdout.write(f"seed {chosen.seed}: {_done(chosen.totals, chosen.seed)} files\n")
    return 0


def _read(path: Path) -> dict[str, object]:
    return json.loads(path.read_text()) if path.exists() else {}


def _done(path: Path, seed: int) -> int:
    return int(_read(path).get("seeds", {}).get(str(seed), 0))


def _add(path: Path, seed: int, totals: Totals, cpu_s: float) -> None:
    known = _read(path)
    seeds = known.get("seeds", {})
    refused = Counter(known.get("refused", {})) + totals.refused
    content = {
        "files": known.get("files", 0) + totals.files,
        "verified": known.get("verified", 0) + totals.verified,
        "cpu_hours": round(known.get("cpu_hours", 0.0) + cpu_s / 3600, 3),
        "slowest_s": max(known.get("slowest_s", 0.0), round(totals.slowest_s, 3)),
        "seeds": seeds | {str(seed): seeds.get(str(seed), 0) + totals.files},
        "refused": dict(sorted(refused.items())),
    }
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(content, indent=2) + "\n")
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
