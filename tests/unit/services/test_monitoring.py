"""A follower of a log tells growth from rewriting."""

from dataclasses import replace

import orjson
import pytest
from builders_notes import ORIGIN, TRUSTED, MemoryNoteSigner
from builders_published import PublishedLog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.services.monitoring import (
    MonitorStateError,
    log_prefix,
    look_at_log,
    read_state,
    write_state,
)
from passport.signing.merkle_tree import BrokenTileError
from passport.signing.tile_reader import TileMissingError
from passport.signing.transparency_log import (
    ForgedCheckpointError,
    UnknownLogError,
    sign_checkpoint,
)


def look(log, kept=None, *, entries=False, logs=(TRUSTED,)):
    return look_at_log(kept, fetch=log.fetch, logs=logs, reads_entries=entries)


@pytest.mark.parametrize("entries", [False, True])
def test_a_log_that_grows_extends_what_was_seen(entries):
    log = PublishedLog(300)
    first = look(log, entries=entries)
    log.grow(700)

    second = look(log, first.checkpoint, entries=entries)

    assert (first.verdict, second.verdict) == ("first", "extended")
    assert (second.previous_size, second.size) == (300, 1000)
    assert [first.entries_hashed, second.entries_hashed] == ([300, 700] if entries else [0, 0])
    assert "it begins with the 300 entries seen before" in second.checked


def test_a_log_that_rests_is_unchanged():
    log = PublishedLog(5)

    assert look(log, look(log).checkpoint).verdict == "unchanged"


def test_an_empty_log_grows_too():
    log = PublishedLog(0)
    empty = look(log, entries=True)
    log.grow(3)

    assert look(log, empty.checkpoint, entries=True).verdict == "extended"


class StaleLog(PublishedLog):
    """A log whose newest checkpoint is hidden behind an older one, as by a cache."""

    def __init__(self, size: int, *, shown: str) -> None:
        super().__init__(size)
        self.shown = shown

    def note(self) -> str:
        return self.shown


@pytest.mark.parametrize("older", [0, 1, 256, 300, 699])
def test_an_older_state_that_the_known_tree_begins_with_is_only_stale(older, tmp_path):
    file, known = tmp_path / "state.json", PublishedLog(700)
    write_state(file, look(known))

    sight = look(StaleLog(1000, shown=PublishedLog(older).note()), read_state(file))
    write_state(file, sight)

    assert (sight.verdict, sight.is_rewritten) == ("stale", False)
    assert f"{older} of the 700 entries seen before" in sight.problem
    assert read_state(file) == known.note()
    assert list(tmp_path.iterdir()) == [file]


def test_an_older_state_that_the_known_tree_does_not_begin_with_is_a_fork():
    sight = look(StaleLog(1000, shown=PublishedLog(300, first=1).note()), PublishedLog(700).note())

    assert sight.is_rewritten
    assert "does not begin with what it had at 300" in sight.problem


def test_an_older_state_is_stale_also_where_parts_of_full_tiles_are_dropped():
    log = StaleLog(1024, shown=PublishedLog(300).note())

    def fetch(path: str) -> bytes:
        if path.startswith("tile/0/") and ".p/" in path:
            raise TileMissingError(path)
        return log.fetch(path)

    sight = look_at_log(PublishedLog(700).note(), fetch=fetch, logs=(TRUSTED,), reads_entries=False)

    assert sight.verdict == "stale"


def test_a_log_under_another_name_is_not_compared_with_the_one_followed():
    name = "log.example/second"
    renamed = MemoryNoteSigner(name, Ed25519PrivateKey.generate())
    note = sign_checkpoint(replace(PublishedLog(9).checkpoint(), origin=name), renamed)

    with pytest.raises(UnknownLogError, match=f"calls itself {name}; {ORIGIN} was followed"):
        look(StaleLog(9, shown=note), PublishedLog(9).note())
    with pytest.raises(UnknownLogError, match=f"calls itself {name}; {ORIGIN} was followed"):
        look(StaleLog(9, shown=note), PublishedLog(9).note(), logs=None)


def test_a_log_that_shrank_is_rewritten():
    sight = look(PublishedLog(4), PublishedLog(9).note())

    assert sight.is_rewritten
    assert sight.problem.startswith("the log shrank from 9 to 4 entries")
    assert sight.previous == PublishedLog(9).note()


def test_two_states_of_one_size_are_a_fork():
    sight = look(PublishedLog(9), PublishedLog(9, first=1).note())

    assert sight.is_rewritten
    assert "two states with 9 entries" in sight.problem


def test_a_log_that_changed_an_old_entry_is_rewritten():
    sight = look(PublishedLog(600), PublishedLog(300, first=1).note())

    assert sight.is_rewritten
    assert "does not begin with what it had at 300" in sight.problem


def test_tiles_of_another_tree_than_was_signed_are_told():
    log, other = PublishedLog(300), PublishedLog(300, first=1)
    log.tile = other.tile

    sight = look(log)

    assert sight.is_rewritten
    assert "the tiles are not those of the checkpoint with 300" in sight.problem


def test_entries_that_are_not_those_of_the_tiles_are_told():
    log = PublishedLog(300)
    log.entries[70] = bytes(32)

    assert not look(log).is_rewritten
    sight = look(log, entries=True)

    assert sight.is_rewritten
    assert sight.problem == "the entries are not those of the tree that was signed"


def test_a_checkpoint_of_another_key_is_no_state_of_the_log():
    thief = MemoryNoteSigner(ORIGIN, Ed25519PrivateKey.generate())
    log = PublishedLog(5, signer=thief)

    with pytest.raises(UnknownLogError):
        look(log)
    thief.key = TRUSTED.key
    with pytest.raises(ForgedCheckpointError):
        look(log)


def test_without_a_trust_file_growth_is_checked_and_signatures_are_not():
    log = PublishedLog(5, signer=MemoryNoteSigner(ORIGIN, Ed25519PrivateKey.generate()))

    sight = look(log, logs=None)

    assert sight.checked[0] == "nobody's signature was checked, for want of a trust file"


def test_a_tile_that_is_cut_off_says_nothing_about_the_past():
    log = PublishedLog(300)
    log.tile = lambda *_: bytes(32)

    with pytest.raises(BrokenTileError):
        look(log)


def test_the_state_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "state.json"
    sight = look(PublishedLog(5))

    write_state(file, sight)

    assert read_state(file) == sight.checkpoint
    assert read_state(tmp_path / "none.json") is None


def test_a_rewritten_log_leaves_the_state_and_both_checkpoints(tmp_path):
    file = tmp_path / "state.json"
    write_state(file, look(PublishedLog(9)))
    sight = look(PublishedLog(4), read_state(file))

    write_state(file, sight)

    assert read_state(file) == PublishedLog(9).note()
    evidence = orjson.loads((tmp_path / "state.json.evidence.json").read_bytes())
    assert [evidence["previous"], evidence["checkpoint"]] == [
        PublishedLog(9).note(),
        PublishedLog(4).note(),
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_file_without_state_is_refused(tmp_path, content):
    file = tmp_path / "state.json"
    file.write_bytes(content)

    with pytest.raises(MonitorStateError, match="holds no state"):
        read_state(file)


def test_a_state_that_cannot_be_kept_is_told(tmp_path):
    with pytest.raises(MonitorStateError, match="cannot be written"):
        write_state(tmp_path / "nowhere" / "state.json", look(PublishedLog(1)))


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("https://passport.example", "https://passport.example/log"),
        ("https://passport.example/", "https://passport.example/log"),
        ("https://passport.example/log/", "https://passport.example/log"),
        ("https://logs.example/2027", "https://logs.example/2027"),
    ],
)
def test_the_address_of_a_service_means_its_log(url, prefix):
    assert log_prefix(url) == prefix
