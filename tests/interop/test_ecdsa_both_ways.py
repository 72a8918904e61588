"""Statements signed with P-256 cross between this project and Digital Bazaar's packages."""

from dataclasses import replace

import orjson
import pytest
from builders_bundle import (
    FIRST_CONDITION,
    ITEM_DECLARED,
    ITEM_PUBLIC,
    MODEL_PUBLIC,
    PRODUCTION,
    SIGNED_AT,
    SUCCESSION,
)
from builders_signing import NOON, a_secret_multikey, an_ecdsa_key
from node_peer import ECDSA, EDDSA, a_node_peer

from passport.domain.errors import PassportError
from passport.signing.did import DidDocuments, PublishedKey, build_did_document
from passport.signing.instants import instant_text
from passport.signing.proofs import verify_proofs

MAKER = "did:web:id.maker.example:operators:curve"
KEY, OTHER_KEY = an_ecdsa_key(did=MAKER), an_ecdsa_key("rival", MAKER, 2)
DID_DOCUMENTS = {
    MAKER: build_did_document(
        MAKER,
        [
            PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
            for key in (KEY, OTHER_KEY)
        ],
    )
}
KEYS = DidDocuments(DID_DOCUMENTS)
NOW = instant_text(NOON)
PLANS = {
    one.kind.value: replace(one, issuer=MAKER, key=KEY)
    for one in (ITEM_PUBLIC, ITEM_DECLARED, MODEL_PUBLIC, PRODUCTION, FIRST_CONDITION, SUCCESSION)
}


@pytest.fixture(scope="module")
def peer():
    with a_node_peer() as running:
        running.know(DID_DOCUMENTS)
        yield running


def signed_here(name=ITEM_PUBLIC.kind.value):
    return orjson.loads(PLANS[name].sign())


def signed_there(peer, name=ITEM_PUBLIC.kind.value):
    document = signed_here(name)
    del document["proof"]
    key = a_secret_multikey(KEY)
    return peer.sign(document, key, created=instant_text(SIGNED_AT), suite=ECDSA)["credential"]


@pytest.mark.parametrize("name", PLANS)
def test_what_is_signed_here_verifies_there(peer, name):
    answer = peer.verify(signed_here(name), now=NOW, suite=ECDSA)

    assert answer["errors"] == []
    assert answer["verified"] is True


@pytest.mark.parametrize("name", PLANS)
def test_what_is_signed_there_verifies_here(peer, name):
    (proof,) = verify_proofs(signed_there(peer, name), keys=KEYS, at=NOON)

    assert proof.key.key_id == KEY.key_id


def test_many_signatures_made_there_verify_here_whatever_their_halves_are(peer):
    # Theirs are random: s is above half the order in half of them, and leading zeros come.
    documents = [signed_there(peer) for _ in range(40)]

    assert len({document["proof"]["proofValue"] for document in documents}) == len(documents)
    for document in documents:
        assert verify_proofs(document, keys=KEYS, at=NOON)


TAMPERINGS = {
    "a changed value": lambda d: d["credentialSubject"].update(serialNumber="A2"),
    "an undefined term": lambda d: d["credentialSubject"].update(colour="red"),
    "another issuer": lambda d: d.update(issuer="did:web:rival.example"),
    "a removed value": lambda d: d["credentialSubject"].pop("serialNumber"),
    "another moment of signing": lambda d: d["proof"].update(created="2026-11-12T12:00:00Z"),
    "another purpose": lambda d: d["proof"].update(proofPurpose="authentication"),
    "another suite": lambda d: d["proof"].update(cryptosuite=EDDSA),
    "another key": lambda d: d["proof"].update(verificationMethod=OTHER_KEY.key_id),
    "no proof": lambda d: d.pop("proof"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_signed_here_and_changed_is_refused_there(peer, name):
    document = signed_here()
    TAMPERINGS[name](document)

    assert peer.verify(document, now=NOW, suite=ECDSA)["verified"] is False


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_signed_there_and_changed_is_refused_here(peer, name):
    document = signed_there(peer)
    TAMPERINGS[name](document)

    with pytest.raises(PassportError):
        verify_proofs(document, keys=KEYS, at=NOON)
