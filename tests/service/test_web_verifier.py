"""What the server gives out for the check inside a browser, and to whom."""

import gzip
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from builders_web import signed_in

from passport.bootstrap.demonstration import EV_IN_USE
from passport.domain.identifiers import BatteryId
from passport.signing.transparency_log import parse_note_key
from passport.ui.rendering import STATIC_FOLDER
from passport.web.pages.battery import check_here

PROGRAMS = ("verifier/page.js", "verifier/worker.js")


def test_the_page_may_read_other_hosts_by_https_and_runs_no_inline_script(visitor):
    page = visitor.get("/verify")

    policy = page.headers["content-security-policy"]
    assert "connect-src 'self' https:;" in policy
    assert "script-src 'self';" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)


def test_other_pages_read_no_other_hosts(visitor):
    policy = visitor.get(f"/{EV_IN_USE}").headers["content-security-policy"]

    assert "connect-src 'self';" in policy


def test_what_is_kept_offline_is_there_and_named_with_its_version(visitor):
    program = visitor.get("/verify/service-worker.js")

    assert program.headers["service-worker-allowed"] == "/verify"
    assert program.headers["cache-control"] == "no-cache"
    kept = re.findall(r'"(/static/[^"]+)"', program.text)
    assert {f"/static/{name}" for name in PROGRAMS} <= {one.partition("?")[0] for one in kept}
    for address in kept:
        assert visitor.get(address).status_code == 200
        assert "?v=" in address or "/fonts/" in address


def test_the_manifest_keeps_the_installed_page_to_itself(visitor):
    manifest = visitor.get("/verify/manifest.webmanifest")

    assert manifest.headers["content-type"] == "application/manifest+json"
    assert manifest.json()["scope"] == manifest.json()["start_url"] == "/verify"


def test_the_key_of_the_log_is_given_out_to_every_page(visitor, web):
    answer = visitor.get("/log/key")

    assert parse_note_key(answer.text.strip()) == web.log.key
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_bundle_may_be_read_by_pages_that_send_no_session(visitor, web):
    address = f"/batteries/{EV_IN_USE}/bundle"
    stranger = visitor.get(address, headers={"Origin": "https://yard.example"})
    maker = signed_in(web, "manufacturer").get(address)

    assert stranger.headers["access-control-allow-origin"] == "*"
    # A browser gives an answer for a session to no other page unless this header is there.
    assert "access-control-allow-credentials" not in maker.headers


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_sent_packed_to_who_takes_them_so(visitor, name):
    packed = visitor.get(f"/static/{name}?v=1", headers={"Accept-Encoding": "gzip"})
    plain = visitor.get(f"/static/{name}?v=1", headers={"Accept-Encoding": "identity"})
    again = visitor.get(
        f"/static/{name}?v=1",
        headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]},
    )

    file = (STATIC_FOLDER / name).read_bytes()
    assert packed.content == plain.content == file
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert "immutable" in packed.headers["cache-control"]
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) <= len(gzip.compress(file)) + 1024
    assert again.status_code == 304


def test_the_page_of_a_battery_leads_to_its_check(visitor):
    page = visitor.get(f"/{EV_IN_USE}").text

    assert f'href="/verify?address=/{EV_IN_USE}"' in page


def test_a_slash_in_a_serial_number_is_still_one_behind_the_link():
    link = check_here(BatteryId("01/09506000134352/21/A%2F1"))

    address = parse_qs(urlsplit(link.href).query)["address"]
    assert address == ["/01/09506000134352/21/A%2F1"]
