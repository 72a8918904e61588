"""The page that checks passports asks issuers at their own hosts, and only so many of them."""

import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import orjson
import pytest
from browsing import a_chromium
from builders_bundle import DID_DOCUMENTS, HOST, LOG, MAKER, PassportPlan, changed_bundle
from builders_signing import NOON
from playwright.sync_api import Locator, Page, Playwright
from servers import Server

PLAN = PassportPlan()
MAKER_KEYS = "/operators/maker/did.json"
LOG_KEY = "/log/key"
PATIENCE_MS = 30_000


@dataclass
class IssuerHost:
    """The host of an issuer, with TLS: what it serves by path, and what it was asked for."""

    served: Mapping[str, bytes]
    asked: list[str] = field(default_factory=list)
    port: int = 0


@contextmanager
def listening(host: IssuerHost, folder: Path) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            host.asked.append(self.path)
            body = host.served.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            """Say nothing; the tests say what went wrong."""

    key, certificate = folder / "key.pem", folder / "certificate.pem"
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    named = ("-subj", "/CN=id.maker.example")
    subprocess.run(
        ["openssl", "req", "-x509", *kind, *named, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    host.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def a_page_that_reaches(host: IssuerHost, driver: Playwright, folder: Path) -> Iterator[Page]:
    with listening(host, folder):
        there = f"--host-resolver-rules=MAP id.maker.example:443 127.0.0.1:{host.port}"
        with a_chromium(driver, there) as browser:
            page = browser.new_context(ignore_https_errors=True).new_page()
            page.clock.set_fixed_time(NOON)
            yield page


def ask_the_issuers(page: Page, server: Server, bundle: bytes) -> Locator:
    page.goto(f"{server.url}/verify")
    page.get_by_label("Record with everything to check it offline").set_input_files(
        {"name": "record.json", "mimeType": "application/json", "buffer": bundle}
    )
    page.get_by_role("button", name="Ask the issuers for their keys").click(timeout=PATIENCE_MS)
    page.get_by_role("heading", name="What was taken from where").wait_for(timeout=PATIENCE_MS)
    page.wait_for_function("() => document.getElementById('progress').hidden", timeout=PATIENCE_MS)
    return page.locator("[data-verdict]")


def with_strangers(bundle: bytes, count: int) -> bytes:
    """Name parties that sign nothing, before the ones that do."""
    strangers = {f"did:web:id.maker.example:strangers:s{one}": {} for one in range(count)}
    known = orjson.loads(bundle)["didDocuments"]
    return changed_bundle(bundle, didDocuments=strangers | known)


@pytest.fixture
def issuer_host() -> IssuerHost:
    document = orjson.dumps(DID_DOCUMENTS[MAKER])
    return IssuerHost({MAKER_KEYS: document, LOG_KEY: LOG.key.text.encode()})


def test_the_keys_of_an_issuer_on_another_host_are_asked_for_there(
    demo_server: Server, playwright_driver: Playwright, tmp_path: Path, issuer_host: IssuerHost
):
    with a_page_that_reaches(issuer_host, playwright_driver, tmp_path) as page:
        verdict = ask_the_issuers(page, demo_server, PLAN.bundle())

        assert verdict.get_by_role("heading").inner_text() == "The record is authentic"
        sources = page.get_by_label("What was taken from where").inner_text()
        assert f"published at {HOST.removeprefix('https://')}, asked just now" in sources
        assert "not asked" not in sources
    assert {MAKER_KEYS, LOG_KEY} <= set(issuer_host.asked)


def test_a_record_that_names_many_parties_makes_the_page_ask_sixteen_signers_first(
    demo_server: Server, playwright_driver: Playwright, tmp_path: Path, issuer_host: IssuerHost
):
    bundle = with_strangers(PLAN.bundle(), 40)
    parties = len(orjson.loads(bundle)["didDocuments"])

    with a_page_that_reaches(issuer_host, playwright_driver, tmp_path) as page:
        verdict = ask_the_issuers(page, demo_server, bundle)

        assert verdict.get_by_role("heading").inner_text() == "The record is authentic"
        sources = page.get_by_label("What was taken from where").inner_text()
        assert f"{parties - 16} parties not asked" in sources
    documents = [path for path in issuer_host.asked if path.endswith("/did.json")]
    assert len(documents) == 16
    assert MAKER_KEYS in documents


def test_an_issuer_that_sends_too_much_is_not_read(
    demo_server: Server, playwright_driver: Playwright, tmp_path: Path, issuer_host: IssuerHost
):
    padded = issuer_host.served[MAKER_KEYS] + b" " * (256 * 1024)
    host = IssuerHost({**issuer_host.served, MAKER_KEYS: padded})

    with a_page_that_reaches(host, playwright_driver, tmp_path) as page:
        verdict = ask_the_issuers(page, demo_server, PLAN.bundle())

        assert verdict.get_by_role("heading").inner_text() == "It could not be checked"
        sources = page.get_by_label("What was taken from where").inner_text()
        assert "its own address sent more than 256 KiB, which is not read" in sources


@pytest.mark.parametrize(
    "name", ["did:web:id.maker.example:%FF", "did:web:id.maker.example%3A99999"]
)
def test_a_name_that_is_no_address_is_not_asked_and_stops_nothing(
    demo_server: Server,
    playwright_driver: Playwright,
    tmp_path: Path,
    issuer_host: IssuerHost,
    name: str,
):
    known = orjson.loads(PLAN.bundle())["didDocuments"]
    bundle = changed_bundle(PLAN.bundle(), didDocuments={name: {}} | known)

    with a_page_that_reaches(issuer_host, playwright_driver, tmp_path) as page:
        verdict = ask_the_issuers(page, demo_server, bundle)

        assert verdict.get_by_role("heading").inner_text() == "The record is authentic"
