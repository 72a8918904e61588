"""One statement, changed after it was signed in ways that a careless reader does not see."""

from dataclasses import replace

from builders_bundle import ITEM_PUBLIC, KEYS, MAKER

from forgeries.forgery import (
    NOT_CHECKED,
    WITHDRAWN,
    Forgery,
    a_statement,
    parsed,
    with_members,
    with_words,
    written,
)
from passport.linked_data.contexts import STATEMENT_CONTEXTS

_SERIAL = b'"serialNumber":"A1"'
_SUBJECT = b'"credentialSubject":{'
_V2, _OURS = STATEMENT_CONTEXTS[0], STATEMENT_CONTEXTS[-1]
_DEEP = 2_000
_SAID = parsed(a_statement())["credentialSubject"]


def _beside(member: bytes) -> bytes:
    return written(_SERIAL, _SERIAL + b"," + member)


def _instead(value: bytes) -> bytes:
    return written(_SERIAL, b'"serialNumber":' + value)


def _nested(levels: int) -> bytes:
    return b'{"batteryModel":' * levels + b'"x"' + b"}" * levels


def signed_with(**members):
    """A statement that its issuer signed, and should not have."""
    return replace(ITEM_PUBLIC, edit=lambda document: document | members).sign()


def _one(name, make, code, phrase, *verdict, **more):
    return Forgery(name, make, code, phrase, *verdict, genuine=a_statement, **more)


WORDS = (
    _one(
        "a changed value",
        lambda: written(b'"2026-09"', b'"2026-10"'),
        "proof-invalid",
        f"the key {KEYS[MAKER].public_key_multibase} did not sign",
    ),
    # --- two readings ---
    _one(
        "a key that stands twice",
        lambda: _beside(b'"serialNumber":"B2"'),
        "malformed-document",
        "key 'serialNumber' stands twice",
        NOT_CHECKED,
    ),
    _one(
        "a key that stands twice, once written with an escape",
        lambda: written(b'"issuer":', b'"iss\\u0075er":"did:web:rival.example","issuer":'),
        "malformed-document",
        "key 'issuer' stands twice",
        NOT_CHECKED,
    ),
    _one(
        "a second document behind the first",
        lambda: a_statement() + a_statement(),
        "malformed-document",
        "Extra data",
        NOT_CHECKED,
    ),
    _one(
        "a statement inside a list",
        lambda: b"[" + a_statement() + b"]",
        "malformed-document",
        "a document is a JSON object",
        NOT_CHECKED,
    ),
    _one(
        "a byte that is no UTF-8",
        lambda: _instead(b'"A\xc0\xb1"'),
        "malformed-document",
        "no UTF-8",
        NOT_CHECKED,
    ),
    _one(
        "half of a UTF-16 pair",
        lambda: _instead(b'"A1\\ud800"'),
        "malformed-document",
        "U+D800",
        NOT_CHECKED,
    ),
    _one(
        "a control character",
        lambda: _instead(b'"A1\\u0008"'),
        "malformed-document",
        "U+0008",
        NOT_CHECKED,
    ),
    _one(
        "a float",
        lambda: _instead(b"1.0"),
        "malformed-document",
        "the number 1.0 is no integer",
        NOT_CHECKED,
    ),
    _one(
        "a number that is none",
        lambda: _instead(b"NaN"),
        "malformed-document",
        "is no number of JSON",
        NOT_CHECKED,
    ),
    _one(
        "an integer beyond what every reader keeps",
        lambda: _instead(b"9007199254740993"),
        "malformed-document",
        "beyond 2^53 - 1",
        NOT_CHECKED,
    ),
    _one(
        "a number of ten thousand digits",
        lambda: _instead(b"9" * 10_000),
        "malformed-document",
        "10000 characters; at most",
        NOT_CHECKED,
    ),
    _one(
        "a null",
        lambda: _beside(b'"manufacturingPlace":null'),
        "malformed-document",
        "null at",
        NOT_CHECKED,
    ),
    _one(
        "nesting without end",
        lambda: _beside(b'"batteryModel2":' + _nested(_DEEP)),
        "malformed-document",
        "nested deeper than",
        NOT_CHECKED,
    ),
    # --- words that nobody signs ---
    _one(
        "a word that no context defines",
        lambda: with_words(previousOwners="none"),
        "undefined-term",
        "previousOwners",
    ),
    _one(
        "a word with a Cyrillic letter",
        lambda: with_words(seriаlNumber="B2"),
        "undefined-term",
        "seri\N{CYRILLIC SMALL LETTER A}lNumber",
    ),
    _one(
        "an address as key",
        lambda: with_words(**{"https://schema.org/name": "new"}),
        "undefined-term",
        "https://schema.org/name is no term of a context",
    ),
    *(
        _one(
            f"a hidden statement under {keyword}",
            lambda keyword=keyword: with_words(**{keyword: {"id": "urn:x", "name": "new"}}),
            "undefined-term",
            f"{keyword} is no name of a context",
        )
        for keyword in ("@included", "@reverse", "@nest", "@graph", "@index")
    ),
    _one(
        "an ordered list",
        lambda: with_words(serialNumber={"@list": ["A1", "B2"]}),
        "undefined-term",
        "@list is no name of a context",
    ),
    _one(
        "a JSON literal",
        lambda: with_words(serialNumber={"@type": "@json", "@value": {"a": 1}}),
        "undefined-term",
        "@type is no name of a context",
    ),
    _one(
        "an empty value",
        lambda: with_words(photos=[]),
        "empty-value",
        "the empty value at /credentialSubject/photos",
    ),
    _one(
        "a node without name",
        lambda: with_words(photos=[{"documentTitle": {"en": "new"}}]),
        "blank-nodes",
        "nodes without an id",
    ),
    _one(
        "a relative address",
        lambda: with_words(batteryModel="../other"),
        "malformed-iri",
        "is a relative IRI",
    ),
    _one(
        "an address that writes a statement of its own",
        lambda: with_words(batteryModel="https://x.example/a> <urn:p> <urn:o"),
        "malformed-iri",
        "spaces, quotes and brackets",
    ),
    # --- contexts ---
    _one(
        "a context inside the statement",
        lambda: with_words(**{"@context": {"serialNumber": "https://x.example/other"}}),
        "inline-context",
        "a context stands only at the top",
    ),
    _one(
        "a protected word defined anew",
        lambda: with_members(
            **{"@context": [_V2, {"issuer": {"@id": "urn:x", "@protected": False}}, _OURS]}
        ),
        "unexpected-context",
        "brings a definition of its own",
    ),
    _one(
        "contexts in another order",
        lambda: with_members(**{"@context": [_OURS, _V2]}),
        "unexpected-context",
        "in another order",
    ),
    _one(
        "a context left out",
        lambda: with_members(**{"@context": [_OURS]}),
        "unexpected-context",
        f"does not name {_V2}",
    ),
    _one(
        "a context of an unknown version",
        lambda: written(_OURS.encode(), _OURS.replace("1.0.0", "9.0.0").encode()),
        "unknown-context",
        "9.0.0",
        NOT_CHECKED,
    ),
    _one(
        "a further context of somebody else",
        lambda: with_members(**{"@context": [_V2, _OURS, "https://x.example/more.jsonld"]}),
        "unknown-context",
        "https://x.example/more.jsonld",
        NOT_CHECKED,
    ),
    _one(
        "a pinned context that has no place here",
        lambda: with_members(**{"@context": [_V2, _OURS, "https://www.w3.org/ns/did/v1"]}),
        "unexpected-context",
        "also names https://www.w3.org/ns/did/v1",
    ),
    # --- kinds and validity ---
    _one(
        "a kind of statement that does not exist",
        lambda: with_members(type=["VerifiableCredential", "WarrantyStatement"]),
        "statement-kind-unknown",
        "WarrantyStatement",
        NOT_CHECKED,
    ),
    _one(
        "a word that belongs to another kind of statement",
        lambda: signed_with(credentialSubject={**_SAID, "batteryStatus": "original"}),
        "statement-schema",
        "batteryStatus",
        NOT_CHECKED,
    ),
    _one(
        "a day that does not exist",
        lambda: signed_with(validFrom="2026-13-01T00:00:00Z"),
        "not-valid-then",
        "2026-13-01",
        WITHDRAWN,
    ),
    _one(
        "a statement that has ended",
        lambda: signed_with(validUntil="2026-11-20T00:00:00Z"),
        "not-valid-then",
        "valid until 2026-11-20T00:00:00Z",
        WITHDRAWN,
    ),
    _one(
        "a statement of tomorrow",
        lambda: signed_with(validFrom="2026-11-22T12:00:00Z"),
        "not-valid-then",
        "valid from 2026-11-22T12:00:00Z",
        WITHDRAWN,
    ),
    _one(
        "half a document",
        lambda: a_statement()[:400],
        "malformed-document",
        "no JSON: Unterminated",
        NOT_CHECKED,
    ),
    _one(
        "a document that is no statement at all",
        lambda: with_members(type=["Invoice"]),
        "verification-input",
        "Invoice",
    ),
)
