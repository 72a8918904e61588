"""A Merkle tree over the entries of the log, and the tiles it is stored and served in.

Source: RFC 6962, section 2.1; C2SP tlog-tiles.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from passport.domain.errors import InvalidIdentifierError, InvalidValueError, PassportError

HASH_BYTES = 32
TILE_WIDTH = 256
"""Hashes in a full tile: a subtree of height 8."""
EMPTY_ROOT = sha256(b"").digest()

_TILE_HEIGHT = 8
_HIGHEST_LEVEL = 63
_LARGEST_INDEX = 2**63
_PATH_GROUP = 1000
"""Indexes are written in groups of three digits."""
_LENGTH_BYTES = 2
"""Bytes of the length before an entry in a bundle."""

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree of 2**height leaves, by height and place from the left."""
TileReader = Callable[[int, int], bytes]
"""Gives the hashes of a tile, by level and index; it may hold more than an older tree had."""


class ReceiptRefusedError(PassportError):
    """A receipt or checkpoint proves nothing."""

    code = "receipt-refused"


class BrokenPathError(ReceiptRefusedError):
    """The proof has not as many hashes as a tree of this size needs."""

    code = "receipt-path-broken"


class EntryMismatchError(ReceiptRefusedError):
    """The proof does not lead from this entry to the root of the checkpoint."""

    code = "receipt-entry-mismatch"


class LogRewrittenError(PassportError):
    """A later state of the log does not extend an earlier one."""

    code = "log-rewritten"


class BrokenTileError(InvalidValueError):
    """A tile or a bundle of entries is shorter than its own size says."""

    code = "log-tile-broken"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A tree at one size, named by its root."""

    size: int
    root: bytes


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into the one above them."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(size: int, node: NodeReader) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: NodeReader) -> tuple[bytes, ...]:
    """Return the hashes beside the way from a leaf to the root, from the leaf upwards.

    Source: RFC 6962, section 2.1.1.
    """
    path = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _left_size(end - first)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(first, middle, node))
            first = middle
    return tuple(reversed(path))


def consistency_path(old_size: int, new_size: int, node: NodeReader) -> tuple[bytes, ...]:
    """Return the hashes that show an older tree inside a newer one.

    Source: RFC 6962, section 2.1.2.
    """
    if old_size in {0, new_size}:
        return ()
    path = []
    first, end, is_left_edge = 0, new_size, True
    while end != old_size:
        middle = first + _left_size(end - first)
        if old_size <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(first, middle, node))
            first, is_left_edge = middle, False
    if not is_left_edge:
        path.append(_range_hash(first, end, node))
    return tuple(reversed(path))


def verify_inclusion(entry: bytes, index: int, head: TreeHead, path: Sequence[bytes]) -> None:
    """Check that an entry stands at an index of a tree.

    Raises:
        BrokenPathError: The path has another length than this place needs.
        EntryMismatchError: The path leads from this entry to another root.
    """
    if not 0 <= index < head.size:
        raise BrokenPathError(f"index {index} in a log of {head.size} entries")
    if _replay_inclusion(leaf_hash(entry), index, head.size, path) != head.root:
        raise EntryMismatchError(
            f"the receipt for index {index} does not belong to entry {entry.hex()}"
        )


def verify_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    """Check that a newer tree begins with an older one.

    Raises:
        BrokenPathError: The path has another length than these sizes need.
        LogRewrittenError: The newer tree is smaller, or does not begin with the older one.
    """
    if new.size < old.size:
        raise LogRewrittenError(f"the log shrank from {old.size} to {new.size} entries")
    if old.size in {0, new.size} and path:
        raise BrokenPathError(
            f"{len(path)} hashes from {old.size} to {new.size}, where none belong"
        )
    if old.size == 0:
        old_root, new_root = EMPTY_ROOT, new.root
    else:
        old_root, new_root = _replay_consistency(old.size, new.size, path, old.root)
    if (old_root, new_root) != (old.root, new.root):
        raise LogRewrittenError(
            f"the log with {new.size} entries does not begin with what it had at {old.size}"
        )


def _left_size(size: int) -> int:
    """Leaves of the left subtree: the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _range_hash(first: int, end: int, node: NodeReader) -> bytes:
    """Hash the leaves from ``first`` to ``end``; such ranges begin at a multiple of their size."""
    size = end - first
    if size & (size - 1) == 0:
        return node(size.bit_length() - 1, first // size)
    middle = first + _left_size(size)
    return node_hash(_range_hash(first, middle, node), _range_hash(middle, end, node))


def _replay_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    if size == 1:
        if path:
            raise BrokenPathError(f"{len(path)} hashes more than this place needs")
        return leaf
    *below, sibling = _not_ended(path)
    left = _left_size(size)
    if index < left:
        return node_hash(_replay_inclusion(leaf, index, left, below), sibling)
    return node_hash(sibling, _replay_inclusion(leaf, index - left, size - left, below))


def _replay_consistency(
    old_size: int, new_size: int, path: Sequence[bytes], known: bytes | None
) -> tuple[bytes, bytes]:
    """Return both roots; ``known`` is the older one as long as it is a left subtree itself."""
    if old_size == new_size:
        *more, shared = (*path, known) if known is not None else _not_ended(path)
        if more:
            raise BrokenPathError(f"{len(more)} hashes more than these sizes need")
        return shared, shared
    *below, sibling = _not_ended(path)
    left = _left_size(new_size)
    if old_size <= left:
        old, new = _replay_consistency(old_size, left, below, known)
        return old, node_hash(new, sibling)
    old, new = _replay_consistency(old_size - left, new_size - left, below, None)
    return node_hash(sibling, old), node_hash(sibling, new)


def _not_ended(path: Sequence[bytes]) -> Sequence[bytes]:
    if not path:
        raise BrokenPathError("the proof ends before it reaches the root")
    return path


# Tiles


@dataclass(frozen=True, slots=True, kw_only=True)
class TileAddress:
    """Where a tile stands; ``level`` ``None`` is a bundle of entries.

    >>> TileAddress(level=0, index=1234067, width=12).path
    'tile/0/x001/x234/067.p/12'
    """

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The address below the prefix of the log."""
        level = "entries" if self.level is None else self.level
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_index_path(self.index)}{partial}"


def parse_tile_path(path: str) -> TileAddress:
    """Read ``tile/<L>/<N>[.p/<W>]`` or ``tile/entries/<N>[.p/<W>]``.

    Raises:
        InvalidIdentifierError: The path is not exactly of this form.
    """
    _, _, rest = path.partition("tile/")
    level, _, place = rest.partition("/")
    index, dot, width = place.partition(".p/")
    groups = index.split("/")
    digits = "".join(group.removeprefix("x") for group in groups)
    numbers = (digits, width if dot else "1", "0" if level == "entries" else level)
    if all(number.isascii() and number.isdigit() for number in numbers):
        address = TileAddress(
            level=None if level == "entries" else int(level),
            index=int(digits),
            width=int(width) if dot else TILE_WIDTH,
        )
        is_in_bounds = (
            (address.level or 0) <= _HIGHEST_LEVEL
            and address.index < _LARGEST_INDEX
            and 1 <= address.width < TILE_WIDTH + (not dot)
        )
        if is_in_bounds and address.path == path:
            return address
    raise InvalidIdentifierError(f"{path!r} is no tile; write tile/0/x001/067 or .../067.p/12")


def edge_tiles(size: int) -> Iterator[TileAddress]:
    """Yield the tiles at the right edge of a tree that are not full, from the leaves upwards."""
    level, count = 0, size
    while count:
        full, width = divmod(count, TILE_WIDTH)
        if width:
            yield TileAddress(level=level, index=full, width=width)
        level, count = level + 1, full


def node_reader(read_tile: TileReader) -> NodeReader:
    """Read subtrees of every height from tiles."""

    def node(height: int, place: int) -> bytes:
        level, inner = divmod(height, _TILE_HEIGHT)
        tile, offset = divmod(place << inner, TILE_WIDTH)
        start, end = offset * HASH_BYTES, (offset + (1 << inner)) * HASH_BYTES
        hashes = read_tile(level, tile)[start:end]
        if len(hashes) != end - start:
            raise BrokenTileError(f"tile {level}/{tile} ends before hash {offset + (1 << inner)}")
        return _complete_hash(_split_hashes(hashes))

    return node


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Write an entry bundle: each entry after its length in two bytes."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


def decode_entries(bundle: bytes) -> tuple[bytes, ...]:
    """Read an entry bundle.

    Raises:
        BrokenTileError: The bundle ends inside an entry.
    """
    entries, start = [], 0
    while start < len(bundle):
        body = start + _LENGTH_BYTES
        end = body + int.from_bytes(bundle[start:body])
        if end > len(bundle):
            raise BrokenTileError(f"entry bundle of {len(bundle)} bytes ends inside an entry")
        entries.append(bundle[body:end])
        start = end
    return tuple(entries)


class RightEdge:
    """The unfinished tiles of a tree: all that appending and the root need."""

    def __init__(self, size: int, tiles: Mapping[int, bytes]) -> None:
        """Begin at a tree of ``size`` leaves with its unfinished tiles by level."""
        self.size = size
        self.changed: dict[tuple[int, int], bytes] = {}
        """Hashes of each tile touched since, by level and index."""
        self._tiles = {level: _split_hashes(hashes) for level, hashes in tiles.items()}
        self._touched: set[int] = set()

    def append(self, entries: Iterable[bytes]) -> None:
        """Add entries at the end."""
        for entry in entries:
            self._push(0, leaf_hash(entry))
            self.size += 1
        for address in edge_tiles(self.size):
            level = address.level or 0
            if level in self._touched:
                self.changed[level, address.index] = b"".join(self._tiles[level])

    def root(self) -> bytes:
        """Return the root of the tree."""
        subtrees = [
            subtree
            for level in sorted(self._tiles, reverse=True)
            for subtree in _complete_subtrees(self._tiles[level])
        ]
        if not subtrees:
            return EMPTY_ROOT
        root = subtrees.pop()
        while subtrees:
            root = node_hash(subtrees.pop(), root)
        return root

    def _push(self, level: int, digest: bytes) -> None:
        tile = self._tiles.setdefault(level, [])
        tile.append(digest)
        self._touched.add(level)
        if len(tile) == TILE_WIDTH:
            self.changed[level, self.size >> _TILE_HEIGHT * (level + 1)] = b"".join(tile)
            self._tiles[level] = []
            self._push(level + 1, _complete_hash(tile))


def _split_hashes(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def _complete_hash(hashes: Sequence[bytes]) -> bytes:
    """Hash a power of two of neighbouring subtrees into one."""
    while len(hashes) > 1:
        hashes = [
            node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)
        ]
    return hashes[0]


def _complete_subtrees(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the largest complete subtrees over a row of hashes, from the left."""
    start = 0
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> bit & 1:
            yield _complete_hash(hashes[start : start + (1 << bit)])
            start += 1 << bit


def _index_path(index: int) -> str:
    head, last = divmod(index, _PATH_GROUP)
    groups = [f"{last:03}"]
    while head:
        head, group = divmod(head, _PATH_GROUP)
        groups.append(f"x{group:03}")
    return "/".join(reversed(groups))
