"""What is signed here verifies with Digital Bazaar's packages, and the other way round."""

from dataclasses import replace

import orjson
import pytest
from builders_bundle import (
    DID_DOCUMENTS,
    FIRST_CONDITION,
    ITEM_DECLARED,
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    MODEL_PUBLIC,
    PRODUCTION,
    RECYCLED,
    RIVAL,
    SIGNED_AT,
    SUCCESSION,
    TRUST,
    PassportPlan,
)
from builders_signing import NOON, a_key, a_secret_multikey
from node_peer import a_node_peer

from passport.domain.errors import PassportError
from passport.services.verification import verify_passport
from passport.signing.did import DidDocuments, PublishedKey, build_did_document
from passport.signing.instants import instant_text
from passport.signing.proofs import verify_proofs

NOW = instant_text(NOON)
PLAN = PassportPlan()
SIGNED_HERE = {
    **{
        one.kind.value: one.sign()
        for one in (ITEM_PUBLIC, ITEM_DECLARED, MODEL_PUBLIC, PRODUCTION, FIRST_CONDITION)
    },
    "succession": SUCCESSION.sign(),
    "recycled": RECYCLED.sign(),
    "index": PLAN.index(),
    "status list": PLAN.status_lists()[0],
    "text in many scripts": replace(
        ITEM_PUBLIC,
        content={**ITEM_PUBLIC.content, "serialNumber": 'Ω "é" \\ 電池 \u2028 \U0001f50b\nß'},
    ).sign(),
}


@pytest.fixture(scope="module")
def peer():
    with a_node_peer() as running:
        running.know(DID_DOCUMENTS)
        yield running


def unsigned(statement):
    document = orjson.loads(statement)
    del document["proof"]
    return document


def signed_there(peer, document, key=None):
    key = key or a_secret_multikey(KEYS[MAKER])
    answer = peer.sign(document, key, created=instant_text(SIGNED_AT))
    return answer["credential"]


@pytest.mark.parametrize("name", SIGNED_HERE)
def test_what_is_signed_here_verifies_there(peer, name):
    answer = peer.verify(orjson.loads(SIGNED_HERE[name]), now=NOW)

    assert answer["errors"] == []
    assert answer["verified"] is True


TAMPERINGS = {
    "a changed value": lambda d: d["credentialSubject"].update(serialNumber="A2"),
    "an undefined term": lambda d: d["credentialSubject"].update(colour="red"),
    "another issuer": lambda d: d.update(issuer=RIVAL),
    "another day": lambda d: d.update(validFrom="2026-11-12T12:00:00Z"),
    "a removed value": lambda d: d["credentialSubject"].pop("serialNumber"),
    "another version": lambda d: d.update(version="2"),
    "another place on the list": lambda d: d["credentialStatus"].update(statusListIndex="7"),
    "another moment of signing": lambda d: d["proof"].update(created="2026-11-12T12:00:00Z"),
    "another purpose": lambda d: d["proof"].update(proofPurpose="authentication"),
    "no proof": lambda d: d.pop("proof"),
    "no proofs": lambda d: d.update(proof=[]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_tampered_with_is_refused_on_both_sides(peer, name):
    document = orjson.loads(ITEM_PUBLIC.sign())
    TAMPERINGS[name](document)

    assert peer.verify(document, now=NOW)["verified"] is False
    assert not verify_passport(orjson.dumps(document), trust=TRUST, at=NOON).verified


@pytest.mark.parametrize("name", sorted(set(SIGNED_HERE) - {"recycled", "status list"}))
def test_a_statement_signed_there_verifies_here(peer, name):
    document = signed_there(peer, unsigned(SIGNED_HERE[name]))

    report = verify_passport(orjson.dumps(document), trust=TRUST, at=NOON)

    assert report.problems == []
    assert report.verified


@pytest.mark.parametrize("name", sorted(set(SIGNED_HERE) - {"recycled"}))
def test_both_sides_make_the_same_signature(peer, name):
    document = orjson.loads(SIGNED_HERE[name])

    assert signed_there(peer, unsigned(SIGNED_HERE[name]))["proof"] == document["proof"]


@pytest.mark.parametrize("name", sorted(set(TAMPERINGS) - {"no proof", "no proofs"}))
def test_a_statement_signed_there_and_tampered_with_is_refused_here(peer, name):
    document = signed_there(peer, unsigned(ITEM_PUBLIC.sign()))
    TAMPERINGS[name](document)

    with pytest.raises(PassportError):
        verify_proofs(document, keys=DidDocuments(DID_DOCUMENTS), at=NOON)


def test_a_key_that_its_controller_does_not_list_for_statements_is_refused_on_both_sides(peer):
    did = "did:web:id.maker.example:operators:unlisted"
    key = a_key("rival", did)
    published = PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
    did_document = build_did_document(did, [published]) | {"assertionMethod": []}
    document = orjson.loads(replace(ITEM_PUBLIC, issuer=did, key=key).sign())
    peer.know({did: did_document})

    assert peer.verify(document, now=NOW)["verified"] is False
    with pytest.raises(PassportError, match="does not list"):
        verify_proofs(document, keys=DidDocuments({did: did_document}), at=NOON)
