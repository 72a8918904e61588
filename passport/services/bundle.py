"""A bundle: a presentation with all it takes to verify it without network, in one JSON file.

The issuer may be gone before the battery is. So the bundle carries, beside the statements as the
exact bytes that were signed, the DID documents, status lists, contexts and log receipts of the
day it was made. What it carries is evidence to be checked, never a reason to trust.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from passport.domain.errors import PassportError
from passport.linked_data.contexts import STATEMENT_CONTEXTS, context_bytes
from passport.linked_data.documents import (
    MalformedDocumentError,
    parse_document,
    presentation_bytes,
)

BUNDLE_FORMAT: Final = "open-battery-passport-bundle/1"
LARGEST_BUNDLE: Final = 32 * 1024 * 1024


class MalformedBundleError(PassportError):
    """A bundle is not as bundles are written."""

    code = "malformed-bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle holds, not verified yet.

    Attributes:
        statements: Exact bytes of each signed statement.
        did_documents: By DID.
        status_lists: Exact bytes of each signed status list.
        receipts: Log receipt by digest of a statement.
        contexts: Bytes of the contexts by address.
    """

    statements: Sequence[bytes]
    did_documents: Mapping[str, Mapping[str, object]]
    status_lists: Sequence[bytes]
    receipts: Mapping[bytes, str]
    contexts: Mapping[str, bytes]


def make_bundle(
    statements: Sequence[bytes],
    *,
    did_documents: Mapping[str, Mapping[str, object]],
    status_lists: Sequence[bytes],
    receipts: Mapping[bytes, str],
) -> bytes:
    """Write a bundle.

    Args:
        statements: Exact bytes of the signed statements, in reading order.
        did_documents: DID documents of the issuers, by DID.
        status_lists: Exact bytes of the signed status lists that the statements name.
        receipts: Log receipt by digest of a statement (SHA-256 of its bytes).
    """
    presentation = orjson.Fragment(presentation_bytes(statements))
    return orjson.dumps(
        {
            "format": BUNDLE_FORMAT,
            "presentation": presentation,
            "statements": [_text(statement) for statement in statements],
            "didDocuments": did_documents,
            "statusLists": [_text(status_list) for status_list in status_lists],
            "receipts": {digest.hex(): receipt for digest, receipt in receipts.items()},
            "contexts": {iri: _text(context_bytes(iri)) for iri in _contexts_of(statements)},
        }
    )


def _contexts_of(statements: Iterable[bytes]) -> list[str]:
    """Return the contexts that statements name; older ones may name older versions."""
    named = (iri for statement in statements for iri in orjson.loads(statement)["@context"])
    return list(dict.fromkeys((*STATEMENT_CONTEXTS, *named)))


def is_bundle(document: Mapping[str, object]) -> bool:
    """Tell whether a JSON object is a bundle, from its members."""
    return "format" in document or ("statements" in document and "receipts" in document)


def parse_bundle(document: Mapping[str, Any]) -> Bundle:
    """Read a bundle.

    Raises:
        MalformedBundleError: A member is missing or of another kind, or the presentation shows
            other statements than were signed.
    """
    if document.get("format", BUNDLE_FORMAT) != BUNDLE_FORMAT:
        raise MalformedBundleError(f"{document['format']!r} is not {BUNDLE_FORMAT}")
    try:
        bundle = Bundle(
            statements=[_bytes(text) for text in document["statements"]],
            did_documents=dict(document["didDocuments"]),
            status_lists=[_bytes(text) for text in document["statusLists"]],
            receipts={bytes.fromhex(k): str(v) for k, v in document["receipts"].items()},
            contexts={iri: _bytes(text) for iri, text in document.get("contexts", {}).items()},
        )
        shown = document["presentation"]["verifiableCredential"]
        shown_statements = shown if isinstance(shown, list) else [shown]
        signed_statements = [parse_document(statement) for statement in bundle.statements]
    except MalformedDocumentError as error:
        raise MalformedBundleError(f"a statement in the bundle is no document: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedBundleError(f"the bundle has another form than expected: {error}") from error
    if shown_statements != signed_statements:
        raise MalformedBundleError(
            "the presentation in the bundle shows other statements than those that were signed"
        )
    return bundle


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise MalformedBundleError(f"{text[:20]!r}... is no base64url") from error
    if _text(data) != text:
        raise MalformedBundleError(f"{text[:20]!r}... is another writing of base64url")
    return data
