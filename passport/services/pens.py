"""What signs a desk's documents: a key that is held here, or one that its owner holds outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from passport.domain.errors import ConflictError
from passport.signing.keys import SigningKey
from passport.signing.proofs import sign_document


class KeyHeldOutsideError(ConflictError):
    """The operator signs with a key of its own, and this has no way to be signed outside."""

    code = "key-held-outside"


class Pen(Protocol):
    """Signs what a desk wrote, or takes what was signed elsewhere if it is exactly that."""

    def statement_id(self, series_iri: str) -> str | None:
        """Return the id of the next statement of a series; ``None`` lets the desk choose."""
        ...

    def place(self, series_iri: str) -> int | None:
        """Return its place on the status list; ``None`` lets the desk choose."""
        ...

    def sign(self, document: Mapping[str, object], *, at: datetime) -> bytes:
        """Return the document with its proof, as the bytes that are stored and served."""
        ...


class KeyPen:
    """Signs with a key that this service holds, under its owner's mandate."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def statement_id(self, series_iri: str) -> str | None:  # noqa: ARG002 - the desk chooses
        """Let the desk choose."""
        return None

    def place(self, series_iri: str) -> int | None:  # noqa: ARG002 - the desk chooses
        """Let the desk choose."""
        return None

    def sign(self, document: Mapping[str, object], *, at: datetime) -> bytes:
        """Sign a document."""
        return sign_document(document, key=self._key, created=at)
