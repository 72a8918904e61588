"""One second life, and who may read one battery: pages on which somebody decides."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Fact, Link
from passport.ui.views.work import FormAction


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLifeDetail:
    """A second life for those it concerns.

    Attributes:
        dispute: Where an objection is sent; empty for who declared it.
        place: The button that places it on the market, for who declared it.
    """

    title: str
    badge: Badge
    facts: tuple[Fact, ...]
    disputes: tuple[Fact, ...] = ()
    dispute: str = ""
    place: FormAction | None = None
    form: FormState = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """One grant that holds now."""

    title: str
    facts: tuple[Fact, ...]
    revoke: FormAction


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsPage:
    """Who reads one battery, and leave to be given."""

    battery: Link
    action: str
    audiences: tuple[tuple[str, str], ...]
    scopes: tuple[tuple[str, str], ...]
    grants: tuple[GrantLine, ...] = ()
    form: FormState = EMPTY_FORM
