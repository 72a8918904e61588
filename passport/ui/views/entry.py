"""Where people come in: the first page, sign-in, the scanner, asking for access."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBattery:
    """One battery of the demonstration, in one sentence."""

    title: str
    sentence: str
    href: str
    badge: Badge
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of the demonstration; never shown in production."""

    name: str
    organisation: str
    does: str
    login: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The first page."""

    batteries: tuple[DemoBattery, ...] = ()
    accounts: tuple[DemoAccount, ...] = ()
    figures: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage:
    """Sign in; ``next_path`` is where to go afterwards, always on this host."""

    form: FormState = EMPTY_FORM
    next_path: str = "/"
    accounts: tuple[DemoAccount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLink:
    """A code that leads to another host: where, and what is suspicious about it."""

    address: str
    host: str
    host_ascii: str = ""
    warnings: tuple[str, ...] = ()
    own_record: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPage:
    """Find a battery by camera, photo or typed code."""

    form: FormState = EMPTY_FORM
    found: tuple[LineItem, ...] = ()
    foreign: tuple[ForeignLink, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAccessPage:
    """Ask the responsible operator for the restricted part of a passport.

    Attributes:
        answer: Why there is nothing to ask for; the form is not shown then.
    """

    action: str
    battery: Link
    operator: str
    asking: str
    purposes: tuple[tuple[str, str], ...]
    form: FormState = EMPTY_FORM
    sent: str = ""
    answer: Notice | None = None
