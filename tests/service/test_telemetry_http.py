"""``POST /api/v1/telemetry``: who may send, what is answered, what is refused."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from builders_registered import MAKER, PACK, an_installation
from builders_telemetry_installation import a_pack_charge
from fastapi.testclient import TestClient
from telemetry_store import telemetry_source

from bms_ingest.decoders.frame_json import encode_batch
from bms_ingest.settings import IngestSettings
from bms_ingest.sources.http import telemetry_router
from bms_ingest.storage.spool import Spool
from bms_ingest.storage.store import TelemetryBusyError, TelemetryStore, _Waiting
from bms_ingest.telemetry import Telemetry
from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM
from passport.storage.migrate import upgrade
from passport.web.app import make_app

MAY_MS = 1_777_852_800_000
ADDRESS = "/api/v1/telemetry"


@pytest.fixture
def passport(tmp_path: Path) -> Iterator[Passport]:
    opened = an_installation(tmp_path)
    upgrade(opened.engine, telemetry_source())
    yield opened
    opened.close()


@pytest.fixture
def telemetry(passport: Passport) -> Telemetry:
    return Telemetry(passport, IngestSettings(max_batch_bytes=20_000))


@pytest.fixture
def client(passport: Passport, telemetry: Telemetry) -> TestClient:
    app = make_app(passport)
    app.include_router(telemetry_router(telemetry))
    return TestClient(app, base_url="http://localhost:8000")


def a_key(passport: Passport, *scopes: str) -> dict[str, str]:
    key = passport.services.issue_api_key(SYSTEM, MAKER.organisation, frozenset(scopes))
    return {"Authorization": f"Bearer {key.secret}", "Content-Type": "application/json"}


def a_body() -> bytes:
    return encode_batch(PACK, a_pack_charge(1, 190, MAY_MS))


def test_a_batch_is_taken_in_once_however_often_it_is_sent(passport, client):
    headers = a_key(passport, "telemetry:write")
    first = client.post(ADDRESS, content=a_body(), headers=headers)
    again = client.post(ADDRESS, content=a_body(), headers=headers)

    assert first.status_code == 200
    assert first.json() == {
        "accepted": 5, "duplicates": 0, "quarantined": 0, "cleared": 0, "frames": [],
    }  # fmt: skip
    assert again.json()["duplicates"] == 5


def test_lines_are_taken_in_and_bad_ones_are_named(passport, client, telemetry):
    good = {"battery": PACK, "epoch": 1, "seq": 0, "time_ms": MAY_MS, "pack_mv": 370_000}
    lines = [good, good | {"seq": 1, "pack_mv": 1.5}, good | {"seq": 2, "pack_mv": 10**9}]
    answer = client.post(
        ADDRESS,
        content=b"\n".join(map(orjson.dumps, lines)),
        headers=a_key(passport, "telemetry:write") | {"Content-Type": "application/x-ndjson"},
    )

    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["quarantined"], told["cleared"]) == (2, 1, 1)
    assert [(frame["place"], frame["kept"]) for frame in told["frames"]] == [(1, False), (2, True)]
    assert telemetry.frame_count(PACK) == 2


def test_without_a_key_or_with_another_scope_nothing_is_taken_in(passport, client, telemetry):
    nobody = client.post(ADDRESS, content=a_body())
    narrow = client.post(ADDRESS, content=a_body(), headers=a_key(passport, "condition:write"))
    wrong = client.post(ADDRESS, content=a_body(), headers={"Authorization": "Bearer nonsense"})

    assert nobody.status_code == 401
    assert narrow.status_code == 403
    assert wrong.status_code in {401, 403}
    assert telemetry.frame_count(PACK) == 0


@pytest.mark.parametrize(
    ("body", "media_type", "refusal"),
    [
        (b"{", "application/json", (422, "frame-refused")),
        (b"{}", "text/csv", (422, "frame-refused")),
        (b" " * 20_001, "application/json", (413, "telemetry-too-large")),
    ],
)
def test_what_is_no_batch_is_refused_with_its_code(passport, client, body, media_type, refusal):
    headers = a_key(passport, "telemetry:write") | {"Content-Type": media_type}
    answer = client.post(ADDRESS, content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == refusal
    assert answer.headers["content-type"] == "application/problem+json"


def test_frames_of_a_battery_without_passport_are_not_found(passport, client):
    body = a_body().replace(PACK.encode(), b"01/09506000134352/21/NOBODY")
    answer = client.post(ADDRESS, content=body, headers=a_key(passport, "telemetry:write"))
    assert (answer.status_code, answer.json()["code"]) == (404, "passport-not-found")


def test_a_full_queue_asks_the_gateway_to_come_back(passport, client, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise TelemetryBusyError("frames wait for the disk")

    monkeypatch.setattr(TelemetryStore, "store", full)
    answer = client.post(ADDRESS, content=a_body(), headers=a_key(passport, "telemetry:write"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "telemetry-busy"


def test_more_frames_than_the_queue_holds_are_refused_before_any_is_kept(
    kept_on_sqlite, monkeypatch
):
    monkeypatch.setattr("bms_ingest.storage.store.MOST_WAITING_FRAMES", 3)
    store = TelemetryStore(kept_on_sqlite.engine, Spool(kept_on_sqlite.folder))
    store._queue.append(_Waiting(a_pack_charge(1, 190, MAY_MS)[:2], [], MAY_MS))
    with pytest.raises(TelemetryBusyError, match="2 frames wait"):
        store.store(a_pack_charge(1, 190, MAY_MS)[:2], received_ms=MAY_MS)
