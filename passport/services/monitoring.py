"""Following a log from outside: does each state extend the last one that was seen?

What the follower saw last is kept in a small file. A log that shows two states of one size, or
whose newer state does not begin with the older one, was rewritten; the two signed checkpoints
together prove it to anybody. A state that is older than the one that was seen is stale, as from a
cache, while the log still shows the tree that was seen and it begins with the older one; a log that
shows it no more has shrunk.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from passport.domain.errors import PassportError
from passport.durable import replace_file
from passport.signing.merkle_tree import (
    EMPTY_ROOT,
    LogRewrittenError,
    TreeHead,
)
from passport.signing.tile_reader import PublishedTree, TileMissingError, append_entries
from passport.signing.transparency_log import (
    Checkpoint,
    MalformedReceiptError,
    TrustedLog,
    UnknownLogError,
    parse_checkpoint,
    split_note,
    verify_checkpoint,
    verify_extension,
)

_LOG_PATH = "/log"


class MonitorStateError(PassportError):
    """The file in which a follower keeps what it saw cannot be used."""

    code = "monitor-state"


class TilesOfAnotherTreeError(LogRewrittenError):
    """What the log publishes is not what it signed."""

    code = "log-tiles-of-another-tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a round of following a log showed.

    Attributes:
        origin: The log.
        size: Entries that its newest checkpoint has.
        checkpoint: That checkpoint, as it was signed.
        previous_size: Entries of the checkpoint that was kept before; `None` the first time.
        previous: That one.
        verdict: ``first``, ``unchanged`` or ``extended``; ``stale`` where it is older than what
            was kept and part of it; ``rewritten`` where it is none of these.
        problem: Why it is rewritten, or how far it is behind.
        tiles_read: How many tiles it took.
        entries_hashed: How many entries were hashed again.
        checked: What was checked, in words.
    """

    origin: str
    size: int
    checkpoint: str
    previous_size: int | None
    previous: str | None
    verdict: str
    problem: str = ""
    tiles_read: int = 0
    entries_hashed: int = 0
    checked: Sequence[str] = ()

    @property
    def is_rewritten(self) -> bool:
        """Whether the log changed its past."""
        return self.verdict == "rewritten"

    @property
    def is_stale(self) -> bool:
        """Whether it is an older state of the log than the one that was kept."""
        return self.verdict == "stale"

    def to_dict(self) -> dict[str, object]:
        """Return it for programs."""
        return asdict(self)


def log_prefix(url: str) -> str:
    """Return the address that a log's files stand below.

    The address of a service without a path means the log of this service.
    """
    trimmed = url.rstrip("/")
    return trimmed if urlsplit(trimmed).path else f"{trimmed}{_LOG_PATH}"


def look_at_log(
    kept: str | None,
    *,
    fetch: Callable[[str], bytes],
    logs: Sequence[TrustedLog] | None,
    reads_entries: bool,
) -> Sight:
    """Compare the newest state of a log with the one that was kept.

    Args:
        kept: The checkpoint that was kept last; nothing the first time.
        fetch: Reads what the log publishes at an address below its prefix.
        logs: Whose signatures count; `None` checks no signature, only that the log grows.
        reads_entries: Whether all entries since are fetched and hashed, too.

    Raises:
        ReceiptRefusedError: The newest checkpoint is none, or not signed by a trusted log; or the
            one that was kept is not.
        UnknownLogError: The log has another name than the one that was kept.
        UnreachableError: The log did not answer.
        BrokenTileError: A tile or bundle is shorter than its address says.
    """
    note = _text(fetch("checkpoint"))
    if kept is not None:
        _require_same_name(_read_checkpoint(note, None), _read_checkpoint(kept, None))
    newest = _read_checkpoint(note, logs)
    previous = None if kept is None else _read_checkpoint(kept, logs)
    signature = "nobody's signature was checked, for want of a trust file"
    if logs is not None:
        signature = f"the log {newest.origin} signed its checkpoint of {newest.size} entries"
    looking = _Looking(fetch, newest, previous, checked=[signature])
    verdict, problem = "first" if previous is None else "extended", ""
    if previous is not None and previous.head == newest.head:
        verdict = "unchanged"
    try:
        if previous is not None and newest.size < previous.size:
            verdict, problem = "stale", looking.require_older_state_of(previous)
        else:
            looking.compare(reads_entries=reads_entries)
    except LogRewrittenError as error:
        verdict, problem = "rewritten", str(error)
    return Sight(
        origin=newest.origin,
        size=newest.size,
        checkpoint=note,
        previous_size=None if previous is None else previous.size,
        previous=kept,
        verdict=verdict,
        problem=problem,
        tiles_read=looking.tree.tiles_read,
        entries_hashed=looking.entries_hashed,
        checked=tuple(looking.checked),
    )


class _Looking:
    """One round, with what it has checked so far."""

    def __init__(
        self,
        fetch: Callable[[str], bytes],
        newest: Checkpoint,
        previous: Checkpoint | None,
        *,
        checked: list[str],
    ) -> None:
        self.tree = PublishedTree(newest.size, fetch)
        self._fetch = fetch
        self.checked = checked
        self.entries_hashed = 0
        self._newest = newest
        self._previous = previous

    def require_older_state_of(self, known: Checkpoint) -> str:
        """Require that a state that was seen begins with this smaller one; return how to say so.

        Raises:
            LogRewrittenError: It does not, or the log does not show any more that it does.
        """
        newest, self.tree = self._newest, PublishedTree(known.size, self._fetch)
        try:
            path = self.tree.consistency(newest.size)
        except TileMissingError as error:
            raise LogRewrittenError(
                f"the log shrank from {known.size} to {newest.size} entries: it does not show the "
                f"tree with {known.size} any more that it signed"
            ) from error
        verify_extension(newest, known, path)
        self.checked.append(f"the {known.size} entries seen before begin with these {newest.size}")
        return (
            f"this is an older state, as a cache may hold it: {newest.size} of the {known.size} "
            f"entries seen before; the newer state is kept"
        )

    def compare(self, *, reads_entries: bool) -> None:
        previous, newest = self._previous, self._newest
        if previous is not None and previous.size == newest.size and previous.root != newest.root:
            raise LogRewrittenError(f"the log signed two states with {newest.size} entries")
        if self.tree.root() != newest.root:
            raise TilesOfAnotherTreeError(
                f"the tiles are not those of the checkpoint with {newest.size} entries"
            )
        self.checked.append("its tiles lead to the root that was signed")
        if previous is not None and previous.size < newest.size:
            verify_extension(previous, newest, self.tree.consistency(previous.size))
            self.checked.append(f"it begins with the {previous.size} entries seen before")
        if reads_entries:
            self._hash_entries(TreeHead(0, EMPTY_ROOT) if previous is None else previous.head)

    def _hash_entries(self, old: TreeHead) -> None:
        edge = self.tree.edge(old.size)
        if edge.root() != old.root:
            raise TilesOfAnotherTreeError(
                f"the tiles are not those of the checkpoint with {old.size} entries"
            )
        if append_entries(edge, self.tree) != self._newest.head:
            raise TilesOfAnotherTreeError("the entries are not those of the tree that was signed")
        self.entries_hashed = self._newest.size - old.size
        self.checked.append(f"{self.entries_hashed} entries since are those of the tree")


def read_state(path: Path) -> str | None:
    """Return the checkpoint that was kept; nothing where none was.

    Raises:
        MonitorStateError: The file is there and holds none.
    """
    try:
        content = orjson.loads(path.read_bytes())
        return str(content["checkpoint"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MonitorStateError(f"{path} holds no state of a monitor: {error}") from error


def write_state(path: Path, sight: Sight) -> None:
    """Keep what was seen: whole or not at all, on disk when this returns.

    A rewritten log leaves the state as it was, and both checkpoints beside it; a stale one leaves
    it as it was.

    Raises:
        MonitorStateError: The file cannot be written.
    """
    if sight.is_stale:
        return
    target = path.with_name(f"{path.name}.evidence.json") if sight.is_rewritten else path
    try:
        replace_file(target, orjson.dumps(sight.to_dict(), option=orjson.OPT_INDENT_2))
    except OSError as error:
        raise MonitorStateError(f"{target} cannot be written: {error}") from error


def _require_same_name(newest: Checkpoint, kept: Checkpoint) -> None:
    if newest.origin != kept.origin:
        raise UnknownLogError(
            f"the log calls itself {newest.origin}; {kept.origin} was followed so far. Its past "
            f"cannot be compared with what was seen: ask its operator what became of the other, "
            f"and follow this one with a state of its own"
        )


def _read_checkpoint(note: str, logs: Sequence[TrustedLog] | None) -> Checkpoint:
    return parse_checkpoint(split_note(note)[0]) if logs is None else verify_checkpoint(note, logs)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise MalformedReceiptError("the checkpoint is no UTF-8 text") from error
