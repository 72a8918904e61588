"""Keys on P-256 and statements with base proofs, for the tests of selective disclosure."""

from builders_signing import NOON, a_credential

from passport.signing.keys import EcdsaSigningKey, KeyKind
from passport.signing.multibase import decode_base58btc
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure import NewBaseProof, make_base_proof

MANDATORY = ("/issuer", "/validFrom")
_SECRET_KEY_PREFIX = 2


def a_p256_key(did: str = "did:web:maker.example", number: int = 2, secret: int = 7):
    return EcdsaSigningKey.from_secret(
        f"{did}#key-{number}", KeyKind.P256, secret.to_bytes(32, "big")
    )


def a_did_p256_key(secret_multibase: str) -> EcdsaSigningKey:
    """The key of a W3C vector under its did:key name."""
    secret = decode_base58btc(secret_multibase)[_SECRET_KEY_PREFIX:]
    multibase = EcdsaSigningKey.from_secret("", KeyKind.P256, secret).public_key_multibase
    return EcdsaSigningKey.from_secret(f"did:key:{multibase}#{multibase}", KeyKind.P256, secret)


def with_base_proof(document=None, *, key=None, mandatory=MANDATORY, **reading):
    """The document with a base proof by the key."""
    unsecured = a_credential() if document is None else document
    proof = make_base_proof(
        unsecured,
        NewBaseProof(proof=NewProof(created_at=NOON), mandatory_pointers=mandatory),
        key=key or a_p256_key(),
        **reading,
    )
    return {**unsecured, "proof": proof}
