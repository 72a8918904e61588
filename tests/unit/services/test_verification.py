"""Genuine passports verify; a forged statement is refused by its own name."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from builders_bundle import (
    FIRST_CONDITION,
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    MODEL_PUBLIC,
    PRODUCTION,
    RECYCLED,
    RECYCLER,
    RECYCLING_STARTED,
    RIVAL,
    SIGNED_AT,
    SUCCESSION,
    TRUST,
    PassportPlan,
)
from builders_signing import NOON, a_key

from passport.domain.access import Audience
from passport.domain.actor import Role
from passport.linked_data.documents import digest_of, presentation_bytes
from passport.services.verification import verify_passport
from passport.signing.proofs import attach_proof, create_proof

PLAN = PassportPlan()


def verify(data, trust=TRUST, at=NOON, online=None):
    return verify_passport(data, trust=trust, at=at, online=online)


def codes(report):
    return [problem.code for problem in report.problems]


def outcome(report, check):
    return next(c["outcome"] for c in report.to_dict()["checks"] if c["check"] == check)


# --- what is genuine ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan",
    [
        PLAN,
        replace(PLAN, items=(ITEM_PUBLIC,), audience=Audience.PUBLIC),
        replace(PLAN, audience=Audience.PUBLIC, listed=(ITEM_PUBLIC,)),
        replace(PLAN, others=(*PLAN.others, FIRST_CONDITION, SUCCESSION)),
        replace(PLAN, others=(*PLAN.others, RECYCLING_STARTED, RECYCLED)),
        replace(
            PLAN,
            others=(*PLAN.others, RECYCLED),
            roles={RECYCLER: frozenset({Role.RECYCLER}), MAKER: frozenset({Role.OPERATOR})},
        ),
        PassportPlan(items=(), others=(RECYCLED,), with_index=False),
        PassportPlan(items=(), others=(MODEL_PUBLIC, PRODUCTION), with_index=False),
    ],
)
def test_a_genuine_bundle_verifies(plan):
    report = verify(plan.bundle(), plan.trust())

    assert codes(report) == []
    assert report.verified
    assert report.verdict == "authentic"
    assert outcome(report, "receipts") == "passed"


@pytest.mark.parametrize("indent", [None, 2])
def test_a_genuine_presentation_verifies_also_when_it_was_printed_nicely(indent):
    presentation = presentation_bytes(PLAN.statements())
    printed = json.dumps(json.loads(presentation), indent=indent).encode()

    report = verify(printed)

    assert codes(report) == []
    assert report.verified
    assert outcome(report, "status") == "not checked"
    assert outcome(report, "receipts") == "not checked"


def test_a_report_says_how_old_the_status_lists_are():
    checks = {
        check["check"]: check["detail"] for check in verify(PLAN.bundle()).to_dict()["checks"]
    }

    assert checks["status"] == "nothing was withdrawn by the lists of 2026-11-11T12:00:00Z"


def test_one_genuine_statement_verifies_alone():
    report = verify(ITEM_PUBLIC.sign())

    assert report.verified
    assert {c["check"] for c in report.to_dict()["checks"]}.isdisjoint({"index", "one-battery"})


def test_conditions_may_follow_each_other_in_one_presentation():
    second = replace(
        FIRST_CONDITION, number=6, version=2, previous=digest_of(FIRST_CONDITION.sign())
    )

    report = verify(replace(PLAN, others=(*PLAN.others, FIRST_CONDITION, second)).bundle())

    assert codes(report) == []


# --- one statement --------------------------------------------------------------------------------


def edited(change):
    """A genuine statement changed after it was signed."""
    document = orjson.loads(ITEM_PUBLIC.sign())
    return orjson.dumps(change(document) or document)


def set_claim(name, value):
    return lambda document: document["credentialSubject"].update({name: value})


def set_member(name, value):
    return lambda document: document.update({name: value})


def signed_with(edit):
    return replace(ITEM_PUBLIC, edit=edit).sign()


def of_rival_under_the_makers_name():
    document = orjson.loads(ITEM_PUBLIC.sign())
    del document["proof"]
    return attach_proof(document, create_proof(document, key=KEYS[RIVAL], created=SIGNED_AT))


def twice_the_serial_number():
    text = ITEM_PUBLIC.sign()
    return text.replace(b'"serialNumber":"A1"', b'"serialNumber":"B2","serialNumber":"A1"')


FORGED_STATEMENTS = {
    "no JSON": (lambda: b"{", "malformed-document", "no JSON"),
    "no object": (lambda: b"[]", "malformed-document", "JSON object"),
    "something else": (lambda: b'{"type": "Receipt"}', "verification-input", "Receipt"),
    "a key that stands twice": (twice_the_serial_number, "malformed-document", "twice"),
    "no proof": (
        lambda: edited(lambda document: document.pop("proof") and None),
        "proof-missing",
        "no proof",
    ),
    "an empty proof": (lambda: edited(set_member("proof", [])), "proof-empty", "empty"),
    "an unknown term": (
        lambda: edited(set_claim("colour", "red")),
        "undefined-term",
        "colour",
    ),
    "an unknown keyword": (lambda: edited(set_claim("@note", "x")), "undefined-term", "@note"),
    "a changed value": (
        lambda: edited(set_claim("serialNumber", "A2")),
        "proof-invalid",
        "did not sign this content",
    ),
    "a null": (lambda: edited(set_claim("serialNumber", None)), "malformed-document", "null"),
    "a float": (lambda: edited(set_claim("serialNumber", 1.5)), "malformed-document", "1.5"),
    "an unknown context": (
        lambda: edited(
            set_member("@context", ["https://www.w3.org/ns/credentials/v2", "https://e.example/v1"])
        ),
        "unknown-context",
        "e.example",
    ),
    "another known context": (
        lambda: edited(
            set_member(
                "@context",
                [
                    "https://www.w3.org/ns/credentials/v2",
                    "https://www.w3.org/ns/credentials/undefined-terms/v2",
                ],
            )
        ),
        "unexpected-context",
        "undefined-terms",
    ),
    "a context of its own": (
        lambda: edited(set_member("@context", [{"@vocab": "urn:x#"}])),
        "unexpected-context",
        "urn:x",
    ),
    "an unknown kind": (
        lambda: edited(set_member("type", ["VerifiableCredential", "Praise"])),
        "statement-kind-unknown",
        "Praise",
    ),
    "the key of another": (of_rival_under_the_makers_name, "issuer-mismatch", "rival"),
    "a key of nobody": (
        lambda: replace(
            ITEM_PUBLIC,
            issuer="did:web:nobody.example",
            key=a_key("rival", "did:web:nobody.example"),
        ).sign(),
        "key-unknown",
        r"nobody you trust vouches for did:web:nobody\.example",
    ),
    "a term of another kind": (
        lambda: signed_with(
            lambda document: (
                document
                | {
                    "credentialSubject": document["credentialSubject"]
                    | {"batteryStatus": "original"}
                }
            )
        ),
        "statement-schema",
        "batteryStatus",
    ),
    "a day that does not exist": (
        lambda: signed_with(lambda document: document | {"validFrom": "2026-13-01T00:00:00Z"}),
        "not-valid-then",
        "2026-13-01",
    ),
    "an end that has passed": (
        lambda: signed_with(lambda document: document | {"validUntil": "2026-11-20T00:00:00Z"}),
        "not-valid-then",
        "valid until",
    ),
}


@pytest.mark.parametrize("forgery", FORGED_STATEMENTS)
def test_a_statement_does_not_verify_with(forgery):
    make, code, message = FORGED_STATEMENTS[forgery]

    report = verify(make())

    assert not report.verified
    assert codes(report)[0] == code
    assert re.search(message, report.problems[0].message)


def test_a_statement_is_not_valid_before_it_was_made():
    report = verify(ITEM_PUBLIC.sign(), at=SIGNED_AT - timedelta(days=1))

    assert codes(report) == ["not-valid-then"]
