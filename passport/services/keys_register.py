"""Where changes of keys are kept, and what the record knows of what a key signed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson

from passport.domain.key_change import KeyProposal
from passport.domain.organisation import Operator
from passport.domain.passport import StatementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedByKey:
    """One statement on record, with the key that signed it and its place in the log.

    Attributes:
        about: `BatteryId` or `ModelId` it speaks of.
        leaf_index: ``None`` until the sequencer took it.
    """

    statement_id: str
    key_id: str
    kind: StatementKind
    about: str
    series: str
    version: int
    issued_at: datetime
    leaf_index: int | None


def key_id_of(body: bytes) -> str:
    """Return which key signed a statement of ours, as its first proof says."""
    proof = orjson.loads(body)["proof"]
    first = proof[0] if isinstance(proof, list) else proof
    return str(first["verificationMethod"])


class KeyRegister(Protocol):
    """Keys of operators as they change, proposals of changes, and statements by log position."""

    def save_keys(self, operator: Operator) -> None:
        """Store an operator's keys if its key revision is still the one that was read."""
        ...

    def require_unchanged(self, operator: Operator) -> None:
        """Let this unit of work commit only if the operator's keys are still those it read."""
        ...

    def find_proposal(self, proposal_id: str) -> KeyProposal | None:
        """Return a proposal."""
        ...

    def proposals_of(self, operators: Collection[str]) -> Sequence[KeyProposal]:
        """Return the proposals of some operators, newest first."""
        ...

    def add_proposal(self, proposal: KeyProposal) -> None:
        """Keep a new proposal."""
        ...

    def save_proposal(self, proposal: KeyProposal) -> None:
        """Store a decided proposal if nobody decided it meanwhile."""
        ...

    def log_size_at(self, instant: datetime) -> int:
        """Return the size of the newest checkpoint made at or before an instant; 0 without one."""
        ...

    def signed_from(
        self, operator: str, log_size: int, *, after: str = "", limit: int
    ) -> Sequence[SignedByKey]:
        """Return a page of an operator's statements whose place in the log is not below a size.

        Args:
            operator: Short name of the issuer.
            log_size: Smallest index; statements without an index yet count as behind it.
            after: Statement id after which the page begins.
            limit: Most statements of the page.
        """
        ...

    def reserve_places(
        self, status_list: str, statements: Mapping[int, str], *, now: datetime, until: datetime
    ) -> None:
        """Keep places of a status list for statements that are signed outside, by their id.

        A place that somebody else keeps meanwhile makes the unit of work stale.
        """
        ...

    def reserved(self, status_list: str, places: Collection[int], at: datetime) -> dict[int, str]:
        """Return which of some places are kept at an instant, and for which statement."""
        ...

    def release_place(self, status_list: str, place: int) -> None:
        """Let go of a place whose statement has come."""
        ...
