"""How the state of a key is said in words."""

from datetime import datetime

from passport.domain.organisation import Key, Operator


def state_of(key: Key, owner: Operator, at: datetime) -> str:
    """Return what a key is good for at an instant, in words."""
    if key.revoked_at is not None:
        return f"compromised from {key.revoked_at:%Y-%m-%d %H:%M} UTC on"
    if key.expires_at is not None and key.expires_at <= at:
        return f"ended {key.expires_at:%Y-%m-%d %H:%M} UTC"
    if key.expires_at is not None:
        return f"ends {key.expires_at:%Y-%m-%d %H:%M} UTC"
    if key == owner.current_key:
        return "signs" if key.is_held_here else "signs, held outside"
    return "replaced, still good"
