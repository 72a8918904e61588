"""Is this passport genuine? One statement, a presentation or a bundle, to a report in words.

Needs no database and, with a trust file, no network. Everything that was not signed is refused:
the verifier believes the trust file, and nothing that comes along with what it verifies.
"""

from collections.abc import Sequence
from datetime import datetime

from passport.domain.errors import PassportError
from passport.linked_data.contexts import context_bytes
from passport.services.bundle import Bundle
from passport.services.trust import Trust
from passport.services.verification_battery import what_to_compare
from passport.services.verification_evidence import Evidence, Online
from passport.services.verification_foreign import check_foreign
from passport.services.verification_input import Input, InputKind, take_apart
from passport.services.verification_parties import check_parties
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.services.verification_rules import (
    GenuineStatement,
    check_index,
    check_issuers,
    check_one_battery,
    check_versions,
    in_force,
)
from passport.services.verification_statement import StatementChecks
from passport.services.verification_status import StatusChecks
from passport.signing.errors import ProofMissingError
from passport.signing.instants import instant_text
from passport.signing.jose import Audience, verify_presentation_token
from passport.signing.presentations import Asked, verify_presentation
from passport.signing.proofs import VerifiedProof

__all__ = ["Asked", "Online", "verify_passport"]


def verify_passport(  # noqa: PLR0913 - what is verified, by whom, for when
    data: bytes,
    *,
    trust: Trust,
    at: datetime,
    online: Online | None = None,
    now: datetime | None = None,
    asked: Asked | None = None,
) -> VerificationReport:
    """Verify a statement, a presentation or a bundle; or a credential of others by itself.

    Args:
        data: The bytes as they came.
        trust: Whom to believe.
        at: The instant asked about.
        online: Fetches keys and status lists that are not at hand; ``None`` stays offline.
        now: The verifier's clock, where another instant is asked about.
        asked: What a presentation has to answer, by the signature of who presents it.

    Returns:
        The report; it never raises for anything that stands in the bytes.
    """
    return _Verification(trust, at, max(at, now or at), online, asked).run(data)


class _Verification:
    """One verification: what is trusted, and the report as it grows."""

    def __init__(
        self,
        trust: Trust,
        at: datetime,
        now: datetime,
        online: Online | None,
        asked: Asked | None,
    ) -> None:
        self._trust = trust
        self._at = at
        self._now = now
        self._online = online
        self._asked = asked
        self._report = VerificationReport()
        self._canonicalizer = trust.canonicalizer()

    def run(self, data: bytes) -> VerificationReport:
        """Look at everything, and go on after a problem as far as it makes sense."""
        report = self._report
        try:
            given = take_apart(data)
            evidence = Evidence(
                self._trust, given.bundle, now=self._now, online=self._online, report=report
            )
        except PassportError as error:
            report.refused(Check.SYNTAX, error)
            return report
        report.about = given.about
        report.passed(Check.SYNTAX, f"{len(given.statements)} statements")
        if given.bundle is not None:
            self._check_bundled_contexts(given.bundle)
        self._check_presenter(given, evidence)
        status = StatusChecks(
            given.bundle,
            evidence,
            at=self._at,
            canonicalizer=self._canonicalizer,
            online=self._online,
            report=report,
            is_foreign=given.kind is InputKind.FOREIGN,
        )
        if given.kind is InputKind.FOREIGN:
            for body in given.statements:
                check_foreign(
                    body,
                    evidence,
                    status,
                    at=self._at,
                    canonicalizer=self._canonicalizer,
                    report=report,
                )
            return report
        self._check_statements(given, evidence, status)
        evidence.check_log()
        return report

    def _check_statements(self, given: Input, evidence: Evidence, status: StatusChecks) -> None:
        checks = StatementChecks(
            given,
            evidence,
            status,
            at=self._at,
            canonicalizer=self._canonicalizer,
            report=self._report,
        )
        genuine = [
            statement for body in given.statements if (statement := checks.check(body)) is not None
        ]
        then = self._check_whole(genuine, given)
        for statement in then:
            checks.check_validity(statement)
        check_parties(then, self._trust, self._report)
        check_issuers(then, self._report)
        self._report.compare = what_to_compare(then)

    def _check_whole(
        self, genuine: Sequence[GenuineStatement], given: Input
    ) -> Sequence[GenuineStatement]:
        """Check what must agree; return the statements in force at the instant asked about."""
        report = self._report
        if not genuine or not given.is_presentation:
            return genuine
        then = in_force(genuine, at=self._at, now=self._now)
        check_one_battery(then, report)
        check_versions(then, report)
        if len(then) < len(genuine):
            report.passed(
                Check.VERSIONS,
                f"as of {instant_text(self._at)}; {len(genuine) - len(then)} later statements "
                "were left aside",
            )
        if len(genuine) == len(given.statements):
            check_index(then, report)
        else:
            report.not_checked(Check.INDEX, "a statement cannot be used; see its problem")
        return then

    def _check_bundled_contexts(self, bundle: Bundle) -> None:
        for address, data in bundle.contexts.items():
            try:
                pinned = context_bytes(address)
            except PassportError as error:
                self._report.refused(Check.CONTEXTS, error)
                continue
            if data != pinned:
                self._report.found(
                    Check.CONTEXTS,
                    Finding.CONTEXT_CHANGED,
                    f"the bundle brings {address} with another content than is pinned",
                )

    def _check_presenter(self, given: Input, evidence: Evidence) -> None:
        """Check who presents, where the presentation is signed, or was asked to be."""
        if not given.is_signed_presentation and self._asked is None:
            return
        try:
            proof = self._presenter(given, evidence)
        except PassportError as error:
            self._report.refused(Check.PRESENTER, error)
        else:
            self._report.passed(
                Check.PRESENTER, f"presented by {proof.key.controller}, who signed it"
            )

    def _presenter(self, given: Input, evidence: Evidence) -> VerifiedProof:
        if not given.is_signed_presentation:
            raise ProofMissingError(
                "nobody signed the presentation, though an answer was asked for"
            )
        keys = evidence.keys_for(None)
        if given.token:
            audience = (
                Audience(domain=self._asked.domain, nonce=self._asked.challenge)
                if self._asked
                else None
            )
            return verify_presentation_token(
                given.token, keys=keys, at=self._at, audience=audience
            )[1]
        return verify_presentation(
            given.document,
            self._asked,
            keys=keys,
            at=self._at,
            canonicalizer=self._canonicalizer,
        )[0]
