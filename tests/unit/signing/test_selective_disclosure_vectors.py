"""The published example of ecdsa-sd-2023, step by step: base proof, derived proof, verification."""

import hashlib

import pytest
from builders_selective import a_did_p256_key, with_base_proof
from builders_signing import NOON, DidKeys, a_canonicalizer, read_json

from passport.linked_data.json_rules import FOREIGN_DOCUMENTS
from passport.signing.instants import parse_instant
from passport.signing.multibase import decode_base58btc
from passport.signing.proofs import FOREIGN_CREDENTIAL, NewProof, verify_signatures
from passport.signing.selective_disclosure import (
    NewBaseProof,
    ProofSecrets,
    derive_document,
    make_base_proof,
)
from passport.signing.selective_disclosure_statements import statements_of
from passport.signing.selective_disclosure_suite import hash_options
from passport.signing.selective_disclosure_values import decode_base_proof, decode_derived_proof

FOLDER = ("vc-di-ecdsa", "ecdsa-sd-2023", "prc")
BASE = read_json(*FOLDER, "addSignedSDBase.json")
DERIVED = read_json(*FOLDER, "derivedRevealDocument.json")
MANDATORY = read_json("vc-di-ecdsa", "prCredMandatory.json")
SELECTIVE = read_json("vc-di-ecdsa", "prCredSelective.json")
KEYS = read_json("vc-di-ecdsa", "ecdsa-sd-2023", "SDKeyMaterial.json")
HMAC_KEY = bytes.fromhex(KEYS["hmacKeyString"])
CANONICALIZER = a_canonicalizer()
READING = {"canonicalizer": CANONICALIZER, "strictness": FOREIGN_DOCUMENTS}


@pytest.fixture(scope="module")
def statements():
    unsecured = {name: value for name, value in BASE.items() if name != "proof"}
    return statements_of(unsecured, HMAC_KEY, **READING)


def test_the_statements_carry_the_labels_of_the_example(statements):
    assert statements.lines == read_json(*FOLDER, "addBaseDocHMACCanon.json")


def test_the_mandatory_statements_are_those_of_the_example(statements):
    transform = read_json(*FOLDER, "addBaseTransform.json")

    assert sorted(statements.selection(MANDATORY).indexes) == [
        index for index, _ in transform["mandatory"]["value"]
    ]


def test_pointers_select_the_statements_of_the_example(statements):
    groups = read_json(*FOLDER, "derivedGroupIndexes.json")

    assert sorted(statements.selection(SELECTIVE).indexes) == groups["selectiveIndexes"]
    assert (
        sorted(statements.selection([*MANDATORY, *SELECTIVE]).indexes) == groups["combinedIndexes"]
    )


def test_both_hashes_are_those_of_the_example(statements):
    expected = read_json(*FOLDER, "addHashData.json")
    mandatory = sorted(statements.selection(MANDATORY).indexes)
    text = "".join(statements.lines[index] for index in mandatory)

    assert hash_options(BASE["proof"], BASE, **READING).hex() == expected["proofHash"]
    assert hashlib.sha256(text.encode()).hexdigest() == expected["mandatoryHash"]


def test_a_base_proof_is_read_as_the_example_says():
    expected = read_json(*FOLDER, "derivedRecoveredBaseData.json")

    value = decode_base_proof(BASE["proof"]["proofValue"])

    assert value.base_signature.hex() == expected["baseSignature"]
    assert value.public_key == decode_base58btc(expected["proofPublicKey"])
    assert value.hmac_key.hex() == expected["hmacKey"]
    assert [one.hex() for one in value.signatures] == expected["signatures"]
    assert value.mandatory_pointers == MANDATORY


def test_a_derived_proof_is_read_as_the_example_says():
    expected = read_json(*FOLDER, "verifyDerivedProofValue.json")

    value = decode_derived_proof(DERIVED["proof"]["proofValue"])

    assert [one.hex() for one in value.signatures] == expected["signatures"]
    assert value.mandatory_indexes == expected["mandatoryIndexes"]


def test_the_derived_document_of_the_example_comes_out_byte_for_byte():
    assert derive_document(BASE, SELECTIVE, **READING) == DERIVED


def test_the_derived_document_of_the_example_verifies():
    (proof,) = verify_signatures(
        DERIVED,
        keys=DidKeys(),
        at=NOON,
        canonicalizer=CANONICALIZER,
        expected=FOREIGN_CREDENTIAL,
    )

    assert proof.created_at == parse_instant("2023-08-15T23:36:38Z")


def test_the_base_proof_of_the_example_comes_out_byte_for_byte_with_its_secrets():
    unsecured = {name: value for name, value in BASE.items() if name != "proof"}
    new = NewBaseProof(
        proof=NewProof(created_at=parse_instant("2023-08-15T23:36:38Z")),
        mandatory_pointers=MANDATORY,
        secrets=ProofSecrets(HMAC_KEY, a_did_p256_key(KEYS["proofKeyPair"]["secretKeyMultibase"])),
    )
    key = a_did_p256_key(KEYS["baseKeyPair"]["secretKeyMultibase"])

    assert make_base_proof(unsecured, new, key=key, **READING) == BASE["proof"]


def test_the_other_credential_of_the_recommendation_shows_what_its_pointers_select():
    unsigned = read_json("vc-di-ecdsa", "employmentAuth.json")
    key = a_did_p256_key(KEYS["baseKeyPair"]["secretKeyMultibase"])
    base = with_base_proof(
        unsigned, key=key, mandatory=read_json("vc-di-ecdsa", "employMandatory.json"), **READING
    )

    shown = derive_document(base, read_json("vc-di-ecdsa", "employSelective.json"), **READING)

    subject = unsigned["credentialSubject"]
    assert shown["issuer"] == unsigned["issuer"]
    assert shown["validUntil"] == unsigned["validUntil"]
    assert shown["credentialSubject"] == {
        "type": subject["type"],
        "birthCountry": subject["birthCountry"],
    }
    assert verify_signatures(
        shown,
        keys=DidKeys(),
        at=NOON,
        canonicalizer=CANONICALIZER,
        expected=FOREIGN_CREDENTIAL,
    )
