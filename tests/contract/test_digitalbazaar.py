"""Statements cross between this project and the Node packages of Digital Bazaar, both ways."""

import pytest
from benchmark.documents import MAKER, NOON, a_full_statement
from builders_signing import (
    ListKeys,
    a_key,
    a_secret_multikey,
    a_verification_key,
    an_ecdsa_key,
)
from node_peer import ECDSA, EDDSA, a_node_peer

from passport.domain.passport import StatementKind
from passport.linked_data.documents import parse_document
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.errors import ProofInvalidError
from passport.signing.proofs import sign_document, verify_proofs

SIGNERS = {EDDSA: a_key(did=MAKER), ECDSA: an_ecdsa_key(did=MAKER, number=2)}
KEYS = ListKeys([a_verification_key(key) for key in SIGNERS.values()])
DID_DOCUMENT = build_did_document(
    MAKER,
    [
        PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
        for key in SIGNERS.values()
    ],
)
EACH_KIND = pytest.mark.parametrize("kind", list(StatementKind))
EACH_SUITE = pytest.mark.parametrize("suite", SIGNERS)


@pytest.fixture(scope="module")
def peer():
    with a_node_peer() as running:
        running.know({MAKER: DID_DOCUMENT})
        yield running


def signed_here(kind, suite=EDDSA):
    return parse_document(sign_document(a_full_statement(kind), key=SIGNERS[suite], created=NOON))


def signed_there(peer, kind, suite=EDDSA):
    created = NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    key = a_secret_multikey(SIGNERS[suite])
    return peer.sign(a_full_statement(kind), key, created=created, suite=suite)["credential"]


@EACH_KIND
@EACH_SUITE
def test_what_is_signed_here_verifies_there(peer, kind, suite):
    answer = peer.verify(signed_here(kind, suite), suite=suite)

    assert (answer["verified"], answer["errors"]) == (True, [])


@EACH_KIND
@EACH_SUITE
def test_what_is_signed_there_verifies_here(peer, kind, suite):
    [proof] = verify_proofs(signed_there(peer, kind, suite), keys=KEYS, at=NOON)

    assert proof.key.key_id == SIGNERS[suite].key_id


@EACH_KIND
def test_both_sign_the_same_bytes(peer, kind):
    assert (
        signed_here(kind)["proof"]["proofValue"]
        == (signed_there(peer, kind)["proof"]["proofValue"])
    )


@EACH_SUITE
def test_both_refuse_what_was_changed(peer, suite):
    changed = signed_here(StatementKind.MODEL_PUBLIC, suite)
    changed["credentialSubject"]["massKilograms"] = "1"

    assert peer.verify(changed, suite=suite)["verified"] is False
    with pytest.raises(ProofInvalidError):
        verify_proofs(changed, keys=KEYS, at=NOON)


def test_both_refuse_the_key_of_another(peer):
    foreign = signed_here(StatementKind.MODEL_PUBLIC)
    foreign["proof"]["verificationMethod"] = f"{MAKER}#key-9"

    assert peer.verify(foreign)["verified"] is False
