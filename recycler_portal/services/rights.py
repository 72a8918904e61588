"""Who may do what in the yard; everything else is refused."""

from passport.domain.access import require_role
from passport.domain.actor import Actor, Role
from passport.domain.errors import AccessDeniedError, NotSignedInError

INTAKE_SCOPE = "intake:write"
BATCH_SCOPE = "batch:write"


def require_yard(actor: Actor, scope: str = "") -> None:
    """Refuse whoever does not collect or treat waste batteries.

    Raises:
        AccessDeniedError: The actor is neither collector nor recycler, or the key is too narrow.
    """
    _require_somebody(actor, scope)
    require_role(actor, Role.COLLECTOR, Role.RECYCLER)


def require_recycler(actor: Actor, scope: str = "") -> None:
    """Refuse whoever does not recycle with a permit.

    Raises:
        AccessDeniedError: The actor is no recycler, or the key is too narrow.
    """
    _require_somebody(actor, scope)
    require_role(actor, Role.RECYCLER)


def _require_somebody(actor: Actor, scope: str) -> None:
    if actor.is_anonymous or not actor.organisation:
        raise NotSignedInError("sign in as a collector or recycler")
    if scope and not actor.may(scope):
        raise AccessDeniedError(f"this key does not reach so far; it needs the scope {scope}")
