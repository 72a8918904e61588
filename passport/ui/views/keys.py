"""Pages about the keys of an operator."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Fact, Link
from passport.ui.views.work import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCard:
    """One key: what it is good for, and what can be done with it."""

    title: str
    badge: Badge
    public_key: str
    facts: tuple[Fact, ...]
    actions: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage:
    """The keys of an operator and what waits for a second person.

    Attributes:
        rotate: Where a new key is asked for; ``None`` where it is made outside.
        said: What became of the last thing that was done here.
    """

    organisation: str
    keys: tuple[KeyCard, ...]
    proposals: tuple[Decision, ...]
    rotate: Link | None
    needs_two: bool
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyListPage:
    """The organisations whose keys an administrator looks after."""

    organisations: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChangePage:
    """Asks once more before keys change, and says what it means.

    Attributes:
        means: What happens, one sentence a line.
        asks_instant: Whether a day and time can be given.
        asks_reason: Whether what happened is asked for.
        button: What the button says.
    """

    title: str
    organisation: str
    key: str
    means: tuple[str, ...]
    action: str
    back: str
    button: str
    is_dangerous: bool = False
    asks_instant: bool = False
    asks_reason: bool = False
    form: FormState = EMPTY_FORM
