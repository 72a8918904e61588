"""A log as files that anybody may read, without a database."""

from hashlib import sha256

from builders_notes import ORIGIN, SIGNER, MemoryNoteSigner

from passport.signing.merkle_tree import (
    HASH_BYTES,
    TILE_WIDTH,
    RightEdge,
    encode_entries,
    parse_tile_path,
)
from passport.signing.tile_reader import TileMissingError
from passport.signing.transparency_log import Checkpoint, sign_checkpoint


class PublishedLog:
    """Serves checkpoint, tiles and entries by address; counts what was read."""

    def __init__(self, size: int, *, first: int = 0, signer: MemoryNoteSigner = SIGNER) -> None:
        self.entries: list[bytes] = []
        self.read: list[str] = []
        self._tree = RightEdge(0, {})
        self._signer = signer
        self._first = first
        self.grow(size)

    def grow(self, size: int) -> None:
        numbers = range(self._first + len(self.entries), self._first + len(self.entries) + size)
        new = [sha256(str(number).encode()).digest() for number in numbers]
        self.entries += new
        self._tree.append(new)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(origin=ORIGIN, size=len(self.entries), root=self._tree.root())

    def note(self) -> str:
        return sign_checkpoint(self.checkpoint(), self._signer)

    def tile(self, level: int, index: int, width: int) -> bytes:
        hashes = self._tree.changed.get((level, index), b"")[: width * HASH_BYTES]
        if len(hashes) < width * HASH_BYTES:
            raise TileMissingError(f"there is no tile {level}/{index} of {width}")
        return hashes

    def fetch(self, path: str) -> bytes:
        self.read.append(path)
        if path == "checkpoint":
            return self.note().encode()
        address = parse_tile_path(path)
        if address.level is not None:
            return self.tile(address.level, address.index, address.width)
        first = address.index * TILE_WIDTH
        return encode_entries(self.entries[first : first + address.width])
