"""Private keys that are forgotten at the end: for a try and for tests, refused in production."""

from collections import defaultdict
from collections.abc import Sequence

from passport.keystore.files import KeyNotHeldError
from passport.signing.did import PublishedKey
from passport.signing.keys import (
    EDDSA_RDFC_2022,
    KeyKind,
    SigningKey,
    kind_of_new_key,
    new_secret,
    open_signing_key,
)


class MemoryKeystore:
    """KeyStore in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, SigningKey] = {}
        self._by_owner: dict[str, list[str]] = defaultdict(list)

    def create(
        self, operator_did: str, cryptosuite: str = EDDSA_RDFC_2022, kind: KeyKind | None = None
    ) -> str:
        """Make a key with an id that was never used, and return the id; see ``KeyStore.create``."""
        kind = kind_of_new_key(cryptosuite, kind)
        key_id = f"{operator_did}#key-{len(self._by_owner[operator_did]) + 1}"
        self._keys[key_id] = open_signing_key(key_id, kind, new_secret(kind))
        self._by_owner[operator_did].append(key_id)
        return key_id

    def signing_key(self, key_id: str) -> SigningKey:
        """Return a key to sign with.

        Raises:
            KeyNotHeldError: There is none of this id.
        """
        if key_id not in self._keys:
            raise KeyNotHeldError(f"no private key {key_id} is held here")
        return self._keys[key_id]

    def public_key_multibase(self, key_id: str) -> str:
        """Return the public half of a key as Multikey text.

        Raises:
            KeyNotHeldError: There is none of this id.
        """
        return self.signing_key(key_id).public_key_multibase

    def public_keys(self, operator_did: str) -> Sequence[PublishedKey]:
        """Return every key ever made for an owner, oldest first."""
        return [
            PublishedKey(key_id=key_id, public_key_multibase=self.public_key_multibase(key_id))
            for key_id in self._by_owner[operator_did]
        ]
