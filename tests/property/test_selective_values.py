"""Laws of the proof values of ecdsa-sd-2023: what is written is read, the rest is refused."""

import contextlib

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from passport.signing.errors import ProofValueError
from passport.signing.multibase import decode_base64url, encode_base64url
from passport.signing.selective_disclosure_values import (
    BaseProofValue,
    DerivedProofValue,
    decode_base_proof,
    decode_derived_proof,
    encode_base_proof,
    encode_derived_proof,
)

signatures = st.binary(min_size=64, max_size=64)
keys = st.binary(min_size=35, max_size=35)
labels = st.lists(st.binary(min_size=32, max_size=32), max_size=8, unique=True)
base_values = st.builds(
    BaseProofValue,
    base_signature=signatures,
    public_key=keys,
    hmac_key=st.binary(min_size=32, max_size=32),
    signatures=st.lists(signatures, max_size=40),
    mandatory_pointers=st.lists(st.text(max_size=300).map("/{}".format), max_size=30),
)
derived_values = st.builds(
    DerivedProofValue,
    base_signature=signatures,
    public_key=keys,
    signatures=st.lists(signatures, max_size=40),
    labels=labels.map(lambda items: dict(enumerate(items))),
    mandatory_indexes=st.sets(st.integers(0, 1999), max_size=300).map(sorted),
)


@given(base_values)
def test_a_base_proof_is_read_as_it_was_written_here_and_by_another_library(value):
    text = encode_base_proof(value)

    assert decode_base_proof(text) == value
    assert cbor2.loads(decode_base64url(text)).value == [
        value.base_signature,
        value.public_key,
        value.hmac_key,
        value.signatures,
        value.mandatory_pointers,
    ]


@given(derived_values)
def test_a_derived_proof_is_read_as_it_was_written_here_and_by_another_library(value):
    text = encode_derived_proof(value)

    assert decode_derived_proof(text) == value
    assert cbor2.loads(decode_base64url(text)).value == [
        value.base_signature,
        value.public_key,
        value.signatures,
        value.labels,
        value.mandatory_indexes,
    ]


@given(value=derived_values, place=st.integers(0, 100_000), byte=st.integers(0, 255))
def test_a_derived_proof_with_a_changed_byte_is_another_value_or_refused(value, place, byte):
    data = bytearray(decode_base64url(encode_derived_proof(value)))
    place %= len(data)
    is_other = data[place] != byte
    data[place] = byte

    with contextlib.suppress(ProofValueError):
        assert (decode_derived_proof(encode_base64url(bytes(data))) != value) is is_other


@given(st.binary(max_size=400), st.sampled_from([b"\xd9\x5d\x00\x85", b"\xd9\x5d\x01\x85", b""]))
def test_whatever_bytes_come_they_are_read_or_refused(data, start):
    text = encode_base64url(start + data)

    for decode in (decode_base_proof, decode_derived_proof):
        with contextlib.suppress(ProofValueError):
            assert decode(text) == decode(text)
