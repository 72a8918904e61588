"""The template of proof options is what the canonicalizer writes, and for nothing else."""

import pytest

from passport.domain.errors import PassportError
from passport.linked_data.canonical import FOREIGN_DOCUMENTS, pinned_canonicalizer
from passport.linked_data.contexts import STATEMENT_CONTEXTS, known_contexts
from passport.linked_data.terms import CREDENTIALS_IRI
from passport.signing.proof_options import canonical_proof_options

PLAIN = {
    "@context": list(STATEMENT_CONTEXTS),
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-11-21T12:00:00Z",
    "verificationMethod": "did:web:maker.example#key-1",
    "proofPurpose": "assertionMethod",
}


def by_the_context(options):
    return pinned_canonicalizer().canonize_plainly(options, FOREIGN_DOCUMENTS)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"@context": [CREDENTIALS_IRI]},
        {"cryptosuite": "ecdsa-rdfc-2019"},
        {"cryptosuite": "no-such-suite"},
        {"created": "2026-11-21T12:00:00.123+01:00"},
        {"created": "-0"},
        {"verificationMethod": "did:web:maker.example%3A8080:unit:x#key-1"},
        {"verificationMethod": "did:key:z6MkX#z6MkX"},
    ],
    ids=repr,
)
def test_the_template_is_what_the_context_makes_of_plain_options(changed):
    options = PLAIN | changed

    assert canonical_proof_options(options) == by_the_context(options)


@pytest.mark.parametrize("versions", [name for name in known_contexts() if "battery" in name])
def test_the_template_holds_for_each_version_of_the_vocabulary(versions):
    options = PLAIN | {"@context": [CREDENTIALS_IRI, versions]}

    assert canonical_proof_options(options) == by_the_context(options)


OTHERS = {
    **{
        name: {name: value}
        for name, value in {
            "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
            "expires": "2027-01-01T00:00:00Z",
            "domain": "example.org",
            "challenge": "abc",
            "nonce": "abc",
            "previousProof": "urn:uuid:00000000-0000-4000-8000-000000000000",
            "proofValue": "z58",
            "remark": "x",
        }.items()
    },
    "another purpose": {"proofPurpose": "authentication"},
    "purpose as an IRI": {"proofPurpose": "https://w3id.org/security#assertionMethod"},
    "purpose in a list": {"proofPurpose": ["assertionMethod"]},
    "no purpose": {"proofPurpose": None},
    "another type": {"type": "Ed25519Signature2020"},
    "type in a list": {"type": ["DataIntegrityProof"]},
    "created with a quote": {"created": '2026" .\n_:c14n0 <urn:x> "'},
    "created with a line feed": {"created": "2026-11-21T12:00:00Z\n"},
    "created as a number": {"created": 2026},
    "two instants": {"created": ["2026-11-21T12:00:00Z", "2027-11-21T12:00:00Z"]},
    "suite as an object": {"cryptosuite": {"@value": "eddsa-rdfc-2022"}},
    "method as a node": {"verificationMethod": {"id": "did:web:maker.example#key-1"}},
    "method that breaks out": {"verificationMethod": "did:web:a> <urn:b"},
    "method that is relative": {"verificationMethod": "#key-1"},
    "method of another scheme": {"verificationMethod": "https://maker.example/key"},
    "method outside ASCII": {"verificationMethod": "did:web:m\u00fcller.example#key-1"},
    "one context as a text": {"@context": CREDENTIALS_IRI},
    "another context": {"@context": [CREDENTIALS_IRI, "https://w3id.org/security/multikey/v1"]},
    "contexts the other way round": {"@context": list(reversed(STATEMENT_CONTEXTS))},
    "no context": {"@context": []},
}


@pytest.mark.parametrize("case", OTHERS)
def test_the_template_leaves_to_the_canonicalizer(case):
    assert canonical_proof_options(PLAIN | OTHERS[case]) is None


@pytest.mark.parametrize("name", PLAIN)
def test_the_template_needs(name):
    assert canonical_proof_options({key: PLAIN[key] for key in PLAIN if key != name}) is None


@pytest.mark.parametrize("case", OTHERS)
def test_the_canonicalizer_never_writes_the_template_for(case):
    try:
        written = pinned_canonicalizer().canonize(PLAIN | OTHERS[case], FOREIGN_DOCUMENTS)
    except PassportError:
        return
    same_words = {
        "purpose as an IRI",
        "purpose in a list",
        "type in a list",
        "method as a node",
        "one context as a text",
        "another context",
        "contexts the other way round",
    }
    assert (written == canonical_proof_options(PLAIN)) is (case in same_words)
