"""Chromium without window, visitors that are watched, and axe-core."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_OWN_HOSTS = ("localhost", "127.0.0.1")


def _program() -> str:
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise AssertionError("the browser tests need Chromium; `make test` installs it where it can")


@contextmanager
def a_chromium(playwright: Playwright, *more: str) -> Iterator[Browser]:
    """Start Chromium without window; as root it has no sandbox to put pages in."""
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    browser = playwright.chromium.launch(
        executable_path=_program(), args=[*_QUIET, *sandbox, *more]
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def a_visitor(browser: Browser, **options: object) -> Iterator[BrowserContext]:
    """Open a session of its own and watch it.

    Every page must stay on this machine, throw no exception and break no content security policy.
    """
    strangers: list[str] = []
    mishaps: list[str] = []
    context = browser.new_context(**options)
    context.on("request", lambda asked: _note_stranger(asked.url, strangers))
    context.on("weberror", lambda error: mishaps.append(str(error.error)))
    context.on("console", lambda line: _note_policy(line.text, mishaps))
    try:
        yield context
    finally:
        context.close()
    assert not strangers, f"a page asked other hosts: {strangers}"
    assert not mishaps, f"a page failed inside the browser: {mishaps}"


def _note_stranger(url: str, strangers: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in _OWN_HOSTS:
        strangers.append(url)


def _note_policy(line: str, mishaps: list[str]) -> None:
    if "Content Security Policy" in line:
        mishaps.append(line)


def axe_problems(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """Run axe-core on a page: one line for each element that breaks a rule of WCAG 2.2 AA.

    Args:
        page: The page.
        rules: Only these rules of axe-core; all without.
    """
    run_only = {"type": "rule" if rules else "tag", "values": list(rules or _RULES)}
    found = Axe().run(page, options={"runOnly": run_only})
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
