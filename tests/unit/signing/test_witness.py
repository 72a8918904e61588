"""Cosignatures: what a witness signs, and what does not count as its word."""

import base64
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from builders_notes import ORIGIN, SIGNER, TRUSTED, MemoryNoteSigner, a_witness_signer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from passport.domain.errors import InvalidIdentifierError
from passport.signing.transparency_log import (
    Checkpoint,
    MalformedReceiptError,
    NoteKey,
    sign_checkpoint,
    signature_line,
    verify_checkpoint,
)
from passport.signing.witness import (
    AddCheckpoint,
    ForgedCosignatureError,
    cosign,
    parse_add_checkpoint,
    parse_witness_key,
    verify_cosignatures,
    with_cosignatures,
)

SEEN_AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


def a_witness(name: str = "witness.example/w1") -> MemoryNoteSigner:
    return a_witness_signer(name)


def a_note(size: int = 7) -> str:
    return sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=bytes(32)), SIGNER)


def test_a_cosignature_tells_who_saw_the_checkpoint_and_when():
    witness, another = a_witness(), a_witness("witness.example/w2")
    note = with_cosignatures(a_note(), [cosign(a_note(), witness, SEEN_AT)])

    assert verify_cosignatures(note, [another.key, witness.key]) == {witness.key.name: SEEN_AT}
    assert verify_checkpoint(note, [TRUSTED]).size == 7


def test_a_cosignature_has_the_bytes_of_the_specification():
    witness = a_witness()
    line = cosign(a_note(), witness, SEEN_AT)

    mark, name, encoded = line.rstrip("\n").split(" ")
    blob = base64.b64decode(encoded)

    assert (mark, name) == ("\N{EM DASH}", "witness.example/w1")
    named = b"witness.example/w1\n\x04" + witness.key.public_key
    assert blob[:4] == sha256(named).digest()[:4]
    assert blob[4:12] == int(SEEN_AT.timestamp()).to_bytes(8)
    signed = f"cosignature/v1\ntime {int(SEEN_AT.timestamp())}\n" + a_note().partition("\n\n")[0]
    public_key = Ed25519PublicKey.from_public_bytes(witness.key.public_key)
    public_key.verify(blob[12:], f"{signed}\n".encode())


def test_the_key_of_a_witness_is_no_key_of_a_log():
    witness = a_witness()

    assert parse_witness_key(witness.key.text) == witness.key
    assert NoteKey(witness.key.name, witness.key.public_key).key_id != witness.key.key_id
    with pytest.raises(InvalidIdentifierError, match="no verifier key"):
        parse_witness_key(SIGNER.key.text)


def test_a_cosignature_of_another_checkpoint_is_refused():
    witness = a_witness()
    note = with_cosignatures(a_note(8), [cosign(a_note(7), witness, SEEN_AT)])

    with pytest.raises(ForgedCosignatureError, match=r"witness\.example/w1"):
        verify_cosignatures(note, [witness.key])


@pytest.mark.parametrize("seconds", [0, 2**63, 2**64 - 1])
def test_a_cosignature_with_another_time_is_refused(seconds):
    witness = a_witness()
    signature = base64.b64decode(cosign(a_note(), witness, SEEN_AT).split(" ")[2])[12:]
    line = signature_line(witness.key, seconds.to_bytes(8) + signature)

    with pytest.raises(ForgedCosignatureError, match="did not sign"):
        verify_cosignatures(with_cosignatures(a_note(), [line]), [witness.key])


def test_a_cosignature_of_a_year_no_calendar_has_is_refused():
    witness = a_witness()
    message = f"cosignature/v1\ntime {2**62}\n" + a_note().partition("\n\n")[0] + "\n"
    line = signature_line(witness.key, (2**62).to_bytes(8) + witness.sign(message.encode()))

    with pytest.raises(ForgedCosignatureError, match="did not sign"):
        verify_cosignatures(with_cosignatures(a_note(), [line]), [witness.key])


def test_a_plain_signature_of_a_witness_is_no_cosignature():
    witness = a_witness()
    line = signature_line(witness.key, witness.sign(a_note().encode()))

    with pytest.raises(ForgedCosignatureError, match="has 64 bytes"):
        verify_cosignatures(with_cosignatures(a_note(), [line]), [witness.key])


def test_a_request_to_a_witness_is_read_as_it_was_written():
    asked = AddCheckpoint(old_size=3, path=(bytes(32), bytes([1]) * 32), note=a_note())

    assert parse_add_checkpoint(asked.to_bytes()) == asked


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 3\n",
        b"new 3\n\nnote",
        b"old 03\n\nnote",
        b"old 3\nAAAA\n\nnote",
        b"old 3\n" + (b"A" * 43 + b"=\n") * 64 + b"\nnote",
        b"old 3\n\n\xff",
        b"old 3\n\n" + b"a" * 70_000,
    ],
)
def test_a_request_of_another_form_is_refused(body):
    with pytest.raises(MalformedReceiptError):
        parse_add_checkpoint(body)
