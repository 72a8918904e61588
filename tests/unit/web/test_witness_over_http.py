"""A witness asked over HTTP: each answer of the protocol, and what is no answer."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from builders_notes import ORIGIN, TRUSTED, a_witness_signer
from builders_published import PublishedLog
from fastapi.testclient import TestClient

from passport.domain.errors import InvalidIdentifierError, InvalidValueError
from passport.services.witnessing import WitnessDesk
from passport.signing.tile_reader import PublishedTree
from passport.signing.web_reader import UnreachableError
from passport.signing.witness import AddCheckpoint, ForgedCosignatureError, verify_cosignatures
from passport.signing.witness_client import (
    OtherSizeError,
    WitnessClient,
    WitnessRefusedError,
    parse_witness,
)
from passport.storage.witness_state import FileWitnessState
from passport.web.witness_app import make_witness_app

SEEN_AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
SIGNER = a_witness_signer("witness.example/w1")


class FixedTime:
    def now(self) -> datetime:
        return SEEN_AT


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    state = FileWitnessState.begin(tmp_path / "witness", SIGNER.key.name)
    return TestClient(make_witness_app(WitnessDesk(SIGNER, {ORIGIN: TRUSTED}, state, FixedTime())))


@pytest.fixture
def client(browser: TestClient) -> WitnessClient:
    return WitnessClient("http://testserver/", SIGNER.key, transport=browser._transport)


def asked(log: PublishedLog, old_size: int) -> AddCheckpoint:
    path = PublishedTree(len(log.entries), log.fetch).consistency(old_size)
    return AddCheckpoint(old_size=old_size, path=path, note=log.note())


def answering(status: int, text: str = "", media_type: str = "text/plain") -> WitnessClient:
    """Return a client of a witness that gives one answer to everything."""
    answer = httpx.Response(status, text=text, headers={"content-type": media_type})
    return WitnessClient(
        "http://witness.example", SIGNER.key, transport=httpx.MockTransport(lambda _: answer)
    )


def test_a_witness_signs_over_http(client: WitnessClient):
    log = PublishedLog(300)
    line = client.add_checkpoint(asked(log, 0))
    log.grow(400)

    again = client.add_checkpoint(asked(log, 300))

    assert verify_cosignatures(PublishedLog(300).note() + line, [SIGNER.key])
    assert verify_cosignatures(log.note() + again, [SIGNER.key]) == {SIGNER.key.name: SEEN_AT}


def test_a_witness_tells_the_size_that_it_signed_last(client: WitnessClient):
    client.add_checkpoint(asked(PublishedLog(300), 0))

    with pytest.raises(OtherSizeError) as told:
        client.add_checkpoint(asked(PublishedLog(400), 200))

    assert told.value.size == 300


@pytest.mark.parametrize(
    ("log", "old_size", "status"),
    [
        (PublishedLog(9, first=1), 5, 422),
        (PublishedLog(4), 4, 409),
        (PublishedLog(5, first=1), 5, 409),
        (PublishedLog(9, signer=a_witness_signer(ORIGIN)), 5, 403),
    ],
)
def test_what_is_not_signed_is_answered_as_the_protocol_says(
    browser: TestClient, log: PublishedLog, old_size: int, status: int
):
    first = browser.post("/add-checkpoint", content=asked(PublishedLog(5), 0).to_bytes())

    answer = browser.post("/add-checkpoint", content=asked(log, old_size).to_bytes())

    assert (first.status_code, answer.status_code) == (200, status)
    if status == 409:
        assert answer.headers["content-type"].startswith("text/x.tlog.size")
        assert answer.text == "5\n"


@pytest.mark.parametrize(
    ("body", "status"), [(b"old x\n\n", 400), (b"a" * 70_000, 413), (b"old 0\n\nx\n0\n\n", 400)]
)
def test_what_is_no_request_is_not_signed(browser: TestClient, body: bytes, status: int):
    assert browser.post("/add-checkpoint", content=body).status_code == status


def test_a_witness_that_falls_over_was_not_reached():
    with pytest.raises(UnreachableError, match="503"):
        answering(503).add_checkpoint(asked(PublishedLog(3), 0))


@pytest.mark.parametrize(
    ("status", "text", "media_type"),
    [
        (200, "", "text/plain"),
        (200, "yes\n", "text/plain"),
        (404, "unknown log", "text/plain"),
        (409, "3\n", "text/plain"),
        (409, "many\n", "text/x.tlog.size"),
    ],
)
def test_an_answer_without_a_signature_is_a_refusal(status: int, text: str, media_type: str):
    with pytest.raises(WitnessRefusedError):
        answering(status, text, media_type).add_checkpoint(asked(PublishedLog(3), 0))


def test_an_answer_that_unpacks_to_gigabytes_is_not_unpacked():
    packed = gzip.compress(bytes(64 * 1024 * 1024))
    headers = {"content-encoding": "gzip", "content-type": "text/plain"}
    client = WitnessClient(
        "http://witness.example",
        SIGNER.key,
        transport=httpx.MockTransport(
            lambda _: httpx.Response(200, headers=headers, stream=httpx.ByteStream(packed))
        ),
    )

    with pytest.raises(UnreachableError, match="more than 65536 bytes"):
        client.add_checkpoint(asked(PublishedLog(3), 0))


def test_the_signature_of_another_checkpoint_is_forged(client: WitnessClient):
    line = client.add_checkpoint(asked(PublishedLog(3), 0))

    with pytest.raises(ForgedCosignatureError):
        answering(200, line).add_checkpoint(asked(PublishedLog(4), 0))


def test_settings_name_a_witness_by_address_and_key():
    text = f"https://witness.example {SIGNER.key.text}"

    assert parse_witness(text) == ("https://witness.example", SIGNER.key)
    with pytest.raises(InvalidValueError, match="its address, a space and its key"):
        parse_witness(SIGNER.key.text)
    with pytest.raises(InvalidIdentifierError):
        parse_witness("https://witness.example key")
