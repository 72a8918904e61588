"""Having the log stamped by authorities, and the stamps renewed before they end."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from passport.services.evidence_registers import StoredTimeStamp
from passport.services.ports import Work
from passport.signing.time_stamp_client import GivenTimeStamp
from passport.signing.time_stamps import stamped_by, stamped_bytes
from passport.signing.transparency_log import parse_checkpoint, split_note

STAMP_JOB: Final = "stamp-log"
RENEWED_BEFORE: Final = timedelta(days=180)
"""A stamp is renewed when it has less than this left, by an authority that lasts longer."""
_RENEWED_AT_ONCE: Final = 100
"""Chains renewed in one round; the others are renewed in the next ones."""


class StampedLog(Protocol):
    """The log, as far as it is stamped."""

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StampingRound:
    """What one round did.

    Attributes:
        size: Entries of the checkpoint that was stamped; 0 where nothing new was.
        renewed: How many chains were renewed.
    """

    size: int
    renewed: int


def what_to_stamp(log: StampedLog, *, every: timedelta, work: Work) -> tuple[int, bytes] | None:
    """Return size and bytes of the newest checkpoint, if it is time to have it stamped."""
    note = log.checkpoint().decode()
    size = parse_checkpoint(split_note(note)[0]).size
    newest = work.time_stamps.newest()
    if newest is not None and (newest.size >= size or newest.made_at > work.clock.now() - every):
        return None
    return (size, stamped_bytes(note)) if size else None


def what_to_renew(*, work: Work) -> list[tuple[StoredTimeStamp, bytes]]:
    """Return the last stamps of chains that end soon, each with what the next one is made over."""
    ending = work.time_stamps.ending_before(
        work.clock.now() + RENEWED_BEFORE, limit=_RENEWED_AT_ONCE
    )
    return [
        (last, stamped_by([stamp.token for stamp in work.time_stamps.chain(last.size)]))
        for last in ending
        if last.holds_until > work.clock.now()  # what has ended is not brought back
    ]


def keep_stamp(given: GivenTimeStamp, *, size: int, number: int, work: Work) -> StoredTimeStamp:
    """Keep a token of an authority."""
    stored = StoredTimeStamp(
        size=size,
        number=number,
        token=given.token,
        authority=given.authority,
        made_at=given.stamp.made_at,
        holds_until=given.stamp.holds_until,
    )
    work.time_stamps.add(stored)
    return stored
