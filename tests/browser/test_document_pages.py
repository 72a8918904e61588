"""Documents and the bench in a real browser: with and without script, on a phone, on paper."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from browsing import PHONE, a_visitor
from playwright.sync_api import Browser, Page, expect
from servers import Server

from passport.bootstrap.demonstration import EV_GTIN, EV_IN_USE, PASSWORD

PDF = b"%PDF-1.7\nwritten for these tests: "
DESK = {"viewport": {"width": 1280, "height": 900}}
PATIENCE_MS = 15_000
DOCUMENTS = "/operator/documents"
BENCH = f"/dismantling/{EV_IN_USE}"


@pytest.fixture
def open_as(chromium: Browser, demo_server: Server) -> Iterator[Callable[..., Page]]:
    """Give a function that opens the demonstration, signed in under a login."""
    with ExitStack() as visitors:

        def open_page(login: str, **options: Any) -> Page:
            visitor = a_visitor(chromium, base_url=demo_server.url, **(options or DESK))
            page = visitors.enter_context(visitor).new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto("/login")
            page.get_by_label("E-mail or login name").fill(login)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            return page

        yield open_page


def a_file(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_a_document_is_uploaded_and_its_reference_copied(open_as, tmp_path, assert_accessible):
    page = open_as("manufacturer", **DESK, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/operator")
    page.get_by_role("link", name="Documents", exact=True).click()

    page.get_by_label("File", exact=True).set_input_files(
        a_file(tmp_path, "certificate.pdf", PDF + b"picked")
    )
    page.get_by_label("Kind").select_option("Test report")
    page.get_by_label("Title").fill("Certificate of the test house")
    page.get_by_label("Valid until").fill("2026-01-31")
    page.get_by_role("button", name="Keep it").click()

    added = page.get_by_role("region", name="Certificate of the test house is kept")
    expect(added).to_be_visible()
    added.get_by_role("button", name="Copy the reference").click()
    expect(added.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert '"documentKind": "test-report"' in copied
    assert re.search(r'"documentDigest": "sha256:[0-9a-f]{64}"', copied)
    kept = page.locator(".paper", has_text="Certificate of the test house")
    expect(kept.get_by_text("Expired")).to_be_visible()
    assert_accessible(page)


def test_a_file_that_is_dropped_is_taken_as_a_picked_one_is(open_as):
    page = open_as("manufacturer")
    page.goto(DOCUMENTS)
    dropped = page.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["a;b\\n1;2\\n"], "cells.csv", {type: "text/csv"}));
            return data;
        }"""
    )

    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": dropped})
    expect(page.locator(".dropzone--over")).to_be_visible()
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="Keep it").click()

    expect(page.get_by_role("region", name="cells.csv is kept")).to_be_visible()


def test_without_script_on_a_phone_a_document_is_uploaded_too(open_as, tmp_path):
    page = open_as("manufacturer", **PHONE, java_script_enabled=False)
    page.goto(DOCUMENTS)

    page.get_by_label("File", exact=True).set_input_files(
        a_file(tmp_path, "manual.pdf", PDF + b"no script")
    )
    page.get_by_role("button", name="Keep it").click()

    added = page.get_by_role("region", name="manual.pdf is kept")
    expect(added.get_by_role("region", name="Reference to manual.pdf")).to_contain_text(
        '"documentDigest": "sha256:'
    )
    expect(added.get_by_role("button")).to_be_hidden()


def test_a_drawing_that_could_run_scripts_is_refused_beside_its_field(open_as, tmp_path):
    page = open_as("manufacturer")
    page.goto(DOCUMENTS)

    page.get_by_label("File", exact=True).set_input_files(
        a_file(tmp_path, "drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    )
    page.get_by_label("Title").fill("My drawing")
    page.get_by_role("button", name="Keep it").click()

    expect(page.get_by_role("alert")).to_contain_text("can run scripts")
    expect(page.get_by_label("File", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Title")).to_have_value("My drawing")


def test_who_has_the_pack_on_the_bench_finds_the_steps_from_its_page(
    open_as, assert_accessible, take_screenshot
):
    page = open_as("integrator", **PHONE)
    page.goto(f"/condition/{EV_IN_USE}")

    page.get_by_role("link", name="Take it apart").click()

    expect(page).to_have_url(re.compile(re.escape(BENCH)))
    drawings = page.get_by_role("img")
    expect(drawings).to_have_count(2)
    for drawing in drawings.all():
        drawing.scroll_into_view_if_needed()
        expect(drawing).to_have_js_property("complete", value=True)
        assert drawing.evaluate("picture => picture.naturalWidth") > 1000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    take_screenshot(page, "bench-phone")
    assert_accessible(page)


def test_a_step_is_ticked_off_with_the_keyboard_and_without_script(open_as):
    page = open_as("integrator", **PHONE, java_script_enabled=False)
    page.goto(BENCH)
    done = page.get_by_label("Done: step 2")

    done.focus()
    page.keyboard.press("Space")

    expect(done).to_be_checked()
    expect(page.get_by_label("Done: step 1")).not_to_be_checked()


def test_the_instructions_fit_on_paper_with_their_warnings(open_as):
    page = open_as("manufacturer")
    page.goto(f"/dismantling/01/{EV_GTIN}")

    page.emulate_media(media="print")

    expect(page.locator(".masthead")).to_be_hidden()
    warnings = page.locator(".step__warning")
    expect(warnings).to_have_count(2)
    for warning in warnings.all():
        assert warning.evaluate("one => getComputedStyle(one).backgroundImage") == "none"
        assert warning.evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"
    assert page.pdf(format="A4").startswith(b"%PDF-")
