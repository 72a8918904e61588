"""What can happen to a key, and the proposals of it that wait for a second person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PROPOSALS_HOLD_FOR = timedelta(days=7)
"""After that a proposal has lapsed; who still wants it proposes it again."""


class KeyAction(StrEnum):
    """One of the three things that happen to a key after it was made."""

    ROTATE = "rotate"
    """A new key signs from now on; the old one stays good."""
    END = "end"
    """A key signs nothing any more; what it signed before stays good."""
    COMPROMISE = "compromise"
    """Somebody else may hold a key from an instant on."""


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One change of an operator's keys.

    Attributes:
        key_id: The key that ends or was compromised; empty for a rotation.
        at: Instant from which it ends or is compromised; ``None`` means at once.
        reason: What happened, in words; kept with the event.
        cryptosuite: Suite of the new key; empty takes the current key's.
        public_key: Multikey of the new key where its owner holds it outside; empty makes it here.
    """

    action: KeyAction
    key_id: str = ""
    at: datetime | None = None
    reason: str = ""
    cryptosuite: str = ""
    public_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProposal:
    """A change of keys that one person asked for and another one has to confirm.

    Attributes:
        operator: Short name of the organisation whose keys change.
        decided_by: Who confirmed or withdrew it; empty while it is open.
    """

    proposal_id: str
    operator: str
    change: KeyChange
    proposed_by: str
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    revision: int = 0

    @property
    def lapses_at(self) -> datetime:
        """Instant from which nobody can confirm it any more."""
        return self.proposed_at + PROPOSALS_HOLD_FOR

    def is_open_at(self, instant: datetime) -> bool:
        """Whether it waits for a second person at an instant."""
        return self.state is ProposalState.OPEN and instant < self.lapses_at
