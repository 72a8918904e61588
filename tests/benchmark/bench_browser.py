"""A passport checked inside a real browser: what it loads, asks, and takes of the page's own time.

The limits are those the verifier was made for: 90 kB packed, 2 round trips once the page stands,
300 ms of CPU time of the page's main thread. Signatures are checked beside it, in a worker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from browsing import PHONE, a_chromium, a_visitor
from playwright.sync_api import Browser, Page, Request, sync_playwright

from benchmark.measuring import Better, Contest, Options
from benchmark.registry import bench
from benchmark.serving import PACK_PATH, ServedPack, served_pack

_LARGEST_LOAD_BYTES = 90_000
_MOST_ROUND_TRIPS = 2
_MOST_CPU_MS = 300
_PATIENCE_MS = 60_000
_MILLISECONDS = 1000
_ICON = "/static/icon.svg"
_OF_THE_VERIFIER = ("/static/verifier/", "/verify/")
"""Its programs, contexts and style; the frame of all pages is not counted."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one presentation by a visitor who never was here before.

    Attributes:
        loaded_bytes: What came over the wire of the verifier's own parts, packed [bytes].
        round_trips: Times the visitor waited for the network after asking for the check.
        cpu_ms: CPU time of the page's main thread, from opening the page to the verdict [ms].
    """

    loaded_bytes: int
    round_trips: int
    cpu_ms: float


@contextmanager
def _browser() -> Iterator[tuple[Browser, ServedPack]]:
    with (
        served_pack() as server,
        sync_playwright() as playwright,
        a_chromium(playwright) as browser,
    ):
        yield browser, server


def _check(browser: Browser, server: ServedPack) -> Check:
    # The program that keeps the page loads its parts a second time, from the browser's cache.
    with a_visitor(browser, service_workers="block", **PHONE) as visitor:
        page = visitor.new_page()
        session = visitor.new_cdp_session(page)
        session.send("Performance.enable")
        requests: list[Request] = []
        page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks it
        address = f"http://localhost:{server.port}"
        page.goto(f"{address}/verify")
        at_rest = len(requests)
        page.get_by_label("The link in the battery's code").fill(f"{address}{PACK_PATH}")
        page.get_by_role("button", name="Check it", exact=True).click()
        _require_authentic(page)
        metrics = session.send("Performance.getMetrics")["metrics"]
        cpu_s = next(one["value"] for one in metrics if one["name"] == "ThreadTime")
        own = [one.url for one in requests if any(part in one.url for part in _OF_THE_VERIFIER)]
        return Check(
            loaded_bytes=sum(map(_packed_size, own)),
            round_trips=_round_trips(requests[at_rest:]),
            cpu_ms=cpu_s * _MILLISECONDS,
        )


def _packed_size(address: str) -> int:
    """Return what comes over the wire of one file, as browsers ask for it [bytes]."""
    with httpx.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum(map(len, answer.iter_raw()))


def _require_authentic(page: Page) -> None:
    verdict = page.locator("[data-verdict]")
    verdict.wait_for(timeout=_PATIENCE_MS)
    if verdict.get_attribute("data-verdict") != "authentic":
        raise AssertionError(verdict.inner_text())


def _round_trips(requests: list[Request]) -> int:
    """Count how often one request had to wait for the answer to another."""
    spans = sorted(
        (one.timing["startTime"], one.timing["startTime"] + max(0, one.timing["responseEnd"]))
        for one in requests
        if _ICON not in one.url  # of the window, not of the check
    )
    count, until = 0, float("-inf")
    for start, end in spans:
        if start >= until:
            count += 1
            until = end
    return count


@bench(
    "check a passport in the browser, packed bytes loaded; 90 kB",
    unit="bytes",
    better=Better.LESS,
    bar=1,
)
def loaded_bytes(options: Options) -> Iterator[Contest]:
    del options
    with _browser() as (browser, server):
        yield Contest(
            subject=lambda: _check(browser, server).loaded_bytes,
            limit=lambda: _LARGEST_LOAD_BYTES,
        )


@bench(
    "check a passport in the browser, round trips after load; 2",
    unit="round trips",
    better=Better.LESS,
    bar=1,
)
def round_trips(options: Options) -> Iterator[Contest]:
    del options
    with _browser() as (browser, server):
        yield Contest(
            subject=lambda: _check(browser, server).round_trips,
            limit=lambda: _MOST_ROUND_TRIPS,
        )


@bench(
    "check a passport in the browser, main thread; 300 ms",
    unit="ms CPU",
    better=Better.LESS,
    bar=1,
)
def main_thread(options: Options) -> Iterator[Contest]:
    del options
    with _browser() as (browser, server):
        yield Contest(
            subject=lambda: _check(browser, server).cpu_ms,
            limit=lambda: _MOST_CPU_MS,
        )
