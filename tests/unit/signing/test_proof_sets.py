"""Several proofs on one document: beside each other, and one over the other."""

from datetime import timedelta

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
from passport.signing.errors import CryptosuiteUnknownError, ProofChainError
from passport.signing.keys import KeyKind
from passport.signing.proofs import NewProof, make_proof, sign_document, verify_proofs

CANONICALIZER = a_canonicalizer()
MAKER = a_key()
AUDITOR = an_ecdsa_key("rival", "did:web:auditor.example")
ARCHIVE = an_ecdsa_key("maker", "did:web:archive.example", kind=KeyKind.P384)
KEYS = ListKeys([a_verification_key(key) for key in (MAKER, AUDITOR, ARCHIVE)])
FIRST, SECOND = "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33", "urn:example:proof:2"


def with_proof(document, key, **options):
    proof = make_proof(
        document, NewProof(created_at=NOON, **options), key=key, canonicalizer=CANONICALIZER
    )
    earlier = document.get("proof", [])
    return document | {"proof": [*(earlier if isinstance(earlier, list) else [earlier]), proof]}


def a_set():
    document = with_proof(a_credential(), MAKER, proof_id=FIRST)
    return with_proof(document, AUDITOR, proof_id=SECOND)


def a_chain():
    return with_proof(a_set(), ARCHIVE, previous_proofs=[FIRST, SECOND])


def verify(document, at=NOON):
    return verify_proofs(document, keys=KEYS, at=at, canonicalizer=CANONICALIZER)


def test_a_set_of_proofs_of_several_suites_verifies_in_the_order_it_stands():
    assert [proof.key.key_id for proof in verify(a_set())] == [MAKER.key_id, AUDITOR.key_id]


def test_a_chain_verifies_although_a_statement_may_have_no_nodes_without_name():
    assert len(verify(a_chain())) == 3


def test_a_proof_of_a_set_is_taken_out_without_harm():
    document = a_set()
    del document["proof"][1]

    assert len(verify(document)) == 1


@pytest.mark.parametrize("place", [0, 1])
def test_a_proof_that_another_was_built_on_is_not_taken_out(place):
    document = a_chain()
    del document["proof"][place]

    with pytest.raises(ProofChainError, match="not in the document"):
        verify(document)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("changed", [{"created": "2026-11-21T12:00:01Z"}, {"nonce": "1"}])
def test_a_chain_breaks_where_one_of_its_proofs_is_changed(place, changed):
    document = a_chain()
    document["proof"][place] |= changed

    with pytest.raises(PassportError) as refusal:
        verify(document)
    assert refusal.value.code == "proof-invalid"


def test_a_chain_does_not_verify_built_on_less_than_it_was():
    document = a_chain()
    document["proof"][2]["previousProof"] = FIRST

    with pytest.raises(PassportError) as refusal:
        verify(document)
    assert refusal.value.code == "proof-invalid"


def chained(*links):
    """A document whose proofs claim to build on each other: pairs of id and what comes before."""
    proof = a_set()["proof"][0]
    return a_credential(
        proof=[
            {**proof, "id": name} | ({"previousProof": before} if before else {})
            for name, before in links
        ]
    )


CIRCLES = {
    "on itself": chained(("urn:a", "urn:a")),
    "on each other": chained(("urn:a", "urn:b"), ("urn:b", "urn:a")),
    "in a circle of three": chained(("urn:a", "urn:b"), ("urn:b", "urn:c"), ("urn:c", ["urn:a"])),
    "in a circle beside a good one": chained(
        ("urn:good", None), ("urn:a", ["urn:good", "urn:b"]), ("urn:b", "urn:a")
    ),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_proofs_do_not_build(name):
    with pytest.raises(ProofChainError, match="circle"):
        verify(CIRCLES[name])


AMBIGUOUS = {
    "two of one name": chained(("urn:a", None), ("urn:a", None)),
    "one before that is named twice": chained(("urn:a", None), ("urn:b", ["urn:a", "urn:a"])),
    "none before": chained(("urn:a", None), ("urn:b", [None])),
    "a node before": chained(("urn:a", None), ("urn:b", [{"id": "urn:a"}])),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_proofs_are_told_apart_so_that_there_are_not(name):
    with pytest.raises(ProofChainError):
        verify(AMBIGUOUS[name])


def test_a_proof_without_readable_name_is_refused():
    document = chained((7, None))

    with pytest.raises(PassportError) as refusal:
        verify(document)
    assert refusal.value.code == "proof-malformed"


def test_no_proof_is_built_on_one_that_is_not_there():
    with pytest.raises(ProofChainError, match="not in the document"):
        with_proof(a_set(), ARCHIVE, previous_proofs=["urn:example:proof:3"])


def test_no_proof_takes_the_name_of_another():
    with pytest.raises(ProofChainError, match="two proofs"):
        with_proof(a_set(), ARCHIVE, proof_id=FIRST)


def test_a_proof_ends_when_it_says():
    document = with_proof(a_credential(), MAKER, expires_at=NOON + timedelta(days=1))

    assert verify(document, at=NOON + timedelta(hours=23))
    with pytest.raises(PassportError) as refusal:
        verify(document, at=NOON + timedelta(days=1))
    assert refusal.value.code == "proof-expired"


def test_the_end_of_a_proof_is_signed():
    document = with_proof(a_credential(), MAKER, expires_at=NOON + timedelta(days=1))
    document["proof"][0]["expires"] = "2099-01-01T00:00:00Z"

    with pytest.raises(PassportError) as refusal:
        verify(document)
    assert refusal.value.code == "proof-invalid"


@pytest.mark.parametrize("key", [AUDITOR, ARCHIVE], ids=["P-256", "P-384"])
def test_a_key_of_another_suite_makes_no_proof_under_a_suite_that_is_not_its_own(key):
    document = with_proof(a_credential(), key)
    document["proof"][0]["cryptosuite"] = MAKER.cryptosuite

    with pytest.raises(CryptosuiteUnknownError, match="Ed25519"):
        verify(document)


def test_a_statement_without_proof_of_its_issuer_is_signed_by_others_alone():
    document = with_proof(a_credential(), AUDITOR)

    with pytest.raises(PassportError) as refusal:
        verify(document)
    assert refusal.value.code == "issuer-mismatch"


class KeyOfAnUnknownSuite:
    """A key that says it signs in a suite nobody knows."""

    key_id = MAKER.key_id
    public_key_multibase = MAKER.public_key_multibase
    cryptosuite = "eddsa-jcs-2022"

    def sign(self, data):
        return MAKER.sign(data)


class KeyOfTheWrongSuite(KeyOfAnUnknownSuite):
    """A key that says it signs in the suite of another kind."""

    cryptosuite = "ecdsa-rdfc-2019"


@pytest.mark.parametrize("key", [KeyOfAnUnknownSuite(), KeyOfTheWrongSuite()])
def test_nothing_is_signed_in_a_suite_that_is_not_the_key_s(key):
    with pytest.raises(CryptosuiteUnknownError):
        sign_document(a_credential(), key=key, created=NOON, canonicalizer=CANONICALIZER)
