"""A real browser for the pages: Debian's Chromium, driven by Playwright.

The browser lives as long as one test file: Playwright's event loop must not run beside the
asynchronous tests of another one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsing import PHONE, a_chromium, a_visitor, axe_problems
from camera import write_video
from playwright.sync_api import Browser, Page, Playwright, sync_playwright


@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    with a_chromium(playwright_driver) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a page of a visitor at a desk."""
    with a_visitor(chromium, viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


@pytest.fixture
def phone_page(chromium: Browser) -> Iterator[Page]:
    """Give a page of a visitor with a phone."""
    with a_visitor(chromium, **PHONE) as context:
        yield context.new_page()


@pytest.fixture
def page_without_script(chromium: Browser) -> Iterator[Page]:
    """Give a page of a visitor whose phone runs no scripts."""
    with a_visitor(chromium, java_script_enabled=False, **PHONE) as context:
        yield context.new_page()


@pytest.fixture
def page_with_camera(
    playwright_driver: Playwright, tmp_path: Path
) -> Iterator[Callable[[bytes], Page]]:
    """Give a function that opens a page whose camera sees the label it is handed (a PNG)."""
    with ExitStack() as opened:

        def open_page(label_png: bytes) -> Page:
            video = write_video(label_png, tmp_path / "camera.y4m")
            browser = opened.enter_context(
                a_chromium(
                    playwright_driver,
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                    f"--use-file-for-fake-video-capture={video}",
                )
            )
            visitor = a_visitor(browser, permissions=["camera"], **PHONE)
            return opened.enter_context(visitor).new_page()

        yield open_page


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Give the check that each page must pass, in light and in dark."""

    def check(page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            problems = axe_problems(page)
            assert not problems, "\n".join([f"{page.url} in {scheme}", *problems])

    return check


@pytest.fixture
def take_screenshot(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """Give a function that keeps a picture under ``test-results/screens`` for people to look at."""
    folder = request.config.rootpath / "test-results" / "screens"

    def take(page: Page, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.png"
        page.screenshot(path=file, full_page=True)
        return file

    return take
