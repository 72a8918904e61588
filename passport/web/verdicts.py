"""Is what we show genuine? Checked in this process as a stranger would, from a bundle."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from time import monotonic

import orjson

from passport.bootstrap import Passport
from passport.domain.actor import SYSTEM
from passport.domain.status import PassportState
from passport.services.bundle import make_bundle
from passport.services.did_history import did_document
from passport.services.disclosure import Disclosure
from passport.services.ports import SignedStatement
from passport.services.status_lists import lists_of
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.services.verification_report import Finding as Problem
from passport.services.verification_report import Verdict as Answer
from passport.services.verification_report import VerificationReport
from passport.ui.views.battery import Finding, Verdict, verdict_on
from passport.ui.views.common import Link
from passport.web.pages.words import instant_text

_MOST_KEPT = 5_000
_HOW = Link(text="How this was checked", href="#evidence")

_FINDINGS = {
    Answer.AUTHENTIC: Finding.AUTHENTIC,
    Answer.WITHDRAWN: Finding.WITHDRAWN,
    Answer.NOT_CHECKED: Finding.UNCHECKED,
    Answer.FORGED: Finding.NOT_AUTHENTIC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check came to.

    Attributes:
        issuers: Names of the issuers by their slug.
        reason: What speaks against it; empty where nothing does.
    """

    finding: Finding
    reason: str
    at: datetime
    log_size: int
    issuers: Mapping[str, str]

    @property
    def holds(self) -> bool:
        """Whether every signature holds."""
        return self.finding is not Finding.NOT_AUTHENTIC and self.finding is not Finding.UNCHECKED


@dataclass(slots=True)
class Verdicts:
    """Checks disclosures, each once: a check is kept until what was disclosed changes.

    Attributes:
        passport: The installation.
        trust_held_for_s: How long a change of other operators may go unseen [s]; keys, lists and
            statements are looked at each time.
    """

    passport: Passport
    trust_held_for_s: float = 10.0
    _kept: OrderedDict[bytes, Checked] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _trust: Trust = field(default_factory=Trust)
    _trust_ends_at_s: float = float("-inf")

    def check(self, disclosure: Disclosure) -> Checked:
        """Verify everything that was disclosed: proofs, status, log, and that it is one passport.

        A record that says of itself that it was a mistake counts as withdrawn.

        Args:
            disclosure: What one reader is given.
        """
        checked = self.check_statements(disclosure.statements)
        is_annulled = disclosure.battery.state is PassportState.ANNULLED
        if is_annulled and checked.finding is Finding.AUTHENTIC:
            return replace(checked, finding=Finding.WITHDRAWN)
        return checked

    def check_statements(self, statements: Sequence[SignedStatement]) -> Checked:
        """Verify some statements: proofs, status, log, and that they are of one passport."""
        services = self.passport.services
        lists = {list_id: services.status_list(list_id) for list_id in lists_of(statements)}
        keys = [services.did_document(slug) for slug in sorted({one.issuer for one in statements})]
        trust = self._trusted()
        bound = _bound(trust, keys)
        key = hashlib.sha256(
            b"".join([*(one.digest for one in statements), *lists.values(), *keys, bound])
        ).digest()
        with self._lock:
            known = self._kept.get(key)
        if known is not None:
            return known
        checked = self._verify(statements, lists, trust)
        with self._lock:
            self._kept[key] = checked
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return checked

    def _trusted(self) -> Trust:
        """Return whom everybody believes who believes every operator here, read now and then."""
        with self._lock:
            if monotonic() >= self._trust_ends_at_s:
                self._trust = Trust.parse(orjson.dumps(self.passport.trust()))
                self._trust_ends_at_s = monotonic() + self.trust_held_for_s
            return self._trust

    def _verify(
        self, statements: Sequence[SignedStatement], lists: Mapping[str, bytes], held: Trust
    ) -> Checked:
        passport = self.passport
        now = passport.services.clock.now()
        issuers = [
            passport.services.read_operator(SYSTEM, slug)
            for slug in sorted({one.issuer for one in statements})
        ]
        documents = {issuer.did: did_document(issuer) for issuer in issuers}
        roles = {issuer.did: issuer.roles for issuer in issuers}
        trust = replace(held, did_documents=documents, roles=roles)
        bundle = make_bundle(
            [one.body for one in statements],
            did_documents=documents,
            status_lists=list(lists.values()),
            receipts={one.digest: passport.log.receipt(one.digest).decode() for one in statements},
        )
        report = verify_passport(bundle, trust=trust, at=now)
        size = int(passport.log.checkpoint().split(b"\n")[1])
        return Checked(
            finding=_finding_of(report) if statements else Finding.UNCHECKED,
            reason="; ".join(problem.message for problem in report.problems[:3]),
            at=now,
            log_size=size,
            issuers={issuer.slug: issuer.name for issuer in issuers},
        )


def _bound(trust: Trust, documents: Sequence[bytes]) -> bytes:
    """Return what the trust file holds issuers to, as bytes that change with it."""
    dids = [str(orjson.loads(document)["id"]) for document in documents]
    return repr(
        [(did, trust.gtin_prefixes.get(did), trust.hosts.get(did)) for did in dids]
    ).encode()


def _finding_of(report: VerificationReport) -> Finding:
    """Return what a report comes to; what is only suspended or corrected is called so."""
    codes = {problem.code for problem in report.problems}
    if codes == {Problem.SUSPENDED.value}:
        return Finding.SUSPENDED
    if codes == {Problem.CORRECTED.value}:
        return Finding.CORRECTED
    return _FINDINGS[report.verdict]


def verdict_of(checked: Checked, signer: str, *, reason: str = "") -> Verdict:
    """Return a check in the words of a page.

    Args:
        checked: The check.
        signer: Who answers for the record.
        reason: What the record itself says against relying on it.
    """
    return verdict_on(
        checked.finding,
        signer=signer or ", ".join(checked.issuers.values()) or "its issuer",
        checked=f"Checked {instant_text(checked.at)}. The public log has "
        f"{checked.log_size} entries.",
        reason=reason or checked.reason,
        how=_HOW,
    )
