"""A log and its reader for tests."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from builders_notes import SIGNER, TRUSTED
from sqlalchemy import Engine

from passport.signing.merkle_tree import (
    HASH_BYTES,
    TILE_WIDTH,
    NodeReader,
    TileAddress,
    decode_entries,
    leaf_hash,
    node_reader,
    root_hash,
)
from passport.signing.transparency_log import Checkpoint, TrustedLog, verify_checkpoint
from passport.storage.log import SqlTransparencyLog, add_leaf
from passport.storage.unit import WriteBuffer

LOG_TIME = datetime(2026, 11, 21, 12, tzinfo=UTC)


def an_entry(name: object) -> bytes:
    return hashlib.sha256(str(name).encode()).digest()


def a_log(database: Engine) -> SqlTransparencyLog:
    return SqlTransparencyLog(database, SIGNER)


def store_leaves(database: Engine, names: Iterable[object]) -> list[bytes]:
    """Commit leaves in one unit of work and return their entries."""
    digests = [an_entry(name) for name in names]
    unit = WriteBuffer()
    for digest in digests:
        unit.add(
            lambda session, digest=digest: add_leaf(session, digest, kind="statement", at=LOG_TIME)
        )
    unit.commit(database)
    return digests


class LogReader:
    """A follower that sees only what the log publishes, and checks all of it."""

    def __init__(self, log: SqlTransparencyLog, trusted: TrustedLog = TRUSTED) -> None:
        self._log = log
        self._trusted = trusted

    def checkpoint(self) -> Checkpoint:
        return verify_checkpoint(self._log.checkpoint().decode(), [self._trusted])

    def tree(self, size: int) -> NodeReader:
        """Read the tiles of a tree at its size, partial ones at the edge."""

        def read_tile(level: int, index: int) -> bytes:
            hashes_there = (size >> 8 * level) - index * TILE_WIDTH
            return self._log.tile(level, index, min(TILE_WIDTH, hashes_there))

        return node_reader(read_tile)

    def entries(self, size: int) -> list[bytes]:
        """Read all entries and check them against the tiles and the root."""
        entries: list[bytes] = []
        while len(entries) < size:
            index = len(entries) // TILE_WIDTH
            address = TileAddress(
                level=None, index=index, width=min(TILE_WIDTH, size - len(entries))
            )
            bundle = decode_entries(self._log.entries(address.index, address.width))
            tile = self._log.tile(0, index, address.width)
            assert b"".join(map(leaf_hash, bundle)) == tile
            assert len(tile) == address.width * HASH_BYTES
            entries += bundle
        return entries

    def follow(self) -> list[bytes]:
        """Check the newest tree from its entries to its signature and return the entries."""
        checkpoint = self.checkpoint()
        entries = self.entries(checkpoint.size)
        assert root_hash(checkpoint.size, self.tree(checkpoint.size)) == checkpoint.root
        return entries
