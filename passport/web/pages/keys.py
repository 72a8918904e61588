"""Keys of an operator, for its own people and for administrators."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response

from passport.domain.actor import Role
from passport.domain.errors import ConflictError, InvalidValueError
from passport.domain.key_change import KeyAction, KeyChange, KeyProposal
from passport.domain.organisation import Key, Operator
from passport.services.key_states import state_of
from passport.services.operator_keys import KeyOutcome, takes_key_in
from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.request import see_other
from passport.ui.views.common import Badge, Fact, Link, Tone
from passport.ui.views.keys import KeyCard, KeyChangePage, KeyListPage, KeysPage
from passport.ui.views.work import Decision, FormAction
from passport.web.dependencies import Visit, VisitedSignedIn
from passport.web.pages.scan import sentence
from passport.web.pages.words import instant_text
from passport.web.uploads import FormSent

router = APIRouter(include_in_schema=False)

_SAID = {
    "rotate": "A new key signs from now on.",
    "end": "The key has its end. What it signed before stays good.",
    "compromise": "The key is declared compromised.",
    "proposed": "Proposed. It takes effect when another person confirms it.",
    "confirmed": "Confirmed; the change has taken effect.",
    "withdrawn": "The proposal is withdrawn.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    title: str
    means: tuple[str, ...]
    button: str


_WORDS = {
    KeyAction.ROTATE: _Words(
        title="Sign with a new key",
        means=(
            "A new key is made and signs everything from now on.",
            "The key of now stays published, and what it signed stays good.",
        ),
        button="Make a new key",
    ),
    KeyAction.END: _Words(
        title="End a key",
        means=(
            "It may sign nothing any more from then on.",
            "What it signed before stays good, and it stays published.",
        ),
        button="End this key",
    ),
    KeyAction.COMPROMISE: _Words(
        title="Declare a key compromised",
        means=(
            "You say that somebody else may hold this key. It cannot be taken back.",
            "What it signed stands only where the public log shows it to be older than that.",
            (
                "Everything else it signed is refused by whoever checks, also what you signed "
                "yourselves. What you stand by is signed anew with passport operator key-reissue."
            ),
            "If it is the key that signs, a new one takes its place at once.",
        ),
        button="Declare it compromised",
    ),
}


@router.get("/keys")
def own(visit: VisitedSignedIn) -> Response:
    """Lead to the keys of the caller's organisation; administrators choose one."""
    if not visit.actor.has(Role.ADMINISTRATOR):
        return see_other(f"/keys/{visit.actor.organisation}")
    page = KeyListPage(
        organisations=tuple(
            Link(text=one.name, href=f"/keys/{one.slug}")
            for one in visit.services.all_operators(visit.actor)
        )
    )
    return visit.pages.show("key_list.html", page)


@router.post("/keys/proposals/{proposal_id}/{decision}")
def decide(
    proposal_id: str, decision: Literal["confirm", "withdraw"], visit: VisitedSignedIn
) -> Response:
    """Confirm or withdraw a proposed change of keys."""
    if decision == "confirm":
        outcome = visit.services.confirm_key_change(visit.actor, proposal_id)
        return see_other(f"/keys/{outcome.operator.slug}?said=confirmed")
    withdrawn = visit.services.withdraw_key_change(visit.actor, proposal_id)
    return see_other(f"/keys/{withdrawn.operator}?said=withdrawn")


@router.get("/keys/{slug}")
def keys(slug: str, visit: VisitedSignedIn) -> Response:
    """Show the keys of an operator and what waits for a second person."""
    proposals = visit.services.key_proposals(visit.actor, slug)
    owner = visit.services.read_operator(visit.actor, slug)
    now = visit.services.clock.now()
    rotate = Link(text="Sign with a new key", href=f"/keys/{owner.slug}/rotate")
    page = KeysPage(
        organisation=owner.name,
        keys=tuple(_card(key, owner, now) for key in reversed(owner.keys)),
        proposals=tuple(_proposal(visit, owner, one) for one in proposals),
        rotate=None if owner.signs_outside else rotate,
        needs_two=visit.passport.settings.four_eyes_for_keys,
        said=_SAID.get(visit.request.query_params.get("said", ""), ""),
    )
    return visit.pages.show("keys.html", page)


@router.get("/keys/{slug}/{action}")
def ask(slug: str, action: KeyAction, visit: VisitedSignedIn) -> Response:
    """Ask once more, and say what the change means."""
    visit.services.key_proposals(visit.actor, slug)  # refuses whoever may not change them
    key = visit.request.query_params.get("key", "")
    return _ask(visit, slug, action, key, EMPTY_FORM)


@router.post("/keys/{slug}/{action}")
def change(slug: str, action: KeyAction, visit: VisitedSignedIn, form: FormSent) -> Response:
    """Change the keys, or propose it where a second person has to confirm."""
    key = form.text("key")
    try:
        at = _instant(form.text("at"))
    except ValueError:
        errors = {"at": "Write day and time like 2027-02-18 14:30, or leave it empty"}
        return _ask(visit, slug, action, key, form.shown(errors))
    asked = KeyChange(action=action, key_id=key, at=at, reason=form.text("reason"))
    try:
        outcome: KeyOutcome = visit.services.change_keys(visit.actor, slug, asked)
    except (ConflictError, InvalidValueError) as refusal:
        return _ask(visit, slug, action, key, form.shown(problem=sentence(str(refusal))))
    said = action.value if outcome.proposal is None else "proposed"
    return see_other(f"/keys/{outcome.operator.slug}?said={said}")


def _ask(visit: Visit, slug: str, action: KeyAction, key: str, form: FormState) -> Response:
    owner = visit.services.read_operator(visit.actor, slug)
    words = _WORDS[action]
    page = KeyChangePage(
        title=words.title,
        organisation=owner.name,
        key=key,
        means=words.means,
        action=f"/keys/{owner.slug}/{action.value}",
        back=f"/keys/{owner.slug}",
        button=words.button,
        is_dangerous=action is KeyAction.COMPROMISE,
        asks_instant=action is not KeyAction.ROTATE,
        asks_reason=action is KeyAction.COMPROMISE,
        form=form,
    )
    is_wrong = bool(form.errors or form.problem)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return visit.pages.show("key_change.html", page, status=status)


def _card(key: Key, owner: Operator, now: datetime) -> KeyCard:
    name = key.key_id.partition("#")[2]
    signs = key == owner.current_key
    facts = [Fact(name="Made", values=(instant_text(key.created_at),))]
    if key.revoked_from_log_size is not None:
        facts.append(
            Fact(
                name="Stands",
                values=(f"entries of the log below {key.revoked_from_log_size:,}",),
            )
        )
    actions = []
    if key.revoked_at is None:
        if not signs and key.expires_at is None:
            actions.append(Link(text="End it", href=f"/keys/{owner.slug}/end?key={name}"))
        if not (signs and owner.signs_outside):
            actions.append(
                Link(text="Declare compromised", href=f"/keys/{owner.slug}/compromise?key={name}")
            )
    tone = Tone.DANGER if key.revoked_at else Tone.AUTHENTIC if signs else Tone.NEUTRAL
    return KeyCard(
        title=name,
        badge=Badge(text=sentence(state_of(key, owner, now)).rstrip("."), tone=tone),
        public_key=key.public_key_multibase,
        facts=tuple(facts),
        actions=tuple(actions),
    )


def _proposal(visit: Visit, owner: Operator, proposal: KeyProposal) -> Decision:
    change_ = proposal.change
    facts = [
        Fact(name="Proposed by", values=(proposal.proposed_by,)),
        Fact(name="Lapses", values=(instant_text(proposal.lapses_at),)),
    ]
    if change_.key_id:
        facts.insert(0, Fact(name="Key", values=(change_.key_id.partition("#")[2],)))
    if change_.at is not None:
        facts.append(Fact(name="From", values=(instant_text(change_.at),)))
    # Who confirms answers for whose key signs from then on.
    if change_.public_key:
        facts.append(Fact(name="New key, held outside", values=(change_.public_key,)))
    if change_.cryptosuite:
        facts.append(Fact(name="Suite of the new key", values=(change_.cryptosuite,)))
    if takes_key_in(owner, change_):
        facts.append(Fact(name="New key", values=("held by this service, which signs with it",)))
    way = f"/keys/proposals/{proposal.proposal_id}"
    actions = [FormAction(text="Withdraw", action=f"{way}/withdraw")]
    if proposal.proposed_by != visit.actor.name:
        actions.insert(0, FormAction(text="Confirm", action=f"{way}/confirm"))
    return Decision(
        title=_WORDS[change_.action].title,
        text=change_.reason,
        badge=Badge(text="Waiting", tone=Tone.HELD),
        facts=tuple(facts),
        actions=tuple(actions),
    )


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
