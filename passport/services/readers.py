"""Who reads a battery's record, who asks to, and who lets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passport.domain.access import (
    BATTERY_SCOPE,
    CONDITION_SCOPE,
    EVENT_SCOPE,
    ORGANISATION_SCOPE,
    READ_SCOPE,
    TELEMETRY_SCOPE,
    Audience,
    Grant,
    Point,
    points_read_by,
    require_operator,
    require_reach,
    require_role,
    require_scope,
)
from passport.domain.actor import Actor, Role
from passport.domain.battery import Battery, BatteryModel
from passport.domain.errors import (
    AccessDeniedError,
    InvalidValueError,
    NotFoundError,
    NotSignedInError,
)
from passport.domain.identifiers import BatteryId, serial_of
from passport.domain.organisation import Notice
from passport.domain.status import BatteryStatus
from passport.services.desk import new_id
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.services.reporting import notify

KEPT_MEDIA_TYPES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/webp", "text/csv", "text/plain"}
)
"""Files that can carry a claim and that browsers show without running anything."""
GRANTABLE_AUDIENCES = frozenset({Audience.LEGITIMATE_INTEREST, Audience.OWNER})
GRANTABLE_SCOPES = frozenset({CONDITION_SCOPE, EVENT_SCOPE, TELEMETRY_SCOPE})
_SECOND_LIFE = frozenset(
    {BatteryStatus.REPURPOSED, BatteryStatus.RE_USED, BatteryStatus.REMANUFACTURED}
)


class NoticeUnknownError(NotFoundError):
    """The organisation has no such open notice."""

    code = "notice-unknown"


class GrantUnknownError(NotFoundError):
    """There is no such grant, or it is not this actor's."""

    code = "grant-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """Leave to be given.

    Attributes:
        organisation: Short name or DID of who receives it.
        battery_id: For this battery; empty for every battery of its model is not offered here.
        purpose: The purpose of Article 77(2), third subparagraph, in words.
    """

    organisation: str
    battery_id: BatteryId
    audience: Audience
    purpose: str
    legal_ground: str
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None


def readable_points(actor: Actor, battery: Battery, *, work: Work) -> frozenset[Point]:
    """Return the points of Annex XIII that an actor reads of a battery now."""
    return points_read_by(actor, work.standing(battery), work.clock.now())


def may_see_status(actor: Actor, battery: Battery, *, work: Work) -> bool:
    """Whether a reader sees the status.

    It is point 4(c); the change of status of a second-life battery is open to everyone through
    its QR code, and a policy of the service can open the others.

    Source: Regulation (EU) 2023/1542, Annex XIII point 4(c); Article 13(9).
    """
    is_open = work.shows_status_publicly or battery.status in _SECOND_LIFE
    return is_open or Point.INDIVIDUAL in readable_points(actor, battery, work=work)


def ask_access(actor: Actor, battery_id: BatteryId, purpose: str, *, work: Work) -> None:
    """Ask the responsible operator for access to a battery's restricted data.

    Raises:
        NotSignedInError: The operator must know who asks.
        InvalidValueError: No purpose is named.
        AccessDeniedError: Nobody answers for the battery yet.
    """
    if not actor.organisation:
        raise NotSignedInError("sign in for your organisation: the operator must know who asks")
    require_reach(actor, READ_SCOPE)
    if not purpose.strip():
        raise InvalidValueError("name your purpose: the operator decides by it")
    battery = work.passports.read(battery_id)
    if not battery.responsible:
        raise AccessDeniedError(f"nobody answers for battery {battery_id} yet; ask later")
    notify(
        battery.responsible,
        "access-asked",
        f"{read_operator(actor.organisation, work=work).name} asks to read battery "
        f"{serial_of(battery_id)}: {purpose.strip()}",
        about=battery_id,
        link=f"/batteries/{battery_id}/grants?organisation={actor.organisation}",
        work=work,
    )


def grant_access(actor: Actor, new: NewGrant, *, work: Work) -> Grant:
    """Give an organisation leave to read, and within limits to write, about a battery.

    Raises:
        AccessDeniedError: The actor does not answer for the battery.
        InvalidValueError: Audience or scope cannot be given, the purpose is missing, or the end
            lies behind.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    battery = work.passports.read(new.battery_id)
    now = work.clock.now()
    require_operator(actor, work.standing(battery), now)
    receiver = read_operator(new.organisation, work=work)
    if new.audience not in GRANTABLE_AUDIENCES:
        raise InvalidValueError(
            f"{new.audience.value} is not an audience that an operator admits to; admit to "
            "legitimate-interest or owner"
        )
    strange = new.scopes - GRANTABLE_SCOPES
    if strange:
        raise InvalidValueError(f"{', '.join(sorted(strange))} cannot be granted")
    if not new.purpose.strip():
        raise InvalidValueError("a grant names the purpose it is for (Art. 77(2))")
    if new.expires_at is not None and new.expires_at <= now:
        raise InvalidValueError(
            f"the grant would have ended at {new.expires_at.isoformat()} already"
        )
    grant = Grant(
        grant_id=new_id(),
        organisation=receiver.slug,
        battery_id=battery.battery_id,
        model_id=battery.model_id,
        audience=new.audience,
        scopes=new.scopes,
        purpose=new.purpose.strip(),
        legal_ground=new.legal_ground,
        granted_by=actor.organisation or actor.name,
        granted_at=now,
        expires_at=new.expires_at,
        revoked_at=None,
    )
    work.grants.add(grant)
    work.events.commit_to(
        "access-granted",
        battery.battery_id,
        {"grant": grant.grant_id, "organisation": receiver.slug, "audience": new.audience.value},
        now,
    )
    notify(
        receiver.slug,
        "access-granted",
        f"You may read battery {serial_of(battery.battery_id)} ({new.audience.value})",
        about=battery.battery_id,
        link=f"/{battery.battery_id}",
        work=work,
    )
    return grant


def revoke_grant(actor: Actor, grant_id: str, *, work: Work) -> None:
    """End a grant.

    Raises:
        GrantUnknownError: There is none that this actor could end.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    grant = work.grants.find(grant_id)
    battery = work.passports.find(BatteryId(grant.battery_id)) if grant else None
    if battery is None:
        raise GrantUnknownError(f"you gave no grant {grant_id}")
    now = work.clock.now()
    try:
        require_operator(actor, work.standing(battery), now)
    except AccessDeniedError as error:
        raise GrantUnknownError(f"you gave no grant {grant_id}") from error
    work.grants.revoke(grant_id, now)
    work.events.commit_to("access-revoked", battery.battery_id, {"grant": grant_id}, now)


def require_may_write(actor: Actor, battery_id: BatteryId, scope: str, *, work: Work) -> None:
    """Refuse unless the actor answers for the battery or holds a grant of this scope.

    Raises:
        AccessDeniedError: Neither holds, or the login does not reach so far.
        PassportNotFoundError: No such battery is registered.
    """
    if not actor.may(scope) and not actor.has(Role.SYSTEM):
        raise AccessDeniedError(f"this login does not reach to {scope}")
    battery = work.passports.read(battery_id)
    if not actor.has(Role.SYSTEM):
        require_scope(actor, scope, work.standing(battery), work.clock.now())


def close_notice(actor: Actor, notice_id: str, *, work: Work) -> None:
    """Put a notice of the actor's organisation away.

    Raises:
        AccessDeniedError: The login does not reach to reading it.
        NoticeUnknownError: It has no such open notice.
    """
    require_reach(actor, READ_SCOPE)
    if not any(n.notice_id == notice_id for n in work.events.notices_for(actor.organisation)):
        raise NoticeUnknownError(f"{actor.organisation} has no open notice {notice_id}")
    work.events.close_notice(notice_id, work.clock.now())


def keep_attachment(actor: Actor, content: bytes, media_type: str, *, work: Work) -> str:
    """Keep a photo or document and return its digest.

    Raises:
        NotSignedInError: Nobody is signed in.
        AccessDeniedError: The login does not reach to anything that takes a document.
        InvalidValueError: It is empty, or no kind of file that is kept here.
    """
    if actor.is_anonymous:
        raise NotSignedInError("sign in to upload a document")
    require_reach(actor, BATTERY_SCOPE, CONDITION_SCOPE, EVENT_SCOPE, ORGANISATION_SCOPE)
    if not content:
        raise InvalidValueError("the file is empty")
    if media_type not in KEPT_MEDIA_TYPES:
        raise InvalidValueError(
            f"{media_type} is not kept here; upload PDF, JPEG, PNG, WebP, CSV or plain text"
        )
    digest = work.attachments.put(content, media_type, work.clock.now())
    if actor.organisation:
        work.attachments.let_read(digest, {actor.organisation})
    return digest


def read_attachment(actor: Actor, digest: str, *, work: Work) -> tuple[bytes, str] | None:
    """Return a photo or document with its media type, or nothing where it is none of the actor's.

    Raises:
        NotSignedInError: Nobody is signed in; attachments are evidence, not public.
    """
    if actor.is_anonymous:
        raise NotSignedInError("sign in to read a document kept as evidence")
    if not may_read_attachment(actor, digest, work=work):
        return None
    return work.attachments.get(digest)


def may_read_attachment(actor: Actor, digest: str, *, work: Work) -> bool:
    """Whether a document concerns an actor: uploaded it, is told of it, or supervises."""
    if not actor.may(READ_SCOPE):
        return False
    if actor.roles & {Role.AUTHORITY, Role.SYSTEM}:
        return True
    return actor.organisation in work.attachments.readers_of(digest)


def list_batteries(actor: Actor, *, after: str, limit: int, work: Work) -> Sequence[Battery]:
    """Return the batteries that the actor's organisation answers for or holds, by id.

    Raises:
        AccessDeniedError: The login does not reach to reading.
    """
    require_reach(actor, READ_SCOPE)
    if not actor.organisation:
        return ()
    return work.passports.batteries_of(actor.organisation, after=after, limit=limit)


def list_models(actor: Actor, *, work: Work) -> Sequence[BatteryModel]:
    """Return the models of the actor's organisation.

    Raises:
        AccessDeniedError: The login does not reach to reading.
    """
    require_reach(actor, READ_SCOPE)
    return work.passports.models_of(actor.organisation) if actor.organisation else ()


def list_notices(actor: Actor, *, work: Work) -> Sequence[Notice]:
    """Return the open notices of the actor's organisation, newest first.

    Raises:
        AccessDeniedError: The login does not reach to reading.
    """
    require_reach(actor, READ_SCOPE)
    return work.events.notices_for(actor.organisation) if actor.organisation else ()


def list_orphans(actor: Actor, *, work: Work) -> Sequence[BatteryId]:
    """Return waste batteries nobody answers for, to those who can find somebody.

    Raises:
        AccessDeniedError: The actor neither administers this service nor supervises the market.
    """
    require_role(actor, Role.ADMINISTRATOR, Role.AUTHORITY, Role.SYSTEM)
    return [battery.battery_id for battery in work.passports.orphans()]
