"""A statement as token: what was signed comes back, and each kind of forgery is refused."""

import base64
import json
from datetime import timedelta

import pytest
from builders_signing import (
    NOON,
    ListKeys,
    a_canonicalizer,
    a_credential,
    a_key,
    a_verification_key,
)
from builders_tokens import DID, KEYS, a_token, base64url

from passport.domain.errors import PassportError
from passport.linked_data.documents import MalformedDocumentError
from passport.linked_data.json_rules import InlineContextError, UndefinedTermError
from passport.signing.errors import (
    AlreadySignedError,
    IssuerMismatchError,
    KeyExpiredError,
    KeyNotAuthorizedError,
    KeyRevokedError,
    KeyUnknownError,
    ProofExpiredError,
    ProofInvalidError,
)
from passport.signing.jose import (
    Audience,
    TokenAlgorithmError,
    TokenClaimError,
    TokenMalformedError,
    TokenTypeError,
    envelope,
    is_envelope,
    is_token,
    sign_presentation_token,
    sign_token,
    token_in,
    verify_presentation_token,
    verify_token,
)

CANONICALIZER = a_canonicalizer()
PURPOSES = frozenset({"assertionMethod", "authentication"})
RESOLVER = ListKeys([a_verification_key(key, purposes=PURPOSES) for key in KEYS.values()])
HEADER = {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": KEYS["EdDSA"].key_id}
PRESENTATION = {
    "@context": "https://www.w3.org/ns/credentials/v2",
    "type": "VerifiablePresentation",
    "holder": DID,
}
SECONDS = int(NOON.timestamp())


def verify(token, *, keys=RESOLVER, at=NOON):
    return verify_token(token, keys=keys, at=at, canonicalizer=CANONICALIZER)


def signed(**changed):
    return a_token(HEADER, a_credential(**changed))


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_was_signed_comes_back_with_its_signer(algorithm):
    from_vocabulary = a_credential() | {"@context": ["https://www.w3.org/ns/credentials/v2"]}
    from_vocabulary["credentialSubject"] = {"id": "urn:x", "type": "https://example.org/Battery"}
    from_vocabulary["type"] = ["VerifiableCredential"]

    token = sign_token(from_vocabulary, key=KEYS[algorithm])
    document, proof = verify(token + b"\n")

    assert is_token(token)
    assert document == from_vocabulary
    assert (proof.key.key_id, proof.created_at) == (KEYS[algorithm].key_id, None)


def test_a_token_of_others_may_carry_claims_that_say_the_same_as_its_credential():
    claims = {
        "iss": DID,
        "jti": "https://maker.example/statements/1",
        "sub": "https://maker.example/01/09506000134352/21/A1",
        "nbf": int((NOON - timedelta(days=20, hours=12)).timestamp()),
        "iat": SECONDS,
        "exp": SECONDS + 60,
    }

    document, proof = verify(signed(**claims))

    assert document == a_credential()
    assert proof.created_at == NOON


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({"iss": "did:web:rival.example"}, TokenClaimError),
        ({"jti": "https://maker.example/statements/2"}, TokenClaimError),
        ({"sub": "https://maker.example/01/09506000134352/21/A2"}, TokenClaimError),
        ({"nbf": SECONDS + 1}, TokenClaimError),
        ({"nbf": SECONDS - 1}, TokenClaimError),
        ({"exp": SECONDS}, ProofExpiredError),
        ({"exp": SECONDS + 9, "validUntil": "2030-01-01T00:00:00Z"}, TokenClaimError),
        ({"exp": "soon"}, TokenClaimError),
        ({"exp": True}, TokenClaimError),
        ({"iat": -1}, TokenClaimError),
        ({"iat": 10**12}, TokenClaimError),
        ({"aud": "did:web:reader.example"}, TokenClaimError),
        ({"nonce": "1"}, TokenClaimError),
        ({"vc": {}}, PassportError),
        ({"vc": {"id": "urn:x"}}, TokenMalformedError),
        ({"proof": {"type": "DataIntegrityProof"}}, TokenMalformedError),
        ({"issuer": "did:web:rival.example"}, IssuerMismatchError),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, UndefinedTermError),
        ({"@context": [{"a": "urn:a"}]}, InlineContextError),
        ({"remark": None}, MalformedDocumentError),
    ],
)
def test_a_token_whose_content_contradicts_itself_is_refused(claims, refusal):
    with pytest.raises(refusal):
        verify(signed(**claims))


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ({"alg": "none"}, TokenAlgorithmError),
        ({"alg": "None"}, TokenAlgorithmError),
        ({"alg": "HS256"}, TokenAlgorithmError),
        ({"alg": "ES256"}, TokenAlgorithmError),
        ({"alg": ["EdDSA"]}, TokenAlgorithmError),
        ({"typ": "JWT"}, TokenTypeError),
        ({"typ": "vp+jwt"}, TokenTypeError),
        ({"typ": "sd-jwt"}, TokenTypeError),
        ({"cty": "vp"}, TokenTypeError),
        ({"cty": "JWT"}, TokenTypeError),
        ({"crit": ["exp"]}, TokenMalformedError),
        ({"b64": False}, TokenMalformedError),
        ({"jwk": {"kty": "OKP"}}, TokenMalformedError),
        ({"jku": "https://rival.example/keys"}, TokenMalformedError),
        ({"x5c": ["MII="]}, TokenMalformedError),
        ({"zip": "DEF"}, TokenMalformedError),
        ({"kid": "#key-1"}, KeyUnknownError),
        ({"kid": DID}, TokenMalformedError),
        ({"kid": 1}, TokenMalformedError),
        ({"kid": f"{DID}#key-9"}, KeyUnknownError),
        ({"kid": KEYS["ES256"].key_id}, TokenAlgorithmError),
        ({"iss": "did:web:rival.example"}, TokenClaimError),
        ({"iat": SECONDS}, TokenMalformedError),
    ],
)
def test_a_token_with_another_header_is_refused(header, refusal):
    with pytest.raises(refusal):
        verify(a_token({**HEADER, **header}, a_credential()))


@pytest.mark.parametrize("missing", ["alg", "typ", "kid"])
def test_a_header_that_leaves_something_out_is_refused(missing):
    header = {name: value for name, value in HEADER.items() if name != missing}

    with pytest.raises(PassportError):
        verify(a_token(header, a_credential()))


def test_a_public_key_does_not_serve_as_a_shared_secret():
    token = a_token({**HEADER, "alg": "HS256", "kid": KEYS["ES256"].key_id}, a_credential())

    with pytest.raises(TokenAlgorithmError):
        verify(token)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_changed_content_or_signature_is_refused(algorithm):
    head, payload, signature = a_token(
        {**HEADER, "alg": algorithm, "kid": KEYS[algorithm].key_id}, a_credential(), algorithm
    ).split(b".")
    other = base64url(json.dumps(a_credential(validFrom="2020-01-01T00:00:00Z")).encode())

    with pytest.raises(ProofInvalidError):
        verify(b".".join([head, other.encode(), signature]))
    with pytest.raises(PassportError):
        verify(b".".join([head, payload, b"A" * len(signature)]))


def test_a_key_twice_in_header_or_content_is_refused():
    header = json.dumps(HEADER).encode()
    content = json.dumps(a_credential()).encode()

    with pytest.raises(MalformedDocumentError, match="twice"):
        verify(a_token(b'{"alg":"none",' + header[1:], a_credential()))
    with pytest.raises(MalformedDocumentError, match="twice"):
        verify(a_token(HEADER, b'{"issuer":"did:web:rival.example",' + content[1:]))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t + b"=",
        lambda t: t.replace(b".", b"..", 1),
        lambda t: t.rpartition(b".")[0],
        lambda t: t.rpartition(b".")[0] + b".",
        lambda t: t + b".e30",
        lambda t: b"~" + t,
        lambda t: t[:20] + b" " + t[20:],
        lambda t: t[:20] + b"\n" + t[20:],
        lambda t: t[:-1],
        lambda t: t.rpartition(b".")[0] + b"." + _looser(t.rpartition(b".")[2]),
        lambda _: b"",
        lambda _: b"{}",
        lambda _: b"e30.e30.e30",
        lambda _: b"W10.e30.e30",
        lambda _: b"_w.e30.e30",
        lambda _: b"A" * 5_000 + b".e30.e30",
        lambda _: b"a." + b"A" * 20_000_000 + b".b",
    ],
)
def test_a_text_that_is_no_canonical_token_is_refused(change):
    with pytest.raises(PassportError):
        verify(change(signed()))


def _looser(part):
    """The same bytes with other bits in the last character, which count for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(chr(part[-1])) ^ 1]
    return part[:-1] + last.encode()


def test_the_looser_writing_of_a_part_has_the_same_bytes():
    part = base64url(bytes(64)).encode()

    assert base64.urlsafe_b64decode(_looser(part) + b"==") == bytes(64)
    assert _looser(part) != part


def test_a_key_counts_for_tokens_as_it_does_for_proofs():
    key = a_key(did=DID)

    def keys(**changed):
        return ListKeys([a_verification_key(key, **changed)])

    token = signed(iat=SECONDS)
    with pytest.raises(KeyRevokedError):
        verify(token, keys=keys(revoked_at=NOON))
    with pytest.raises(KeyExpiredError):
        verify(token, keys=keys(expires_at=NOON - timedelta(seconds=1)))
    with pytest.raises(KeyNotAuthorizedError):
        verify(token, keys=keys(purposes=frozenset()))
    with pytest.raises(KeyExpiredError):
        verify(signed(), keys=keys(expires_at=NOON + timedelta(days=1)))
    assert verify(token, keys=keys(expires_at=NOON + timedelta(seconds=1)))


def test_a_signed_document_and_somebody_elses_are_not_signed_as_token():
    with pytest.raises(AlreadySignedError):
        sign_token(a_credential(proof={}), key=KEYS["EdDSA"])
    with pytest.raises(IssuerMismatchError):
        sign_token(a_credential(issuer="did:web:rival.example"), key=KEYS["EdDSA"])


def test_a_presentation_carries_tokens_and_is_one():
    token = signed()
    presentation = PRESENTATION | {"verifiableCredential": [envelope(token)]}

    shown = sign_presentation_token(
        presentation,
        key=KEYS["ES256"],
        audience=Audience(domain="did:web:reader.example", nonce="n-1"),
    )
    read, proof = verify_presentation_token(
        shown,
        keys=RESOLVER,
        at=NOON,
        audience=Audience(domain="did:web:reader.example", nonce="n-1"),
    )

    assert read == presentation
    assert proof.key.key_id == KEYS["ES256"].key_id
    (member,) = read["verifiableCredential"]
    assert is_envelope(member)
    assert verify(token_in(member))[0] == a_credential()


def test_a_presentation_for_somebody_else_or_of_somebody_else_is_refused():
    made_for = Audience(domain="did:web:reader.example", nonce="n-1")
    shown = sign_presentation_token(PRESENTATION, key=KEYS["ES256"], audience=made_for)
    others = a_token(
        {**HEADER, "typ": "vp+jwt", "cty": "vp"}, PRESENTATION | {"holder": "did:web:rival.example"}
    )

    for wanted in (
        Audience(domain="did:web:other.example", nonce="n-1"),
        Audience(domain="did:web:reader.example", nonce="n-2"),
    ):
        with pytest.raises(TokenClaimError):
            verify_presentation_token(shown, keys=RESOLVER, at=NOON, audience=wanted)
    with pytest.raises(IssuerMismatchError):
        verify_presentation_token(others, keys=RESOLVER, at=NOON)
    with pytest.raises(TokenTypeError):
        verify(shown)
    with pytest.raises(TokenTypeError):
        verify_presentation_token(signed(), keys=RESOLVER, at=NOON)


@pytest.mark.parametrize(
    "member",
    [
        {"type": "EnvelopedVerifiableCredential"},
        {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,"},
        {
            "type": "EnvelopedVerifiableCredential",
            "id": "data:application/vc+jwt;base64,e30.e30.e30",
        },
        {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+sd-jwt,e30.e30.e30"},
        {"type": "EnvelopedVerifiableCredential", "id": "https://rival.example/vc"},
        {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,e30.e30.\u00e9"},
        {
            "type": "EnvelopedVerifiableCredential",
            "id": "data:application/vc+jwt,e30.e30.e30",
            "credentialSubject": {"id": "urn:x"},
        },
    ],
)
def test_an_envelope_without_a_token_or_with_more_than_one_is_refused(member):
    assert is_envelope(member)
    with pytest.raises(TokenMalformedError):
        token_in(member)
