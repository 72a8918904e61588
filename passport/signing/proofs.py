"""Data Integrity proofs of the suite ``eddsa-rdfc-2022``: making and checking.

Source: W3C Recommendations Verifiable Credential Data Integrity 1.0, section 4, and Data
Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import orjson

from passport.domain.errors import InvalidValueError
from passport.linked_data.canonical import Canonicalizer, Document, pinned_canonicalizer
from passport.linked_data.json_rules import OUR_STATEMENTS, Strictness
from passport.signing.errors import (
    AlreadySignedError,
    CryptosuiteUnknownError,
    IssuerMismatchError,
    KeyExpiredError,
    KeyNotAuthorizedError,
    KeyRevokedError,
    ProofEmptyError,
    ProofExpiredError,
    ProofMalformedError,
    ProofMissingError,
    ProofPurposeError,
    ProofValueError,
)
from passport.signing.instants import instant_text, parse_instant
from passport.signing.keys import EDDSA_RDFC_2022, KeyResolver, SigningKey, VerificationKey
from passport.signing.multibase import decode_base58btc, encode_base58btc

ASSERTION_METHOD: Final = "assertionMethod"
_PROOF_TYPE = "DataIntegrityProof"
_CRYPTOSUITES = frozenset({EDDSA_RDFC_2022})
_MOST_PROOFS = 8


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
    """Make the proof of an unsecured document, whoever its issuer is.

    Raises:
        AlreadySignedError: The document carries a proof.
        PassportError: Something in the document would not be signed.
    """
    if "proof" in document:
        raise AlreadySignedError("the document carries a proof already; sign it without")
    proof_options: dict[str, object] = {
        "type": _PROOF_TYPE,
        "cryptosuite": key.cryptosuite,
        "created": instant_text(created),
        "verificationMethod": key.key_id,
        "proofPurpose": ASSERTION_METHOD,
    }
    data = hash_data(document, proof_options, canonicalizer, strictness)
    return {**proof_options, "proofValue": encode_base58btc(key.sign(data))}


def attach_proof(document: Document, proof: Mapping[str, object]) -> bytes:
    """Write a document with its proof as the bytes that are stored: compact JSON in UTF-8."""
    return orjson.dumps({**document, "proof": proof})


def hash_data(
    unsecured_document: Document,
    proof_options: Mapping[str, object],
    canonicalizer: Canonicalizer | None = None,
    strictness: Strictness = OUR_STATEMENTS,
) -> bytes:
    """Return the 64 bytes that are signed: hash of the proof options, then of the document.

    Raises:
        PassportError: Something in either would not be signed.
    """
    canonicalizer = canonicalizer or pinned_canonicalizer()
    # The options are one node, named only where a chain of proofs refers to it.
    options_strictness = replace(strictness, most_blank_nodes=max(1, strictness.most_blank_nodes))
    proof_config = {**proof_options, "@context": unsecured_document.get("@context")}
    canonical_config = canonicalizer.canonize(proof_config, options_strictness)
    canonical_document = canonicalizer.canonize(unsecured_document, strictness)
    # vc-di-eddsa, 3.2.4 Hashing: the options come first.
    return hashlib.sha256(canonical_config).digest() + hashlib.sha256(canonical_document).digest()


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
    strictness: Strictness = OUR_STATEMENTS,
) -> tuple[VerifiedProof, ...]:
    """Check every proof on a document, and that its issuer made one of them.

    Args:
        document: The document with its proof or proofs.
        keys: Finds the key of a verification method.
        at: The instant asked about.
        canonicalizer: Knows the contexts; the pinned ones when not given.
        strictness: What may stand in the document.

    Raises:
        ProofError: There is no proof, or one of them does not hold; the subclass says why.
        PassportError: Something in the document is not signed by any proof.
    """
    verified = verify_signatures(
        document, keys=keys, at=at, canonicalizer=canonicalizer, strictness=strictness
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
    strictness: Strictness = OUR_STATEMENTS,
) -> tuple[VerifiedProof, ...]:
    """Check every proof on a document, whoever made it; see ``verify_proofs``."""
    proofs = _read_proofs(document)
    unsecured_document = {name: value for name, value in document.items() if name != "proof"}
    verified = []
    for proof in proofs:
        _check_members(proof, at)
        key = keys.resolve(_text(proof, "verificationMethod"))
        created_at = _instant(proof, "created")
        _check_key(key, str(proof["cryptosuite"]), created_at, at)
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        secured = _with_previous_proofs(unsecured_document, proof, proofs)
        data = hash_data(secured, options, canonicalizer, strictness)
        key.public_key.verify(_signature(proof), data)
        verified.append(VerifiedProof(created_at=created_at, key=key))
    return tuple(verified)


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


def _check_members(proof: Mapping[str, object], at: datetime) -> None:
    if _text(proof, "type") != _PROOF_TYPE or _text(proof, "cryptosuite") not in _CRYPTOSUITES:
        raise CryptosuiteUnknownError(
            f"the proof is a {proof['type']} of the suite {proof.get('cryptosuite')}; "
            f"only {', '.join(sorted(_CRYPTOSUITES))} is checked here"
        )
    if _text(proof, "proofPurpose") != ASSERTION_METHOD:
        raise ProofPurposeError(
            f"the proof was made for {proof['proofPurpose']}; a statement needs {ASSERTION_METHOD}"
        )
    if "@context" in proof:
        raise ProofMalformedError("the proof brings its own @context, which it does not sign")
    expires_at = _instant(proof, "expires")
    if expires_at is not None and expires_at <= at:
        raise ProofExpiredError(f"the proof ended at {proof['expires']}, before {at.isoformat()}")


def _check_key(
    key: VerificationKey, cryptosuite: str, created_at: datetime | None, at: datetime
) -> None:
    if key.public_key.cryptosuite != cryptosuite:
        raise CryptosuiteUnknownError(f"{key.key_id} is no key of the suite {cryptosuite}")
    if ASSERTION_METHOD not in key.purposes:
        raise KeyNotAuthorizedError(
            f"{key.controller} does not list {key.key_id} under {ASSERTION_METHOD}"
        )
    if key.revoked_at is not None and key.revoked_at <= at:
        raise KeyRevokedError(
            f"{key.key_id} was revoked at {instant_text(key.revoked_at)}: anybody may hold it"
        )
    if key.expires_at is not None and (created_at is None or created_at > key.expires_at):
        raise KeyExpiredError(
            f"{key.key_id} ended at {instant_text(key.expires_at)}, before the proof was made"
        )


def _with_previous_proofs(
    document: Document, proof: Mapping[str, object], proofs: Sequence[Mapping[str, object]]
) -> Document:
    """Put the proofs that a proof builds on back into the document (vc-data-integrity, 4.3)."""
    previous = proof.get("previousProof")
    if previous is None:
        return document
    wanted = previous if isinstance(previous, list) else [previous]
    matching = [one for one in proofs if one.get("id") in wanted]
    if not matching or len(matching) != len(wanted):
        raise ProofMalformedError(f"the proof builds on {previous}, which is not in the document")
    return {**document, "proof": matching}


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


def _signature(proof: Mapping[str, object]) -> bytes:
    try:
        return decode_base58btc(_text(proof, "proofValue"))
    except InvalidValueError as error:
        raise ProofValueError(f"the proofValue is no signature: {error}") from error
