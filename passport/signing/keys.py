"""Keys that sign and keys that check, as Multikey texts.

Ed25519 for now. A further kind (P-256) joins by its multicodec prefix in ``_PUBLIC_KEY_KINDS`` and
a class of its own; nothing above this module looks inside a key.

Source: W3C Controlled Identifiers 1.0, section 2.2.2 (Multikey); RFC 8032.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from passport.domain.errors import InvalidValueError
from passport.signing.errors import (
    KeyMalformedError,
    ProofInvalidError,
    ProofValueError,
    SignatureNotCanonicalError,
)
from passport.signing.multibase import decode_base58btc, encode_base58btc

EDDSA_RDFC_2022: Final = "eddsa-rdfc-2022"
_ED25519_PREFIX = b"\xed\x01"
_ED25519_KEY_SIZE, _ED25519_SIGNATURE_SIZE = 32, 64
_ED25519_PRIME = 2**255 - 19
_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_SIGN_BIT = 1 << 255
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        _ED25519_PRIME - 1,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    }
)
"""Points whose small order lets one signature fit many documents; only their y, sign dropped."""


class SigningKey(Protocol):
    """A private key that signs and never shows itself."""

    @property
    def key_id(self) -> str:
        """Full id of the verification method, ``<did>#key-<n>``."""
        ...

    @property
    def cryptosuite(self) -> str:
        """Name of the Data Integrity suite whose proofs the key makes."""
        ...

    @property
    def public_key_multibase(self) -> str:
        """The public half as Multikey."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of some bytes."""
        ...


class PublicKey(Protocol):
    """The public half of a key."""

    @property
    def cryptosuite(self) -> str:
        """Name of the Data Integrity suite whose proofs the key checks."""
        ...

    @property
    def multibase(self) -> str:
        """The key as Multikey."""
        ...

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a raw signature.

        Raises:
            ProofValueError: The signature has another size.
            SignatureNotCanonicalError: It is another writing of a signature.
            ProofInvalidError: This key did not sign these bytes.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKey:
    """A public key as its controller publishes it.

    Attributes:
        key_id: Full id of the verification method.
        controller: DID of the one who vouches for the key.
        public_key: The key.
        purposes: What the controller lists it for, like ``assertionMethod``.
        expires_at: Routine end: what was signed before stays good.
        revoked_at: Declared compromised: its signatures are worth nothing from then on.
    """

    key_id: str
    controller: str
    public_key: PublicKey
    purposes: frozenset[str]
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class KeyResolver(Protocol):
    """Finds the public key behind a verification method."""

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return the key.

        Raises:
            KeyUnknownError: Nobody vouches for a key of this name.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ed25519PublicKey:
    """An Ed25519 public key; refuses malleable signatures."""

    raw: bytes

    def __post_init__(self) -> None:
        y = int.from_bytes(self.raw, "little") & ~_SIGN_BIT
        if len(self.raw) != _ED25519_KEY_SIZE or y >= _ED25519_PRIME or y in _SMALL_ORDER:
            raise KeyMalformedError(f"{self.raw.hex()} is no Ed25519 public key that can be used")

    @property
    def cryptosuite(self) -> str:
        """Name of the Data Integrity suite whose proofs the key checks."""
        return EDDSA_RDFC_2022

    @property
    def multibase(self) -> str:
        """The key as Multikey, ``z6Mk...``."""
        return encode_base58btc(_ED25519_PREFIX + self.raw)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a raw signature; see ``PublicKey.verify``."""
        if len(signature) != _ED25519_SIGNATURE_SIZE:
            raise ProofValueError(
                f"a signature of {len(signature)} bytes; Ed25519 has {_ED25519_SIGNATURE_SIZE}"
            )
        if int.from_bytes(signature[_ED25519_KEY_SIZE:], "little") >= _ED25519_ORDER:
            raise SignatureNotCanonicalError(
                "the second half of the signature is not below the order of Ed25519"
            )
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature as error:
            raise ProofInvalidError(
                f"the key {self.multibase} did not sign this content: it was changed, or signed "
                "with another key"
            ) from error


class Ed25519SigningKey:
    """An Ed25519 private key in memory."""

    def __init__(self, key_id: str, private_key: ed25519.Ed25519PrivateKey) -> None:
        self._key_id = key_id
        self._private_key = private_key
        self._public_key = Ed25519PublicKey(private_key.public_key().public_bytes_raw())

    @classmethod
    def from_seed(cls, key_id: str, seed: bytes) -> Self:
        """Make the key from its 32 secret bytes.

        Raises:
            KeyMalformedError: There are more or fewer bytes.
        """
        if len(seed) != _ED25519_KEY_SIZE:
            raise KeyMalformedError(f"an Ed25519 secret has 32 bytes, not {len(seed)}")
        return cls(key_id, ed25519.Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def key_id(self) -> str:
        """Full id of the verification method."""
        return self._key_id

    @property
    def cryptosuite(self) -> str:
        """Name of the Data Integrity suite whose proofs the key makes."""
        return EDDSA_RDFC_2022

    @property
    def public_key_multibase(self) -> str:
        """The public half as Multikey."""
        return self._public_key.multibase

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of some bytes."""
        return self._private_key.sign(data)


_PUBLIC_KEY_KINDS: dict[bytes, Callable[[bytes], PublicKey]] = {_ED25519_PREFIX: Ed25519PublicKey}


def parse_multikey(text: str) -> PublicKey:
    """Read a public key from its Multikey text.

    Raises:
        KeyMalformedError: The text is no multibase, or a key of a kind that is not checked here.
    """
    try:
        data = decode_base58btc(text)
    except InvalidValueError as error:
        raise KeyMalformedError(f"{text!r} is no Multikey: {error}") from error
    kind = _PUBLIC_KEY_KINDS.get(data[:2])
    if kind is None:
        raise KeyMalformedError(f"{text} is no Ed25519 key (z6Mk...), the kind checked here")
    return kind(data[2:])
