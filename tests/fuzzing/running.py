"""Verify forgeries for some time and count: nothing may crash, nothing false may be believed."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fuzzing.corpus import Corpus
from fuzzing.judge import FalseVerdictError, Judge
from fuzzing.mutations import Forger, Forgery
from passport.services.verification import verify_passport
from passport.services.verification_report import VerificationReport

_KEPT = Path(__file__).parents[2] / "build" / "fuzzing"
_LONGEST_ANSWER = timedelta(seconds=20)
"""CPU time after which an input has overworked the verifier; it takes milliseconds otherwise."""


class VerifierFailedError(AssertionError):
    """The verifier crashed, hung, or believed what is false; the message tells how to repeat it."""


@dataclass(slots=True)
class Totals:
    """What came of a run.

    Attributes:
        verified: Files that were genuine after all, as an order of keys was changed.
        refused: Files by the code of their first problem.
    """

    files: int = 0
    verified: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0


def run(corpus: Corpus, *, seed: int, goes_on: Callable[[Totals], bool], first: int = 0) -> Totals:
    """Verify forged files of one seed as long as it goes on.

    Args:
        corpus: What they are forged from.
        seed: The same seed gives the same files.
        goes_on: Asked before each file.
        first: Files of this seed that were verified before and are passed over.

    Raises:
        VerifierFailedError: One file broke a promise.
    """
    judge, totals = Judge(corpus), Totals()
    for number, forgery in enumerate(Forger(corpus, seed).forgeries()):
        if number < first:
            continue
        if not goes_on(totals):
            break
        _count(totals, _verified(forgery, corpus, judge, f"seed {seed}, file {number}"))
    return totals


def _verified(
    forgery: Forgery, corpus: Corpus, judge: Judge, name: str
) -> tuple[VerificationReport, float]:
    begin = time.process_time()
    try:
        report = verify_passport(forgery.data, trust=corpus.trust, at=corpus.at)
        if report.verified:
            judge.require_genuine(forgery.data)
    except Exception as error:  # whatever it is, the file that did it is named
        what = "believed" if isinstance(error, FalseVerdictError) else "crashed on"
        kept = _keep(forgery.data, corpus)
        raise VerifierFailedError(
            f"{what} {name} ({forgery.how}), kept in {kept}: {error!r}"
        ) from error
    seconds = time.process_time() - begin
    if seconds > _LONGEST_ANSWER.total_seconds():
        raise VerifierFailedError(f"{name} ({forgery.how}) took {seconds:.0f} s")
    return report, seconds


def _keep(data: bytes, corpus: Corpus) -> Path:
    """Keep the file with what was trusted: the keys of a corpus are new in each run."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(data).hexdigest()[:16]
    (_KEPT / f"{name}.trust.json").write_bytes(corpus.trust.to_bytes())
    path = _KEPT / f"{name}.json"
    path.write_bytes(data)
    return path


def _count(totals: Totals, result: tuple[VerificationReport, float]) -> None:
    report, seconds = result
    totals.files += 1
    totals.slowest_s = max(totals.slowest_s, seconds)
    if report.verified:
        totals.verified += 1
    else:
        totals.refused[report.problems[0].code if report.problems else "nothing-checked"] += 1
