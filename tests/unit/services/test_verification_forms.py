"""What else can be verified: tokens, parts of statements, signed presentations, foreign ones."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from builders_bundle import (
    DID_DOCUMENTS,
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    RIVAL,
    SIGNED_AT,
    TRUST,
    PassportPlan,
    list_iri,
)
from builders_signing import NOON, an_ecdsa_key

from passport.linked_data.documents import presentation_bytes
from passport.services.verification import Asked, verify_passport
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.jose import envelope, sign_presentation_token, sign_token
from passport.signing.presentations import sign_presentation
from passport.signing.proofs import NewProof, attach_proof, create_proof, sign_document
from passport.signing.selective_disclosure import NewBaseProof, derive_document, make_base_proof
from passport.signing.status_list import build_status_list

PLAN = PassportPlan()
ASKED = Asked(domain="https://yard.example", challenge="a number used once")
EC_KEY = an_ecdsa_key("maker", MAKER, 2)
EC_DOCUMENT = build_did_document(
    MAKER,
    [
        PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
        for key in (KEYS[MAKER], EC_KEY)
    ],
)
EC_TRUST = replace(TRUST, did_documents={**DID_DOCUMENTS, MAKER: EC_DOCUMENT})


def codes(report):
    return sorted({problem.code for problem in report.problems})


def verify(data, trust=TRUST, **asked):
    return verify_passport(data, trust=trust, at=NOON, **asked)


def unsigned_item():
    document = orjson.loads(ITEM_PUBLIC.sign())
    del document["proof"]
    return document


# --- tokens ---------------------------------------------------------------------------------------


def test_a_statement_that_comes_as_token_verifies():
    report = verify(sign_token(unsigned_item(), key=KEYS[MAKER]))

    assert codes(report) == []
    assert report.about == "one statement, not the whole of a battery passport"


def test_a_token_with_another_signature_is_refused():
    head, payload, _ = sign_token(unsigned_item(), key=KEYS[MAKER]).split(b".")
    other = sign_token(unsigned_item() | {"id": "https://id.maker.example/x"}, key=KEYS[MAKER])
    swapped = b".".join([head, payload, other.split(b".")[2]])

    assert codes(verify(swapped)) == ["proof-invalid"]


def test_a_token_of_a_retired_kind_of_key_has_no_place_in_the_log_to_stand_by():
    trust = replace(TRUST, retired={"eddsa-rdfc-2022": SIGNED_AT})

    assert codes(verify(sign_token(unsigned_item(), key=KEYS[MAKER]), trust)) == ["suite-retired"]


def test_tokens_inside_a_presentation_are_opened():
    enveloped = orjson.dumps(envelope(sign_token(unsigned_item(), key=KEYS[MAKER])))
    statements = [
        enveloped if orjson.loads(one)["id"] == unsigned_item()["id"] else one
        for one in PLAN.statements()
    ]

    report = verify(presentation_bytes(statements))

    # The index lists the statement by the digest of its other form.
    assert codes(report) == ["index-hides-statement", "index-mismatch"]


# --- parts of statements --------------------------------------------------------------------------


def a_part(**changed):
    document = unsigned_item()
    members = [f"/{name}" for name in document if name not in {"@context", "credentialSubject"}]
    new = NewBaseProof(
        proof=NewProof(created_at=SIGNED_AT),
        mandatory_pointers=[*members, "/credentialSubject/id", "/credentialSubject/type"],
    )
    proof = make_base_proof(document, new, key=EC_KEY)
    part = derive_document({**document, "proof": proof}, ["/credentialSubject/serialNumber"])
    return orjson.dumps(part | changed)


def test_a_part_of_a_statement_verifies_as_what_it_is():
    report = verify(a_part(), EC_TRUST)

    assert codes(report) == []
    assert report.about.startswith("a part of the statement https://id.maker.example/statements/1")


def test_a_part_that_was_changed_is_refused():
    report = verify(a_part(validFrom="2026-01-01T00:00:00Z"), EC_TRUST)

    assert not report.verified
    assert report.verdict == "not signed by whom it says"


def test_a_part_never_counts_as_a_whole_statement_of_a_presentation():
    index, _, *others = PLAN.statements()

    report = verify(presentation_bytes([index, a_part(), *others]), EC_TRUST)

    assert "cryptosuite-unknown" in codes(report)


# --- who presents ---------------------------------------------------------------------------------


def presenting_keys():
    """The maker's keys, which it lists for authentication too."""
    document = DID_DOCUMENTS[MAKER]
    methods = {"authentication": document["assertionMethod"]}
    return replace(TRUST, did_documents={**DID_DOCUMENTS, MAKER: document | methods})


def a_signed_presentation(**changed):
    presentation = orjson.loads(presentation_bytes(PLAN.statements())) | {"holder": MAKER}
    signed = sign_presentation(presentation, ASKED, key=KEYS[MAKER], created=SIGNED_AT)
    return orjson.dumps(signed | changed)


def test_a_presentation_that_answers_what_was_asked_says_who_presents():
    report = verify(a_signed_presentation(), presenting_keys(), asked=ASKED)

    assert codes(report) == []
    assert report.verified
    presenter = next(c for c in report.to_dict()["checks"] if c["check"] == "presenter")
    assert presenter["detail"] == f"presented by {MAKER}, who signed it"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (replace(ASKED, domain="https://other.example"), "proof-domain"),
        (replace(ASKED, challenge="another number"), "proof-challenge"),
    ],
)
def test_an_answer_to_somebody_else_is_refused(asked, code):
    report = verify(a_signed_presentation(), presenting_keys(), asked=asked)

    assert codes(report) == [code]


def test_a_presentation_in_the_name_of_another_holder_is_refused():
    report = verify(a_signed_presentation(holder=RIVAL), presenting_keys(), asked=ASKED)

    assert not report.verified


def test_where_an_answer_was_asked_for_an_unsigned_presentation_is_none():
    report = verify(presentation_bytes(PLAN.statements()), asked=ASKED)

    assert codes(report) == ["proof-missing"]


def test_a_presentation_token_says_who_presents():
    presentation = orjson.loads(presentation_bytes(PLAN.statements())) | {"holder": MAKER}
    token = sign_presentation_token(presentation, key=KEYS[MAKER])

    report = verify(token, presenting_keys())

    assert codes(report) == []
    assert report.about == "a battery passport of 5 statements"


# --- credentials of others ------------------------------------------------------------------------


def a_foreign_credential(**changed):
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://id.maker.example/foreign/1",
        "type": ["VerifiableCredential"],
        "issuer": MAKER,
        "validFrom": "2026-11-01T00:00:00Z",
        "name": "A report",
        "credentialSubject": {"id": "https://id.maker.example/thing", "name": "Thing"},
    } | changed
    return sign_document(document, key=KEYS[MAKER], created=SIGNED_AT)


def test_a_credential_of_others_verifies_and_is_called_no_passport():
    report = verify(a_foreign_credential())

    assert codes(report) == []
    assert report.verified
    assert report.about == "a credential of others, no battery passport"


def test_a_changed_credential_of_others_is_refused():
    changed = a_foreign_credential().replace(b"A report", b"Another one")

    assert codes(verify(changed)) == ["proof-invalid"]


def test_a_credential_of_others_that_has_ended_is_not_valid():
    report = verify(a_foreign_credential(validUntil="2026-11-20T00:00:00Z"))

    assert codes(report) == ["not-valid-then"]


def test_a_withdrawn_credential_of_others_is_found_online():
    class Web:
        def resolve(self, method):
            raise AssertionError(method)

        def read(self, url):
            document = build_status_list(
                url, issuer_did=MAKER, marked=(7,), valid_from=NOON - timedelta(days=1)
            )
            return sign_document(document, key=KEYS[MAKER], created=SIGNED_AT)

    entry = {
        "id": f"{list_iri(MAKER)}#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": list_iri(MAKER),
    }

    report = verify(a_foreign_credential(credentialStatus=entry), online=Web())

    assert codes(report) == ["statement-revoked"]


def test_several_credentials_of_others_in_a_presentation_are_no_passport():
    report = verify(presentation_bytes([a_foreign_credential(), a_foreign_credential()]))

    assert codes(report) == []
    assert report.about == "a credential of others, no battery passport"


def test_a_credential_of_others_among_the_statements_of_a_battery_is_a_problem():
    report = verify(presentation_bytes([*PLAN.statements(), a_foreign_credential()]))

    assert "unexpected-context" in codes(report)


def test_a_foreign_credential_without_the_form_of_one_is_refused():
    document = orjson.loads(a_foreign_credential())
    del document["credentialSubject"], document["proof"]
    proof = create_proof(document, key=KEYS[MAKER], created=SIGNED_AT)

    assert codes(verify(attach_proof(document, proof))) == ["credential-malformed"]
