"""To look something up: problem codes and the addresses of the API."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, FastAPI, Response

from passport.ui.views.common import Link, Table
from passport.ui.views.reference import ReferencePage
from passport.web.dependencies import Visited
from passport.web.errors import AddressUnknownError

router = APIRouter(include_in_schema=False)

_PARAGRAPH = re.compile(r"^### `([a-z0-9-]+)`\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


@router.get("/problems/")
def problem_codes(visit: Visited) -> Response:
    """Show every code of a problem."""
    rows = tuple((code, " ".join(text.split())) for code, text in _problems().items())
    table = Table(caption="Codes", head=("Code", "What it means and what to do"), rows=rows)
    lead = "A refusal has a code that never changes its meaning."
    page = ReferencePage(title="Problem codes", lead=lead, tables=(table,))
    return visit.pages.show("reference.html", page)


@router.get("/problems/{code}")
def problem_code(code: str, visit: Visited) -> Response:
    """Show what a code means and what to do; the ``type`` of a problem document leads here."""
    text = _problems().get(code)
    if text is None:
        raise AddressUnknownError(f"there is no problem code {code}")
    page = ReferencePage(
        title=code,
        paragraphs=tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip()),
        links=(Link(text="All codes", href="/problems/"),),
    )
    return visit.pages.show("reference.html", page)


@router.get("/docs")
def api(visit: Visited) -> Response:
    """Show the addresses of the API."""
    tables = tuple(_api_tables(visit.request.app))
    lead = (
        "Programs send an API key as Authorization: Bearer. Errors are application/problem+json "
        "with a stable code. What writes is repeated safely with an Idempotency-Key."
    )
    links = (
        Link(text="OpenAPI description", href="/openapi.json"),
        Link(text="Problem codes", href="/problems/"),
        Link(text="Vocabulary", href="/schemas/"),
    )
    page = ReferencePage(title="API", lead=lead, links=links, tables=tables)
    return visit.pages.show("reference.html", page)


def _api_tables(app: FastAPI) -> Iterator[Table]:
    rows: dict[str, list[tuple[str, str]]] = {}
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            topic = next(iter(operation.get("tags", ())), "Other")
            words = operation.get("description", operation.get("summary", ""))
            first = words.split("\n\n")[0].replace("\n", " ").replace("``", "")
            rows.setdefault(topic, []).append((f"{method.upper()} {path}", first))
    for topic, found in rows.items():
        yield Table(
            caption=topic,
            head=("Address", "What it does"),
            rows=tuple(found),
        )


@cache
def _problems() -> Mapping[str, str]:
    package = files("passport")
    installed = package.joinpath("_docs", "problems.md")
    source = installed if installed.is_file() else package.joinpath("..", "docs", "problems.md")
    found = _PARAGRAPH.findall(source.read_text(encoding="utf-8"))
    return {code: body.replace("`", "").strip() for code, body in found}
