"""What is shown of a document proves itself; whatever else was done to it is refused."""

import copy

import cbor2
import pytest
from builders_selective import a_p256_key, with_base_proof
from builders_signing import (
    NOON,
    ListKeys,
    a_canonicalizer,
    a_credential,
    a_key,
    a_verification_key,
)

from passport.domain.errors import PassportError
from passport.linked_data.json_rules import FOREIGN_DOCUMENTS
from passport.linked_data.rdf_canon import TooComplexError
from passport.signing.errors import (
    AlreadySignedError,
    CryptosuiteUnknownError,
    ProofError,
    ProofInvalidError,
    ProofMalformedError,
    ProofMissingError,
    ProofValueError,
)
from passport.signing.multibase import decode_base64url, encode_base64url
from passport.signing.proofs import FOREIGN_CREDENTIAL, STATEMENT, verify_proofs
from passport.signing.selective_disclosure import derive_document
from passport.signing.selective_disclosure_statements import (
    DisclosurePointerError,
    NotSeparableError,
    parse_pointer,
    select,
)
from passport.signing.selective_disclosure_values import decode_base_proof, decode_derived_proof

KEY = a_p256_key()
CANONICALIZER = a_canonicalizer()
READING = {"canonicalizer": CANONICALIZER, "strictness": FOREIGN_DOCUMENTS}
CAPACITY = "/credentialSubject/ratedCapacityAmpereHours"


def shown(*pointers, **changed):
    base = with_base_proof(a_credential(**changed), key=KEY, **READING)
    return derive_document(base, pointers or (CAPACITY,), **READING)


def verify(document, expected=FOREIGN_CREDENTIAL, key=KEY):
    return verify_proofs(
        document,
        keys=ListKeys([a_verification_key(key)]),
        at=NOON,
        canonicalizer=CANONICALIZER,
        expected=expected,
    )


def parts_of(document):
    """The five parts of a derived proof value, to change one of them."""
    return cbor2.loads(decode_base64url(document["proof"]["proofValue"])).value


def with_parts(document, parts, tag=23809):
    value = encode_base64url(cbor2.dumps(cbor2.CBORTag(tag, parts)))
    return {**document, "proof": {**document["proof"], "proofValue": value}}


def with_value(document, value):
    return {**document, "proof": {**document["proof"], "proofValue": value}}


def test_a_part_shows_what_was_asked_for_and_what_is_mandatory_and_nothing_else():
    document = shown()

    assert document["credentialSubject"] == {
        "id": "https://maker.example/01/09506000134352/21/A1",
        "ratedCapacityAmpereHours": "206.50",
    }
    assert document["issuer"] == "did:web:maker.example"
    assert verify(document)


def test_a_part_does_not_count_where_a_whole_statement_is_expected():
    with pytest.raises(CryptosuiteUnknownError, match="ecdsa-sd-2023"):
        verify(shown(), expected=STATEMENT)


def test_two_base_proofs_of_one_document_share_no_secret():
    first, second = (
        decode_base_proof(with_base_proof(key=KEY, **READING)["proof"]["proofValue"])
        for _ in range(2)
    )

    assert first.hmac_key != second.hmac_key
    assert first.public_key != second.public_key


@pytest.mark.parametrize(
    "change",
    [
        {"validFrom": "2020-01-01T00:00:00Z"},
        {"issuer": "did:web:rival.example"},
        {"id": "https://maker.example/statements/2"},
        {"type": ["VerifiableCredential"]},
        {"credentialSubject": {"id": "https://maker.example/01/09506000134352/21/A1"}},
        {
            "credentialSubject": {
                "id": "https://maker.example/01/09506000134352/21/A2",
                "ratedCapacityAmpereHours": "206.50",
            }
        },
        {
            "credentialSubject": {
                "id": "https://maker.example/01/09506000134352/21/A1",
                "ratedCapacityAmpereHours": "306.50",
            }
        },
        {
            "credentialSubject": {
                "id": "https://maker.example/01/09506000134352/21/A1",
                "ratedCapacityAmpereHours": "206.50",
                "remark": "sealed at 20 degrees",
            }
        },
    ],
)
def test_a_changed_part_is_refused(change):
    with pytest.raises(ProofError):
        verify({**shown(), **change})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("created", "2020-01-01T00:00:00Z"),
        ("proofPurpose", "authentication"),
        ("verificationMethod", "did:web:maker.example#key-9"),
        ("cryptosuite", "ecdsa-rdfc-2019"),
        ("expires", "2040-01-01T00:00:00Z"),
        ("domain", "rival.example"),
        ("nonce", "1"),
        ("previousProof", "urn:proof:1"),
        ("@context", ["https://www.w3.org/ns/credentials/v2"]),
        ("unheardOf", "x"),
    ],
)
def test_a_proof_with_another_member_or_value_is_refused(member, value):
    document = shown()

    with pytest.raises(PassportError):
        verify({**document, "proof": {**document["proof"], member: value}})


def test_statements_of_two_base_proofs_do_not_mix():
    first, second = shown(), shown("/credentialSubject/remark")
    parts = parts_of(first)
    parts[2] = parts_of(second)[2]

    with pytest.raises(ProofInvalidError):
        verify(with_parts(first, parts))


def test_a_statement_cannot_be_moved_from_the_mandatory_ones_to_the_others():
    document = shown()
    parts = parts_of(document)
    parts[4] = parts[4][:-1]

    with pytest.raises(ProofValueError, match="signatures stand in the proof"):
        verify(with_parts(document, parts))


def test_a_part_by_somebody_elses_key_is_refused():
    with pytest.raises(ProofInvalidError):
        verify(shown(), key=a_p256_key(secret=8))


def test_a_part_under_a_key_of_another_kind_is_refused():
    other = a_key(number=2)

    with pytest.raises(CryptosuiteUnknownError, match="takes P-256"):
        verify(shown(), key=other)


def test_an_ed25519_key_makes_no_base_proof():
    with pytest.raises(CryptosuiteUnknownError, match="takes P-256"):
        with_base_proof(key=a_key(), **READING)


def _bigger(parts, place, value):
    return [*parts[:place], value, *parts[place + 1 :]]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p[:4],
        lambda p: [*p, 0],
        lambda p: _bigger(p, 0, p[0][:63]),
        lambda p: _bigger(p, 0, "x" * 64),
        lambda p: _bigger(p, 1, p[1] + b"\0"),
        lambda p: _bigger(p, 1, b"\x80\x24" + bytes(33)),
        lambda p: _bigger(p, 1, b"\xed\x01" + bytes(33)),
        lambda p: _bigger(p, 2, [*p[2], p[2][0]]),
        lambda p: _bigger(p, 2, p[2][0]),
        lambda p: _bigger(p, 2, [one[:10] for one in p[2]]),
        lambda p: _bigger(p, 2, [bytes(64)] * 2_001),
        lambda p: _bigger(p, 3, {0: bytes(32)}),
        lambda p: _bigger(p, 3, {"c14n0": bytes(32)}),
        lambda p: _bigger(p, 3, {0: bytes(31)}),
        lambda p: _bigger(p, 3, {0: bytes(32), 1: bytes(32)}),
        lambda p: _bigger(p, 4, [*p[4], 1_000]),
        lambda p: _bigger(p, 4, [*p[4], p[4][-1]]),
        lambda p: _bigger(p, 4, list(reversed(p[4]))),
        lambda p: _bigger(p, 4, [-1]),
        lambda p: _bigger(p, 4, [1.0]),
        lambda p: _bigger(p, 4, [2**70]),
        lambda _: {"a": 1},
        lambda _: cbor2.CBORTag(2, b"\xff" * 100),
    ],
)
def test_a_proof_value_of_another_make_is_refused(change):
    document = shown()

    with pytest.raises(ProofError):
        verify(with_parts(document, change(parts_of(document))))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "u",
        "z2V0B",
        "u2V0B",
        "u2V0BhQ",
        "u2V0Bn1hAAA",
        "u2V0BhVhA",
        "u2V0BmwAAAAAAAAAB",
        "u" + "A" * 600_000,
        "u2V0BhQ==",
        "u2V0B hQ",
        "u" + "2V0B" * 40_000,
        17,
        None,
        ["u2V0B"],
    ],
)
def test_a_text_that_is_no_derived_proof_is_refused(value):
    with pytest.raises(PassportError):
        verify(with_value(shown(), value))


def test_another_writing_of_the_same_proof_value_is_refused():
    document = shown()
    data = decode_base64url(document["proof"]["proofValue"])
    long_head = data[:3] + b"\x98\x05" + data[4:]
    behind = data + b"\0"

    with pytest.raises(ProofValueError, match="shortest"):
        decode_derived_proof(encode_base64url(long_head))
    with pytest.raises(ProofValueError, match="behind the end"):
        decode_derived_proof(encode_base64url(behind))


def test_cbor_that_marks_bytes_as_a_typed_array_is_read_alike():
    document = shown()
    parts = parts_of(document)
    parts[0] = cbor2.CBORTag(64, parts[0])

    assert verify(with_parts(document, parts))


def test_a_base_proof_proves_nothing_to_others():
    with pytest.raises(ProofValueError, match="derived proof"):
        verify(with_base_proof(key=KEY, **READING))


def test_a_derived_proof_is_no_base_proof():
    with pytest.raises(ProofValueError, match="base proof"):
        derive_document(shown(), [CAPACITY], **READING)


def test_a_document_without_its_own_base_proof_derives_nothing():
    base = with_base_proof(key=KEY, **READING)
    longer = copy.deepcopy(base)
    longer["credentialSubject"]["sealedBy"] = "maker"

    with pytest.raises(ProofMissingError):
        derive_document(a_credential(), [CAPACITY], **READING)
    with pytest.raises(ProofMalformedError, match="one proof"):
        derive_document({**base, "proof": [base["proof"]]}, [CAPACITY], **READING)
    with pytest.raises(CryptosuiteUnknownError):
        derive_document({**base, "proof": {"cryptosuite": "x"}}, [CAPACITY], **READING)
    with pytest.raises(ProofValueError, match="signatures stand in the base proof"):
        derive_document(longer, [CAPACITY], **READING)


def test_a_signed_document_gets_no_base_proof():
    with pytest.raises(AlreadySignedError):
        with_base_proof(with_base_proof(key=KEY, **READING), key=KEY, **READING)


def test_nodes_without_names_keep_their_place_in_a_part():
    document = shown(
        "/credentialSubject/alumniOf/0/name",
        credentialSubject={
            "alumniOf": [
                {"type": "https://example.org/School", "name": "first"},
                {"type": "https://example.org/School", "name": "second"},
            ]
        },
    )

    assert [one["name"] for one in document["credentialSubject"]["alumniOf"]] == ["first"]
    assert verify(document)


def test_an_ordered_list_is_not_signed_part_by_part():
    listed = a_credential()
    listed["credentialSubject"]["https://example.org/order"] = {"@list": ["1", "2"]}

    with pytest.raises(NotSeparableError, match="ordered list"):
        with_base_proof(listed, key=KEY, **READING)


def test_a_document_of_too_many_statements_is_not_signed_one_by_one():
    names = {f"remark{number}": "x" for number in range(2_001)}
    large = a_credential(credentialSubject={"id": "https://maker.example/1", **names})

    with pytest.raises(TooComplexError, match="at most 2000 are signed"):
        with_base_proof(large, key=KEY, **READING)


def test_pointers_merge_and_lists_close_up():
    document = {"a": {"b": ["0", "1", {"c": "2", "d": "3", "id": "urn:x"}], "e": "4"}, "f": "5"}

    assert select(document, ["/a/b/2/c", "/a/b/0"]) == {
        "a": {"b": ["0", {"c": "2", "id": "urn:x"}]}
    }
    assert select(document, ["/a/b/2/c", "/a/b"]) == {"a": {"b": document["a"]["b"]}}
    assert select(document, [""]) == document


@pytest.mark.parametrize(
    "pointer", ["a", "/~2", "/a~", "/z", "/a/9", "/a/-1", "/a/01", "/a/x", "/b/c", "/a/0/x"]
)
def test_a_pointer_to_nothing_is_refused(pointer):
    with pytest.raises(DisclosurePointerError):
        select({"a": ["0"], "b": "1"}, [pointer])


@pytest.mark.parametrize("count", [0, 1_001])
def test_no_pointers_and_too_many_are_refused(count):
    with pytest.raises(DisclosurePointerError, match="pointers; a selection has between"):
        select({"a": "1"}, ["/a"] * count)


def test_a_pointer_names_members_with_slashes_and_tildes():
    assert parse_pointer("/https:~1~1example.org~1a~0b/0") == ["https://example.org/a~b", "0"]


def test_what_is_always_shown_can_be_nothing_where_something_is_selected():
    base = with_base_proof(key=KEY, mandatory=(), **READING)

    assert verify(derive_document(base, ["/issuer", "/validFrom"], **READING))
    with pytest.raises(DisclosurePointerError, match="nothing is mandatory"):
        derive_document(base, [], **READING)
