"""Laws of the log's tree, against the definitions of RFC 6962 written out naively."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.domain.errors import InvalidIdentifierError
from passport.signing.merkle_tree import (
    TILE_WIDTH,
    BrokenPathError,
    EntryMismatchError,
    LogRewrittenError,
    NodeReader,
    RightEdge,
    TileAddress,
    TreeHead,
    consistency_path,
    decode_entries,
    edge_tiles,
    encode_entries,
    inclusion_path,
    node_reader,
    parse_tile_path,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

SMALL_SIZES = range(70)


def entries(size: int) -> list[bytes]:
    return [sha256(str(number).encode()).digest() for number in range(size)]


def naive_root(data: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    split = naive_split(len(data))
    return sha256(b"\x01" + naive_root(data[:split]) + naive_root(data[split:])).digest()


def naive_inclusion(index: int, data: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1."""
    if len(data) == 1:
        return []
    split = naive_split(len(data))
    if index < split:
        return [*naive_inclusion(index, data[:split]), naive_root(data[split:])]
    return [*naive_inclusion(index - split, data[split:]), naive_root(data[:split])]


def naive_consistency(old_size: int, data: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2."""
    if old_size == len(data):
        return [] if whole else [naive_root(data)]
    split = naive_split(len(data))
    if old_size <= split:
        left = naive_consistency(old_size, data[:split], whole=whole)
        return [*left, naive_root(data[split:])]
    right = naive_consistency(old_size - split, data[split:], whole=False)
    return [*right, naive_root(data[:split])]


def naive_split(size: int) -> int:
    split = 1
    while split * 2 < size:
        split *= 2
    return split


def tiles_of(data: Sequence[bytes]) -> tuple[RightEdge, NodeReader]:
    edge = RightEdge(0, {})
    edge.append(data)
    return edge, node_reader(lambda level, index: edge.changed[level, index])


def head(data: Sequence[bytes]) -> TreeHead:
    return TreeHead(len(data), naive_root(data))


def test_every_small_tree_has_the_root_of_the_definition():
    data = entries(70)
    _, node = tiles_of(data)

    for size in SMALL_SIZES:
        edge = RightEdge(0, {})
        edge.append(data[:size])

        assert edge.root() == root_hash(size, node) == naive_root(data[:size])


def test_every_entry_of_every_small_tree_has_the_path_of_the_definition():
    data = entries(70)
    _, node = tiles_of(data)

    for size in SMALL_SIZES:
        for index in range(size):
            path = inclusion_path(index, size, node)

            assert list(path) == naive_inclusion(index, data[:size])
            verify_inclusion(data[index], index, head(data[:size]), path)


def test_every_two_small_trees_have_the_consistency_of_the_definition():
    data = entries(70)
    _, node = tiles_of(data)

    for new_size in SMALL_SIZES:
        for old_size in range(new_size + 1):
            path = consistency_path(old_size, new_size, node)

            if old_size:
                assert list(path) == naive_consistency(old_size, data[:new_size])
            verify_consistency(head(data[:old_size]), head(data[:new_size]), path)


@settings(max_examples=30, deadline=None)
@given(data=st.data(), size=st.integers(1, 3 * TILE_WIDTH))
def test_a_tree_over_several_tiles_proves_every_entry_and_every_older_size(data, size):
    logged = entries(size)
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(0, size))
    edge, node = tiles_of(logged)
    newest = head(logged)

    assert edge.root() == newest.root
    verify_inclusion(logged[index], index, newest, inclusion_path(index, size, node))
    older = head(logged[:old_size])
    verify_consistency(older, newest, consistency_path(old_size, size, node))


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(st.integers(0, 400), min_size=1, max_size=5))
def test_appending_in_steps_gives_the_tiles_of_appending_at_once(steps):
    logged = entries(sum(steps))
    at_once, _ = tiles_of(logged)
    stored: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        edge = RightEdge(
            size,
            {tile.level or 0: stored[tile.level or 0, tile.index] for tile in edge_tiles(size)},
        )
        edge.append(logged[size : size + step])
        stored |= edge.changed
        size = edge.size

    assert stored == at_once.changed
    assert edge.root() == at_once.root()


def test_a_second_level_begins_when_the_first_tile_is_full():
    edge, node = tiles_of(entries(TILE_WIDTH * TILE_WIDTH + 3))

    assert {level: edge.changed[level, 0] for level in (1, 2)} == {
        1: b"".join(naive_root(entries(512)[at : at + 256]) for at in (0, 256))
        + edge.changed[1, 0][64:],
        2: root_hash(TILE_WIDTH * TILE_WIDTH, node),
    }
    assert edge.root() == root_hash(edge.size, node)


@given(
    index=st.integers(0, 39),
    place=st.integers(0, 5),
    bit=st.integers(0, 255),
)
def test_a_path_with_one_bit_changed_proves_nothing(index, place, bit):
    data = entries(40)
    _, node = tiles_of(data)
    path = list(inclusion_path(index, 40, node))
    place %= len(path)
    path[place] = (int.from_bytes(path[place]) ^ 1 << bit).to_bytes(32)

    with pytest.raises(EntryMismatchError):
        verify_inclusion(data[index], index, head(data), path)


@given(size=st.integers(2, 69), data=st.data())
def test_a_path_with_a_hash_more_or_less_is_broken(size, data):
    logged = entries(size)
    index = data.draw(st.integers(0, size - 1))
    _, node = tiles_of(logged)
    path = inclusion_path(index, size, node)

    for wrong in (path[:-1], (*path, path[-1])):
        with pytest.raises((BrokenPathError, EntryMismatchError)):
            verify_inclusion(logged[index], index, head(logged), wrong)


def test_an_index_beyond_the_tree_is_broken():
    with pytest.raises(BrokenPathError, match="index 3 in a log of 3"):
        verify_inclusion(entries(1)[0], 3, head(entries(3)), [])


@given(old_size=st.integers(1, 68), data=st.data())
def test_a_log_that_changed_an_old_entry_is_rewritten(old_size, data):
    new_size = data.draw(st.integers(old_size, 69))
    changed = data.draw(st.integers(0, old_size - 1))
    logged = entries(69)
    forged = [*logged]
    forged[changed] = sha256(b"another").digest()
    _, node = tiles_of(forged)
    path = consistency_path(old_size, new_size, node)

    with pytest.raises(LogRewrittenError):
        verify_consistency(head(logged[:old_size]), head(forged[:new_size]), path)


def test_a_log_that_shrank_is_rewritten():
    with pytest.raises(LogRewrittenError, match="shrank from 5 to 4"):
        verify_consistency(head(entries(5)), head(entries(4)), [])


@pytest.mark.parametrize(("old_size", "new_size"), [(0, 4), (4, 4)])
def test_a_proof_where_none_belongs_is_broken(old_size, new_size):
    with pytest.raises(BrokenPathError, match="where none belong"):
        verify_consistency(head(entries(old_size)), head(entries(new_size)), [b"\x00" * 32])


@given(
    level=st.none() | st.integers(0, 63),
    index=st.integers(0, 2**63 - 1),
    width=st.integers(1, 256),
)
def test_a_tile_path_is_read_as_it_was_written(level, index, width):
    address = TileAddress(level=level, index=index, width=width)

    assert parse_tile_path(address.path) == address


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/67",
        "tile/0/001/067",
        "tile/0/x001/67",
        "tile/00/067",
        "tile/64/067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/07",
        "tile/0/067.p/",
        "tile/x/067",
        "tile//067",
        "tile/0/x000/067",
        "tile/0/\u0660\u0660\u0661",
        "0/067",
        "log/tile/0/067",
        "tile/0/" + "x999/" * 30 + "999",
    ],
)
def test_another_writing_of_a_tile_path_is_refused(path):
    with pytest.raises(InvalidIdentifierError, match="is no tile"):
        parse_tile_path(path)


def test_a_tree_of_70000_has_the_unfinished_tiles_of_the_specification():
    assert [tile.path for tile in edge_tiles(70_000)] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@given(st.lists(st.binary(max_size=70), max_size=9))
def test_a_bundle_gives_back_its_entries(logged):
    assert decode_entries(encode_entries(logged)) == tuple(logged)
