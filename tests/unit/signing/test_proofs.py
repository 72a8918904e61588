"""Every way in which a proof may not hold, each with its own code."""

from datetime import timedelta

import orjson
import pytest
from builders_signing import (
    NOON,
    ListKeys,
    a_canonicalizer,
    a_credential,
    a_key,
    a_verification_key,
)

from passport.domain.errors import PassportError
from passport.linked_data.json_rules import UndefinedTermError
from passport.signing.errors import AlreadySignedError, IssuerMismatchError
from passport.signing.keys import Ed25519PublicKey, parse_multikey
from passport.signing.multibase import decode_base58btc, encode_base58btc
from passport.signing.proofs import (
    attach_proof,
    create_proof,
    sign_document,
    verify_proofs,
)

CANONICALIZER = a_canonicalizer()
KEY = a_key()
KEYS = ListKeys([a_verification_key(KEY)])
ORDER = 2**252 + 27742317777372353535851937790883648493


def signed(document=None, *, key=KEY, created=NOON):
    data = sign_document(
        document or a_credential(), key=key, created=created, canonicalizer=CANONICALIZER
    )
    return orjson.loads(data)


def verify(document, *, keys=KEYS, at=NOON):
    return verify_proofs(document, keys=keys, at=at, canonicalizer=CANONICALIZER)


def with_proof(**changed):
    document = signed()
    document["proof"] |= changed
    return document


def without(name):
    document = signed()
    del document["proof"][name]
    return document


def with_changed_value(change):
    document = signed()
    signature = decode_base58btc(document["proof"]["proofValue"])
    document["proof"]["proofValue"] = encode_base58btc(change(signature))
    return document


def other_writing(signature):
    """The same signature with the order of the group added: anybody can make it."""
    s = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + s.to_bytes(32, "little")


def flip(signature):
    return bytes([signature[0] ^ 1]) + signature[1:]


def by_another_key_under_the_same_name():
    return signed(key=a_key("rival"))


def by_another_party():
    rival = a_key("rival", did="did:web:rival.example")
    proof = create_proof(a_credential(), key=rival, created=NOON, canonicalizer=CANONICALIZER)
    return orjson.loads(attach_proof(a_credential(), proof))


def claiming(document, **claims):
    return document | {"credentialSubject": document["credentialSubject"] | claims}


FORGERIES = {
    "no proof": (a_credential, "proof-missing"),
    "an empty list of proofs": (lambda: a_credential(proof=[]), "proof-empty"),
    "an empty proof": (lambda: a_credential(proof={}), "proof-empty"),
    "a proof that is a text": (lambda: a_credential(proof="signed"), "proof-malformed"),
    "a null proof": (lambda: a_credential(proof=None), "proof-malformed"),
    "a hundred proofs": (lambda: a_credential(proof=[{}] * 100), "proof-malformed"),
    "another type": (lambda: with_proof(type="Ed25519Signature2020"), "cryptosuite-unknown"),
    "another suite": (lambda: with_proof(cryptosuite="ecdsa-sd-2023"), "cryptosuite-unknown"),
    "no suite": (lambda: without("cryptosuite"), "proof-malformed"),
    "another purpose": (lambda: with_proof(proofPurpose="authentication"), "proof-purpose"),
    "no purpose": (lambda: without("proofPurpose"), "proof-malformed"),
    "no signature": (lambda: without("proofValue"), "proof-malformed"),
    "no method": (lambda: without("verificationMethod"), "proof-malformed"),
    "a context in the proof": (lambda: with_proof(**{"@context": []}), "proof-malformed"),
    "an end that has passed": (
        lambda: with_proof(expires="2026-11-21T11:59:59Z"),
        "proof-expired",
    ),
    "an end that is no instant": (lambda: with_proof(expires="soon"), "proof-malformed"),
    "a creation that is no instant": (lambda: with_proof(created="today"), "proof-malformed"),
    "a changed creation": (lambda: with_proof(created="2026-11-20T12:00:00Z"), "proof-invalid"),
    "a removed creation": (lambda: without("created"), "proof-invalid"),
    "a member more in the proof": (lambda: with_proof(nonce="x"), "proof-invalid"),
    "an unknown member in the proof": (lambda: with_proof(evil=1), "proof-invalid"),
    "another multibase": (lambda: with_proof(proofValue="uAAAA"), "proof-value"),
    "a letter outside base58": (lambda: with_proof(proofValue="z0OIl"), "proof-value"),
    "an endless signature": (lambda: with_proof(proofValue="z" + "2" * 9999), "proof-value"),
    "a short signature": (lambda: with_changed_value(lambda s: s[:63]), "proof-value"),
    "a long signature": (lambda: with_changed_value(lambda s: s + b"\0"), "proof-value"),
    "a changed signature": (lambda: with_changed_value(flip), "proof-invalid"),
    "another writing of the signature": (
        lambda: with_changed_value(other_writing),
        "signature-not-canonical",
    ),
    "another key under the same name": (by_another_key_under_the_same_name, "proof-invalid"),
    "a key nobody vouches for": (by_another_party, "key-unknown"),
    "a changed claim": (
        lambda: claiming(signed(), ratedCapacityAmpereHours="206.51"),
        "proof-invalid",
    ),
    "an added claim": (lambda: claiming(signed(), chemistry="NMC"), "proof-invalid"),
    "another issuer": (lambda: signed() | {"issuer": "did:web:rival.example"}, "proof-invalid"),
    "another type of credential": (
        lambda: signed() | {"type": ["VerifiableCredential"]},
        "proof-invalid",
    ),
    "a proof that builds on a missing one": (
        lambda: with_proof(previousProof="urn:uuid:1"),
        "proof-chain",
    ),
    "a proof that builds on missing ones": (
        lambda: with_proof(previousProof=["urn:a", "urn:a"]),
        "proof-chain",
    ),
    "a proof that builds on an empty list": (lambda: with_proof(previousProof=[]), "proof-chain"),
    "a proof that builds on a number": (lambda: with_proof(previousProof=1), "proof-chain"),
    "a proof that builds on itself": (
        lambda: with_proof(id="urn:uuid:1", previousProof="urn:uuid:1"),
        "proof-chain",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_document_does_not_verify_with(forgery):
    make, code = FORGERIES[forgery]

    with pytest.raises(PassportError) as refusal:
        verify(make())

    assert refusal.value.code == code
    assert str(refusal.value)


def test_a_signed_document_verifies_and_names_the_key():
    (proof,) = verify(signed())

    assert proof.key.key_id == "did:web:maker.example#key-1"
    assert proof.created_at == NOON


def test_the_order_of_keys_in_the_json_does_not_matter():
    assert verify(dict(reversed(signed().items())))


def test_what_is_signed_is_compact_json_with_the_proof_at_the_end():
    data = sign_document(a_credential(), key=KEY, created=NOON, canonicalizer=CANONICALIZER)

    assert data == orjson.dumps(orjson.loads(data))
    assert list(orjson.loads(data))[-1] == "proof"


def test_the_document_is_refused_if_a_good_proof_stands_beside_a_bad_one():
    document = signed()
    bad = by_another_key_under_the_same_name()["proof"]

    with pytest.raises(PassportError, match="did not sign"):
        verify(document | {"proof": [document["proof"], bad]})


def test_a_proof_by_another_trusted_party_alone_does_not_speak_for_the_issuer():
    rival = a_verification_key(a_key("rival", did="did:web:rival.example"))

    with pytest.raises(IssuerMismatchError, match=r"maker\.example.*rival\.example"):
        verify(by_another_party(), keys=ListKeys([rival]))


def test_a_document_without_issuer_is_not_signed_by_its_issuer():
    document = {name: value for name, value in a_credential().items() if name != "issuer"}
    proof = create_proof(document, key=KEY, created=NOON, canonicalizer=CANONICALIZER)

    with pytest.raises(IssuerMismatchError, match="no issuer"):
        verify(document | {"proof": proof})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"purposes": frozenset({"authentication"})}, "key-not-authorized"),
        ({"revoked_at": NOON}, "key-revoked"),
        ({"expires_at": NOON - timedelta(seconds=1)}, "key-expired"),
        ({"controller": "did:web:rival.example"}, "issuer-mismatch"),
    ],
)
def test_a_key_does_not_count_when(changed, code):
    with pytest.raises(PassportError) as refusal:
        verify(signed(), keys=ListKeys([a_verification_key(KEY, **changed)]))

    assert refusal.value.code == code


def test_what_was_signed_before_the_end_of_a_key_stays_good():
    ended = a_verification_key(KEY, expires_at=NOON + timedelta(days=1))

    assert verify(signed(), keys=ListKeys([ended]), at=NOON + timedelta(days=3650))


def test_a_key_signs_for_its_own_controller_alone():
    with pytest.raises(IssuerMismatchError, match="does not sign for"):
        signed(key=a_key(did="did:web:rival.example"))


def test_a_document_is_not_signed_twice():
    with pytest.raises(AlreadySignedError, match="already"):
        signed(signed())


def test_a_document_with_an_undefined_term_is_not_signed():
    document = a_credential(**{"@context": "https://www.w3.org/ns/credentials/v2"})

    with pytest.raises(UndefinedTermError):
        signed(document)


@pytest.mark.parametrize(
    "raw",
    [
        bytes(32),
        b"\x01" + bytes(31),
        b"\xec" + b"\xff" * 30 + b"\x7f",
        b"\xed" + b"\xff" * 30 + b"\x7f",
        b"\x01" + bytes(30) + b"\x80",
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        bytes(31),
    ],
)
def test_a_public_key_of_small_order_or_wrong_form_is_refused(raw):
    with pytest.raises(PassportError) as refusal:
        Ed25519PublicKey(raw)

    assert refusal.value.code == "key-malformed"


@pytest.mark.parametrize(
    "text",
    ["", "z", "z6Mk", "uAAAA", "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "z0"],
)
def test_a_text_that_is_no_multikey_of_a_kind_that_signs_is_refused(text):
    with pytest.raises(PassportError) as refusal:
        parse_multikey(text)

    assert refusal.value.code == "key-malformed"
