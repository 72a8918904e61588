"""The words of the statements: contexts, JSON Schemas, shapes, and the vocabulary for people.

Terms, classes and code lists have addresses of their own that answer in the form somebody asks
for, so that the permanent names of the vocabulary can lead here.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Response

from passport.linked_data.published import published_archive, published_files
from passport.linked_data.terms import CONTEXT_VERSION, context_file, schema_path, term_iri
from passport.linked_data.vocabulary import as_turtle, vocabulary_part
from passport.ui.request import PageAnswer, PageMaker
from passport.ui.views.vocabulary import WordPage
from passport.web.errors import AddressUnknownError
from passport.web.negotiation import Form, form_for
from passport.web.pages.vocabulary import (
    class_page,
    code_list_page,
    downloads_page,
    term_page,
    vocabulary_page,
)

router = APIRouter(tags=["Vocabulary"])

_FOR_ALL = {"Access-Control-Allow-Origin": "*", "Vary": "Accept"}
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600", **_FOR_ALL}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", **_FOR_ALL}
_JSON_FORMS = frozenset({Form.PRESENTATION_JSON_LD, Form.PRESENTATION_JSON})
_BY_NAME = {"jsonld": Form.PRESENTATION_JSON_LD, "turtle": Form.TURTLE}
_ALIASES: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    # The newest schema of a kind; a schema by its $id; a context by its permanent name.
    (
        re.compile(r"json-schema/([A-Z]\w+)\.json"),
        lambda kind: schema_path(kind, CONTEXT_VERSION),
    ),
    (
        re.compile(r"(?:json-schema/)?([A-Z]\w+)/([0-9.]+)\.json"),
        schema_path,
    ),
    (re.compile(r"contexts/battery/([0-9.]+)\.jsonld"), context_file),
)

Accept = Annotated[str, Header()]
Wanted = Annotated[str, Query(alias="format", pattern="^(jsonld|turtle|)$")]


@router.get("/schemas", include_in_schema=False)
@router.get("/schemas/")
@router.get("/schemas/battery", include_in_schema=False)
def vocabulary(
    pages: PageMaker,
    accept: Accept = "*/*",
    q: str = "",
    statement: str = "",
    point: str = "",
) -> Response:
    """Return the vocabulary: a page with every term, JSON-LD or Turtle, as ``Accept`` asks."""
    form = form_for(accept)
    if form is Form.TURTLE:
        return _file("vocabulary/battery.ttl")
    if form in _JSON_FORMS:
        return _file("vocabulary/battery.jsonld")
    return _page(pages, "vocabulary.html", vocabulary_page(q[:200], statement, point))


@router.get("/schemas/downloads", include_in_schema=False)
def downloads(pages: PageMaker) -> Response:
    """Show every published file with its digest, and the versions of the context."""
    return _page(pages, "vocabulary_downloads.html", downloads_page())


@router.get("/schemas/everything.zip")
def everything() -> Response:
    """Return all published files in one archive."""
    return Response(published_archive(), headers=_FOR_AN_HOUR, media_type="application/zip")


@router.get("/schemas/terms/{name}")
def term(name: str, pages: PageMaker, accept: Accept = "*/*", form: Wanted = "") -> Response:
    """Return what a term means: a page, JSON-LD or Turtle."""
    return _word(pages, term_page(name), name, _form(accept, form))


@router.get("/schemas/classes/{name}")
def node_class(name: str, pages: PageMaker, accept: Accept = "*/*", form: Wanted = "") -> Response:
    """Return what a class of nodes or a kind of statement holds: a page, JSON-LD or Turtle."""
    return _word(pages, class_page(name), name, _form(accept, form))


@router.get("/schemas/codes/{name}")
def code_list(name: str, pages: PageMaker, accept: Accept = "*/*", form: Wanted = "") -> Response:
    """Return the codes of a list: a page, JSON-LD or Turtle."""
    return _word(pages, code_list_page(name), f"codes/{name}", _form(accept, form))


@router.get("/schemas/{path:path}")
def published(path: str) -> Response:
    """Return a context, a JSON Schema, shapes, an example or a table."""
    for pattern, place in _ALIASES:
        if (found := pattern.fullmatch(path)) and path not in published_files():
            return _file(place(*found.groups()))
    return _file(path)


def _form(accept: str, wanted: str) -> Form:
    return _BY_NAME[wanted] if wanted else form_for(accept)


def _word(pages: PageAnswer, page: WordPage | None, name: str, form: Form) -> Response:
    if page is None:
        raise AddressUnknownError(f"the vocabulary has no {name}")
    if form is Form.TURTLE:
        turtle = as_turtle(vocabulary_part(term_iri(name)))
        return Response(turtle, headers=_FOR_AN_HOUR, media_type=form.value)
    if form in _JSON_FORMS:
        data = orjson.dumps(vocabulary_part(term_iri(name)), option=orjson.OPT_INDENT_2)
        return Response(data, headers=_FOR_AN_HOUR, media_type=Form.PRESENTATION_JSON_LD.value)
    return _page(pages, "vocabulary_word.html", page)


def _page(pages: PageAnswer, template: str, view: object) -> Response:
    response = pages.show(template, view)
    response.headers["Vary"] = "Accept"
    return response


def _file(path: str) -> Response:
    file = published_files().get(path)
    if file is None:
        raise AddressUnknownError(f"there is no schema {path}")
    headers = _FOR_EVER if file.never_changes else _FOR_AN_HOUR
    return Response(file.data, HTTPStatus.OK, headers, media_type=file.media_type)
