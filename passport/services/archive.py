"""What proves a passport when its issuer is gone: receipts, archived keys and lists, time stamps.

All of it is shown under one state of the log: the first one that holds every statement and that
an authority has stamped. Where none is stamped yet, it is the newest one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Protocol

import orjson

from passport.domain.errors import ConflictError
from passport.domain.organisation import Operator
from passport.linked_data.documents import parse_document
from passport.services.bundle import (
    LARGEST_BUNDLE,
    ArchivedDidDocument,
    LogExtension,
    StampedCheckpoint,
    parse_bundle,
)
from passport.services.evidence_registers import PublishedDidDocument
from passport.services.ports import SignedStatement, StatusListVersion, Work
from passport.services.status_lists import lists_of
from passport.signing.multibase import encode_base64url
from passport.signing.time_stamp_client import GivenTimeStamp
from passport.signing.time_stamps import stamped_by
from passport.signing.transparency_log import (
    parse_checkpoint,
    parse_receipt,
    split_note,
    without_cosignatures,
)


class ArchivedLog(Protocol):
    """The log, as far as it proves what stands in it; all under checkpoints it published."""

    def receipt(self, digest: bytes, at_size: int | None = None) -> bytes:
        """Return the receipt of an entry under the checkpoint of a size."""
        ...

    def checkpoint_at(self, size: int) -> bytes:
        """Return the checkpoint that was published at a size."""
        ...

    def consistency(self, old_size: int, new_size: int) -> Sequence[bytes]:
        """Return the proof that the tree of one size begins with that of a smaller one."""
        ...


class Stamping(Protocol):
    """Gives time stamps."""

    def stamp(self, data: bytes) -> GivenTimeStamp:
        """Return a checked token over some bytes."""
        ...


class TimeStampMissingError(ConflictError):
    """A bundle was made before the log was stamped, and has no time stamp to renew."""

    code = "time-stamp-missing"


_Logged = SignedStatement | PublishedDidDocument | StatusListVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What comes along with statements.

    Attributes:
        status_lists: Bytes of the lists as they are now, and as they were in the stamped log.
        receipts: By digest, of statements and of status lists.
    """

    status_lists: Sequence[bytes] = ()
    receipts: Mapping[bytes, str] = field(default_factory=dict)
    did_history: Mapping[str, Sequence[ArchivedDidDocument]] = field(default_factory=dict)
    time_stamps: StampedCheckpoint | None = None
    log_extensions: Sequence[LogExtension] = ()


def archive_of(
    statements: Sequence[SignedStatement],
    issuers: Sequence[Operator],
    *,
    log: ArchivedLog,
    work: Work,
    at: datetime | None = None,
) -> Archive:
    """Collect what proves some statements, all of them in the log.

    Args:
        statements: What is to be proven.
        issuers: Whose statements these are.
        log: The log.
        work: The unit of work.
        at: The instant of which the status lists are to tell; now when not given.
    """
    if not statements:
        return Archive()
    lists_then = [] if at is None else _lists_at(statements, at, work=work)
    histories = {issuer.did: work.did_documents.history(issuer.slug) for issuer in issuers}
    shown: list[_Logged] = [*statements, *lists_then]
    newest = _newest_proof([*shown, *chain.from_iterable(histories.values())], log)
    stamped = work.time_stamps.covering(_size_holding(shown))
    size = newest if stamped is None else stamped
    logged_lists = (
        _lists_in_log(statements, size, work=work)
        if at is None
        else {version.digest: version.body for version in lists_then}
    )
    other_lists = _other_lists(statements, logged_lists, work=work) if at is None else ()
    documents = [version for versions in histories.values() for version in versions]
    is_extended = any(not _is_within(version, size) for version in documents)
    return Archive(
        status_lists=[*logged_lists.values(), *other_lists],
        receipts={
            digest: log.receipt(digest, size).decode()
            for digest in (*(statement.digest for statement in statements), *logged_lists)
        },
        did_history={
            did: [
                ArchivedDidDocument(
                    document=version.body,
                    receipt=log.receipt(
                        version.digest, size if _is_within(version, size) else newest
                    ).decode(),
                )
                for version in versions
            ]
            for did, versions in histories.items()
        },
        time_stamps=None if stamped is None else _stamped(stamped, log=log, work=work),
        log_extensions=[_extension(size, newest, log)] if is_extended else [],
    )


def _size_holding(entries: Sequence[_Logged]) -> int:
    """Return how many entries a log has at least that holds some."""
    return max((one.leaf_index + 1 for one in entries if one.leaf_index is not None), default=1)


def _newest_proof(entries: Sequence[_Logged], log: ArchivedLog) -> int:
    """Return the size of the checkpoint that the log proves the newest of some entries under."""
    newest = max(entries, key=lambda one: -1 if one.leaf_index is None else one.leaf_index)
    _, _, note = parse_receipt(log.receipt(newest.digest).decode())
    return parse_checkpoint(split_note(note)[0]).size


def _is_within(version: PublishedDidDocument, size: int) -> bool:
    return version.leaf_index is not None and version.leaf_index < size


def _lists_in_log(
    statements: Sequence[SignedStatement], size: int, *, work: Work
) -> Mapping[bytes, bytes]:
    """Return the lists as a log of some size holds them last, by digest."""
    versions = (work.status_lists.version_in_log(name, size) for name in lists_of(statements))
    return {version.digest: version.body for version in versions if version is not None}


def _lists_at(
    statements: Sequence[SignedStatement], at: datetime, *, work: Work
) -> list[StatusListVersion]:
    """Return the lists as they were signed last at an instant."""
    versions = (work.status_lists.version_at(name, at) for name in lists_of(statements))
    return [version for version in versions if version is not None]


def _other_lists(
    statements: Sequence[SignedStatement], known: Mapping[bytes, bytes], *, work: Work
) -> Iterator[bytes]:
    """Yield the lists as they are now, where that is not as the log of the receipts has them."""
    for name in lists_of(statements):
        current = work.status_lists.find(name)
        if current is not None and current.body not in known.values():
            yield current.body


def _stamped(size: int, *, log: ArchivedLog, work: Work) -> StampedCheckpoint:
    return StampedCheckpoint(
        note=without_cosignatures(log.checkpoint_at(size).decode()),
        tokens=[stamp.token for stamp in work.time_stamps.chain(size)],
    )


def _extension(old_size: int, new_size: int, log: ArchivedLog) -> LogExtension:
    origin = parse_checkpoint(split_note(log.checkpoint_at(old_size).decode())[0]).origin
    return LogExtension(
        origin=origin,
        old_size=old_size,
        new_size=new_size,
        path=log.consistency(old_size, new_size),
    )


def renew_archive(bundle: bytes, authorities: Stamping) -> bytes:
    """Have the time stamps of a kept bundle renewed; whoever keeps it can, without its issuer.

    Args:
        bundle: The bundle as it was kept.
        authorities: Who stamps.

    Returns:
        The bundle with one more token.

    Raises:
        MalformedBundleError: It is no bundle, or its members have another form.
        TimeStampMissingError: It has no time stamp to renew.
        UnreachableError: No authority stamped.
    """
    members = parse_document(bundle, largest=LARGEST_BUNDLE)
    stamped = parse_bundle(members).time_stamps
    if stamped is None:
        raise TimeStampMissingError(
            "the bundle has no time stamps; ask the service for one that was stamped"
        )
    tokens = [*stamped.tokens, authorities.stamp(stamped_by(stamped.tokens)).token]
    members["timeStamps"]["tokens"] = [encode_base64url(token)[1:] for token in tokens]
    return orjson.dumps(members)
