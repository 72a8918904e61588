"""``make soak``: the laws of `tests/property` against many more examples than the gate takes.

Each file of laws is a part of at most an hour; the last part forges passports for as long as
``--minutes`` says and adds to ``tests/fuzzing/totals.json``. The seed is printed; the same seed
goes on after the last part that ended well, so a run can be broken off and resumed.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LONGEST_PART_S = 3600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are left; 1 where a law was broken or a part took too long."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="go on with an earlier run")
    parser.add_argument("--minutes", type=float, default=50.0, help="of forged passports")
    chosen = parser.parse_args(arguments)
    seed = chosen.seed
    seed = secrets.randbelow(2**32) if seed is None else seed
    done = ROOT / "build" / "soak" / f"{seed}.done"
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()
    sys.stdout.write(f"seed {seed}; go on with: make soak SOAK_SEED={seed}\n")
    parts = [path.name for path in sorted((ROOT / "tests" / "property").glob("test_*.py"))]
    left = [part for part in parts if part not in done.read_text().split()]
    for part in left:
        sys.stdout.write(f"==> {part} ({parts.index(part) + 1} of {len(parts)})\n")
        sys.stdout.flush()
        if not _holds(part, seed):
            return 1
        with done.open("a") as record:
            record.write(f"{part}\n")
    sys.stdout.write(f"==> forged passports, {chosen.minutes:g} minutes\n")
    sys.stdout.flush()
    return _forge(seed, chosen.minutes)


def _forge(seed: int, minutes: float) -> int:
    command = [sys.executable, "-m", "fuzzing", "--seed", str(seed), "--minutes", str(minutes)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    return subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode


def _holds(part: str, seed: int) -> bool:
    command = [sys.executable, "-m", "pytest", f"tests/property/{part}", "--quiet"]
    command += ["--hypothesis-profile=soak", f"--hypothesis-seed={seed}", "-p", "no:randomly"]
    command += ["--timeout=0"]
    try:
        return (
            subprocess.run(command, cwd=ROOT, check=False, timeout=_LONGEST_PART_S).returncode == 0
        )
    except subprocess.TimeoutExpired:
        sys.stdout.write(f"{part} took more than {_LONGEST_PART_S} s\n")
        return False


if __name__ == "__main__":
    sys.exit(main())
