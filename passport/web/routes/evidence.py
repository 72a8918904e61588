"""What anybody needs to check a passport without us: keys, status lists, the log, statements."""

from http import HTTPStatus

import orjson
from fastapi import APIRouter, Request, Response

from passport.bootstrap import Passport
from passport.domain.actor import Actor
from passport.domain.errors import NotFoundError
from passport.linked_data.documents import digest_of
from passport.services.status_lists import LISTS_ARE_CACHED_FOR
from passport.settings import Mode
from passport.signing.jose import CREDENTIAL_TOKEN_MEDIA_TYPE
from passport.signing.merkle_tree import TILE_WIDTH
from passport.ui.request import CurrentActor
from passport.web.dependencies import Installation, Services
from passport.web.negotiation import wants_token
from passport.web.wire_evidence import DidVersionBody

router = APIRouter(tags=["Evidence"])

_DID_MEDIA_TYPE = "application/did+json"
_CREDENTIAL_MEDIA_TYPE = "application/vc"
_BINARY = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_PARTIAL_SUFFIX = ".p"
_MOST_LEVELS = 64
_MOST_DIGIT_GROUPS = 5
"""Places of more digits than any log will have; far beyond, a number fits into no database."""


@router.get("/operators/{slug}/did.json")
def read_did(slug: str, services: Services) -> Response:
    """Return an operator's DID document, with every key it ever signed with."""
    headers = {"Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}
    return Response(services.did_document(slug), headers=headers, media_type=_DID_MEDIA_TYPE)


@router.get("/operators/{slug}/did/history")
def read_did_history(slug: str, passport: Installation) -> list[DidVersionBody]:
    """Return every version of an operator's DID document with its log receipt, oldest first."""
    return [
        DidVersionBody.of(version, passport.log.receipt(version.digest))
        for version in passport.services.did_history(slug)
    ]


@router.get("/status/{list_id}")
def read_status_list(list_id: str, services: Services, request: Request) -> Response:
    """Return a status list as it is signed: what its issuer withdrew, suspended or corrected."""
    body = services.status_list(list_id)
    etag = f'"{digest_of(body).hex()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={int(LISTS_ARE_CACHED_FOR.total_seconds())}",
        "Access-Control-Allow-Origin": "*",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type=_CREDENTIAL_MEDIA_TYPE)


@router.get("/statements/{statement_id}")
def read_statement(
    statement_id: str, actor: CurrentActor, services: Services, request: Request
) -> Response:
    """Return the very bytes of one statement, or a token of it, to those who may read it."""
    if wants_token(request.headers.get("accept", "")):
        token = services.read_statement_as_token(actor, statement_id)
        headers = _statement_headers(actor, digest_of(token))
        return _unless_known(request, headers, token, CREDENTIAL_TOKEN_MEDIA_TYPE)
    statement = services.read_statement(actor, statement_id)
    headers = _statement_headers(actor, statement.digest) | {
        "Link": f'</log/proof/{statement.digest.hex()}>; rel="describedby"'
    }
    return _unless_known(request, headers, statement.body, _CREDENTIAL_MEDIA_TYPE)


def _statement_headers(actor: Actor, digest: bytes) -> dict[str, str]:
    return {
        "ETag": f'"{digest.hex()}"',
        "Vary": "Accept, Cookie, Authorization",
        "Cache-Control": "public, max-age=3600" if actor.is_anonymous else "private, no-cache",
    }


def _unless_known(
    request: Request, headers: dict[str, str], body: bytes, media_type: str
) -> Response:
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@router.get("/log/checkpoint")
def read_checkpoint(passport: Installation) -> Response:
    """Return the newest checkpoint, a signed note."""
    headers = {"Cache-Control": "no-cache"}
    return Response(passport.log.checkpoint(), headers=headers, media_type=_TEXT)


@router.get("/log/key")
def read_log_key(passport: Installation) -> Response:
    """Return the verifier key of the log, as this host gives it out: ``name+id+base64``."""
    headers = {"Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*"}
    return Response(f"{passport.log.key.text}\n", headers=headers, media_type=_TEXT)


@router.get("/log/proof/{digest}")
def read_proof(digest: str, passport: Installation) -> Response:
    """Return the proof that a statement is in the log, under the newest checkpoint."""
    headers = {"Cache-Control": "no-cache"}
    return Response(passport.log.receipt(_digest(digest)), headers=headers, media_type=_TEXT)


@router.get("/log/tile/entries/{place:path}")
def read_entries(place: str, passport: Installation) -> Response:
    """Return the entries below one tile of leaves."""
    index, width = _tile_place(place)
    body = passport.log.entries(index, width)
    return Response(body, headers=_FOR_EVER, media_type=_BINARY)


@router.get("/log/tile/{level}/{place:path}")
def read_tile(level: str, place: str, passport: Installation) -> Response:
    """Return the hashes of one tile."""
    is_level = level.isascii() and level.isdigit() and len(level) <= len(str(_MOST_LEVELS))
    if not is_level or int(level) >= _MOST_LEVELS:
        raise _no_tile(level)
    index, width = _tile_place(place)
    body = passport.log.tile(int(level), index, width)
    return Response(body, headers=_FOR_EVER, media_type=_BINARY)


@router.get("/trust.json")
def read_trust(passport: Installation) -> Response:
    """Return whom a verifier of the demonstration trusts; in production everybody decides."""
    if passport.settings.mode is not Mode.DEMONSTRATION:
        raise NotFoundError("whom to trust is decided by who verifies, not by this service")
    return Response(trust_bytes(passport), media_type="application/json")


def trust_bytes(passport: Passport) -> bytes:
    """Return the trust file of this installation."""
    return orjson.dumps(passport.trust(), option=orjson.OPT_INDENT_2)


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("sha256:"))
    except ValueError as error:
        raise NotFoundError(f"{text!r} is no digest; write 64 hexadecimal digits") from error


def _tile_place(place: str) -> tuple[int, int]:
    """Read index and width of a tile from its address.

    Source: C2SP tlog-tiles: ``x001/x234/067`` is 1234067, ``.p/5`` its first five hashes.
    """
    path, partial, width = place.partition(f"{_PARTIAL_SUFFIX}/")
    *thousands, last = path.split("/")
    if not all(part.startswith("x") for part in thousands):
        raise _no_tile(place)
    digits = [part.removeprefix("x") for part in thousands] + [last]
    if not all(len(part) == 3 and part.isascii() and part.isdigit() for part in digits):  # noqa: PLR2004
        raise _no_tile(place)
    if len(digits) > _MOST_DIGIT_GROUPS:
        raise _no_tile(place)
    if not partial:
        return int("".join(digits)), TILE_WIDTH
    if not (width.isascii() and width.isdigit() and 0 < int(width) < TILE_WIDTH):
        raise _no_tile(place)
    return int("".join(digits)), int(width)


def _no_tile(place: str) -> NotFoundError:
    return NotFoundError(f"{place!r} is no place in the log")
