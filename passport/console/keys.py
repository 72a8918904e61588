"""Commands about the keys of operators: list, rotate, end, declare compromised, sign anew."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from passport.bootstrap import Passport
from passport.console.common import INSTANTS, AsJson, Data, opened, print_json, say, write_trust
from passport.domain.actor import SYSTEM
from passport.domain.key_change import KeyAction, KeyChange
from passport.services.key_states import state_of
from passport.services.operator_keys import KeyOutcome

key_app = typer.Typer()


Owner = Annotated[str, typer.Argument(metavar="OPERATOR", help="DID or short name.")]
KeyName = Annotated[str, typer.Argument(metavar="KEY", help="Full id, or what follows its #.")]
Instant = Annotated[
    datetime | None, typer.Option("--at", formats=INSTANTS, help="UTC; now without.")
]
Outside = Annotated[
    str, typer.Option("--public-key", help="Multikey of the new key of who signs outside.")
]


class Suite(StrEnum):
    """Cryptosuites that keys are made for."""

    EDDSA_RDFC_2022 = "eddsa-rdfc-2022"
    ECDSA_RDFC_2019 = "ecdsa-rdfc-2019"


@key_app.command("key-list")
def list_keys(operator: Owner, data: Data = None, json: AsJson = False) -> None:
    """List an operator's keys with their state, and changes that wait for a second person."""
    with opened(data) as passport:
        owner = passport.services.read_operator(SYSTEM, operator)
        proposals = passport.services.key_proposals(SYSTEM, owner.slug)
        now = passport.services.clock.now()
    for key in owner.keys:
        state = state_of(key, owner, now)
        if json:
            print_json({"key": key.key_id, "publicKey": key.public_key_multibase, "state": state})
        else:
            typer.echo(f"{key.key_id}  {key.public_key_multibase}  {state}")
    for proposal in proposals:
        change = proposal.change
        what = f"{change.action.value} {change.key_id}".strip()
        say(f"{what} waits for a second person: proposed by {proposal.proposed_by}")


@key_app.command("key-rotate")
def rotate(
    operator: Owner,
    suite: Annotated[Suite | None, typer.Option(help="Suite of the new key.")] = None,
    public_key: Outside = "",
    data: Data = None,
) -> None:
    """Sign with a new key from now on; the old one stays published and good."""
    change = KeyChange(
        action=KeyAction.ROTATE, cryptosuite=suite.value if suite else "", public_key=public_key
    )
    with opened(data) as passport:
        _change(passport, operator, change)


@key_app.command("key-end")
def end(operator: Owner, key: KeyName, at: Instant = None, data: Data = None) -> None:
    """End a key: it signs nothing any more, and what it signed stays good."""
    with opened(data) as passport:
        _change(passport, operator, KeyChange(action=KeyAction.END, key_id=key, at=_utc(at)))


@key_app.command("key-compromise")
def compromise(  # one option for each thing to say about it
    operator: Owner,
    key: KeyName,
    at: Instant = None,
    reason: Annotated[str, typer.Option(help="What happened.")] = "",
    public_key: Outside = "",
    data: Data = None,
) -> None:
    """Declare that somebody else may hold a key from an instant on.

    What it signed stands only where the log shows it to be older. A key that signs is replaced.
    """
    change = KeyChange(
        action=KeyAction.COMPROMISE, key_id=key, at=_utc(at), reason=reason, public_key=public_key
    )
    with opened(data) as passport:
        outcome = _change(passport, operator, change)
        if outcome.proposal is not None:
            return
        use = passport.services.use_of_key(SYSTEM, operator, key)
    if use.count and use.first_at is not None and use.last_at is not None:
        say(
            f"{use.count} statements of {use.key_id} are refused from now on, signed from "
            f"{use.first_at.isoformat()} to {use.last_at.isoformat()}; sign anew what you stand "
            f"by: passport operator key-reissue {operator} {key}"
        )
    else:
        say("everything on record that it signed is in the log since before that; nothing is lost")


@key_app.command("key-reissue")
def reissue(
    operator: Owner,
    key: KeyName,
    without: Annotated[
        list[str] | None,
        typer.Option("--except", help="Statement id not stood by; again for more."),
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Sign anew, with the new key, what a compromised key signed and the operator stands by.

    Interrupted, the same command goes on where it stopped.
    """
    done = 0
    with opened(data) as passport:
        for step in passport.services.reissue(SYSTEM, operator, key, frozenset(without or ())):
            done = step.done
            if json:
                print_json({"about": step.about, "done": step.done, "total": step.total})
            else:
                say(f"{step.done} of {step.total}: {step.about}")
    say(f"{done} statements are stood by with the new key")


@key_app.command("key-withdraw")
def withdraw(
    proposal: Annotated[str, typer.Argument(help="Id of the proposal.")], data: Data = None
) -> None:
    """Take a proposed change of keys back."""
    with opened(data) as passport:
        passport.services.withdraw_key_change(SYSTEM, proposal)
    say(f"{proposal} is withdrawn")


def _change(passport: Passport, operator: str, change: KeyChange) -> KeyOutcome:
    outcome = passport.services.change_keys(SYSTEM, operator, change)
    if outcome.proposal is not None:
        say(
            f"proposed as {outcome.proposal.proposal_id}: another person confirms it on the page "
            f"/keys/{outcome.operator.slug} until {outcome.proposal.lapses_at.isoformat()}"
        )
    else:
        write_trust(passport)
        typer.echo(outcome.operator.current_key.key_id)
    return outcome


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=instant.tzinfo or UTC)
