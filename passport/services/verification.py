"""Is this passport genuine? One statement, a presentation or a bundle, to a report in words.

Needs no database and, with a trust file, no network. Everything that was not signed is refused:
the verifier believes the trust file, and nothing that comes along with what it verifies.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from passport.domain.errors import InvalidValueError, PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.contexts import context_bytes
from passport.linked_data.documents import (
    MalformedDocumentError,
    digest_of,
    kind_of,
    parse_document,
)
from passport.linked_data.schemas import check_statement
from passport.services.bundle import Bundle
from passport.services.trust import Trust
from passport.services.verification_battery import what_to_compare
from passport.services.verification_evidence import (
    CLOCKS_DIFFER_BY,
    Evidence,
    LogEntry,
    Online,
)
from passport.services.verification_input import (
    Input,
    InputKind,
    require_statement_contexts,
    take_apart,
)
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
from passport.services.verification_status import StatusChecks
from passport.signing.errors import IssuerMismatchError
from passport.signing.instants import instant_text, parse_instant
from passport.signing.proofs import (
    AUTHENTICATION,
    FOREIGN_CREDENTIAL,
    Expected,
    verify_proofs,
    verify_signatures,
)

__all__ = ["Asked", "Online", "verify_passport"]

_MOST_SCHEMA_PROBLEMS: Final = 3
_UNNAMED: Final = "a statement without id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a verifier asked the one who presents, so that nobody shows an answer to another.

    Attributes:
        domain: Whom the presentation has to be made for.
        challenge: What it has to answer.
    """

    domain: str | Collection[str] | None = None
    challenge: str | None = None

    @property
    def is_anything(self) -> bool:
        """Whether anything was asked, so that an unsigned presentation is no answer."""
        return self.domain is not None or self.challenge is not None


_NOTHING: Final = Asked()


def verify_passport(  # noqa: PLR0913 - what is verified, by whom, for when
    data: bytes,
    *,
    trust: Trust,
    at: datetime,
    online: Online | None = None,
    now: datetime | None = None,
    asked: Asked = _NOTHING,
) -> VerificationReport:
    """Verify a statement, a presentation or a bundle; or a credential of others by itself.

    Args:
        data: The bytes as they came.
        trust: Whom to believe.
        at: The instant asked about.
        online: Fetches keys and status lists that are not at hand; ``None`` stays offline.
        now: The verifier's clock, where another instant is asked about.
        asked: What a signed presentation has to answer.

    Returns:
        The report; it never raises for anything that stands in the bytes.
    """
    return _Verification(trust, at, max(at, now or at), online, asked).run(data)


class _Verification:
    """One verification: what is trusted, and the report as it grows."""

    def __init__(
        self, trust: Trust, at: datetime, now: datetime, online: Online | None, asked: Asked
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
            evidence = self._evidence(given.bundle)
        except PassportError as error:
            report.refused(Check.SYNTAX, error)
            return report
        report.about = given.about
        report.passed(Check.SYNTAX, f"{len(given.statements)} statements")
        if given.kind is InputKind.FOREIGN:
            self._check_foreign(given, evidence)
            return report
        if given.bundle is not None:
            self._check_bundled_contexts(given.bundle)
        status = self._status(given.bundle, evidence)
        genuine = [
            statement
            for body in given.statements
            if (statement := self._check_statement(body, given, evidence, status)) is not None
        ]
        self._check_presenter(given, evidence)
        self._check_whole(genuine, given)
        evidence.check_log()
        report.compare = what_to_compare(genuine)
        return report

    def _evidence(self, bundle: Bundle | None) -> Evidence:
        return Evidence(
            self._trust, bundle, now=self._now, online=self._online, report=self._report
        )

    def _status(self, bundle: Bundle | None, evidence: Evidence) -> StatusChecks:
        return StatusChecks(
            bundle,
            evidence,
            at=self._at,
            canonicalizer=self._canonicalizer,
            online=self._online,
            report=self._report,
        )

    def _check_whole(self, genuine: Sequence[GenuineStatement], given: Input) -> None:
        report = self._report
        then = list(genuine)
        if genuine and given.is_presentation:
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
        for statement in then:
            self._check_validity(statement.document, statement.iri)
        check_parties(then, self._trust, report)
        check_issuers(then, report)

    # One statement

    def _check_statement(
        self, body: bytes, given: Input, evidence: Evidence, status: StatusChecks
    ) -> GenuineStatement | None:
        document = self._parse(body)
        if document is None:
            return None
        name = str(document.get("id", _UNNAMED))
        kind = self._check_words(document, name)
        if kind is None:
            return None
        digests = frozenset({digest_of(body), digest_of(orjson.dumps(document))})
        entry, refusals = _find_entry(digests, evidence)
        if not self._check_proof(document, name, entry, evidence):
            return None
        if not self._check_schema(document, name):
            return None
        statement = GenuineStatement(document=document, kind=kind, digests=digests)
        status.check(document, name)
        self._check_receipt(statement, entry, refusals, given)
        return statement

    def _parse(self, body: bytes) -> dict[str, Any] | None:
        try:
            return parse_document(body)
        except MalformedDocumentError as error:
            self._report.refused(Check.SYNTAX, error)
            return None

    def _check_words(self, document: Mapping[str, Any], name: str) -> StatementKind | None:
        try:
            require_statement_contexts(document)
        except PassportError as error:
            self._report.refused(Check.CONTEXTS, error, statement=name)
            return None
        self._report.passed(Check.CONTEXTS, "all contexts are pinned by their digest")
        try:
            kind = kind_of(document)
        except MalformedDocumentError as error:
            self._report.found(Check.KINDS, Finding.KIND_UNKNOWN, str(error), statement=name)
            return None
        self._report.passed(Check.KINDS, "every kind of statement is known")
        return kind

    def _check_proof(
        self,
        document: Mapping[str, Any],
        name: str,
        entry: LogEntry | None,
        evidence: Evidence,
    ) -> bool:
        try:
            verify_proofs(
                document,
                keys=evidence.keys_for(entry),
                at=self._at,
                canonicalizer=self._canonicalizer,
            )
            evidence.require_suites(document, entry)
        except PassportError as error:
            self._report.refused(Check.PROOFS, error, statement=name)
            return False
        self._report.passed(Check.PROOFS, "every statement was signed by its issuer")
        return True

    def _check_schema(self, document: Mapping[str, Any], name: str) -> bool:
        problems = check_statement(document)
        for problem in problems[:_MOST_SCHEMA_PROBLEMS]:
            self._report.found(
                Check.SCHEMAS,
                Finding.SCHEMA,
                f"{problem.path or '/'}: {problem.message}",
                statement=name,
            )
        if not problems:
            self._report.passed(Check.SCHEMAS, "every statement has the form of its kind")
        return not problems

    def _check_validity(self, document: Mapping[str, Any], name: str) -> None:
        try:
            reason = _why_not_valid(document, self._at)
        except InvalidValueError as error:
            reason = str(error)
        if reason:
            self._report.found(Check.VALIDITY, Finding.NOT_VALID_THEN, reason, statement=name)
        else:
            self._report.passed(Check.VALIDITY, f"valid at {instant_text(self._at)}")

    # What else comes along

    def _check_receipt(
        self,
        statement: GenuineStatement,
        entry: LogEntry | None,
        refusals: Sequence[PassportError],
        given: Input,
    ) -> None:
        if given.bundle is None:
            self._report.not_checked(Check.RECEIPTS, "no receipts came along: ask for a bundle")
            return
        for refusal in refusals:
            self._report.refused(Check.RECEIPTS, refusal, statement=statement.iri)
        if entry is not None:
            self._report.passed(
                Check.RECEIPTS, f"all statements are in the log {entry.checkpoint.origin}"
            )
        elif not refusals:
            self._report.found(
                Check.RECEIPTS,
                Finding.RECEIPT_MISSING,
                f"the bundle has no log receipt for {statement.iri}",
                statement=statement.iri,
            )

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
        if "proof" not in given.document and not self._asked.is_anything:
            return
        if not given.is_presentation:
            return
        expected = Expected(
            purpose=AUTHENTICATION, domain=self._asked.domain, challenge=self._asked.challenge
        )
        try:
            proofs = verify_signatures(
                given.document,
                keys=evidence.keys_for(None),
                at=self._at,
                canonicalizer=self._canonicalizer,
                expected=expected,
            )
            _require_holder(given.document, {proof.key.controller for proof in proofs})
        except PassportError as error:
            self._report.refused(Check.PRESENTER, error)
        else:
            self._report.passed(
                Check.PRESENTER, f"presented by {proofs[0].key.controller}, who signed it"
            )

    # A credential of others

    def _check_foreign(self, given: Input, evidence: Evidence) -> None:
        document = given.document
        name = str(document.get("id", _UNNAMED))
        try:
            verify_proofs(
                document,
                keys=evidence.keys_for(None),
                at=self._at,
                canonicalizer=self._canonicalizer,
                expected=FOREIGN_CREDENTIAL,
            )
            evidence.require_suites(document, None)
        except PassportError as error:
            self._report.refused(Check.PROOFS, error, statement=name)
            return
        self._report.passed(Check.PROOFS, "the credential was signed by its issuer")
        self._check_validity(document, name)
        StatusChecks(
            None,
            evidence,
            at=self._at,
            canonicalizer=self._canonicalizer,
            online=self._online,
            report=self._report,
            expected=FOREIGN_CREDENTIAL,
        ).check(document, name)


def _require_holder(presentation: Mapping[str, Any], signers: Collection[str]) -> None:
    holder = presentation.get("holder")
    named = holder.get("id") if isinstance(holder, Mapping) else holder
    if named is not None and named not in signers:
        raise IssuerMismatchError(
            f"the presentation names {named} as holder, but was signed by {', '.join(signers)}"
        )


def _find_entry(
    digests: frozenset[bytes], evidence: Evidence
) -> tuple[LogEntry | None, Sequence[PassportError]]:
    """Return where a statement stands in a log, and why receipts that came along do not count."""
    found: LogEntry | None = None
    refusals: list[PassportError] = []
    for digest in digests:
        try:
            found = evidence.find_entry(digest) or found
        except PassportError as error:
            refusals.append(error)
    return found, refusals


def _why_not_valid(document: Mapping[str, Any], at: datetime) -> str | None:
    if "validFrom" in document and parse_instant(document["validFrom"]) > at + CLOCKS_DIFFER_BY:
        return f"valid from {document['validFrom']}, after {instant_text(at)}"
    if "validUntil" in document and parse_instant(document["validUntil"]) <= at:
        return f"valid until {document['validUntil']}, before {instant_text(at)}"
    return None
