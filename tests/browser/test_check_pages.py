"""The check before placing and the pages about the law, as people use them in a real browser."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from browsing import PHONE, a_visitor
from playwright.sync_api import Browser, Page, expect
from servers import Server

from passport.bootstrap.demonstration import EV_IN_USE, PASSWORD

MODEL = EV_IN_USE.rpartition("/21/")[0]
OPEN_PAGES = ("/law", "/law/clauses", "/law/data-points?kind=stationary&on=2031-08-18")
OWN_PAGES = (
    f"/check/model/{MODEL}?on=2031-08-18",
    f"/check/battery/{EV_IN_USE}?on=2027-02-18",
    "/operator/incomplete?from=2027-02-18&until=2032-12-31",
)


@contextmanager
def a_maker(chromium: Browser, server: Server, **options: object) -> Iterator[Page]:
    with a_visitor(chromium, **options) as context:
        page = context.new_page()
        page.goto(f"{server.url}/login")
        page.get_by_label("Login").fill("manufacturer")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"^(?!.*/login)"))
        yield page


def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("path", OPEN_PAGES)
@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_page_about_the_law_is_accessible(
    demo_server: Server,
    chromium: Browser,
    assert_accessible: Callable[[Page], None],
    path: str,
    device: str,
):
    options = PHONE if device == "phone" else {"viewport": {"width": 1280, "height": 900}}
    with a_visitor(chromium, **options) as context:
        page = context.new_page()
        page.goto(f"{demo_server.url}{path}")

        assert_accessible(page)
        assert is_as_wide_as_the_screen(page)


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_page_of_the_check_is_accessible(
    demo_server: Server,
    chromium: Browser,
    assert_accessible: Callable[[Page], None],
    path: str,
    device: str,
):
    options = PHONE if device == "phone" else {"viewport": {"width": 1280, "height": 900}}
    with a_maker(chromium, demo_server, **options) as page:
        page.goto(f"{demo_server.url}{path}")
        for summary in page.get_by_text("Show all").all():
            summary.click()

        assert_accessible(page)
        assert is_as_wide_as_the_screen(page)


def test_an_operator_asks_for_another_day_by_keyboard_without_script(
    demo_server: Server, chromium: Browser
):
    with a_maker(chromium, demo_server, java_script_enabled=False, **PHONE) as page:
        page.goto(f"{demo_server.url}/operator/incomplete")
        page.get_by_label("Check one battery or model").fill(MODEL.removeprefix("01/"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile("may be placed"))).to_be_visible()

        page.get_by_label("Day of placing on the market").fill("2031-08-18")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name=re.compile("may not be placed"))).to_be_visible()
        expect(page.get_by_text("Article 8(2)").first).to_be_visible()


def test_the_data_points_print_with_their_letters_and_sources(
    demo_server: Server, chromium: Browser
):
    with a_visitor(chromium, viewport={"width": 900, "height": 1200}) as context:
        page = context.new_page()
        page.goto(f"{demo_server.url}/law/data-points")
        page.emulate_media(media="print")

        row = page.get_by_role("row").filter(has_text="Capacity threshold for exhaustion")
        assert row.get_by_role("cell").all_inner_texts() == [
            "Capacity threshold for exhaustion",
            "must",
            "no",
            "no",
            "no",
            "no",
            "no",
            "Annex XIII point 1(k)",
            "read",
        ]
        assert not page.locator("form.search").is_visible()
