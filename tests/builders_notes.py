"""The key of a log for tests, in memory."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.signing.transparency_log import LOG_SIGNATURE, WITNESS_SIGNATURE, NoteKey, TrustedLog

ORIGIN = "passport.example/log"


class MemoryNoteSigner:
    """NoteSigner on a private key in memory."""

    def __init__(
        self, name: str, private_key: Ed25519PrivateKey, signature_type: bytes = LOG_SIGNATURE
    ) -> None:
        self._private_key = private_key
        public_key = private_key.public_key().public_bytes_raw()
        self.key = NoteKey(name, public_key, signature_type)

    def sign(self, message: bytes) -> bytes:
        return self._private_key.sign(message)


SIGNER = MemoryNoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
TRUSTED = TrustedLog(origin=ORIGIN, key=SIGNER.key)


def a_witness_signer(name: str) -> MemoryNoteSigner:
    """Return a witness with a new key."""
    return MemoryNoteSigner(name, Ed25519PrivateKey.generate(), WITNESS_SIGNATURE)
