"""Proofs from which a holder shows parts: making the base proof, deriving what is shown.

The suite is ``ecdsa-sd-2023``. What a verifier does stands in `selective_disclosure_suite`.

Source: Data Integrity ECDSA Cryptosuites 1.0, sections 3.5.1 to 3.5.6 and 3.6.1 to 3.6.3.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec

from passport.linked_data.canonical import Canonicalizer, Document, pinned_canonicalizer
from passport.linked_data.json_rules import OUR_STATEMENTS, Strictness
from passport.signing.errors import (
    AlreadySignedError,
    CryptosuiteUnknownError,
    ProofMalformedError,
    ProofMissingError,
    ProofValueError,
)
from passport.signing.keys import EcdsaSigningKey, SigningKey, parse_multikey
from passport.signing.multibase import decode_base58btc
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure_statements import (
    DisclosurePointerError,
    select,
    statements_of,
)
from passport.signing.selective_disclosure_suite import (
    ECDSA_SD_2023,
    base_data,
    check_members,
    hash_options,
    proof_value,
    require_p256,
)
from passport.signing.selective_disclosure_values import (
    HMAC_SIZE,
    BaseProofValue,
    DerivedProofValue,
    decode_base_proof,
    encode_base_proof,
    encode_derived_proof,
    label_bytes,
)

_CANONICAL_LABEL = "_:c14n"


@dataclass(frozen=True, slots=True)
class ProofSecrets:
    """What is made anew for each base proof.

    Attributes:
        hmac_key: 32 bytes that name blank nodes.
        statement_key: P-256 key that signs the statements which are not mandatory.
    """

    hmac_key: bytes
    statement_key: EcdsaSigningKey

    @classmethod
    def new(cls) -> Self:
        """Draw them."""
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(secrets.token_bytes(HMAC_SIZE), EcdsaSigningKey("", key))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBaseProof:
    """What a base proof is to be.

    Attributes:
        proof: What is written into it.
        mandatory_pointers: JSON pointers to what every part shows.
        secrets: Drawn when not given.
    """

    proof: NewProof
    mandatory_pointers: Sequence[str]
    secrets: ProofSecrets = field(default_factory=ProofSecrets.new)


def make_base_proof(
    document: Document,
    new: NewBaseProof,
    *,
    key: SigningKey,
    canonicalizer: Canonicalizer | None = None,
    strictness: Strictness = OUR_STATEMENTS,
) -> dict[str, object]:
    """Make the proof that a holder derives from; it is kept, not shown.

    Args:
        document: A credential without proof.
        new: What the proof is to be.
        key: The issuer's key, on P-256.
        canonicalizer: Knows the contexts; the pinned ones when not given.
        strictness: What may stand in the document.

    Raises:
        AlreadySignedError: The document carries a proof.
        CryptosuiteUnknownError: The key is on another curve.
        DisclosurePointerError: A mandatory pointer selects nothing.
        PassportError: Something in the document or the proof would not be signed.
    """
    if "proof" in document:
        raise AlreadySignedError("the document carries a proof already; sign it without")
    require_p256(parse_multikey(key.public_key_multibase).kind, key.key_id)
    canonicalizer = canonicalizer or pinned_canonicalizer()
    drawn = new.secrets
    options: dict[str, object] = {**new.proof.options(key), "cryptosuite": ECDSA_SD_2023}
    check_members(options)
    statements = statements_of(
        document, drawn.hmac_key, canonicalizer=canonicalizer, strictness=strictness
    )
    mandatory = statements.selection(new.mandatory_pointers).indexes
    public_key = decode_base58btc(drawn.statement_key.public_key_multibase)
    options_hash = hash_options(
        options, document, canonicalizer=canonicalizer, strictness=strictness
    )
    signed = base_data(
        options_hash, public_key, (statements.lines[index] for index in sorted(mandatory))
    )
    value = BaseProofValue(
        base_signature=key.sign(signed),
        public_key=public_key,
        hmac_key=drawn.hmac_key,
        signatures=[
            drawn.statement_key.sign(line.encode())
            for index, line in enumerate(statements.lines)
            if index not in mandatory
        ],
        mandatory_pointers=new.mandatory_pointers,
    )
    return {**options, "proofValue": encode_base_proof(value)}


def derive_document(
    document: Document,
    selective_pointers: Sequence[str],
    *,
    canonicalizer: Canonicalizer | None = None,
    strictness: Strictness = OUR_STATEMENTS,
) -> dict[str, object]:
    """Make the document that shows a part: what is mandatory and what pointers select.

    Args:
        document: A credential whose one proof is a base proof.
        selective_pointers: JSON pointers to what is shown beside the mandatory part.
        canonicalizer: Knows the contexts; the pinned ones when not given.
        strictness: What may stand in the document.

    Raises:
        DisclosurePointerError: A pointer selects nothing, or nothing at all is to be shown.
        ProofError: The document's proof is no base proof over it.
        PassportError: Something in the document would not be signed.
    """
    proof = _base_proof(document)
    value = decode_base_proof(proof_value(proof))
    canonicalizer = canonicalizer or pinned_canonicalizer()
    unsecured = {name: item for name, item in document.items() if name != "proof"}
    pointers = [*value.mandatory_pointers, *selective_pointers]
    if not pointers:
        raise DisclosurePointerError("nothing is mandatory and nothing is selected")
    statements = statements_of(
        unsecured, value.hmac_key, canonicalizer=canonicalizer, strictness=strictness
    )
    mandatory = statements.selection(value.mandatory_pointers).indexes
    shown = statements.selection(pointers)
    others = [index for index in range(len(statements.lines)) if index not in mandatory]
    if len(others) != len(value.signatures):
        raise ProofValueError(
            f"{len(value.signatures)} signatures stand in the base proof for {len(others)} "
            "statements"
        )
    derived = DerivedProofValue(
        base_signature=value.base_signature,
        public_key=value.public_key,
        signatures=[
            signature
            for index, signature in zip(others, value.signatures, strict=True)
            if index in shown.indexes
        ],
        labels={
            int(canonical.removeprefix(_CANONICAL_LABEL)): label_bytes(label)
            for canonical, label in shown.canonical_labels.items()
        },
        mandatory_indexes=[
            place for place, index in enumerate(sorted(shown.indexes)) if index in mandatory
        ],
    )
    return {
        **select(unsecured, pointers),
        "proof": {**proof, "proofValue": encode_derived_proof(derived)},
    }


def _base_proof(document: Document) -> Mapping[str, object]:
    proof = document.get("proof")
    if proof is None:
        raise ProofMissingError("the document carries no proof: nobody has signed it")
    if not isinstance(proof, Mapping):
        raise ProofMalformedError("parts are derived from a document with one proof")
    if proof.get("cryptosuite") != ECDSA_SD_2023:
        raise CryptosuiteUnknownError(
            f"parts are derived from proofs of the suite {ECDSA_SD_2023}, "
            f"not {proof.get('cryptosuite')}"
        )
    check_members(proof)
    return proof
