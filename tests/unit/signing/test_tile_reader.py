"""Proofs out of published tiles: right, small, and from few reads."""

import random

import pytest
from builders_notes import ORIGIN, SIGNER, TRUSTED
from builders_published import PublishedLog

from passport.signing.merkle_tree import (
    BrokenTileError,
    EntryMismatchError,
    RightEdge,
    edge_tiles,
    verify_inclusion,
)
from passport.signing.tile_reader import PublishedTree, append_entries
from passport.signing.transparency_log import (
    Checkpoint,
    make_receipt,
    sign_checkpoint,
    verify_extension,
    verify_receipt,
)

ENTRIES = 20_000
MOST_TILES = 10
MOST_BYTES = 1_200


@pytest.fixture(scope="module")
def log():
    return PublishedLog(ENTRIES)


@pytest.mark.parametrize("index", [0, 255, 256, 12_345, 19_968, ENTRIES - 1])
def test_a_proof_of_20000_entries_is_small_and_takes_few_tiles(log, index):
    tree = PublishedTree(ENTRIES, log.fetch)

    receipt = make_receipt(index, tree.inclusion(index), log.note())

    assert verify_receipt(receipt, log.entries[index], [TRUSTED]) == log.checkpoint()
    assert len(receipt.encode()) <= MOST_BYTES
    assert tree.tiles_read <= MOST_TILES


@pytest.mark.parametrize("old_size", [1, 255, 256, 257, 10_000, ENTRIES - 1, ENTRIES])
def test_a_consistency_proof_of_20000_entries_takes_few_tiles(log, old_size):
    older = PublishedLog(old_size).checkpoint()
    tree = PublishedTree(ENTRIES, log.fetch)

    verify_extension(older, log.checkpoint(), tree.consistency(old_size))

    assert tree.tiles_read <= MOST_TILES
    assert tree.root(old_size) == older.root


def test_appending_touches_the_right_edge_alone():
    tree = RightEdge(0, {})
    touched = []
    for number in range(ENTRIES):
        tree.append([number.to_bytes(32)])
        touched.append(len(tree.changed))
        tree.changed.clear()

    assert max(touched) <= len(list(edge_tiles(ENTRIES))) + 1


def test_an_older_edge_and_the_entries_since_give_the_newest_tree(log):
    tree = PublishedTree(ENTRIES, log.fetch)
    old_size = random.Random(7).randrange(ENTRIES)  # noqa: S311 - a repeatable size, no secret

    edge = tree.edge(old_size)

    assert edge.root() == PublishedLog(old_size).checkpoint().root
    assert append_entries(edge, tree) == log.checkpoint().head


def test_a_bundle_with_an_entry_less_is_broken():
    log = PublishedLog(300)
    log.entries.pop()

    with pytest.raises(BrokenTileError, match=r"tile/entries/001\.p/44 has 43 entries"):
        PublishedTree(300, log.fetch).entries(1)


def test_a_changed_tile_gives_a_proof_that_proves_nothing():
    log = PublishedLog(300)
    original = log.tile
    log.tile = lambda level, index, width: bytes(32) + original(level, index, width)[32:]
    tree = PublishedTree(300, log.fetch)

    with pytest.raises(EntryMismatchError):
        verify_inclusion(log.entries[5], 5, log.checkpoint().head, tree.inclusion(5))


def test_the_proof_of_a_log_of_a_long_name_is_still_small():
    checkpoint = Checkpoint(origin=ORIGIN, size=10**6, root=bytes(32))
    receipt = make_receipt(10**6 - 1, [bytes(32)] * 20, sign_checkpoint(checkpoint, SIGNER))

    assert len(receipt.encode()) <= MOST_BYTES
