"""The transparency log in the database: one sequencer writes it, everybody reads bytes.

A writer stores a leaf in its own transaction, still without index. The sequencer gives indexes
to all leaves it sees and signs the grown tree in one transaction of its own, so that a crash at
any moment leaves the old checkpoint or the new one, never something between.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock

import psycopg
from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from passport.domain.errors import NotFoundError
from passport.signing.merkle_tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    TILE_WIDTH,
    LogRewrittenError,
    NodeReader,
    RightEdge,
    TileAddress,
    TreeHead,
    consistency_path,
    edge_tiles,
    encode_entries,
    inclusion_path,
    node_reader,
    root_hash,
)
from passport.signing.transparency_log import (
    Checkpoint,
    NoteKey,
    NoteSigner,
    make_receipt,
    sign_checkpoint,
)
from passport.signing.witness import with_cosignatures
from passport.storage.cosignatures import best_witnessed_size, cosignature_lines
from passport.storage.engine import insert_into, is_transient, reading, retrying, writing
from passport.storage.errors import LogBrokenError, NotLoggedYetError
from passport.storage.tables import LeafRow, metadata

_LEAF = metadata.tables["passport_leaf"]
_CHECKPOINT = metadata.tables["passport_checkpoint"]
_TILE = metadata.tables["passport_tile"]

_SEQUENCER_LOCK = 0x0BA7_7E4C
"""Key of the advisory lock; any number that nothing else in the database uses."""
_NO_LIMIT_MS = 0
"""Source: PostgreSQL, lock_timeout: zero disables it."""
_REPAIR_CHUNK = 65_536
"""Entries read at a time while tiles are redone."""
_EMPTY_TREE = TreeHead(0, EMPTY_ROOT)


def add_leaf(session: Session, digest: bytes, *, kind: str, at: datetime) -> None:
    """Store an entry in the caller's transaction; it waits there for its index.

    Args:
        session: The transaction that also stores what the digest is of.
        digest: SHA-256 of the signed bytes, or of salt and event (32 bytes).
        kind: What the entry is of; never published.
        at: When it was made.
    """
    session.add(LeafRow(digest=digest, kind=kind, created_at=at))


def signed_origin(engine: Engine) -> str | None:
    """Return the name under which the log in a store was signed last; none before it began."""
    newest = select(_CHECKPOINT.c.note).order_by(_CHECKPOINT.c.size.desc()).limit(1)
    with reading(engine) as connection:
        note: str | None = connection.scalar(newest)
    return None if note is None else note.partition("\n")[0]


class SqlTransparencyLog:
    """The log of this service; its origin is the name of the key that signs it."""

    def __init__(self, engine: Engine, signer: NoteSigner) -> None:
        self._engine = engine
        self._signer = signer
        self._turn = Lock()

    @property
    def key(self) -> NoteKey:
        """The key that verifies this log, for whoever follows it."""
        return self._signer.key

    # Writing

    def sequence(self, now: datetime) -> int:
        """Take all waiting leaves into the tree and sign it; return how many they were.

        Raises:
            LogBrokenError: The stored tiles are not those of the last checkpoint.
        """
        if self._is_idle():
            return 0
        return retrying(lambda: self._sequence(now, lock_timeout_s=None))

    def wait_for(self, digests: Sequence[bytes], *, now: datetime, timeout_s: float) -> bool:
        """Bring committed entries into the tree before the caller answers.

        Writers of one process queue here: the next in turn takes the entries of all that wait.

        Returns:
            Whether all of them have an index now; the sequencer's next round takes the others.
        """
        is_in_turn = self._turn.acquire(timeout=timeout_s)
        try:
            if is_in_turn and not self._have_indexes(digests):
                self._sequence(now, lock_timeout_s=timeout_s)
                return True  # they were committed before this round began
        except OperationalError as error:
            if not is_transient(error) and not isinstance(
                error.orig, psycopg.errors.LockNotAvailable
            ):
                raise
        finally:
            if is_in_turn:
                self._turn.release()
        return self._have_indexes(digests)

    def _have_indexes(self, digests: Sequence[bytes]) -> bool:
        with reading(self._engine) as connection:
            return _all_have_indexes(connection, digests)

    def repair(self, now: datetime) -> bool:
        """Redo at start-up what is derived from the leaves, then begin or continue the log.

        Returns:
            Whether tiles had to be redone.

        Raises:
            LogBrokenError: The leaves themselves do not give the root that was signed.
        """
        with writing(self._engine) as connection:
            _lock_sequencer(connection, timeout_s=None)
            head = _head(connection) or _EMPTY_TREE
            _require_last_index(connection, head)
            is_whole = _has_all_tiles(connection, head)
            if not is_whole:
                _redo_tiles(connection, head)
        self.sequence(now)
        return not is_whole

    def require_extends(self, shown: Checkpoint) -> None:
        """Check that this log contains the log of a checkpoint seen elsewhere.

        Raises:
            LogRewrittenError: This log is smaller, such as from an old backup, or another one.
        """
        with reading(self._engine) as connection:
            head = _head(connection) or _EMPTY_TREE
            if shown.size > head.size:
                raise LogRewrittenError(
                    f"the log has {head.size} entries, a checkpoint with {shown.size} was "
                    f"published; restore a newer backup"
                )
            own_root = root_hash(shown.size, _tree(connection))
        if (shown.origin, shown.root) != (self._signer.key.name, own_root):
            raise LogRewrittenError(
                f"the checkpoint of {shown.origin} with {shown.size} entries is not of this log"
            )

    def _is_idle(self) -> bool:
        with reading(self._engine) as connection:
            waiting = select(_LEAF.c.seq).where(_LEAF.c.leaf_index.is_(None)).limit(1)
            return connection.scalar(waiting) is None and _head(connection) is not None

    def _sequence(self, now: datetime, *, lock_timeout_s: float | None) -> int:
        with writing(self._engine) as connection:
            _lock_sequencer(connection, timeout_s=lock_timeout_s)
            head = _head(connection)
            waiting = _waiting_leaves(connection)
            if not waiting and head is not None:
                return 0
            edge = _right_edge(connection, head or _EMPTY_TREE)
            self._assign_indexes(connection, list(waiting), first=edge.size)
            edge.append(waiting.values())
            self._store_tiles(connection, edge.changed)
            self._publish(connection, TreeHead(edge.size, edge.root()), now)
            return len(waiting)

    def _assign_indexes(self, connection: Connection, seqs: Sequence[int], *, first: int) -> None:
        if seqs:
            connection.execute(
                update(_LEAF)
                .where(_LEAF.c.seq == bindparam("waiting_seq"))
                .values(leaf_index=bindparam("new_index")),
                [
                    {"waiting_seq": seq, "new_index": index}
                    for index, seq in enumerate(seqs, start=first)
                ],
            )

    def _store_tiles(self, connection: Connection, tiles: Mapping[tuple[int, int], bytes]) -> None:
        _upsert_tiles(connection, tiles)

    def _publish(self, connection: Connection, head: TreeHead, now: datetime) -> None:
        checkpoint = Checkpoint(origin=self._signer.key.name, size=head.size, root=head.root)
        connection.execute(
            insert(_CHECKPOINT).values(
                size=head.size,
                root=head.root,
                note=sign_checkpoint(checkpoint, self._signer),
                created_at=now,
            )
        )

    # Reading: bytes as they are served

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint, a signed note, with what witnesses signed so far.

        Raises:
            NotFoundError: The log was never started.
        """
        with reading(self._engine) as connection:
            size, note = _newest_checkpoint(connection)
            return with_cosignatures(note, cosignature_lines(connection, size)).encode()

    def tile(self, level: int, index: int, width: int = TILE_WIDTH) -> bytes:
        """Return the first ``width`` hashes of a tile.

        Raises:
            NotFoundError: The tree has not so many there.
        """
        with reading(self._engine) as connection:
            hashes = _tile_hashes(connection, level, index)
        if len(hashes) < width * HASH_BYTES:
            raise _no_tile(TileAddress(level=level, index=index, width=width))
        return hashes[: width * HASH_BYTES]

    def entries(self, index: int, width: int = TILE_WIDTH) -> bytes:
        """Return a bundle of the first ``width`` entries below one tile of leaves.

        Raises:
            NotFoundError: The log has not so many there.
        """
        first = index * TILE_WIDTH
        with reading(self._engine) as connection:
            digests = connection.scalars(
                select(_LEAF.c.digest)
                .where(_LEAF.c.leaf_index.between(first, first + width - 1))
                .order_by(_LEAF.c.leaf_index)
            ).all()
        if len(digests) < width:
            raise _no_tile(TileAddress(level=None, index=index, width=width))
        return encode_entries(digests)

    def receipt(self, digest: bytes, at_size: int | None = None) -> bytes:
        """Return the proof that an entry is in the log, under one of its checkpoints.

        Args:
            digest: The entry.
            at_size: Entries of the published checkpoint to prove it under; without, it is the
                one that most witnesses signed, or the newest where none signed.

        Raises:
            NotLoggedYetError: The entry still waits for its index, or had none at that size.
            NotFoundError: There is no such entry, or no checkpoint of that size.
        """
        with reading(self._engine) as connection:
            index = _index_of(connection, digest)
            if index is None:
                raise _no_receipt(connection, digest)
            size = _proof_size(connection, index) if at_size is None else at_size
            note = _note_at(connection, size)
            if index >= size:
                raise NotLoggedYetError(
                    f"entry {digest.hex()} has index {index}; the log of {size} entries lacks it"
                )
            path = inclusion_path(index, size, _tree(connection))
        return make_receipt(index, path, note).encode()

    def index_of(self, digest: bytes) -> int | None:
        """Return the place of an entry; ``None`` while it has none."""
        with reading(self._engine) as connection:
            return _index_of(connection, digest)

    def checkpoint_at(self, size: int) -> bytes:
        """Return the checkpoint that was published at a size, with what witnesses signed.

        Raises:
            NotFoundError: None was published at that size.
        """
        with reading(self._engine) as connection:
            return _note_at(connection, size).encode()

    def consistency(self, old_size: int, new_size: int) -> Sequence[bytes]:
        """Return the proof that the tree of one size begins with that of a smaller one.

        Raises:
            NotFoundError: The log has not so many entries.
        """
        with reading(self._engine) as connection:
            head = _head(connection) or _EMPTY_TREE
            if not 0 <= old_size <= new_size <= head.size:
                raise NotFoundError(
                    f"the log of {head.size} entries has no sizes {old_size} and {new_size}"
                )
            return consistency_path(old_size, new_size, _tree(connection))


def _lock_sequencer(connection: Connection, *, timeout_s: float | None) -> None:
    """Become the only sequencer until the transaction ends; ``None`` waits without limit [s].

    On SQLite the write transaction is that lock already.
    """
    if connection.dialect.name == "postgresql":
        limit_ms = _NO_LIMIT_MS if timeout_s is None else max(1, int(timeout_s * 1000))
        connection.execute(
            text("SELECT set_config('lock_timeout', :limit, true)"),
            {"limit": f"{limit_ms}ms"},
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEQUENCER_LOCK})


def _head(connection: Connection) -> TreeHead | None:
    newest = select(_CHECKPOINT.c.size, _CHECKPOINT.c.root).order_by(_CHECKPOINT.c.size.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    return None if row is None else TreeHead(row.size, row.root)


def _newest_checkpoint(connection: Connection) -> tuple[int, str]:
    newest = select(_CHECKPOINT.c.size, _CHECKPOINT.c.note).order_by(_CHECKPOINT.c.size.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    if row is None:
        raise NotFoundError("the log has not been started")
    return row.size, row.note


def _note_at(connection: Connection, size: int) -> str:
    note: str | None = connection.scalar(
        select(_CHECKPOINT.c.note).where(_CHECKPOINT.c.size == size)
    )
    if note is None:
        raise NotFoundError(f"the log published no checkpoint with {size} entries")
    return with_cosignatures(note, cosignature_lines(connection, size))


def _proof_size(connection: Connection, index: int) -> int:
    """Return the size whose checkpoint convinces most, of those that have an index."""
    witnessed = best_witnessed_size(connection, above=index)
    return (_head(connection) or _EMPTY_TREE).size if witnessed is None else witnessed


def _waiting_leaves(connection: Connection) -> dict[int, bytes]:
    """Return the entries without index by their sequence number, in its order.

    On PostgreSQL a smaller number can appear after a larger one was taken, when its transaction
    took longer; it simply goes into a later round.
    """
    rows = connection.execute(
        select(_LEAF.c.seq, _LEAF.c.digest)
        .where(_LEAF.c.leaf_index.is_(None))
        .order_by(_LEAF.c.seq)
    )
    return {row.seq: row.digest for row in rows}


def _right_edge(connection: Connection, head: TreeHead) -> RightEdge:
    """Return the edge of the stored tree, if it is the tree that was signed."""
    tiles = {}
    for address in edge_tiles(head.size):
        level = address.level or 0
        hashes = _tile_hashes(connection, level, address.index)
        tiles[level] = hashes[: address.width * HASH_BYTES]
    edge = RightEdge(head.size, tiles)
    if edge.root() != head.root:
        raise LogBrokenError(
            f"the tiles are not those of the checkpoint with {head.size} entries; "
            f"start the service again to redo them"
        )
    return edge


def _tile_hashes(connection: Connection, level: int, index: int) -> bytes:
    hashes: bytes | None = connection.scalar(
        select(_TILE.c.hashes).where(_TILE.c.level == level, _TILE.c.tile_index == index)
    )
    return hashes or b""


def _tree(connection: Connection) -> NodeReader:
    """Read subtrees from the stored tiles, each tile once."""
    read: dict[tuple[int, int], bytes] = {}

    def read_tile(level: int, index: int) -> bytes:
        if (level, index) not in read:
            read[level, index] = _tile_hashes(connection, level, index)
        return read[level, index]

    return node_reader(read_tile)


def _upsert_tiles(connection: Connection, tiles: Mapping[tuple[int, int], bytes]) -> None:
    if not tiles:
        return
    write = insert_into(connection, _TILE)
    connection.execute(
        write.on_conflict_do_update(
            index_elements=[_TILE.c.level, _TILE.c.tile_index],
            set_={"width": write.excluded.width, "hashes": write.excluded.hashes},
        ),
        [
            {
                "level": level,
                "tile_index": index,
                "width": len(hashes) // HASH_BYTES,
                "hashes": hashes,
            }
            for (level, index), hashes in tiles.items()
        ],
    )


def _require_last_index(connection: Connection, head: TreeHead) -> None:
    last = connection.scalar(select(func.max(_LEAF.c.leaf_index)))
    indexed = 0 if last is None else last + 1
    if indexed != head.size:
        raise LogBrokenError(
            f"{indexed} entries have an index, the checkpoint has {head.size}; restore a backup"
        )


def _has_all_tiles(connection: Connection, head: TreeHead) -> bool:
    stored = connection.execute(
        select(_TILE.c.level, func.sum(_TILE.c.width).label("width")).group_by(_TILE.c.level)
    )
    expected, level = {}, 0
    while hashes := head.size // TILE_WIDTH**level:
        expected[level] = hashes
        level += 1
    if {row.level: row.width for row in stored} != expected:
        return False
    try:
        _right_edge(connection, head)
    except LogBrokenError:
        return False
    return True


def _redo_tiles(connection: Connection, head: TreeHead) -> None:
    connection.execute(delete(_TILE))
    edge = RightEdge(0, {})
    digests = connection.scalars(
        select(_LEAF.c.digest).where(_LEAF.c.leaf_index.is_not(None)).order_by(_LEAF.c.leaf_index),
        execution_options={"yield_per": _REPAIR_CHUNK},
    )
    for chunk in digests.partitions():
        edge.append(chunk)
        _upsert_tiles(connection, edge.changed)
        edge.changed.clear()
    if TreeHead(edge.size, edge.root()) != head:
        raise LogBrokenError(
            f"the {edge.size} stored entries are not those of the checkpoint with "
            f"{head.size}; restore a backup"
        )


def _all_have_indexes(connection: Connection, digests: Sequence[bytes]) -> bool:
    waiting = (
        select(_LEAF.c.seq)
        .where(_LEAF.c.digest.in_(digests))
        .where(_LEAF.c.leaf_index.is_(None))
        .limit(1)
    )
    return connection.execute(waiting).first() is None


def _index_of(connection: Connection, digest: bytes) -> int | None:
    index: int | None = connection.scalar(
        select(_LEAF.c.leaf_index).where(_LEAF.c.digest == digest)
    )
    return index


def _no_receipt(connection: Connection, digest: bytes) -> NotFoundError:
    if connection.scalar(select(_LEAF.c.seq).where(_LEAF.c.digest == digest)) is None:
        return NotFoundError(f"the log has no entry {digest.hex()}")
    return NotLoggedYetError(f"entry {digest.hex()} has no index yet; ask again in a second")


def _no_tile(address: TileAddress) -> NotFoundError:
    return NotFoundError(f"the log has no {address.path} yet")
