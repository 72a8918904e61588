"""Each template, with example values, in a browser: light and dark, phone and desk."""

from collections.abc import Iterator

import pytest
from builders_work_pages import every_page
from page_server import a_page_server

from passport.ui.rendering import Pages

PAGES = every_page()
SMALLEST_TARGET_PX = 44


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = Pages()

    def answer(path, _form):
        if path[1:] not in PAGES:
            return None
        template, view, shell = PAGES[path[1:]]
        return pages.render(template, view, shell=shell)

    with a_page_server(answer) as address:
        yield address


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_on_a_phone(name, address, phone_page, assert_accessible):
    phone_page.goto(f"{address}/{name}")

    assert_accessible(phone_page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_at_a_desk(name, address, page, assert_accessible):
    page.goto(f"{address}/{name}")

    assert_accessible(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways_on_the_smallest_phone(name, address, phone_page):
    phone_page.set_viewport_size({"width": 320, "height": 568})

    phone_page.goto(f"{address}/{name}")

    assert phone_page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("name", PAGES)
def test_buttons_and_fields_are_large_enough_for_gloves(name, address, phone_page):
    phone_page.goto(f"{address}/{name}")

    boxes = [
        (control.inner_text() or control.get_attribute("name"), control.bounding_box())
        for control in phone_page.locator(
            "button, a.button, nav a, summary, select, textarea, "
            "input:not([type=hidden], [type=radio], [type=checkbox]), label.choice"
        ).all()
        if control.is_visible()
    ]

    assert [name for name, box in boxes if box["height"] < SMALLEST_TARGET_PX] == []


def test_a_battery_is_read_without_script(address, page_without_script):
    page_without_script.goto(f"{address}/battery")

    text = page_without_script.locator("main").inner_text()
    for needed in ("Authentic record", "EV72-2A/0017", "432 kg", "Water, much of it", "206 Ah"):
        assert needed in text


def test_the_verdict_is_on_the_first_screen_of_a_phone(address, phone_page):
    phone_page.goto(f"{address}/battery")

    box = phone_page.get_by_role("heading", name="Authentic record").bounding_box()

    assert box["y"] + box["height"] < 844


def test_the_first_tab_leads_to_the_content(address, page):
    page.goto(f"{address}/battery")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_a_legal_point_opens_by_keyboard(address, page):
    page.goto(f"{address}/battery")
    point = page.locator("details.point").first
    assert not point.locator("p").is_visible()

    point.locator("summary").press("Enter")

    assert point.locator("p").is_visible()


def test_the_chart_says_in_its_table_what_it_draws(address, page):
    page.goto(f"{address}/condition")

    page.get_by_text("The same values in a table").click()

    row = page.get_by_role("row").filter(has_text="2034-08-06 12:00")
    assert row.get_by_role("cell").all_inner_texts() == ["82.4", "81.0 to 83.6", "90"]
