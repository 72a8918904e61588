"""Data Integrity proofs: making them, and checking single proofs, sets and chains.

What one suite does with bytes and keys stands in `cryptosuites`.

Source: W3C Recommendation Verifiable Credential Data Integrity 1.0, section 4.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import orjson

from passport.domain.errors import InvalidValueError
from passport.linked_data.canonical import Canonicalizer, Document, pinned_canonicalizer
from passport.linked_data.json_rules import FOREIGN_DOCUMENTS, OUR_STATEMENTS, Strictness
from passport.signing.cryptosuites import FOREIGN_SUITES, ISSUING_SUITES, STATEMENT_SUITES, SUITES
from passport.signing.errors import (
    AlreadySignedError,
    CryptosuiteUnknownError,
    IssuerMismatchError,
    KeyExpiredError,
    KeyNotAuthorizedError,
    KeyRevokedError,
    ProofChainError,
    ProofChallengeError,
    ProofDomainError,
    ProofEmptyError,
    ProofExpiredError,
    ProofMalformedError,
    ProofMissingError,
    ProofPurposeError,
)
from passport.signing.instants import instant_text, parse_instant
from passport.signing.keys import KeyResolver, SigningKey, VerificationKey

ASSERTION_METHOD: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"
_PROOF_TYPE = "DataIntegrityProof"
_MOST_PROOFS = 8
_BLANK_NODES_OF_A_PROOF = 2
"""Nodes without id that a proof inside the document adds: the proof and the graph it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a document and its proofs have to be to count.

    Attributes:
        purpose: The ``proofPurpose``, which is also what the key is listed for.
        domain: Whom the proof was made for, all of them; ``None`` takes any.
        challenge: What the checker asked to be signed; ``None`` takes any.
        cryptosuites: The suites that count.
        strictness: What may stand in the document.
    """

    purpose: str = ASSERTION_METHOD
    domain: str | Collection[str] | None = None
    challenge: str | None = None
    cryptosuites: frozenset[str] = STATEMENT_SUITES
    strictness: Strictness = OUR_STATEMENTS


STATEMENT: Final = Expected()
"""A statement of a battery passport."""

FOREIGN_CREDENTIAL: Final = Expected(cryptosuites=FOREIGN_SUITES, strictness=FOREIGN_DOCUMENTS)
"""What somebody else states, in any suite that is checked here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProof:
    """What is written into a proof that is to be made.

    Attributes:
        created_at: When it is made.
        purpose: Its ``proofPurpose``.
        proof_id: Its name, which later proofs of a chain build on.
        expires_at: Its own end.
        domain: Whom it is made for.
        challenge: What the one who checks it asked to be signed.
        previous_proofs: Names of the proofs that it signs as well.
    """

    created_at: datetime
    purpose: str = ASSERTION_METHOD
    proof_id: str | None = None
    expires_at: datetime | None = None
    domain: str | None = None
    challenge: str | None = None
    previous_proofs: Sequence[str] = ()

    def options(self, key: SigningKey) -> dict[str, object]:
        """Return the members of the proof by a key, without its value."""
        expires = instant_text(self.expires_at) if self.expires_at is not None else None
        optional = {
            "id": self.proof_id,
            "expires": expires,
            "domain": self.domain,
            "challenge": self.challenge,
            "previousProof": list(self.previous_proofs) or None,
        }
        return {
            "type": _PROOF_TYPE,
            "cryptosuite": key.cryptosuite,
            "created": instant_text(self.created_at),
            "verificationMethod": key.key_id,
            "proofPurpose": self.purpose,
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedProof:
    """A proof that holds, and whose key made it.

    Attributes:
        created_at: When the signer says it was made; ``None`` where it does not say.
        key: The key with its controller.
    """

    created_at: datetime | None
    key: VerificationKey


def sign_document(
    document: Document,
    *,
    key: SigningKey,
    created: datetime,
    canonicalizer: Canonicalizer | None = None,
) -> bytes:
    """Sign a document; the bytes returned are what is stored, logged and served.

    Args:
        document: A credential without proof, whose issuer controls the key.
        key: The issuer's key.
        created: Instant written into the proof.
        canonicalizer: Knows the contexts; the pinned ones when not given.

    Returns:
        Compact JSON in UTF-8, with the proof.

    Raises:
        AlreadySignedError: The document carries a proof.
        IssuerMismatchError: The key is not one of the issuer's.
        PassportError: Something in the document would not be signed.
    """
    issuer = read_issuer(document)
    if key.key_id.partition("#")[0] != issuer:
        raise IssuerMismatchError(f"the key {key.key_id} does not sign for the issuer {issuer}")
    proof = create_proof(document, key=key, created=created, canonicalizer=canonicalizer)
    return attach_proof(document, proof)


def create_proof(
    document: Document,
    *,
    key: SigningKey,
    created: datetime,
    canonicalizer: Canonicalizer | None = None,
    strictness: Strictness = OUR_STATEMENTS,
) -> dict[str, object]:
    """Make the only proof of an unsecured document, whoever its issuer is.

    Raises:
        AlreadySignedError: The document carries a proof.
        PassportError: Something in the document would not be signed.
    """
    if "proof" in document:
        raise AlreadySignedError("the document carries a proof already; sign it without")
    return make_proof(
        document,
        NewProof(created_at=created),
        key=key,
        canonicalizer=canonicalizer,
        strictness=strictness,
    )


def make_proof(
    document: Document,
    new: NewProof,
    *,
    key: SigningKey,
    canonicalizer: Canonicalizer | None = None,
    strictness: Strictness = OUR_STATEMENTS,
) -> dict[str, object]:
    """Make a proof over a document and over those of its proofs that the new one names.

    Args:
        document: The document; of its proofs only the ones named are signed as well.
        new: What is written into the proof.
        key: Signs, in the suite it names.
        canonicalizer: Knows the contexts; the pinned ones when not given.
        strictness: What may stand in the document.

    Raises:
        CryptosuiteUnknownError: No proofs are made in the suite of the key.
        ProofChainError: A proof that is to be signed as well is not there.
        PassportError: Something in the document or the proof would not be signed.

    Source: Verifiable Credential Data Integrity 1.0, sections 4.2 and 4.3.
    """
    suite = ISSUING_SUITES.get(key.cryptosuite)
    if suite is None:
        raise CryptosuiteUnknownError(f"{key.key_id} signs in {key.cryptosuite}, not made here")
    options = new.options(key)
    proofs = _read_proofs(document) if "proof" in document else []
    previous = _previous_proofs(options, _by_id([*proofs, options]))
    secured, allowed = _with_proofs(_unsecured(document), previous, strictness)
    value = suite.sign(
        secured,
        options,
        key,
        canonicalizer=canonicalizer or pinned_canonicalizer(),
        strictness=allowed,
    )
    return {**options, "proofValue": value}


def attach_proof(document: Document, proof: Mapping[str, object]) -> bytes:
    """Write a document with its proof as the bytes that are stored: compact JSON in UTF-8."""
    return orjson.dumps({**document, "proof": proof})


def read_issuer(document: Document) -> str:
    """Return the id of the issuer a document names; empty where it names none."""
    issuer = document.get("issuer")
    if isinstance(issuer, Mapping):
        issuer = issuer.get("id")
    return issuer if isinstance(issuer, str) else ""


def verify_proofs(
    document: Document,
    *,
    keys: KeyResolver,
    at: datetime,
    canonicalizer: Canonicalizer | None = None,
    expected: Expected = STATEMENT,
) -> tuple[VerifiedProof, ...]:
    """Check every proof on a document, and that its issuer made one of them.

    Args:
        document: The document with its proof or proofs.
        keys: Finds the key of a verification method.
        at: The instant asked about.
        canonicalizer: Knows the contexts; the pinned ones when not given.
        expected: What the document and its proofs have to be.

    Raises:
        ProofError: There is no proof, or one of them does not hold; the subclass says why.
        PassportError: Something in the document is not signed by any proof.
    """
    verified = verify_signatures(
        document,
        keys=keys,
        at=at,
        canonicalizer=canonicalizer,
        expected=expected,
    )
    issuer = read_issuer(document)
    if all(proof.key.controller != issuer for proof in verified):
        signers = ", ".join(sorted({proof.key.controller for proof in verified}))
        raise IssuerMismatchError(
            f"the document names {issuer or 'no'} issuer"
            if not issuer
            else f"the issuer is {issuer}, but the document was signed by {signers}"
        )
    return verified


def verify_signatures(
    document: Document,
    *,
    keys: KeyResolver,
    at: datetime,
    canonicalizer: Canonicalizer | None = None,
    expected: Expected = STATEMENT,
) -> tuple[VerifiedProof, ...]:
    """Check every proof on a document, whoever made it; see ``verify_proofs``."""
    proofs = _read_proofs(document)
    by_id = _by_id(proofs)
    _refuse_circles(proofs, by_id)
    unsecured_document = _unsecured(document)
    verified = []
    for proof in proofs:
        _check_members(proof, at, expected)
        key = keys.resolve(_text(proof, "verificationMethod"))
        created_at = _instant(proof, "created")
        check_key(key, expected.purpose, created_at, at)
        secured, allowed = _with_proofs(
            unsecured_document, _previous_proofs(proof, by_id), expected.strictness
        )
        SUITES[_text(proof, "cryptosuite")].verify(
            secured,
            proof,
            key,
            canonicalizer=canonicalizer or pinned_canonicalizer(),
            strictness=allowed,
        )
        verified.append(VerifiedProof(created_at=created_at, key=key))
    return tuple(verified)


def _unsecured(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "proof"}


def _read_proofs(document: Document) -> Sequence[Mapping[str, object]]:
    if "proof" not in document:
        raise ProofMissingError("the document carries no proof: nobody has signed it")
    proof = document["proof"]
    items: list[object] = proof if isinstance(proof, list) else [proof]
    if not items or items == [{}]:
        raise ProofEmptyError("the document's proof is empty: nobody has signed it")
    if len(items) > _MOST_PROOFS:
        raise ProofMalformedError(f"{len(items)} proofs; at most {_MOST_PROOFS} are checked")
    proofs = [item for item in items if isinstance(item, dict)]
    if len(proofs) != len(items):
        raise ProofMalformedError("something else stands where a proof belongs")
    return proofs


def _check_members(proof: Mapping[str, object], at: datetime, expected: Expected) -> None:
    suites = expected.cryptosuites
    if _text(proof, "type") != _PROOF_TYPE or _text(proof, "cryptosuite") not in suites:
        raise CryptosuiteUnknownError(
            f"the proof is a {proof['type']} of the suite {proof.get('cryptosuite')}; "
            f"what counts here is {', '.join(sorted(suites))}"
        )
    if _text(proof, "proofPurpose") != expected.purpose:
        raise ProofPurposeError(
            f"the proof was made for {proof['proofPurpose']}; here it needs {expected.purpose}"
        )
    _check_addressee(proof, expected)
    expires_at = _instant(proof, "expires")
    if expires_at is not None and expires_at <= at:
        raise ProofExpiredError(f"the proof ended at {proof['expires']}, before {at.isoformat()}")


def _check_addressee(proof: Mapping[str, object], expected: Expected) -> None:
    """Compare whom and what a proof was made for (vc-data-integrity, 4.4, steps 7 and 8)."""
    if expected.domain is not None and _texts(proof, "domain") != _set_of(expected.domain):
        raise ProofDomainError(
            f"the proof was made for {proof.get('domain') or 'nobody'}, not {expected.domain}"
        )
    if expected.challenge is not None and proof.get("challenge") != expected.challenge:
        raise ProofChallengeError(
            f"the proof answers {proof.get('challenge')!r}, not what was asked: "
            f"{expected.challenge!r}"
        )


def check_key(
    key: VerificationKey, purpose: str, created_at: datetime | None, at: datetime
) -> None:
    """Check that a key may make a proof, before its signature is looked at.

    Args:
        key: The key.
        purpose: What the proof is for.
        created_at: When the proof says it was made.
        at: The instant asked about.

    Raises:
        KeyNotAuthorizedError: Its controller does not list it for the purpose.
        KeyRevokedError: It was declared compromised before the instant asked about.
        KeyExpiredError: It ended before the proof was made.
    """
    if purpose not in key.purposes:
        raise KeyNotAuthorizedError(f"{key.controller} does not list {key.key_id} under {purpose}")
    if key.revoked_at is not None and key.revoked_at <= at:
        raise KeyRevokedError(
            f"{key.key_id} was revoked at {instant_text(key.revoked_at)}: anybody may hold it"
        )
    if key.expires_at is not None and (created_at is None or created_at > key.expires_at):
        raise KeyExpiredError(
            f"{key.key_id} ended at {instant_text(key.expires_at)}, before the proof was made"
        )


_Proof = Mapping[str, object]


def _by_id(proofs: Sequence[_Proof]) -> Mapping[str, _Proof]:
    """Find proofs by their id; most have none.

    Raises:
        ProofChainError: Two of them have the same, so that nobody knows which one is meant.
    """
    named: dict[str, _Proof] = {}
    for proof in proofs:
        if "id" not in proof:
            continue
        name = _text(proof, "id")
        if name in named:
            raise ProofChainError(f"two proofs have the id {name}")
        named[name] = proof
    return named


def _previous_proofs(proof: _Proof, by_id: Mapping[str, _Proof]) -> list[_Proof]:
    """Return the proofs that a proof builds on, in the order it names them."""
    if "previousProof" not in proof:
        return []
    names = proof["previousProof"]
    previous = []
    for name in names if isinstance(names, list) else [names]:
        found = by_id.get(name) if isinstance(name, str) else None
        if found is None:
            raise ProofChainError(f"the proof builds on {name!r}, which is not in the document")
        previous.append(found)
    if not previous or len({id(one) for one in previous}) != len(previous):
        raise ProofChainError(f"the proof builds on {names!r}: none, or one of them twice")
    return previous


def _refuse_circles(proofs: Sequence[_Proof], by_id: Mapping[str, _Proof]) -> None:
    """Refuse proofs of which each waits for another.

    Raises:
        ProofChainError: There are such proofs, or one names a proof that is not there.
    """
    waiting = {place: _previous_proofs(proof, by_id) for place, proof in enumerate(proofs)}
    while waiting:
        unsettled = {id(proofs[place]) for place in waiting}
        ready = [
            place
            for place, previous in waiting.items()
            if not any(id(one) in unsettled for one in previous)
        ]
        if not ready:
            raise ProofChainError("the proofs build on each other in a circle")
        for place in ready:
            del waiting[place]


def _with_proofs(
    document: Document, previous: Sequence[_Proof], strictness: Strictness
) -> tuple[Document, Strictness]:
    """Put the proofs that a proof builds on back into the document (vc-data-integrity, 4.5)."""
    if not previous:
        return document, strictness
    more = strictness.most_blank_nodes + _BLANK_NODES_OF_A_PROOF * len(previous)
    return {**document, "proof": list(previous)}, replace(strictness, most_blank_nodes=more)


def _text(proof: Mapping[str, object], name: str) -> str:
    value = proof.get(name)
    if not isinstance(value, str) or not value:
        raise ProofMalformedError(f"the proof's {name} is {value!r}, not a text")
    return value


def _instant(proof: Mapping[str, object], name: str) -> datetime | None:
    if name not in proof:
        return None
    try:
        return parse_instant(proof[name])
    except InvalidValueError as error:
        raise ProofMalformedError(f"the proof's {name}: {error}") from error


def _texts(proof: Mapping[str, object], name: str) -> frozenset[str]:
    """Return one text or a list of them as a set; empty where the member is not there."""
    value = proof.get(name, [])
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ProofMalformedError(f"the proof's {name} is {value!r}, not a text or several")
    return frozenset(texts)


def _set_of(texts: str | Collection[str]) -> frozenset[str]:
    return frozenset([texts] if isinstance(texts, str) else texts)
