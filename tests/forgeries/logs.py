"""Receipts of something else, logs of somebody else, forked logs, missing witnesses."""

from dataclasses import replace

from builders_bundle import (
    DID_DOCUMENTS,
    LOG,
    OTHER_LOG,
    SIGNED_AT,
    TRUST,
    consistency_in,
    note_over,
    receipts_in,
)
from builders_signing import a_key

from forgeries.forgery import NOT_CHECKED, PLAN, Forgery, Shown, bundle_with, plan
from passport.linked_data.documents import digest_of
from passport.services.bundle import LogExtension, make_bundle
from passport.signing.transparency_log import WITNESS_SIGNATURE, KeyNoteSigner
from passport.signing.witness import cosign, with_cosignatures

_STATEMENTS = PLAN.statements()
_ENTRIES = [bytes(32), *map(digest_of, _STATEMENTS)]
_OTHER_ENTRIES = [bytes([1] * 32), *_ENTRIES[1:]]
_ITEM = digest_of(_STATEMENTS[1])
_WITNESSES = tuple(
    KeyNoteSigner(f"{name}.example", a_key(name), WITNESS_SIGNATURE)
    for name in ("rival", "recycler")
)


def bundled(receipts=None, **members):
    return make_bundle(
        _STATEMENTS,
        did_documents=DID_DOCUMENTS,
        status_lists=PLAN.status_lists(),
        receipts=receipts or receipts_in(_ENTRIES),
        **members,
    )


def receipt_changed(change):
    """The bundle with another receipt of the item's statement."""
    receipts = receipts_in(_ENTRIES)
    return bundled(receipts | {_ITEM: change(receipts[_ITEM])})


def of_another_statement(receipt):
    assert receipt
    return receipts_in(_ENTRIES)[_ENTRIES[3]]


def at_another_index(receipt):
    return receipt.replace("index 2", "index 1", 1)


def with_a_shorter_path(receipt):
    header, index, _, *rest = receipt.split("\n")
    return "\n".join([header, index, *rest])


def with_a_longer_path(receipt):
    header, index, first, *rest = receipt.split("\n")
    return "\n".join([header, index, first, first, *rest])


def under_another_size(receipt):
    return receipt.replace(f"{LOG.key.name}\n{len(_ENTRIES)}\n", f"{LOG.key.name}\n9\n")


def without_signature(receipt):
    return receipt.partition("\n\u2014 ")[0] + "\n"


def beyond_the_end(receipt):
    return receipt.replace("index 2", "index 99", 1)


def keeping(note, **members):
    return Shown(data=bundled(**members), trust=replace(TRUST, kept_checkpoints=(note,)))


def extension(old_size, path):
    return LogExtension(origin=LOG.key.name, old_size=old_size, new_size=len(_ENTRIES), path=path)


def going_on(kept_entries=_ENTRIES[:2], path=None):
    """The bundle with a proof that the log goes on from a checkpoint kept before."""
    path = consistency_in(_ENTRIES, 2) if path is None else path
    return keeping(note_over(kept_entries), log_extensions=[extension(2, path)])


def two_trees():
    """Each statement is in a log of the right size and name; but there are two of them."""
    receipts = receipts_in(_ENTRIES)
    return bundled(receipts | {_ITEM: receipts_in(_OTHER_ENTRIES)[_ITEM]})


def witnessed(*signers, quorum=2, change=lambda note: note):
    def add(note):
        lines = [cosign(note, signer, SIGNED_AT) for signer in signers]
        return change(with_cosignatures(note, lines))

    trust = replace(
        TRUST, witnesses=tuple(one.key.text for one in _WITNESSES), witness_quorum=quorum
    )
    return Shown(data=bundled(receipts_in(_ENTRIES, cosigned=add)), trust=trust)


def forged_cosignature():
    """A cosignature of another checkpoint, moved to this one."""
    other = cosign(note_over(_OTHER_ENTRIES), _WITNESSES[1], SIGNED_AT)

    def moved(note):
        return with_cosignatures(note, [other])

    return witnessed(_WITNESSES[0], change=moved)


def _receipt(name, change, code, phrase, *verdict):
    return Forgery(name, lambda: receipt_changed(change), code, phrase, *verdict)


LOGS = (
    # --- receipts ---
    Forgery(
        "no receipts",
        lambda: bundle_with(receipts={}),
        "receipt-missing",
        "no log receipt for https://id.maker.example/statements/100",
        NOT_CHECKED,
    ),
    _receipt(
        "a receipt of another statement",
        of_another_statement,
        "receipt-entry-mismatch",
        f"the receipt for index 3 does not belong to entry {_ITEM.hex()}",
    ),
    _receipt(
        "a receipt for another place",
        at_another_index,
        "receipt-entry-mismatch",
        "the receipt for index 1 does not",
    ),
    _receipt(
        "a receipt for a place behind the end", beyond_the_end, "receipt-path-broken", "index 99"
    ),
    _receipt(
        "a receipt that was cut",
        with_a_shorter_path,
        "receipt-path-broken",
        "ends before it reaches the root",
    ),
    _receipt(
        "a receipt that was padded",
        with_a_longer_path,
        "receipt-path-broken",
        "more than this place needs",
    ),
    _receipt(
        "a checkpoint of another size",
        under_another_size,
        "checkpoint-forged",
        f"{LOG.key.name} did not sign",
    ),
    _receipt(
        "a checkpoint that nobody signed",
        without_signature,
        "receipt-malformed",
        "no signature lines",
    ),
    _receipt(
        "a text for a receipt", lambda _: "logged", "receipt-malformed", "a receipt begins with"
    ),
    Forgery(
        "receipts of a log that nobody trusts",
        lambda: plan(log=OTHER_LOG),
        "unknown-log",
        f"{OTHER_LOG.key.name!r}",
        NOT_CHECKED,
    ),
    Forgery(
        "receipts by another key under the name of the log",
        lambda: plan(log=KeyNoteSigner(LOG.key.name, a_key("rival"))),
        "unknown-log",
        f"{LOG.key.name!r}",
        NOT_CHECKED,
    ),
    # --- one log for everybody ---
    Forgery(
        "a forked log, by the checkpoint that the reader keeps",
        lambda: keeping(note_over(_OTHER_ENTRIES)),
        "log-forked",
        "you keep the other one",
        NOT_CHECKED,
        genuine=lambda: keeping(note_over(_ENTRIES)),
    ),
    Forgery(
        "a forked log, within one bundle",
        two_trees,
        "log-forked",
        "the bundle holds both",
        NOT_CHECKED,
    ),
    Forgery(
        "a log that was written anew since the reader looked",
        lambda: going_on(_OTHER_ENTRIES[:2]),
        "log-forked",
        "does not begin with what it had at 2",
        NOT_CHECKED,
        genuine=going_on,
    ),
    Forgery(
        "a log that grew without proof that it goes on",
        lambda: keeping(note_over(_ENTRIES[:2])),
        "log-extension-missing",
        "nothing proves that the tree of 6 entries",
        NOT_CHECKED,
        genuine=going_on,
    ),
    Forgery(
        "a proof that the log goes on, of too many hashes",
        lambda: going_on(path=[bytes(32), *consistency_in(_ENTRIES, 2)]),
        "receipt-path-broken",
        "1 hashes more than these sizes need",
        genuine=going_on,
    ),
    # --- witnesses ---
    Forgery(
        "no witnesses, though the reader asks for two",
        witnessed,
        "witnesses-missing",
        "0 of your witnesses",
        NOT_CHECKED,
        genuine=lambda: witnessed(*_WITNESSES),
    ),
    Forgery(
        "one witness twice",
        lambda: witnessed(_WITNESSES[0], _WITNESSES[0]),
        "witnesses-missing",
        "1 of your witnesses",
        NOT_CHECKED,
        genuine=lambda: witnessed(*_WITNESSES),
    ),
    Forgery(
        "a cosignature of another checkpoint",
        forged_cosignature,
        "cosignature-forged",
        "recycler.example did not sign",
        genuine=lambda: witnessed(*_WITNESSES),
    ),
)
