"""A maker's file of packs in a real browser: sent, followed, put right and sent again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PHONE, a_visitor, axe_problems
from builders_import import a_workbook, pack_rows, rows_of
from journey import EV_GTIN
from playwright.sync_api import Browser, Page, expect
from servers import Server

from passport.bootstrap.demonstration import PASSWORD

LONG = 210
PATIENCE_MS = 90_000


@pytest.fixture(params=["script", "plain"])
def desk(
    request: pytest.FixtureRequest, chromium: Browser, demo_server: Server
) -> Iterator[tuple[Page, str]]:
    """Give the phone of a person of the maker, with and without script, and a mark of its own."""
    options = {
        **PHONE,
        "java_script_enabled": request.param == "script",
        "base_url": demo_server.url,
        "accept_downloads": True,
    }
    with a_visitor(chromium, **options) as context:
        page = context.new_page()
        page.goto("/login")
        page.locator("main input[name=login]").fill("manufacturer")
        page.locator("main input[name=password]").fill(PASSWORD)
        page.locator("main form:has(input[name=password]) button[type=submit]").click()
        yield page, request.param.upper()


def send(page: Page, workbook: bytes, mode: str) -> None:
    page.goto("/operator/register")
    page.locator("select[name=model]").select_option(f"01/{EV_GTIN}")
    page.locator("input[name=file]").set_input_files(
        {"name": "packs.xlsx", "mimeType": "application/octet-stream", "buffer": workbook}
    )
    page.locator(f"input[name=mode][value={mode}]").check()
    page.get_by_role("button", name="Upload").click()


def downloaded(page: Page, name: str, folder: Path) -> bytes:
    """Return a file that a link of the page leaves on the machine."""
    with page.expect_download() as begun:
        page.get_by_role("link", name=name).click()
    file = folder / begun.value.suggested_filename
    begun.value.save_as(file)
    return file.read_bytes()


def is_wider_than_the_phone(page: Page) -> bool:
    width = page.locator("body").bounding_box()
    return width is None or width["width"] > PHONE["viewport"]["width"]


def test_a_checked_file_comes_back_with_what_to_put_right(desk, tmp_path, take_screenshot):
    page, mark = desk
    rows = pack_rows(f"{mark}-A1", f"{mark}-A2", individualMassKilograms="heavy")
    rows[1][rows[0].index("serial")] = 17

    send(page, a_workbook(*rows), "dry-run")

    expect(page.get_by_text("0 in order, 2 refused.")).to_be_visible()
    take_screenshot(page, f"import-checked-{mark.lower()}")
    told = rows_of(downloaded(page, "Download the file with what to put right", tmp_path))
    assert [row[0] for row in told] == ["result", "refused", "refused"]
    assert told[1][told[0].index("serial")] == 17


def test_a_long_file_is_followed_to_its_end_and_its_refused_row_put_right(
    desk, tmp_path, take_screenshot
):
    page, mark = desk
    serials = [f"{mark}-{number}" for number in range(LONG)]
    rows = pack_rows(*serials, individualMassKilograms="heavy")

    send(page, a_workbook(*rows), "register")

    expect(page.get_by_role("heading", level=1, name="packs.xlsx")).to_be_visible()
    assert not is_wider_than_the_phone(page)
    take_screenshot(page, f"import-begun-{mark.lower()}")
    # The page is read anew by itself: nobody clicks here.
    expect(page.get_by_text("Done in part")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(f"{LONG - 1} on record, 1 refused")).to_be_visible()
    take_screenshot(page, f"import-done-{mark.lower()}")
    if mark == "SCRIPT":
        assert axe_problems(page) == []
    told = rows_of(downloaded(page, "Download the file with the results", tmp_path))
    assert [row[0] for row in told].count("registered") == LONG - 1
    head, wrong = told[0], told[-1]
    wrong[head.index("individualMassKilograms")] = "431.8"

    send(page, a_workbook(head, wrong), "register")

    expect(page.get_by_text("1 on record, 0 refused.")).to_be_visible()
    page.goto(f"/01/{EV_GTIN}/21/{serials[-1]}")
    expect(page.get_by_text(serials[-1]).first).to_be_visible()


def test_a_workbook_to_fill_in_is_on_the_page(desk, tmp_path):
    page, _ = desk
    page.goto("/operator/register")

    template = downloaded(page, "Voltra EV 75", tmp_path)

    assert rows_of(template)[0][:3] == ["gtin", "serial", "placedOnMarketOn"]
