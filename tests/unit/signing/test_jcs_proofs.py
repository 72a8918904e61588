"""Proofs over JSON as text (JCS): checked in what others sign, and nowhere else."""

import math

import pytest
from builders_signing import (
    NOON,
    ListKeys,
    a_canonicalizer,
    a_credential,
    a_key,
    a_verification_key,
    an_ecdsa_key,
)

from passport.domain.errors import PassportError
from passport.signing.cryptosuites import SUITES, canonical_json
from passport.signing.errors import CryptosuiteUnknownError, ProofMalformedError
from passport.signing.keys import parse_multikey
from passport.signing.multibase import encode_base58btc
from passport.signing.proofs import FOREIGN_CREDENTIAL, verify_proofs

CANONICALIZER = a_canonicalizer()
KEYS = {"eddsa-jcs-2022": a_key(), "ecdsa-jcs-2019": an_ecdsa_key(number=2)}
RESOLVER = ListKeys([a_verification_key(key) for key in KEYS.values()])
EACH_SUITE = pytest.mark.parametrize("suite", KEYS)


def signed(suite="eddsa-jcs-2022", *, context=True, **changed):
    key, document = KEYS[suite], a_credential(**changed)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2026-11-21T12:00:00Z",
        "verificationMethod": key.key_id,
        "proofPurpose": "assertionMethod",
    } | ({"@context": document["@context"]} if context else {})
    kind = parse_multikey(key.public_key_multibase).kind
    data = SUITES[suite].hash_data(document, options, kind=kind)
    return document | {"proof": {**options, "proofValue": encode_base58btc(key.sign(data))}}


def verify(document, expected=FOREIGN_CREDENTIAL):
    return verify_proofs(
        document, keys=RESOLVER, at=NOON, canonicalizer=CANONICALIZER, expected=expected
    )


@EACH_SUITE
def test_a_foreign_credential_verifies_whatever_the_order_of_its_members(suite):
    assert verify(dict(reversed(signed(suite).items())))


@EACH_SUITE
def test_a_proof_that_does_not_name_the_contexts_verifies(suite):
    assert verify(signed(suite, context=False))


@EACH_SUITE
def test_a_statement_of_a_battery_passport_is_not_signed_so(suite):
    with pytest.raises(CryptosuiteUnknownError, match="rdfc"):
        verify_proofs(signed(suite), keys=RESOLVER, at=NOON, canonicalizer=CANONICALIZER)


def changed(**members):
    return signed() | members


def with_a_context_more():
    document = signed()
    return document | {"@context": [*document["@context"], "https://rival.example/words"]}


def with_another_suite():
    document = signed()
    document["proof"]["cryptosuite"] = "eddsa-rdfc-2022"
    return document


def with_a_member_in_the_proof():
    document = signed()
    document["proof"]["nonce"] = "x"
    return document


FORGERIES = {
    "a changed member": (lambda: changed(validFrom="2026-11-02T00:00:00Z"), "proof-invalid"),
    "the same instant written otherwise": (
        lambda: changed(validFrom="2026-11-01T00:00:00.000Z"),
        "proof-invalid",
    ),
    "a member more": (lambda: changed(name="passport"), "proof-invalid"),
    "a member of the proof more": (with_a_member_in_the_proof, "proof-invalid"),
    "a context more": (with_a_context_more, "proof-malformed"),
    "other contexts": (
        lambda: changed(**{"@context": ["https://rival.example/words"]}),
        "proof-malformed",
    ),
    "the suite that signs RDF": (with_another_suite, "proof-malformed"),
    "a number that JSON readers change": (lambda: changed(mass=2**60), "proof-malformed"),
    "no number": (lambda: changed(mass=math.nan), "proof-malformed"),
    "half a character": (lambda: changed(name="\ud83d"), "proof-malformed"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_credential_does_not_verify_with(name):
    make, code = FORGERIES[name]

    with pytest.raises(PassportError) as refusal:
        verify(make())
    assert refusal.value.code == code


def test_a_document_without_end_has_no_canonical_json():
    deep = {}
    for _ in range(5000):
        deep = {"a": deep}

    with pytest.raises(ProofMalformedError):
        canonical_json(deep)


def test_numbers_and_texts_are_written_as_ecmascript_does():
    document = {"b": 1e21, "a": 0.000001, "\u20ac": "\u0007é", "1": [True, None, -0.0, 5.0]}

    written = canonical_json(document)

    assert written == '{"1":[true,null,0,5],"a":0.000001,"b":1e+21,"€":"\\u0007é"}'.encode()
