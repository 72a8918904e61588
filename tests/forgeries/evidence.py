"""Keys that lost their worth, histories and time stamps that prove nothing."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache

import orjson
from builders_bundle import (
    DID_DOCUMENTS,
    KEYS,
    MAKER,
    OTHER_LOG,
    RIVAL,
    SIGNED_AT,
    TRUST,
    note_over,
    receipts_in,
)
from builders_signing import NOON, a_key
from builders_time_stamps import an_authority
from cryptography.x509.oid import ExtendedKeyUsageOID

from forgeries.forgery import NOT_CHECKED, PLAN, Forgery, Shown, a_statement
from forgeries.proofs import EC_TRUST
from passport.linked_data.documents import digest_of
from passport.services.bundle import ArchivedDidDocument, StampedCheckpoint, make_bundle
from passport.services.trust import Trust
from passport.signing.did import PublishedKey, build_did_document
from passport.signing.time_stamps import stamped_bytes
from passport.signing.transparency_log import TrustedLog

_FIRST_ENTRY = bytes(32)
_BEFORE, _AFTER = SIGNED_AT - timedelta(days=1), SIGNED_AT + timedelta(days=1)
_STATEMENTS = PLAN.statements()
_LISTS = PLAN.status_lists()[:1]
_SUITE = "eddsa-rdfc-2022"


# --- keys -----------------------------------------------------------------------------------------


def key_document(**ends):
    """A DID document of the maker whose only key has an end."""
    key = KEYS[MAKER]
    published = PublishedKey(
        key_id=key.key_id, public_key_multibase=key.public_key_multibase, **ends
    )
    return build_did_document(MAKER, [published])


def knowing_key(data, **ends):
    documents = {**DID_DOCUMENTS, MAKER: key_document(**ends)}
    return Shown(data=data, trust=replace(TRUST, did_documents=documents))


def logged(*, stamps=None, history=None, entries=(_FIRST_ENTRY,), documents=DID_DOCUMENTS):
    """The passport and its list, in one log after other entries."""
    everything = [*entries, *map(digest_of, (*_LISTS, *_STATEMENTS))]
    return make_bundle(
        _STATEMENTS,
        did_documents=documents,
        status_lists=_LISTS,
        receipts=receipts_in(everything),
        time_stamps=stamps(note_over(everything)) if stamps else None,
        did_history=history,
    )


def compromised(size, **bundle):
    return knowing_key(logged(**bundle), revoked_at=_BEFORE, revoked_from_log_size=size)


def compromised_with_two_logs():
    """A place in a log says nothing where the compromise does not say of which log."""
    made = compromised(50)
    other = TrustedLog(origin=OTHER_LOG.key.name, key=OTHER_LOG.key)
    return replace(made, trust=replace(made.trust, logs=(*TRUST.logs, other)))


# --- time stamps ----------------------------------------------------------------------------------


@cache
def authority(name="Present", since=_BEFORE, until=NOON + timedelta(days=365), **more):
    return an_authority(name, since - timedelta(days=1), until, **more)


def stamps_of(*tokens_over):
    """How a checkpoint is stamped, each token renewing those before it."""

    def stamps(note):
        tokens = []
        for make in tokens_over:
            tokens.append(make(note, b"".join(tokens)))
        return StampedCheckpoint(note=note, tokens=tokens)

    return stamps


def stamped(*tokens_over):
    """The passport with a stamped log, for somebody to whom its suite is broken by now."""
    roots = [one.root for one in (authority(), short_lived(), web_server())]
    trust = replace(TRUST, retired={_SUITE: _AFTER}, time_stamp_authorities=roots)
    return Shown(data=logged(stamps=stamps_of(*tokens_over)), trust=trust)


def short_lived():
    return authority("Short", _BEFORE, SIGNED_AT + timedelta(days=2))


def web_server():
    return authority("Server", purpose=ExtendedKeyUsageOID.SERVER_AUTH)


def on_time(note, before):
    return authority().stamp(before or stamped_bytes(note), SIGNED_AT)


def too_late(note, before):
    return authority().stamp(before or stamped_bytes(note), _AFTER + timedelta(days=1))


def over_another(_note, before):
    return authority().stamp(before or stamped_bytes(note_over([_FIRST_ENTRY])), SIGNED_AT)


def of_an_unknown_one(note, before):
    return authority("Unknown").stamp(before or stamped_bytes(note), SIGNED_AT)


def for_another_purpose(note, before):
    return web_server().stamp(before or stamped_bytes(note), SIGNED_AT)


def over_sha1(note, before):
    return authority().stamp(before or stamped_bytes(note), SIGNED_AT, digest="sha1")


def by_the_short_lived(note, before):
    return short_lived().stamp(before or stamped_bytes(note), SIGNED_AT)


def renewed_too_late(_note, before):
    return authority().stamp(before, SIGNED_AT + timedelta(days=5))


def renewed_before_it_was_made(_note, before):
    return authority().stamp(before, SIGNED_AT - timedelta(hours=5))


def of_tomorrow(note, before):
    return authority().stamp(before or stamped_bytes(note), NOON + timedelta(days=1))


def cut_off(note, before):
    return on_time(note, before)[:-40]


def rightly_stamped():
    return stamped(on_time)


def broken_without_stamp():
    return Shown(data=logged(), trust=replace(TRUST, retired={_SUITE: _AFTER}))


# --- histories ------------------------------------------------------------------------------------

TWO_KEYS = EC_TRUST.did_documents[MAKER]
ARCHIVE = Trust(history_dids=frozenset({MAKER}), logs=TRUST.logs)


def archived(*documents, change=lambda versions: versions, stamps=None):
    """The passport of a party that is gone, with what the log kept of its keys."""
    versions = [orjson.dumps(document) for document in documents]
    entries = [hashlib.sha256(version).digest() for version in versions]
    everything = [*entries, *map(digest_of, (*_LISTS, *_STATEMENTS))]
    receipts = receipts_in(everything)
    kept = [
        ArchivedDidDocument(document=version, receipt=receipts[entry])
        for version, entry in zip(versions, entries, strict=True)
    ]
    data = logged(entries=entries, history={MAKER: change(kept)}, documents={}, stamps=stamps)
    return Shown(data=data, trust=ARCHIVE)


def genuine_archive():
    return archived(DID_DOCUMENTS[MAKER])


def never_logged():
    """A document with the forger's key, with the receipt of the genuine one."""
    key = a_key("rival", MAKER, 2)
    forged = build_did_document(
        MAKER, [PublishedKey(key_id=key.key_id, public_key_multibase=key.public_key_multibase)]
    )
    return archived(
        DID_DOCUMENTS[MAKER],
        change=lambda kept: [*kept, replace(kept[0], document=orjson.dumps(forged))],
    )


def a_kept_passport():
    """A stamped passport of a party that is gone; the log kept two versions of its keys."""
    return archived(DID_DOCUMENTS[MAKER], TWO_KEYS, stamps=stamps_of(on_time)).data


def without_history():
    return Shown(data=logged(), trust=ARCHIVE)


EVIDENCE = (
    # --- keys that ended or were stolen ---
    Forgery(
        "a proof made after its key had ended",
        lambda: knowing_key(logged(), expires_at=_BEFORE),
        "key-expired",
        "before the proof was made",
        genuine=lambda: knowing_key(logged(), expires_at=_AFTER),
    ),
    Forgery(
        "a proof of an ended key that is in no log",
        lambda: knowing_key(a_statement(), expires_at=_AFTER),
        "key-ended-unproven",
        "no log receipt proves",
        NOT_CHECKED,
        genuine=lambda: knowing_key(a_statement(), expires_at=NOON + timedelta(days=1)),
    ),
    Forgery(
        "a proof of a stolen key that is in no log",
        lambda: knowing_key(a_statement(), revoked_at=_AFTER, revoked_from_log_size=9),
        "key-revoked",
        "anybody may hold it",
        genuine=a_statement,
    ),
    Forgery(
        "statements by a stolen key, put into the log after the theft",
        lambda: compromised(4),
        "key-revoked",
        "nothing proves that this was signed before",
        genuine=lambda: compromised(50),
    ),
    Forgery(
        "statements by a stolen key, in one of several logs",
        compromised_with_two_logs,
        "key-revoked",
        f"revoked at {_BEFORE:%Y-%m-%d}",
        genuine=lambda: compromised(50),
    ),
    # --- broken suites and time stamps ---
    Forgery(
        "a proof of a broken suite without time stamp",
        broken_without_stamp,
        "suite-retired",
        "no time stamp proves that this was signed before",
        NOT_CHECKED,
        genuine=rightly_stamped,
    ),
    Forgery(
        "a proof of a broken suite with a time stamp of afterwards",
        lambda: stamped(too_late),
        "suite-retired",
        "that this was signed is proven only of 2026-11-13T12:00:00Z",
        NOT_CHECKED,
        genuine=rightly_stamped,
    ),
    *(
        Forgery(
            name,
            lambda tokens=tokens: stamped(*tokens),
            "time-stamp-ended" if "held until" in phrase else "time-stamp",
            phrase,
            NOT_CHECKED,
            genuine=rightly_stamped,
            also=frozenset({"suite-retired"}),
        )
        for name, phrase, *tokens in (
            ("a time stamp over another checkpoint", "is over something else", over_another),
            (
                "a time stamp by an authority that nobody trusts",
                "lead to no trusted authority",
                of_an_unknown_one,
            ),
            (
                "a time stamp by a key for web servers",
                "unsuitable certificate purpose",
                for_another_purpose,
            ),
            ("a time stamp over a SHA-1", "the hash 1.3.14.3.2.26", over_sha1),
            ("a time stamp that was cut off", "cannot be read", cut_off),
            ("a time stamp of tomorrow", "the first time stamp is of", of_tomorrow),
            (
                "a time stamp that nobody renewed",
                "held until 2026-11-13T12:00:00Z and was not renewed by 2026-11-21T12:00:00Z",
                by_the_short_lived,
            ),
            (
                "a time stamp renewed after its end",
                "held until 2026-11-13T12:00:00Z and was not renewed by 2026-11-16T12:00:00Z",
                *(by_the_short_lived, renewed_too_late),
            ),
            (
                "a time stamp older than the one it renews",
                "before the one it renews",
                *(on_time, renewed_before_it_was_made),
            ),
        )
    ),
    # --- parties that are gone ---
    Forgery(
        "no history of a party that is gone",
        without_history,
        "key-unknown",
        "that a trusted log proves has the key",
        NOT_CHECKED,
        genuine=genuine_archive,
    ),
    Forgery(
        "keys of a party that the log never kept",
        never_logged,
        "receipt-entry-mismatch",
        "does not belong to entry",
        genuine=genuine_archive,
    ),
    Forgery(
        "a history of another party",
        lambda: archived(DID_DOCUMENTS[RIVAL]),
        "did-document",
        f"is about {RIVAL!r}, not {MAKER}",
        genuine=genuine_archive,
        also=frozenset({"key-unknown"}),
    ),
    Forgery(
        "a history in another order",
        lambda: archived(
            DID_DOCUMENTS[MAKER], key_document(expires_at=NOON), change=lambda kept: kept[::-1]
        ),
        "did-history-broken",
        "does not come after entry",
        genuine=lambda: archived(DID_DOCUMENTS[MAKER], key_document(expires_at=NOON)),
    ),
)
