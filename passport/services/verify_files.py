"""Everything that lies in a folder or on a USB stick, verified one by one, without network."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from passport.domain.errors import NotFoundError
from passport.linked_data.documents import MalformedDocumentError, parse_document
from passport.services.bundle import LARGEST_BUNDLE, is_bundle
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.services.verification_report import Verdict, VerificationReport

_MOST_FILES: Final = 20_000


class NothingToVerifyError(NotFoundError):
    """A folder holds no bundle."""

    code = "nothing-to-verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedFile:
    """A file and what its verification found."""

    name: str
    report: VerificationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedFolder:
    """What lies in a folder.

    Attributes:
        passed_over: Files that are no bundle, or too many to look at.
    """

    files: Sequence[VerifiedFile]
    passed_over: int

    @property
    def verified(self) -> bool:
        """Whether every bundle is genuine."""
        return all(one.report.verified for one in self.files)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all."""
        return max((one.report.verdict for one in self.files), key=tuple(Verdict).index)

    def to_dict(self) -> Mapping[str, object]:
        """Write the reports as `passport verify` prints them."""
        return {
            "verified": self.verified,
            "verdict": self.verdict.value,
            "files": [{"file": one.name, **one.report.to_dict()} for one in self.files],
            "passedOver": self.passed_over,
        }


def verify_folder(
    folder: Path, *, trust: Trust, at: datetime, now: datetime | None = None
) -> VerifiedFolder:
    """Verify each bundle in a folder and the folders in it; nothing is fetched.

    What else lies there is never believed: no trust file, no key, no program.

    Args:
        folder: The folder; links in it are not followed.
        trust: Whom to believe.
        at: The instant asked about.
        now: The verifier's clock, where another instant is asked about.

    Raises:
        NothingToVerifyError: No bundle lies in it.
    """
    files: list[VerifiedFile] = []
    passed_over = 0
    for path in _files(folder):
        data = _bundle_in(path)
        if data is None:
            passed_over += 1
            continue
        report = verify_passport(data, trust=trust, at=at, now=now)
        files.append(VerifiedFile(name=str(path.relative_to(folder)), report=report))
    if not files:
        raise NothingToVerifyError(f"no bundle lies in {folder}; {passed_over} other files do")
    return VerifiedFolder(files=files, passed_over=passed_over)


def report_words(report: VerificationReport) -> list[str]:
    """Return a report in lines for a person: the verdict, why, and what to look at."""
    lines = [f"{report.verdict.value}: {report.about or 'what came could not be read'}"]
    reasons = [f"  - {problem.message} ({problem.code})" for problem in report.problems]
    lines += dict.fromkeys(reasons)  # four statements may lack the same list: said once
    if report.compare:
        lines.append("  Compare with the battery; a genuine record can hang on another one:")
        lines += [f"    {one.what}: {one.value}" for one in report.compare]
    return lines


def _files(folder: Path) -> Iterator[Path]:
    seen = 0
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            yield Path(root, name)


def _bundle_in(path: Path) -> bytes | None:
    """Return the bytes of a file that says it is a bundle; ``None`` for any other."""
    is_candidate = path.suffix.lower() == ".json" and path.is_file() and not path.is_symlink()
    if not is_candidate or path.stat().st_size > LARGEST_BUNDLE:
        return None
    data = path.read_bytes()
    try:
        return data if is_bundle(parse_document(data, largest=LARGEST_BUNDLE)) else None
    except MalformedDocumentError:
        # A bundle that somebody broke shows by its format line, and is reported as broken.
        return data if b'"open-battery-passport-bundle/' in data else None
