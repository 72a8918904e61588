"""Genuine statements put together to a false whole: mixed, shortened, continued, talkative."""

import string
from dataclasses import replace

import orjson
from builders_bundle import (
    BATTERY,
    FIRST_CONDITION,
    ITEM_DECLARED,
    ITEM_PUBLIC,
    LOG,
    MODEL,
    MODEL_PUBLIC,
    PRODUCTION,
    SIGNED_AT,
    a_bundle,
    changed_bundle,
    receipts_for,
)

from forgeries.forgery import (
    NOT_CHECKED,
    PLAN,
    WITHDRAWN,
    Forgery,
    Shown,
    a_passport,
    bundle_with,
    parsed,
    plan,
    presentation,
)
from forgeries.proofs import EC_KEY, EC_TRUST
from passport.linked_data.documents import digest_of
from passport.services.bundle import make_bundle
from passport.signing.multibase import decode_base58btc, encode_base58btc

OTHER_BATTERY = BATTERY.replace("A1", "B2")
OTHER_MODEL = MODEL.replace("352", "369")
_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def with_others(*others):
    """The passport with further statements."""
    return plan(others=(*PLAN.others, *others))


def a_newer_version():
    """The second version of the item's statement, which the index lists beside the first."""
    newer = replace(ITEM_PUBLIC, number=11, version=2, previous=digest_of(ITEM_PUBLIC.sign()))
    return plan(others=(*PLAN.others, newer), listed=(ITEM_DECLARED, ITEM_PUBLIC, newer))


def an_old_version_after_an_update():
    """The first version, with the index that lists the second one under its own name."""
    newer = replace(ITEM_PUBLIC, number=11, version=2, previous=digest_of(ITEM_PUBLIC.sign()))
    return plan(listed=(newer, ITEM_DECLARED))


def condition(version, previous=bytes(32), **changed):
    """A condition that claims a place in the chain."""
    changed = {"number": 5 + version, "previous": previous} | changed
    return replace(FIRST_CONDITION, version=version, **changed)


def another_first_condition():
    """A second condition with the number one, better than the first."""
    content = {"measuredAt": SIGNED_AT, "stateOfCertifiedEnergyPercent": "99"}
    return replace(FIRST_CONDITION, number=6, content=content)


def on_the_curve(change=lambda value: value):
    """A passport whose item is signed on P-256; its signature is written otherwise afterwards."""
    item = replace(ITEM_PUBLIC, key=EC_KEY)
    planned = replace(PLAN, items=(item, ITEM_DECLARED))
    index, first, *others = planned.statements()
    document = parsed(first)
    signature = change(decode_base58btc(document["proof"]["proofValue"]))
    document["proof"]["proofValue"] = encode_base58btc(signature)
    data = make_bundle(
        [index, orjson.dumps(document), *others],
        did_documents=EC_TRUST.did_documents,
        status_lists=planned.status_lists(),
        receipts=receipts_for([index, first, *others], LOG),
    )
    return Shown(data=data, trust=EC_TRUST)


def with_the_other_half(signature):
    """ECDSA: (r, order - s), which everybody can make and which holds as well."""
    second = _P256_ORDER - int.from_bytes(signature[32:])
    return signature[:32] + second.to_bytes(32)


def shown_otherwise():
    """The bytes are as signed, but the presentation shows another value."""
    shown = presentation()
    shown["verifiableCredential"][1]["credentialSubject"]["serialNumber"] = "B2"
    return changed_bundle(PLAN.bundle(), presentation=shown)


def bundle_without(member):
    """The bundle without one of its members."""
    bundle = parsed(a_passport())
    del bundle[member]
    return orjson.dumps(bundle)


def written_in_another_base64():
    """The last character of base64 has bits that say nothing; others can be written there."""
    bundle = parsed(PLAN.bundle())
    place, text = next(
        (place, text) for place, text in enumerate(bundle["statements"]) if len(text) % 4
    )
    other = text[:-1] + _ALPHABET[_ALPHABET.index(text[-1]) + 1]
    bundle["statements"][place] = other
    return orjson.dumps(bundle)


WHOLES = (
    Forgery(
        "a statement shown otherwise than it was signed",
        shown_otherwise,
        "bundle-contradicts",
        "shows other statements than those that were signed",
    ),
    # --- one battery ---
    Forgery(
        "a statement of another battery",
        lambda: with_others(
            replace(FIRST_CONDITION, subject=OTHER_BATTERY, series=f"{OTHER_BATTERY}#conditions")
        ),
        "statement-of-another-battery",
        f"is about {OTHER_BATTERY}, series {OTHER_BATTERY}#conditions",
    ),
    Forgery(
        "a statement in a series of another battery",
        lambda: with_others(replace(FIRST_CONDITION, series=f"{OTHER_BATTERY}#conditions")),
        "statement-of-another-battery",
        f"is about {BATTERY}, series {OTHER_BATTERY}#conditions",
    ),
    Forgery(
        "the model of another battery",
        lambda: plan(
            others=(
                replace(MODEL_PUBLIC, subject=OTHER_MODEL, series=f"{OTHER_MODEL}#model-public"),
                PRODUCTION,
            )
        ),
        "statement-of-another-battery",
        f"is about {OTHER_MODEL}",
        also=frozenset({"statement-withheld"}),
    ),
    Forgery(
        "a production run of another model",
        lambda: plan(
            others=(
                MODEL_PUBLIC,
                replace(PRODUCTION, content={"batteryModel": OTHER_MODEL}),
            )
        ),
        "statement-of-another-battery",
        f"is about {OTHER_MODEL}, series {MODEL}#production-2026",
    ),
    # --- the index ---
    Forgery(
        "a statement that the index lists and nobody shows",
        lambda: plan(withheld=(ITEM_DECLARED,)),
        "statement-withheld",
        "statements/2, which is not in the presentation",
        NOT_CHECKED,
    ),
    Forgery(
        "a model that the index names and nobody shows",
        lambda: plan(withheld=(MODEL_PUBLIC,)),
        "statement-withheld",
        f"names the series {MODEL}#model-public",
        NOT_CHECKED,
    ),
    Forgery(
        "a production run that the index names and nobody shows",
        lambda: plan(withheld=(PRODUCTION,)),
        "statement-withheld",
        f"names the series {MODEL}#production-2026",
        NOT_CHECKED,
    ),
    Forgery(
        "a statement that the index lists with another content",
        lambda: plan(
            listed=(
                replace(ITEM_PUBLIC, content={**ITEM_PUBLIC.content, "serialNumber": "A9"}),
                ITEM_DECLARED,
            )
        ),
        "index-mismatch",
        "statements/1, which is there with another content",
        also=frozenset({"index-hides-statement"}),
    ),
    Forgery(
        "a statement that the index hides",
        lambda: plan(listed=(ITEM_PUBLIC,)),
        "index-hides-statement",
        "statements/2 is not the version that the index lists",
    ),
    Forgery(
        "an old version replayed after an update",
        an_old_version_after_an_update,
        "index-hides-statement",
        "statements/1 is not the version that the index lists",
        also=frozenset({"statement-withheld"}),
    ),
    Forgery(
        "an ECDSA signature replaced by its other half",
        lambda: on_the_curve(with_the_other_half),
        "receipt-missing",
        "no log receipt for https://id.maker.example/statements/1",
        genuine=on_the_curve,
        also=frozenset({"index-mismatch", "index-hides-statement"}),
    ),
    Forgery(
        "no index",
        lambda: plan(with_index=False),
        "index-missing",
        "has no genuine index",
        NOT_CHECKED,
    ),
    # --- versions ---
    Forgery(
        "an old version beside the new one",
        a_newer_version,
        "statement-superseded",
        "version 2 stands beside it",
        WITHDRAWN,
    ),
    Forgery(
        "a condition left out of the middle of the chain",
        lambda: with_others(FIRST_CONDITION, condition(3)),
        "statement-withheld",
        "what lies between was left out",
        NOT_CHECKED,
        genuine=lambda: with_others(
            FIRST_CONDITION, condition(2, digest_of(FIRST_CONDITION.sign()))
        ),
    ),
    Forgery(
        "two first versions",
        lambda: with_others(FIRST_CONDITION, another_first_condition()),
        "version-twice",
        "are both version 1",
        NOT_CHECKED,
        genuine=lambda: with_others(FIRST_CONDITION),
    ),
    Forgery(
        "a version that continues another one",
        lambda: with_others(FIRST_CONDITION, condition(2)),
        "chain-broken",
        "statements/7 continues sha256:",
        genuine=lambda: with_others(
            FIRST_CONDITION, condition(2, digest_of(FIRST_CONDITION.sign()))
        ),
    ),
    # --- the file itself ---
    Forgery(
        "a bundle without statements",
        lambda: a_bundle([], []),
        "malformed-bundle",
        "holds no statement",
        NOT_CHECKED,
    ),
    Forgery(
        "a bundle without its receipts",
        lambda: bundle_without("receipts"),
        "malformed-bundle",
        "'receipts'",
        NOT_CHECKED,
    ),
    Forgery(
        "a bundle of another format",
        lambda: bundle_with(format="open-battery-passport-bundle/9"),
        "malformed-bundle",
        "is not open-battery-passport-bundle/1",
        NOT_CHECKED,
    ),
    Forgery(
        "a text for the bytes of a statement",
        lambda: bundle_with(statements=["!"]),
        "malformed-bundle",
        "is no base64url",
        NOT_CHECKED,
    ),
    Forgery(
        "a second base64url writing of the same bytes",
        written_in_another_base64,
        "malformed-bundle",
        "is another writing of base64url",
        NOT_CHECKED,
    ),
    Forgery(
        "a bundle with another content of a pinned context",
        lambda: bundle_with(contexts={"https://www.w3.org/ns/credentials/v2": "e30"}),
        "bundled-context-changed",
        "with another content than is pinned",
    ),
    Forgery(
        "a bundle that brings a context of its own",
        lambda: bundle_with(contexts={"https://e.example/v1": "e30"}),
        "unknown-context",
        "https://e.example/v1",
        NOT_CHECKED,
    ),
)
