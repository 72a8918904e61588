"""``kill -9`` while packs are registered: what was acknowledged is there, once, and logged."""

import csv
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock, Thread

import httpx
import orjson
import pytest
from builders_import import a_workbook, rows_of
from journey import (
    EV_GTIN,
    MAKER,
    PASSWORD,
    Life,
    a_life,
    a_model,
    a_pack,
    some_packs_as_table,
)
from killing import KILLS, SEED, RecordAfterCrash, opened
from servers import Server

PACKS = 1_000
SENT_PACKS = 240
CLIENTS = 4
KILLS_OF_A_FILE = 3
_MASS = "431.8"
_PATIENCE_S = 60
# Each test starts and recovers an installation up to six times.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(params=["sqlite", "postgresql"])
def maker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Life]:
    """Give an installation that does not run yet, with one maker and its model."""
    url = request.getfixturevalue(f"{request.param}_url")
    server = Server(data=tmp_path / "data", environment={"PASSPORT_DATABASE_URL": url})
    with a_life(server, tmp_path) as life:
        life.join(MAKER)
        life.quick_command(
            "model", "add", life.file("model.json", a_model()), "--operator", MAKER.slug
        )
        yield life


def serials(count: int) -> list[str]:
    return [f"KILL-{number:05}" for number in range(count)]


def battery(serial: str) -> str:
    return f"01/{EV_GTIN}/21/{serial}"


def test_a_command_killed_five_times_loses_and_doubles_nothing(maker: Life):
    chance = random.Random(SEED)  # noqa: S311 - a repeatable moment, no secret
    table = some_packs_as_table(serials(PACKS), _MASS)
    workbook = a_workbook(*csv.reader(table.splitlines(), delimiter=";"))
    files = maker.file("packs.csv", table), maker.file("packs.xlsx", workbook)
    acknowledged: set[str] = set()
    on_record = 0

    for kill in range(KILLS):
        file = files[kill % len(files)]
        new = chance.randrange(1, 100)
        acknowledged |= kill_register(maker, file, on_record + new, chance.uniform(0, 0.4))
        with opened(maker.server) as passport:
            on_record = RecordAfterCrash(passport, chance).check(acknowledged)
        assert 0 < on_record < PACKS

    again = maker.command("register", file, "--operator", MAKER.slug)

    told = [orjson.loads(line)["battery"] for line in again.stdout.splitlines()]
    assert told == [battery(serial) for serial in serials(PACKS)]
    with opened(maker.server) as passport:
        assert RecordAfterCrash(passport, chance).check(told) == PACKS


def kill_register(maker: Life, file: Path, lines: int, delay_s: float) -> set[str]:
    """Kill the command some time after so many lines; return the batteries it acknowledged."""
    command = [sys.executable, "-m", "passport.cli", "register", file, "--operator", MAKER.slug]
    with maker.server.log.open("ab") as log:
        process = subprocess.Popen(
            command, env=maker.server.settings, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    assert process.wait() == -signal.SIGKILL, maker.server.log.read_text()
    whole = [
        line for line in b"".join([*said, rest]).splitlines(keepends=True) if line[-1:] == b"\n"
    ]
    return {orjson.loads(line)["battery"] for line in whole}


def test_a_service_killed_five_times_under_many_clients_loses_and_doubles_nothing(maker: Life):
    chance = random.Random(SEED)  # noqa: S311 - a repeatable moment, no secret
    clients = Clients(maker, serials(SENT_PACKS))

    for _ in range(KILLS):
        maker.server.start()
        clients.send(until=len(clients.acknowledged) + chance.randrange(5, 35))
        time.sleep(chance.uniform(0, 0.05))
        maker.server.kill()
        clients.wait()
        with opened(maker.server) as passport:
            on_record = RecordAfterCrash(passport, chance).check(clients.batteries)
        assert on_record < SENT_PACKS

    maker.server.start()
    clients.send(until=SENT_PACKS)
    clients.wait()
    maker.server.stop()
    assert clients.batteries == {battery(serial) for serial in serials(SENT_PACKS)}
    with opened(maker.server) as passport:
        assert RecordAfterCrash(passport, chance).check(clients.batteries) == SENT_PACKS


def test_a_service_killed_three_times_goes_on_with_a_long_file_where_it_stood(maker: Life):
    chance = random.Random(SEED)  # noqa: S311 - a repeatable moment, no secret
    maker.command("operator", "login", MAKER.slug, "mara", typed=f"{PASSWORD}\n")
    table = some_packs_as_table(serials(SENT_PACKS), "heavy")
    rows = a_workbook(*csv.reader(table.splitlines(), delimiter=";"))
    maker.server.start()
    with httpx.Client(base_url=maker.server.url, timeout=60) as browser:
        page = send_file(browser, rows)

        for _ in range(KILLS_OF_A_FILE):
            wait_for_progress(browser, page, chance.randrange(1, 30))
            maker.server.kill()
            with opened(maker.server) as passport:
                RecordAfterCrash(passport, chance).check(())
            maker.server.start()

        said = wait_for_progress(browser, page, SENT_PACKS)
        results = browser.get(f"{page}/results.xlsx").content
    maker.server.stop()
    assert said["refused"] == 1
    assert [row[0] for row in rows_of(results)][-1] == "refused"
    expected = {battery(serial) for serial in serials(SENT_PACKS)[:-1]}
    with opened(maker.server) as passport:
        assert RecordAfterCrash(passport, chance).check(expected) == SENT_PACKS - 1


def send_file(browser: httpx.Client, workbook: bytes) -> str:
    """Sign in as a person of the maker, send a file, and return the page that tells of it."""
    browser.post(
        "/login",
        data={"login": "mara", "password": PASSWORD, "csrf_token": token_on(browser, "/login")},
    )
    answer = browser.post(
        "/operator/register",
        data={
            "model": f"01/{EV_GTIN}",
            "mode": "register",
            "csrf_token": token_on(browser, "/operator/register"),
        },
        files={"file": ("packs.xlsx", workbook)},
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def token_on(browser: httpx.Client, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', browser.get(page).text)
    assert found is not None, page
    return found[1]


def wait_for_progress(browser: httpx.Client, page: str, more: int) -> dict[str, int]:
    """Read a page until so many rows more were tried, or all; return what it says."""
    deadline = time.monotonic() + _PATIENCE_S
    first: int | None = None
    while True:
        text = browser.get(page).text
        found = re.search(r"([0-9,]+) on record, ([0-9,]+) refused", text)
        assert found is not None, text
        on_record, refused = (int(number.replace(",", "")) for number in found.groups())
        tried = on_record + refused
        first = tried if first is None else first
        if tried >= min(first + more, SENT_PACKS):
            return {"on_record": on_record, "refused": refused}
        assert time.monotonic() < deadline, f"{tried} rows were tried"
        time.sleep(0.02)


class Clients:
    """Programs of the maker that each send one pack after the other until nobody answers."""

    def __init__(self, maker: Life, packs: list[str]) -> None:
        self.acknowledged: dict[str, str] = {}
        self._maker = maker
        self._waiting = packs[::-1]
        self._lock = Lock()
        self._threads: list[Thread] = []

    @property
    def batteries(self) -> set[str]:
        """Batteries that the service said are on record."""
        return set(self.acknowledged.values())

    def send(self, *, until: int) -> None:
        """Send from all clients at once; return when so many packs were acknowledged."""
        self._threads = [Thread(target=self._send) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()
        deadline = time.monotonic() + _PATIENCE_S
        while len(self.acknowledged) < until and any(map(Thread.is_alive, self._threads)):
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} of {until} acknowledged"
            time.sleep(0.001)

    def wait(self) -> None:
        """Wait until each client has given up or has no pack left."""
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        client = self._maker.of(MAKER)
        while (serial := self._next()) is not None:
            try:
                answer = client.post(
                    "/api/v1/batteries",
                    json=a_pack(serial),
                    headers={"Idempotency-Key": f"pack-{serial}"},
                )
            except httpx.TransportError:
                with self._lock:
                    self._waiting.append(serial)  # who knows; it is sent again
                return
            assert answer.status_code in {200, 201, 202}, answer.text
            with self._lock:
                self.acknowledged[serial] = answer.json()["id"]

    def _next(self) -> str | None:
        with self._lock:
            return self._waiting.pop() if self._waiting else None
