"""Laws of keys: what a key signed it checks, and nothing else."""

import pytest
from builders_signing import NOON, ListKeys, a_canonicalizer, a_credential, a_verification_key
from hypothesis import assume, given
from hypothesis import strategies as st

from passport.domain.errors import PassportError
from passport.signing.errors import ProofError
from passport.signing.keys import KeyKind, new_secret, open_signing_key, parse_multikey
from passport.signing.multibase import encode_base58btc
from passport.signing.proofs import create_proof, verify_proofs

CANONICALIZER = a_canonicalizer()
KEYS = {
    kind: open_signing_key("did:web:maker.example#key-1", kind, new_secret(kind))
    for kind in KeyKind
}
EACH_KIND = pytest.mark.parametrize("kind", KeyKind)
HALF = {KeyKind.ED25519: 32, KeyKind.P256: 32, KeyKind.P384: 48}


@EACH_KIND
@given(data=st.binary(max_size=200))
def test_what_a_key_signs_it_checks_in_full_length(kind, data):
    key = KEYS[kind]

    signature = key.sign(data)

    assert len(signature) == 2 * HALF[kind]
    parse_multikey(key.public_key_multibase).verify(signature, data)


@EACH_KIND
@given(data=st.binary(max_size=40), bit=st.integers(0, 8 * 64 - 1))
def test_a_signature_with_any_bit_changed_does_not_hold(kind, data, bit):
    key = KEYS[kind]
    signature = bytearray(key.sign(data))
    signature[bit // 8] ^= 1 << bit % 8

    with pytest.raises(ProofError):
        parse_multikey(key.public_key_multibase).verify(bytes(signature), data)


@EACH_KIND
@given(signature=st.binary(max_size=100))
def test_bytes_that_nobody_signed_are_refused_and_nothing_stumbles(kind, signature):
    with pytest.raises(ProofError):
        parse_multikey(KEYS[kind].public_key_multibase).verify(signature, b"statement")


@given(data=st.binary(max_size=120))
def test_a_key_is_read_from_its_text_or_refused(data):
    text = encode_base58btc(data)
    try:
        key = parse_multikey(text)
    except PassportError:
        return
    assert key.multibase == text


@EACH_KIND
@given(prefix=st.sampled_from([b"\xed\x01", b"\x80\x24", b"\x81\x24"]), data=st.binary(max_size=64))
def test_bytes_under_the_name_of_a_kind_are_a_key_of_it_or_refused(kind, prefix, data):
    assume(data != b"")
    try:
        key = parse_multikey(encode_base58btc(prefix + data))
    except PassportError:
        return
    signature = KEYS[kind].sign(b"statement")
    with pytest.raises(ProofError):
        key.verify(signature, b"statement")


@EACH_KIND
@given(value=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_a_claim_that_is_changed_does_not_verify(kind, value):
    document = a_credential()
    proof = create_proof(document, key=KEYS[kind], created=NOON, canonicalizer=CANONICALIZER)
    assume(value != document["credentialSubject"]["remark"])
    document["credentialSubject"] |= {"remark": value}

    with pytest.raises(PassportError):
        verify_proofs(
            document | {"proof": proof},
            keys=ListKeys([a_verification_key(KEYS[kind])]),
            at=NOON,
            canonicalizer=CANONICALIZER,
        )
