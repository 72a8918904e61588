"""Is this part of a statement genuine? The half of subsets that needs no record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from passport.linked_data.canonical import Canonicalizer, Document
from passport.signing.keys import KeyResolver
from passport.signing.proofs import Expected, VerifiedProof, verify_proofs
from passport.signing.selective_disclosure_suite import ECDSA_SD_2023

_SUBSET: Final = Expected(cryptosuites=frozenset({ECDSA_SD_2023}))


def is_subset(document: Mapping[str, Any]) -> bool:
    """Whether a document says that it is a part of a statement, not a whole one."""
    proof = document.get("proof")
    return isinstance(proof, Mapping) and proof.get("cryptosuite") == ECDSA_SD_2023


def verify_subset(
    document: Document,
    *,
    keys: KeyResolver,
    at: datetime,
    canonicalizer: Canonicalizer | None = None,
) -> tuple[VerifiedProof, ...]:
    """Check the proof of a subset, and that it says which statement it is from.

    Args:
        document: A document that says it is a subset.
        keys: Finds the key of a verification method.
        at: The instant asked about.
        canonicalizer: Knows the contexts; the pinned ones when not given.

    Raises:
        ProofError: The proof does not hold; the subclass says why.
        PassportError: Something in the document is signed by no proof.
    """
    return verify_proofs(document, keys=keys, at=at, canonicalizer=canonicalizer, expected=_SUBSET)
