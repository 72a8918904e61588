"""Data Integrity cryptosuites: how a document and a proof become the bytes that a key signs.

Two ways to canonical bytes (RDF and plain JSON) by two kinds of signatures (Ed25519 and ECDSA).
What is the same for all of them, like purpose and times, is checked in `proofs`.

Source: W3C Recommendations Data Integrity EdDSA Cryptosuites 1.0 and Data Integrity ECDSA
Cryptosuites 1.0, sections 3.2 and 3.3 of both.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Protocol, cast

import rfc8785

from passport.domain.errors import InvalidValueError
from passport.linked_data.canonical import Canonicalizer, Document, pinned_canonicalizer
from passport.linked_data.json_rules import Strictness
from passport.signing.errors import CryptosuiteUnknownError, ProofMalformedError, ProofValueError
from passport.signing.keys import (
    ECDSA_RDFC_2019,
    EDDSA_RDFC_2022,
    KeyKind,
    SigningKey,
    VerificationKey,
    parse_multikey,
)
from passport.signing.multibase import decode_base58btc, encode_base58btc
from passport.signing.proof_options import canonical_proof_options
from passport.signing.selective_disclosure_suite import ECDSA_SD_2023, SelectiveSuite

EDDSA_JCS_2022: Final = "eddsa-jcs-2022"
ECDSA_JCS_2019: Final = "ecdsa-jcs-2019"

ProofOptions = Mapping[str, object]
"""A proof without its ``proofValue``."""

_EDDSA_KINDS: Final = frozenset({KeyKind.ED25519})
_ECDSA_KINDS: Final = frozenset({KeyKind.P256, KeyKind.P384})
_PROOF_VALUE = "proofValue"
_CONTEXT = "@context"


class Cryptosuite(Protocol):
    """Checks the proofs of one suite."""

    @property
    def name(self) -> str:
        """Value of the member ``cryptosuite``."""
        ...

    def verify(
        self,
        unsecured_document: Document,
        proof: ProofOptions,
        key: VerificationKey,
        *,
        canonicalizer: Canonicalizer,
        strictness: Strictness,
    ) -> None:
        """Check that a key made a proof over a document.

        Args:
            unsecured_document: The document without its proof; in a chain, with the proofs before.
            proof: The whole proof.
            key: The key that the proof names.
            canonicalizer: Knows the contexts.
            strictness: What may stand in the document.

        Raises:
            ProofError: It did not, or the key is none of this suite.
            PassportError: Something in the document or the proof is signed by no proof.
        """
        ...


class IssuingCryptosuite(Cryptosuite, Protocol):
    """A suite in which proofs are made here as well."""

    def sign(
        self,
        unsecured_document: Document,
        options: ProofOptions,
        key: SigningKey,
        *,
        canonicalizer: Canonicalizer,
        strictness: Strictness,
    ) -> str:
        """Return the ``proofValue`` for a document and the other members of a proof.

        Raises:
            CryptosuiteUnknownError: The key is none of this suite.
            PassportError: Something in the document or the options would not be signed.
        """
        ...


@dataclass(frozen=True, slots=True)
class RdfcSuite:
    """Signs RDF: the same statements in another order or other JSON keep their proof."""

    name: str
    key_kinds: frozenset[KeyKind]

    def hash_data(
        self,
        unsecured_document: Document,
        options: ProofOptions,
        *,
        kind: KeyKind,
        canonicalizer: Canonicalizer,
        strictness: Strictness,
    ) -> bytes:
        """Return what is signed: the hash of the proof options, then that of the document.

        Raises:
            PassportError: Something in either would not be signed.
        """
        config = {**options, _CONTEXT: unsecured_document.get(_CONTEXT)}
        return _two_hashes(
            _canonical_options(config, canonicalizer, strictness),
            canonicalizer.canonize(unsecured_document, strictness),
            kind,
        )

    def sign(
        self,
        unsecured_document: Document,
        options: ProofOptions,
        key: SigningKey,
        *,
        canonicalizer: Canonicalizer,
        strictness: Strictness,
    ) -> str:
        """Return the ``proofValue``; see ``IssuingCryptosuite.sign``."""
        kind = parse_multikey(key.public_key_multibase).kind
        _require_kind(kind, self.key_kinds, key.key_id, self.name)
        data = self.hash_data(
            unsecured_document,
            options,
            kind=kind,
            canonicalizer=canonicalizer,
            strictness=strictness,
        )
        return encode_base58btc(key.sign(data))

    def verify(
        self,
        unsecured_document: Document,
        proof: ProofOptions,
        key: VerificationKey,
        *,
        canonicalizer: Canonicalizer,
        strictness: Strictness,
    ) -> None:
        """Check a proof; see ``Cryptosuite.verify``."""
        kind = key.public_key.kind
        _require_kind(kind, self.key_kinds, key.key_id, self.name)
        if _CONTEXT in proof:
            raise ProofMalformedError("the proof brings its own @context, which it does not sign")
        data = self.hash_data(
            unsecured_document,
            _without_value(proof),
            kind=kind,
            canonicalizer=canonicalizer,
            strictness=strictness,
        )
        key.public_key.verify(read_signature(proof), data)


@dataclass(frozen=True, slots=True)
class JcsSuite:
    """Signs JSON as text; checked in what others sign, made by nobody here.

    The Recommendation lets contexts follow in the document that the proof does not name, and has
    the verifier hand on the document without them. Here nobody hands on another document than the
    one that came, so those contexts are refused: they could give its words another meaning.
    """

    name: str
    key_kinds: frozenset[KeyKind]

    def hash_data(
        self, unsecured_document: Document, options: ProofOptions, *, kind: KeyKind
    ) -> bytes:
        """Return what is signed: the hash of the proof options, then that of the document.

        Raises:
            ProofMalformedError: Something in either has no canonical JSON.
        """
        return _two_hashes(canonical_json(options), canonical_json(unsecured_document), kind)

    def verify(
        self,
        unsecured_document: Document,
        proof: ProofOptions,
        key: VerificationKey,
        *,
        canonicalizer: Canonicalizer,  # noqa: ARG002 - other suites write RDF with it
        strictness: Strictness,  # noqa: ARG002 - every member of the JSON is signed
    ) -> None:
        """Check a proof; see ``Cryptosuite.verify``."""
        kind = key.public_key.kind
        _require_kind(kind, self.key_kinds, key.key_id, self.name)
        # A proof need not name the contexts, which are then signed with the document alone.
        if _CONTEXT in proof and proof[_CONTEXT] != unsecured_document.get(_CONTEXT):
            raise ProofMalformedError(
                f"the proof was made for the @context {proof[_CONTEXT]}, "
                f"not {unsecured_document.get(_CONTEXT)}"
            )
        data = self.hash_data(unsecured_document, _without_value(proof), kind=kind)
        key.public_key.verify(read_signature(proof), data)


def canonical_json(document: Document) -> bytes:
    """Write a document in the canonical form of JSON (RFC 8785).

    Raises:
        ProofMalformedError: It holds a number that JSON readers do not keep or half a character,
            or nests too deep.
    """
    try:
        return rfc8785.dumps(cast("dict[str, Any]", dict(document)))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise ProofMalformedError(f"the document has no canonical JSON: {error}") from error


def _canonical_options(
    config: ProofOptions, canonicalizer: Canonicalizer, strictness: Strictness
) -> bytes:
    # The template knows what the pinned contexts mean, and no others.
    if canonicalizer is pinned_canonicalizer():
        plain = canonical_proof_options(config)
        if plain is not None:
            return plain
    # The options are one node, named only where a chain of proofs refers to it.
    one_node = replace(strictness, most_blank_nodes=max(1, strictness.most_blank_nodes))
    return canonicalizer.canonize(config, one_node)


def read_signature(proof: ProofOptions) -> bytes:
    """Return the bytes of a ``proofValue`` that is one signature in base58btc.

    Raises:
        ProofMalformedError: There is none.
        ProofValueError: It is no such text.
    """
    value = proof.get(_PROOF_VALUE)
    if not isinstance(value, str) or not value:
        raise ProofMalformedError(f"the proof's {_PROOF_VALUE} is {value!r}, not a text")
    try:
        return decode_base58btc(value)
    except InvalidValueError as error:
        raise ProofValueError(f"the proofValue is no signature: {error}") from error


def _without_value(proof: ProofOptions) -> dict[str, object]:
    return {name: value for name, value in proof.items() if name != _PROOF_VALUE}


def _require_kind(kind: KeyKind, kinds: frozenset[KeyKind], key_id: str, suite: str) -> None:
    if kind not in kinds:
        raise CryptosuiteUnknownError(
            f"{key_id} is a key of {kind}; the suite {suite} takes {' or '.join(sorted(kinds))}"
        )


def _two_hashes(canonical_options: bytes, canonical_document: bytes, kind: KeyKind) -> bytes:
    # vc-di-ecdsa, 3.2.4 Hashing: the curve names the hash. The options come first.
    if kind is KeyKind.P384:
        parts = hashlib.sha384(canonical_options), hashlib.sha384(canonical_document)
    else:
        parts = hashlib.sha256(canonical_options), hashlib.sha256(canonical_document)
    return b"".join(part.digest() for part in parts)


_ISSUING: Final[tuple[IssuingCryptosuite, ...]] = (
    RdfcSuite(EDDSA_RDFC_2022, _EDDSA_KINDS),
    RdfcSuite(ECDSA_RDFC_2019, _ECDSA_KINDS),
)
_CHECKED_ONLY: Final[tuple[Cryptosuite, ...]] = (
    JcsSuite(EDDSA_JCS_2022, _EDDSA_KINDS),
    JcsSuite(ECDSA_JCS_2019, _ECDSA_KINDS),
    SelectiveSuite(),
)

ISSUING_SUITES: Final[Mapping[str, IssuingCryptosuite]] = MappingProxyType(
    {suite.name: suite for suite in _ISSUING}
)
"""Suites in which keys of this service sign."""

SUITES: Final[Mapping[str, Cryptosuite]] = MappingProxyType(
    {suite.name: suite for suite in (*_ISSUING, *_CHECKED_ONLY)}
)
"""Every suite that is checked here."""

STATEMENT_SUITES: Final = frozenset(ISSUING_SUITES)
"""Suites that statements of battery passports are signed in."""

FOREIGN_SUITES: Final = frozenset(SUITES)
"""Suites that credentials of others may be signed in."""

WHOLE_SUITES: Final = FOREIGN_SUITES - {ECDSA_SD_2023}
"""Suites that sign a document whole; a presentation is not shown in part."""
