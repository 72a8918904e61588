"""The contexts this project signs and verifies with: pinned copies, nothing is ever fetched."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from passport.domain.errors import PassportError
from passport.linked_data.terms import (
    CONTEXT_IRI,
    CONTEXT_VERSION,
    CREDENTIALS_IRI,
    context_iri,
    schema_file,
    table_rows,
)

STATEMENT_CONTEXTS = (CREDENTIALS_IRI, CONTEXT_IRI)
"""What a statement that is signed today names, in this order."""

_VERSIONS: Final = {
    context_iri(row["version"]): row["version"] for row in table_rows("versions.csv")
}


def are_statement_contexts(contexts: object) -> bool:
    """Whether these are what a statement of some version of the vocabulary names."""
    return any(contexts == [CREDENTIALS_IRI, version] for version in _VERSIONS)


def version_of_context(iri: str) -> str | None:
    """Return the version of the vocabulary that a context is of; ``None`` for others."""
    return _VERSIONS.get(iri)


def version_named_in(document: Mapping[str, Any]) -> str:
    """Return the version of the vocabulary that a statement names; today's where it names none."""
    contexts = document.get("@context")
    named = contexts[-1] if isinstance(contexts, list) and contexts else contexts
    return _VERSIONS.get(named, CONTEXT_VERSION) if isinstance(named, str) else CONTEXT_VERSION


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
