"""Laws of signing: no change of a claim survives, no input makes a verifier stumble."""

import contextlib
import copy

import orjson
from builders_bundle import ITEM_PUBLIC, MODEL_PUBLIC, TRUST, PassportPlan
from builders_signing import NOON, a_canonicalizer, a_credential, a_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.domain.errors import PassportError
from passport.linked_data.canonical import FOREIGN_DOCUMENTS, pinned_canonicalizer
from passport.linked_data.nquads import literal_text, parse_nquads
from passport.linked_data.rdf_canon import canonize_quads
from passport.services.verification import verify_passport
from passport.signing.multibase import (
    decode_base58btc,
    decode_base64url,
    encode_base58btc,
    encode_base64url,
)
from passport.signing.proofs import sign_document
from passport.signing.status_list import LIST_SIZE, decode_bits, encode_bits, is_set

STATEMENT = ITEM_PUBLIC.sign()
BUNDLE = PassportPlan().bundle()
FOREIGN = a_canonicalizer()
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
KEYWORDS_AND_ALIASES = [
    *("@id", "@type", "@value", "@list", "@graph", "@language", "@context", "@set", "@reverse"),
    *("@included", "@nest", "@index", "@json", "id", "type", "proof", "name"),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=6) | st.sampled_from(KEYWORDS_AND_ALIASES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def verified(data):
    return verify_passport(data, trust=TRUST, at=NOON).verified


def means_the_same(data):
    """Whether changed bytes still hold the same JSON."""
    try:
        return orjson.loads(data) == orjson.loads(STATEMENT)
    except orjson.JSONDecodeError:
        return False


@given(place=st.integers(0, len(STATEMENT) - 1), byte=st.integers(0, 255))
def test_a_statement_with_any_byte_changed_does_not_verify(place, byte):
    changed = STATEMENT[:place] + bytes([byte]) + STATEMENT[place + 1 :]

    assert not verified(changed) or means_the_same(changed)


@given(place=st.integers(0, len(STATEMENT) - 1), inserted=st.binary(min_size=1, max_size=4))
def test_a_statement_with_bytes_put_in_does_not_verify(place, inserted):
    changed = STATEMENT[:place] + inserted + STATEMENT[place:]

    assert not verified(changed) or means_the_same(changed)


@given(start=st.integers(0, len(STATEMENT) - 1), length=st.integers(1, 60))
def test_a_statement_with_bytes_taken_out_does_not_verify(start, length):
    changed = STATEMENT[:start] + STATEMENT[start + length :]

    assert not verified(changed)


@given(data=st.data(), value=json_values)
def test_a_statement_with_any_member_replaced_does_not_verify(data, value):
    document = orjson.loads(MODEL_PUBLIC.sign())
    original = copy.deepcopy(document)
    holder = data.draw(
        st.sampled_from([document, document["credentialSubject"], document["proof"]])
    )
    holder[data.draw(st.sampled_from([*holder, "extra", "@extra"]))] = value

    try:
        changed = orjson.dumps(document)
    except (orjson.JSONEncodeError, TypeError):
        return
    assert not verified(changed) or orjson.loads(changed) == original


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(value=json_values)
def test_a_verifier_answers_whatever_it_is_given(value):
    try:
        data = orjson.dumps(value)
    except (orjson.JSONEncodeError, TypeError):
        data = repr(value).encode(errors="replace")

    assert not verified(data)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(member=st.sampled_from(sorted(orjson.loads(BUNDLE))), value=json_values)
def test_a_bundle_with_any_member_replaced_is_answered(member, value):
    try:
        changed = orjson.dumps(orjson.loads(BUNDLE) | {member: value})
    except (orjson.JSONEncodeError, TypeError):
        return

    report = verify_passport(changed, trust=TRUST, at=NOON)

    assert report.verified is (not report.problems)


@given(document=st.dictionaries(st.sampled_from(["name", "image", "part"]), json_values))
def test_a_document_is_canonized_or_refused_and_nothing_else(document):
    with contextlib.suppress(PassportError):
        canonical = FOREIGN.canonize(
            a_credential() | {"credentialSubject": document}, FOREIGN_DOCUMENTS
        )
        assert canonical.endswith(b" .\n")


@given(st.permutations(list(orjson.loads(STATEMENT).items())))
def test_canonical_bytes_ignore_the_order_of_keys(items):
    expected = pinned_canonicalizer().canonize(_unsigned(orjson.loads(STATEMENT)))

    assert pinned_canonicalizer().canonize(_unsigned(dict(items))) == expected


def _unsigned(document):
    return {name: value for name, value in document.items() if name != "proof"}


@given(remark=texts)
def test_any_text_without_controls_is_signed_as_it_is_and_verifies(remark):
    document = a_credential()
    document["credentialSubject"]["remark"] = remark or "-"

    data = sign_document(document, key=a_key(), created=NOON, canonicalizer=FOREIGN)

    assert orjson.loads(data)["credentialSubject"]["remark"] == (remark or "-")


@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_literal_comes_back_from_its_canonical_line(value):
    line = f"<urn:a> <urn:b> {literal_text(value)} .\n"

    (quad,) = parse_nquads(line)

    assert quad.object == literal_text(value)
    assert canonize_quads([quad]) == line


@given(data=st.binary(max_size=80))
def test_bytes_come_back_from_multibase(data):
    assert decode_base58btc(encode_base58btc(data)) == data
    assert decode_base64url(encode_base64url(data)) == data


@given(indexes=st.frozensets(st.integers(0, LIST_SIZE - 1), max_size=20))
def test_exactly_the_bits_that_were_set_are_set(indexes):
    bits = decode_bits(encode_bits(indexes))

    assert all(is_set(bits, index) for index in indexes)
    assert sum(byte.bit_count() for byte in bits) == len(indexes)
