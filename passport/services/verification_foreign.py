"""A credential of others, by itself: who signed it, whether it is valid and not withdrawn.

It says nothing about a battery in the words of a passport, and the report says so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from passport.domain.errors import InvalidValueError, PassportError
from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.credentials import check_credential
from passport.linked_data.documents import parse_document
from passport.services.verification_evidence import Evidence
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.services.verification_rules import why_not_valid
from passport.services.verification_status import StatusChecks
from passport.signing.instants import instant_text
from passport.signing.jose import is_envelope, is_token, token_in, verify_token
from passport.signing.proofs import FOREIGN_CREDENTIAL, verify_proofs

_UNNAMED = "a credential without id"


def check_foreign(  # noqa: PLR0913 - what a credential is checked against
    body: bytes,
    evidence: Evidence,
    status: StatusChecks,
    *,
    at: datetime,
    canonicalizer: Canonicalizer,
    report: VerificationReport,
) -> None:
    """Check one credential of others."""
    try:
        document = _verified(body, evidence, at=at, canonicalizer=canonicalizer)
    except PassportError as error:
        report.refused(Check.PROOFS, error)
        return
    name = str(document.get("id", _UNNAMED))
    report.passed(Check.PROOFS, "the credential was signed by its issuer")
    try:
        reason = why_not_valid(document, at)
    except InvalidValueError as error:
        reason = str(error)
    if reason:
        report.found(Check.VALIDITY, Finding.NOT_VALID_THEN, reason, statement=name)
    else:
        report.passed(Check.VALIDITY, f"valid at {instant_text(at)}")
    status.check(document, name)


def _verified(
    body: bytes, evidence: Evidence, *, at: datetime, canonicalizer: Canonicalizer
) -> Mapping[str, Any]:
    if is_token(body):
        return _verified_token(body, evidence, at=at, canonicalizer=canonicalizer)
    document = parse_document(body)
    if is_envelope(document):
        return _verified_token(token_in(document), evidence, at=at, canonicalizer=canonicalizer)
    check_credential(document)
    verify_proofs(
        document,
        keys=evidence.keys_for(None),
        at=at,
        canonicalizer=canonicalizer,
        expected=FOREIGN_CREDENTIAL,
    )
    evidence.require_suites(document, None)
    return document


def _verified_token(
    token: bytes, evidence: Evidence, *, at: datetime, canonicalizer: Canonicalizer
) -> Mapping[str, Any]:
    document, proof = verify_token(
        token,
        keys=evidence.keys_for(None),
        at=at,
        canonicalizer=canonicalizer,
        expected=FOREIGN_CREDENTIAL,
    )
    check_credential(document)
    evidence.require_kind(proof.key.public_key.kind)
    return document
