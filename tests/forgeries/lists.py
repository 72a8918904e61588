"""Status lists that are missing, of somebody else, ended, exchanged or blown up; and real marks."""

import gzip
from dataclasses import replace
from datetime import timedelta

import orjson
from builders_bundle import (
    ITEM_DECLARED,
    ITEM_PUBLIC,
    KEYS,
    MAKER,
    RIVAL,
    SIGNED_AT,
    a_bundle,
    list_iri,
)
from builders_signing import NOON

from forgeries.forgery import (
    NOT_CHECKED,
    PLAN,
    WITHDRAWN,
    Forgery,
    a_statement,
    parsed,
    plan,
    unsigned,
    with_members,
)
from passport.signing.multibase import encode_base64url
from passport.signing.proofs import NewProof, attach_proof, make_proof, sign_document
from passport.signing.status_list import LARGEST_LIST_BYTES, build_status_list

_LIST = list_iri(MAKER)


def a_list(did=MAKER, *, address=_LIST, signer=None, **members):
    """A status list of the maker, planned otherwise, and signed."""
    planned = {"marked": (), "valid_from": SIGNED_AT, "issuer_did": did} | members
    document = build_status_list(address, **planned)
    proof = make_proof(document, NewProof(created_at=SIGNED_AT), key=KEYS[signer or did])
    return attach_proof(document, proof)


def with_list(*lists):
    """The passport with other lists."""
    return a_bundle(PLAN.statements(), lists)


def with_content(**members):
    """The passport with the maker's list, which the maker itself filled otherwise."""
    document = unsigned(a_list())
    document["credentialSubject"] |= members
    return with_list(sign_document(document, key=KEYS[MAKER], created=SIGNED_AT))


def packed(data):
    return encode_base64url(gzip.compress(data, mtime=0))


def changed_afterwards():
    """The maker's list, from which somebody took a mark."""
    marked, clear = parsed(a_list(marked=(1,))), parsed(a_list())
    return with_list(orjson.dumps(clear | {"proof": marked["proof"]}))


def entry(purpose, index="1", **members):
    return {
        "id": f"{_LIST}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": _LIST,
    } | members


def asking(status, *lists):
    """The passport whose item names its status otherwise."""

    def edit(document):
        return document | {"credentialStatus": status}

    planned = replace(PLAN, items=(replace(ITEM_PUBLIC, edit=edit), ITEM_DECLARED))
    return a_bundle(planned.statements(), lists)


def on_two_lists(purpose, *, marked=()):
    """The passport whose item stands on a second list, for another purpose."""
    second = f"{_LIST}-{purpose}"
    entries = [
        entry("revocation"),
        entry(purpose, statusListCredential=second, id=f"{second}#1"),
    ]
    return asking(entries, a_list(), a_list(address=second, purpose=purpose, marked=marked))


LISTS = (
    # --- what the issuer itself says ---
    Forgery(
        "a withdrawn statement shown as if it were not",
        lambda: plan(revoked=(1,)),
        "statement-revoked",
        "was withdrawn by its issuer",
        WITHDRAWN,
    ),
    Forgery(
        "a suspended statement shown as if it were not",
        lambda: on_two_lists("suspension", marked=(1,)),
        "statement-suspended",
        "is suspended by its issuer",
        WITHDRAWN,
        genuine=lambda: on_two_lists("suspension"),
    ),
    Forgery(
        "a corrected statement shown as if it were the newest",
        lambda: on_two_lists("refresh", marked=(1,)),
        "statement-corrected",
        "was corrected by its issuer",
        WITHDRAWN,
        genuine=lambda: on_two_lists("refresh"),
    ),
    # --- the list ---
    Forgery(
        "no status list",
        with_list,
        "status-list",
        f"the status list {_LIST} is not in the bundle",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list from which a mark was taken",
        changed_afterwards,
        "proof-invalid",
        "did not sign this content: it was changed",
        also=frozenset({"status-list"}),
    ),
    Forgery(
        "a status list of another issuer under the same address",
        lambda: with_list(a_list(RIVAL)),
        "status-list",
        f"is of {RIVAL}, the statement of {MAKER}",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list in the name of the issuer by another",
        lambda: with_list(a_list(signer=RIVAL)),
        "issuer-mismatch",
        f"the issuer is {MAKER}, but the document was signed by {RIVAL}",
        also=frozenset({"status-list"}),
    ),
    Forgery(
        "a status list twice",
        lambda: with_list(a_list(), a_list()),
        "status-list",
        "is in the bundle twice",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list that has ended",
        lambda: plan(lists_valid_until=NOON),
        "status-list-ended",
        "ended at 2026-11-21T12:00:00Z",
        NOT_CHECKED,
        also=frozenset({"status-list"}),
    ),
    Forgery(
        "a status list of tomorrow",
        lambda: with_list(a_list(valid_from=NOON + timedelta(days=1))),
        "status-list",
        "which lies ahead",
        NOT_CHECKED,
    ),
    Forgery(
        "a statement for a status list",
        lambda: with_list(ITEM_PUBLIC.sign()),
        "status-list",
        "is no BitstringStatusListCredential",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list for another purpose",
        lambda: with_list(a_list(purpose="suspension")),
        "status-list",
        "is for 'suspension', but the statement asks for 'revocation'",
        NOT_CHECKED,
    ),
    Forgery(
        "a purpose exchanged for one that only corrects",
        lambda: asking(entry("refresh"), a_list(marked=(1,))),
        "status-list",
        "is for 'revocation', but the statement asks for 'refresh'",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list that inflates to gigabytes",
        lambda: with_content(encodedList=packed(bytes(64 * LARGEST_LIST_BYTES))),
        "status-list",
        "inflates to more than",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list that is too short to hide anything",
        lambda: with_content(encodedList=packed(bytes(8))),
        "status-list",
        "a status list of 64 bits",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list that was cut off",
        lambda: with_content(encodedList=packed(bytes(16_384))[:-8]),
        "status-list",
        "cut off",
        NOT_CHECKED,
    ),
    Forgery(
        "a status list that is no gzip",
        lambda: with_content(encodedList="uAAAA"),
        "status-list",
        "is no gzip in multibase",
        NOT_CHECKED,
    ),
    # --- the entry ---
    Forgery(
        "a place behind the end of the status list",
        lambda: asking(entry("revocation", "131072"), a_list()),
        "status-list",
        "place 131072 is outside",
        NOT_CHECKED,
    ),
    Forgery(
        "a negative place on the status list",
        lambda: asking(entry("revocation", "-1"), a_list()),
        "statement-schema",
        '"statusListIndex":"-1"',
        NOT_CHECKED,
    ),
    Forgery(
        "a status of several bits",
        lambda: asking(entry("revocation", statusSize=8), a_list()),
        "statement-schema",
        '"statusSize":8',
        NOT_CHECKED,
    ),
    Forgery(
        "a status of an unknown kind",
        lambda: with_members(credentialStatus=entry("revocation", type="StatusList2021Entry")),
        "undefined-term",
        "statusListCredential",
        genuine=a_statement,
    ),
    Forgery(
        "a mark whose purpose nobody can read",
        lambda: on_two_lists("message", marked=(1,)),
        "status-list",
        "has a mark for 'message'",
        NOT_CHECKED,
        genuine=lambda: on_two_lists("message"),
    ),
)
