"""What a verification found, in words and in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, assert_never

from passport.domain.errors import PassportError
from passport.linked_data.contexts import UnknownContextError
from passport.linked_data.documents import MalformedDocumentError
from passport.linked_data.rdf_canon import TooComplexError
from passport.services.bundle import BundleContradictsError, MalformedBundleError
from passport.signing.errors import (
    CryptosuiteUnknownError,
    KeyEndedUnprovenError,
    KeyUnknownError,
    SuiteRetiredError,
)
from passport.signing.status_list import StatusListError
from passport.signing.time_stamps import TimeStampError
from passport.signing.transparency_log import UnknownLogError
from passport.signing.web_reader import AddressRefusedError, UnreachableError


class Verdict(StrEnum):
    """The answer to a person who asks whether to believe a passport; the worst one counts.

    A whole that nobody signed as such, put together from genuine statements, is not signed by whom
    it says. A whole of which something is missing could not be checked.
    """

    AUTHENTIC = "authentic"
    WITHDRAWN = "authentic but corrected or withdrawn"
    NOT_CHECKED = "could not be checked"
    FORGED = "not signed by whom it says"


_FROM_BAD_TO_WORSE = tuple(Verdict)


class Check(StrEnum):
    """What is looked at, in this order."""

    SYNTAX = "syntax"
    CONTEXTS = "contexts"
    KINDS = "kinds"
    PROOFS = "proofs"
    SCHEMAS = "schemas"
    VALIDITY = "validity"
    STATUS = "status"
    ONE_BATTERY = "one-battery"
    VERSIONS = "versions"
    INDEX = "index"
    ISSUERS = "issuers"
    RECEIPTS = "receipts"
    LOG = "log"
    TIME = "time"
    PRESENTER = "presenter"


class Finding(StrEnum):
    """What is wrong although no single proof is; refusals of other parts keep their own code."""

    KIND_UNKNOWN = "statement-kind-unknown"
    SCHEMA = "statement-schema"
    NOT_VALID_THEN = "not-valid-then"
    REVOKED = "statement-revoked"
    SUSPENDED = "statement-suspended"
    CORRECTED = "statement-corrected"
    SUPERSEDED = "statement-superseded"
    OTHER_BATTERY = "statement-of-another-battery"
    VERSION_TWICE = "version-twice"
    CHAIN_BROKEN = "chain-broken"
    INDEX_MISSING = "index-missing"
    INDEX_MISMATCH = "index-mismatch"
    INDEX_HIDES = "index-hides-statement"
    WITHHELD = "statement-withheld"
    ISSUER_WITHOUT_SAY = "issuer-without-say"
    GTIN_OF_ANOTHER = "gtin-of-another-operator"
    HOST_NOT_OF_OPERATOR = "host-not-of-operator"
    RECEIPT_MISSING = "receipt-missing"
    LOG_FORKED = "log-forked"
    LOG_EXTENSION_MISSING = "log-extension-missing"
    WITNESSES_MISSING = "witnesses-missing"
    CONTEXT_CHANGED = "bundled-context-changed"

    @property
    def verdict(self) -> Verdict:
        """What this finding alone makes of the whole."""
        match self:
            case (
                Finding.NOT_VALID_THEN
                | Finding.REVOKED
                | Finding.SUSPENDED
                | Finding.CORRECTED
                | Finding.SUPERSEDED
            ):
                return Verdict.WITHDRAWN
            case (
                Finding.ISSUER_WITHOUT_SAY
                | Finding.GTIN_OF_ANOTHER
                | Finding.HOST_NOT_OF_OPERATOR
                | Finding.OTHER_BATTERY
                | Finding.CHAIN_BROKEN
                | Finding.INDEX_MISMATCH
                | Finding.INDEX_HIDES
                | Finding.CONTEXT_CHANGED
            ):
                return Verdict.FORGED
            case (
                Finding.KIND_UNKNOWN
                | Finding.SCHEMA
                | Finding.VERSION_TWICE
                | Finding.INDEX_MISSING
                | Finding.WITHHELD
                | Finding.RECEIPT_MISSING
                | Finding.LOG_FORKED
                | Finding.LOG_EXTENSION_MISSING
                | Finding.WITNESSES_MISSING
            ):
                return Verdict.NOT_CHECKED
            case _:
                assert_never(self)


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"
    """What it takes was not at hand; nothing speaks for or against."""


_OUTCOMES = (Outcome.PASSED, Outcome.NOT_CHECKED, Outcome.FAILED)

_CANNOT_TELL: Final = (
    UnknownContextError,
    MalformedDocumentError,
    MalformedBundleError,
    TooComplexError,
    CryptosuiteUnknownError,
    KeyUnknownError,
    KeyEndedUnprovenError,
    SuiteRetiredError,
    StatusListError,
    TimeStampError,
    UnknownLogError,
    UnreachableError,
    AddressRefusedError,
)
"""Refusals that leave open whether the statement is genuine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProblem:
    """One reason not to believe what was verified.

    Attributes:
        code: Stable name; ``docs/problems.md`` has a paragraph for each.
        statement: IRI of the statement concerned, or empty.
        verdict: What this problem alone would make of the whole.
    """

    check: Check
    code: str
    message: str
    statement: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Something to hold against the battery itself, which no signature can do.

    Attributes:
        what: What to look at, in words.
        value: What the record says.
    """

    what: str
    value: str


@dataclass(slots=True)
class VerificationReport:
    """Everything a verification looked at and found.

    Attributes:
        problems: What speaks against believing it.
        about: What was verified, in words.
        compare: What to hold against the battery.
    """

    problems: list[FoundProblem] = field(default_factory=list)
    about: str = ""
    compare: list[Comparison] = field(default_factory=list)
    _details: dict[Check, str] = field(default_factory=dict)
    _outcomes: dict[Check, Outcome] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether nothing speaks against what was verified, and something was."""
        return not self.problems and self._outcomes.get(Check.PROOFS) is Outcome.PASSED

    @property
    def verdict(self) -> Verdict:
        """The answer in words."""
        verdicts = [problem.verdict for problem in self.problems]
        return max(verdicts, key=_FROM_BAD_TO_WORSE.index, default=Verdict.AUTHENTIC)

    def passed(self, check: Check, detail: str) -> None:
        """Note a check that found nothing wrong."""
        self._note(check, Outcome.PASSED, detail)

    def not_checked(self, check: Check, detail: str) -> None:
        """Note a check for which something was not at hand."""
        self._note(check, Outcome.NOT_CHECKED, detail)

    def found(self, check: Check, finding: Finding, message: str, *, statement: str = "") -> None:
        """Note a finding as a problem."""
        self._add(check, finding.value, message, statement, finding.verdict)

    def refused(self, check: Check, error: PassportError, *, statement: str = "") -> None:
        """Note a refusal of another part as a problem."""
        is_open = isinstance(error, _CANNOT_TELL) and not isinstance(error, BundleContradictsError)
        verdict = Verdict.NOT_CHECKED if is_open else Verdict.FORGED
        self._add(check, error.code, str(error), statement, verdict)

    def to_dict(self) -> Mapping[str, object]:
        """Write the report as `passport verify` prints it."""
        return {
            "verified": self.verified,
            "verdict": self.verdict.value,
            "about": self.about,
            "checks": [
                {
                    "check": check.value,
                    "outcome": self._outcomes[check].value,
                    "detail": self._details[check],
                }
                for check in Check
                if check in self._outcomes
            ],
            "problems": [
                {
                    "code": problem.code,
                    "message": problem.message,
                    "check": problem.check.value,
                    "statement": problem.statement,
                }
                for problem in self.problems
            ],
            "compareWithTheBattery": [
                {"what": one.what, "value": one.value} for one in self.compare
            ],
        }

    def _add(self, check: Check, code: str, message: str, statement: str, verdict: Verdict) -> None:
        self.problems.append(
            FoundProblem(
                check=check, code=code, message=message, statement=statement, verdict=verdict
            )
        )
        self._note(check, Outcome.FAILED, message)

    def _note(self, check: Check, outcome: Outcome, detail: str) -> None:
        # What went worse with one statement is not painted over by the next one.
        known = self._outcomes.get(check, Outcome.PASSED)
        if _OUTCOMES.index(outcome) >= _OUTCOMES.index(known) and known is not Outcome.FAILED:
            self._outcomes[check] = outcome
            self._details[check] = detail
