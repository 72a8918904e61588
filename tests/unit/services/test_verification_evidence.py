"""Keys and suites that have lost their worth, forked logs, witnesses: what proves the time."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from builders_bundle import (
    DID_DOCUMENTS,
    FIRST_CONDITION,
    ITEM_PUBLIC,
    KEYS,
    LOG,
    MAKER,
    OTHER_LOG,
    SIGNED_AT,
    TRUST,
    PassportPlan,
    consistency_in,
    list_iri,
    note_over,
    receipts_in,
)
from builders_signing import NOON, a_key, an_ecdsa_key
from builders_time_stamps import an_authority

from passport.linked_data.documents import digest_of
from passport.services.bundle import (
    ArchivedDidDocument,
    LogExtension,
    StampedCheckpoint,
    make_bundle,
    parse_bundle,
)
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.proofs import sign_document
from passport.signing.status_list import build_status_list
from passport.signing.time_stamps import stamped_bytes
from passport.signing.transparency_log import (
    WITNESS_SIGNATURE,
    KeyNoteSigner,
    TrustedLog,
    signature_line,
    split_note,
)
from passport.signing.witness import cosign, with_cosignatures

PLAN = PassportPlan()
BEFORE, AFTER = SIGNED_AT - timedelta(days=1), SIGNED_AT + timedelta(days=1)
YESTERDAY = NOON - timedelta(days=1)
FIRST_ENTRY = bytes(32)
WITNESS = KeyNoteSigner("witness.example", a_key("rival"), WITNESS_SIGNATURE)
OTHER_WITNESS = KeyNoteSigner("other-witness.example", a_key("recycler"), WITNESS_SIGNATURE)


def codes(report):
    return sorted({problem.code for problem in report.problems})


def verify(data, trust=TRUST, at=NOON, **asked):
    return verify_passport(data, trust=trust, at=at, **asked)


def key_document(did=MAKER, **ends):
    """A DID document whose only key has an end."""
    key = KEYS[did]
    published = PublishedKey(
        key_id=key.key_id, public_key_multibase=key.public_key_multibase, **ends
    )
    return build_did_document(did, [published])


OTHER_KIND = an_ecdsa_key("rival", MAKER, 7)
"""A key of another kind, under a name that the maker never gave."""


def document_of(*keys):
    """A DID document of the maker with some keys."""
    published = (
        PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)
        for key in keys
    )
    return build_did_document(MAKER, list(published))


def signed_by(key):
    """A statement in the name of the maker."""
    document = orjson.loads(ITEM_PUBLIC.sign())
    del document["proof"]
    return sign_document(document, key=key, created=SIGNED_AT)


def trust_with_key(**ends):
    return replace(TRUST, did_documents={**DID_DOCUMENTS, MAKER: key_document(**ends)})


def a_bundle_of(statements, *, entries=(FIRST_ENTRY,), cosigned=str, **members):
    """A bundle with fresh lists, whose statements follow other entries in one log."""
    logged = [*entries, *map(digest_of, statements), *members.pop("later", ())]
    receipts = receipts_in(logged, cosigned=cosigned)
    return make_bundle(
        statements,
        did_documents=members.pop("did_documents", DID_DOCUMENTS),
        status_lists=members.pop("status_lists", PLAN.status_lists()),
        receipts=receipts,
        **members,
    )


def cosigned_at(*times):
    def add(note):
        signers = (WITNESS, OTHER_WITNESS)
        lines = [cosign(note, signer, at) for signer, at in zip(signers, times, strict=False)]
        return with_cosignatures(note, lines)

    return add


def trusting_witnesses(trust, quorum=1):
    keys = (WITNESS.key.text, OTHER_WITNESS.key.text)
    return replace(trust, witnesses=keys, witness_quorum=quorum)


STATEMENTS = PLAN.statements()


# --- keys that have ended or were compromised -----------------------------------------------------


def test_what_an_ended_key_signed_before_stands_by_its_place_in_the_log():
    trust = trust_with_key(expires_at=AFTER)

    report = verify(a_bundle_of([ITEM_PUBLIC.sign()], status_lists=[]), trust)

    assert "key-ended-unproven" not in codes(report)


def a_list(*, marked, valid_from, valid_until=None):
    """The maker's status list of some day."""
    document = build_status_list(
        list_iri(MAKER),
        issuer_did=MAKER,
        marked=marked,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return sign_document(document, key=KEYS[MAKER], created=valid_from)


def test_what_an_ended_key_signed_is_not_believed_by_its_own_day_alone():
    report = verify(ITEM_PUBLIC.sign(), trust_with_key(expires_at=AFTER))

    assert codes(report) == ["key-ended-unproven"]
    assert report.verdict == "could not be checked"


def test_what_an_ended_key_signed_afterwards_is_refused():
    report = verify(a_bundle_of([ITEM_PUBLIC.sign()]), trust_with_key(expires_at=BEFORE))

    assert "key-expired" in codes(report)


@pytest.mark.parametrize(("size", "stands"), [(0, False), (1, False), (2, True), (5, True)])
def test_a_compromised_key_counts_for_what_was_in_the_log_before(size, stands):
    trust = trust_with_key(revoked_at=SIGNED_AT, revoked_from_log_size=size)

    report = verify(a_bundle_of([ITEM_PUBLIC.sign()], status_lists=[]), trust)

    assert ("key-revoked" not in codes(report)) is stands


def test_a_compromised_key_counts_for_nothing_without_receipt():
    trust = trust_with_key(revoked_at=AFTER, revoked_from_log_size=9)

    report = verify(ITEM_PUBLIC.sign(), trust)

    assert codes(report) == ["key-revoked"]
    assert report.verdict == "not signed by whom it says"


def test_a_place_in_the_log_says_nothing_where_several_logs_are_trusted():
    other = TrustedLog(origin=OTHER_LOG.key.name, key=OTHER_LOG.key)
    trust = trust_with_key(revoked_at=SIGNED_AT, revoked_from_log_size=5)

    report = verify(a_bundle_of([ITEM_PUBLIC.sign()]), replace(trust, logs=(*TRUST.logs, other)))

    assert "key-revoked" in codes(report)


@pytest.mark.parametrize(("seen_at", "stands"), [(BEFORE, True), (AFTER, False)])
def test_a_compromised_key_counts_for_what_witnesses_had_seen_before(seen_at, stands):
    trust = trusting_witnesses(trust_with_key(revoked_at=SIGNED_AT))

    report = verify(
        a_bundle_of([ITEM_PUBLIC.sign()], status_lists=[], cosigned=cosigned_at(seen_at)), trust
    )

    assert ("key-revoked" not in codes(report)) is stands


def test_a_compromise_counts_also_for_an_instant_before_it():
    trust = trust_with_key(revoked_at=AFTER + timedelta(days=1))

    report = verify(ITEM_PUBLIC.sign(), trust, AFTER, now=NOON)

    assert codes(report) == ["key-revoked"]


# --- suites that are broken -----------------------------------------------------------------------


def test_a_retired_suite_proves_nothing_without_a_time_from_others():
    trust = replace(TRUST, retired={"eddsa-rdfc-2022": AFTER})

    report = verify(PLAN.bundle(), trust)

    assert "suite-retired" in codes(report)
    assert report.verdict == "could not be checked"


def test_witnesses_prove_no_time_once_their_own_kind_of_signature_is_broken():
    trust = trusting_witnesses(replace(TRUST, retired={"eddsa-rdfc-2022": AFTER}))
    lists = [body for body in PLAN.status_lists() if b"maker-1" in body]
    entries = (FIRST_ENTRY, *map(digest_of, lists))

    report = verify(
        a_bundle_of(STATEMENTS, entries=entries, status_lists=lists, cosigned=cosigned_at(BEFORE)),
        trust,
    )

    assert "suite-retired" in codes(report)


@pytest.mark.parametrize(("seen_at", "stands"), [(BEFORE, True), (AFTER, False)])
def test_a_retired_suite_stands_where_witnesses_had_seen_the_log_before(seen_at, stands):
    known = {**DID_DOCUMENTS, MAKER: document_of(OTHER_KIND)}
    retired = {OTHER_KIND.cryptosuite: SIGNED_AT}
    trust = trusting_witnesses(replace(TRUST, did_documents=known, retired=retired))

    report = verify(
        a_bundle_of([signed_by(OTHER_KIND)], status_lists=[], cosigned=cosigned_at(seen_at)), trust
    )

    assert ("suite-retired" not in codes(report)) is stands


def test_a_suite_that_will_be_retired_later_still_counts():
    trust = replace(TRUST, retired={"eddsa-rdfc-2022": NOON + timedelta(days=1)})

    assert verify(PLAN.bundle(), trust).verified


# --- what the log kept of a party -----------------------------------------------------------------


def archived(*documents):
    """Statements after the versions of a DID document, all in one log."""
    versions = [orjson.dumps(document) for document in documents]
    entries = [digest_of(version) for version in versions]
    receipts = receipts_in([*entries, *map(digest_of, STATEMENTS)])
    history = {
        MAKER: [
            ArchivedDidDocument(document=version, receipt=receipts[entry])
            for version, entry in zip(versions, entries, strict=True)
        ]
    }
    return history, receipts


def a_bundle_with(history, receipts):
    return make_bundle(
        STATEMENTS,
        did_documents={},
        status_lists=PLAN.status_lists()[:1],
        receipts=receipts,
        did_history=history,
    )


ARCHIVE = Trust(history_dids=frozenset({MAKER}), logs=TRUST.logs)


def test_a_party_that_is_gone_is_believed_by_the_documents_that_the_log_kept():
    history, receipts = archived(DID_DOCUMENTS[MAKER])

    report = verify(a_bundle_with(history, receipts), ARCHIVE)

    assert codes(report) == []
    assert report.verified


def test_the_newest_archived_document_says_what_became_of_a_key():
    history, receipts = archived(
        DID_DOCUMENTS[MAKER], key_document(revoked_at=BEFORE, revoked_from_log_size=0)
    )

    assert "key-revoked" in codes(verify(a_bundle_with(history, receipts), ARCHIVE))


# --- Ed25519 is broken, and with it the signature of the log -------------------------------------

AUTHORITY = an_authority("Present", BEFORE - timedelta(days=1), NOON + timedelta(days=365))
NOW_BROKEN = replace(
    ARCHIVE, retired={"eddsa-rdfc-2022": AFTER}, time_stamp_authorities=(AUTHORITY.root,)
)


def a_kept_passport(documents, statement, *, stamp):
    """A statement after versions of a DID document in one log, as a stamp makes it provable."""
    versions = [orjson.dumps(document) for document in documents]
    entries = [*map(digest_of, versions), digest_of(statement)]
    receipts, note = receipts_in(entries), note_over(entries)
    return make_bundle(
        [statement],
        did_documents={},
        status_lists=[],
        receipts=receipts,
        did_history={
            MAKER: [
                ArchivedDidDocument(document=version, receipt=receipts[digest_of(version)])
                for version in versions
            ]
        },
        time_stamps=stamp(note),
    )


def stamped_whole(note):
    return StampedCheckpoint(note=note, tokens=[AUTHORITY.stamp(stamped_bytes(note), SIGNED_AT)])


def stamped_before_it_was_signed(note):
    """A tree of an attacker who learnt to sign as the log only afterwards."""
    text = split_note(note)[0].encode()
    return StampedCheckpoint(note=note, tokens=[AUTHORITY.stamp(text, SIGNED_AT)])


def stamped_with_a_made_up_signature(note):
    text, _ = split_note(note)
    made_up = f"{text}\n{signature_line(LOG.key, bytes(64))}"
    return StampedCheckpoint(
        note=made_up, tokens=[AUTHORITY.stamp(stamped_bytes(made_up), SIGNED_AT)]
    )


def unstamped(note):
    del note


def test_a_log_stamped_with_its_signature_still_proves_keys_and_statements():
    bundle = a_kept_passport([DID_DOCUMENTS[MAKER]], ITEM_PUBLIC.sign(), stamp=stamped_whole)

    assert not {"suite-retired", "key-unknown", "time-stamp"} & set(
        codes(verify(bundle, NOW_BROKEN))
    )


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        (stamped_before_it_was_signed, "time-stamp"),
        (stamped_with_a_made_up_signature, "checkpoint-forged"),
        (unstamped, "suite-retired"),
    ],
)
def test_a_tree_that_was_signed_as_the_log_after_its_stamp_proves_no_keys(stamp, reason):
    forged = a_kept_passport([document_of(OTHER_KIND)], signed_by(OTHER_KIND), stamp=stamp)

    report = verify(forged, NOW_BROKEN)

    assert {reason, "suite-retired"} <= set(codes(report))
    assert not report.verified


def test_a_version_of_after_the_stamp_brings_no_keys_and_takes_no_end_back():
    ended = key_document(revoked_at=BEFORE, revoked_from_log_size=0)
    stamped = orjson.loads(a_kept_passport([ended], ITEM_PUBLIC.sign(), stamp=stamped_whole))
    later = a_kept_passport(
        [ended, document_of(KEYS[MAKER], OTHER_KIND)],
        signed_by(OTHER_KIND),
        stamp=unstamped,
    )
    [first, second] = orjson.loads(later)["didHistory"][MAKER]
    [proven] = stamped["didHistory"][MAKER]
    both = {MAKER: [proven, second]}

    with_new_key = orjson.dumps(
        orjson.loads(later) | {"didHistory": both, "timeStamps": stamped["timeStamps"]}
    )
    with_old_key = orjson.dumps(stamped | {"didHistory": both})

    assert first["document"] == proven["document"]
    assert "suite-retired" in codes(verify(with_new_key, NOW_BROKEN))
    assert "key-revoked" in codes(verify(with_old_key, NOW_BROKEN))


# --- one log, the same for everybody --------------------------------------------------------------


def keeping(note):
    return replace(TRUST, kept_checkpoints=(note,))


def entries_of(statements):
    return [FIRST_ENTRY, *map(digest_of, statements)]


@pytest.mark.parametrize("kept_size", [1, 2, 3, 4, 5])
def test_a_log_with_that_proof_is_the_same_log(kept_size):
    entries = entries_of(STATEMENTS)
    extension = LogExtension(
        origin=LOG.key.name,
        old_size=kept_size,
        new_size=len(entries),
        path=consistency_in(entries, kept_size),
    )

    bundle = a_bundle_of(STATEMENTS, log_extensions=[extension])

    assert verify(bundle, keeping(note_over(entries[:kept_size]))).verified


def test_a_checkpoint_needs_as_many_witnesses_as_the_trust_file_asks_for():
    trust = trusting_witnesses(TRUST, quorum=2)

    one = verify(a_bundle_of(STATEMENTS, cosigned=cosigned_at(AFTER)), trust)
    two = verify(a_bundle_of(STATEMENTS, cosigned=cosigned_at(AFTER, AFTER)), trust)

    assert codes(one) == ["witnesses-missing"]
    assert two.verified


# --- the passport as it was at an instant ---------------------------------------------------------


def later(plan, **changed):
    def edit(document):
        return document | {"validFrom": "2026-11-20T12:00:00Z"}

    return replace(plan, edit=edit, **changed)


def test_a_version_that_came_later_leaves_the_older_one_in_force():
    newer = later(ITEM_PUBLIC, number=21, version=2, previous=digest_of(ITEM_PUBLIC.sign()))
    bundle = replace(PLAN, others=(*PLAN.others, newer)).bundle()

    then = verify(bundle, at=AFTER, now=NOON)
    today = verify(bundle)

    assert codes(then) == []
    assert "statement-superseded" in codes(today)


def test_a_condition_of_later_is_left_aside():
    plan = replace(PLAN, others=(*PLAN.others, later(FIRST_CONDITION)))

    assert verify(plan.bundle(), at=AFTER, now=NOON).verified


def test_what_lies_ahead_of_the_clock_is_never_left_aside():
    plan = replace(PLAN, others=(*PLAN.others, later(FIRST_CONDITION)))

    assert codes(verify(plan.bundle(), at=AFTER)) == ["not-valid-then"]


def test_a_passport_that_did_not_exist_yet_is_not_valid_then():
    assert "not-valid-then" in codes(verify(PLAN.bundle(), at=BEFORE, now=NOON))


def test_a_list_newer_than_the_instant_does_not_count_against():
    late = a_list(marked=(1,), valid_from=YESTERDAY)
    bundle = a_bundle_of(STATEMENTS, status_lists=[late])

    then = verify(bundle, at=AFTER, now=NOON)

    assert codes(then) == []
    status = next(c for c in then.to_dict()["checks"] if c["check"] == "status")
    assert status["outcome"] == "not checked"
    assert "newer than the instant asked about" in status["detail"]
    assert codes(verify(bundle)) == ["statement-revoked"]


def test_of_several_lists_the_one_of_the_time_counts():
    old = a_list(marked=(), valid_from=SIGNED_AT)
    new = a_list(marked=(1,), valid_from=YESTERDAY)
    bundle = a_bundle_of(STATEMENTS, status_lists=[old, new])

    assert verify(bundle, at=AFTER, now=NOON).verified
    assert codes(verify(bundle)) == ["statement-revoked"]


def test_a_list_that_came_along_and_ended_is_not_called_missing():
    over = NOON + timedelta(days=400)
    ended = a_list(marked=(), valid_from=SIGNED_AT, valid_until=AFTER)

    report = verify(a_bundle_of(STATEMENTS, status_lists=[ended]), at=over, now=over)

    told = " ".join(problem.message for problem in report.problems)
    assert codes(report) == ["status-list", "status-list-ended"]
    assert "came along and does not count" in told
    assert "not in the bundle" not in told


# --- the bundle itself ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        {"didHistory": []},
        {"didHistory": {"d": {}}},
        {"didHistory": {"d": [{"document": "!", "receipt": ""}]}},
        {"didHistory": {"d": [{"document": "e30", "receipt": 7}]}},
        {"timeStamps": []},
        {"timeStamps": {"checkpoint": "x", "tokens": []}},
        {"timeStamps": {"checkpoint": "x", "tokens": ["e30"] * 101}},
        {"timeStamps": {"checkpoint": 7, "tokens": ["e30"]}},
        {"logExtensions": {}},
        {"logExtensions": [{"origin": "o", "oldSize": "x", "newSize": 2, "path": []}]},
    ],
)
def test_evidence_of_another_form_makes_the_bundle_malformed(members):
    document = orjson.loads(PLAN.bundle()) | members

    with pytest.raises(Exception, match=r".") as refusal:
        parse_bundle(document)

    assert refusal.value.code == "malformed-bundle"
