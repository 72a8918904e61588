"""Tokens signed here are read by joserfc and by Node's jose, and theirs are read here."""

import json

import pytest
from benchmark.documents import a_full_statement
from builders_signing import NOON, ListKeys, a_verification_key
from builders_tokens import DID, KEYS, a_jwk
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey
from node_process import NodePeerError, a_node_process

from passport.domain.errors import PassportError
from passport.domain.passport import StatementKind
from passport.signing.jose import (
    Audience,
    envelope,
    sign_presentation_token,
    sign_token,
    token_in,
    verify_presentation_token,
    verify_token,
)

STATEMENT = a_full_statement(StatementKind.CONDITION) | {"issuer": DID}
PURPOSES = frozenset({"assertionMethod", "authentication"})
RESOLVER = ListKeys([a_verification_key(key, purposes=PURPOSES) for key in KEYS.values()])
ASKED = Audience(domain="did:web:insurer.example", nonce="n-1")


@pytest.fixture(scope="module")
def jose():
    with a_node_process("jose.mjs") as running:
        yield running


def header_of(algorithm):
    return {"alg": algorithm, "typ": "vc+jwt", "cty": "vc", "kid": KEYS[algorithm].key_id}


def public_jwk(algorithm):
    return {name: value for name, value in a_jwk(algorithm).items() if name != "d"}


def joserfc_key(algorithm):
    return (OKPKey if algorithm == "EdDSA" else ECKey).import_key(a_jwk(algorithm))


@pytest.mark.parametrize("algorithm", KEYS)
def test_joserfc_reads_a_token_signed_here(algorithm):
    token = sign_token(STATEMENT, key=KEYS[algorithm])

    read = jws.deserialize_compact(token, joserfc_key(algorithm), algorithms=[algorithm])

    assert json.loads(read.payload) == STATEMENT
    assert read.headers() == header_of(algorithm)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_signed_by_joserfc_is_read_here(algorithm):
    payload = json.dumps(STATEMENT)
    token = jws.serialize_compact(
        header_of(algorithm), payload, joserfc_key(algorithm), algorithms=[algorithm]
    )

    document, proof = verify_token(token.encode(), keys=RESOLVER, at=NOON)

    assert document == STATEMENT
    assert proof.key.key_id == KEYS[algorithm].key_id


@pytest.mark.parametrize("algorithm", KEYS)
def test_node_reads_a_token_signed_here_and_not_a_changed_one(jose, algorithm):
    token = sign_token(STATEMENT, key=KEYS[algorithm]).decode()
    head, payload, signature = token.split(".")
    changed = f"{head}.{payload[:-2]}{'A' if payload[-2] != 'A' else 'B'}{payload[-1]}.{signature}"

    read = jose.ask("verify", token=token, jwk=public_jwk(algorithm), alg=algorithm)

    assert read["payload"] == STATEMENT
    with pytest.raises(NodePeerError):
        jose.ask("verify", token=changed, jwk=public_jwk(algorithm), alg=algorithm)
    with pytest.raises(PassportError):
        verify_token(changed.encode(), keys=RESOLVER, at=NOON)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_signed_by_node_is_read_here(jose, algorithm):
    token = jose.ask("sign", payload=STATEMENT, header=header_of(algorithm), jwk=a_jwk(algorithm))[
        "token"
    ]

    document, proof = verify_token(token.encode(), keys=RESOLVER, at=NOON)

    assert document == STATEMENT
    assert proof.created_at is None


def a_presentation(algorithm):
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": DID,
        "verifiableCredential": [envelope(sign_token(STATEMENT, key=KEYS[algorithm]))],
    }


@pytest.mark.parametrize("algorithm", KEYS)
def test_node_reads_a_presentation_signed_here(jose, algorithm):
    presentation = a_presentation(algorithm)
    token = sign_presentation_token(presentation, key=KEYS[algorithm], audience=ASKED)

    read = jose.ask("verify", token=token.decode(), jwk=public_jwk(algorithm), alg=algorithm)

    assert read["payload"] == presentation | {"aud": ASKED.domain, "nonce": ASKED.nonce}
    assert (read["header"]["typ"], read["header"]["cty"]) == ("vp+jwt", "vp")


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_presentation_signed_by_node_is_read_here_with_the_tokens_in_it(jose, algorithm):
    presentation = a_presentation(algorithm)
    token = jose.ask(
        "sign",
        payload=presentation | {"aud": ASKED.domain, "nonce": ASKED.nonce},
        header=header_of(algorithm) | {"typ": "vp+jwt", "cty": "vp"},
        jwk=a_jwk(algorithm),
    )["token"]

    read, _ = verify_presentation_token(token.encode(), keys=RESOLVER, at=NOON, audience=ASKED)

    (member,) = read["verifiableCredential"]
    assert verify_token(token_in(member), keys=RESOLVER, at=NOON)[0] == STATEMENT
