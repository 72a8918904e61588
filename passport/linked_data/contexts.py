"""The contexts this project signs and verifies with: pinned copies, nothing is ever fetched."""

import hashlib
import json
from functools import cache
from typing import Any

from passport.domain.errors import PassportError
from passport.linked_data.terms import CONTEXT_IRI, CREDENTIALS_IRI, schema_file

STATEMENT_CONTEXTS = (CREDENTIALS_IRI, CONTEXT_IRI)
"""What every statement of a passport names, in this order."""


class UnknownContextError(PassportError):
    """A document names a context that is not among the pinned ones."""

    code = "unknown-context"

    def __init__(self, context_iri: str) -> None:
        super().__init__(
            f"context {context_iri} is not known here, and contexts are never fetched; "
            f"use one of: {', '.join(sorted(known_contexts()))}"
        )
        self.context_iri = context_iri


class ContextChangedError(PassportError):
    """A context file is not the one that was pinned; the installation is damaged."""

    code = "context-changed"


@cache
def known_contexts() -> dict[str, dict[str, str]]:
    """Return file and SHA-256 of each pinned context by IRI."""
    pinned: dict[str, dict[str, str]] = json.loads(
        schema_file("contexts/map.json").read_text(encoding="utf-8")
    )
    return pinned


@cache
def context_bytes(context_iri: str) -> bytes:
    """Return a pinned context as its file holds it.

    Raises:
        UnknownContextError: There is no such context.
        ContextChangedError: The file is not the pinned one.
    """
    entry = known_contexts().get(context_iri)
    if entry is None:
        raise UnknownContextError(context_iri)
    data = schema_file(f"contexts/{entry['file']}").read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise ContextChangedError(
            f"{entry['file']} has SHA-256 {found}, pinned is {entry['sha256']}; install again"
        )
    return data


@cache
def context_document(context_iri: str) -> dict[str, Any]:
    """Return a pinned context, parsed; shared between callers, who do not change it.

    Raises:
        UnknownContextError: There is no such context.
    """
    document: dict[str, Any] = json.loads(context_bytes(context_iri))
    return document


def load_context(context_iri: str, _options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Answer pyld's request for a context; a document loader that knows pinned ones alone.

    Raises:
        UnknownContextError: There is no such context.
    """
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": context_iri,
        "document": context_document(context_iri),
    }
