"""Commands about what batteries are made of: what they print, and how they end."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import orjson
import pytest

from passport import cli
from passport.bootstrap import open_passport
from passport.bootstrap.demonstration import EV_IN_USE, EV_RETIRED, load_record

PARTS = """level;serial;position;parent
module;MC-A;M01;
module;MC-B;M02;
cell;CC-1;C01;MC-A
"""
WRONG = "level,serial,position\nmodule,MC-A,M01\nmodul,MC-B,M 2\n"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return orjson.loads(self.out)


@pytest.fixture
def run(tmp_path, monkeypatch, capfd) -> Callable[..., Ended]:
    """Give a function that runs a command of the record beside a store with packs in use."""
    settings = {
        "PASSPORT_DATA": str(tmp_path / "data"),
        "PASSPORT_KEYSTORE_PASSPHRASE": "a passphrase of these tests",
        "PASSPORT_EXTENSIONS": "",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    passport = open_passport()
    load_record(passport.services, passport.base_url, lambda _: None)
    passport.close()
    (tmp_path / "parts.csv").write_text(PARTS)
    (tmp_path / "wrong.csv").write_text(WRONG)
    capfd.readouterr()

    def run_command(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["passport", *map(str, words)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capfd.readouterr()
        return Ended(code, said.out, said.err)

    return run_command


def test_a_structure_is_recorded_from_a_file_and_shown_as_a_tree(run):
    assert run("structure", "record", EV_IN_USE, "parts.csv").code == 0

    shown = run("structure", "show", EV_IN_USE)

    assert shown.out.splitlines() == [
        f"{EV_IN_USE}  pack",
        "  M01  module  MC-A",
        "    M01/C01  cell  CC-1",
        "  M02  module  MC-B",
    ]
    before = run("structure", "show", EV_IN_USE, "--at", "2020-01-01", "--json")
    assert before.json["parts"] == []


def test_wrong_rows_are_named_by_row_and_column(run):
    refused = run("structure", "record", EV_IN_USE, "wrong.csv")

    assert refused.code == 1
    assert "row 2, column level: level is 'modul'" in refused.err
    assert "row 2, column position: 'M 2' is no position" in refused.err


def test_a_part_is_swapped_and_found_again_in_store(run):
    run("structure", "record", EV_IN_USE, "parts.csv")
    swap = ("part", "swap", EV_IN_USE, "--position", "M02", "--out", "MC-B", "--in", "MC-N")

    done = run(*swap, "--reason", "fault", "--json")

    assert done.code == 0, done.err
    assert done.json["removed"][0]["serial"] == "MC-B"
    assert run(*swap, "--reason", "fault").code == 1
    where = run("part", "where", "MC-B")
    assert "store  voltra" in where.out
    assert run("part", "where", "NOBODY").code == 1


def test_a_part_goes_from_battery_to_battery_and_both_say_so(run):
    run("structure", "record", EV_IN_USE, "parts.csv")
    run("part", "install", EV_RETIRED, "--in", "MR-1", "--position", "M01", "--level", "module")

    taken = run(
        "part", "take-out", EV_IN_USE, "--out", "MC-B", "--destination", "battery",
        "--to-battery", EV_RETIRED, "--to-position", "M02", "--reason", "upgrade",
    )  # fmt: skip

    assert taken.code == 0, taken.err
    assert taken.out.splitlines()[0] == f"out  module MC-B  M02 in {EV_RETIRED}"
    shown = run("structure", "show", EV_RETIRED)
    assert f"M02  module  MC-B  from {EV_IN_USE}" in shown.out
    assert "1 of 2 modules come from another battery" in shown.out
