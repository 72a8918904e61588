"""The commands that outside programs call are there and do what they say without input."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "target", ["run", "test", "check", "fix", "bench", "soak", "lock", "clean"]
)
def test_each_target_of_the_contract_is_explained(target):
    helped = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert f"make {target} " in helped.stdout.replace("\n", " \n")


def test_the_gate_of_ci_is_make_test_without_input():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make test </dev/null"


def test_the_last_thing_make_test_does_is_pytest():
    recipe = (ROOT / "Makefile").read_text().partition("\ntest: ")[2].partition("\n\n")[0]

    assert "-m pytest" in recipe.splitlines()[-1]


@pytest.mark.parametrize("script", [".ci/run", ".ci/machine", "deploy/make-secrets"])
def test_scripts_can_be_run_and_have_no_syntax_error(script):
    path = ROOT / script
    shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"

    assert path.stat().st_mode & 0o111
    assert subprocess.run([shell, "-n", path], check=False).returncode == 0
