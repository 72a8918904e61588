"""Reading compact JSON at once gives what the strict reader gives, or leaves it to that."""

import orjson
import pytest
from builders_canonical import TEXTS, changed
from builders_drawn import kinds_with_contents, statement_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.linked_data.documents import (
    DEEPEST_DOCUMENT,
    MalformedDocumentError,
    parse_document,
    parse_plainly,
)
from passport.linked_data.fast_json import parse_compact

many = settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
statements = kinds_with_contents.map(lambda both: statement_of(*both))
texts = st.sampled_from(TEXTS) | st.text(max_size=6)
json_values = st.recursive(
    texts | st.booleans() | st.integers(-(2**65), 2**65) | st.floats() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
ODD_PIECES = (b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"1", b"-", b".5", b"e9")
ODD_BYTES = (*ODD_PIECES, b"true", b" ", b"\x7f", b"\x01", b"\\u0001", b"\\ud800", b"\xff", b"\n")


def outcome(parse, data):
    try:
        return parse(data)
    except MalformedDocumentError as refusal:
        return str(refusal)


def assert_same(data):
    plain = outcome(parse_plainly, data)
    assert parse_compact(data) in (None, plain)
    assert outcome(parse_document, data) == plain


def dumped(value):
    try:
        return orjson.dumps(value)
    except (orjson.JSONEncodeError, TypeError):  # lone surrogates, integers beyond 64 bits
        return repr(value).encode(errors="surrogatepass")


@many
@given(statements)
def test_every_statement_is_read_at_once(document):
    data = orjson.dumps(document)

    assert parse_compact(data) == document == parse_plainly(data)


@many
@given(st.dictionaries(texts, json_values, max_size=4) | changed(statements))
def test_any_json_is_read_or_refused_alike(value):
    assert_same(dumped(value))


@many
@given(statements, st.data())
def test_bytes_with_something_put_in_or_taken_out_are_read_or_refused_alike(document, data):
    body = orjson.dumps(document)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body)))
        gone = data.draw(st.sampled_from([0, 0, 1, 5]))
        odd = data.draw(st.sampled_from(ODD_BYTES) | st.binary(max_size=3))
        body = body[:place] + odd + body[place + gone :]

    assert_same(body)


@pytest.mark.parametrize("levels", range(DEEPEST_DOCUMENT - 3, DEEPEST_DOCUMENT + 3))
@pytest.mark.parametrize("inmost", [b'"x"', b"{}", b"[]", b'{"a":true}'])
@pytest.mark.parametrize(("before", "after"), [(b'{"a":', b"}"), (b'{"a":[', b"]}")])
def test_nesting_is_counted_alike(levels, inmost, before, after):
    assert_same(before * levels + inmost + after * levels)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":"x","a":"x"}',
        b'{"a":null}',
        b'{"a":5.0}',
        b'{"a":9007199254740992}',
        b'{"a":"\\u0001"}',
        b'{"a":"\\\\u0001"}',
        b'{"a":"\\\\\\\\","b":"\\"{["}',
        b'{"a":"\x7f"}',
        b'{"a":"\\b"}',
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":"\\ud83d"}',
        b'\xef\xbb\xbf{"a":"b"}',
        b"[]",
        b"",
        b'{"a":truefalse}',
        b'{"a":NaN}',
        b'{"a":"b"} ',
        b'{"a":"truenull"}',
    ],
)
def test_what_looks_harmless_is_read_or_refused_alike(data):
    assert_same(data)
