"""Example view values of the pages about the keys of an operator."""

from builders_pages import OPERATOR, a_shell

from passport.ui.forms import FormState
from passport.ui.shell import Shell
from passport.ui.views.common import Badge, Fact, Link, Tone
from passport.ui.views.keys import KeyCard, KeyChangePage, KeyListPage, KeysPage
from passport.ui.views.work import Decision, FormAction


def a_keys_page(**changed: object) -> KeysPage:
    values: dict[str, object] = {
        "organisation": "Stromwerk GmbH",
        "keys": (
            KeyCard(
                title="key-2",
                badge=Badge(text="Signs", tone=Tone.AUTHENTIC),
                public_key="z6MkfVK9qEmkMeq5qkDxpT2EX8vUPC7nRiBfURFqQy3y1xHr",
                facts=(Fact(name="Made", values=("1 March 2034, 08:00 UTC",)),),
                actions=(
                    Link(text="Declare compromised", href="/keys/stromwerk/compromise?key=key-2"),
                ),
            ),
            KeyCard(
                title="key-1",
                badge=Badge(text="Compromised", tone=Tone.DANGER),
                public_key="z6MkuDyGDbRWkM1PLtnoiUtXyoLCgPjSLkGzzxMaTKXuNW6z",
                facts=(
                    Fact(name="Made", values=("18 February 2027, 09:00 UTC",)),
                    Fact(name="Stands", values=("entries of the log below 12,408",)),
                ),
            ),
        ),
        "proposals": (
            Decision(
                title="Declare a key compromised",
                text="A laptop with a copy was stolen.",
                badge=Badge(text="Waiting", tone=Tone.HELD),
                facts=(
                    Fact(name="Key", values=("key-2",)),
                    Fact(name="Proposed by", values=("Ada Berg",)),
                ),
                actions=(
                    FormAction(text="Confirm", action="/keys/proposals/4/confirm"),
                    FormAction(text="Withdraw", action="/keys/proposals/4/withdraw"),
                ),
            ),
        ),
        "rotate": Link(text="Sign with a new key", href="/keys/stromwerk/rotate"),
        "needs_two": True,
        "said": "Another person has to confirm it.",
    }
    return KeysPage(**(values | changed))  # type: ignore[arg-type]


def a_key_change_page() -> KeyChangePage:
    return KeyChangePage(
        title="Declare a key compromised",
        organisation="Stromwerk GmbH",
        key="key-2",
        means=(
            "You say that somebody else may hold this key. It cannot be taken back.",
            "What it signed stands only where the public log shows it to be older than that.",
        ),
        action="/keys/stromwerk/compromise",
        back="/keys/stromwerk",
        button="Declare it compromised",
        is_dangerous=True,
        asks_instant=True,
        asks_reason=True,
        form=FormState(errors={"at": "Give day and time like 2027-02-18 14:30"}),
    )


def key_pages() -> dict[str, tuple[str, object, Shell]]:
    """Name -> template, view value and frame."""
    shell = a_shell(OPERATOR, "/keys")
    held_outside = a_keys_page(proposals=(), rotate=None, needs_two=False, said="")
    organisations = (
        Link(text="Stromwerk GmbH", href="/keys/stromwerk"),
        Link(text="Zweitstrom BV", href="/keys/zweitstrom"),
    )
    return {
        "keys": ("keys.html", a_keys_page(), shell),
        "keys-held-outside": ("keys.html", held_outside, shell),
        "key-list": ("key_list.html", KeyListPage(organisations=organisations), shell),
        "key-change": ("key_change.html", a_key_change_page(), shell),
    }
