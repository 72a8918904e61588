"""The suite eddsa-rdfc-2022 against the test vectors of its Recommendation."""

import hashlib
from datetime import UTC, datetime

import pytest
from builders_signing import VECTORS, DidKeys, a_canonicalizer, a_did_key, read_json

from passport.linked_data.json_rules import FOREIGN_DOCUMENTS, OUR_STATEMENTS
from passport.signing.cryptosuites import ISSUING_SUITES
from passport.signing.errors import ProofError
from passport.signing.instants import parse_instant
from passport.signing.keys import KeyKind
from passport.signing.multibase import decode_base58btc
from passport.signing.proofs import FOREIGN_CREDENTIAL, create_proof, verify_signatures

FOLDER = VECTORS / "vc-di-eddsa"
SUITE = FOLDER / "eddsa-rdfc-2022"
CANONICALIZER = a_canonicalizer()
SOON_AFTER = datetime(2023, 3, 1, tzinfo=UTC)


def text(name):
    return (SUITE / name).read_bytes().decode().strip()


def unsigned():
    return read_json("vc-di-eddsa", "unsigned.json")


def test_the_document_has_the_canonical_text_and_hash_of_the_vector():
    canonical = CANONICALIZER.canonize(unsigned())

    assert canonical.decode().strip() == text("canonDocDataInt.txt")
    assert hashlib.sha256(canonical).hexdigest() == text("docHashDataInt.txt")


def test_the_proof_options_have_the_canonical_text_and_hash_of_the_vector():
    options = read_json("vc-di-eddsa", "eddsa-rdfc-2022", "proofConfigDataInt.json")

    canonical = CANONICALIZER.canonize(options, FOREIGN_DOCUMENTS)

    assert canonical.decode().strip() == text("proofCanonDataInt.txt")
    assert hashlib.sha256(canonical).hexdigest() == text("proofHashDataInt.txt")
    data = ISSUING_SUITES["eddsa-rdfc-2022"].hash_data(
        unsigned(),
        options,
        kind=KeyKind.ED25519,
        canonicalizer=CANONICALIZER,
        strictness=OUR_STATEMENTS,
    )
    assert data.hex() == text("combinedHashDataInt.txt")


def test_signing_again_gives_the_signature_of_the_vector():
    key = a_did_key(read_json("vc-di-eddsa", "keyPair.json")["privateKeyMultibase"])
    created = parse_instant("2023-02-24T23:36:38Z")

    proof = create_proof(unsigned(), key=key, created=created, canonicalizer=CANONICALIZER)

    assert proof["proofValue"] == text("sigBTC58DataInt.txt")
    assert decode_base58btc(proof["proofValue"]).hex() == text("sigHexDataInt.txt")
    signed = read_json("vc-di-eddsa", "eddsa-rdfc-2022", "signedDataInt.json")
    assert {**unsigned(), "proof": proof} == signed


@pytest.mark.parametrize(
    ("path", "proofs"),
    [
        ("eddsa-rdfc-2022/signedDataInt.json", 1),
        ("proof-set-chain/signedProofSet1.json", 1),
        ("proof-set-chain/signedProofSet2.json", 2),
        ("proof-set-chain/signedProofChain1.json", 3),
        ("proof-set-chain/signedProofChain2.json", 4),
    ],
)
def test_each_proof_of_a_signed_vector_holds(path, proofs):
    verified = verify_signatures(
        read_json("vc-di-eddsa", path),
        keys=DidKeys(),
        at=SOON_AFTER,
        canonicalizer=CANONICALIZER,
        expected=FOREIGN_CREDENTIAL,
    )

    assert len(verified) == proofs


@pytest.mark.parametrize("place", range(4))
def test_a_chain_of_proofs_breaks_where_one_of_them_is_changed(place):
    document = read_json("vc-di-eddsa", "proof-set-chain", "signedProofChain2.json")
    document["proof"][place]["created"] = "2023-02-24T23:36:39Z"

    with pytest.raises(ProofError):
        verify_signatures(
            document,
            keys=DidKeys(),
            at=SOON_AFTER,
            canonicalizer=CANONICALIZER,
            expected=FOREIGN_CREDENTIAL,
        )


def test_a_credential_with_nodes_without_id_signs_and_verifies():
    document = read_json("vc-di-eddsa", "employmentAuth.json")
    key = a_did_key(read_json("vc-di-eddsa", "keyPair.json")["privateKeyMultibase"])

    proof = create_proof(
        document,
        key=key,
        created=SOON_AFTER,
        canonicalizer=CANONICALIZER,
        strictness=FOREIGN_DOCUMENTS,
    )

    assert verify_signatures(
        {**document, "proof": proof},
        keys=DidKeys(),
        at=SOON_AFTER,
        canonicalizer=CANONICALIZER,
        expected=FOREIGN_CREDENTIAL,
    )
