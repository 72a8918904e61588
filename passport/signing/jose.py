"""Statements and presentations as signed tokens: ``vc+jwt`` and ``vp+jwt``.

A token signs the bytes of its JSON, where a proof inside a document signs what they mean. Both are
made of the same statement with the same id; here both readings have to hold, so a token whose
content would mean something else as JSON-LD is refused.

Source: W3C Recommendation Securing Verifiable Credentials using JOSE and COSE, section 3.1;
RFC 7515 (JWS), RFC 7519 (JWT), RFC 8725 (Best Current Practices).
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson

from passport.domain.errors import InvalidValueError
from passport.linked_data.canonical import Canonicalizer, Document, pinned_canonicalizer
from passport.linked_data.documents import LARGEST_DOCUMENT, parse_document
from passport.signing.errors import (
    AlreadySignedError,
    IssuerMismatchError,
    ProofError,
    ProofExpiredError,
    ProofInvalidError,
)
from passport.signing.instants import instant_text, parse_instant
from passport.signing.keys import KeyKind, KeyResolver, SigningKey, VerificationKey, parse_multikey
from passport.signing.proofs import (
    ASSERTION_METHOD,
    AUTHENTICATION,
    STATEMENT,
    Expected,
    VerifiedProof,
    check_key,
    read_issuer,
)

CREDENTIAL_TOKEN: Final = "vc+jwt"  # noqa: S105 - a media type
PRESENTATION_TOKEN: Final = "vp+jwt"  # noqa: S105 - a media type
CREDENTIAL_TOKEN_MEDIA_TYPE: Final = f"application/{CREDENTIAL_TOKEN}"
LARGEST_TOKEN: Final = (LARGEST_DOCUMENT * 4) // 3 + 4_096
"""Bytes: the largest document in base64url, with header and signature."""

_ENVELOPED: Final = "EnvelopedVerifiableCredential"
_DATA_URL: Final = f"data:{CREDENTIAL_TOKEN_MEDIA_TYPE},"
_CREDENTIALS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
_ALGORITHMS: Final = {
    KeyKind.ED25519: ("EdDSA", "Ed25519"),
    KeyKind.P256: ("ES256",),
    KeyKind.P384: ("ES384",),
}
"""Names of what a key signs with, the one written here first; RFC 9864 gave EdDSA another one."""
_ALL_ALGORITHMS: Final = tuple(name for names in _ALGORITHMS.values() for name in names)
_CONTENT_TYPES: Final = {CREDENTIAL_TOKEN: "vc", PRESENTATION_TOKEN: "vp"}
_HEADER_MEMBERS: Final = frozenset({"alg", "typ", "cty", "kid", "iss"})
"""What a header may hold. No ``jwk``, ``jku``, ``x5c``: a key comes from its controller alone."""
_CLAIMS: Final = frozenset({"iss", "sub", "jti", "iat", "nbf", "exp", "aud", "nonce"})
"""Registered claims that may stand beside a credential; they are no words of its contexts."""
_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_LARGEST_HEADER: Final = 4_096
_LAST_INSTANT: Final = 253_402_300_799
"""Seconds: the end of the year 9999."""


class TokenMalformedError(ProofError):
    """A text is no compact token, or its header or content is not as a token's."""

    code = "token-malformed"


class TokenAlgorithmError(ProofError):
    """The token names another algorithm than its key signs with."""

    code = "token-algorithm"


class TokenTypeError(ProofError):
    """The token is one for something else."""

    code = "token-type"


class TokenClaimError(ProofError):
    """A claim of the token contradicts the credential, or is not fulfilled."""

    code = "token-claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a presentation is made for.

    Attributes:
        domain: Who asked, as claim ``aud``.
        nonce: What it asked to be signed, as claim ``nonce``.
    """

    domain: str
    nonce: str


@dataclass(frozen=True, slots=True)
class _Token:
    """A compact token, taken apart; nothing of it is believed yet."""

    header: Mapping[str, object]
    payload: bytes
    signature: bytes
    signing_input: bytes


def sign_token(document: Document, *, key: SigningKey) -> bytes:
    """Sign a statement as token.

    Args:
        document: A credential without proof, whose issuer controls the key.
        key: The issuer's key.

    Returns:
        The compact token, ASCII.

    Raises:
        AlreadySignedError: The document carries a proof.
        IssuerMismatchError: The key is not one of the issuer's.
        PassportError: Something in the document means nothing in its contexts.
    """
    if "proof" in document:
        raise AlreadySignedError("the document carries a proof already; sign it without")
    issuer = read_issuer(document)
    if key.key_id.partition("#")[0] != issuer:
        raise IssuerMismatchError(f"the key {key.key_id} does not sign for the issuer {issuer}")
    pinned_canonicalizer().canonize(document)
    return _sign(CREDENTIAL_TOKEN, document, key)


def sign_presentation_token(
    presentation: Document, *, key: SigningKey, audience: Audience | None = None
) -> bytes:
    """Sign a presentation as token.

    Args:
        presentation: A Verifiable Presentation whose holder controls the key.
        key: The holder's key.
        audience: Whom it is made for.

    Raises:
        AlreadySignedError: The presentation carries a proof.
        IssuerMismatchError: The key is not one of the holder's.
    """
    if "proof" in presentation:
        raise AlreadySignedError("the presentation carries a proof already; sign it without")
    holder = _id_of(presentation.get("holder"))
    if key.key_id.partition("#")[0] != holder:
        raise IssuerMismatchError(f"the key {key.key_id} does not sign for the holder {holder}")
    claims = {"aud": audience.domain, "nonce": audience.nonce} if audience else {}
    return _sign(PRESENTATION_TOKEN, {**presentation, **claims}, key)


def is_token(data: bytes) -> bool:
    """Whether bytes look like a compact token, whatever it says.

    >>> is_token(b"eyJhbGciOiJFZERTQSJ9.e30.c2ln"), is_token(b'{"id": 1}')
    (True, False)
    """
    return len(data) <= LARGEST_TOKEN and bool(_TOKEN.fullmatch(data.strip()))


def verify_token(
    data: bytes,
    *,
    keys: KeyResolver,
    at: datetime,
    canonicalizer: Canonicalizer | None = None,
    expected: Expected = STATEMENT,
) -> tuple[dict[str, object], VerifiedProof]:
    """Check a statement that comes as token.

    Args:
        data: The compact token.
        keys: Finds the key of a verification method.
        at: The instant asked about.
        canonicalizer: Knows the contexts; the pinned ones when not given.
        expected: Its ``strictness`` says what may stand in the document.

    Returns:
        The credential without claims of the token, and who signed it.

    Raises:
        ProofError: The token does not hold; the subclass says why.
        MalformedDocumentError: Header or content is no JSON with one reading.
        PassportError: Something in the document means nothing in its contexts.
    """
    token = _parse(data, CREDENTIAL_TOKEN)
    key = _signer(token, keys)
    document, claims = _read_payload(token)
    issuer = read_issuer(document)
    if key.controller != issuer:
        raise IssuerMismatchError(
            f"the issuer is {issuer or 'not named'}, but the token was signed by {key.controller}"
        )
    created_at = _instant(claims, "iat")
    check_key(key, ASSERTION_METHOD, created_at, at)
    if unfit := claims.keys() & {"aud", "nonce"}:
        raise TokenClaimError(f"{min(unfit)} belongs to a presentation, not to a statement")
    _check_names(claims, document, issuer)
    _check_names(_issuer_in(token.header), document, issuer)
    _check_times(claims, document, at)
    (canonicalizer or pinned_canonicalizer()).canonize(document, expected.strictness)
    return document, VerifiedProof(created_at=created_at, key=key)


def verify_presentation_token(
    data: bytes, *, keys: KeyResolver, at: datetime, audience: Audience | None = None
) -> tuple[dict[str, object], VerifiedProof]:
    """Check a presentation that comes as token; its credentials are checked one by one.

    Args:
        data: The compact token.
        keys: Finds the key of a verification method.
        at: The instant asked about.
        audience: Whom it has to be made for; ``None`` takes any.

    Raises:
        ProofError: The token does not hold; the subclass says why.
        MalformedDocumentError: Header or content is no JSON with one reading.
    """
    token = _parse(data, PRESENTATION_TOKEN)
    key = _signer(token, keys)
    presentation, claims = _read_payload(token)
    holder = _id_of(presentation.get("holder"))
    if key.controller != holder:
        raise IssuerMismatchError(
            f"the holder is {holder or 'not named'}, but the token was signed by {key.controller}"
        )
    created_at = _instant(claims, "iat")
    check_key(key, AUTHENTICATION, created_at, at)
    _check_names(claims, presentation, holder)
    _check_names(_issuer_in(token.header), presentation, holder)
    _check_times(claims, presentation, at)
    wanted = {"aud": audience.domain, "nonce": audience.nonce} if audience else {}
    for name, value in wanted.items():
        if claims.get(name) != value:
            raise TokenClaimError(f"{name} is {claims.get(name)!r}; {value!r} was asked for")
    return presentation, VerifiedProof(created_at=created_at, key=key)


def unverified_content(data: bytes) -> dict[str, object]:
    """Return what a token holds, to find out what came; nothing of it is believed.

    Raises:
        TokenMalformedError: It is no token.
        MalformedDocumentError: Its content is no JSON with one reading.
    """
    if len(data) > LARGEST_TOKEN or not _TOKEN.fullmatch(data):
        raise TokenMalformedError("no compact token: three parts of base64url with dots between")
    return parse_document(_decode(data.split(b".")[1]))


def envelope(token: bytes) -> dict[str, object]:
    """Return the member of a presentation that holds a token."""
    return {
        "@context": _CREDENTIALS_CONTEXT,
        "id": f"{_DATA_URL}{token.decode('ascii')}",
        "type": _ENVELOPED,
    }


def is_envelope(member: Mapping[str, object]) -> bool:
    """Whether a member of a presentation says that it holds a token."""
    types = member.get("type")
    return _ENVELOPED in types if isinstance(types, list) else types == _ENVELOPED


def token_in(member: Mapping[str, object]) -> bytes:
    """Return the token that a member of a presentation holds.

    Raises:
        TokenMalformedError: It holds none, or something beside it that nobody signed.

    Source: Verifiable Credentials Data Model 2.0, section 4.13 (Enveloped Verifiable Credentials).
    """
    if unsigned := sorted(member.keys() - {"@context", "id", "type"}):
        raise TokenMalformedError(
            f"{', '.join(unsigned)} stands beside a token and is signed by nobody"
        )
    address = member.get("id")
    if not isinstance(address, str) or not address.startswith(_DATA_URL):
        raise TokenMalformedError(f"an enveloped statement has an id that begins with {_DATA_URL}")
    text = address.removeprefix(_DATA_URL)
    if not text.isascii() or not is_token(text.encode("ascii")):
        raise TokenMalformedError("the data URL of the enveloped statement holds no token")
    return text.encode("ascii")


def _sign(kind: str, content: Document, key: SigningKey) -> bytes:
    header = {
        "alg": _ALGORITHMS[parse_multikey(key.public_key_multibase).kind][0],
        "typ": kind,
        "cty": _CONTENT_TYPES[kind],
        "kid": key.key_id,
    }
    signing_input = _encode(orjson.dumps(header)) + b"." + _encode(orjson.dumps(content))
    return signing_input + b"." + _encode(key.sign(signing_input))


def _parse(data: bytes, kind: str) -> _Token:
    data = data.strip()
    if len(data) > LARGEST_TOKEN:
        raise TokenMalformedError(f"a token of {len(data)} bytes; at most {LARGEST_TOKEN} are read")
    if not _TOKEN.fullmatch(data):
        raise TokenMalformedError("no compact token: three parts of base64url with dots between")
    signing_input, _, signature = data.rpartition(b".")
    head, _, payload = signing_input.partition(b".")
    token = _Token(
        header=parse_document(_decode(head), largest=_LARGEST_HEADER),
        payload=_decode(payload),
        signature=_decode(signature),
        signing_input=signing_input,
    )
    _check_header(token.header, kind)
    return token


def _check_header(header: Mapping[str, object], kind: str) -> None:
    if unknown := sorted(header.keys() - _HEADER_MEMBERS):
        raise TokenMalformedError(
            f"the header holds {', '.join(unknown)}; only {', '.join(sorted(_HEADER_MEMBERS))} "
            "are understood, and a key comes from its controller"
        )
    if header.get("typ") != kind:
        raise TokenTypeError(f"the token's typ is {header.get('typ')!r}, not {kind}")
    if header.get("cty", _CONTENT_TYPES[kind]) != _CONTENT_TYPES[kind]:
        raise TokenTypeError(f"the token's cty is {header['cty']!r}, not {_CONTENT_TYPES[kind]}")
    if header.get("alg") not in _ALL_ALGORITHMS:
        raise TokenAlgorithmError(
            f"the token's alg is {header.get('alg')!r}; {', '.join(_ALL_ALGORITHMS)} are "
            "checked here"
        )


def _signer(token: _Token, keys: KeyResolver) -> VerificationKey:
    """Return the key that signed a token."""
    key_id = token.header.get("kid")
    if not isinstance(key_id, str) or "#" not in key_id:
        raise TokenMalformedError(f"the token's kid is {key_id!r}, not the full id of a key")
    key = keys.resolve(key_id)
    names = _ALGORITHMS[key.public_key.kind]
    if token.header["alg"] not in names:
        raise TokenAlgorithmError(
            f"the token says {token.header['alg']}, but {key_id} signs with {names[0]}"
        )
    try:
        key.public_key.verify(token.signature, token.signing_input)
    except ProofInvalidError as error:
        raise ProofInvalidError(
            f"{key_id} did not sign this token: it was changed, or signed with another key"
        ) from error
    return key


def _read_payload(token: _Token) -> tuple[dict[str, object], dict[str, object]]:
    content = parse_document(token.payload)
    for wrapper in ("vc", "vp"):
        if wrapper in content:
            raise TokenMalformedError(
                f"the content is wrapped in {wrapper}, as an older version of the standard did"
            )
    if "proof" in content:
        raise TokenMalformedError("a proof stands inside the token; one of the two is enough")
    claims = {name: value for name, value in content.items() if name in _CLAIMS}
    return {name: value for name, value in content.items() if name not in _CLAIMS}, claims


def _issuer_in(header: Mapping[str, object]) -> dict[str, object]:
    return {"iss": header["iss"]} if "iss" in header else {}


def _check_names(claims: Mapping[str, object], document: Document, signer: str) -> None:
    subject = document.get("credentialSubject")
    names = {"iss": signer, "jti": document.get("id"), "sub": _id_of(subject)}
    for claim, name in names.items():
        if claim in claims and claims[claim] != name:
            raise TokenClaimError(f"{claim} is {claims[claim]!r}, the document says {name!r}")


def _check_times(claims: Mapping[str, object], document: Document, at: datetime) -> None:
    ends_at, begins_at = _instant(claims, "exp"), _instant(claims, "nbf")
    if ends_at is not None and ends_at <= at:
        raise ProofExpiredError(f"the token ended at {instant_text(ends_at)}")
    if begins_at is not None and begins_at > at:
        raise TokenClaimError(f"the token holds from {instant_text(begins_at)} on, not yet")
    for claim, instant, member in (("exp", ends_at, "validUntil"), ("nbf", begins_at, "validFrom")):
        if instant is not None and member in document and instant != _written(document[member]):
            raise TokenClaimError(
                f"{claim} is {instant_text(instant)}, the document's {member} {document[member]!r}"
            )


def _written(text: object) -> datetime:
    try:
        return parse_instant(text).replace(microsecond=0)
    except InvalidValueError as error:
        raise TokenClaimError(str(error)) from error


def _instant(claims: Mapping[str, object], name: str) -> datetime | None:
    if name not in claims:
        return None
    seconds = claims[name]
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise TokenClaimError(f"{name} is {seconds!r}, no whole seconds since 1970")
    if not 0 <= seconds <= _LAST_INSTANT:
        raise TokenClaimError(f"{name} is {seconds}, no second of the calendar")
    return datetime.fromtimestamp(seconds, UTC)


def _id_of(node: object) -> str:
    name = node.get("id") if isinstance(node, Mapping) else node
    return name if isinstance(name, str) else ""


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(part: bytes) -> bytes:
    try:
        data = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error as error:
        raise TokenMalformedError("a part of the token is no whole base64url text") from error
    if _encode(data) != part:
        raise TokenMalformedError("a part of the token is not the one base64url writing of it")
    return data
