"""Tokens and their keys as other libraries know them."""

import base64
import json

from builders_selective import a_p256_key
from builders_signing import a_key, read_json
from cryptography.hazmat.primitives.asymmetric import ec

from passport.signing.keys import EcdsaSigningKey, KeyKind

DID = "did:web:maker.example"
SECRET = 7
P384_KEY = EcdsaSigningKey.from_secret(f"{DID}#key-3", KeyKind.P384, SECRET.to_bytes(48, "big"))
KEYS = {"EdDSA": a_key(did=DID), "ES256": a_p256_key(DID, secret=SECRET), "ES384": P384_KEY}
"""The maker's keys by the algorithm they sign tokens with."""


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def a_jwk(algorithm: str) -> dict[str, str]:
    """The secret key of an algorithm as JSON Web Key."""
    if algorithm == "EdDSA":
        seed = bytes.fromhex(read_json("keys", "ed25519.json")["maker"])
        public = KEYS["EdDSA"]._private_key.public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(public), "d": base64url(seed)}
    curve, name, size = (
        (ec.SECP256R1(), "P-256", 32) if algorithm == "ES256" else (ec.SECP384R1(), "P-384", 48)
    )
    numbers = ec.derive_private_key(SECRET, curve).public_key().public_numbers()
    x, y, d = (base64url(one.to_bytes(size, "big")) for one in (numbers.x, numbers.y, SECRET))
    return {"kty": "EC", "crv": name, "x": x, "y": y, "d": d}


def a_token(header: dict[str, object], payload: object, algorithm: str = "EdDSA") -> bytes:
    """A token over any header and payload, signed by the key of an algorithm."""
    parts = [
        base64url(part if isinstance(part, bytes) else json.dumps(part).encode())
        for part in (header, payload)
    ]
    signing_input = ".".join(parts).encode()
    return signing_input + b"." + base64url(KEYS[algorithm].sign(signing_input)).encode()
