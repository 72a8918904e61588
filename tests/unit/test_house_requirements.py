"""The locked requirements are complete, exact, and say nothing of the machine that wrote them."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _entries(lock):
    text = lock.read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith((" ", "#"))]


def _names(lock):
    return {re.split(r"[=\[ ;]", entry)[0] for entry in _entries(lock)}


def _normal(requirement):
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", requirement)[0]).lower()


def test_there_is_a_lock_for_building_running_and_testing():
    assert {lock.stem for lock in LOCKS} >= {"build", "core", "test"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_requirement_is_exact_and_has_hashes(lock):
    for entry in _entries(lock):
        assert re.match(r"[a-z0-9-]+==\S+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_index_an_address_or_a_folder(lock):
    for line in lock.read_text().splitlines():
        assert not re.match(
            r"\s*-(-index-url|-extra-index-url|-find-links|-trusted-host|i|f)", line
        )
        assert "://" not in line
        assert " /" not in line


def test_the_core_holds_what_the_project_declares():
    declared = {_normal(requirement) for requirement in PROJECT["dependencies"]}

    assert declared <= _names(ROOT / "requirements" / "core.txt")


def test_running_needs_no_test_tool():
    core = _names(ROOT / "requirements" / "core.txt")
    tools = {
        _normal(line)
        for line in (ROOT / "requirements" / "test.in").read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
    declared = {_normal(requirement) for requirement in PROJECT["dependencies"]}

    assert (tools - declared) & core <= {"anyio"}  # the runtime of the web server, too


def test_tests_run_with_the_very_versions_of_the_core():
    core, test = (
        {entry.split(" ")[0] for entry in _entries(ROOT / "requirements" / f"{name}.txt")}
        for name in ("core", "test")
    )

    assert core <= test
