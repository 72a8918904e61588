"""The path of `make run`: a service with the demonstration in an empty folder, and again."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import Server, running

from passport.bootstrap.demonstration import (
    COLLECTOR,
    EV_IN_USE,
    EV_IN_WASTE,
    EV_RECYCLED,
    PASSWORD,
    SECOND_LIFE,
)

ADDRESSES = {EV_IN_USE: 200, SECOND_LIFE: 200, EV_IN_WASTE: 200, EV_RECYCLED: 410}
UNKNOWN = "yard-2026-000003"
"""Number on the card of the battery that nobody knows; it has no address for the public."""
AGAIN_S = 30
"""A second start takes this long at most, also on a machine that has much else to do [s]."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a service that began in an empty folder."""
    data = tmp_path_factory.mktemp("run") / "data"
    with running(Server(data=data, arguments=("--demo",))) as server:
        yield server


def test_the_demonstration_answers_with_all_five_batteries(house):
    found = {one: httpx.get(f"{house.url}/{one}").status_code for one in ADDRESSES}

    assert found == ADDRESSES
    assert "unknown battery" in card_of_the_unknown(house).lower()


def test_whom_to_trust_is_written_beside_the_data(house):
    trust = json.loads((house.data / "trust.json").read_text())

    assert f"did:web:localhost%3A{house.port}:operators:voltra" in trust["dids"]
    assert [log["origin"] for log in trust["logs"]] == [f"localhost:{house.port}/log"]


def test_a_second_start_takes_seconds_and_changes_nothing(house):
    before = state_of(house)
    house.stop()
    begun = time.monotonic()

    house.start()

    assert time.monotonic() - begun < AGAIN_S
    assert state_of(house) == before


def state_of(house: Server) -> dict[str, str | bytes]:
    """Return the signed log, the trust file and what the batteries answer."""
    forms = {"Accept": "application/vp"}
    answers = {one: httpx.get(f"{house.url}/{one}", headers=forms).content for one in ADDRESSES}
    head = httpx.get(f"{house.url}/log/checkpoint").text.splitlines()[:3]
    trust = (house.data / "trust.json").read_bytes()
    return {**answers, "head": "\n".join(head), "trust": trust}


def card_of_the_unknown(house: Server) -> str:
    """Return the card as the collector reads it, signed in as the first page says."""
    with httpx.Client(base_url=house.url, follow_redirects=True) as browser:
        form = browser.get("/login").text
        token = form.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        fields = {"login": COLLECTOR.login, "password": PASSWORD, "csrf_token": token}
        browser.post("/login", data=fields).raise_for_status()
        return browser.get(f"/yard/intakes/{UNKNOWN}").text


def test_its_log_says_nothing_of_errors(house):
    said = Path(house.log).read_text()

    assert "Traceback" not in said
    assert "[error" not in said
