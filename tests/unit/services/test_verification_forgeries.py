"""Mixed, shortened and talkative passports: each is refused by its own name."""

from dataclasses import replace

import orjson
import pytest
from builders_bundle import (
    BATTERY,
    FIRST_CONDITION,
    HOST,
    ITEM_DECLARED,
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    MODEL,
    MODEL_PUBLIC,
    OTHER_LOG,
    PRODUCTION,
    RECYCLED,
    RECYCLER,
    RECYCLING_STARTED,
    RIVAL,
    SIGNED_AT,
    SUCCESSION,
    TRUST,
    PassportPlan,
    a_bundle,
    changed_bundle,
    list_iri,
)
from builders_signing import NOON

from passport.domain.actor import Role
from passport.linked_data.documents import digest_of, presentation_bytes
from passport.services.verification import verify_passport
from passport.signing.proofs import sign_document

PLAN = PassportPlan()
OTHER_BATTERY = BATTERY.replace("A1", "B2")
OTHER_MODEL = MODEL.replace("352", "369")


def verify(data, trust=TRUST, at=NOON, online=None):
    return verify_passport(data, trust=trust, at=at, online=online)


def codes(report):
    return [problem.code for problem in report.problems]


def bundle_with(statements):
    return a_bundle(statements, PLAN.status_lists())


def with_tampered_byte():
    index, *others = PLAN.statements()
    return bundle_with([index, others[0].replace(b'"2026-09"', b'"2026-10"'), *others[1:]])


def reversed_presentation():
    bundle = PLAN.bundle()
    presentation = orjson.loads(bundle)["presentation"]
    presentation["verifiableCredential"].reverse()
    return changed_bundle(bundle, presentation=presentation)


def talkative_presentation():
    bundle = PLAN.bundle()
    presentation = orjson.loads(bundle)["presentation"]
    return changed_bundle(bundle, presentation=presentation | {"batteryStatus": "original"})


def other_presentation(**members):
    presentation = orjson.loads(presentation_bytes(PLAN.statements()))
    return orjson.dumps(presentation | members)


def without_receipts():
    return changed_bundle(PLAN.bundle(), receipts={})


def receipts_swapped():
    bundle = PLAN.bundle()
    receipts = orjson.loads(bundle)["receipts"]
    swapped = dict(zip(receipts, reversed(receipts.values()), strict=True))
    return changed_bundle(bundle, receipts=swapped)


def newer_version_of_item():
    newer = replace(ITEM_PUBLIC, number=11, version=2, previous=digest_of(ITEM_PUBLIC.sign()))
    return replace(PLAN, others=(*PLAN.others, newer), listed=(ITEM_DECLARED, ITEM_PUBLIC, newer))


def condition_three():
    return replace(FIRST_CONDITION, number=8, version=3, previous=bytes(32))


def twice_version_one():
    return replace(
        FIRST_CONDITION,
        number=6,
        content={"measuredAt": SIGNED_AT, "stateOfCertifiedEnergyPercent": "99"},
    )


def condition_on_another_one():
    return replace(FIRST_CONDITION, number=6, version=2, previous=bytes(32))


def lists_signed_by_rival():
    plan = PLAN
    lists = [
        body.replace(b"/status/rival-1", b"/status/maker-1") if b"rival" in body else body
        for body in plan.status_lists()
    ]
    return a_bundle(plan.statements(), lists)


def list_of_rival_under_the_makers_address():
    own = {"id": list_iri(MAKER)}
    document = orjson.loads(PLAN.status_lists()[1])
    del document["proof"]
    forged = sign_document(document | own, key=KEYS[RIVAL], created=SIGNED_AT)
    return a_bundle(PLAN.statements(), [forged])


EVENT_BY_RIVAL = replace(SUCCESSION, issuer=RIVAL)

FORGED_PASSPORTS = {
    "a changed byte": (with_tampered_byte, "proof-invalid", "not signed by whom it says"),
    "a withdrawn statement": (
        lambda: replace(PLAN, revoked=(1,)).bundle(),
        "statement-revoked",
        "authentic but corrected or withdrawn",
    ),
    "receipts of another log": (
        lambda: replace(PLAN, log=OTHER_LOG).bundle(),
        "unknown-log",
        "could not be checked",
    ),
    "no receipts": (without_receipts, "receipt-missing", "could not be checked"),
    "receipts of other statements": (
        receipts_swapped,
        "receipt-entry-mismatch",
        "not signed by whom it says",
    ),
    "a statement of another battery": (
        lambda: replace(
            PLAN,
            others=(
                *PLAN.others,
                replace(
                    FIRST_CONDITION, subject=OTHER_BATTERY, series=f"{OTHER_BATTERY}#conditions"
                ),
            ),
        ).bundle(),
        "statement-of-another-battery",
        "not signed by whom it says",
    ),
    "a series of another battery": (
        lambda: replace(
            PLAN,
            others=(
                *PLAN.others,
                replace(FIRST_CONDITION, series=f"{OTHER_BATTERY}#conditions"),
            ),
        ).bundle(),
        "statement-of-another-battery",
        "not signed by whom it says",
    ),
    "the model of another battery": (
        lambda: replace(
            PLAN,
            others=(
                replace(MODEL_PUBLIC, subject=OTHER_MODEL, series=f"{OTHER_MODEL}#model-public"),
                PRODUCTION,
            ),
        ).bundle(),
        "statement-of-another-battery",
        "not signed by whom it says",
    ),
    "a statement that the index lists and nobody shows": (
        lambda: replace(PLAN, withheld=(ITEM_DECLARED,)).bundle(),
        "statement-withheld",
        "could not be checked",
    ),
    "a model that the index names and nobody shows": (
        lambda: replace(PLAN, withheld=(MODEL_PUBLIC,)).bundle(),
        "statement-withheld",
        "could not be checked",
    ),
    "a statement that the index lists with another content": (
        lambda: replace(
            PLAN,
            listed=(
                replace(ITEM_PUBLIC, content={**ITEM_PUBLIC.content, "serialNumber": "A9"}),
                ITEM_DECLARED,
            ),
        ).bundle(),
        "index-mismatch",
        "not signed by whom it says",
    ),
    "a statement that the index hides": (
        lambda: replace(PLAN, listed=(ITEM_PUBLIC,)).bundle(),
        "index-hides-statement",
        "not signed by whom it says",
    ),
    "no index": (
        lambda: replace(PLAN, with_index=False).bundle(),
        "index-missing",
        "could not be checked",
    ),
    "an old version beside the new one": (
        lambda: newer_version_of_item().bundle(),
        "statement-superseded",
        "authentic but corrected or withdrawn",
    ),
    "a condition left out of the middle of the chain": (
        lambda: replace(PLAN, others=(*PLAN.others, FIRST_CONDITION, condition_three())).bundle(),
        "statement-withheld",
        "could not be checked",
    ),
    "two first versions": (
        lambda: replace(PLAN, others=(*PLAN.others, FIRST_CONDITION, twice_version_one())).bundle(),
        "version-twice",
        "could not be checked",
    ),
    "a version that continues another one": (
        lambda: replace(
            PLAN, others=(*PLAN.others, FIRST_CONDITION, condition_on_another_one())
        ).bundle(),
        "chain-broken",
        "not signed by whom it says",
    ),
    "an index by somebody who is not responsible": (
        lambda: replace(PLAN, index_issuer=RIVAL).bundle(),
        "issuer-without-say",
        "not signed by whom it says",
    ),
    "an item statement by another operator": (
        lambda: replace(PLAN, items=(replace(ITEM_PUBLIC, issuer=RIVAL), ITEM_DECLARED)).bundle(),
        "issuer-without-say",
        "not signed by whom it says",
    ),
    "a model that two operators describe": (
        lambda: replace(PLAN, others=(MODEL_PUBLIC, replace(PRODUCTION, issuer=RIVAL))).bundle(),
        "issuer-without-say",
        "not signed by whom it says",
    ),
    "a succession by a party that took no part": (
        lambda: replace(PLAN, others=(*PLAN.others, EVENT_BY_RIVAL)).bundle(),
        "issuer-without-say",
        "not signed by whom it says",
    ),
    "an annulment by another operator": (
        lambda: replace(
            PLAN,
            others=(
                *PLAN.others,
                replace(
                    SUCCESSION,
                    content={"eventKind": "annulled", "occurredAt": SIGNED_AT},
                    issuer=RIVAL,
                ),
            ),
        ).bundle(),
        "issuer-without-say",
        "not signed by whom it says",
    ),
    "recycling by another than it was brought to": (
        lambda: replace(
            PLAN, others=(*PLAN.others, RECYCLING_STARTED, replace(RECYCLED, issuer=RIVAL))
        ).bundle(),
        "issuer-without-say",
        "not signed by whom it says",
    ),
    "no status list": (
        lambda: a_bundle(PLAN.statements(), []),
        "status-list",
        "could not be checked",
    ),
    "a status list that was changed": (
        lists_signed_by_rival,
        "proof-invalid",
        "not signed by whom it says",
    ),
    "a status list by another issuer": (
        list_of_rival_under_the_makers_address,
        "status-list",
        "could not be checked",
    ),
    "a status list twice": (
        lambda: a_bundle(PLAN.statements(), PLAN.status_lists() * 2),
        "status-list",
        "could not be checked",
    ),
    "a status list that has ended": (
        lambda: replace(PLAN, lists_valid_until=NOON).bundle(),
        "status-list",
        "could not be checked",
    ),
    "a statement as status list": (
        lambda: a_bundle(PLAN.statements(), [ITEM_PUBLIC.sign()]),
        "status-list",
        "could not be checked",
    ),
    "a presentation that shows something else": (
        reversed_presentation,
        "malformed-bundle",
        "could not be checked",
    ),
    "a presentation that speaks itself": (
        talkative_presentation,
        "unsigned-member",
        "not signed by whom it says",
    ),
    "a bare presentation that speaks itself": (
        lambda: other_presentation(holder="did:web:seller.example"),
        "unsigned-member",
        "not signed by whom it says",
    ),
    "a presentation with a context of its own": (
        lambda: other_presentation(**{"@context": [{"@vocab": "urn:x#"}]}),
        "unsigned-member",
        "not signed by whom it says",
    ),
    "a presentation with an unknown context": (
        lambda: other_presentation(**{"@context": "https://e.example/v1"}),
        "unknown-context",
        "could not be checked",
    ),
    "an empty presentation": (
        lambda: presentation_bytes([]),
        "verification-input",
        "not signed by whom it says",
    ),
    "an empty bundle": (lambda: a_bundle([], []), "malformed-bundle", "could not be checked"),
    "another format of bundle": (
        lambda: changed_bundle(PLAN.bundle(), format="open-battery-passport-bundle/9"),
        "malformed-bundle",
        "could not be checked",
    ),
    "a bundle with a text for bytes": (
        lambda: changed_bundle(PLAN.bundle(), statements=["!"]),
        "malformed-bundle",
        "could not be checked",
    ),
    "a bundle with another context": (
        lambda: changed_bundle(
            PLAN.bundle(), contexts={"https://www.w3.org/ns/credentials/v2": "e30"}
        ),
        "bundled-context-changed",
        "could not be checked",
    ),
    "a bundle with an unknown context": (
        lambda: changed_bundle(PLAN.bundle(), contexts={"https://e.example/v1": "e30"}),
        "unknown-context",
        "could not be checked",
    ),
}


@pytest.mark.parametrize("forgery", FORGED_PASSPORTS)
def test_a_passport_does_not_verify_with(forgery):
    make, code, verdict = FORGED_PASSPORTS[forgery]

    report = verify(make())

    assert not report.verified
    assert code in codes(report)
    assert report.verdict == verdict


def test_every_member_of_a_bundle_is_needed_and_of_its_kind():
    bundle = orjson.loads(PLAN.bundle())

    for member in set(bundle) - {"format", "contexts"}:
        rest = {name: value for name, value in bundle.items() if name != member}
        assert codes(verify(orjson.dumps(rest))) == ["malformed-bundle"]
    for member in set(bundle) - {"format"}:
        report = verify(changed_bundle(PLAN.bundle(), **{member: 7}))
        assert codes(report) == ["malformed-bundle"]


@pytest.mark.parametrize(
    ("statement", "roles"),
    [
        (RECYCLED, {RECYCLER: frozenset({Role.COLLECTOR})}),
        (RECYCLING_STARTED, {RECYCLER: frozenset()}),
        (replace(RECYCLED, issuer=MAKER), {MAKER: frozenset({Role.OPERATOR})}),
        (SUCCESSION, {MAKER: frozenset({Role.RECYCLER})}),
        (MODEL_PUBLIC, {MAKER: frozenset({Role.RECYCLER})}),
    ],
)
def test_a_party_states_only_what_goes_with_its_roles(statement, roles):
    report = verify(statement.sign(), replace(TRUST, roles=roles))

    assert codes(report) == ["issuer-without-say"]


def test_a_report_names_each_check_once_and_the_statement_of_each_problem():
    report = verify(replace(PLAN, revoked=(1, 2)).bundle()).to_dict()

    checks = [check["check"] for check in report["checks"]]
    assert len(checks) == len(set(checks)) == 12
    assert [problem["statement"] for problem in report["problems"]] == [
        f"{HOST}/statements/1",
        f"{HOST}/statements/2",
    ]
    assert report["verified"] is False
