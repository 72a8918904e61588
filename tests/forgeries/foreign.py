"""Credentials of others: what is refused although they may use more of JSON-LD than we do."""

from dataclasses import replace

import orjson
from builders_bundle import KEYS, MAKER, SIGNED_AT, TRUST

from forgeries.forgery import NOT_CHECKED, PLAN, Forgery, Shown
from passport.linked_data.documents import presentation_bytes
from passport.signing.cryptosuites import SUITES
from passport.signing.keys import KeyKind
from passport.signing.multibase import encode_base58btc
from passport.signing.proofs import NewProof, sign_document

_V2 = "https://www.w3.org/ns/credentials/v2"
_OWN = "https://own.example/v1"
_JCS = "eddsa-jcs-2022"


def a_credential(**members):
    document = {
        "@context": [_V2],
        "id": "https://id.maker.example/foreign/1",
        "type": ["VerifiableCredential"],
        "issuer": MAKER,
        "validFrom": "2026-11-01T00:00:00Z",
        "name": "A report",
        "credentialSubject": {"id": "https://id.maker.example/thing", "name": "Thing"},
    }
    return document | members


def signed(**members):
    return sign_document(a_credential(**members), key=KEYS[MAKER], created=SIGNED_AT)


def changed(**members):
    return orjson.dumps(orjson.loads(signed()) | members)


def with_context(definition, **members):
    """A credential whose context the reader trusts, changed after it was signed."""
    trust = replace(TRUST, contexts={_OWN: {"@context": definition}})
    return Shown(data=changed(**{"@context": [_V2, _OWN], **members}), trust=trust)


def in_jcs(names=(_V2,), **members):
    """A credential signed as text; its proof names its contexts."""
    document = a_credential()
    options = NewProof(created_at=SIGNED_AT).options(KEYS[MAKER]) | {
        "cryptosuite": _JCS,
        "@context": list(names),
    }
    data = SUITES[_JCS].hash_data(document, options, kind=KeyKind.ED25519)
    proof = options | {"proofValue": encode_base58btc(KEYS[MAKER].sign(data))}
    return orjson.dumps(document | members | {"proof": proof})


def poison(size=10):
    """Nodes without names that are all alike: naming them takes longer than anybody waits."""
    nodes = [f"_:b{place}" for place in range(size)]
    edges = [
        {"@id": one, "https://x.example/to": [{"@id": other} for other in nodes if other != one]}
        for one in nodes
    ]
    return changed(credentialSubject=edges)


def nameless(size):
    return changed(
        credentialSubject=[{"https://x.example/p": str(number)} for number in range(size)]
    )


def among_statements():
    return presentation_bytes([*PLAN.statements(), signed()])


def _other(name, make, code, phrase, *verdict, **more):
    return Forgery(name, make, code, phrase, *verdict, **{"genuine": signed} | more)


FOREIGN = (
    _other(
        "a protected word that a trusted context defines anew",
        lambda: with_context({"name": "https://x.example/other"}),
        "json-ld-syntax",
        "tried to redefine a protected term",
    ),
    _other(
        "a word that no context of the credential defines",
        lambda: changed(warranty="ten years"),
        "undefined-term",
        "the name warranty; it would not be signed",
    ),
    _other(
        "a graph that takes for ever to name",
        poison,
        "too-complex",
        "too alike to be told apart",
        NOT_CHECKED,
    ),
    _other(
        "a thousand nodes without names",
        lambda: nameless(1_000),
        "blank-nodes",
        "more than 128 nodes",
    ),
    _other(
        "a definition inside a credential of others",
        lambda: changed(**{"@context": [_V2, {"name": "urn:x"}]}),
        "inline-context",
        "holds a definition",
    ),
    _other(
        "a credential signed as text with a context behind it",
        lambda: Shown(
            data=in_jcs(**{"@context": [_V2, _OWN]}),
            trust=replace(TRUST, contexts={_OWN: {"@context": {"name": "urn:x"}}}),
        ),
        "proof-malformed",
        "was made for the @context",
        genuine=in_jcs,
    ),
    _other(
        "a credential without a subject",
        lambda: orjson.dumps({n: v for n, v in a_credential().items() if n != "credentialSubject"}),
        "credential-malformed",
        "/credentialSubject is missing",
    ),
    _other(
        "a credential that names no issuer",
        lambda: changed(issuer={"name": "Maker"}),
        "credential-malformed",
        "/issuer/id is None",
    ),
    _other(
        "a credential of others among the statements of a battery",
        among_statements,
        "unexpected-context",
        f"names the contexts {_V2}",
        genuine=signed,
    ),
)
