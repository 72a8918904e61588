"""Private keys in a PKCS#11 token: made there, never readable, used by asking the token to sign.

Each key pair is a pair of objects whose label is the key's id. The library starts a module for one
thread at a time, so a process asks one thing after the other; several processes sign side by side.
A session that ended while the token was away is opened anew.

Source: OASIS PKCS #11 3.1, sections 6.3 (elliptic curves) and 4.9 (private keys); RFC 7512.
"""

import hashlib
import importlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import RLock
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passport.keystore.files import KeyNotHeldError, KeystoreError, KeystorePassphraseError
from passport.keystore.token_uri import TokenUri
from passport.signing.did import PublishedKey
from passport.signing.keys import (
    ECDSA_RDFC_2019,
    EDDSA_RDFC_2022,
    EcdsaPublicKey,
    Ed25519PublicKey,
    KeyKind,
    PublicKey,
    SigningKey,
    kind_of_new_key,
)

Answer = TypeVar("Answer")

_LIBRARY = "pkcs11"
_TRIES = 2
"""A session that the token has forgotten is opened anew once."""
_ID_BYTES = 16
_CURVES: Final = {
    KeyKind.P256: "secp256r1",
    KeyKind.P384: "secp384r1",
    KeyKind.ED25519: "1.3.101.112",
}
"""Names of the curves; Ed25519 by its identifier in RFC 8410."""
_EC_CURVES: Final[dict[KeyKind, ec.EllipticCurve]] = {
    KeyKind.P256: ec.SECP256R1(),
    KeyKind.P384: ec.SECP384R1(),
}
_HASHES: Final = {KeyKind.P256: "sha256", KeyKind.P384: "sha384"}
_OCTET_STRING = 0x04
_GONE: Final = (
    "DeviceError",
    "DeviceRemoved",
    "KeyHandleInvalid",
    "ObjectHandleInvalid",
    "SessionClosed",
    "SessionHandleInvalid",
    "TokenNotPresent",
    "TokenNotRecognised",
    "UserNotLoggedIn",
)
"""Errors of the library that an open session answers with when the token was away."""


class KeystoreUnavailableError(KeystoreError):
    """The token with the keys cannot be reached, or does not do what is asked of it."""

    code = "keystore-unavailable"


class KeystoreLibraryMissingError(KeystoreError):
    """The library that speaks PKCS#11 is not installed."""

    code = "keystore-library-missing"


_ONE_AT_A_TIME: Final = RLock()
"""Held during every call into a module: PKCS #11 3.1, section 5.4 on C_Initialize with NULL."""


@dataclass(slots=True)
class _Seat:
    """A session that is logged in, with the handles it has looked up."""

    session: Any
    keys: dict[str, Any] = field(default_factory=dict)


class Pkcs11Keystore:
    """KeyStore in a token; one object serves all threads, several processes share the token."""

    def __init__(self, uri: TokenUri, pin: str) -> None:
        """Load the module and log in to the token.

        Raises:
            KeystoreLibraryMissingError: ``python-pkcs11`` is not installed.
            KeystorePassphraseError: There is no PIN, or the token refuses it.
            KeystoreUnavailableError: Module or token cannot be used.
        """
        if not pin:
            raise KeystorePassphraseError(
                "the token needs its PIN: pin-source=file:... or PASSPORT_KEYSTORE_PIN"
            )
        self._pkcs11 = _library()
        self._uri = uri
        self._pin = pin
        self._seat: _Seat | None = None
        self._public: dict[str, PublicKey] = {}
        self._ask(lambda _: None)

    def create(
        self, operator_did: str, cryptosuite: str = EDDSA_RDFC_2022, kind: KeyKind | None = None
    ) -> str:
        """Make a key with an id that was never used, and return the id; see ``KeyStore.create``.

        Raises:
            KeystoreUnavailableError: The token makes no keys of this kind, or readable ones only.
        """
        chosen = kind_of_new_key(cryptosuite, kind)
        with _ONE_AT_A_TIME:
            number = 1 + max(self._numbers(operator_did), default=0)
            while True:
                key_id = f"{operator_did}#key-{number}"
                if self._ask(partial(self._make, key_id=key_id, kind=chosen)):
                    return key_id
                number += 1

    def signing_key(self, key_id: str) -> SigningKey:
        """Return a key to sign with.

        Raises:
            KeyNotHeldError: The token holds none of this id.
        """
        return Pkcs11SigningKey(key_id, self._public_key(key_id), self)

    def public_key_multibase(self, key_id: str) -> str:
        """Return the public half of a key as Multikey text.

        Raises:
            KeyNotHeldError: The token holds none of this id.
        """
        return self._public_key(key_id).multibase

    def public_keys(self, operator_did: str) -> Sequence[PublishedKey]:
        """Return every key ever made for an operator, oldest first."""
        key_ids = [f"{operator_did}#key-{number}" for number in sorted(self._numbers(operator_did))]
        return [
            PublishedKey(key_id=key_id, public_key_multibase=self.public_key_multibase(key_id))
            for key_id in key_ids
        ]

    def sign(self, key_id: str, data: bytes, kind: KeyKind) -> bytes:
        """Have the token sign; for ECDSA it is given the hash.

        Raises:
            KeyNotHeldError: The token holds none of this id.
            KeystoreUnavailableError: The token does not answer.
        """
        is_edwards = kind is KeyKind.ED25519
        content = data if is_edwards else hashlib.new(_HASHES[kind], data).digest()
        mechanism = self._pkcs11.Mechanism.EDDSA if is_edwards else self._pkcs11.Mechanism.ECDSA

        def sign(seat: _Seat) -> bytes:
            signature: bytes = self._private(seat, key_id).sign(content, mechanism=mechanism)
            return signature

        return self._ask(sign)

    def close(self) -> None:
        """Close the session."""
        with _ONE_AT_A_TIME:
            self._drop()

    # Asking the token

    def _ask(self, question: Callable[[_Seat], Answer]) -> Answer:
        """Ask the token something; once more where the session had ended meanwhile."""
        gone = tuple(getattr(self._pkcs11.exceptions, name) for name in _GONE)
        with _ONE_AT_A_TIME:
            for attempt in range(_TRIES):
                try:
                    return question(self._logged_in())
                except gone as error:
                    self._drop()
                    if attempt == _TRIES - 1:
                        raise self._unavailable(error) from error
                except self._pkcs11.exceptions.PKCS11Error as error:
                    raise self._unavailable(error) from error
        raise AssertionError  # the loop returns or raises

    def _logged_in(self) -> _Seat:
        if self._seat is None:
            exceptions = self._pkcs11.exceptions
            refusals = (
                exceptions.PinIncorrect,
                exceptions.PinInvalid,
                exceptions.PinLenRange,
                exceptions.PinLocked,
            )
            try:
                session = self._token().open(rw=True, user_pin=self._pin)
            except exceptions.UserAlreadyLoggedIn:  # by another keystore of this process
                session = self._token().open(rw=True)
            except refusals as error:
                raise KeystorePassphraseError(
                    f"the token {self._name} refuses the PIN ({type(error).__name__})"
                ) from None
            self._seat = _Seat(session)
        return self._seat

    def _token(self) -> Any:  # noqa: ANN401 - a token of the library
        exceptions = self._pkcs11.exceptions
        try:
            module = self._pkcs11.lib(str(self._uri.module))
            return module.get_token(
                **{"token_label": self._uri.label} if self._uri.label else {},
                **{"token_serial": self._uri.serial.encode()} if self._uri.serial else {},
            )
        except (exceptions.PKCS11Error, RuntimeError) as error:
            raise self._unavailable(error) from error

    def _drop(self) -> None:
        if self._seat is not None:
            session, self._seat = self._seat.session, None
            try:
                session.close()
            except self._pkcs11.exceptions.PKCS11Error:
                return  # it had ended already, which is why it is dropped

    def _unavailable(self, error: Exception) -> KeystoreUnavailableError:
        said = f": {error}" if str(error) else ""
        return KeystoreUnavailableError(
            f"the token {self._name} cannot be used ({type(error).__name__}{said})"
        )

    @property
    def _name(self) -> str:
        return self._uri.label or self._uri.serial

    # Objects in the token

    def _make(self, seat: _Seat, *, key_id: str, kind: KeyKind) -> bool:
        """Make a key pair; tell whether its id is its own."""
        own_id = secrets.token_bytes(_ID_BYTES)
        attribute, key_type = self._pkcs11.Attribute, self._pkcs11.KeyType
        is_edwards = kind is KeyKind.ED25519
        family = key_type.EC_EDWARDS if is_edwards else key_type.EC
        parameters = seat.session.create_domain_parameters(
            family, {attribute.EC_PARAMS: _curve_parameters(_CURVES[kind])}, local=True
        )
        mechanism = self._pkcs11.Mechanism
        _, private = parameters.generate_keypair(
            id=own_id,
            label=key_id,
            store=True,
            mechanism=mechanism.EC_EDWARDS_KEY_PAIR_GEN if is_edwards else None,
            private_template={attribute.SENSITIVE: True, attribute.EXTRACTABLE: False},
        )
        if private[attribute.EXTRACTABLE] or not private[attribute.SENSITIVE]:
            self._destroy(seat, own_id)
            raise KeystoreUnavailableError(
                f"the token {self._name} makes keys that can be read out; none is used"
            )
        return self._is_ours(seat, key_id, own_id)

    def _is_ours(self, seat: _Seat, key_id: str, own_id: bytes) -> bool:
        """Whether no other process made a key of the same name; where one did, ours goes."""
        attribute, classes = self._pkcs11.Attribute, self._pkcs11.ObjectClass
        found = seat.session.get_objects(
            {attribute.CLASS: classes.PRIVATE_KEY, attribute.LABEL: key_id}
        )
        if {bytes(key[attribute.ID]) for key in found} == {own_id}:
            return True
        self._destroy(seat, own_id)
        return False

    def _destroy(self, seat: _Seat, own_id: bytes) -> None:
        for item in list(seat.session.get_objects({self._pkcs11.Attribute.ID: own_id})):
            item.destroy()

    def _numbers(self, operator_did: str) -> list[int]:
        attribute, classes = self._pkcs11.Attribute, self._pkcs11.ObjectClass
        pattern = re.compile(re.escape(operator_did) + r"#key-([1-9][0-9]*)", re.ASCII)

        def labels(seat: _Seat) -> list[str]:
            found = seat.session.get_objects({attribute.CLASS: classes.PUBLIC_KEY})
            return [str(key[attribute.LABEL]) for key in found]

        matches = (pattern.fullmatch(label) for label in self._ask(labels))
        return [int(match.group(1)) for match in matches if match]

    def _private(self, seat: _Seat, key_id: str) -> Any:  # noqa: ANN401 - a key of the library
        if key_id not in seat.keys:
            seat.keys[key_id] = self._find(seat, key_id, self._pkcs11.ObjectClass.PRIVATE_KEY)
        return seat.keys[key_id]

    def _public_key(self, key_id: str) -> PublicKey:
        known = self._public.get(key_id)
        if known is None:
            known = self._public[key_id] = self._ask(lambda seat: self._read_public(seat, key_id))
        return known

    def _read_public(self, seat: _Seat, key_id: str) -> PublicKey:
        attribute = self._pkcs11.Attribute
        found = self._find(seat, key_id, self._pkcs11.ObjectClass.PUBLIC_KEY)
        point = _unwrapped(bytes(found[attribute.EC_POINT]))
        parameters = bytes(found[attribute.EC_PARAMS])
        for kind, curve in _EC_CURVES.items():
            if parameters == _curve_parameters(_CURVES[kind]):
                key = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
                compressed = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
                return EcdsaPublicKey(kind, compressed)
        return Ed25519PublicKey(point)

    def _find(self, seat: _Seat, key_id: str, kind: Any) -> Any:  # noqa: ANN401 - the library's
        try:
            return seat.session.get_key(object_class=kind, label=key_id)
        except self._pkcs11.exceptions.NoSuchKey as error:
            raise KeyNotHeldError(
                f"the token {self._name} holds no private key {key_id}"
            ) from error


class Pkcs11SigningKey:
    """A private key that stays in its token."""

    def __init__(self, key_id: str, public_key: PublicKey, keystore: Pkcs11Keystore) -> None:
        self._key_id = key_id
        self._public_key = public_key
        self._keystore = keystore

    @property
    def key_id(self) -> str:
        """Full id of the verification method."""
        return self._key_id

    @property
    def cryptosuite(self) -> str:
        """Name of the Data Integrity suite whose proofs the key makes."""
        is_edwards = self._public_key.kind is KeyKind.ED25519
        return EDDSA_RDFC_2022 if is_edwards else ECDSA_RDFC_2019

    @property
    def public_key_multibase(self) -> str:
        """The public half as Multikey."""
        return self._public_key.multibase

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature of some bytes, made in the token."""
        return self._keystore.sign(self._key_id, data, self._public_key.kind)


def _library() -> Any:  # noqa: ANN401 - loaded only where it is used
    try:
        importlib.import_module(f"{_LIBRARY}.util.ec")
        return importlib.import_module(_LIBRARY)
    except ImportError as error:
        raise KeystoreLibraryMissingError(
            "PASSPORT_KEYSTORE is a token, and python-pkcs11 is not installed: "
            "pip install 'open-battery-passport[pkcs11]'"
        ) from error


def _curve_parameters(name: str) -> bytes:
    encoded: bytes = importlib.import_module(f"{_LIBRARY}.util.ec").encode_named_curve_parameters(
        name
    )
    return encoded


def _unwrapped(point: bytes) -> bytes:
    """Return a point out of the OCTET STRING that the standard asks for and some tokens leave out.

    An uncompressed point begins with the same byte, but its second byte is no length of the rest.
    """
    is_wrapped = len(point) > 2 and point[0] == _OCTET_STRING and point[1] == len(point) - 2  # noqa: PLR2004 - tag and length
    return point[2:] if is_wrapped else point
