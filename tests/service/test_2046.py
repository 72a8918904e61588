"""The year 2046: issuer gone, key and suite worth nothing, host moved; the passport still proven.

A pack is registered in 2026 and its bundle kept. Each thing that proves it then is taken away in
turn, and each time the verifier says what is missing.
"""

import http.client
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import orjson
import pytest
from builders import MAKER, PACK, SettableClock, an_installation, register
from builders_time_stamps import Authority, an_authority, served

from passport.domain.actor import PUBLIC
from passport.domain.key_change import KeyAction, KeyChange
from passport.services.archive import TimeStampMissingError, renew_archive
from passport.services.online import OnlineSources
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.time_stamp_client import TimeStampAuthorities
from passport.signing.web_reader import UnreachableError, WebReader

SUITE_BROKEN_AT = "2041-01-01T00:00:00Z"


def day(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 1, 12, tzinfo=UTC)


THE_DAY = day(2046)
"""Authorities whose roots end: each stamp is renewed by the next one while it holds."""
OF_2026 = an_authority("First", day(2020), day(2036))
OF_2034 = an_authority("Second", day(2033), day(2044))
OF_2042 = an_authority("Third", day(2041), day(2052))
AUTHORITIES = (OF_2026, OF_2034, OF_2042)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What somebody kept: a bundle and, beside it, whom he believes.

    Attributes:
        trust: Members of the trust file of 2046.
        host: Where the issuer's DID leads; nothing answers there any more.
    """

    bundle: dict
    trust: dict
    host: str


def renewed(bundle: bytes, authority: Authority, at: datetime) -> bytes:
    """Renew the stamps of a kept bundle at an authority, over HTTP."""
    with served(lambda request: authority.answer(request, at)) as url:
        authorities = TimeStampAuthorities([url], [authority.root])
        bundle = renew_archive(bundle, authorities)
        authorities.close()
    return bundle


def a_closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Kept:
    folder = tmp_path_factory.mktemp("2026")
    roots = folder / "roots.pem"
    roots.write_text(OF_2026.root_pem())
    clock = SettableClock()
    port = a_closed_port()
    with served(lambda request: OF_2026.answer(request, clock.now())) as url:
        record = an_installation(
            folder / "data",
            clock=clock,
            public_base_url=f"http://localhost:{port}",
            time_stamp_urls=url,
            time_stamp_roots=roots,
        )
        register(record)
        record.upkeep.stamp_log()
    clock.put_forward(timedelta(days=20))
    first_key = record.services.read_operator(PUBLIC, "voltra").current_key.key_id
    change = record.services.change_keys
    change(MAKER, "voltra", KeyChange(action=KeyAction.ROTATE, reason="yearly"))
    change(MAKER, "voltra", KeyChange(action=KeyAction.END, key_id=first_key, reason="yearly"))
    record.run_due_jobs()
    bundle = record.bundle(PUBLIC, PACK)
    log, operators = record.log.key, record.services.all_operators(PUBLIC)
    record.close()
    bundle = renewed(bundle, OF_2034, day(2034))
    bundle = renewed(bundle, OF_2042, day(2042))
    return Kept(
        bundle=orjson.loads(bundle),
        host=f"localhost:{port}",
        trust={
            "dids": {operator.did: {"history": True} for operator in operators},
            "logs": [{"origin": log.name, "key": log.text}],
            "roles": {
                operator.did: sorted(role.value for role in operator.roles)
                for operator in operators
            },
            "retired": {"eddsa-rdfc-2022": SUITE_BROKEN_AT},
            "timeStampAuthorities": [authority.root_pem() for authority in AUTHORITIES],
        },
    )


def report(kept: Kept, at: datetime = THE_DAY, trust: dict | None = None, **members):
    """Verify what was kept, with members of the bundle changed or, as ``None``, left out."""
    bundle = {**kept.bundle, **members}
    data = orjson.dumps({name: value for name, value in bundle.items() if value is not None})
    believed = Trust.parse(orjson.dumps({**kept.trust, **(trust or {})}))
    return verify_passport(data, trust=believed, at=at)


def codes(found) -> set[str]:
    return {problem.code for problem in found.problems}


def test_in_2046_the_kept_bundle_still_verifies(kept):
    found = report(kept)

    assert found.to_dict()["problems"] == []
    assert found.verified
    assert found.verdict.value == "authentic"


def test_its_issuer_answers_nothing_any_more_and_is_not_needed(kept):
    reader = WebReader(demonstration=True)
    with pytest.raises(UnreachableError):
        reader.read(f"http://{kept.host}/operators/voltra/did.json")

    found = verify_passport(
        orjson.dumps(kept.bundle),
        trust=Trust.parse(orjson.dumps(kept.trust)),
        at=THE_DAY,
        online=OnlineSources(reader),
    )

    assert found.verified
    reader.close()


def test_it_verifies_when_another_host_hands_it_out(kept):
    class Archive(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(orjson.dumps(kept.bundle))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Archive)
    Thread(target=server.serve_forever, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", f"/archive/{PACK}")
    data = connection.getresponse().read()
    connection.close()
    server.shutdown()
    server.server_close()

    found = verify_passport(data, trust=Trust.parse(orjson.dumps(kept.trust)), at=THE_DAY)

    assert f"127.0.0.1:{server.server_port}" != kept.host
    assert found.verified


def test_its_key_had_ended_and_its_suite_was_broken(kept):
    [did] = {key for key in kept.bundle["didHistory"] if key.endswith("voltra")}
    assert len(kept.bundle["didHistory"][did]) == 3
    assert "eddsa-rdfc-2022" in str(kept.bundle["presentation"])
    assert datetime.fromisoformat(SUITE_BROKEN_AT) < THE_DAY


def test_without_time_stamps_the_broken_suite_proves_nothing(kept):
    found = report(kept, timeStamps=None)

    assert not found.verified
    assert "suite-retired" in codes(found)


def test_without_the_first_stamp_nothing_shows_what_the_others_renew(kept):
    stamps = kept.bundle["timeStamps"]

    found = report(kept, timeStamps={**stamps, "tokens": stamps["tokens"][1:]})

    assert not found.verified
    assert {"time-stamp", "suite-retired"} <= codes(found)


@pytest.mark.parametrize(("place", "reason"), [(1, "time-stamp"), (2, "time-stamp-ended")])
def test_without_a_renewal_the_stamps_have_ended(kept, place, reason):
    stamps = kept.bundle["timeStamps"]
    tokens = [token for number, token in enumerate(stamps["tokens"]) if number != place]

    found = report(kept, timeStamps={**stamps, "tokens": tokens})

    assert not found.verified
    assert reason in codes(found)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_authority_has_to_be_believed(kept, place):
    roots = [
        root for number, root in enumerate(kept.trust["timeStampAuthorities"]) if number != place
    ]

    found = report(kept, trust={"timeStampAuthorities": roots})

    assert not found.verified
    assert "time-stamp" in codes(found)


def test_without_the_archived_keys_nobody_vouches_for_the_issuer(kept):
    found = report(kept, didHistory=None)

    assert not found.verified
    assert "key-unknown" in codes(found)


def test_without_its_receipt_a_statement_is_not_proven_to_be_old(kept):
    found = report(kept, receipts={})

    assert not found.verified
    assert codes(found) == {"key-ended-unproven"}


def test_a_log_that_nobody_believes_proves_no_keys(kept):
    found = report(kept, trust={"logs": []})

    assert not found.verified
    assert codes(found) == {"key-unknown", "unknown-log"}


def test_without_its_lists_the_status_is_open(kept):
    found = report(kept, statusLists=[])

    assert not found.verified
    assert "status-list" in codes(found)


def test_an_issuer_that_still_lives_is_asked_for_newer_lists(kept):
    documents = kept.bundle["didDocuments"]

    found = report(kept, trust={"dids": documents})

    assert not found.verified
    assert "status-list-ended" in codes(found)


def test_after_the_last_stamp_has_ended_nothing_is_proven_any_more(kept):
    found = report(kept, at=day(2053))

    assert not found.verified
    assert {"time-stamp-ended", "suite-retired"} <= codes(found)


def test_in_2030_nothing_had_to_be_renewed_yet(kept):
    assert report(kept, at=day(2030)).verified


def test_a_bundle_from_before_the_first_stamp_has_nothing_to_renew(kept):
    bundle = {name: value for name, value in kept.bundle.items() if name != "timeStamps"}

    with pytest.raises(TimeStampMissingError, match="has no time stamps"):
        renew_archive(orjson.dumps(bundle), TimeStampAuthorities([], []))
