"""Signed presentations: who shows these credentials, to whom, and in answer to what.

The proof of a presentation is its holder's, for ``authentication``. It says nothing about the
credentials inside: each has a proof of its own, which is checked like that of any credential.

Source: W3C Recommendations Verifiable Credentials Data Model 2.0, section 4.13, and Verifiable
Credential Data Integrity 1.0, sections 2.1 and 4.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from passport.linked_data.canonical import Canonicalizer, Document
from passport.linked_data.credentials import check_presentation
from passport.linked_data.json_rules import PRESENTATIONS
from passport.signing.cryptosuites import WHOLE_SUITES
from passport.signing.errors import AlreadySignedError, HolderMismatchError
from passport.signing.keys import KeyResolver, SigningKey
from passport.signing.proofs import (
    AUTHENTICATION,
    Expected,
    NewProof,
    VerifiedProof,
    make_proof,
    verify_signatures,
)

_PRESENTED = Expected(purpose=AUTHENTICATION, cryptosuites=WHOLE_SUITES, strictness=PRESENTATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the one who is shown a presentation asked for, so that an old one is not shown again.

    Attributes:
        domain: Whom the presentation is made for, like the address of a web site.
        challenge: A text that was never asked before.
    """

    domain: str
    challenge: str


def sign_presentation(
    presentation: Document,
    asked: Asked,
    *,
    key: SigningKey,
    created: datetime,
    canonicalizer: Canonicalizer | None = None,
) -> dict[str, object]:
    """Return a presentation signed by its holder for the one who asked.

    Args:
        presentation: A presentation without proof, of credentials as they were signed.
        asked: By whom and what was asked.
        key: The holder's key; published for ``authentication``.
        created: Instant written into the proof.
        canonicalizer: Knows the contexts; the pinned ones when not given.

    Raises:
        AlreadySignedError: The presentation carries a proof.
        CredentialMalformedError: It is no presentation.
        HolderMismatchError: It names another holder than the key's.
        PassportError: Something in it would not be signed.
    """
    if "proof" in presentation:
        raise AlreadySignedError("the presentation carries a proof already; sign it without")
    check_presentation(presentation)
    _require_holder(presentation, key.key_id.partition("#")[0])
    proof = make_proof(
        presentation,
        NewProof(
            created_at=created,
            purpose=AUTHENTICATION,
            domain=asked.domain,
            challenge=asked.challenge,
        ),
        key=key,
        canonicalizer=canonicalizer,
        strictness=PRESENTATIONS,
    )
    return {**presentation, "proof": proof}


def verify_presentation(
    presentation: Document,
    asked: Asked | None,
    *,
    keys: KeyResolver,
    at: datetime,
    canonicalizer: Canonicalizer | None = None,
) -> tuple[VerifiedProof, ...]:
    """Check that the holder made the proofs of a presentation, and for the one who asked.

    Args:
        presentation: The presentation; the credentials inside are not checked here.
        asked: What was asked; ``None`` where nothing was, as for a file from a drawer.
        keys: Finds the key of a verification method.
        at: The instant asked about.
        canonicalizer: Knows the contexts; the pinned ones when not given.

    Raises:
        CredentialMalformedError: It is no presentation.
        ProofError: There is no proof, or one of them does not hold; the subclass says why.
        HolderMismatchError: It names another holder than the one who signed.
        PassportError: Something in it is not signed.
    """
    check_presentation(presentation)
    verified = verify_signatures(
        presentation,
        keys=keys,
        at=at,
        canonicalizer=canonicalizer,
        expected=replace(
            _PRESENTED,
            domain=asked.domain if asked else None,
            challenge=asked.challenge if asked else None,
        ),
    )
    for proof in verified:
        _require_holder(presentation, proof.key.controller)
    return verified


def _require_holder(presentation: Document, controller: str) -> None:
    holder = presentation.get("holder")
    name = holder.get("id") if isinstance(holder, Mapping) else holder
    if name is not None and name != controller:
        raise HolderMismatchError(f"the holder is {name}, but {controller} signed")
