"""Keys of operators: a new one, the end of one, and one that somebody else may hold.

A key that signed stays published for as long as batteries live. With four eyes each change is
proposed by one person and takes effect when another one confirms it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from passport.domain.access import ORGANISATION_SCOPE, require_reach
from passport.domain.actor import Actor, Role
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidValueError,
    NotFoundError,
)
from passport.domain.key_change import KeyAction, KeyChange, KeyProposal, ProposalState
from passport.domain.organisation import Key, Operator
from passport.services.desk import desk_of, new_id
from passport.services.did_history import publish_did_document
from passport.services.keys_register import SignedByKey
from passport.services.new_keys import outside_key
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.signing.errors import KeyMalformedError
from passport.signing.keys import ECDSA_RDFC_2019, EDDSA_RDFC_2022, KeyKind, parse_multikey

_PAGE = 500
_MARKET_ROLES = frozenset({Role.OPERATOR, Role.SECOND_LIFE})


class KeyNotOfOperatorError(NotFoundError):
    """The operator never had a key of this id."""

    code = "key-not-of-operator"


class KeyStateError(ConflictError):
    """The key is not in the state that this change needs."""

    code = "key-state"


class KeyProposalUnknownError(NotFoundError):
    """There is no such proposal of a change of keys."""

    code = "key-proposal-unknown"


class KeyProposalStateError(ConflictError):
    """The proposal was decided, or has lapsed."""

    code = "key-proposal-state"


class KeyFourEyesError(AccessDeniedError):
    """Another person than the one who proposed it confirms a change of keys."""

    code = "key-four-eyes"


class KeyConsentError(AccessDeniedError):
    """Only the operator itself lets this service sign in its name again."""

    code = "key-consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOutcome:
    """What became of a change of keys: done, or waiting for a second person.

    Attributes:
        operator: The operator with its keys as they are now.
        proposal: Where a second person has to confirm it.
    """

    operator: Operator
    proposal: KeyProposal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """What a compromised key signed that the log does not show to be older.

    Attributes:
        first_at: When the first of it was signed; ``None`` where there is none.
        last_at: When the last of it was signed.
    """

    key_id: str
    count: int
    first_at: datetime | None
    last_at: datetime | None


def change_keys(actor: Actor, operator: str, change: KeyChange, *, work: Work) -> KeyOutcome:
    """Change an operator's keys, or propose it where a second person has to confirm.

    Raises:
        AccessDeniedError: The actor neither administers this service nor acts for the operator.
        OperatorUnknownError: There is no such operator.
        KeyNotOfOperatorError: It never had the key.
        KeyStateError: The key has ended, was compromised, or is the one that signs.
        KeyFourEyesError: A second person has to confirm, and an API key asks.
        KeyConsentError: It signs outside, and somebody else asks to have its new key held here.
        KeyMalformedError: The public key given is none that is checked here.
        InvalidValueError: An instant lies ahead where it must not, or behind the key's making.
    """
    owner = read_operator(operator, work=work)
    require_keeper(actor, owner)
    if change.key_id:
        change = replace(change, key_id=_key_of(owner, change.key_id).key_id)
    _check(owner, change, work=work)
    if is_taken_in := takes_key_in(owner, change):
        _require_consent(actor, owner)
    if not (work.needs_four_eyes_for_keys or (is_taken_in and not actor.has(Role.SYSTEM))):
        return KeyOutcome(operator=_apply(actor, owner, change, work=work))
    if actor.is_machine:
        raise KeyFourEyesError("a person who is signed in proposes this, no API key")
    waiting = [
        one
        for one in work.key_changes.proposals_of({owner.slug})
        if one.is_open_at(work.clock.now())
        and (one.change.action, one.change.key_id) == (change.action, change.key_id)
    ]
    if waiting:
        raise KeyProposalStateError(
            f"{waiting[0].proposed_by} proposed the same already; confirm or withdraw "
            f"{waiting[0].proposal_id}"
        )
    # What is proposed at once is compromised from the proposal on, whenever it is confirmed.
    at = change.at
    if change.action is KeyAction.COMPROMISE and at is None:
        at = work.clock.now()
    proposal = KeyProposal(
        proposal_id=new_id(),
        operator=owner.slug,
        change=replace(change, at=at),
        proposed_by=actor.name,
        proposed_at=work.clock.now(),
    )
    work.key_changes.add_proposal(proposal)
    work.events.commit_to(
        "key-change-proposed", owner.slug, _facts(proposal.change, actor), proposal.proposed_at
    )
    return KeyOutcome(operator=owner, proposal=proposal)


def confirm_change(actor: Actor, proposal_id: str, *, work: Work) -> KeyOutcome:
    """Let a proposed change of keys take effect.

    Raises:
        KeyProposalUnknownError: There is none that the actor may know of.
        KeyFourEyesError: The actor proposed it, or is no person who is signed in.
        KeyProposalStateError: It was decided, or has lapsed.
        KeyStateError: The key changed since it was proposed, or the operator signs outside since.
    """
    proposal = _read_proposal(actor, proposal_id, work=work)
    if actor.is_machine or actor.has(Role.SYSTEM):
        raise KeyFourEyesError("a person who is signed in confirms; no API key and no console")
    if actor.name == proposal.proposed_by:
        raise KeyFourEyesError(
            f"{actor.name} proposed it; another person of {proposal.operator} or an administrator "
            "confirms it"
        )
    decided = _decided(proposal, ProposalState.CONFIRMED, actor, work=work)
    owner = read_operator(proposal.operator, work=work)
    _check(owner, proposal.change, work=work)
    # Whoever proposed it while the key was held here was not asked for the owner's consent.
    if takes_key_in(owner, proposal.change) and proposal.proposed_at < owner.current_key.created_at:
        raise KeyStateError(
            f"{owner.slug} signs outside with {owner.current_key.key_id} since it was proposed; "
            "withdraw it, and propose it again"
        )
    work.key_changes.save_proposal(decided)
    changed = _apply(actor, owner, proposal.change, work=work, proposed_by=proposal.proposed_by)
    return KeyOutcome(operator=changed)


def withdraw_change(actor: Actor, proposal_id: str, *, work: Work) -> KeyProposal:
    """Take a proposed change of keys back; whoever could have proposed it may.

    Raises:
        KeyProposalUnknownError: There is none that the actor may know of.
        KeyProposalStateError: It was decided, or has lapsed.
    """
    proposal = _read_proposal(actor, proposal_id, work=work)
    decided = _decided(proposal, ProposalState.WITHDRAWN, actor, work=work)
    work.key_changes.save_proposal(decided)
    work.events.commit_to(
        "key-change-withdrawn",
        proposal.operator,
        _facts(proposal.change, actor),
        work.clock.now(),
    )
    return decided


def list_proposals(actor: Actor, operator: str, *, work: Work) -> Sequence[KeyProposal]:
    """Return the open proposals about an operator's keys, newest first.

    Raises:
        AccessDeniedError: The actor neither administers this service nor acts for the operator.
    """
    owner = read_operator(operator, work=work)
    require_keeper(actor, owner)
    now = work.clock.now()
    return [one for one in work.key_changes.proposals_of({owner.slug}) if one.is_open_at(now)]


def use_of_key(actor: Actor, operator: str, key_id: str, *, work: Work) -> KeyUse:
    """Return what a compromised key signed from the compromise on, by the log.

    Raises:
        AccessDeniedError: The actor neither administers this service nor acts for the operator.
        KeyNotOfOperatorError: The operator never had the key.
        KeyStateError: It was not declared compromised.
    """
    owner = read_operator(operator, work=work)
    require_keeper(actor, owner)
    refused = list(refused_statements(owner, key_id, work=work))
    instants = sorted(one.issued_at for one in refused)
    return KeyUse(
        key_id=_key_of(owner, key_id).key_id,
        count=len(refused),
        first_at=instants[0] if instants else None,
        last_at=instants[-1] if instants else None,
    )


def refused_statements(owner: Operator, key_id: str, *, work: Work) -> Iterator[SignedByKey]:
    """Yield the statements on record that verifiers refuse since a key was compromised.

    Raises:
        KeyNotOfOperatorError: The operator never had the key.
        KeyStateError: It was not declared compromised.
    """
    key = _key_of(owner, key_id)
    if key.revoked_from_log_size is None:
        raise KeyStateError(f"{key_id} was not declared compromised")
    after = ""
    while True:
        page = work.key_changes.signed_from(
            owner.slug, key.revoked_from_log_size, after=after, limit=_PAGE
        )
        yield from (one for one in page if one.key_id == key.key_id)
        if len(page) < _PAGE:
            return
        after = page[-1].statement_id


def require_keeper(actor: Actor, owner: Operator) -> None:
    """Refuse whoever neither acts for an operator nor administers this service.

    Raises:
        AccessDeniedError: The actor does neither, or the login does not reach so far.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    if actor.roles & {Role.ADMINISTRATOR, Role.SYSTEM} or _is_its_own(actor, owner):
        return
    raise AccessDeniedError(
        f"keys of {owner.slug} are changed by its own people who act as "
        f"{' or '.join(sorted(_roles_that_keep(owner)))}, and by administrators"
    )


def takes_key_in(owner: Operator, change: KeyChange) -> bool:
    """Whether an operator that signs outside would sign with a key held here after a change."""
    makes_a_key = change.action is KeyAction.ROTATE or (
        change.action is KeyAction.COMPROMISE and _key_of(owner, change.key_id) == owner.current_key
    )
    return owner.signs_outside and makes_a_key and not change.public_key


def _require_consent(actor: Actor, owner: Operator) -> None:
    """Refuse whoever is neither the operator itself nor at the console.

    Who runs this service must not make it sign for an operator that gave it no key.
    """
    if actor.has(Role.SYSTEM):
        return
    if actor.has(Role.ADMINISTRATOR) or not _is_its_own(actor, owner):
        raise KeyConsentError(
            f"{owner.slug} signs with a key of its own; that this service holds the next one is "
            f"asked for by its own people who act as "
            f"{' or '.join(sorted(_roles_that_keep(owner)))}, never by an administrator"
        )


def _is_its_own(actor: Actor, owner: Operator) -> bool:
    return actor.organisation == owner.slug and bool(actor.roles & _roles_that_keep(owner))


def _roles_that_keep(owner: Operator) -> frozenset[Role]:
    # A login of the yard alone must not end what the same company states of its products.
    return owner.roles & _MARKET_ROLES or owner.roles


def _check(owner: Operator, change: KeyChange, *, work: Work) -> None:
    """Refuse a change that the keys, as they are now, do not allow."""
    if change.public_key:
        _require_new_key(owner, change.public_key)
    match change.action:
        case KeyAction.ROTATE:
            _require_successor(owner, change)
        case KeyAction.END:
            _check_end(owner, change)
        case KeyAction.COMPROMISE:
            _check_compromise(owner, change, work=work)


def _check_end(owner: Operator, change: KeyChange) -> None:
    key = _key_of(owner, change.key_id)
    if key == owner.current_key:
        raise KeyStateError(f"{key.key_id} signs for {owner.slug}; rotate to a new one first")
    if key.revoked_at is not None:
        raise KeyStateError(f"{key.key_id} was declared compromised; that stays")
    if key.expires_at is not None:
        raise KeyStateError(f"{key.key_id} has its end at {key.expires_at.isoformat()} already")
    if change.at is not None and change.at < key.created_at:
        raise InvalidValueError(
            f"{key.key_id} was made at {key.created_at.isoformat()}, not before"
        )


def _check_compromise(owner: Operator, change: KeyChange, *, work: Work) -> None:
    key = _key_of(owner, change.key_id)
    if key.revoked_at is not None:
        raise KeyStateError(
            f"{key.key_id} was declared compromised from {key.revoked_at.isoformat()} on"
        )
    if change.at is not None and change.at > work.clock.now():
        raise InvalidValueError(
            f"{change.at.isoformat()} lies ahead; a key is compromised from an instant that has "
            "passed"
        )
    if key == owner.current_key:
        _require_successor(owner, change)


def _require_successor(owner: Operator, change: KeyChange) -> None:
    if owner.signs_outside and not (change.public_key or change.cryptosuite):
        raise InvalidValueError(
            f"{owner.slug} signs with a key of its own: give the Multikey of its new one, or the "
            "suite of a key that is made and held here from now on"
        )


def _require_new_key(owner: Operator, public_key: str) -> None:
    parse_multikey(public_key)
    if any(key.public_key_multibase == public_key for key in owner.keys):
        raise KeyMalformedError(f"{public_key} is a key of {owner.slug} already; make a new one")


def _apply(
    actor: Actor, owner: Operator, change: KeyChange, *, work: Work, proposed_by: str = ""
) -> Operator:
    changed = _CHANGES[change.action](owner, change, work)
    work.key_changes.save_keys(changed)
    saved = replace(changed, key_revision=changed.key_revision + 1)
    publish_did_document(saved, work=work)
    work.events.commit_to(
        f"key-{change.action.value}",
        owner.slug,
        _facts(change, actor)
        | {"newest": saved.current_key.key_id}
        | _consent(owner, change, actor, proposed_by),
        work.clock.now(),
    )
    if change.action is KeyAction.COMPROMISE and not saved.signs_outside:
        # A list is no entry of the log: nothing shows that it is older than the compromise.
        work.desks.pop(saved.slug, None)
        desk_of(saved, work=work).lists.sign_anew()
    return saved


def _rotated(owner: Operator, change: KeyChange, work: Work) -> Operator:
    return replace(owner, keys=(*owner.keys, _new_key(owner, change, work)))


def _ended(owner: Operator, change: KeyChange, work: Work) -> Operator:
    at = change.at or work.clock.now()
    return _with(owner, replace(_key_of(owner, change.key_id), expires_at=at))


def _compromised(owner: Operator, change: KeyChange, work: Work) -> Operator:
    at = change.at or work.clock.now()
    key = _key_of(owner, change.key_id)
    changed = _with(
        owner,
        replace(key, revoked_at=at, revoked_from_log_size=work.key_changes.log_size_at(at)),
    )
    return _rotated(changed, change, work) if key == owner.current_key else changed


_CHANGES: dict[KeyAction, Callable[[Operator, KeyChange, Work], Operator]] = {
    KeyAction.ROTATE: _rotated,
    KeyAction.END: _ended,
    KeyAction.COMPROMISE: _compromised,
}


def _new_key(owner: Operator, change: KeyChange, work: Work) -> Key:
    now = work.clock.now()
    if change.public_key:
        return outside_key(owner.did, len(owner.keys) + 1, change.public_key, at=now)
    kind = (
        None if change.cryptosuite else parse_multikey(owner.current_key.public_key_multibase).kind
    )
    key_id = work.keys.create(owner.did, change.cryptosuite or _suite_of(kind), kind)
    return Key(
        key_id=key_id,
        public_key_multibase=work.keys.public_key_multibase(key_id),
        created_at=now,
    )


def _suite_of(kind: KeyKind | None) -> str:
    return EDDSA_RDFC_2022 if kind in {None, KeyKind.ED25519} else ECDSA_RDFC_2019


def _with(owner: Operator, changed: Key) -> Operator:
    keys = tuple(changed if key.key_id == changed.key_id else key for key in owner.keys)
    return replace(owner, keys=keys)


def _key_of(owner: Operator, key_id: str) -> Key:
    """Return a key by its full id, or by what stands behind the ``#`` of it."""
    for key in owner.keys:
        if key_id in {key.key_id, key.key_id.partition("#")[2]}:
            return key
    raise KeyNotOfOperatorError(f"{owner.slug} never had a key {key_id!r}")


def _read_proposal(actor: Actor, proposal_id: str, *, work: Work) -> KeyProposal:
    proposal = work.key_changes.find_proposal(proposal_id)
    if proposal is None:
        raise KeyProposalUnknownError(f"there is no proposal {proposal_id}")
    try:
        require_keeper(actor, read_operator(proposal.operator, work=work))
    except AccessDeniedError as refusal:
        raise KeyProposalUnknownError(f"there is no proposal {proposal_id}") from refusal
    return proposal


def _decided(
    proposal: KeyProposal, state: ProposalState, actor: Actor, *, work: Work
) -> KeyProposal:
    now = work.clock.now()
    if proposal.state is not ProposalState.OPEN:
        raise KeyProposalStateError(
            f"{proposal.decided_by} has {proposal.state.value} it at {proposal.decided_at}"
        )
    if not proposal.is_open_at(now):
        raise KeyProposalStateError(
            f"it lapsed at {proposal.lapses_at.isoformat()}; propose it again"
        )
    return replace(proposal, state=state, decided_by=actor.name, decided_at=now)


def _consent(
    owner: Operator, change: KeyChange, actor: Actor, proposed_by: str
) -> dict[str, object]:
    """Say who let this service sign for an operator that signed outside."""
    if not takes_key_in(owner, change):
        return {}
    if actor.has(Role.SYSTEM):
        return {"heldHereBy": f"the console, without a login of {owner.slug}"}
    return {"heldHereBy": f"{proposed_by}, confirmed by {actor.name}"}


def _facts(change: KeyChange, actor: Actor) -> dict[str, object]:
    return {
        "action": change.action.value,
        "key": change.key_id,
        "at": "" if change.at is None else change.at.isoformat(),
        "reason": change.reason,
        "by": actor.name,
    }
