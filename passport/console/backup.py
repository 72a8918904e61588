"""Commands that keep everything, and bring it back."""

from pathlib import Path
from typing import Annotated

import httpx
import typer

from passport.bootstrap import open_passport
from passport.bootstrap.backup import Manifest, restore_backup, write_backup
from passport.console.common import AsJson, Data, opened, print_json, say
from passport.settings import read_settings
from passport.signing.transparency_log import Checkpoint, parse_checkpoint, split_note

_TIMEOUT_S = 20.0


def backup(
    out: Annotated[Path, typer.Argument(help="File to write.")],
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Write everything into one file, beside a running server, and verify it.

    The passphrase of the keystore is not in it: keep it elsewhere, or the keys are lost.
    """
    with opened(data) as passport:
        manifest = write_backup(passport.engine, passport.settings, out)
    _tell(manifest, f"written to {out} and verified", json=json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="IN", help="File that backup wrote.")],
    checkpoint: Annotated[
        str,
        typer.Option(
            metavar="FILE_OR_URL",
            help="Newest checkpoint that anybody has; a log smaller than it is refused.",
        ),
    ] = "",
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Put a backup into an empty data folder and an empty database, verified first.

    Give the newest checkpoint that anybody has: a log that begins again from an older state is a
    fork, and followers will say so.
    """
    settings = read_settings() if data is None else read_settings(data=data)
    shown = _read_checkpoint(checkpoint) if checkpoint else None
    manifest = restore_backup(settings, file, shown)
    passport = open_passport(settings)
    try:
        if shown is not None:
            passport.log.require_extends(shown)
    finally:
        passport.close()
    _tell(manifest, f"restored from {file}", json=json)
    if shown is None:
        say("no checkpoint was shown: whether this is the newest state of the log is not known")


def _read_checkpoint(place: str) -> Checkpoint:
    if "://" in place:
        answer = httpx.get(place, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        return parse_checkpoint(split_note(answer.text)[0])
    return parse_checkpoint(split_note(Path(place).read_text(encoding="utf-8"))[0])


def _tell(manifest: Manifest, what: str, *, json: bool) -> None:
    rows = sum(manifest.rows.values())
    if json:
        print_json(
            {
                "rows": rows,
                "files": len(manifest.members) - len(manifest.rows),
                "log": {"size": manifest.head.size, "root": manifest.head.root.hex()},
            }
        )
    else:
        typer.echo(f"{what}: {rows} rows, log of {manifest.head.size} entries")
