"""The suites against the test vectors of their Recommendations, byte for byte."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from builders_signing import VECTORS, DidKeys, a_canonicalizer, a_did_key, read_json

from passport.linked_data.json_rules import FOREIGN_DOCUMENTS
from passport.signing.cryptosuites import ISSUING_SUITES, SUITES, JcsSuite, canonical_json
from passport.signing.errors import ProofError
from passport.signing.instants import parse_instant
from passport.signing.keys import KeyKind
from passport.signing.multibase import decode_base58btc
from passport.signing.proofs import (
    FOREIGN_CREDENTIAL,
    NewProof,
    attach_proof,
    create_proof,
    make_proof,
    verify_signatures,
)

CANONICALIZER = a_canonicalizer()
SOON_AFTER = datetime(2023, 3, 1, tzinfo=UTC)
CREATED = parse_instant("2023-02-24T23:36:38Z")
CHAIN = "vc-di-eddsa/proof-set-chain"


@dataclass(frozen=True)
class Vector:
    """One suite with one kind of key: where its files are, and how their names end."""

    folder: str
    suite: str
    ending: str
    kind: KeyKind
    key_file: str
    secret_member: str = "secretKeyMultibase"

    @property
    def unsigned(self):
        return read_json(self.folder.partition("/")[0], "unsigned.json")

    @property
    def options(self):
        return read_json(self.folder, f"proofConfig{self.ending}.json")

    @property
    def signed(self):
        return read_json(self.folder, f"signed{self.ending}.json")

    @property
    def key(self):
        return a_did_key(read_json(self.key_file)[self.secret_member])

    def text(self, name):
        return (VECTORS / self.folder / f"{name}{self.ending}.txt").read_bytes().decode().strip()

    def files(self):
        steps = ["canonDoc", "docHash", "proofCanon", "proofHash", "combinedHash"]
        texts = [f"{step}{self.ending}.txt" for step in (*steps, "sigHex", "sigBTC58")]
        return {
            self.key_file,
            f"{self.folder.partition('/')[0]}/unsigned.json",
            *(f"{self.folder}/{name}{self.ending}.json" for name in ("proofConfig", "signed")),
            *(f"{self.folder}/{text}" for text in texts),
        }


EDDSA_KEY = "vc-di-eddsa/keyPair.json"
ECDSA_KEYS = {kind: f"vc-di-ecdsa/p{kind[2:]}KeyPair.json" for kind in (KeyKind.P256, KeyKind.P384)}
RDFC = [
    Vector(
        "vc-di-eddsa/eddsa-rdfc-2022",
        "eddsa-rdfc-2022",
        "DataInt",
        KeyKind.ED25519,
        EDDSA_KEY,
        "privateKeyMultibase",
    ),
    *(
        Vector(
            f"vc-di-ecdsa/ecdsa-rdfc-2019-p{kind[2:]}",
            "ecdsa-rdfc-2019",
            f"ECDSAP{kind[2:]}",
            kind,
            key_file,
        )
        for kind, key_file in ECDSA_KEYS.items()
    ),
]
JCS = [
    Vector(
        "vc-di-eddsa/eddsa-jcs-2022",
        "eddsa-jcs-2022",
        "JCS",
        KeyKind.ED25519,
        EDDSA_KEY,
        "privateKeyMultibase",
    ),
    *(
        Vector(
            f"vc-di-ecdsa/ecdsa-jcs-2019-p{kind[2:]}",
            "ecdsa-jcs-2019",
            f"JCSECDSAP{kind[2:]}",
            kind,
            key_file,
        )
        for kind, key_file in ECDSA_KEYS.items()
    ),
]
EACH = pytest.mark.parametrize("vector", [*RDFC, *JCS], ids=lambda one: one.folder)
IN_RDF = pytest.mark.parametrize("vector", RDFC, ids=lambda one: one.folder)

CHAINED = {
    "signedProofSet1": 1,
    "signedProofSet2": 2,
    "signedProofChain1": 3,
    "signedProofChain2": 4,
}
"""Documents with several proofs, and how many."""
MADE_ONE_AFTER_THE_OTHER = {
    "proofSetConfigSigned1": ("proofSetConfig1", "keyPair1"),
    "proofSetConfigSigned2": ("proofSetConfig2", "keyPair2"),
    "proofChainConfigSigned1": ("proofChainConfig1", "keyPair3"),
    "proofChainConfigSigned2": ("proofChainConfig2", "keyPair4"),
}
"""Proof with its value -> its options, and the key that made it."""
WHAT_THE_CHAIN_SIGNS = {
    "proofChainConfigSigned1": "proofChainTempDoc1",
    "proofChainConfigSigned2": "proofChainTempDoc2",
}
"""Proof of a chain -> the document it signs, with the proofs that it builds on."""
WITHOUT_PROOF = {
    "vc-di-eddsa/employmentAuth.json": EDDSA_KEY,
    "vc-di-ecdsa/employmentAuth.json": ECDSA_KEYS[KeyKind.P256],
    "vc-di-ecdsa/prCredUnsigned.json": ECDSA_KEYS[KeyKind.P256],
}
"""Credentials that come without signature, and a key to try them with."""
SELECTIVE = {
    "vc-di-ecdsa/employMandatory.json",
    "vc-di-ecdsa/employSelective.json",
    "vc-di-ecdsa/prCredMandatory.json",
    "vc-di-ecdsa/prCredSelective.json",
}
"""Pointers of selective disclosure, which has tests of its own, as its folder has."""


def verified(document):
    return verify_signatures(
        document,
        keys=DidKeys(),
        at=SOON_AFTER,
        canonicalizer=CANONICALIZER,
        expected=FOREIGN_CREDENTIAL,
    )


def canonical(vector, document):
    if isinstance(SUITES[vector.suite], JcsSuite):
        return canonical_json(document)
    return CANONICALIZER.canonize(document, FOREIGN_DOCUMENTS)


def hash_data(vector):
    suite = SUITES[vector.suite]
    if isinstance(suite, JcsSuite):
        return suite.hash_data(vector.unsigned, vector.options, kind=vector.kind)
    return suite.hash_data(
        vector.unsigned,
        vector.options,
        kind=vector.kind,
        canonicalizer=CANONICALIZER,
        strictness=FOREIGN_DOCUMENTS,
    )


def hash_of(vector):
    return hashlib.sha384 if vector.kind is KeyKind.P384 else hashlib.sha256


def test_every_published_file_is_read_by_a_test():
    published = {
        str(path.relative_to(VECTORS))
        for folder in ("vc-di-eddsa", "vc-di-ecdsa")
        for path in (VECTORS / folder).rglob("*")
        if path.is_file()
    }
    chain = {*CHAINED, *MADE_ONE_AFTER_THE_OTHER, *WHAT_THE_CHAIN_SIGNS.values()}
    chain |= {options for options, _ in MADE_ONE_AFTER_THE_OTHER.values()}
    chain |= {"multiKeyPairs", "unsigned"}

    read = {file for vector in (*RDFC, *JCS) for file in vector.files()}
    read |= {f"{CHAIN}/{name}.json" for name in chain}
    read |= set(WITHOUT_PROOF) | SELECTIVE

    left = {file for file in published - read if "/ecdsa-sd-2023/" not in file}
    assert left == {"vc-di-eddsa/NOTICE.md", "vc-di-ecdsa/NOTICE.md"}
    assert read <= published


@EACH
def test_the_document_has_the_canonical_text_and_hash_of_the_vector(vector):
    written = canonical(vector, vector.unsigned)

    assert written.decode().strip() == vector.text("canonDoc")
    assert hash_of(vector)(written).hexdigest() == vector.text("docHash")


@EACH
def test_the_proof_options_have_the_canonical_text_and_hash_of_the_vector(vector):
    written = canonical(vector, vector.options)

    assert written.decode().strip() == vector.text("proofCanon")
    assert hash_of(vector)(written).hexdigest() == vector.text("proofHash")
    assert hash_data(vector).hex() == vector.text("combinedHash")


@EACH
def test_signing_the_hash_again_gives_the_signature_of_the_vector(vector):
    signature = vector.key.sign(hash_data(vector))

    assert signature.hex() == vector.text("sigHex")
    assert decode_base58btc(vector.text("sigBTC58")) == signature
    assert vector.signed["proof"]["proofValue"] == vector.text("sigBTC58")


@IN_RDF
def test_signing_the_document_again_gives_the_signed_document_of_the_vector(vector):
    proof = create_proof(
        vector.unsigned, key=vector.key, created=CREATED, canonicalizer=CANONICALIZER
    )

    assert {**vector.unsigned, "proof": proof} == vector.signed


@EACH
def test_the_signed_document_of_the_vector_verifies(vector):
    (proof,) = verified(vector.signed)

    assert proof.key.key_id == vector.options["verificationMethod"]
    assert proof.key.public_key.kind is vector.kind


@EACH
@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("name", "Another Credential"),
        ("created", "2023-02-24T23:36:39Z"),
        ("cryptosuite", "eddsa-rdfc-2022"),
        ("cryptosuite", "ecdsa-rdfc-2019"),
        ("cryptosuite", "eddsa-jcs-2022"),
        ("cryptosuite", "ecdsa-jcs-2019"),
    ],
)
def test_a_signed_document_with_one_thing_changed_does_not_verify(vector, place, value):
    document = vector.signed
    part = document if place in document else document["proof"]
    if part[place] == value:
        part["proofPurpose"] = "authentication"
    part[place] = value

    with pytest.raises(ProofError):
        verified(document)


@pytest.mark.parametrize("name", CHAINED)
def test_each_proof_of_a_set_or_a_chain_holds(name):
    assert len(verified(read_json(CHAIN, f"{name}.json"))) == CHAINED[name]


@pytest.mark.parametrize("name", MADE_ONE_AFTER_THE_OTHER)
def test_each_proof_of_the_set_and_the_chain_is_made_again(name):
    options_file, key_pair = MADE_ONE_AFTER_THE_OTHER[name]
    options = read_json(CHAIN, f"{options_file}.json")
    key = a_did_key(read_json(CHAIN, "multiKeyPairs.json")[key_pair]["privateKeyMultibase"])
    previous = options.get("previousProof", [])
    signed_with = WHAT_THE_CHAIN_SIGNS.get(name, "unsigned")

    proof = make_proof(
        read_json(CHAIN, f"{signed_with}.json"),
        NewProof(
            created_at=parse_instant(options["created"]),
            proof_id=options.get("id"),
            previous_proofs=[previous] if isinstance(previous, str) else previous,
        ),
        key=key,
        canonicalizer=CANONICALIZER,
    )

    expected = read_json(CHAIN, f"{name}.json")
    assert proof["proofValue"] == expected["proofValue"]
    assert proof.keys() == expected.keys()


@pytest.mark.parametrize("place", range(4))
def test_a_chain_of_proofs_breaks_where_one_of_them_is_changed(place):
    document = read_json(CHAIN, "signedProofChain2.json")
    document["proof"][place]["created"] = "2023-02-24T23:36:39Z"

    with pytest.raises(ProofError):
        verified(document)


@pytest.mark.parametrize("place", range(3))
def test_a_chain_of_proofs_breaks_where_one_of_them_is_taken_out(place):
    document = read_json(CHAIN, "signedProofChain2.json")
    del document["proof"][place]

    with pytest.raises(ProofError) as refusal:
        verified(document)
    assert refusal.value.code == "proof-chain"


@pytest.mark.parametrize("name", WITHOUT_PROOF)
def test_a_published_credential_with_nodes_without_id_signs_and_verifies(name):
    pair = read_json(WITHOUT_PROOF[name])
    key = a_did_key(pair.get("secretKeyMultibase") or pair["privateKeyMultibase"])
    document = read_json(name)

    proof = make_proof(
        document,
        NewProof(created_at=CREATED),
        key=key,
        canonicalizer=CANONICALIZER,
        strictness=FOREIGN_DOCUMENTS,
    )

    assert key.cryptosuite in ISSUING_SUITES
    assert verified({**document, "proof": proof})
    with pytest.raises(ProofError):
        verified({**document, "validUntil": "2999-01-01T00:00:00Z", "proof": proof})
    assert attach_proof(document, proof).endswith(b"}}")
