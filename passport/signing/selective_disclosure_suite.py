"""The cryptosuite ``ecdsa-sd-2023`` as a verifier sees it: a part of a document, signed as a part.

The issuer's key signs the proof options, the statements that are always shown, and a key that was
made for this document alone; that key signed each further statement. So every statement shown is
the issuer's, and which others there were stays hidden.

Source: Data Integrity ECDSA Cryptosuites 1.0, sections 3.5.7 to 3.6.4.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from passport.linked_data.canonical import Canonicalizer, Document
from passport.linked_data.json_rules import Strictness
from passport.signing.errors import (
    CryptosuiteUnknownError,
    KeyMalformedError,
    ProofInvalidError,
    ProofMalformedError,
    ProofValueError,
)
from passport.signing.keys import KeyKind, PublicKey, VerificationKey, parse_multikey
from passport.signing.multibase import encode_base58btc
from passport.signing.selective_disclosure_statements import disclosed_lines
from passport.signing.selective_disclosure_values import decode_derived_proof

ECDSA_SD_2023: Final = "ecdsa-sd-2023"
_PROOF_VALUE = "proofValue"
_CONTEXT = "@context"
_MEMBERS = frozenset(
    {
        "id",
        "type",
        "cryptosuite",
        "created",
        "expires",
        "verificationMethod",
        "proofPurpose",
        "domain",
        "challenge",
        "nonce",
        _PROOF_VALUE,
    }
)


@dataclass(frozen=True, slots=True)
class SelectiveSuite:
    """Checks derived proofs; a base proof is for its holder and proves nothing to others."""

    name: str = ECDSA_SD_2023

    def verify(
        self,
        unsecured_document: Document,
        proof: Mapping[str, object],
        key: VerificationKey,
        *,
        canonicalizer: Canonicalizer,
        strictness: Strictness,
    ) -> None:
        """Check a derived proof; see ``Cryptosuite.verify``."""
        require_p256(key.public_key.kind, key.key_id)
        check_members(proof)
        value = decode_derived_proof(proof_value(proof))
        lines = disclosed_lines(
            unsecured_document, value.labels, canonicalizer=canonicalizer, strictness=strictness
        )
        mandatory = frozenset(value.mandatory_indexes)
        if mandatory and max(mandatory) >= len(lines):
            raise ProofValueError(
                f"statement {max(mandatory)} is to be a mandatory one of {len(lines)}"
            )
        others = [line for index, line in enumerate(lines) if index not in mandatory]
        if len(others) != len(value.signatures):
            raise ProofValueError(
                f"{len(value.signatures)} signatures stand in the proof for {len(others)} "
                "statements that are not mandatory"
            )
        options_hash = hash_options(
            proof, unsecured_document, canonicalizer=canonicalizer, strictness=strictness
        )
        # The issuer's signature first: without it, none of the others is worth the work.
        signed = base_data(
            options_hash, value.public_key, (lines[index] for index in sorted(mandatory))
        )
        try:
            key.public_key.verify(value.base_signature, signed)
        except ProofInvalidError as error:
            raise ProofInvalidError(
                f"{key.key_id} did not sign what every part of this document shows as it stands "
                "here"
            ) from error
        _require_signed(others, value.signatures, _statement_key(value.public_key))


def base_data(options_hash: bytes, public_key: bytes, mandatory: Iterable[str]) -> bytes:
    """Return the 99 bytes that the issuer's key signs (vc-di-ecdsa, 3.5.1)."""
    return options_hash + public_key + hashlib.sha256("".join(mandatory).encode()).digest()


def hash_options(
    proof: Mapping[str, object],
    document: Document,
    *,
    canonicalizer: Canonicalizer,
    strictness: Strictness,
) -> bytes:
    """Return the hash of a proof without its value, read by the contexts of its document.

    Raises:
        PassportError: Something in the proof would not be signed.
    """
    # The options are one node, which has no name of its own.
    one_node = replace(strictness, most_blank_nodes=max(1, strictness.most_blank_nodes))
    options = {name: value for name, value in proof.items() if name != _PROOF_VALUE}
    config = {**options, _CONTEXT: document.get(_CONTEXT)}
    return hashlib.sha256(canonicalizer.canonize(config, one_node)).digest()


def check_members(proof: Mapping[str, object]) -> None:
    """Refuse a proof with members that this suite does not sign.

    Raises:
        ProofMalformedError: There is one, like ``previousProof`` of a chain.
    """
    if unknown := sorted(proof.keys() - _MEMBERS):
        raise ProofMalformedError(f"{', '.join(unknown)} is no member of an {ECDSA_SD_2023} proof")


def proof_value(proof: Mapping[str, object]) -> str:
    """Return the text of a ``proofValue``.

    Raises:
        ProofMalformedError: There is none.
    """
    value = proof.get(_PROOF_VALUE)
    if not isinstance(value, str) or not value:
        raise ProofMalformedError(f"the proof's {_PROOF_VALUE} is {value!r}, not a text")
    return value


def require_p256(kind: KeyKind, key_id: str) -> None:
    """Refuse a key of another kind than the suite is made for.

    Raises:
        CryptosuiteUnknownError: It is one.
    """
    if kind is not KeyKind.P256:
        raise CryptosuiteUnknownError(
            f"{key_id} is a key of {kind}; the suite {ECDSA_SD_2023} takes {KeyKind.P256}"
        )


def _require_signed(
    lines: Iterable[str], signatures: Iterable[bytes], statement_key: PublicKey
) -> None:
    for line, signature in zip(lines, signatures, strict=True):
        try:
            statement_key.verify(signature, line.encode())
        except ProofInvalidError as error:
            raise ProofInvalidError(
                f"the issuer did not sign, as a part of this document: {line.strip()}"
            ) from error


def _statement_key(public_key: bytes) -> PublicKey:
    try:
        key = parse_multikey(encode_base58btc(public_key))
    except KeyMalformedError as error:
        raise ProofValueError(f"the key in the proofValue: {error}") from error
    if key.kind is not KeyKind.P256:
        raise ProofValueError(f"the key in the proofValue is one of {key.kind}, not P-256")
    return key
