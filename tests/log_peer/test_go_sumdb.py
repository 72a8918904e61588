"""The log as the Go project's own packages for its checksum database see it, and the reverse.

``golang.org/x/mod/sumdb`` verifies what we sign and prove, and we verify what it builds. It knows
no cosignatures: for these it parses the note, and Go's Ed25519 verifies the message that the
specification writes out.
"""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from builders_notes import SIGNER, TRUSTED, a_witness_signer
from builders_published import PublishedLog

from passport.signing.merkle_tree import TreeHead, verify_consistency, verify_inclusion
from passport.signing.tile_reader import PublishedTree
from passport.signing.transparency_log import verify_receipt
from passport.signing.witness import cosign, with_cosignatures

SOURCE = Path(__file__).parent
LIBRARIES = "/usr/share/gocode"
"""Where Debian's package golang-golang-x-mod-dev puts its source."""
SIZES = [1, 2, 3, 7, 8, 70, 255, 256, 257, 1000]


@dataclass(frozen=True)
class GoPeer:
    """The program, one question at a time."""

    process: subprocess.Popen[str]

    def ask(self, do: str, **question: object) -> dict[str, object]:
        encoded = {name: _encoded(value) for name, value in question.items()}
        self.process.stdin.write(json.dumps({"do": do, **encoded}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def _encoded(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list | tuple):
        return [_encoded(one) for one in value]
    return value


def _decoded(answer: dict[str, object], name: str) -> list[bytes]:
    return [base64.b64decode(one) for one in answer.get(name, [])]


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoPeer]:
    """Build the program from the packages of the machine and start it; nothing is fetched."""
    folder = tmp_path_factory.mktemp("go")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": LIBRARIES,
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
    }
    program = folder / "peer"
    subprocess.run(
        ["go", "build", "-o", str(program), "."], cwd=SOURCE, env=environment, check=True
    )
    with subprocess.Popen(
        [str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield GoPeer(process)
        process.stdin.close()


@pytest.mark.parametrize("size", SIZES)
def test_go_builds_the_tree_and_the_tiles_that_we_publish(go: GoPeer, size: int):
    log = PublishedLog(size)

    built = go.ask("build", entries=log.entries, index=-1)

    assert base64.b64decode(built["root"]) == log.checkpoint().root
    for tile in built["tiles"]:
        assert base64.b64decode(tile["data"]) == log.fetch(tile["path"]), tile["path"]


@pytest.mark.parametrize("size", SIZES)
def test_go_verifies_our_proofs_and_we_verify_those_of_go(go: GoPeer, size: int):
    log = PublishedLog(size)
    head = log.checkpoint().head
    for index in {0, size // 3, size - 1}:
        path = list(PublishedTree(size, log.fetch).inclusion(index))
        known = {"size": size, "root": head.root, "index": index}
        assert go.ask("inclusion", entry=log.entries[index], path=path, **known)["ok"]
        assert not go.ask("inclusion", entry=bytes(32), path=path, **known)["ok"]

        theirs = _decoded(go.ask("build", entries=log.entries, index=index), "path")
        assert theirs == path
        verify_inclusion(log.entries[index], index, head, theirs)
    for old_size in {1, size // 2 or 1, size}:
        old = PublishedLog(old_size).checkpoint().head
        path = list(PublishedTree(size, log.fetch).consistency(old_size))
        known = {"size": size, "root": head.root, "old": old_size}
        assert go.ask("consistency", oldRoot=old.root, path=path, **known)["ok"]
        assert not go.ask("consistency", oldRoot=bytes(32), path=path, **known)["ok"]

        theirs = _decoded(go.ask("build", entries=log.entries, old=old_size, index=-1), "path")
        assert theirs == path
        verify_consistency(TreeHead(old_size, old.root), head, theirs)


def test_go_opens_our_checkpoints_with_the_key_we_publish(go: GoPeer):
    log = PublishedLog(9)

    opened = go.ask("open", key=SIGNER.key.text, note=log.note())

    assert opened["text"] == log.checkpoint().text
    forged = go.ask("open", key=SIGNER.key.text, note=log.note().replace("\n9\n", "\n8\n"))
    assert "invalid signature" in forged["error"]


def test_go_opens_a_checkpoint_with_cosignatures_and_verifies_them(go: GoPeer):
    log, witness = PublishedLog(9), a_witness_signer("witness.example/w1")
    seen_at = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
    note = with_cosignatures(log.note(), [cosign(log.note(), witness, seen_at)])
    key = {
        "name": witness.key.name,
        "public": witness.key.public_key,
        "keyHash": int.from_bytes(witness.key.key_id),
    }

    assert go.ask("open", key=SIGNER.key.text, note=note)["ok"]
    assert go.ask("cosigned", note=note, **key)["text"] == str(int(seen_at.timestamp()))
    assert not go.ask("cosigned", note=note.replace("\n9\n", "\n8\n"), **key)["ok"]


def test_what_go_proves_is_a_receipt_for_our_readers(go: GoPeer):
    log = PublishedLog(300)
    entry = sha256(b"77").digest()
    theirs = _decoded(go.ask("build", entries=log.entries, index=77), "path")

    lines = "".join(base64.b64encode(digest).decode() + "\n" for digest in theirs)
    receipt = f"c2sp.org/tlog-proof@v1\nindex 77\n{lines}\n{log.note()}"

    assert verify_receipt(receipt, entry, [TRUSTED]) == log.checkpoint()
