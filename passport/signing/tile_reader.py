"""The tree of a log as its followers see it: proofs and roots out of the tiles it publishes.

Source: C2SP tlog-tiles.
"""

from collections.abc import Callable, Sequence

from passport.signing.merkle_tree import (
    HASH_BYTES,
    TILE_WIDTH,
    BrokenTileError,
    RightEdge,
    TileAddress,
    TreeHead,
    consistency_path,
    decode_entries,
    edge_tiles,
    inclusion_path,
    node_reader,
    root_hash,
)
from passport.signing.web_reader import UnreachableError

Fetch = Callable[[str], bytes]
"""Gives what a log publishes at an address below its prefix, such as ``tile/0/000.p/7``."""


class TileMissingError(UnreachableError):
    """The log answers, and publishes nothing at this address."""

    code = "unreachable"


class PublishedTree:
    """The tree of one published size; each tile is fetched once."""

    def __init__(self, size: int, fetch: Fetch) -> None:
        """Take the size of a checkpoint and where to fetch from."""
        self.size = size
        self.tiles_read = 0
        """How many tiles were fetched."""
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._node = node_reader(self._read_tile)

    def root(self, size: int | None = None) -> bytes:
        """Return the root that the tiles give, of this size or of a smaller one.

        Raises:
            BrokenTileError: A tile is shorter than its address says.
        """
        return root_hash(self.size if size is None else size, self._node)

    def inclusion(self, index: int) -> Sequence[bytes]:
        """Return the proof that an entry stands at an index.

        Raises:
            BrokenTileError: A tile is shorter than its address says.
        """
        return inclusion_path(index, self.size, self._node)

    def consistency(self, old_size: int) -> Sequence[bytes]:
        """Return the proof that this tree begins with a smaller one.

        Raises:
            BrokenTileError: A tile is shorter than its address says.
        """
        return consistency_path(old_size, self.size, self._node)

    def edge(self, size: int) -> RightEdge:
        """Return the unfinished tiles at a smaller size, to append to.

        Raises:
            BrokenTileError: A tile is shorter than its address says.
        """
        tiles = {}
        for address in edge_tiles(size):
            level = address.level or 0
            hashes = self._read_tile(level, address.index)
            tiles[level] = hashes[: address.width * HASH_BYTES]
        return RightEdge(size, tiles)

    def entries(self, index: int) -> Sequence[bytes]:
        """Fetch the entries below a tile of leaves.

        Raises:
            BrokenTileError: The bundle has not as many entries as its address says.
        """
        width = min(TILE_WIDTH, self.size - index * TILE_WIDTH)
        address = TileAddress(level=None, index=index, width=width)
        found = decode_entries(self._fetch(address.path))
        if len(found) != width:
            raise BrokenTileError(f"{address.path} has {len(found)} entries")
        return found

    def _read_tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            hashes_there = (self.size >> level * (TILE_WIDTH.bit_length() - 1)) - index * TILE_WIDTH
            width = min(TILE_WIDTH, hashes_there)
            address = TileAddress(level=level, index=index, width=width)
            tile = self._fetch_tile(address)
            self.tiles_read += 1
            if len(tile) != width * HASH_BYTES:
                raise BrokenTileError(f"{address.path} has {len(tile)} bytes")
            self._tiles[level, index] = tile
        return self._tiles[level, index]

    def _fetch_tile(self, address: TileAddress) -> bytes:
        try:
            return self._fetch(address.path)
        except TileMissingError:
            if address.width == TILE_WIDTH:
                raise
        # A log may drop the part of a tile once the tile is full.
        full = TileAddress(level=address.level, index=address.index, width=TILE_WIDTH)
        return self._fetch(full.path)[: address.width * HASH_BYTES]


def append_entries(edge: RightEdge, tree: PublishedTree) -> TreeHead:
    """Hash the entries that a tree has beyond an older edge; return the tree they give.

    Raises:
        BrokenTileError: A bundle has not as many entries as its address says.
    """
    while edge.size < tree.size:
        index, inside = divmod(edge.size, TILE_WIDTH)
        edge.append(tree.entries(index)[inside:])
        edge.changed.clear()
    return TreeHead(edge.size, edge.root())
