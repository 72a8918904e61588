"""ecdsa-sd-2023 here and in Digital Bazaar's packages: each derives and verifies the other's."""

import copy

import pytest
from benchmark.documents import MAKER, a_full_statement
from builders_selective import a_p256_key, with_base_proof
from builders_signing import (
    NOON,
    ListKeys,
    a_verification_key,
    published_contexts,
    read_json,
)
from node_process import NodePeerError, a_node_process

from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.contexts import context_document, known_contexts
from passport.linked_data.json_rules import FOREIGN_DOCUMENTS
from passport.signing.instants import instant_text
from passport.signing.multibase import encode_base58btc
from passport.signing.proofs import FOREIGN_CREDENTIAL, verify_proofs
from passport.signing.selective_disclosure import derive_document

KEY = a_p256_key(MAKER)
SECRET_KEY_PREFIX = b"\x86\x26"  # Multikey: p256-priv
NOW = instant_text(NOON)
CONTEXTS = published_contexts() | {iri: context_document(iri) for iri in known_contexts()}
CANONICALIZER = Canonicalizer(CONTEXTS.__getitem__)
READING = {"canonicalizer": CANONICALIZER, "strictness": FOREIGN_DOCUMENTS}
ALWAYS = ["/issuer", "/validFrom"]

CARD = {**read_json("vc-di-ecdsa", "prCredUnsigned.json"), "issuer": MAKER}
CASES = {
    "a card without a single id": (
        CARD | {"validUntil": "2030-01-01T00:00:00Z"},
        ["/credentialSubject/birthCountry", "/credentialSubject/permanentResidentCard/lprNumber"],
    ),
    "a condition": (
        a_full_statement(StatementKind.CONDITION),
        ["/credentialSubject/stateOfCertifiedEnergyPercent"],
    ),
    "a model": (
        a_full_statement(StatementKind.MODEL_PUBLIC),
        ["/credentialSubject/hazardousSubstances", "/credentialSubject/manufacturer"],
    ),
}
METHOD = {
    "type": "Multikey",
    "id": KEY.key_id,
    "controller": MAKER,
    "publicKeyMultibase": KEY.public_key_multibase,
}
MULTIKEY = {
    "@context": "https://w3id.org/security/multikey/v1",
    **METHOD,
    "secretKeyMultibase": encode_base58btc(SECRET_KEY_PREFIX + (7).to_bytes(32, "big")),
}


@pytest.fixture(scope="module")
def peer():
    with a_node_process("selective.mjs") as running:
        running.know(CONTEXTS)
        running.know(
            {
                MAKER: {
                    "@context": [
                        "https://www.w3.org/ns/did/v1",
                        "https://w3id.org/security/multikey/v1",
                    ],
                    "id": MAKER,
                    "verificationMethod": [METHOD],
                    "assertionMethod": [KEY.key_id],
                }
            }
        )
        yield running


def holds_here(document):
    try:
        verify_proofs(
            document,
            keys=ListKeys([a_verification_key(KEY)]),
            at=NOON,
            canonicalizer=CANONICALIZER,
            expected=FOREIGN_CREDENTIAL,
        )
    except PassportError:
        return False
    return True


def holds_there(peer, document):
    return peer.ask("verify", credential=document, now=NOW)["verified"]


def signed_there(peer, document):
    return peer.ask("base", credential=document, key=MULTIKEY, mandatory=ALWAYS, created=NOW)[
        "credential"
    ]


@pytest.mark.parametrize("name", CASES)
def test_both_derive_the_same_document_from_a_base_proof_made_here(peer, name):
    document, selective = CASES[name]
    base = with_base_proof(document, key=KEY, mandatory=ALWAYS, **READING)

    ours = derive_document(base, selective, **READING)
    theirs = peer.ask("derive", credential=base, selective=selective)["credential"]

    assert ours["proof"] == theirs["proof"]
    assert holds_here(theirs)
    assert holds_there(peer, ours)


@pytest.mark.parametrize("name", CASES)
def test_both_derive_the_same_document_from_a_base_proof_made_there(peer, name):
    document, selective = CASES[name]
    base = signed_there(peer, document)

    ours = derive_document(base, selective, **READING)
    theirs = peer.ask("derive", credential=base, selective=selective)["credential"]

    assert ours["proof"] == theirs["proof"]
    assert holds_here(theirs)
    assert holds_there(peer, ours)


@pytest.mark.parametrize("name", CASES)
def test_both_refuse_a_part_in_which_something_was_changed(peer, name):
    document, selective = CASES[name]
    shown = derive_document(
        with_base_proof(document, key=KEY, mandatory=ALWAYS, **READING), selective, **READING
    )
    changed = copy.deepcopy(shown)
    changed["validFrom"] = "2020-01-01T00:00:00Z"
    other_time = shown | {"proof": shown["proof"] | {"created": "2020-01-01T00:00:00Z"}}

    assert not holds_here(changed)
    assert not holds_there(peer, changed)
    assert not holds_here(other_time)
    assert not holds_there(peer, other_time)


def test_neither_takes_a_base_proof_for_a_proof_that_is_shown(peer):
    base = with_base_proof(CASES["a condition"][0], key=KEY, mandatory=ALWAYS, **READING)

    assert not holds_here(base)
    assert not holds_there(peer, base)


def test_neither_derives_what_the_document_does_not_hold(peer):
    base = with_base_proof(CASES["a condition"][0], key=KEY, mandatory=ALWAYS, **READING)

    with pytest.raises(PassportError, match="there is no /credentialSubject/unheardOf"):
        derive_document(base, ["/credentialSubject/unheardOf"], **READING)
    with pytest.raises(NodePeerError, match="does not match document"):
        peer.ask("derive", credential=base, selective=["/credentialSubject/unheardOf"])
