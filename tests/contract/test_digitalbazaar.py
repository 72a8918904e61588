"""Statements cross between this project and the Node packages of Digital Bazaar, both ways."""

import pytest
from benchmark.bench_signing import KEY, a_multikey, a_peer
from benchmark.documents import MAKER, NOON, a_full_statement
from builders_signing import ListKeys, a_verification_key

from passport.domain.passport import StatementKind
from passport.linked_data.documents import parse_document
from passport.signing.errors import ProofInvalidError
from passport.signing.proofs import sign_document, verify_proofs

KEYS = ListKeys([a_verification_key(KEY)])
KINDS = list(StatementKind)


@pytest.fixture(scope="module")
def peer():
    with a_peer() as running:
        yield running


def signed_here(kind):
    return parse_document(sign_document(a_full_statement(kind), key=KEY, created=NOON))


def signed_there(peer, kind):
    created = NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    return peer.sign(a_full_statement(kind), a_multikey(), created=created)["credential"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_signed_here_verifies_there(peer, kind):
    answer = peer.verify(signed_here(kind))

    assert (answer["verified"], answer["errors"]) == (True, [])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_signed_there_verifies_here(peer, kind):
    [proof] = verify_proofs(signed_there(peer, kind), keys=KEYS, at=NOON)

    assert proof.key.key_id == KEY.key_id


@pytest.mark.parametrize("kind", KINDS)
def test_both_sign_the_same_bytes(peer, kind):
    assert (
        signed_here(kind)["proof"]["proofValue"]
        == (signed_there(peer, kind)["proof"]["proofValue"])
    )


def test_both_refuse_what_was_changed(peer):
    changed = signed_here(StatementKind.MODEL_PUBLIC)
    changed["credentialSubject"]["massKilograms"] = "1"

    assert peer.verify(changed)["verified"] is False
    with pytest.raises(ProofInvalidError):
        verify_proofs(changed, keys=KEYS, at=NOON)


def test_both_refuse_the_key_of_another(peer):
    foreign = signed_here(StatementKind.MODEL_PUBLIC)
    foreign["proof"]["verificationMethod"] = f"{MAKER}#key-9"

    assert peer.verify(foreign)["verified"] is False
