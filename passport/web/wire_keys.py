"""Bodies about the keys of operators, and about what is signed with keys held outside."""

from datetime import datetime

from passport.bootstrap.outside_services import Accepted
from passport.domain.key_change import KeyAction, KeyChange, KeyProposal
from passport.domain.organisation import Operator
from passport.services.issue import Registration
from passport.services.key_states import state_of
from passport.services.operator_keys import KeyOutcome, KeyUse
from passport.web.wire import Body, Instant


class RotationBody(Body):
    """A rotation: the suite of the new key, or its public half where it is held outside."""

    cryptosuite: str = ""
    public_key: str = ""

    def to_change(self) -> KeyChange:
        """Return the change as the use case takes it."""
        return KeyChange(
            action=KeyAction.ROTATE, cryptosuite=self.cryptosuite, public_key=self.public_key
        )


class KeyEndBody(Body):
    """The end of a key; at once where no instant is given."""

    at: Instant | None = None


class CompromiseBody(Body):
    """Since when somebody else may hold a key; from now on where no instant is given."""

    at: Instant | None = None
    reason: str = ""
    cryptosuite: str = ""
    public_key: str = ""


class KeyStateBody(Body):
    """One key of an operator."""

    id: str
    public_key_multibase: str
    state: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_from_log_size: int | None
    is_held_here: bool

    @classmethod
    def all_of(cls, operator: Operator, at: datetime) -> "list[KeyStateBody]":
        """Write the keys of an operator as they are at an instant."""
        return [
            cls(
                id=key.key_id,
                public_key_multibase=key.public_key_multibase,
                state=state_of(key, operator, at),
                created_at=key.created_at,
                expires_at=key.expires_at,
                revoked_at=key.revoked_at,
                revoked_from_log_size=key.revoked_from_log_size,
                is_held_here=key.is_held_here,
            )
            for key in operator.keys
        ]


class KeyProposalBody(Body):
    """A change of keys that waits for a second person, with all that would change."""

    id: str
    operator: str
    action: KeyAction
    key: str
    at: datetime | None
    reason: str
    cryptosuite: str
    public_key: str
    proposed_by: str
    proposed_at: datetime
    lapses_at: datetime

    @classmethod
    def of(cls, proposal: KeyProposal) -> "KeyProposalBody":
        """Write a proposal."""
        return cls(
            id=proposal.proposal_id,
            operator=proposal.operator,
            action=proposal.change.action,
            key=proposal.change.key_id,
            at=proposal.change.at,
            reason=proposal.change.reason,
            cryptosuite=proposal.change.cryptosuite,
            public_key=proposal.change.public_key,
            proposed_by=proposal.proposed_by,
            proposed_at=proposal.proposed_at,
            lapses_at=proposal.lapses_at,
        )


class KeysBody(Body):
    """The keys of an operator, and the proposal where a second person has to confirm."""

    keys: list[KeyStateBody]
    proposal: KeyProposalBody | None = None

    @classmethod
    def of(cls, outcome: KeyOutcome, at: datetime) -> "KeysBody":
        """Write what became of a change."""
        return cls(
            keys=KeyStateBody.all_of(outcome.operator, at),
            proposal=None if outcome.proposal is None else KeyProposalBody.of(outcome.proposal),
        )


class KeyUseBody(Body):
    """What a compromised key signed that the log does not show to be older."""

    key: str
    count: int
    first_at: datetime | None
    last_at: datetime | None

    @classmethod
    def of(cls, use: KeyUse) -> "KeyUseBody":
        """Write it."""
        return cls(key=use.key_id, count=use.count, first_at=use.first_at, last_at=use.last_at)


class AcceptedBody(Body):
    """What became of one entry of a file that was signed outside."""

    entry: int
    battery: str | None = None
    model: str | None = None
    passport: str | None = None
    is_new: bool | None = None
    problem: str | None = None
    code: str | None = None

    @classmethod
    def of(cls, accepted: Accepted) -> "AcceptedBody":
        """Write it."""
        match accepted.registered:
            case None:
                refusal = accepted.refusal
                return cls(
                    entry=accepted.number,
                    problem=str(refusal),
                    code=None if refusal is None else refusal.code,
                )
            case Registration() as registration:
                return cls(
                    entry=accepted.number,
                    battery=registration.battery_id,
                    passport=registration.iri,
                    is_new=registration.is_new,
                )
            case model:
                return cls(entry=accepted.number, model=model.model_id)


class SignedFileBody(Body):
    """What became of a file that was signed outside."""

    registered: int
    refused: int
    entries: list[AcceptedBody]
