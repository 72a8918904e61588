"""The inputs of the data model 2.0 test suite: what it takes verifies, what it fails is refused.

The suite fills in what its files leave open: the issuer and the holder, the proofs of presented
credentials, and two words for days. The same is filled in here.
"""

from datetime import timedelta

import pytest
from builders_signing import NOON, VECTORS, DidKeys, a_canonicalizer, a_key, read_json

from passport.domain.errors import PassportError
from passport.linked_data.credentials import (
    CredentialMalformedError,
    check_credential,
    check_presentation,
    is_enveloped,
)
from passport.linked_data.json_rules import FOREIGN_DOCUMENTS
from passport.signing.instants import instant_text
from passport.signing.keys import KeyKind, open_signing_key
from passport.signing.presentations import Asked, sign_presentation, verify_presentation
from passport.signing.proofs import FOREIGN_CREDENTIAL, NewProof, make_proof, verify_proofs

FOLDER = "vcdm2-input"
NAMES = sorted(path.name for path in (VECTORS / FOLDER).glob("*.json"))
MULTIBASE = a_key().public_key_multibase
PARTY = f"did:key:{MULTIBASE}"
KEY = open_signing_key(
    f"{PARTY}#{MULTIBASE}",
    KeyKind.ED25519,
    bytes.fromhex(read_json("keys", "ed25519.json")["maker"]),
)
ASKED = Asked(domain="https://port.example", challenge="6f1c2d9e")

DEFINES = "a context stands in the document itself and could redefine what its words mean"
DIRECTION = "the direction of a text is dropped on the way to RDF, so nobody would sign it"
UNSIGNED = "each credential that is presented carries a proof of its own"
REFUSED = {
    "credential-context-combo2-ok.json": ("inline-context", DEFINES),
    "credential-evidences-ok.json": ("inline-context", DEFINES),
    "credential-refresh-type-ok.json": ("inline-context", DEFINES),
    "credential-schema-type-ok.json": ("inline-context", DEFINES),
    "credential-status-ok.json": ("inline-context", DEFINES),
    "credential-termsofuses-ok.json": ("inline-context", DEFINES),
    "presentation-context-combo2-ok.json": ("inline-context", DEFINES),
    "presentation-optional-type-ok.json": ("inline-context", DEFINES),
    "credential-proof-ok.json": (
        "cryptosuite-unknown",
        "its proof is an Ed25519Signature2020, which Data Integrity 1.0 has replaced",
    ),
    "credential-description-language-direction-en-ok.json": ("undefined-term", DIRECTION),
    "credential-name-language-direction-en-ok.json": ("undefined-term", DIRECTION),
    "issuer-description-language-direction-en-ok.json": ("undefined-term", DIRECTION),
    "issuer-name-language-direction-en-ok.json": ("undefined-term", DIRECTION),
    "presentation-self-asserted-vc-issuer-mismatch.json": ("proof-missing", UNSIGNED),
    "presentation-self-asserted-vc-no-holder.json": ("proof-missing", UNSIGNED),
}
"""Inputs of good form that do not verify here: our code, and why."""

FAILS_IN_CONTEXT = {
    "credential-redef-type2-fail.json": "json-ld-syntax",
    "credential-type-mapped-nonurl-fail.json": "json-ld-syntax",
    "credential-type-unmapped-fail.json": "malformed-iri",
}
"""Inputs whose form is good and whose contexts are not: our code once those are published."""

FAILS = sorted({name for name in NAMES if "-fail" in name} - set(FAILS_IN_CONTEXT))
TAKEN = sorted(set(NAMES) - set(FAILS) - set(FAILS_IN_CONTEXT) - set(REFUSED))
PUBLISHED = sorted(
    name
    for name in NAMES
    if any(isinstance(one, dict) for one in read_json(FOLDER, name).get("@context", []))
)
"""Inputs that define words in the document."""


def the_input(name):
    document = read_json(FOLDER, name)
    days = {"FUTURE DATE": NOON + timedelta(days=9), "PAST DATE": NOON - timedelta(days=9)}
    for member in ("validFrom", "validUntil"):
        if document.get(member) in days:
            document[member] = instant_text(days[document[member]])
    if name.startswith("presentation-"):
        return a_filled_presentation(name, document)
    issuer = document.get("issuer", {"id": PARTY})
    match name:
        case "credential-issuer-null-fail.json":
            return document | {"issuer": None}
        case "credential-no-issuer-fail.json":
            return document
    return document | {"issuer": {"id": PARTY} | issuer}


def a_filled_presentation(name, document):
    if str(document.get("holder", "")).startswith("did:key:"):
        document["holder"] = PARTY
    elif isinstance(document.get("holder"), dict) and "-ok" in name:
        document["holder"] = {"id": PARTY}
    if "-ok" in name and "verifiableCredential" in document:
        document["verifiableCredential"] = [
            one if is_enveloped(one) else secured(one | {"issuer": PARTY}, a_canonicalizer())
            for one in document["verifiableCredential"]
        ]
    return document


def secured(credential, canonicalizer):
    proof = make_proof(
        credential,
        NewProof(created_at=NOON),
        key=KEY,
        canonicalizer=canonicalizer,
        strictness=FOREIGN_DOCUMENTS,
    )
    return credential | {"proof": proof}


def sign_and_verify(name, document, canonicalizer):
    if not name.startswith("presentation-"):
        check_credential(document)
        signed = document if "proof" in document else secured(document, canonicalizer)
        verify_credential(signed, canonicalizer)
        return
    signed = sign_presentation(document, ASKED, key=KEY, created=NOON, canonicalizer=canonicalizer)
    verify_presentation(signed, ASKED, keys=DidKeys(), at=NOON, canonicalizer=canonicalizer)
    for credential in signed.get("verifiableCredential", []):
        if not is_enveloped(credential):
            verify_credential(credential, canonicalizer)


def verify_credential(credential, canonicalizer):
    verify_proofs(
        credential,
        keys=DidKeys(),
        at=NOON,
        canonicalizer=canonicalizer,
        expected=FOREIGN_CREDENTIAL,
    )


def with_published_contexts(document):
    """Publish what the document defines, and let it name the addresses instead."""
    published, named = {}, []
    for position, context in enumerate(document["@context"]):
        address = f"https://defined.example/{position}"
        named.append(address if isinstance(context, dict) else context)
        if isinstance(context, dict):
            # No vocabulary was set before; pyld stumbles where one is unset that never was.
            published[address] = {"@context": {} if context == {"@vocab": None} else context}
    return document | {"@context": named}, a_canonicalizer(**published)


def test_every_input_is_taken_failed_or_refused_with_a_reason():
    assert len(NAMES) == 80
    assert len(TAKEN) + len(FAILS) + len(FAILS_IN_CONTEXT) + len(REFUSED) == len(NAMES)
    assert set(REFUSED) | set(FAILS_IN_CONTEXT) <= set(NAMES)
    assert all(reason for _, reason in REFUSED.values())


@pytest.mark.parametrize("name", TAKEN)
def test_an_input_that_the_suite_takes_is_signed_and_verifies(name):
    sign_and_verify(name, the_input(name), a_canonicalizer())


@pytest.mark.parametrize("name", FAILS)
def test_an_input_that_the_suite_fails_has_not_the_form_of_the_data_model(name):
    document = the_input(name)
    check = check_presentation if name.startswith("presentation-") else check_credential

    with pytest.raises(CredentialMalformedError) as refusal:
        check(document)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("name", REFUSED)
def test_an_input_of_good_form_is_refused_for_the_reason_that_is_listed(name):
    document = the_input(name)
    check = check_presentation if name.startswith("presentation-") else check_credential
    check(document)

    with pytest.raises(PassportError) as refusal:
        sign_and_verify(name, document, a_canonicalizer())
    assert refusal.value.code == REFUSED[name][0]


@pytest.mark.parametrize("name", sorted(set(PUBLISHED) & set(REFUSED)))
def test_an_input_is_taken_once_what_it_defines_is_published(name):
    document, canonicalizer = with_published_contexts(the_input(name))
    document.pop("proof", None)

    sign_and_verify(name, document, canonicalizer)


@pytest.mark.parametrize("name", FAILS_IN_CONTEXT)
def test_an_input_whose_contexts_the_suite_fails_is_refused_published_or_not(name):
    document = the_input(name)
    published, canonicalizer = with_published_contexts(document)

    with pytest.raises(PassportError) as inline:
        sign_and_verify(name, document, a_canonicalizer())
    with pytest.raises(PassportError) as refusal:
        sign_and_verify(name, published, canonicalizer)

    assert inline.value.code == "inline-context"
    assert refusal.value.code == FAILS_IN_CONTEXT[name]
