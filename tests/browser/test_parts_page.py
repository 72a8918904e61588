"""The parts of a battery on a page: recorded from a file, swapped on a phone, read as they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from browsing import PHONE, a_visitor
from builders_labels import LABEL_IRI, a_label
from journey import EV_GTIN, Company, Life, a_life, a_pack, answered
from playwright.sync_api import Browser, Page, expect
from servers import Server

from passport.bootstrap.demonstration import PASSWORD
from passport.exchange.labels import LabelFormat, make_label
from passport.rules.annex_vi import collection_symbol

VOLTRA = Company("voltra", "Voltra Packs (fictional)", "DE", "operator")
PARTS = """level,serial,position
module,{0}-A,M01
module,{0}-B,M02
cell,{0}-A1,M01/C01
"""
numbers = count(1)


@pytest.fixture(scope="module")
def house(demo_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Give the demonstration with a key of the manufacturer."""
    with a_life(demo_server, tmp_path_factory.mktemp("parts")) as life:
        life.quick_command("operator", "key", VOLTRA.slug, "-o", life.key_file(VOLTRA))
        life.call(VOLTRA)
        yield life


def a_new_pack(house: Life) -> str:
    """Register a pack of its own for a test and return its serial number."""
    serial = f"PARTS-{next(numbers)}"
    answered(house.of(VOLTRA).post("/api/v1/batteries", json=a_pack(serial)), 201)
    return serial


def with_parts(house: Life) -> str:
    serial = a_new_pack(house)
    parts = [
        {"level": "module", "serial": f"{serial}-A", "position": "M01"},
        {"level": "module", "serial": f"{serial}-B", "position": "M02"},
        {"level": "cell", "serial": f"{serial}-A1", "position": "M01/C01"},
    ]
    address = f"/api/v1/batteries/01/{EV_GTIN}/21/{serial}/structure"
    answered(house.of(VOLTRA).post(address, json={"parts": parts}), 201)
    return serial


@contextmanager
def opened(
    chromium: Browser, house: Life, serial: str, login: str = "manufacturer", **options: object
) -> Iterator[Page]:
    """Open the parts of a battery on a phone, signed in."""
    with a_visitor(chromium, base_url=house.server.url, **{**PHONE, **options}) as context:
        page = context.new_page()
        show_parts(page, "", serial, login)
        yield page


def show_parts(page: Page, host: str, serial: str, login: str = "manufacturer") -> None:
    page.goto(f"{host}/login")
    page.get_by_label("E-mail or login name").fill(login)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto(f"{host}/structure/01/{EV_GTIN}/21/{serial}")


@pytest.mark.parametrize("script", [True, False])
def test_parts_come_on_record_from_a_file_and_stand_as_a_tree(chromium, house, script):
    serial = a_new_pack(house)
    with opened(chromium, house, serial, java_script_enabled=script) as page:
        expect(page.get_by_text("No part is on record")).to_be_visible()
        page.get_by_label("File with the parts").set_input_files(
            {
                "name": "parts.csv",
                "mimeType": "text/csv",
                "buffer": PARTS.format(serial).encode(),
            }
        )
        page.get_by_role("button", name="Put them on record").click()

        expect(page.get_by_text("The parts were put on record.")).to_be_visible()
        expect(page.get_by_text("M01/C01", exact=True)).to_be_visible()
        expect(page.get_by_text("holds 1 part")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_module_is_swapped_with_its_serial_typed_and_its_reason_chosen(
    chromium, house, take_screenshot, script
):
    serial = with_parts(house)
    with opened(chromium, house, serial, java_script_enabled=script) as page:
        page.get_by_role("link", name="Swap Module at M02").click()
        assert page.get_by_label("Position", exact=True).input_value() == "M02"
        expect(page.get_by_label("Swap a part for another")).to_be_checked()
        page.get_by_label("Serial number of the part that comes out").fill(f"{serial}-B")
        page.get_by_label("Serial number of the part that goes in").fill(f"{serial}-N")
        page.get_by_label("Faulty or damaged").check()
        page.get_by_label("Into our store").check()
        page.get_by_role("button", name="Sign and put on record").click()

        expect(page.get_by_text("The part was swapped.")).to_be_visible()
        expect(page.get_by_text("Measure, and declare them anew")).to_be_visible()
        expect(page.get_by_text(f"Module {serial}-N: into M02, new")).to_be_visible()
        expect(page.get_by_text(f"Module {serial}-B: out of M02, into store")).to_be_visible()
        if script:
            take_screenshot(page, "parts-swapped-phone")


def test_the_camera_reads_the_code_of_a_part_into_its_field(house, page_with_camera):
    serial = with_parts(house)
    label = make_label(a_label(), LabelFormat.PNG, symbol=collection_symbol(None))
    page = page_with_camera(label)
    show_parts(page, house.server.url, serial)

    page.get_by_role("button", name="Scan the part that goes in").click()

    expect(page.get_by_text(f"Read: {LABEL_IRI}")).to_be_visible(timeout=20_000)
    field = page.get_by_label("Serial number of the part that goes in")
    expect(field).to_have_value(LABEL_IRI)


def test_a_swap_with_nothing_to_put_in_says_what_is_missing(chromium, house, assert_accessible):
    serial = with_parts(house)
    with opened(chromium, house, serial) as page:
        assert_accessible(page)
        page.get_by_role("link", name="Swap Module at M02").click()
        page.get_by_role("button", name="Sign and put on record").click()

        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Scan or type the serial number")
        expect(summary).to_contain_text("Choose why")
        assert_accessible(page)


def test_the_wrong_part_in_the_hand_is_told_at_once(chromium, house):
    serial = with_parts(house)
    with opened(chromium, house, serial) as page:
        page.get_by_role("link", name="Swap Module at M02").click()
        page.get_by_label("Serial number of the part that comes out").fill(f"{serial}-A")
        page.get_by_label("Serial number of the part that goes in").fill(f"{serial}-N")
        page.get_by_label("Faulty or damaged").check()
        page.get_by_role("button", name="Sign and put on record").click()

        expect(page.get_by_role("alert")).to_contain_text("look at the plate again")


def test_a_competitor_is_not_shown_what_a_battery_is_made_of(chromium, house):
    serial = with_parts(house)
    with opened(chromium, house, serial, "integrator") as page:
        expect(page.get_by_text(f"{serial}-A")).to_have_count(0)
        expect(page.get_by_role("heading", name="What it is made of")).to_have_count(0)


def test_no_line_of_the_page_is_wider_than_the_phone(chromium, house):
    serial = with_parts(house)
    with opened(chromium, house, serial) as page:
        width = page.evaluate("document.documentElement.scrollWidth")

        assert width <= PHONE["viewport"]["width"]


def test_the_name_of_a_part_leads_to_where_it_is_and_was(chromium, house, assert_accessible):
    serial = with_parts(house)
    address = f"/api/v1/batteries/01/{EV_GTIN}/21/{serial}/parts/swap"
    swap = {"position": "M02", "in": f"{serial}-N", "reason": "fault"}
    answered(house.of(VOLTRA).post(address, json=swap), 201)
    with opened(chromium, house, serial) as page:
        page.get_by_role("link", name=f"Module {serial}-B: out of M02, into store").click()

        expect(page.get_by_role("heading", name=f"{serial}-B")).to_be_visible()
        expect(page.get_by_text("In store: Voltra Packs (fictional)")).to_be_visible()
        expect(page.get_by_text(f"Into store, out of M02 of serial {serial}")).to_be_visible()
        expect(page.get_by_text(f"Into M02 of serial {serial}", exact=True)).to_be_visible()
        assert_accessible(page)
