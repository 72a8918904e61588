"""What becomes of a signed statement: withdrawn for good, suspended and lifted, corrected."""

from collections.abc import Sequence
from dataclasses import dataclass

from passport.domain.access import BATTERY_SCOPE, require_operator, require_reach
from passport.domain.actor import Actor
from passport.domain.battery import Battery
from passport.domain.errors import ConflictError, InvalidValueError
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Notice
from passport.services.current import newest_by_series, read_living
from passport.services.desk import desk_of, new_id
from passport.services.operators import read_operator
from passport.services.ports import SignedStatement, Work
from passport.services.status_lists import (
    REFRESH_JOB,
    list_id_of,
    purposes_of,
)
from passport.signing.status_list import REFRESH, REVOCATION, SUSPENSION


class SuspensionRefusedError(ConflictError):
    """A passport cannot be suspended, or its suspension not lifted, as it is now."""

    code = "suspension-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """What a suspension, or its end, changed.

    Attributes:
        statements: IRIs of the statements concerned.
    """

    battery_id: BatteryId
    is_suspended: bool
    statements: Sequence[str]


def withdraw(statements: Sequence[SignedStatement], *, work: Work) -> None:
    """Withdraw statements for good; each issuer's own lists are signed anew."""
    _mark(statements, REVOCATION, is_marked=True, work=work)


def correct(statements: Sequence[SignedStatement], *, work: Work) -> None:
    """Say of statements that newer ones correct them.

    A statement from before there were lists of corrections is withdrawn instead.
    """
    listed = [one for one in statements if REFRESH in purposes_of(one)]
    _mark(listed, REFRESH, is_marked=True, work=work)
    withdraw([one for one in statements if one not in listed], work=work)


def suspend_passport(actor: Actor, battery_id: BatteryId, reason: str, *, work: Work) -> Suspension:
    """Suspend what the responsible operator states of a battery, until it lifts that again.

    What is signed while the passport is suspended is not suspended with it.

    Raises:
        AccessDeniedError: The actor does not answer for the battery.
        InvalidValueError: No reason is given.
        PassportCeasedError: The battery has been recycled.
        SuspensionRefusedError: It is suspended already, or was signed before suspending was
            possible.
    """
    battery = _read_own(actor, battery_id, work=work)
    if not reason.strip():
        raise InvalidValueError("say why the passport is suspended")
    statements = _suspendable(battery, work=work)
    if not statements:
        raise SuspensionRefusedError(
            f"the statements about {battery_id} have no place on a list of suspensions; correct "
            "the battery, which signs them anew, and suspend it then"
        )
    if all(_is_suspended(one, work=work) for one in statements):
        raise SuspensionRefusedError(f"the passport of {battery_id} is suspended already")
    _mark(statements, SUSPENSION, is_marked=True, work=work)
    return _told(battery, statements, reason.strip(), is_suspended=True, work=work)


def lift_suspension(actor: Actor, battery_id: BatteryId, reason: str, *, work: Work) -> Suspension:
    """Let the statements of a suspended passport count again.

    Raises:
        AccessDeniedError: The actor does not answer for the battery.
        InvalidValueError: No reason is given.
        PassportCeasedError: The battery has been recycled.
        SuspensionRefusedError: It is not suspended.
    """
    battery = _read_own(actor, battery_id, work=work)
    if not reason.strip():
        raise InvalidValueError("say why the suspension is lifted")
    suspended = [one for one in _suspendable(battery, work=work) if _is_suspended(one, work=work)]
    if not suspended:
        raise SuspensionRefusedError(f"the passport of {battery_id} is not suspended")
    _mark(suspended, SUSPENSION, is_marked=False, work=work)
    return _told(battery, suspended, reason.strip(), is_suspended=False, work=work)


def begin_refreshing(*, work: Work) -> int:
    """Have every list signed anew whose time has come and for which no job may wait.

    Run when a service starts; lists from before they had an end get one so.

    Returns:
        How many lists that are.
    """
    now = work.clock.now()
    due = work.status_lists.ending_before(now + work.status_lists_are_refreshed_before)
    for list_id in due:
        work.jobs.enqueue(
            REFRESH_JOB, {"list": list_id}, run_at=now, dedupe_key=f"{REFRESH_JOB}:{list_id}"
        )
    return len(due)


def refresh_status_list(list_id: str, *, work: Work) -> bool:
    """Sign a list anew before it ends; a list that was signed meanwhile waits for its next time.

    Returns:
        Whether it was signed. A list whose key is held elsewhere is not.
    """
    found = work.status_lists.find(list_id)
    if found is None:
        return False
    operator = read_operator(found.operator, work=work)
    if not operator.current_key.is_held_here:
        return False
    return desk_of(operator, work=work).lists.refresh(list_id)


def _read_own(actor: Actor, battery_id: BatteryId, *, work: Work) -> Battery:
    require_reach(actor, BATTERY_SCOPE)
    battery = read_living(battery_id, work=work)
    require_operator(actor, work.standing(battery), work.clock.now())
    return battery


def _suspendable(battery: Battery, *, work: Work) -> Sequence[SignedStatement]:
    return [
        statement
        for statement in newest_by_series(battery.battery_id, work=work).values()
        if statement.issuer == battery.responsible and SUSPENSION in purposes_of(statement)
    ]


def _is_suspended(statement: SignedStatement, *, work: Work) -> bool:
    found = work.status_lists.find(list_id_of(statement.status_list, SUSPENSION))
    return found is not None and statement.status_index in found.marked


def _mark(
    statements: Sequence[SignedStatement], purpose: str, *, is_marked: bool, work: Work
) -> None:
    for issuer in sorted({statement.issuer for statement in statements}):
        desk = desk_of(read_operator(issuer, work=work), work=work)
        own = [statement for statement in statements if statement.issuer == issuer]
        desk.lists.mark(own, purpose, is_marked=is_marked)


def _told(
    battery: Battery,
    statements: Sequence[SignedStatement],
    reason: str,
    *,
    is_suspended: bool,
    work: Work,
) -> Suspension:
    """Commit to the reason in the log and tell the holder."""
    work.passports.save(battery)  # a new revision: what readers keep of the passport is outdated
    now = work.clock.now()
    iris = [statement.iri for statement in statements]
    kind = "passport-suspended" if is_suspended else "suspension-lifted"
    facts = {"by": battery.responsible, "reason": reason, "statements": iris}
    work.events.commit_to(kind, battery.battery_id, facts, now)
    if battery.holder and battery.holder != battery.responsible:
        what = "suspended the passport" if is_suspended else "lifted the suspension of the passport"
        work.events.notify(
            Notice(
                notice_id=new_id(),
                organisation=battery.holder,
                kind=kind,
                about=battery.battery_id,
                text=f"{battery.responsible} {what} of {battery.battery_id}: {reason}",
                link=f"/batteries/{battery.battery_id}",
                created_at=now,
            )
        )
    return Suspension(battery_id=battery.battery_id, is_suspended=is_suspended, statements=iris)
