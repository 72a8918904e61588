"""News of an organisation, the administrator's desk, and what happened to a battery."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import LineItem, Link
from passport.ui.views.work import Decision, FormAction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsPage:
    """What the record told an organisation and nobody there has put away yet."""

    organisation: str
    news: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A waste battery nobody answers for, and the button that looks again."""

    item: LineItem
    look_again: FormAction


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrationPage:
    """What waits for who runs this service.

    Attributes:
        said: What became of the last thing that was done here.
    """

    organisation: str
    orphans: tuple[Orphan, ...]
    action: str
    categories: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    news: tuple[Decision, ...] = ()
    said: str = ""
    form: FormState = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """Put on record what happened to a battery.

    Attributes:
        done: What was put on record; the form is not shown again then.
    """

    battery: Link
    action: str
    kinds: tuple[tuple[str, str], ...]
    done: str = ""
    form: FormState = EMPTY_FORM
