"""The verifier on a USB stick: plain Python, this package, no installation and no network.

`passport kit` writes it into a folder. It prints one JSON report, and words for people beside it.
Exit 0: verified. Exit 1: not verified. Exit 2: could not be tried.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson

from passport.domain.errors import PassportError
from passport.services.trust import Trust, TrustFileError
from passport.services.verification import verify_passport
from passport.services.verify_files import (
    NothingToVerifyError,
    VerifiedFile,
    VerifiedFolder,
    report_words,
    verify_folder,
)

NOT_VERIFIED = 1
NOT_TRIED = 2


def main(arguments: Sequence[str]) -> int:
    """Verify a bundle, or all bundles in a folder; return the exit status.

    Args:
        arguments: As typed, without the name of the program.
    """
    parser = argparse.ArgumentParser(
        prog="verify", description="Verify battery passports without network."
    )
    parser.add_argument("source", type=Path, help="a bundle, or a folder with bundles")
    parser.add_argument(
        "--trust",
        type=Path,
        required=True,
        help="trust file: whom to believe; take it from somebody you trust, not from a stranger",
    )
    parser.add_argument("--at", type=_instant, help="the instant asked about, like 2031-05-01")
    asked = parser.parse_args(arguments)
    now = datetime.now(UTC)
    try:
        folder = _verify(asked.source, Trust.read(asked.trust), asked.at or now, now)
    except (TrustFileError, NothingToVerifyError, OSError) as error:
        sys.stderr.write(f"could not be tried: {error}\n")
        return NOT_TRIED
    except PassportError as refusal:
        sys.stderr.write(f"refused ({refusal.code}): {refusal}\n")
        return NOT_VERIFIED
    for file in folder.files:
        sys.stderr.write("\n".join([file.name, *report_words(file.report), ""]))
    sys.stdout.write(orjson.dumps(folder.to_dict()).decode() + "\n")
    return 0 if folder.verified else NOT_VERIFIED


def _verify(source: Path, trust: Trust, at: datetime, now: datetime) -> VerifiedFolder:
    if source.is_dir():
        return verify_folder(source, trust=trust, at=at, now=now)
    report = verify_passport(source.read_bytes(), trust=trust, at=at, now=now)
    return VerifiedFolder(files=[VerifiedFile(name=source.name, report=report)], passed_over=0)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no instant like 2031-05-01") from error
    return instant.replace(tzinfo=instant.tzinfo or UTC)
