"""Commands that verify: here, and from a folder where nothing is installed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from passport.bootstrap.kit import write_kit
from passport.console.common import INSTANTS, Data, opened, print_json, say
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM
from passport.domain.identifiers import parse_battery_id
from passport.services.bundle import LARGEST_BUNDLE
from passport.services.online import OnlineSources
from passport.services.trust import Trust
from passport.services.verification import Asked, verify_passport
from passport.services.verify_files import NothingToVerifyError, report_words, verify_folder
from passport.settings import read_settings
from passport.signing.errors import KeyUnknownError
from passport.signing.transparency_log import UnknownLogError
from passport.signing.web_reader import AddressRefusedError, UnreachableError, WebReader

_REFUSED = 1
_NOT_TRIED = 2
_OF_TRUST = frozenset({KeyUnknownError.code, UnknownLogError.code})
_MEDIA_TYPES = "application/vp, application/vc;q=0.9, application/json;q=0.8, */*;q=0.5"


def verify(
    source: Annotated[
        str, typer.Argument(metavar="FILE_OR_URL", help="What to verify; or a folder of bundles.")
    ],
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing.")] = False,
    trust: Annotated[Path | None, typer.Option(help="Trust file: DIDs and logs.")] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=INSTANTS, help="The instant asked about; UTC.")
    ] = None,
    domain: Annotated[str, typer.Option(help="Whom a presentation was asked for.")] = "",
    challenge: Annotated[str, typer.Option(help="What it was asked to answer.")] = "",
) -> None:
    """Verify a statement, a presentation or a bundle, or all bundles in a folder."""
    if bool(domain) != bool(challenge):
        raise typer.BadParameter("--domain and --challenge belong together")
    now = datetime.now(UTC)
    instant = now if at is None else at.replace(tzinfo=at.tzinfo or UTC)
    if "://" not in source and Path(source).is_dir():
        _verify_folder(Path(source), _trust_for_folder(trust), instant, now)
        return
    trusted = Trust.read(trust) if trust is not None else Trust()
    content = _read_source(source, offline=offline)
    reader = WebReader(demonstration=True)
    report = verify_passport(
        content,
        trust=trusted,
        at=instant,
        online=None if offline else OnlineSources(reader),
        now=now,
        asked=Asked(domain=domain, challenge=challenge) if domain else None,
    )
    reader.close()
    print_json(report.to_dict())
    say("\n".join(report_words(report)))
    if trust is None and any(problem.code in _OF_TRUST for problem in report.problems):
        say("no trust file was named: --trust FILE says whose keys and which logs you believe")
    if not report.verified:
        raise typer.Exit(_REFUSED)


def _verify_folder(folder: Path, trust: Trust, at: datetime, now: datetime) -> None:
    try:
        found = verify_folder(folder, trust=trust, at=at, now=now)
    except NothingToVerifyError as error:
        say(f"could not be tried ({error.code}): {error}")
        raise typer.Exit(_NOT_TRIED) from error
    print_json(found.to_dict())
    for file in found.files:
        say("\n".join([file.name, *report_words(file.report)]))
    if not found.verified:
        raise typer.Exit(_REFUSED)


def _trust_for_folder(trust: Path | None) -> Trust:
    """Return the trust file that was named, else this installation's; never one of the folder."""
    return Trust.read(trust if trust is not None else read_settings().data / "trust.json")


def _read_source(source: str, *, offline: bool) -> bytes:
    if "://" not in source:
        return Path(source).read_bytes()
    if offline:
        raise typer.BadParameter("an address is not read with --offline; save its answer first")
    reader = WebReader(demonstration=True, largest_answer=LARGEST_BUNDLE)
    try:
        return reader.read(source, accept=_MEDIA_TYPES)
    except (UnreachableError, AddressRefusedError) as error:
        say(f"could not be tried ({error.code}): {error}")
        raise typer.Exit(_NOT_TRIED) from error
    finally:
        reader.close()


def kit(
    folder: Annotated[Path, typer.Argument(help="New folder, such as on a USB stick.")],
    battery: Annotated[
        list[str] | None, typer.Option("--battery", help="Put its bundle in; again for more.")
    ] = None,
    audience: Annotated[Audience, typer.Option(help="Whose bundles.")] = Audience.PUBLIC,
    data: Data = None,
) -> None:
    """Write a folder that verifies passports without network and without an installation."""
    names = [parse_battery_id(one) for one in battery or ()]
    with opened(data) as passport:
        bundles = {
            f"passport-{number}.json": passport.bundle(SYSTEM, battery_id, audience)
            for number, battery_id in enumerate(names, start=1)
        }
        write_kit(
            folder,
            trust=passport.trust(),
            bundles=bundles,
            made_on=passport.services.clock.now().date().isoformat(),
        )
    say(
        f"written to {folder}: python3 {folder}/verify {folder}/bundles --trust {folder}/trust.json"
    )
