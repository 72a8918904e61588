"""Is this passport genuine? One statement, a presentation or a bundle, to a report in words.

Needs no database and, with a trust file, no network. Everything that was not signed is refused:
the verifier believes the trust file, and nothing that comes along with what it verifies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import orjson

from passport.domain.errors import InvalidValueError, PassportError
from passport.domain.passport import StatementKind
from passport.linked_data.contexts import (
    STATEMENT_CONTEXTS,
    are_statement_contexts,
    context_bytes,
)
from passport.linked_data.documents import (
    MalformedDocumentError,
    digest_of,
    kind_of,
    parse_document,
    statements_of,
)
from passport.linked_data.schemas import check_statement
from passport.services.bundle import (
    LARGEST_BUNDLE,
    Bundle,
    MalformedBundleError,
    is_bundle,
    parse_bundle,
)
from passport.services.trust import Trust
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.services.verification_rules import (
    GenuineStatement,
    check_index,
    check_issuers,
    check_one_battery,
    check_versions,
)
from passport.signing.did import DidDocuments
from passport.signing.errors import KeyUnknownError
from passport.signing.instants import instant_text, parse_instant
from passport.signing.keys import KeyResolver, VerificationKey
from passport.signing.proofs import read_issuer, verify_proofs
from passport.signing.status_list import StatusListError, read_list_address, read_status
from passport.signing.transparency_log import verify_receipt

_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
_PRESENTATION_MEMBERS = frozenset({"@context", "type", "verifiableCredential"})
_STATUS_LIST_TYPE = "BitstringStatusListCredential"
_MOST_SCHEMA_PROBLEMS = 3
_UNNAMED = "a statement without id"


class InputUnknownError(PassportError):
    """What is to be verified is neither a statement, nor a presentation, nor a bundle."""

    code = "verification-input"


class UnsignedMemberError(PassportError):
    """A presentation says something itself, which nobody has signed."""

    code = "unsigned-member"


class UnexpectedContextError(PassportError):
    """A statement is not written in the words of a battery passport alone."""

    code = "unexpected-context"


class Online(Protocol):
    """Fetches what did not come along; left out, nothing is fetched."""

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return the key behind a verification method."""
        ...

    def read(self, url: str) -> bytes:
        """Return a document."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What comes along with the statements; ``bundle`` claims to be complete."""

    statements: Sequence[bytes]
    is_presentation: bool
    bundle: Bundle | None = None


def verify_passport(
    data: bytes, *, trust: Trust, at: datetime, online: Online | None = None
) -> VerificationReport:
    """Verify a statement, a presentation or a bundle.

    Args:
        data: The bytes as they came.
        trust: Whom to believe.
        at: The instant asked about.
        online: Fetches keys and status lists that are not at hand; ``None`` stays offline.

    Returns:
        The report; it never raises for anything that stands in the bytes.
    """
    return _Verification(trust, at, online).run(data)


class _Verification:
    """One verification: what is trusted, and the report as it grows."""

    def __init__(self, trust: Trust, at: datetime, online: Online | None) -> None:
        self._trust = trust
        self._at = at
        self._online = online
        self._report = VerificationReport()
        self._canonicalizer = trust.canonicalizer()
        self._keys: KeyResolver = DidDocuments({})
        self._status_lists: dict[str, Mapping[str, Any]] = {}
        self._oldest_list_at = instant_text(at)

    def run(self, data: bytes) -> VerificationReport:
        """Look at everything, and go on after a problem as far as it makes sense."""
        report = self._report
        try:
            evidence = _take_apart(data)
            self._keys = _Keys(
                self._trust.keys(evidence.bundle.did_documents if evidence.bundle else {}),
                self._online,
            )
        except PassportError as error:
            report.refused(Check.SYNTAX, error)
            return report
        report.passed(Check.SYNTAX, f"{len(evidence.statements)} statements")
        if evidence.bundle is not None:
            self._take_status_lists(evidence.bundle)
            self._check_bundled_contexts(evidence.bundle)
        genuine = [
            statement
            for body in evidence.statements
            if (statement := self._check_statement(body, evidence)) is not None
        ]
        if genuine and evidence.is_presentation:
            check_one_battery(genuine, report)
            check_versions(genuine, report)
            if len(genuine) == len(evidence.statements):
                check_index(genuine, report)
            else:
                report.not_checked(Check.INDEX, "a statement cannot be used; see its problem")
        check_issuers(genuine, self._trust.roles, report)
        return report

    # One statement

    def _check_statement(self, body: bytes, evidence: _Evidence) -> GenuineStatement | None:
        document = self._parse(body)
        if document is None:
            return None
        name = str(document.get("id", _UNNAMED))
        kind = self._check_words(document, name)
        if kind is None or not self._check_proof(document, name):
            return None
        if not self._check_schema(document, name):
            return None
        digests = frozenset({digest_of(body), digest_of(orjson.dumps(document))})
        statement = GenuineStatement(document=document, kind=kind, digests=digests)
        self._check_validity(document, name)
        self._check_status(document, name, evidence)
        self._check_receipt(statement, evidence)
        return statement

    def _parse(self, body: bytes) -> dict[str, Any] | None:
        try:
            return parse_document(body)
        except MalformedDocumentError as error:
            self._report.refused(Check.SYNTAX, error)
            return None

    def _check_words(self, document: Mapping[str, Any], name: str) -> StatementKind | None:
        try:
            _require_contexts(document)
        except PassportError as error:
            self._report.refused(Check.CONTEXTS, error, statement=name)
            return None
        self._report.passed(Check.CONTEXTS, "all contexts are pinned by their digest")
        try:
            kind = kind_of(document)
        except MalformedDocumentError as error:
            self._report.found(
                Check.KINDS,
                Finding.KIND_UNKNOWN,
                str(error),
                statement=name,
            )
            return None
        self._report.passed(Check.KINDS, "every kind of statement is known")
        return kind

    def _check_proof(self, document: Mapping[str, Any], name: str) -> bool:
        try:
            self._verify(document)
        except PassportError as error:
            self._report.refused(Check.PROOFS, error, statement=name)
            return False
        self._report.passed(Check.PROOFS, "every statement was signed by its issuer")
        return True

    def _verify(self, document: Mapping[str, Any]) -> None:
        verify_proofs(document, keys=self._keys, at=self._at, canonicalizer=self._canonicalizer)

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
            self._report.found(
                Check.VALIDITY,
                Finding.NOT_VALID_THEN,
                reason,
                statement=name,
            )
        else:
            self._report.passed(Check.VALIDITY, f"valid at {instant_text(self._at)}")

    # Status

    def _check_status(self, document: Mapping[str, Any], name: str, evidence: _Evidence) -> None:
        status = document.get("credentialStatus")
        if status is None:
            self._report.passed(Check.STATUS, "nothing was withdrawn")
            return
        for entry in status if isinstance(status, list) else [status]:
            try:
                self._check_entry(entry, document, name, evidence)
            except PassportError as error:
                self._report.refused(Check.STATUS, error, statement=name)

    def _check_entry(
        self,
        entry: Mapping[str, Any],
        document: Mapping[str, Any],
        name: str,
        evidence: _Evidence,
    ) -> None:
        address = read_list_address(entry)
        status_list = self._status_list(address)
        if status_list is None:
            if evidence.bundle is not None:
                raise StatusListError(f"the status list {address} is not in the bundle")
            self._report.not_checked(
                Check.STATUS, f"the status list {address} is not at hand: ask online, or a bundle"
            )
            return
        if status_list["issuer"] != document["issuer"]:
            raise StatusListError(
                f"the status list {address} is of {status_list['issuer']}, "
                f"the statement of {document['issuer']}"
            )
        if read_status(entry, status_list):
            self._report.found(
                Check.STATUS,
                Finding.REVOKED,
                f"{name} was withdrawn by its issuer",
                statement=name,
            )
        else:
            self._oldest_list_at = min(
                self._oldest_list_at, instant_text(parse_instant(status_list["validFrom"]))
            )
            self._report.passed(
                Check.STATUS, f"nothing was withdrawn by the lists of {self._oldest_list_at}"
            )

    def _status_list(self, address: str) -> Mapping[str, Any] | None:
        if address not in self._status_lists and self._online is not None:
            self._status_lists[address] = self._verified_list(self._online.read(address))
        return self._status_lists.get(address)

    def _take_status_lists(self, bundle: Bundle) -> None:
        for data in bundle.status_lists:
            try:
                status_list = self._verified_list(data)
                if status_list["id"] in self._status_lists:
                    raise StatusListError(f"the list {status_list['id']} is in the bundle twice")
            except PassportError as error:
                self._report.refused(Check.STATUS, error)
            else:
                self._status_lists[status_list["id"]] = status_list

    def _verified_list(self, data: bytes) -> Mapping[str, Any]:
        document = parse_document(data)
        types = document.get("type")
        if not isinstance(types, list) or _STATUS_LIST_TYPE not in types:
            raise StatusListError(f"{document.get('id')} is no {_STATUS_LIST_TYPE}")
        self._verify(document)
        if reason := _why_not_valid(document, self._at):
            raise StatusListError(f"the status list: {reason}")
        return {**document, "id": str(document.get("id")), "issuer": read_issuer(document)}

    # What else comes along

    def _check_receipt(self, statement: GenuineStatement, evidence: _Evidence) -> None:
        if evidence.bundle is None:
            self._report.not_checked(Check.RECEIPTS, "no receipts came along: ask for a bundle")
            return
        found = [
            (digest, evidence.bundle.receipts[digest])
            for digest in statement.digests
            if digest in evidence.bundle.receipts
        ]
        if not found:
            self._report.found(
                Check.RECEIPTS,
                Finding.RECEIPT_MISSING,
                f"the bundle has no log receipt for {statement.iri}",
                statement=statement.iri,
            )
        for digest, receipt in found:
            try:
                checkpoint = verify_receipt(receipt, digest, self._trust.logs)
            except PassportError as error:
                self._report.refused(Check.RECEIPTS, error, statement=statement.iri)
            else:
                self._report.passed(
                    Check.RECEIPTS, f"all statements are in the log {checkpoint.origin}"
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


class _Keys:
    """KeyResolver: the trusted documents first, then the network where it may be asked."""

    def __init__(self, trusted: DidDocuments, online: Online | None) -> None:
        self._trusted = trusted
        self._online = online

    def resolve(self, verification_method: str) -> VerificationKey:
        """Return a key that somebody trusted vouches for."""
        try:
            return self._trusted.resolve(verification_method)
        except KeyUnknownError:
            if self._online is None:
                raise
        return self._online.resolve(verification_method)


def _take_apart(data: bytes) -> _Evidence:
    document = parse_document(data, largest=LARGEST_BUNDLE)
    if is_bundle(document):
        bundle = parse_bundle(document)
        if not bundle.statements:
            raise MalformedBundleError("the bundle holds no statement")
        _require_presentation(document["presentation"])
        return _Evidence(statements=bundle.statements, is_presentation=True, bundle=bundle)
    types = document.get("type")
    names = types if isinstance(types, list) else [types]
    if "VerifiablePresentation" in names:
        _require_presentation(document)
        statements = statements_of(data)
        if not statements:
            raise InputUnknownError("the presentation holds no statement")
        return _Evidence(statements=statements, is_presentation=True)
    if "VerifiableCredential" in names:
        return _Evidence(statements=[data], is_presentation=False)
    raise InputUnknownError(
        f"a document of type {types!r} is no statement, presentation or bundle of a passport"
    )


def _require_presentation(document: Mapping[str, Any]) -> None:
    if unsigned := document.keys() - _PRESENTATION_MEMBERS:
        raise UnsignedMemberError(
            f"the presentation itself says {', '.join(sorted(unsigned))}, which nobody signed"
        )
    contexts = document.get("@context")
    for context in contexts if isinstance(contexts, list) else [contexts]:
        if not isinstance(context, str):
            raise UnsignedMemberError("the presentation brings a context of its own")
        context_bytes(context)


def _require_contexts(document: Mapping[str, Any]) -> None:
    contexts = document.get("@context")
    for context in contexts if isinstance(contexts, list) else [contexts]:
        if isinstance(context, str):
            context_bytes(context)
    if not are_statement_contexts(contexts):
        raise UnexpectedContextError(
            f"a statement names the contexts {', '.join(STATEMENT_CONTEXTS)}, not {contexts}"
        )


def _why_not_valid(document: Mapping[str, Any], at: datetime) -> str | None:
    begin = parse_instant(document.get("validFrom"))
    if begin > at + _CLOCKS_DIFFER_BY:
        return f"valid from {document['validFrom']}, after {instant_text(at)}"
    if "validUntil" in document and parse_instant(document["validUntil"]) <= at:
        return f"valid until {document['validUntil']}, before {instant_text(at)}"
    return None
