"""The scan page before a camera that sees a real label."""

import re

import pytest
from builders_labels import LABEL_IRI, a_label
from builders_work_pages import a_shell
from page_server import a_page_server

from passport.exchange.labels import LabelFormat, make_label
from passport.rules.annex_vi import collection_symbol
from passport.ui.rendering import Pages
from passport.ui.scanning import OwnCode, read_code
from passport.ui.views.common import LineItem
from passport.ui.views.entry import ForeignLink, ScanPage

OWN = frozenset({"localhost:8000"})
NATIVE = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code", "data_matrix"]; }
  async detect() { return [{ rawValue: "https://id.example.org/01/09506000134352/21/X" }]; }
};
"""


@pytest.fixture
def scanner():
    pages = Pages()

    def answer(path, form):
        if path != "/scan":
            return None
        view = _found(form["code"]) if form else ScanPage()
        return pages.render("scan.html", view, shell=a_shell(path="/scan"))

    with a_page_server(answer, camera=True) as address:
        yield f"{address}/scan"


def _found(code):
    match read_code(code, own_hosts=OWN):
        case OwnCode() as own:
            return ScanPage(found=(LineItem(title=own.battery_id, href=f"/{own.battery_id}"),))
        case foreign:
            return ScanPage(foreign=(ForeignLink(address=foreign.address, host=foreign.host),))


@pytest.fixture
def label_png():
    return make_label(a_label(), LabelFormat.PNG, symbol=collection_symbol(None))


def test_the_camera_reads_a_real_label(scanner, page_with_camera, label_png):
    page = page_with_camera(label_png)
    page.goto(scanner)

    page.get_by_role("button", name="Start the camera").click()

    link = page.get_by_role("link", name="EV72-2A%2F0017")
    link.wait_for(timeout=60_000)
    assert link.get_attribute("href") == "/01/09506000134352/21/EV72-2A%2F0017"


def test_a_foreign_code_is_shown_and_not_opened(scanner, page_with_camera):
    iri = "https://id.example.org/01/09506000134352/21/X"
    page = page_with_camera(
        make_label(a_label(battery_iri=iri), LabelFormat.PNG, symbol=collection_symbol(None))
    )
    page.goto(scanner)

    page.get_by_role("button", name="Start the camera").click()

    page.get_by_role("heading", name="This code leads somewhere else").wait_for(timeout=60_000)
    assert page.url == scanner
    assert page.get_by_text("Open id.example.org anyway").is_visible()


def test_the_phones_own_detector_is_preferred(scanner, page_with_camera, label_png):
    page = page_with_camera(label_png)
    page.add_init_script(NATIVE)
    decoders = []
    page.on("request", lambda asked: decoders.append(asked.url) if ".wasm" in asked.url else None)
    page.goto(scanner)

    page.get_by_role("button", name="Start the camera").click()

    page.get_by_role("heading", name="This code leads somewhere else").wait_for(timeout=60_000)
    assert decoders == []


def test_without_camera_the_page_says_what_to_do(scanner, phone_page):
    phone_page.goto(scanner)

    phone_page.get_by_role("button", name="Start the camera").click()

    said = phone_page.get_by_role("status")
    said.filter(has_text=re.compile("photo|type the code")).wait_for()
    assert phone_page.get_by_role("button", name="Start the camera").is_visible()


def test_without_script_photo_and_typed_code_remain(scanner, page_without_script):
    page_without_script.goto(scanner)

    assert not page_without_script.get_by_role("button", name="Start the camera").is_visible()
    assert page_without_script.get_by_role("button", name="Read the photo").is_visible()
    page_without_script.get_by_label("The link in the code").fill(LABEL_IRI)
    page_without_script.get_by_role("button", name="Find the battery").click()
    assert page_without_script.get_by_role("heading", name="Found").is_visible()
