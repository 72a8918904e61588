"""Refusals of the signing layer: why a proof or a key does not hold."""

from passport.domain.errors import PassportError


class ProofError(PassportError):
    """A document's proof does not hold; the subclasses say why."""

    code = "proof-invalid"


class ProofInvalidError(ProofError):
    """The signature does not belong to this document and this key."""

    code = "proof-invalid"


class ProofMissingError(ProofError):
    """The document carries no proof at all."""

    code = "proof-missing"


class ProofEmptyError(ProofError):
    """The document has a ``proof`` that holds no proof."""

    code = "proof-empty"


class ProofMalformedError(ProofError):
    """A proof lacks a member or holds one of the wrong kind."""

    code = "proof-malformed"


class CryptosuiteUnknownError(ProofError):
    """The proof was made by a method that is not checked here."""

    code = "cryptosuite-unknown"


class ProofPurposeError(ProofError):
    """The proof was made for another purpose than the one it is used for."""

    code = "proof-purpose"


class ProofDomainError(ProofError):
    """The proof was made for somebody else."""

    code = "proof-domain"


class ProofChallengeError(ProofError):
    """The proof answers another question than the one that was asked."""

    code = "proof-challenge"


class ProofChainError(ProofError):
    """A proof builds on others that are not there, not told apart, or wait for it themselves."""

    code = "proof-chain"


class ProofExpiredError(ProofError):
    """The proof's own end has passed."""

    code = "proof-expired"


class ProofValueError(ProofError):
    """The ``proofValue`` is no signature of the right shape."""

    code = "proof-value"


class SignatureNotCanonicalError(ProofError):
    """The signature is one of the other writings of a signature, which anybody can make."""

    code = "signature-not-canonical"


class IssuerMismatchError(ProofError):
    """The key belongs to somebody else than the issuer of the document."""

    code = "issuer-mismatch"


class HolderMismatchError(ProofError):
    """A presentation was signed by somebody else than the holder it names."""

    code = "holder-mismatch"


class KeyNotAuthorizedError(ProofError):
    """The owner did not list the key for what it was used for, like ``assertionMethod``."""

    code = "key-not-authorized"


class KeyRevokedError(ProofError):
    """The issuer has declared the key compromised."""

    code = "key-revoked"


class KeyExpiredError(ProofError):
    """The proof was made after the key's end."""

    code = "key-expired"


class KeyEndedUnprovenError(ProofError):
    """The key has ended, and nothing proves that the proof was made before."""

    code = "key-ended-unproven"


class SuiteRetiredError(ProofError):
    """The suite is broken by now, and nothing proves that the proof was made before."""

    code = "suite-retired"


class KeyUnknownError(ProofError):
    """Nobody vouches for a key of this name."""

    code = "key-unknown"


class KeyMalformedError(PassportError):
    """A text is no public key of a supported kind."""

    code = "key-malformed"


class AlreadySignedError(PassportError):
    """A document that is to be signed carries a proof already."""

    code = "already-signed"
