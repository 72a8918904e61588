"""Genuine passports verify, and the report says what was looked at."""

import json
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from builders_bundle import (
    FIRST_CONDITION,
    HOST,
    ITEM_PUBLIC,
    MAKER,
    MODEL_PUBLIC,
    PRODUCTION,
    RECYCLED,
    RECYCLER,
    RECYCLING_STARTED,
    SIGNED_AT,
    SUCCESSION,
    TRUST,
    PassportPlan,
    changed_bundle,
)
from builders_signing import NOON

from passport.domain.access import Audience
from passport.domain.actor import Role
from passport.linked_data.documents import digest_of, presentation_bytes
from passport.services.verification import verify_passport

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


def test_a_statement_is_not_valid_before_it_was_made():
    report = verify(ITEM_PUBLIC.sign(), at=SIGNED_AT - timedelta(days=1))

    assert codes(report) == ["not-valid-then"]


# --- bundles and reports --------------------------------------------------------------------------


def test_every_member_of_a_bundle_is_needed_and_of_its_kind():
    bundle = orjson.loads(PLAN.bundle())

    for member in set(bundle) - {"format", "contexts"}:
        rest = {name: value for name, value in bundle.items() if name != member}
        assert codes(verify(orjson.dumps(rest))) == ["malformed-bundle"]
    for member in set(bundle) - {"format"}:
        report = verify(changed_bundle(PLAN.bundle(), **{member: 7}))
        assert codes(report) == ["malformed-bundle"]


def test_a_report_names_each_check_once_and_the_statement_of_each_problem():
    report = verify(replace(PLAN, revoked=(1, 2)).bundle()).to_dict()

    checks = [check["check"] for check in report["checks"]]
    assert len(checks) == len(set(checks)) == 12
    assert [problem["statement"] for problem in report["problems"]] == [
        f"{HOST}/statements/1",
        f"{HOST}/statements/2",
    ]
    assert report["verified"] is False
