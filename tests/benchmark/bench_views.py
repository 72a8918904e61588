"""Views of a passport by anybody, beside the same bytes sent from memory by the same server.

The figure is the CPU time of the server process: its rate is what one core has of it.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

import httpx

from benchmark.measuring import Better, Contest, Options
from benchmark.registry import bench
from benchmark.serving import MEMORY, PACK_PATH, served_pack

_VIEWS = 3000
_AS_PAGE = {"Accept": "text/html"}
_AS_PRESENTATION = {"Accept": "application/vp"}


def _views(accept: Mapping[str, str], options: Options, *, kept: bool = False) -> Iterator[Contest]:
    """Compare views with the bytes of the whole answer.

    Args:
        accept: Which form is asked for.
        options: How long to measure.
        kept: Whether the reader has the answer already and asks if it is still good.
    """
    with served_pack() as server:
        answer = server.keep_in_memory(PACK_PATH, accept)
        _require_status(answer, HTTPStatus.OK)
        headers = {**accept, "If-None-Match": answer.headers["etag"]} if kept else accept
        seen = server.get(PACK_PATH, headers)
        _require_status(seen, HTTPStatus.NOT_MODIFIED if kept else HTTPStatus.OK)
        count = options.times(_VIEWS)
        yield Contest(
            subject=lambda: server.cpu_microseconds(PACK_PATH, headers, count=count),
            limit=lambda: server.cpu_microseconds(f"{MEMORY}{PACK_PATH}", accept, count=count),
        )


def _require_status(answer: httpx.Response, status: HTTPStatus) -> None:
    if answer.status_code != status:
        raise AssertionError(f"{answer.status_code} instead of {status} for {answer.url}")


@bench("view a passport as a page; bytes in memory", unit="us CPU", better=Better.LESS, bar=0.4)
def view_page(options: Options) -> Iterator[Contest]:
    yield from _views(_AS_PAGE, options)


@bench(
    "view a passport as application/vp; bytes in memory",
    unit="us CPU",
    better=Better.LESS,
    bar=0.4,
)
def view_presentation(options: Options) -> Iterator[Contest]:
    yield from _views(_AS_PRESENTATION, options)


@bench("view a page again: 304; bytes in memory", unit="us CPU", better=Better.LESS, bar=0.8)
def view_again(options: Options) -> Iterator[Contest]:
    yield from _views(_AS_PAGE, options, kept=True)


@bench("view a passport as a page, one process", unit="views/s", better=Better.MORE)
def views_per_second(options: Options) -> Iterator[Contest]:
    with served_pack() as server:
        count = options.times(_VIEWS)
        yield Contest(subject=lambda: server.rate(PACK_PATH, _AS_PAGE, count=count))
