"""The page that checks a passport inside the reader's browser."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierPart:
    """One file of the verifier, as everybody can compare it with its source."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierPage:
    """Where the verifier's parts are.

    Attributes:
        log_key: Verifier key of this service's log, ``name+id+base64``.
        packages: Packages of others that do the checking, with their versions.
    """

    log_key: str
    host: str
    parts: tuple[VerifierPart, ...]
    packages: tuple[str, ...]
