"""Statements by somebody who has no say: by role, by the products' numbers, by addresses."""

from dataclasses import replace

from builders_bundle import (
    HOST,
    ITEM_DECLARED,
    ITEM_PUBLIC,
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

from forgeries.forgery import PLAN, Forgery, Shown, a_statement, plan
from passport.domain.actor import Role

_RESPONSIBLE = f"but {MAKER} is responsible for the passport"
_BATTERY_PATH = "/01/09506000134352/21/A1"
_OF_HOSTS = replace(TRUST, hosts={MAKER: [HOST]})


def with_others(*others):
    """The passport with further statements."""
    return plan(others=(*PLAN.others, *others))


def by_a_rival():
    """A whole passport that a known rival made of a battery of the maker."""
    planned = PassportPlan(
        items=(replace(ITEM_PUBLIC, issuer=RIVAL),),
        others=(replace(MODEL_PUBLIC, issuer=RIVAL), replace(PRODUCTION, issuer=RIVAL)),
        responsible=RIVAL,
        index_issuer=RIVAL,
    )
    return planned.bundle()


def knowing(data, **known):
    """What is shown to somebody who knows more of the parties."""
    return Shown(data=data, trust=replace(TRUST, **known))


def annulled():
    """An annulment by another operator."""
    content = {"eventKind": "annulled", "occurredAt": SIGNED_AT}
    return with_others(replace(SUCCESSION, content=content, issuer=RIVAL))


def at_host(host):
    """The maker's statement about a battery under another host, as a stolen QR code leads to."""
    battery = f"{host}{_BATTERY_PATH}"
    forged = replace(ITEM_PUBLIC, subject=battery, series=f"{battery}#item-public")
    return Shown(data=forged.sign(), trust=_OF_HOSTS)


def at_another_address():
    """The maker's statement under an address of somebody else."""

    def elsewhere(document):
        return document | {"id": "https://other.example/statements/1"}

    return Shown(data=replace(ITEM_PUBLIC, edit=elsewhere).sign(), trust=_OF_HOSTS)


def with_role(statement, role):
    """A statement by a party of which only another role is known."""
    return knowing(statement.sign(), roles={statement.issuer: frozenset({role})})


LOOK_ALIKES = {
    "with a one for an l": "https://id.maker.examp1e",
    "with a dot at its end": "https://id.maker.example.",
    "with the usual port": "https://id.maker.example:443",
    "with another port": "https://id.maker.example:8443",
    "in capitals": "https://ID.maker.example",
    "without encryption": "http://id.maker.example",
    "that is only the user of another": "https://id.maker.example@evil.example",
    "under another domain": "https://id.maker.example.evil.example",
    "with a Cyrillic letter": "https://id.m\N{CYRILLIC SMALL LETTER A}ker.example",
    "in Punycode": "https://id.xn--mker-43d.example",
    "above the operator's own": "https://maker.example",
    "beside the operator's own": "https://ids.maker.example",
}
"""Hosts that a hurried reader takes for that of the maker, by what is wrong with them."""

PARTIES = (
    Forgery(
        "an index by somebody who is not responsible",
        lambda: plan(index_issuer=RIVAL),
        "issuer-without-say",
        f"statements/100: signed by {RIVAL}, {_RESPONSIBLE}",
    ),
    Forgery(
        "an item statement by another operator",
        lambda: plan(items=(replace(ITEM_PUBLIC, issuer=RIVAL), ITEM_DECLARED)),
        "issuer-without-say",
        f"statements/1: signed by {RIVAL}, {_RESPONSIBLE}",
    ),
    Forgery(
        "a model that two operators describe",
        lambda: plan(others=(MODEL_PUBLIC, replace(PRODUCTION, issuer=RIVAL))),
        "issuer-without-say",
        "the model is described by",
    ),
    Forgery(
        "a succession by a party that took no part",
        lambda: with_others(replace(SUCCESSION, issuer=RIVAL)),
        "issuer-without-say",
        f"{RIVAL} is not the party that placed the successor",
        genuine=lambda: with_others(SUCCESSION),
    ),
    Forgery(
        "an annulment by another operator",
        annulled,
        "issuer-without-say",
        f"{RIVAL} annuls a passport",
    ),
    Forgery(
        "recycling by another than it was brought to",
        lambda: with_others(RECYCLING_STARTED, replace(RECYCLED, issuer=RIVAL)),
        "issuer-without-say",
        f"it entered recycling at {RECYCLER}",
        genuine=lambda: with_others(RECYCLING_STARTED, RECYCLED),
    ),
    # --- roles ---
    Forgery(
        "recycling reported by a collector",
        lambda: with_role(RECYCLED, Role.COLLECTOR),
        "issuer-without-say",
        "is collector, no recycler, but reports recycled",
        genuine=lambda: with_role(RECYCLED, Role.RECYCLER),
    ),
    Forgery(
        "recycling reported by the maker",
        lambda: with_role(replace(RECYCLED, issuer=MAKER), Role.OPERATOR),
        "issuer-without-say",
        "is operator, no recycler, but reports recycled",
        genuine=lambda: with_role(RECYCLED, Role.RECYCLER),
    ),
    Forgery(
        "a successor placed on the market by a recycler",
        lambda: with_role(SUCCESSION, Role.RECYCLER),
        "issuer-without-say",
        "is recycler, no operator or second-life, but reports succession",
        genuine=lambda: with_role(SUCCESSION, Role.OPERATOR),
    ),
    Forgery(
        "a model described by a recycler",
        lambda: with_role(MODEL_PUBLIC, Role.RECYCLER),
        "issuer-without-say",
        "is recycler, no operator or second-life, but makes a ModelPublicStatement",
        genuine=lambda: with_role(MODEL_PUBLIC, Role.OPERATOR),
    ),
    Forgery(
        "an item described by an authority",
        lambda: with_role(ITEM_PUBLIC, Role.AUTHORITY),
        "issuer-without-say",
        "is authority, no collector or operator or recycler or second-life",
        genuine=lambda: with_role(ITEM_PUBLIC, Role.OPERATOR),
    ),
    Forgery(
        "a statement by a party that may state nothing",
        lambda: knowing(RECYCLING_STARTED.sign(), roles={RECYCLER: frozenset()}),
        "issuer-without-say",
        "is nothing, no recycler",
        genuine=lambda: with_role(RECYCLING_STARTED, Role.RECYCLER),
    ),
    # --- numbers and addresses ---
    Forgery(
        "a passport of a GTIN that belongs to another operator",
        lambda: knowing(by_a_rival(), gtin_prefixes={MAKER: ["9506000"], RIVAL: ["4012345"]}),
        "gtin-of-another-operator",
        f"is not one of {RIVAL}, whose prefixes are: 4012345",
        genuine=lambda: knowing(by_a_rival(), gtin_prefixes={RIVAL: ["4012345", "9506000"]}),
    ),
    Forgery(
        "a GTIN whose prefix counts from the packaging digit",
        lambda: knowing(a_statement(), gtin_prefixes={MAKER: ["0950600"]}),
        "gtin-of-another-operator",
        f"is not one of {MAKER}, whose prefixes are: 0950600",
        genuine=lambda: knowing(a_statement(), gtin_prefixes={MAKER: ["9506000"]}),
    ),
    Forgery(
        "a GTIN in another writing",
        lambda: knowing(
            replace(
                ITEM_PUBLIC,
                subject=f"{HOST}/01/9506000134352/21/A1",
                series=f"{HOST}/01/9506000134352/21/A1#item-public",
            ).sign(),
            gtin_prefixes={MAKER: ["9506000"]},
        ),
        "gtin-of-another-operator",
        "names no battery or model in the one way that is compared",
        genuine=lambda: knowing(a_statement(), gtin_prefixes={MAKER: ["9506000"]}),
    ),
    Forgery(
        "a statement under an address of somebody else",
        at_another_address,
        "host-not-of-operator",
        "https://other.example/statements/1 is no address of",
        genuine=lambda: at_host(HOST),
    ),
    *(
        Forgery(
            f"a host {wrong}",
            lambda host=host: at_host(host),
            "host-not-of-operator",
            f"{host}{_BATTERY_PATH} is no address of {MAKER}",
            genuine=lambda: at_host(HOST),
        )
        for wrong, host in LOOK_ALIKES.items()
    ),
)
