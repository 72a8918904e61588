"""The vocabulary in a real browser: on a phone and at a desk, with and without script."""

from collections.abc import Callable, Iterator

import pytest
from browsing import PHONE, a_visitor, axe_problems
from playwright.sync_api import Browser, Page, expect
from servers import Server

ADDRESSES = {
    "all terms": "/schemas/",
    "one term": "/schemas/terms/massKilograms",
    "a term with codes": "/schemas/terms/category",
    "a term of a node": "/schemas/terms/massPercent",
    "a class": "/schemas/classes/Substance",
    "a kind of statement": "/schemas/classes/ItemPublicStatement",
    "a code list": "/schemas/codes/battery-status",
    "downloads": "/schemas/downloads",
}
DEVICES = {"phone": PHONE, "desk": {"viewport": {"width": 1280, "height": 900}}}


@pytest.fixture
def open_on(chromium: Browser, demo_server: Server) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page of the service."""
    with a_visitor(chromium, base_url=demo_server.url, **PHONE, java_script_enabled=False) as plain:

        def opened(path: str) -> Page:
            page = plain.new_page()
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            return page

        yield opened


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", ADDRESSES)
def test_each_page_is_open_to_everybody_who_reads_with_help(chromium, demo_server, name, device):
    with a_visitor(chromium, base_url=demo_server.url, **DEVICES[device]) as visitor:
        page = visitor.new_page()
        page.goto(ADDRESSES[name])

        assert axe_problems(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= DEVICES[device]["viewport"]["width"], "nothing is to be scrolled sideways"


def test_words_are_searched_without_script(open_on):
    page = open_on("/schemas/")

    page.get_by_label("Word", exact=True).fill("round-trip")
    page.get_by_label("Said in").select_option("ModelPublicStatement")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("status")).to_contain_text("terms")
    expect(page.get_by_role("link", name="initialRoundTripEfficiencyPercent")).to_be_visible()
    expect(page.get_by_role("link", name="massKilograms")).to_have_count(0)


def test_the_permanent_name_of_a_term_leads_to_its_place_in_the_list(open_on):
    page = open_on("/schemas/battery#ratedCapacityAmpereHours")

    assert page.locator("[id=ratedCapacityAmpereHours]").count() == 1
    page.get_by_role("link", name="ratedCapacityAmpereHours").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Rated capacity")
    expect(page.get_by_text("UCUM code A.h")).to_be_visible()
    expect(page.get_by_role("link", name="unit:A-HR")).to_be_visible()
