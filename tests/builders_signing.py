"""Keys, contexts and documents for the tests of signing."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from passport.linked_data.canonical import Canonicalizer
from passport.signing.errors import KeyUnknownError
from passport.signing.keys import (
    EcdsaSigningKey,
    Ed25519SigningKey,
    KeyKind,
    SigningKey,
    VerificationKey,
    open_signing_key,
    parse_multikey,
)
from passport.signing.multibase import decode_base58btc, encode_base58btc

VECTORS = Path(__file__).parent / "vectors"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET_KEY_PREFIXES = {
    KeyKind.ED25519: b"\x80\x26",
    KeyKind.P256: b"\x86\x26",
    KeyKind.P384: b"\x87\x26",
}
"""Multicodec of secret keys, which only tests read and write as Multikey."""
_SECRET_KEY_PREFIX = 2


def read_json(*path: str) -> dict[str, object]:
    return json.loads(VECTORS.joinpath(*path).read_bytes())


def published_contexts() -> dict[str, Mapping[str, object]]:
    return {
        address: read_json(folder, file)
        for folder in ("contexts", "interop/contexts")
        for address, file in read_json(folder, "map.json").items()
    }


def a_canonicalizer(**contexts: Mapping[str, object]) -> Canonicalizer:
    return Canonicalizer((published_contexts() | contexts).__getitem__)


def a_key(name: str = "maker", did: str = "did:web:maker.example", number: int = 1):
    seed = bytes.fromhex(read_json("keys", "ed25519.json")[name])
    return Ed25519SigningKey.from_seed(f"{did}#key-{number}", seed)


def an_ecdsa_key(
    name: str = "maker",
    did: str = "did:web:maker.example",
    number: int = 1,
    kind: KeyKind = KeyKind.P256,
):
    secret = bytes.fromhex(read_json("keys", "ecdsa.json")[kind][name])
    return EcdsaSigningKey.from_secret(f"{did}#key-{number}", kind, secret)


def a_did_key(secret_multibase: str) -> SigningKey:
    """The key of a W3C vector under its did:key name."""
    prefixed = decode_base58btc(secret_multibase)
    prefix, secret = prefixed[:_SECRET_KEY_PREFIX], prefixed[_SECRET_KEY_PREFIX:]
    kind = next(kind for kind, known in SECRET_KEY_PREFIXES.items() if known == prefix)
    multibase = open_signing_key("", kind, secret).public_key_multibase
    return open_signing_key(f"did:key:{multibase}#{multibase}", kind, secret)


def a_secret_multikey(key: SigningKey, name: str = "maker") -> dict[str, str]:
    """A key of the tests with its secret, as other libraries read it."""
    kind = parse_multikey(key.public_key_multibase).kind
    secrets = read_json("keys", "ecdsa.json").get(kind) or read_json("keys", "ed25519.json")
    return {
        "@context": "https://w3id.org/security/multikey/v1",
        "id": key.key_id,
        "type": "Multikey",
        "controller": key.key_id.partition("#")[0],
        "publicKeyMultibase": key.public_key_multibase,
        "secretKeyMultibase": encode_base58btc(
            SECRET_KEY_PREFIXES[kind] + bytes.fromhex(secrets[name])
        ),
    }


def a_verification_key(key: SigningKey, **changed: object) -> VerificationKey:
    values = {
        "key_id": key.key_id,
        "controller": key.key_id.partition("#")[0],
        "public_key": parse_multikey(key.public_key_multibase),
        "purposes": frozenset({"assertionMethod"}),
    }
    return VerificationKey(**(values | changed))


class ListKeys:
    """KeyResolver over the keys it was given."""

    def __init__(self, keys: Iterable[VerificationKey]) -> None:
        self._keys = {key.key_id: key for key in keys}

    def resolve(self, verification_method: str) -> VerificationKey:
        if verification_method not in self._keys:
            raise KeyUnknownError(f"nobody vouches for {verification_method}")
        return self._keys[verification_method]


class DidKeys:
    """KeyResolver that finds a did:key in its own name."""

    def resolve(self, verification_method: str) -> VerificationKey:
        did, _, multibase = verification_method.partition("#")
        return VerificationKey(
            key_id=verification_method,
            controller=did,
            public_key=parse_multikey(multibase),
            purposes=frozenset({"assertionMethod", "authentication"}),
        )


def a_credential(**changed: object) -> dict[str, object]:
    """A small credential that only names nodes by IRI."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "https://maker.example/statements/1",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "issuer": "did:web:maker.example",
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {
            "id": "https://maker.example/01/09506000134352/21/A1",
            "ratedCapacityAmpereHours": "206.50",
            "remark": "sealed at 20 degrees",
        },
    } | changed
