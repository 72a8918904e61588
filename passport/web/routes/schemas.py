"""The words of the statements: contexts, JSON Schemas, and the vocabulary for people."""

import re
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.linked_data.terms import schema_file
from passport.ui.request import PageMaker
from passport.web.errors import AddressUnknownError
from passport.web.pages.vocabulary import vocabulary_page

router = APIRouter(tags=["Vocabulary"])

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MEDIA_TYPES = {
    ("contexts", ".jsonld"): "application/ld+json",
    ("json-schema", ".json"): "application/schema+json",
}
_HEADERS = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}


@router.get("/schemas/", include_in_schema=False)
def vocabulary(pages: PageMaker) -> Response:
    """Show every term with its meaning."""
    return pages.show("reference.html", vocabulary_page())


@router.get("/schemas/terms.csv")
def terms() -> Response:
    """Return the table of terms that contexts and schemas are made from."""
    body = schema_file("terms.csv").read_bytes()
    return Response(body, headers=_HEADERS, media_type="text/csv")


@router.get("/schemas/{folder}/{name}")
def schema(folder: str, name: str) -> Response:
    """Return a context or a JSON Schema."""
    ending = f".{name.rpartition('.')[2]}"
    media_type = _MEDIA_TYPES.get((folder, ending))
    if media_type is None or not _NAME.fullmatch(name):
        raise AddressUnknownError(f"there is no schema {folder}/{name}")
    file = schema_file(f"{folder}/{name}")
    if not file.is_file():
        raise AddressUnknownError(f"there is no schema {folder}/{name}")
    return Response(file.read_bytes(), HTTPStatus.OK, _HEADERS, media_type=media_type)
