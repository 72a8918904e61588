"""Statements as tokens: signed by nobody, by another, for something else, or read twice."""

import base64
from dataclasses import replace

import orjson
from builders_bundle import ITEM_PUBLIC, KEYS, MAKER, RIVAL, SIGNED_AT, TRUST
from builders_signing import NOON

from forgeries.forgery import NOT_CHECKED, Forgery, Shown, a_statement, unsigned
from passport.linked_data.documents import presentation_bytes
from passport.signing.jose import envelope, sign_token

_NOON_S = int(NOON.timestamp())
_HEADER = {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": KEYS[MAKER].key_id}


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def written(value):
    return encoded(value if isinstance(value, bytes) else orjson.dumps(value))


def a_token(key=KEYS[MAKER], header=(), claims=(), *, head=None, payload=None):
    """A token over any header and content, signed by a key."""
    head = {**_HEADER, **dict(header)} if head is None else head
    content = {**unsigned(a_statement()), **dict(claims)} if payload is None else payload
    signing_input = written(head) + b"." + written(content)
    return signing_input + b"." + encoded(key.sign(signing_input))


def without_signature():
    """The algorithm "none", whose signature is empty; a full one keeps the form of a token."""
    return a_token(header={"alg": "none"})


def signed_with_the_public_key():
    """HS256 over the public key as secret, which careless libraries take."""
    return a_token(header={"alg": "HS256"})


def with_the_signature_of_another():
    own = a_token().rpartition(b".")[0]
    other = a_token(claims={"id": "https://id.maker.example/other"}).rpartition(b".")[2]
    return own + b"." + other


def with_a_key_of_its_own():
    """The forger's key in the header, as some libraries believe it."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "AA"}
    return a_token(KEYS[RIVAL], header={"jwk": jwk})


def with_twice_the_algorithm():
    head = orjson.dumps(_HEADER).replace(b"{", b'{"alg":"none",', 1)
    return a_token(head=head)


def with_twice_the_contexts():
    payload = orjson.dumps(unsigned(a_statement()))
    return a_token(payload=payload.replace(b"{", b'{"@context":[],', 1))


def with_loose_base64():
    """The same token with bits behind its end that say nothing."""
    head, payload, signature = a_token().split(b".")
    return b".".join([head, payload, signature[:-1] + b"R"])


def by(key, **header):
    return a_token(key, header={"kid": key.key_id} | header)


def enveloped(**members):
    """A presentation that holds the item's statement as token, with members beside it."""
    member = envelope(sign_token(unsigned(a_statement()), key=KEYS[MAKER])) | members
    return presentation_bytes([orjson.dumps(member)])


def _token(name, make, code, phrase, *verdict, **more):
    return Forgery(name, make, code, phrase, *verdict, **{"genuine": a_token} | more)


TOKENS = (
    _token("a token of the algorithm none", without_signature, "token-algorithm", "is 'none'"),
    _token(
        "a token signed with the public key as secret",
        signed_with_the_public_key,
        "token-algorithm",
        "is 'HS256'",
    ),
    _token(
        "a token that names the algorithm of another kind of key",
        lambda: a_token(header={"alg": "ES256"}),
        "token-algorithm",
        "the token says ES256",
    ),
    _token(
        "a token with the signature of another",
        with_the_signature_of_another,
        "proof-invalid",
        f"{KEYS[MAKER].key_id} did not sign this token",
    ),
    _token(
        "a token with a key of its own",
        with_a_key_of_its_own,
        "token-malformed",
        "the header holds jwk",
    ),
    _token(
        "a token with something critical that nobody knows",
        lambda: a_token(header={"crit": ["exp"], "exp": 1}),
        "token-malformed",
        "the header holds crit",
    ),
    _token(
        "a token whose bytes are not encoded",
        lambda: a_token(header={"b64": False}),
        "token-malformed",
        "the header holds b64",
    ),
    _token(
        "a token for something else",
        lambda: a_token(header={"typ": "JWT"}),
        "token-type",
        "typ is 'JWT'",
    ),
    _token(
        "a presentation's token for a statement",
        lambda: a_token(header={"typ": "vp+jwt"}),
        "token-type",
        "typ is 'vp+jwt'",
    ),
    _token(
        "a token with another content than it says",
        lambda: a_token(header={"cty": "text"}),
        "token-type",
        "cty is 'text'",
    ),
    _token(
        "a token without the name of its key",
        lambda: a_token(header={"kid": "1"}),
        "token-malformed",
        "kid is '1'",
    ),
    _token(
        "a token by another party's key",
        lambda: by(KEYS[RIVAL]),
        "issuer-mismatch",
        f"but the token was signed by {RIVAL}",
    ),
    _token(
        "a token whose header says the algorithm twice",
        with_twice_the_algorithm,
        "malformed-document",
        "key 'alg' stands twice",
        NOT_CHECKED,
    ),
    _token(
        "a token whose content says a key twice",
        with_twice_the_contexts,
        "malformed-document",
        "key '@context' stands twice",
        NOT_CHECKED,
    ),
    _token(
        "a token in a second writing of base64url",
        with_loose_base64,
        "token-malformed",
        "is not the one base64url writing",
    ),
    _token(
        "a token with a word that no context defines",
        lambda: a_token(claims={"guarantee": "ten years"}),
        "undefined-term",
        "guarantee",
    ),
    _token(
        "a token with the wrapping of an older standard",
        lambda: a_token(payload={"vc": unsigned(a_statement())} | unsigned(a_statement())),
        "token-malformed",
        "is wrapped in vc",
    ),
    _token(
        "a token with a proof inside",
        lambda: a_token(payload=ITEM_PUBLIC.sign()),
        "token-malformed",
        "a proof stands inside the token",
    ),
    _token(
        "a token that names another document",
        lambda: a_token(claims={"jti": "urn:other"}),
        "token-claim",
        "jti is 'urn:other'",
    ),
    _token(
        "a token that names another subject",
        lambda: a_token(claims={"sub": "urn:other"}),
        "token-claim",
        "sub is 'urn:other'",
    ),
    _token(
        "a token that names another issuer",
        lambda: a_token(claims={"iss": RIVAL}),
        "token-claim",
        f"iss is {RIVAL!r}",
    ),
    _token(
        "a token that has ended",
        lambda: a_token(claims={"exp": _NOON_S - 60}),
        "proof-expired",
        "the token ended at",
    ),
    _token(
        "a token that does not hold yet",
        lambda: a_token(claims={"nbf": _NOON_S + 60}),
        "token-claim",
        "not yet",
    ),
    _token(
        "a token that ends another day than its statement",
        lambda: a_token(claims={"exp": _NOON_S + 60, "validUntil": "2030-01-01T00:00:00Z"}),
        "token-claim",
        "the document's validUntil",
    ),
    _token(
        "a token whose end is a text",
        lambda: a_token(claims={"exp": "never"}),
        "token-claim",
        "exp is 'never'",
    ),
    _token(
        "a token for somebody else to present",
        lambda: a_token(claims={"aud": "https://other.example"}),
        "token-claim",
        "aud belongs to a presentation",
    ),
    _token(
        "a token of a broken suite",
        lambda: Shown(data=a_token(), trust=replace(TRUST, retired={"eddsa-rdfc-2022": SIGNED_AT})),
        "suite-retired",
        "a token is in no log",
        NOT_CHECKED,
    ),
    # --- envelopes ---
    Forgery(
        "words beside an enveloped token",
        lambda: enveloped(name="A1 of another battery"),
        "token-malformed",
        "name stands beside a token",
    ),
    Forgery(
        "an envelope whose address holds another kind of content",
        lambda: enveloped(id="data:text/plain,new"),
        "token-malformed",
        "has an id that begins with data:application/vc+jwt,",
    ),
    Forgery(
        "an envelope without token",
        lambda: enveloped(id="data:application/vc+jwt,new"),
        "token-malformed",
        "holds no token",
    ),
)
