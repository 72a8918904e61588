"""Has the issuer withdrawn a statement, suspended it, or corrected it by a newer one?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from passport.domain.errors import PassportError
from passport.linked_data.canonical import Canonicalizer
from passport.linked_data.documents import digest_of, parse_document
from passport.services.bundle import Bundle
from passport.services.verification_evidence import CLOCKS_DIFFER_BY, Evidence, LogEntry, Online
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.signing.errors import KeyEndedUnprovenError, SuiteRetiredError
from passport.signing.instants import instant_text, parse_instant
from passport.signing.proofs import FOREIGN_CREDENTIAL, STATEMENT, read_issuer, verify_proofs
from passport.signing.status_list import StatusListError, read_list_address, read_status

_STATUS_LIST_TYPE = "BitstringStatusListCredential"
_FINDINGS: Final = {
    "revocation": (Finding.REVOKED, "was withdrawn by its issuer"),
    "suspension": (Finding.SUSPENDED, "is suspended by its issuer"),
    "refresh": (Finding.CORRECTED, "was corrected by its issuer; ask for the newer one"),
}
"""By purpose of the list. Source: Bitstring Status List 1.0, section 2.2."""
_RENEW: Final = "ask the service for a fresh bundle, or verify online"


class StatusListEndedError(StatusListError):
    """A status list was good for a time that has passed."""

    code = "status-list-ended"


_TOO_OLD: Final = (StatusListEndedError, SuiteRetiredError, KeyEndedUnprovenError)
"""Why a list proves nothing any more that was good once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _StatusList:
    """A status list whose proof holds."""

    document: Mapping[str, Any]
    issuer: str
    begins_at: datetime

    @property
    def address(self) -> str:
        return str(self.document.get("id"))


class StatusChecks:
    """The status lists of one verification, each verified once."""

    def __init__(  # noqa: PLR0913 - what a list is checked against
        self,
        bundle: Bundle | None,
        evidence: Evidence,
        *,
        at: datetime,
        canonicalizer: Canonicalizer,
        online: Online | None,
        report: VerificationReport,
        is_foreign: bool = False,
    ) -> None:
        """Take the lists that came along."""
        self._is_bundle = bundle is not None
        self._evidence = evidence
        self._at = at
        self._canonicalizer = canonicalizer
        self._online = online
        self._report = report
        self._expected = FOREIGN_CREDENTIAL if is_foreign else STATEMENT
        self._oldest_at = at
        self._lists: dict[str, dict[datetime, _StatusList]] = defaultdict(dict)
        self._refused: set[str] = set()  # addresses of lists that came along and do not count
        too_old: dict[str, PassportError] = {}
        for data in bundle.status_lists if bundle else ():
            self._take(data, too_old)
        for address, error in too_old.items():
            # Where another version of the list counts, one that proves nothing any more may lie by.
            if address not in self._lists:
                report.refused(Check.STATUS, error)

    def check(self, document: Mapping[str, Any], name: str) -> None:
        """Look up every place that a statement has on a list."""
        status = document.get("credentialStatus")
        if status is None:
            self._report.passed(Check.STATUS, "nothing was withdrawn")
            return
        for entry in status if isinstance(status, list) else [status]:
            try:
                self._check_entry(entry, document, name)
            except PassportError as error:
                self._report.refused(Check.STATUS, error, statement=name)

    def _check_entry(self, entry: object, document: Mapping[str, Any], name: str) -> None:
        if not isinstance(entry, Mapping):
            raise StatusListError(f"{str(entry)[:40]!r} is no status entry")
        address = read_list_address(entry)
        status_list = self._find(address)
        if status_list is None:
            if address in self._refused:
                raise StatusListError(f"the status list {address} came along and does not count")
            if self._is_bundle:
                raise StatusListError(f"the status list {address} is not in the bundle: {_RENEW}")
            self._report.not_checked(
                Check.STATUS, f"the status list {address} is not at hand: ask online, or a bundle"
            )
            return
        if status_list.issuer != read_issuer(document):
            raise StatusListError(
                f"the status list {address} is of {status_list.issuer}, "
                f"the statement of {read_issuer(document)}"
            )
        if not read_status(entry, status_list.document):
            self._oldest_at = min(self._oldest_at, status_list.begins_at)
            self._report.passed(
                Check.STATUS,
                f"nothing was withdrawn by the lists of {instant_text(self._oldest_at)}",
            )
        elif status_list.begins_at > self._at:
            self._report.not_checked(
                Check.STATUS,
                f"the list of {instant_text(status_list.begins_at)} is newer than the instant "
                f"asked about and has a mark against {name}; no list of that time came along",
            )
        else:
            self._report_mark(entry, name, status_list)

    def _report_mark(self, entry: Mapping[str, Any], name: str, status_list: _StatusList) -> None:
        found = _FINDINGS.get(str(entry.get("statusPurpose")))
        if found is None:
            raise StatusListError(
                f"{name} has a mark for {entry.get('statusPurpose')!r}, which nobody here can read"
            )
        finding, what = found
        self._report.found(
            Check.STATUS,
            finding,
            f"{name} {what}, by the list of {instant_text(status_list.begins_at)}",
            statement=name,
        )

    def _find(self, address: str) -> _StatusList | None:
        """Return the list of the time asked about, else the first one after it."""
        if address not in self._lists and self._online is not None:
            fetched = self._verified(self._online.read(address))
            self._lists[address][fetched.begins_at] = fetched
        versions = self._lists.get(address, {})
        then = [begins_at for begins_at in versions if begins_at <= self._at]
        chosen = max(then) if then else min(versions, default=None)
        return None if chosen is None else versions[chosen]

    def _take(self, data: bytes, too_old: dict[str, PassportError]) -> None:
        address = ""
        try:
            address = str(parse_document(data).get("id"))
            taken = self._verified(data)
            if taken.begins_at in self._lists.get(taken.address, {}):
                raise StatusListError(f"the list {taken.address} is in the bundle twice")
        except _TOO_OLD as error:
            self._refused.add(address)
            too_old.setdefault(address, error)
        except PassportError as error:
            self._refused.add(address)
            self._report.refused(Check.STATUS, error)
        else:
            self._lists[taken.address][taken.begins_at] = taken

    def _verified(self, data: bytes) -> _StatusList:
        document = parse_document(data)
        types = document.get("type")
        if not isinstance(types, list) or _STATUS_LIST_TYPE not in types:
            raise StatusListError(f"{document.get('id')} is no {_STATUS_LIST_TYPE}")
        begins_at = parse_instant(document.get("validFrom"))
        if begins_at > self._evidence.now + CLOCKS_DIFFER_BY:
            raise StatusListError(
                f"the status list {document.get('id')} is of {instant_text(begins_at)}, which lies "
                "ahead"
            )
        issuer = read_issuer(document)
        entry = self._evidence.find_entry(digest_of(data))
        day = self._good_at(issuer, entry)
        verify_proofs(
            document,
            keys=self._evidence.keys_for(entry, on=day),
            at=self._at,
            canonicalizer=self._canonicalizer,
            expected=self._expected,
        )
        self._evidence.require_suites(document, entry, on=day)
        if "validUntil" in document and parse_instant(document["validUntil"]) <= min(self._at, day):
            raise StatusListEndedError(
                f"the status list {document.get('id')} ended at {document['validUntil']}: {_RENEW}"
            )
        return _StatusList(document=document, issuer=issuer, begins_at=begins_at)

    def _good_at(self, issuer: str, entry: LogEntry | None) -> datetime:
        """Return when a list has to hold; nobody renews those of a party that may be gone.

        Such a list counts as of the time by which others had seen it in the log.
        """
        is_proven = entry is not None and entry.existed_by is not None
        if is_proven and self._evidence.stamped_at and self._evidence.is_archived(issuer):
            return min(self._evidence.now, self._evidence.stamped_at)
        return self._evidence.now
