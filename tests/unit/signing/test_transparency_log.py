"""Checkpoints and receipts: what counts, and why another one does not."""

import pytest
from builders_notes import ORIGIN, SIGNER, TRUSTED, MemoryNoteSigner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.domain.errors import InvalidIdentifierError
from passport.signing.merkle_tree import (
    BrokenPathError,
    BrokenTileError,
    EntryMismatchError,
    LogRewrittenError,
    RightEdge,
    consistency_path,
    decode_entries,
    inclusion_path,
    node_reader,
)
from passport.signing.multibase import encode_base58btc
from passport.signing.transparency_log import (
    Checkpoint,
    ForgedCheckpointError,
    KeyNoteSigner,
    MalformedReceiptError,
    NoteKey,
    TrustedLog,
    UnknownLogError,
    make_receipt,
    parse_note_key,
    sign_checkpoint,
    verify_checkpoint,
    verify_extension,
    verify_receipt,
)

ENTRIES = [bytes([number]) * 32 for number in range(10)]


def a_tree(size: int = 10) -> RightEdge:
    tree = RightEdge(0, {})
    tree.append(ENTRIES[:size])
    return tree


def a_checkpoint(size: int = 10, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin=origin, size=size, root=a_tree(size).root())


def a_receipt(index: int = 3, note: str = "") -> str:
    tree = a_tree()
    node = node_reader(lambda level, at: tree.changed[level, at])
    path = inclusion_path(index, tree.size, node)
    return make_receipt(index, path, note or sign_checkpoint(a_checkpoint(), SIGNER))


def test_a_receipt_proves_its_entry():
    assert verify_receipt(a_receipt(3), ENTRIES[3], [TRUSTED]) == a_checkpoint()


def test_a_receipt_has_the_lines_of_the_specification():
    lines = a_receipt(9).split("\n")

    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 9"]
    assert lines[4:7] == ["", ORIGIN, "10"]
    assert lines[9].startswith(f"\N{EM DASH} {ORIGIN} ")
    assert lines[10:] == [""]


def test_what_stands_in_the_extra_line_is_passed_over():
    receipt = a_receipt().replace("index", "extra AAAA\nindex", 1)

    assert verify_receipt(receipt, ENTRIES[3], [TRUSTED]).size == 10


def test_a_witness_beside_the_log_is_passed_over():
    witness = MemoryNoteSigner("witness.example", Ed25519PrivateKey.generate())
    cosigned = sign_checkpoint(a_checkpoint(), SIGNER)
    cosigned += sign_checkpoint(a_checkpoint(), witness).rpartition("\n\n")[2]

    assert verify_checkpoint(cosigned, [TRUSTED]) == a_checkpoint()


def test_a_receipt_for_another_entry_is_refused():
    with pytest.raises(EntryMismatchError, match="does not belong to entry 0404"):
        verify_receipt(a_receipt(3), ENTRIES[4], [TRUSTED])


def test_a_receipt_of_another_log_is_refused():
    other = TrustedLog(
        origin="other.example/log", key=NoteKey("other.example/log", SIGNER.key.public_key)
    )

    with pytest.raises(UnknownLogError, match=r"passport\.example/log"):
        verify_receipt(a_receipt(), ENTRIES[3], [other])


def test_a_trusted_key_under_another_origin_is_refused():
    note = sign_checkpoint(a_checkpoint(origin="other.example/log"), SIGNER)

    with pytest.raises(UnknownLogError, match=r"other\.example/log"):
        verify_checkpoint(note, [TRUSTED])


def test_a_receipt_without_a_hash_of_its_path_is_refused():
    lines = a_receipt(3).split("\n")
    del lines[2]

    with pytest.raises(BrokenPathError, match="ends before it reaches the root"):
        verify_receipt("\n".join(lines), ENTRIES[3], [TRUSTED])


def test_a_checkpoint_with_another_size_is_forged():
    forged = sign_checkpoint(a_checkpoint(), SIGNER).replace("\n10\n", "\n11\n")

    with pytest.raises(ForgedCheckpointError, match=f"{ORIGIN} did not sign"):
        verify_checkpoint(forged, [TRUSTED])


def test_a_checkpoint_signed_with_another_key_under_the_same_key_id_is_forged():
    thief = MemoryNoteSigner(ORIGIN, Ed25519PrivateKey.generate())
    thief.key = SIGNER.key

    with pytest.raises(ForgedCheckpointError):
        verify_checkpoint(sign_checkpoint(a_checkpoint(), thief), [TRUSTED])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 3", "index 03"),
        ("index 3", "index -3"),
        ("index 3", "index " + "9" * 30),
        ("index 3", "number 3"),
        ("index 3\n", "index 3\nAAAA\n"),
        (f"\n{ORIGIN}\n10\n", f"\n{ORIGIN}\n010\n"),
        (f"\n{ORIGIN}\n10\n", f"\n{ORIGIN}\n"),
        (f"\n\n{ORIGIN}\n", f"\n{ORIGIN}\n"),
        ("\N{EM DASH} ", "- "),
        (f"\N{EM DASH} {ORIGIN} ", f"\N{EM DASH} {ORIGIN} !"),
        ("index 3", "index 3" + "\nA" * 100_000),
    ],
)
def test_a_text_of_another_form_is_no_receipt(old, new):
    receipt = a_receipt(3)
    assert old in receipt

    with pytest.raises(MalformedReceiptError):
        verify_receipt(receipt.replace(old, new, 1), ENTRIES[3], [TRUSTED])


def test_a_receipt_cut_before_the_signature_is_no_receipt():
    with pytest.raises(MalformedReceiptError, match="signature lines"):
        verify_receipt(a_receipt()[:-1], ENTRIES[3], [TRUSTED])


def test_a_hash_in_another_base64_writing_is_refused():
    receipt = a_receipt(3)
    line = receipt.split("\n")[2]
    assert line.endswith("=")
    padding = chr(ord(line[-2]) + 1)

    with pytest.raises(MalformedReceiptError, match="no SHA-256 hash"):
        verify_receipt(receipt.replace(line, line[:-2] + padding + "="), ENTRIES[3], [TRUSTED])


def test_a_key_is_read_as_it_was_written():
    assert parse_note_key(SIGNER.key.text) == SIGNER.key


def test_the_published_key_of_the_go_checksum_database_is_read():
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

    key = parse_note_key(text)

    assert key.name == "sum.golang.org"
    assert key.key_id.hex() == "033de0ae"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "sum.golang.org+033de0ae+Ac4zctda0e5eza",
        "sum golang+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        NoteKey("two words", bytes(32)).text,
        NoteKey("", bytes(32)).text,
        NoteKey("short", bytes(31)).text,
    ],
)
def test_a_text_that_is_no_key_is_refused(text):
    with pytest.raises(InvalidIdentifierError, match="no verifier key"):
        parse_note_key(text)


class MemoryKey:
    """SigningKey that shows whatever public half it is given."""

    key_id = "did:web:passport.example#key-1"
    cryptosuite = "eddsa-rdfc-2022"

    def __init__(self, multikey: bytes) -> None:
        self.public_key_multibase = encode_base58btc(multikey)

    def sign(self, data: bytes) -> bytes:
        return SIGNER.sign(data)


def test_a_key_of_the_keystore_signs_checkpoints():
    signer = KeyNoteSigner(ORIGIN, MemoryKey(b"\xed\x01" + SIGNER.key.public_key))

    assert verify_checkpoint(sign_checkpoint(a_checkpoint(), signer), [TRUSTED]).size == 10


def test_a_key_of_another_kind_signs_no_checkpoint():
    with pytest.raises(InvalidIdentifierError, match="cannot sign a log"):
        KeyNoteSigner(ORIGIN, MemoryKey(b"\x80\x24" + bytes(33)))


def test_a_grown_log_extends_its_older_checkpoint():
    tree = a_tree()
    node = node_reader(lambda level, at: tree.changed[level, at])
    path = consistency_path(6, 10, node)

    verify_extension(a_checkpoint(6), a_checkpoint(10), path)
    another = Checkpoint(origin=ORIGIN, size=6, root=bytes(32))
    with pytest.raises(LogRewrittenError):
        verify_extension(another, a_checkpoint(10), path)


def test_a_checkpoint_of_another_log_extends_nothing():
    with pytest.raises(UnknownLogError, match="does not extend"):
        verify_extension(a_checkpoint(10), a_checkpoint(10, origin="other.example"), [])


def test_a_bundle_cut_inside_an_entry_is_refused():
    with pytest.raises(BrokenTileError, match="ends inside an entry"):
        decode_entries(b"\x00\x20" + bytes(31))


def test_a_tile_without_the_hash_it_should_hold_is_refused():
    node = node_reader(lambda _level, _index: bytes(64))

    with pytest.raises(BrokenTileError, match="tile 0/0 ends before hash 4"):
        node(2, 0)
