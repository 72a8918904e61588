"""What nobody sends by accident: each is refused as what it is, and nothing breaks."""

from datetime import timedelta

import pytest
from builders_web import (
    EV_MODEL,
    a_browser,
    a_running_installation,
    key_of,
    signed_in,
    token_on,
)

from passport.bootstrap.demonstration import EV_IN_USE
from passport.storage.jobs import MOST_ATTEMPTS, SqlJobs

BATTERY = f"/api/v1/batteries/{EV_IN_USE}"
BEFORE_THE_CALENDAR = "0001-01-01T00:00:00+23:59"
AFTER_THE_CALENDAR = "9999-12-31T23:59:59-23:59"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    with a_running_installation(tmp_path_factory.mktemp("oddities")) as passport:
        yield passport


@pytest.fixture
def visitor(web):
    return a_browser(web)


@pytest.fixture
def maker(web):
    return key_of(web, "voltra")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{BATTERY}/events", {"kind": "repair", "occurredAt": BEFORE_THE_CALENDAR}),
        (f"{BATTERY}/conditions", {"content": {}, "measuredAt": BEFORE_THE_CALENDAR}),
        (
            "/api/v1/grants",
            {
                "organisation": "again",
                "battery": EV_IN_USE,
                "audience": "legitimate-interest",
                "purpose": "x",
                "expiresAt": AFTER_THE_CALENDAR,
            },
        ),
        ("/api/v1/keys", {"scopes": [], "expiresAt": AFTER_THE_CALENDAR}),
    ],
)
def test_an_instant_outside_of_the_calendar_is_refused(visitor, maker, path, body):
    answer = visitor.post(path, json=body, headers=maker)

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


@pytest.mark.parametrize(
    "path",
    ["/scan?code=%00", "/status/%00", f"/01/{EV_MODEL}/10/%00", "/api/v1/operators/a%00b"],
)
def test_an_address_with_a_zero_character_is_refused_before_any_database(visitor, path):
    answer = visitor.get(path)

    assert (answer.status_code, answer.json()["code"]) == (400, "request-refused")


def test_a_form_with_a_zero_character_is_refused(web):
    browser = signed_in(web, "integrator")
    form = {
        "csrf_token": token_on(browser, f"/access/{EV_IN_USE}"),
        "purpose": "second-life",
        "reason": "a\0b",
    }

    answer = browser.post(f"/access/{EV_IN_USE}", data=form)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-value")


def test_a_name_with_a_control_character_is_refused(visitor, web):
    new = {"name": "A\u0000B", "id": "urn:example:1", "country": "NL", "roles": ["operator"]}

    answer = visitor.post("/api/v1/operators", json=new, headers=key_of(web, "house"))

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-document")


def test_a_narrow_key_neither_puts_notices_away_nor_keeps_documents(visitor, web, maker):
    asked = {"battery": EV_IN_USE, "purpose": "decide on a second life"}
    visitor.post("/api/v1/access-requests", json=asked, headers=key_of(web, "melt"))
    notice = visitor.get("/api/v1/notices", headers=maker).json()[0]["id"]
    gateway = key_of(web, "voltra", "telemetry:write")

    put_away = visitor.delete(f"/api/v1/notices/{notice}", headers=gateway)
    kept = visitor.post(
        "/api/v1/attachments", content="x", headers={**gateway, "Content-Type": "text/plain"}
    )

    assert (put_away.status_code, kept.status_code) == (403, 403)
    assert notice in {one["id"] for one in visitor.get("/api/v1/notices", headers=maker).json()}


@pytest.mark.parametrize("path", [BATTERY, f"{BATTERY}/events", f"/01/{EV_MODEL}"])
def test_what_was_made_for_one_caller_is_kept_from_others(visitor, maker, path):
    answer = visitor.get(path, headers={**maker, "Accept": "application/vp"})

    assert answer.headers["cache-control"].startswith("private")


def test_what_is_for_everybody_may_be_kept_also_where_somebody_asked(visitor, maker):
    answer = visitor.get("/schemas/terms.csv", headers=maker)

    assert answer.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("head", ['"gtin"x,serial', '"gtin', f"gtin,{'a' * 200_000}"])
def test_a_file_whose_first_line_is_broken_is_refused(visitor, maker, head):
    answer = visitor.post(
        "/api/v1/batteries/import",
        content=f"{head}\n1,2\n",
        headers={**maker, "Content-Type": "text/csv"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "file-unreadable")


def test_a_job_that_was_given_up_shows_in_the_readiness(visitor, web):
    services = web.services
    services.enqueue("odd", {}, dedupe_key="odd", run_at=services.clock.now())
    now = services.clock.now()

    class Later:
        def now(self):
            return now + timedelta(days=1)

    def fails(_payload):
        raise ConnectionError("away")

    assert visitor.get("/readyz").json()["jobsGivenUp"] == 0
    for days in range(MOST_ATTEMPTS):
        now += timedelta(days=days)
        SqlJobs(web.engine, Later()).run_due({"odd": fails})

    answer = visitor.get("/readyz")

    assert answer.json()["jobsGivenUp"] == 1
    assert answer.status_code == 200


def test_a_name_of_any_length_is_not_kept_to_count_its_attempts(web):
    browser = a_browser(web)
    form = {
        "csrf_token": token_on(browser, "/login"),
        "login": "x" * 100_000,
        "password": "wrong password",
    }

    assert browser.post("/login", data=form).status_code == 401

    counted = browser.app.state.attempts._failed
    assert max(map(len, counted)) < 300
