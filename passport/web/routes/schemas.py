"""The words of the statements: contexts, JSON Schemas, and the vocabulary for people."""

import re
from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.passport import StatementKind
from passport.linked_data.terms import CONTEXT_VERSION, schema_file
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


@router.get("/schemas/json-schema/{kind}.json")
def newest_schema(kind: str) -> Response:
    """Return the JSON Schema of a kind of statement in the version that is signed with today."""
    file = f"{kind}.json" if not _is_kind(kind) else f"{CONTEXT_VERSION}/{kind}.json"
    return _answer("json-schema", file)


@router.get("/schemas/json-schema/{version}/{kind}.json")
def schema_of_version(version: str, kind: str) -> Response:
    """Return the JSON Schema of a kind of statement in one version."""
    return _answer("json-schema", f"{version}/{kind}.json")


@router.get("/schemas/{kind}/{version}.json")
def schema_by_its_name(kind: str, version: str) -> Response:
    """Return the JSON Schema whose ``$id`` ends like this."""
    return _answer("json-schema", f"{version}/{kind}.json")


@router.get("/schemas/{folder}/{name}")
def schema(folder: str, name: str) -> Response:
    """Return a context."""
    return _answer(folder, name)


def _is_kind(name: str) -> bool:
    return name in StatementKind.__members__.values()


def _answer(folder: str, name: str) -> Response:
    media_type = _MEDIA_TYPES.get((folder, f".{name.rpartition('.')[2]}"))
    if media_type is None or not all(_NAME.fullmatch(part) for part in name.split("/")):
        raise AddressUnknownError(f"there is no schema {folder}/{name}")
    file = schema_file(f"{folder}/{name}")
    if not file.is_file():
        raise AddressUnknownError(f"there is no schema {folder}/{name}")
    return Response(file.read_bytes(), HTTPStatus.OK, _HEADERS, media_type=media_type)
