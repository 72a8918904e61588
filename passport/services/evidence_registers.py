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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTimeStamp:
    """One token of an authority over a checkpoint, or over the tokens before it.

    Attributes:
        size: Entries of the checkpoint.
        number: 1 for the token over the checkpoint, 2, 3, ... for its renewals.
        token: TimeStampToken in DER.
        authority: Address that was asked.
        holds_until: When it has to be renewed at the latest.
    """

    size: int
    number: int
    token: bytes
    authority: str
    made_at: datetime
    holds_until: datetime


class TimeStampRegister(Protocol):
    """What authorities stamped of the log, append only."""

    def add(self, stamp: StoredTimeStamp) -> None:
        """Keep a token."""
        ...

    def newest(self) -> StoredTimeStamp | None:
        """Return the first token over the largest checkpoint that was stamped."""
        ...

    def chain(self, size: int) -> Sequence[StoredTimeStamp]:
        """Return the tokens over the checkpoint of a size, oldest first."""
        ...

    def covering(self, size: int) -> int | None:
        """Return the smallest stamped checkpoint with at least so many entries."""
        ...

    def ending_before(self, instant: datetime, *, limit: int) -> Sequence[StoredTimeStamp]:
        """Return the last tokens of chains that end before an instant, soonest first."""
        ...
