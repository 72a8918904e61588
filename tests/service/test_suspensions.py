"""A suspended passport: by the address, by the command, and as everybody sees it."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from builders import PACK, an_installation, register
from builders_time_stamps import an_authority, served
from builders_web import AS_PAGE, a_browser, key_of
from typer.testing import CliRunner

from passport.bootstrap import SystemClock
from passport.bootstrap.demonstration import EV_IN_USE
from passport.cli import app
from passport.services.trust import Trust
from passport.services.verification import verify_passport

PATH = f"/api/v1/batteries/{EV_IN_USE}/suspension"
REASON = {"reason": "cells of this week are looked at"}


def public_bundle_verdict(web, visitor):
    bundle = visitor.get(f"/batteries/{EV_IN_USE}/bundle").content
    trust = Trust.parse(visitor.get("/trust.json").content)
    report = verify_passport(bundle, trust=trust, at=web.services.clock.now())
    return report.verdict.value, {problem.code for problem in report.problems}


def page(visitor):
    return visitor.get(f"/{EV_IN_USE}", headers=AS_PAGE).text


def test_a_suspended_passport_is_told_so_everywhere_until_it_is_lifted(web, visitor):
    as_maker = key_of(web, "voltra")
    assert "Authentic record" in page(visitor)

    answer = a_browser(web).post(PATH, json=REASON, headers=as_maker)

    assert answer.status_code == 200, answer.text
    assert answer.json()["suspended"] is True
    assert public_bundle_verdict(web, visitor) == (
        "authentic but corrected or withdrawn",
        {"statement-suspended"},
    )
    assert "Authentic, but suspended" in page(visitor)
    again = a_browser(web).post(PATH, json=REASON, headers=as_maker)
    assert (again.status_code, again.json()["code"]) == (409, "suspension-refused")
    lifted = a_browser(web).post(f"{PATH}/lift", json={"reason": "good"}, headers=as_maker)
    assert lifted.json()["suspended"] is False
    assert public_bundle_verdict(web, visitor) == ("authentic", set())
    assert "Authentic record" in page(visitor)


@pytest.mark.parametrize("organisation", ["yard", "again", "watch"])
def test_others_do_not_suspend(web, organisation):
    answer = a_browser(web).post(PATH, json=REASON, headers=key_of(web, organisation))

    assert (answer.status_code, answer.json()["code"]) == (403, "access-denied")


def test_nobody_suspends_without_login(web):
    assert a_browser(web).post(PATH, json=REASON).status_code == 401


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with one pack, made as by an installation that keeps its keys in files."""
    data = tmp_path_factory.mktemp("commands")
    record = an_installation(data, keystore=f"file:{data / 'keys'}", clock=SystemClock())
    register(record)
    record.close()
    return data


def run(folder, *arguments):
    return CliRunner().invoke(app, ["evidence", *arguments, "--data", str(folder)])


def test_commands_suspend_and_lift_and_say_what_they_did(folder):
    suspended = run(folder, "suspend", PACK, "--reason", "looked at", "--json")
    lifted = run(folder, "lift", PACK, "--reason", "good", "--json")

    assert suspended.exit_code == 0, suspended.output
    assert orjson.loads(suspended.stdout)["suspended"] is True
    assert orjson.loads(lifted.stdout)["suspended"] is False
    assert orjson.loads(lifted.stdout)["statements"]


def test_a_command_signs_the_lists_anew_that_end_soon(folder):
    assert "0 jobs done" in run(folder, "refresh").stderr


def test_a_command_has_the_log_stamped_and_a_kept_bundle_renewed(folder, monkeypatch, tmp_path):
    now = datetime.now(UTC)
    authority = an_authority("Command", now - timedelta(days=1), now + timedelta(days=900))
    roots, kept = tmp_path / "roots.pem", tmp_path / "kept.json"
    roots.write_text(authority.root_pem())
    with served(lambda request: authority.answer(request, datetime.now(UTC))) as url:
        monkeypatch.setenv("PASSPORT_TIME_STAMP_URLS", url)
        monkeypatch.setenv("PASSPORT_TIME_STAMP_ROOTS", str(roots))
        stamped = run(folder, "stamp", "--json")
        shown = CliRunner().invoke(
            app, ["show", PACK, "--bundle", str(kept), "--data", str(folder)]
        )
        renewed = run(folder, "renew", str(kept), "-o", str(tmp_path / "renewed.json"))

    assert orjson.loads(stamped.stdout.splitlines()[-1])["size"] > 0
    assert shown.exit_code == renewed.exit_code == 0, shown.output + renewed.output
    tokens = orjson.loads((tmp_path / "renewed.json").read_bytes())["timeStamps"]["tokens"]
    assert len(tokens) == 2


def test_stamping_without_an_authority_is_refused_with_the_setting(folder):
    done = run(folder, "stamp")

    assert done.exit_code != 0
    assert "PASSPORT_TIME_STAMP_URLS" in str(done.exception)
