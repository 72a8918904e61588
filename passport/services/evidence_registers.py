"""What proofs to others are made from: registers of DID documents as they were published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passport.domain.identifiers import OperatorSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDidDocument:
    """One version of an operator's DID document.

    Attributes:
        version: 1, 2, ... for each operator.
        body: Exactly the bytes that were served.
        digest: SHA-256 of ``body`` (32 bytes), its entry in the log.
        leaf_index: Place in the log; ``None`` until the sequencer took it.
    """

    operator: OperatorSlug
    did: str
    version: int
    body: bytes
    digest: bytes
    published_at: datetime
    leaf_index: int | None = None


class DidDocumentRegister(Protocol):
    """Every version of every operator's DID document, append only."""

    def add(self, document: PublishedDidDocument) -> None:
        """Store a version together with its leaf."""
        ...

    def newest(self, slug: str) -> PublishedDidDocument | None:
        """Return what an operator publishes now."""
        ...

    def history(self, slug: str) -> Sequence[PublishedDidDocument]:
        """Return every version that is in the log, oldest first."""
        ...

    def unpublished(self) -> Sequence[str]:
        """Return the operators of which no version is kept."""
        ...
