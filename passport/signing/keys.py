"""Keys that sign and keys that check, as Multikey texts: Ed25519, P-256 and P-384.

Nothing above this module looks inside a key. The objects of the library that does the arithmetic
are made once per key and kept.

Source: W3C Controlled Identifiers 1.0, section 2.2.2 (Multikey); RFC 8032; FIPS 186-5; RFC 6979.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passport.domain.errors import InvalidValueError
from passport.signing.errors import (
    CryptosuiteUnknownError,
    KeyMalformedError,
    ProofInvalidError,
    ProofValueError,
    SignatureNotCanonicalError,
)
from passport.signing.multibase import decode_base58btc, encode_base58btc

EDDSA_RDFC_2022: Final = "eddsa-rdfc-2022"
ECDSA_RDFC_2019: Final = "ecdsa-rdfc-2019"
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
_MOST_PARSED_KEYS = 1024
"""Public keys that stay parsed; a verifier meets the same few again and again."""


class KeyKind(StrEnum):
    """The kinds of keys that sign here and are checked here."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """What differs between the curves of ECDSA.

    Attributes:
        prefix: Multicodec of a public key.
        size: Length of a coordinate, of a secret and of half a signature [bytes].
        order: Number of points; both halves of a signature are below it.
    """

    prefix: bytes
    curve: ec.EllipticCurve
    hash: hashes.HashAlgorithm
    size: int
    order: int


# vc-di-ecdsa, section 3.2: SHA-256 with P-256, SHA-384 with P-384. The orders: SP 800-186.
_CURVES: Final[Mapping[KeyKind, _Curve]] = {
    KeyKind.P256: _Curve(
        prefix=b"\x80\x24",
        curve=ec.SECP256R1(),
        hash=hashes.SHA256(),
        size=32,
        order=0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
    ),
    KeyKind.P384: _Curve(
        prefix=b"\x81\x24",
        curve=ec.SECP384R1(),
        hash=hashes.SHA384(),
        size=48,
        order=int(
            "ffffffffffffffffffffffffffffffffffffffffffffffff"
            "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
            16,
        ),
    ),
}


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
    def kind(self) -> KeyKind:
        """Kind of the key, which says how its signatures are checked."""
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
        revoked_from_log_size: Entries of the log with a smaller index were in it before that.
    """

    key_id: str
    controller: str
    public_key: PublicKey
    purposes: frozenset[str]
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_from_log_size: int | None = None


class KeyResolver(Protocol):
    """Finds the public key behind a verification method."""

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return the key.

        Raises:
            KeyUnknownError: Nobody vouches for a key of this name.
        """
        ...


class Ed25519PublicKey:
    """An Ed25519 public key; refuses malleable signatures."""

    kind = KeyKind.ED25519

    def __init__(self, raw: bytes) -> None:
        """Take the 32 bytes of the key.

        Raises:
            KeyMalformedError: They are no point, or one of small order.
        """
        y = int.from_bytes(raw, "little") & ~_SIGN_BIT
        if len(raw) != _ED25519_KEY_SIZE or y >= _ED25519_PRIME or y in _SMALL_ORDER:
            raise KeyMalformedError(f"{raw.hex()} is no Ed25519 public key that can be used")
        self.multibase = encode_base58btc(_ED25519_PREFIX + raw)
        self._key = ed25519.Ed25519PublicKey.from_public_bytes(raw)

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
            self._key.verify(signature, data)
        except InvalidSignature as error:
            raise _not_signed_by(self) from error


class EcdsaPublicKey:
    """A public key on P-256 or P-384; its signatures are both halves in full length, r then s.

    For each signature (r, s) anybody can write (r, order - s), which holds as well. Both are taken:
    the test vectors of the Recommendation hold both, and keys in hardware make either. So nothing
    here takes a signature for the name of a document; the digest of the signed bytes is.
    """

    def __init__(self, kind: KeyKind, point: bytes) -> None:
        """Take a point in its compressed form, the only one that Multikey knows.

        Raises:
            KeyMalformedError: The kind has no curve, or the bytes are no point of it.
        """
        curve = _curve_of(kind)
        if len(point) != 1 + curve.size or point[:1] not in {b"\x02", b"\x03"}:
            raise KeyMalformedError(f"{point.hex()} is no compressed point of {kind}")
        try:
            self._key = ec.EllipticCurvePublicKey.from_encoded_point(curve.curve, point)
        except ValueError as error:
            raise KeyMalformedError(f"{point.hex()} is no point of {kind}") from error
        self.kind = kind
        self.multibase = encode_base58btc(curve.prefix + point)
        self._size, self._order = curve.size, curve.order
        self._algorithm = ec.ECDSA(curve.hash)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a raw signature; see ``PublicKey.verify``."""
        if len(signature) != 2 * self._size:
            raise ProofValueError(
                f"a signature of {len(signature)} bytes; {self.kind} has {2 * self._size}"
            )
        r = int.from_bytes(signature[: self._size])
        s = int.from_bytes(signature[self._size :])
        if not (0 < r < self._order and 0 < s < self._order):
            raise SignatureNotCanonicalError(
                f"a half of the signature is not between 0 and the order of {self.kind}"
            )
        try:
            self._key.verify(encode_dss_signature(r, s), data, self._algorithm)
        except InvalidSignature as error:
            raise _not_signed_by(self) from error


def _not_signed_by(key: PublicKey) -> ProofInvalidError:
    return ProofInvalidError(
        f"the key {key.multibase} did not sign this content: it was changed, or signed "
        "with another key"
    )


def _curve_of(kind: KeyKind) -> _Curve:
    curve = _CURVES.get(kind)
    if curve is None:
        raise KeyMalformedError(f"{kind} is no curve of ECDSA; P-256 and P-384 are")
    return curve


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


class EcdsaSigningKey:
    """A private key on P-256 or P-384 in memory; the same bytes always get the same signature."""

    cryptosuite = ECDSA_RDFC_2019

    def __init__(self, key_id: str, private_key: ec.EllipticCurvePrivateKey) -> None:
        """Take a key of the library.

        Raises:
            KeyMalformedError: It is on a curve that is not checked here.
        """
        kind = next((k for k, c in _CURVES.items() if c.curve.name == private_key.curve.name), None)
        if kind is None:
            raise KeyMalformedError(f"no proofs are made with keys on {private_key.curve.name}")
        curve = _curve_of(kind)
        point = private_key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self._key_id = key_id
        self._private_key = private_key
        self._size = curve.size
        # RFC 6979: no random number whose flaw would give the key away.
        self._algorithm = ec.ECDSA(curve.hash, deterministic_signing=True)
        self._public_key_multibase = encode_base58btc(curve.prefix + point)

    @classmethod
    def from_secret(cls, key_id: str, kind: KeyKind, secret: bytes) -> Self:
        """Make the key from its secret number, big-endian in full length.

        Raises:
            KeyMalformedError: The kind has no curve, or the number is none of its secrets.
        """
        curve = _curve_of(kind)
        number = int.from_bytes(secret)
        if len(secret) != curve.size or not 0 < number < curve.order:
            raise KeyMalformedError(f"these {len(secret)} bytes are no secret of {kind}")
        return cls(key_id, ec.derive_private_key(number, curve.curve))

    @property
    def key_id(self) -> str:
        """Full id of the verification method."""
        return self._key_id

    @property
    def public_key_multibase(self) -> str:
        """The public half as Multikey, ``zDn...`` or ``z82...``."""
        return self._public_key_multibase

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of some bytes: r and s, each in full length."""
        r, s = decode_dss_signature(self._private_key.sign(data, self._algorithm))
        return r.to_bytes(self._size) + s.to_bytes(self._size)


_USUAL_KINDS: Final = {EDDSA_RDFC_2022: KeyKind.ED25519, ECDSA_RDFC_2019: KeyKind.P256}
"""What a new key of a suite is where nobody asks for another kind."""
_SUITES_OF_KINDS: Final = {
    KeyKind.ED25519: EDDSA_RDFC_2022,
    KeyKind.P256: ECDSA_RDFC_2019,
    KeyKind.P384: ECDSA_RDFC_2019,
}


def kind_of_new_key(cryptosuite: str, kind: KeyKind | None = None) -> KeyKind:
    """Return the kind of a key that is to be made for a suite.

    Args:
        cryptosuite: Name of the suite.
        kind: A kind asked for; the usual one of the suite when not given.

    Raises:
        CryptosuiteUnknownError: No keys are made for this suite, or none of this kind.
    """
    if cryptosuite not in _USUAL_KINDS:
        raise CryptosuiteUnknownError(
            f"no keys are made for the suite {cryptosuite!r}; there are "
            f"{', '.join(sorted(_USUAL_KINDS))}"
        )
    chosen = kind or _USUAL_KINDS[cryptosuite]
    if _SUITES_OF_KINDS[chosen] != cryptosuite:
        raise CryptosuiteUnknownError(f"a key of {chosen} signs nothing in {cryptosuite}")
    return chosen


def new_secret(kind: KeyKind) -> bytes:
    """Return a random secret of a kind, as ``open_signing_key`` takes it."""
    if kind is KeyKind.ED25519:
        return ed25519.Ed25519PrivateKey.generate().private_bytes_raw()
    curve = _curve_of(kind)
    number = ec.generate_private_key(curve.curve).private_numbers().private_value
    return number.to_bytes(curve.size)


def open_signing_key(key_id: str, kind: KeyKind, secret: bytes) -> SigningKey:
    """Return a key that signs from its secret.

    Raises:
        KeyMalformedError: The bytes are no secret of this kind.
    """
    if kind is KeyKind.ED25519:
        return Ed25519SigningKey.from_seed(key_id, secret)
    return EcdsaSigningKey.from_secret(key_id, kind, secret)


_PUBLIC_KEY_KINDS: Final[Mapping[bytes, Callable[[bytes], PublicKey]]] = {
    _ED25519_PREFIX: Ed25519PublicKey,
    _CURVES[KeyKind.P256].prefix: lambda point: EcdsaPublicKey(KeyKind.P256, point),
    _CURVES[KeyKind.P384].prefix: lambda point: EcdsaPublicKey(KeyKind.P384, point),
}


@lru_cache(maxsize=_MOST_PARSED_KEYS)
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
        raise KeyMalformedError(f"{text} is no key of {', '.join(KeyKind)}, the kinds checked here")
    return kind(data[2:])
