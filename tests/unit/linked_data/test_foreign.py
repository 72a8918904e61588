"""Files of others in canonical form."""

import json

import pytest
from builders_signing import VECTORS, a_canonicalizer, read_json

from passport.domain.errors import PassportError
from passport.linked_data.foreign import canonize_bytes, parse_foreign_document

SUITE = VECTORS / "vc-di-eddsa" / "eddsa-rdfc-2022"
CANONICALIZER = a_canonicalizer()


def test_json_ld_and_its_own_canonical_form_give_the_same_file():
    document = (VECTORS / "vc-di-eddsa" / "unsigned.json").read_bytes()

    canonical = canonize_bytes(document, canonicalizer=CANONICALIZER)

    assert canonical == (SUITE / "canonDocDataInt.txt").read_bytes()
    assert canonize_bytes(canonical) == canonical


def test_a_document_with_floats_and_nodes_without_id_is_canonized():
    credential = read_json("interop", "case-006.json")["vc"]
    del credential["proof"]

    canonical = canonize_bytes(json.dumps(credential).encode(), canonicalizer=CANONICALIZER)

    assert b"XMLSchema#double" in canonical
    assert b"_:c14n0" in canonical


def test_a_number_is_read_as_it_stands():
    assert parse_foreign_document(b'{"a": [1.5, {"b": 2, "c": 5.0}]}') == {
        "a": [1.5, {"b": 2, "c": 5.0}]
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a": 1, "a": 2}', "malformed-document"),
        (b"[]", "malformed-document"),
        (b'{"a": 0.10000000000000000555}', "float-value"),
        (b'{"@context": "https://e.example/v1"}', "unknown-context"),
        (b"\xff", "malformed-document"),
        (b"<urn:a> <urn:b>", "nquads-syntax"),
        (b"#" * (8 * 1024 * 1024 + 1), "malformed-document"),
    ],
)
def test_a_file_that_is_neither_is_refused(data, code):
    with pytest.raises(PassportError) as refusal:
        canonize_bytes(data)

    assert refusal.value.code == code
