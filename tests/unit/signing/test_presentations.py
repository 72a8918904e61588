"""Presentations signed by their holder, for one who asked."""

from datetime import timedelta

import orjson
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
from passport.linked_data.credentials import CredentialMalformedError
from passport.linked_data.json_rules import InlineContextError
from passport.signing.errors import AlreadySignedError, HolderMismatchError
from passport.signing.presentations import Asked, sign_presentation, verify_presentation
from passport.signing.proofs import sign_document, verify_proofs

CANONICALIZER = a_canonicalizer()
ISSUER_KEY = a_key()
YARD = "did:web:yard.example"
HOLDER_KEYS = {"eddsa": a_key("recycler", YARD), "ecdsa": an_ecdsa_key("rival", YARD, 2)}
KEYS = ListKeys(
    [
        a_verification_key(ISSUER_KEY),
        *(
            a_verification_key(key, purposes=frozenset({"authentication"}))
            for key in HOLDER_KEYS.values()
        ),
    ]
)
ASKED = Asked(domain="https://port.example", challenge="6f1c2d9e")


def credentials():
    return [
        orjson.loads(
            sign_document(
                a_credential(id=f"https://maker.example/statements/{number}"),
                key=ISSUER_KEY,
                created=NOON,
                canonicalizer=CANONICALIZER,
            )
        )
        for number in (1, 2)
    ]


def a_presentation(**changed):
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": YARD,
        "verifiableCredential": credentials(),
    } | changed


def signed(presentation=None, key=HOLDER_KEYS["eddsa"], asked=ASKED):
    return sign_presentation(
        presentation or a_presentation(),
        asked,
        key=key,
        created=NOON,
        canonicalizer=CANONICALIZER,
    )


def verify(presentation, asked=ASKED, keys=KEYS):
    return verify_presentation(presentation, asked, keys=keys, at=NOON, canonicalizer=CANONICALIZER)


@pytest.mark.parametrize("suite", HOLDER_KEYS)
def test_a_presentation_verifies_for_the_one_who_asked_and_names_the_holder(suite):
    (proof,) = verify(signed(key=HOLDER_KEYS[suite]))

    assert proof.key.controller == YARD
    assert proof.created_at == NOON


def test_the_credentials_inside_keep_their_own_proofs():
    for credential in signed()["verifiableCredential"]:
        assert verify_proofs(credential, keys=KEYS, at=NOON, canonicalizer=CANONICALIZER)


def test_a_presentation_verifies_without_question_where_none_was_asked():
    assert verify(signed(), asked=None)


def test_several_addressees_are_compared_as_a_set():
    document = signed()
    document["proof"]["domain"] = ["https://other.example", "https://port.example"]

    with pytest.raises(PassportError) as refusal:
        verify(document)
    assert refusal.value.code == "proof-domain"


def changed_proof(**changed):
    document = signed()
    document["proof"] |= changed
    return document


def without(name):
    document = signed()
    del document["proof"][name]
    return document


def readdressed():
    document = signed(asked=Asked(domain="https://rival.example", challenge=ASKED.challenge))
    document["proof"]["domain"] = ASKED.domain
    return document


def with_less():
    document = signed()
    del document["verifiableCredential"][0]
    return document


def with_a_changed_claim():
    document = signed()
    document["verifiableCredential"][0]["credentialSubject"]["remark"] = "as new"
    return document


def with_a_proof_taken_out():
    document = signed()
    del document["verifiableCredential"][0]["proof"]
    return document


def proof_of_a_statement_as_proof_of_a_presentation():
    return a_presentation(proof=credentials()[0]["proof"])


REFUSED = {
    "for another": (
        lambda: signed(asked=Asked(domain="https://rival.example", challenge=ASKED.challenge)),
        "proof-domain",
    ),
    "for nobody": (lambda: without("domain"), "proof-domain"),
    "for another among others": (
        lambda: changed_proof(domain=[ASKED.domain, "https://rival.example"]),
        "proof-domain",
    ),
    "for a number": (lambda: changed_proof(domain=7), "proof-malformed"),
    "in answer to an older question": (
        lambda: signed(asked=Asked(domain=ASKED.domain, challenge="5e0b")),
        "proof-challenge",
    ),
    "in answer to nothing": (lambda: without("challenge"), "proof-challenge"),
    "readdressed": (readdressed, "proof-invalid"),
    "with a statement less": (with_less, "proof-invalid"),
    "with a changed claim": (with_a_changed_claim, "proof-invalid"),
    "with a proof taken out": (with_a_proof_taken_out, "proof-invalid"),
    "by another holder": (lambda: signed() | {"holder": "did:web:rival.example"}, "proof-invalid"),
    "with the proof of a statement": (
        proof_of_a_statement_as_proof_of_a_presentation,
        "proof-purpose",
    ),
    "in a suite of parts": (
        lambda: changed_proof(cryptosuite="ecdsa-sd-2023"),
        "cryptosuite-unknown",
    ),
    "without proof": (a_presentation, "proof-missing"),
    "as a credential": (credentials()[0].copy, "credential-malformed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_presentation_does_not_verify(case):
    make, code = REFUSED[case]

    with pytest.raises(PassportError) as refusal:
        verify(make())

    assert refusal.value.code == code


def test_a_key_for_statements_shows_no_presentation():
    key = a_verification_key(HOLDER_KEYS["eddsa"])

    with pytest.raises(PassportError, match="does not list"):
        verify(signed(), keys=ListKeys([key]))


def test_a_key_for_presentations_makes_no_statement():
    key = a_verification_key(ISSUER_KEY, purposes=frozenset({"authentication"}))

    with pytest.raises(PassportError, match="does not list"):
        verify_proofs(credentials()[0], keys=ListKeys([key]), at=NOON, canonicalizer=CANONICALIZER)


def test_a_holder_does_not_sign_for_another():
    with pytest.raises(HolderMismatchError, match=r"rival\.example"):
        signed(a_presentation(holder={"id": "did:web:rival.example"}))


def test_a_presentation_is_not_signed_twice():
    with pytest.raises(AlreadySignedError):
        signed(signed())


def test_what_is_no_presentation_is_not_signed_as_one():
    with pytest.raises(CredentialMalformedError):
        signed(a_credential())


@pytest.mark.parametrize(
    "place",
    [
        lambda p: p["verifiableCredential"][0]["credentialSubject"],
        lambda p: p["verifiableCredential"][0]["proof"],
    ],
)
def test_a_context_elsewhere_than_in_a_credential_is_refused(place):
    presentation = a_presentation()
    place(presentation)["@context"] = "https://www.w3.org/ns/credentials/v2"

    with pytest.raises(InlineContextError):
        signed(presentation)


def test_a_context_inside_that_nobody_published_is_refused():
    presentation = a_presentation()
    presentation["verifiableCredential"][0]["@context"] = [
        "https://www.w3.org/ns/credentials/v2",
        {"remark": "https://rival.example/remark"},
    ]

    with pytest.raises(InlineContextError, match="definition"):
        signed(presentation)


def test_the_key_of_a_presentation_ends_like_any_other():
    ended = a_verification_key(
        HOLDER_KEYS["eddsa"],
        purposes=frozenset({"authentication"}),
        expires_at=NOON - timedelta(days=1),
    )

    with pytest.raises(PassportError) as refusal:
        verify(signed(), keys=ListKeys([ended]))
    assert refusal.value.code == "key-expired"
