"""Presentations cross between this project and Digital Bazaar's packages, both ways."""

import copy

import orjson
import pytest
from builders_bundle import DID_DOCUMENTS, FIRST_CONDITION, ITEM_PUBLIC, MODEL_PUBLIC
from builders_signing import NOON, a_key, a_secret_multikey, an_ecdsa_key
from node_peer import ECDSA, EDDSA, a_node_peer

from passport.domain.errors import PassportError
from passport.linked_data.canonical import pinned_canonicalizer
from passport.linked_data.json_rules import PRESENTATIONS
from passport.signing.did import DidDocuments, PublishedKey, build_did_document
from passport.signing.instants import instant_text
from passport.signing.presentations import Asked, sign_presentation, verify_presentation
from passport.signing.proofs import verify_proofs

YARD = "did:web:yard.example"
HOLDER_KEYS = {EDDSA: a_key("recycler", YARD), ECDSA: an_ecdsa_key("rival", YARD, 2)}
ASKED = Asked(domain="https://port.example", challenge="6f1c2d9e")
ASKED_THERE = {"domain": ASKED.domain, "challenge": ASKED.challenge}
NOW = instant_text(NOON)
_METHODS = build_did_document(
    YARD,
    [
        PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
        for key in HOLDER_KEYS.values()
    ],
)
ALL_DOCUMENTS = DID_DOCUMENTS | {
    YARD: {**_METHODS, "authentication": _METHODS["assertionMethod"], "assertionMethod": []}
}
KEYS = DidDocuments(ALL_DOCUMENTS)
EACH_SUITE = pytest.mark.parametrize("suite", HOLDER_KEYS)


@pytest.fixture(scope="module")
def peer():
    with a_node_peer() as running:
        running.know(ALL_DOCUMENTS)
        yield running


def a_presentation():
    statements = (ITEM_PUBLIC, MODEL_PUBLIC, FIRST_CONDITION)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": YARD,
        "verifiableCredential": [orjson.loads(one.sign()) for one in statements],
    }


def signed_here(suite):
    return sign_presentation(a_presentation(), ASKED, key=HOLDER_KEYS[suite], created=NOON)


def signed_there(peer, suite):
    name = {EDDSA: "recycler", ECDSA: "rival"}[suite]
    return peer.present(
        a_presentation(),
        a_secret_multikey(HOLDER_KEYS[suite], name),
        created=NOW,
        asked=ASKED_THERE,
        suite=suite,
    )


def test_both_sides_write_the_same_canonical_form_of_a_presentation(peer):
    presentation = a_presentation()

    ours = pinned_canonicalizer().canonize(presentation, PRESENTATIONS)

    assert peer.canonize(presentation) == ours


@EACH_SUITE
def test_a_presentation_signed_here_verifies_there(peer, suite):
    answer = peer.check_presentation(signed_here(suite), now=NOW, asked=ASKED_THERE)

    assert answer == {"verified": True, "errors": []}


@EACH_SUITE
def test_a_presentation_signed_there_verifies_here(peer, suite):
    presentation = signed_there(peer, suite)

    (proof,) = verify_presentation(presentation, ASKED, keys=KEYS, at=NOON)

    assert proof.key.key_id == HOLDER_KEYS[suite].key_id
    for credential in presentation["verifiableCredential"]:
        assert verify_proofs(credential, keys=KEYS, at=NOON)


def test_both_sides_make_the_same_signature_under_a_presentation(peer):
    assert signed_there(peer, EDDSA)["proof"] == signed_here(EDDSA)["proof"]


def without_the_first(presentation):
    del presentation["verifiableCredential"][0]


TAMPERINGS = {
    "another addressee": lambda p: p["proof"].update(domain="https://rival.example"),
    "another question": lambda p: p["proof"].update(challenge="5e0b"),
    "another holder": lambda p: p.update(holder="did:web:rival.example"),
    "another purpose": lambda p: p["proof"].update(proofPurpose="assertionMethod"),
    "a credential less": without_the_first,
    "a changed claim": lambda p: p["verifiableCredential"][0]["credentialSubject"].update(
        serialNumber="A2"
    ),
    "no proof": lambda p: p.pop("proof"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_presentation_that_was_tampered_with_is_refused_on_both_sides(peer, name):
    presentation = copy.deepcopy(signed_there(peer, EDDSA))
    TAMPERINGS[name](presentation)

    assert peer.check_presentation(presentation, now=NOW, asked=ASKED_THERE)["verified"] is False
    with pytest.raises(PassportError):
        verify_presentation(presentation, ASKED, keys=KEYS, at=NOON)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(domain="https://rival.example", challenge=ASKED.challenge),
        Asked(domain=ASKED.domain, challenge="5e0b"),
    ],
)
def test_a_presentation_for_another_or_shown_again_is_refused_on_both_sides(peer, asked):
    presentation = signed_here(EDDSA)
    there = {"domain": asked.domain, "challenge": asked.challenge}

    assert peer.check_presentation(presentation, now=NOW, asked=there)["verified"] is False
    with pytest.raises(PassportError):
        verify_presentation(presentation, asked, keys=KEYS, at=NOON)
