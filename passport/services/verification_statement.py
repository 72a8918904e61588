"""One statement of a battery passport: its words, its proof, its form, its status, its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from passport.domain.errors import InvalidValueError, PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.documents import (
    MalformedDocumentError,
    digest_of,
    kind_of,
    parse_document,
)
from passport.linked_data.schemas import check_part_of_statement, check_statement
from passport.services.subset_checks import is_subset, verify_subset
from passport.services.verification_evidence import Evidence, LogEntry
from passport.services.verification_input import Input, InputKind, require_statement_contexts
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.services.verification_rules import GenuineStatement, why_not_valid
from passport.services.verification_status import StatusChecks
from passport.signing.instants import instant_text
from passport.signing.jose import is_envelope, is_token, token_in, verify_token
from passport.signing.proofs import verify_proofs

_MOST_SCHEMA_PROBLEMS: Final = 3
_UNNAMED: Final = "a statement without id"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A statement as it came.

    Attributes:
        digests: Under which it can be in the log; a token is in no log.
        is_verified: Whether its signature held already, as that of a token does.
    """

    document: Mapping[str, Any]
    digests: frozenset[bytes]
    is_verified: bool

    @property
    def name(self) -> str:
        return str(self.document.get("id", _UNNAMED))


class StatementChecks:
    """Checks the statements of one verification, one by one."""

    def __init__(  # noqa: PLR0913 - what a statement is checked against
        self,
        given: Input,
        evidence: Evidence,
        status: StatusChecks,
        *,
        at: datetime,
        canonicalizer: Canonicalizer,
        report: VerificationReport,
    ) -> None:
        self._given = given
        self._evidence = evidence
        self._status = status
        self._at = at
        self._canonicalizer = canonicalizer
        self._report = report

    def check(self, body: bytes) -> GenuineStatement | None:
        """Check a statement; return it if its proof holds and it has the form of its kind."""
        opened = self._open(body)
        if opened is None:
            return None
        kind = self._check_words(opened)
        if kind is None:
            return None
        entry, refusals = self._find_entry(opened)
        if not self._check_proof(opened, entry) or not self._check_form(opened):
            return None
        statement = GenuineStatement(document=opened.document, kind=kind, digests=opened.digests)
        self._status.check(opened.document, opened.name)
        if opened.digests:
            self._check_receipt(statement, entry, refusals)
        else:
            self._report.not_checked(Check.RECEIPTS, "a token is in no log; ask for a bundle")
        return statement

    def check_validity(self, statement: GenuineStatement) -> None:
        """Check that a statement is valid at the instant asked about."""
        try:
            reason = why_not_valid(statement.document, self._at)
        except InvalidValueError as error:
            reason = str(error)
        if reason:
            self._report.found(
                Check.VALIDITY, Finding.NOT_VALID_THEN, reason, statement=statement.iri
            )
        else:
            self._report.passed(Check.VALIDITY, f"valid at {instant_text(self._at)}")

    def _open(self, body: bytes) -> _Opened | None:
        try:
            if is_token(body):
                return self._open_token(body)
            document = parse_document(body)
        except MalformedDocumentError as error:
            self._report.refused(Check.SYNTAX, error)
            return None
        except PassportError as error:
            self._report.refused(Check.PROOFS, error)
            return None
        if is_envelope(document):
            try:
                return self._open_token(token_in(document))
            except PassportError as error:
                self._report.refused(Check.PROOFS, error)
                return None
        digests = frozenset({digest_of(body), digest_of(orjson.dumps(document))})
        return _Opened(document=document, digests=digests, is_verified=False)

    def _open_token(self, token: bytes) -> _Opened:
        document, proof = verify_token(
            token,
            keys=self._evidence.keys_for(None),
            at=self._at,
            canonicalizer=self._canonicalizer,
        )
        self._evidence.require_kind(proof.key.public_key.kind)
        return _Opened(document=document, digests=frozenset(), is_verified=True)

    def _check_words(self, opened: _Opened) -> StatementKind | None:
        try:
            require_statement_contexts(opened.document)
        except PassportError as error:
            self._report.refused(Check.CONTEXTS, error, statement=opened.name)
            return None
        self._report.passed(Check.CONTEXTS, "all contexts are pinned by their digest")
        try:
            kind = kind_of(opened.document)
        except MalformedDocumentError as error:
            self._report.found(Check.KINDS, Finding.KIND_UNKNOWN, str(error), statement=opened.name)
            return None
        self._report.passed(Check.KINDS, "every kind of statement is known")
        return kind

    def _is_subset(self, opened: _Opened) -> bool:
        """Whether it is a part of a statement, which counts by itself and in no presentation."""
        alone = self._given.kind is InputKind.STATEMENT and not opened.is_verified
        return alone and is_subset(opened.document)

    def _check_proof(self, opened: _Opened, entry: LogEntry | None) -> bool:
        if not opened.is_verified:
            verify = verify_subset if self._is_subset(opened) else verify_proofs
            try:
                verify(
                    opened.document,
                    keys=self._evidence.keys_for(entry),
                    at=self._at,
                    canonicalizer=self._canonicalizer,
                )
                self._evidence.require_suites(opened.document, entry)
            except PassportError as error:
                self._report.refused(Check.PROOFS, error, statement=opened.name)
                return False
        self._report.passed(Check.PROOFS, "every statement was signed by its issuer")
        return True

    def _check_form(self, opened: _Opened) -> bool:
        if self._is_subset(opened):
            self._report.about = f"a part of the statement {opened.name}, not the whole of it"
            problems = check_part_of_statement(opened.document)
        else:
            problems = check_statement(opened.document)
        for problem in problems[:_MOST_SCHEMA_PROBLEMS]:
            self._report.found(
                Check.SCHEMAS,
                Finding.SCHEMA,
                f"{problem.path or '/'}: {problem.message}",
                statement=opened.name,
            )
        if not problems:
            self._report.passed(Check.SCHEMAS, "every statement has the form of its kind")
        return not problems

    def _find_entry(self, opened: _Opened) -> tuple[LogEntry | None, Sequence[PassportError]]:
        """Return where it stands in a log, and why receipts that came along do not count."""
        found: LogEntry | None = None
        refusals: list[PassportError] = []
        for digest in opened.digests:
            try:
                found = self._evidence.find_entry(digest) or found
            except PassportError as error:
                refusals.append(error)
        return found, refusals

    def _check_receipt(
        self,
        statement: GenuineStatement,
        entry: LogEntry | None,
        refusals: Sequence[PassportError],
    ) -> None:
        if self._given.bundle is None:
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
