"""The public half of a key that its owner holds outside this service."""

from datetime import datetime

from passport.domain.organisation import Key
from passport.signing.keys import parse_multikey


def outside_key(did: str, number: int, public_key: str, *, at: datetime) -> Key:
    """Return a key that signs outside, under an id of its own.

    Args:
        did: Whose key it is.
        number: How many keys its owner has with this one.
        public_key: Multikey text.
        at: When it was entered here.

    Raises:
        KeyMalformedError: It is no Multikey of a kind that is checked here.
    """
    return Key(
        # A name of its own kind: a key made here later never gets the same one.
        key_id=f"{did}#outside-{number}",
        public_key_multibase=parse_multikey(public_key).multibase,
        created_at=at,
        is_held_here=False,
    )
