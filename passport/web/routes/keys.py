"""Keys of operators over the API; statements that operators signed outside come in here."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from passport.domain.actor import SYSTEM
from passport.domain.key_change import KeyAction, KeyChange
from passport.services.operator_keys import KeyOutcome
from passport.signing.prepared import read_entries, read_head
from passport.ui.request import SignedIn
from passport.web.dependencies import ExactRoute, Services
from passport.web.uploads import UploadedFile
from passport.web.wire_keys import (
    AcceptedBody,
    CompromiseBody,
    KeyEndBody,
    KeyProposalBody,
    KeysBody,
    KeyStateBody,
    KeyUseBody,
    RotationBody,
    SignedFileBody,
)

router = APIRouter(prefix="/api/v1", tags=["Keys"], route_class=ExactRoute)


@router.get("/operators/{slug}/keys")
def list_keys(slug: str, services: Services) -> KeysBody:
    """Return an operator's keys with their state; they are public."""
    operator = services.read_operator(SYSTEM, slug)
    return KeysBody(keys=KeyStateBody.all_of(operator, services.clock.now()))


@router.post("/operators/{slug}/keys", status_code=HTTPStatus.CREATED)
def rotate(
    slug: str, body: RotationBody, actor: SignedIn, services: Services, response: Response
) -> KeysBody:
    """Sign with a new key from now on; 202 where a second person has to confirm."""
    outcome = services.change_keys(actor, slug, body.to_change())
    return _told(outcome, services, response)


@router.post("/operators/{slug}/keys/{key}/end")
def end(  # noqa: PLR0913, PLR0917 - what stands in the address comes first
    slug: str, key: str, body: KeyEndBody, actor: SignedIn, services: Services, response: Response
) -> KeysBody:
    """End a key; what it signed stays good. 202 where a second person has to confirm."""
    change = KeyChange(action=KeyAction.END, key_id=key, at=body.at)
    return _told(services.change_keys(actor, slug, change), services, response)


@router.post("/operators/{slug}/keys/{key}/compromise")
def compromise(  # noqa: PLR0913, PLR0917 - what stands in the address comes first
    slug: str,
    key: str,
    body: CompromiseBody,
    actor: SignedIn,
    services: Services,
    response: Response,
) -> KeysBody:
    """Declare a key compromised; what is not in the log since before that is refused from now on.

    202 where a second person has to confirm.
    """
    change = KeyChange(
        action=KeyAction.COMPROMISE,
        key_id=key,
        at=body.at,
        reason=body.reason,
        cryptosuite=body.cryptosuite,
        public_key=body.public_key,
    )
    return _told(services.change_keys(actor, slug, change), services, response)


@router.get("/operators/{slug}/keys/{key}/refused")
def use_of_key(slug: str, key: str, actor: SignedIn, services: Services) -> KeyUseBody:
    """Return how much a compromised key signed that is refused now."""
    return KeyUseBody.of(services.use_of_key(actor, slug, key))


@router.get("/operators/{slug}/key-proposals")
def list_proposals(slug: str, actor: SignedIn, services: Services) -> list[KeyProposalBody]:
    """Return the changes of keys that wait for a second person."""
    return [KeyProposalBody.of(one) for one in services.key_proposals(actor, slug)]


@router.post("/key-proposals/{proposal_id}/confirm")
def confirm(proposal_id: str, actor: SignedIn, services: Services, response: Response) -> KeysBody:
    """Let a proposed change take effect, as another person than the one who proposed it."""
    return _told(services.confirm_key_change(actor, proposal_id), services, response)


@router.post("/key-proposals/{proposal_id}/withdraw")
def withdraw(proposal_id: str, actor: SignedIn, services: Services) -> KeyProposalBody:
    """Take a proposed change back."""
    return KeyProposalBody.of(services.withdraw_key_change(actor, proposal_id))


@router.post("/batteries/signed")
def accept_signed(upload: UploadedFile, actor: SignedIn, services: Services) -> SignedFileBody:
    """Put on record what an operator signed outside with a key of its own (docs/keys.md).

    Each model and battery stands by itself; the same file again changes nothing.
    """
    head = read_head(upload.content)
    entries = [
        AcceptedBody.of(one)
        for one in services.accept_signed(actor, head, read_entries(upload.content))
    ]
    refused = sum(one.problem is not None for one in entries)
    return SignedFileBody(registered=len(entries) - refused, refused=refused, entries=entries)


def _told(outcome: KeyOutcome, services: Services, response: Response) -> KeysBody:
    if outcome.proposal is not None:
        response.status_code = HTTPStatus.ACCEPTED
    return KeysBody.of(outcome, services.clock.now())
