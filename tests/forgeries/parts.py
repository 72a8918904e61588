"""Parts of statements (ecdsa-sd-2023) that show more, less or other than was signed."""

from dataclasses import replace

import orjson
from builders_bundle import SIGNED_AT

from forgeries.forgery import NOT_CHECKED, PLAN, Forgery, Shown, a_statement, parsed, unsigned
from forgeries.proofs import EC_KEY, EC_TRUST
from passport.linked_data.documents import presentation_bytes
from passport.signing.proofs import NewProof
from passport.signing.selective_disclosure import NewBaseProof, derive_document, make_base_proof
from passport.signing.selective_disclosure_values import (
    decode_derived_proof,
    encode_derived_proof,
)

_SERIAL = "/credentialSubject/serialNumber"
_DAY = "/credentialSubject/manufacturedOn"
_HIDDEN = frozenset({"@context", "credentialSubject"})


def _with_base_proof():
    document = unsigned(a_statement())
    always = [f"/{name}" for name in document if name not in _HIDDEN]
    new = NewBaseProof(
        proof=NewProof(created_at=SIGNED_AT),
        mandatory_pointers=[*always, "/credentialSubject/id", "/credentialSubject/type"],
    )
    return {**document, "proof": make_base_proof(document, new, key=EC_KEY)}


_BASE = _with_base_proof()


def believed(document):
    return Shown(data=orjson.dumps(document), trust=EC_TRUST)


def a_part(**members):
    """The part that shows the serial number, with members changed."""
    return believed(derive_document(_BASE, [_SERIAL]) | members)


def saying(**words):
    part = derive_document(_BASE, [_SERIAL])
    return believed(part | {"credentialSubject": part["credentialSubject"] | words})


def without(name):
    part = derive_document(_BASE, [_SERIAL])
    del part[name]
    return believed(part)


def proven(change):
    """The part with another proof value."""
    part = derive_document(_BASE, [_SERIAL])
    value = change(decode_derived_proof(part["proof"]["proofValue"]))
    return with_value(encode_derived_proof(value))


def with_value(text, **members):
    part = derive_document(_BASE, [_SERIAL])
    return believed(part | {"proof": part["proof"] | {"proofValue": text} | members})


def of_another_statement():
    """A statement of another part of the same document, under the signatures of this one."""
    day = derive_document(_BASE, [_DAY])
    return with_value(day["proof"]["proofValue"])


def in_a_passport():
    index, _, *others = PLAN.statements()
    return Shown(data=presentation_bytes([index, a_part().data, *others]), trust=EC_TRUST)


def presented():
    return Shown(data=presentation_bytes(PLAN.statements()), trust=EC_TRUST)


def value_text():
    return parsed(a_part().data)["proof"]["proofValue"]


def _part(name, make, code, phrase, *verdict, **more):
    return Forgery(name, make, code, phrase, *verdict, **{"genuine": a_part} | more)


PARTS = (
    _part(
        "a part with another issuing day",
        lambda: a_part(validFrom="2026-01-01T00:00:00Z"),
        "proof-invalid",
        "did not sign what every part of this document shows",
    ),
    _part(
        "a part with another value",
        lambda: saying(serialNumber="B2"),
        "proof-invalid",
        'serialNumber> "B2"',
    ),
    _part(
        "a part that says more than was disclosed",
        lambda: saying(manufacturedOn="2026-09"),
        "proof-value",
        "for 2 statements that are not mandatory",
    ),
    _part(
        "a part without what is always shown",
        lambda: without("credentialStatus"),
        "proof-value",
        "statement 13 is to be a mandatory one of 9",
    ),
    _part(
        "a part whose proof counts more statements than it shows",
        lambda: proven(
            lambda value: replace(value, mandatory_indexes=[*value.mandatory_indexes[:-1], 99])
        ),
        "proof-value",
        "statement 99 is to be a mandatory one",
    ),
    _part(
        "a part whose proof names places out of order",
        lambda: proven(
            lambda value: replace(value, mandatory_indexes=value.mandatory_indexes[::-1])
        ),
        "proof-value",
        "are not in order",
    ),
    _part(
        "a part with a label for a node that is not there",
        lambda: proven(lambda value: replace(value, labels={0: bytes(32)})),
        "proof-value",
        "labels 1 nodes without id, the document has 0",
    ),
    _part(
        "a part with one label for two nodes",
        lambda: proven(lambda value: replace(value, labels={0: bytes(32), 1: bytes(32)})),
        "proof-value",
        "two blank nodes share a label",
    ),
    _part(
        "a part with the signatures of another part",
        of_another_statement,
        "proof-invalid",
        'serialNumber> "A1"',
    ),
    _part(
        "a part whose proof goes on behind its end",
        lambda: with_value(value_text() + "AAAA"),
        "proof-value",
        "stand behind the end",
    ),
    _part(
        "a part whose proof was cut",
        lambda: with_value(value_text()[:-40]),
        "proof-value",
        "ends before its last part",
    ),
    _part(
        "the issuer's own proof shown in the place of a part's",
        lambda: believed(_BASE),
        "proof-value",
        "is no derived proof",
    ),
    _part(
        "a part in a chain of proofs",
        lambda: with_value(value_text(), previousProof="urn:x"),
        "proof-chain",
        "the proof builds on 'urn:x'",
    ),
    _part(
        "a part of a statement passed off as the whole",
        in_a_passport,
        "cryptosuite-unknown",
        "of the suite ecdsa-sd-2023",
        NOT_CHECKED,
        genuine=presented,
    ),
)
