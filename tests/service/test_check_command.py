"""`passport check`: what it prints, and how it ends."""

import sys
from pathlib import Path

import orjson
import pytest
from builders import EV_GTIN
from builders_contents import SCHEMAS, a_content

from passport import cli

PACK = f"{EV_GTIN}/EV75-000001"
MODEL = EV_GTIN


SETTINGS = {
    "PASSPORT_DATA": "data",
    "PASSPORT_KEYSTORE_PASSPHRASE": "a passphrase of these tests",
    "PASSPORT_EXTENSIONS": "",
}


@pytest.fixture(scope="module")
def stock(tmp_path_factory) -> Path:
    """Give a folder with one model and one pack, made by commands; the checks write nothing."""
    folder: Path = tmp_path_factory.mktemp("checked")
    pack = {
        "gtin": EV_GTIN,
        "serial": "EV75-000001",
        "placedOnMarketOn": "2027-02-18",
        "content": a_content("ev-pack", serialNumber="EV75-000001"),
    }
    (folder / "pack.json").write_bytes(orjson.dumps(pack))
    with pytest.MonkeyPatch.context() as patch:
        for command in (
            ("operator", "add", "Voltra", "--id", "https://voltra.example.com/"),
            ("model", "add", SCHEMAS / "examples" / "ev-pack-model.json", "--operator", "voltra"),
            ("register", "pack.json", "--operator", "voltra"),
        ):
            assert run(patch, folder, *command) == 0, command
    return folder


@pytest.fixture
def check(stock, monkeypatch, capsys):
    """Give the command: its exit code, and what it wrote to its two outputs."""

    def run_check(*arguments):
        capsys.readouterr()
        code = run(monkeypatch, stock, "check", *arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_check


def run(patch, folder, *arguments):
    for name, value in SETTINGS.items():
        patch.setenv(name, value)
    patch.chdir(folder)
    patch.setattr(sys, "argv", ["passport", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_what_may_be_placed_ends_with_0_and_says_so_first(check):
    code, out, _ = check(PACK)

    assert code == 0
    assert out.splitlines()[0].endswith("may be placed on the market on 2027-02-18")
    assert "Cannot be judged here" in out


def test_what_may_not_be_placed_ends_with_1_and_names_each_legal_point(check):
    code, out, _ = check(MODEL, "--on", "2031-08-18")

    assert code == 1
    assert "may not be placed on the market on 2031-08-18" in out
    assert "Minimum shares of recycled content, first step (Article 8(2))" in out
    assert "recycledCobaltPercent" in out


def test_json_is_what_the_api_answers(check):
    code, out, _ = check(MODEL, "--on", "2031-08-18", "--json")

    body = orjson.loads(out)
    assert code == 1
    assert body["mayBePlaced"] is False
    assert body["blockers"][0]["clauses"] == ["recycled-content-minimum-1"]


@pytest.mark.parametrize("name", [f"{EV_GTIN}/NOBODY", "09506000134994", "nonsense"])
def test_what_is_not_on_record_could_not_be_tried(check, name):
    code, out, said = check(name)

    assert code == 2
    assert out == ""
    assert "could not be tried" in said


def test_models_that_become_incomplete_are_named_with_their_day(check):
    code, out, _ = check("--operator", "voltra", "--between", "2027-02-18", "2031-08-18")

    assert code == 1
    assert f"01/{EV_GTIN} (VP-EV75): becomes incomplete on 2031-08-18" in out
    assert "begins on 2027-08-18: Due diligence in the supply chain" in out
    declaration = (
        "day undetermined: The carbon footprint declaration (EV); waits for: Delegated act"
    )
    assert declaration in out


def test_each_duty_that_waits_stands_once_with_its_batteries(check):
    _, out, _ = check("--operator", "voltra", "--between", "2027-02-18", "2031-08-18")

    waiting = [line for line in out.splitlines() if line.startswith(("begins", "day undetermined"))]
    assert sorted(waiting) == sorted(set(waiting))


def test_models_that_stay_complete_end_with_0(check):
    code, out, _ = check("--operator", "voltra", "--between", "2027-02-18", "2031-08-17", "--json")

    assert code == 0
    assert [one["incompleteFrom"] for one in orjson.loads(out)["models"]] == [None]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (PACK, "--operator", "voltra"),
        ("--operator", "voltra"),
        (PACK, "--between", "2027-02-18", "2028-08-18"),
        ("--operator", "voltra", "--between", "soon", "later"),
        (PACK, "--on", "soon"),
    ],
)
def test_arguments_that_do_not_go_together_could_not_be_tried(check, arguments):
    code, _, _ = check(*arguments)

    assert code == 2
