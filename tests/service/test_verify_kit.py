"""A folder on a USB stick verifies passports with nothing but Python and without network."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from builders import an_installation, register
from builders_bundle import TRUST, PassportPlan, changed_bundle
from builders_signing import NOON

from passport.bootstrap.kit import FolderNotEmptyError, write_kit
from passport.domain.actor import SYSTEM
from passport.services.verification import verify_passport
from passport.services.verify_files import NothingToVerifyError, report_words, verify_folder

PLAN = PassportPlan()
WATCHED = """\
import runpy, sys
def refuse(event, arguments):
    if event.startswith("socket.") or event == "subprocess.Popen":
        raise RuntimeError(f"a verifier does {event}")
sys.addaudithook(refuse)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a program that may open no socket and start no other program."""


@pytest.fixture(scope="module")
def stick(tmp_path_factory) -> Path:
    """Give a folder with two passports, one of them withdrawn."""
    folder: Path = tmp_path_factory.mktemp("stick") / "kit"
    bundles = {"good.json": PLAN.bundle(), "withdrawn.json": PassportPlan(revoked=(1,)).bundle()}
    write_kit(folder, trust=orjson.loads(TRUST.to_bytes()), bundles=bundles, made_on="2026-11-21")
    return folder


def run(stick: Path, *arguments: object, home: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the verifier in a network without interfaces, without environment or site packages."""
    # The interpreter of a virtual environment finds its packages by itself: take the plain one.
    python = Path(sys.executable).resolve()
    command = ["unshare", "--map-root-user", "--net", python, "-I", "-S", "-c", WATCHED]
    return subprocess.run(
        [*map(str, [*command, stick / "verify", *arguments])],
        capture_output=True,
        check=False,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=home,
    )


def at_noon(*arguments):
    return [*arguments, "--at", "2026-11-21T12:00:00"]


def test_a_genuine_passport_verifies_from_the_stick_alone(stick, tmp_path):
    ended = run(
        stick,
        *at_noon(stick / "bundles" / "good.json", "--trust", stick / "trust.json"),
        home=tmp_path,
    )

    assert ended.returncode == 0, ended.stderr
    assert orjson.loads(ended.stdout)["verdict"] == "authentic"
    assert b"Compare with the battery" in ended.stderr
    assert b"the serial number on the battery or its label: A1" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_bundle_of_a_folder_is_verified_and_the_worst_counts(stick, tmp_path):
    ended = run(stick, *at_noon(stick / "bundles", "--trust", stick / "trust.json"), home=tmp_path)

    report = orjson.loads(ended.stdout)
    assert ended.returncode == 1
    assert report["verdict"] == "authentic but corrected or withdrawn"
    assert [one["file"] for one in report["files"]] == ["good.json", "withdrawn.json"]


def test_a_stick_believes_nobody_whom_its_user_does_not_name(stick, tmp_path):
    ended = run(stick, stick / "bundles", home=tmp_path)

    assert ended.returncode == 2
    assert b"--trust" in ended.stderr


def test_another_version_of_python_is_told_so(stick, tmp_path):
    copy = tmp_path / "verify"
    program = (stick / "verify").read_text()
    copy.write_text(program.replace("MADE_FOR = '3", "MADE_FOR = '2"))

    ended = subprocess.run(
        [sys.executable, copy, "x", "--trust", "y"], capture_output=True, check=False
    )

    assert ended.returncode == 2
    assert b"could not be tried: made for Python 2" in ended.stderr


def test_the_folder_says_in_plain_words_what_to_type_and_what_the_answer_means(stick):
    page = (stick / "README.txt").read_text()

    assert "python3 verify bundles --trust trust.json" in page
    for verdict in (
        "authentic",
        "authentic but corrected or withdrawn",
        "could not be checked",
        "not signed by whom it says",
    ):
        assert f"    {verdict}  " in page


def test_nothing_that_lies_on_the_stick_is_written_over(stick):
    with pytest.raises(FolderNotEmptyError):
        write_kit(stick, trust={}, bundles={}, made_on="2026-11-21")


def test_a_folder_is_verified_without_believing_anything_in_it(tmp_path):
    (tmp_path / "trust.json").write_bytes(TRUST.to_bytes())
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "good.json").write_bytes(PLAN.bundle())
    (tmp_path / "broken.json").write_bytes(PLAN.bundle()[:-9])
    (tmp_path / "other.json").write_bytes(b"{}")
    (tmp_path / "changed.json").write_bytes(changed_bundle(PLAN.bundle(), receipts={}))

    found = verify_folder(tmp_path, trust=TRUST, at=NOON)

    assert {one.name: one.report.verdict.value for one in found.files} == {
        "broken.json": "could not be checked",
        "changed.json": "could not be checked",
        "inner/good.json": "authentic",
    }
    assert found.passed_over == 2


def test_a_reason_that_several_statements_share_is_told_to_a_person_once():
    bundle = changed_bundle(PassportPlan().bundle(), statusLists=[])

    report = verify_passport(bundle, trust=TRUST, at=NOON, now=NOON)

    told = [problem.message for problem in report.problems]
    lines = report_words(report)
    assert len(told) > len(set(told))
    assert len(lines) == len(set(lines))


def test_a_folder_without_bundles_is_nothing_to_verify(tmp_path):
    (tmp_path / "trust.json").write_bytes(TRUST.to_bytes())

    with pytest.raises(NothingToVerifyError, match="1 other files"):
        verify_folder(tmp_path, trust=TRUST, at=NOON)


def test_an_installation_gives_away_a_trust_file_that_its_own_passports_verify_with(tmp_path):
    passport = an_installation(tmp_path / "data")
    battery_id = register(passport)
    bundle = passport.bundle(SYSTEM, battery_id)
    folder = tmp_path / "kit"
    write_kit(folder, trust=passport.trust(), bundles={"one.json": bundle}, made_on="2026-11-21")
    now = passport.services.clock.now()
    passport.close()

    ended = run(
        folder,
        folder / "bundles",
        "--trust",
        folder / "trust.json",
        "--at",
        now.isoformat(),
        home=tmp_path,
    )

    assert ended.returncode == 0, ended.stderr
    assert verify_passport(bundle, trust=TRUST, at=now).verdict == "could not be checked"
