"""Keys on P-256 and P-384: which texts are one, which bytes are a signature."""

import pytest
from builders_signing import an_ecdsa_key
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from passport.domain.errors import PassportError
from passport.signing.errors import KeyMalformedError, ProofInvalidError
from passport.signing.keys import (
    EcdsaPublicKey,
    EcdsaSigningKey,
    KeyKind,
    kind_of_new_key,
    new_secret,
    open_signing_key,
    parse_multikey,
)
from passport.signing.multibase import decode_base58btc, encode_base58btc

ORDERS = {
    KeyKind.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    KeyKind.P384: int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        16,
    ),
}
SIZES = {KeyKind.P256: 32, KeyKind.P384: 48}
EACH_KIND = pytest.mark.parametrize("kind", ORDERS)
DATA = b"statement"


def public(kind):
    return parse_multikey(an_ecdsa_key(kind=kind).public_key_multibase)


def point_of(kind):
    return decode_base58btc(an_ecdsa_key(kind=kind).public_key_multibase)[2:]


@EACH_KIND
def test_a_key_checks_what_its_other_half_signed(kind):
    key = an_ecdsa_key(kind=kind)

    signature = key.sign(DATA)

    public(kind).verify(signature, DATA)
    assert len(signature) == 2 * SIZES[kind]
    assert signature == key.sign(DATA)
    with pytest.raises(ProofInvalidError):
        public(kind).verify(signature, b"another statement")


@EACH_KIND
def test_both_writings_of_a_signature_hold_because_the_published_vectors_hold_both(kind):
    size = SIZES[kind]
    signature = an_ecdsa_key(kind=kind).sign(DATA)
    mirrored = ORDERS[kind] - int.from_bytes(signature[size:])

    public(kind).verify(signature[:size] + mirrored.to_bytes(size), DATA)


def halves(kind, r, s):
    return r.to_bytes(SIZES[kind]) + s.to_bytes(SIZES[kind])


def a_signature_in_der(kind):
    signature = an_ecdsa_key(kind=kind).sign(DATA)
    r, s = (int.from_bytes(half) for half in (signature[: SIZES[kind]], signature[SIZES[kind] :]))
    return encode_dss_signature(r, s)


WRONG_SIGNATURES = {
    "nothing": (lambda _: b"", "proof-value"),
    "one byte less": (lambda kind: bytes(2 * SIZES[kind] - 1), "proof-value"),
    "one byte more": (lambda kind: an_ecdsa_key(kind=kind).sign(DATA) + b"\0", "proof-value"),
    "written in DER": (a_signature_in_der, "proof-value"),
    "all zero": (lambda kind: halves(kind, 0, 0), "signature-not-canonical"),
    "r is zero": (lambda kind: halves(kind, 0, 1), "signature-not-canonical"),
    "s is zero": (lambda kind: halves(kind, 1, 0), "signature-not-canonical"),
    "r is the order": (lambda kind: halves(kind, ORDERS[kind], 1), "signature-not-canonical"),
    "s is the order": (lambda kind: halves(kind, 1, ORDERS[kind]), "signature-not-canonical"),
    "s is above the order": (
        lambda kind: halves(kind, 1, ORDERS[kind] + 1),
        "signature-not-canonical",
    ),
    "one and one": (lambda kind: halves(kind, 1, 1), "proof-invalid"),
    "of a rival": (lambda kind: an_ecdsa_key("rival", kind=kind).sign(DATA), "proof-invalid"),
}


@EACH_KIND
@pytest.mark.parametrize("name", WRONG_SIGNATURES)
def test_a_signature_does_not_hold(kind, name):
    make, code = WRONG_SIGNATURES[name]

    with pytest.raises(PassportError) as refusal:
        public(kind).verify(make(kind), DATA)

    assert refusal.value.code == code


def uncompressed(kind):
    curve = {32: ec.SECP256R1(), 48: ec.SECP384R1()}[SIZES[kind]]
    numbers = ec.EllipticCurvePublicKey.from_encoded_point(curve, point_of(kind)).public_numbers()
    return b"\x04" + numbers.x.to_bytes(SIZES[kind]) + numbers.y.to_bytes(SIZES[kind])


WRONG_POINTS = {
    "nothing": lambda _: b"",
    "infinity": lambda _: b"\0",
    "one byte less": lambda kind: point_of(kind)[:-1],
    "one byte more": lambda kind: point_of(kind) + b"\0",
    "not compressed": uncompressed,
    "compressed and not": lambda kind: b"\x06" + point_of(kind)[1:],
    "no square root": lambda kind: b"\x02" + bytes(SIZES[kind] - 1) + b"\x01",
    "above the prime": lambda kind: b"\x02" + b"\xff" * SIZES[kind],
    "of the other curve": lambda kind: point_of({*ORDERS}.difference({kind}).pop()),
}


@EACH_KIND
@pytest.mark.parametrize("name", WRONG_POINTS)
def test_bytes_that_are_no_compressed_point_of_the_curve_are_no_key(kind, name):
    with pytest.raises(KeyMalformedError):
        EcdsaPublicKey(kind, WRONG_POINTS[name](kind))


def test_an_ed25519_key_is_on_no_curve_of_ecdsa():
    with pytest.raises(KeyMalformedError, match="no curve"):
        EcdsaPublicKey(KeyKind.ED25519, point_of(KeyKind.P256))


def test_a_key_on_a_curve_that_is_not_checked_here_signs_nothing():
    with pytest.raises(KeyMalformedError, match="secp521r1"):
        EcdsaSigningKey("did:web:maker.example#key-1", ec.generate_private_key(ec.SECP521R1()))


@EACH_KIND
@pytest.mark.parametrize("number", [0, "order", "too long"])
def test_a_number_that_is_no_secret_of_the_curve_opens_no_key(kind, number):
    size = SIZES[kind]
    secret = {"order": ORDERS[kind].to_bytes(size), "too long": bytes(size) + b"\1"}.get(
        number, bytes(size)
    )

    with pytest.raises(KeyMalformedError):
        open_signing_key("did:web:maker.example#key-1", kind, secret)


@pytest.mark.parametrize("kind", KeyKind)
def test_a_new_secret_opens_a_key_of_its_kind(kind):
    key = open_signing_key("did:web:maker.example#key-1", kind, new_secret(kind))

    public_key = parse_multikey(key.public_key_multibase)
    public_key.verify(key.sign(DATA), DATA)
    assert public_key.kind is kind
    assert public_key.multibase == key.public_key_multibase
    assert kind_of_new_key(key.cryptosuite, kind) is kind


def test_a_public_key_of_one_curve_is_not_read_as_one_of_the_other():
    point = decode_base58btc(an_ecdsa_key().public_key_multibase)[2:]

    with pytest.raises(KeyMalformedError, match="no compressed point of P-384"):
        parse_multikey(encode_base58btc(b"\x81\x24" + point))
