"""Pages of those who work with passports: operators and authorities."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number worth seeing first."""

    value: str
    name: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAction:
    """A button that sends a form with nothing but its token.

    Attributes:
        text: What the button says.
        action: Address the form is sent to.
        name: Optional field that is sent along.
        value: Its value.
    """

    text: str
    action: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that waits for a person: a request for access, a move that may be disputed."""

    title: str
    facts: tuple[Fact, ...]
    badge: Badge
    actions: tuple[FormAction, ...]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPage:
    """An economic operator's own batteries and what waits for it."""

    organisation: str
    figures: tuple[Figure, ...]
    decisions: tuple[Decision, ...] = ()
    notices: tuple[Notice, ...] = ()
    batteries: tuple[LineItem, ...] = ()
    actions: tuple[Link, ...] = ()
    search: FormState = EMPTY_FORM
    more: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityPage:
    """What a notified body, a market surveillance authority or the Commission starts from."""

    organisation: str
    figures: tuple[Figure, ...]
    orphans: tuple[LineItem, ...] = ()
    disputes: tuple[LineItem, ...] = ()
    search: FormState = EMPTY_FORM
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of an uploaded table, with what is wrong with it."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedRow:
    """One row of an uploaded table that was refused."""

    number: str
    cells: tuple[Cell, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that is kept on the reader's machine.

    Attributes:
        href: Where it is, or the file itself as ``data:`` address.
        name: Name it is kept under.
    """

    text: str
    href: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadResult:
    """What became of an uploaded file; refused rows stand beside their reasons."""

    file: str
    summary: str
    badge: Badge
    head: tuple[str, ...] = ()
    refused: tuple[UploadedRow, ...] = ()
    accepted: tuple[LineItem, ...] = ()
    download: Download | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage:
    """How far a long file is, and what became of its rows.

    Attributes:
        done: Rows that were tried.
        total: Rows of the file; 0 where nobody knows.
        is_running: Whether the page shows more when it is read again.
        refused: Rows to put right, the first of them.
    """

    file: str
    badge: Badge
    summary: str
    done: int
    total: int
    is_running: bool
    facts: tuple[Fact, ...] = ()
    refused: Table | None = None
    download: Download | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """Register batteries from a file.

    Attributes:
        templates: Workbooks to fill in, one for each model.
        files: Long files of the last time, each with how far it is.
    """

    action: str
    models: tuple[tuple[str, str], ...]
    columns: tuple[Fact, ...]
    form: FormState = EMPTY_FORM
    result: UploadResult | None = None
    example: Link | None = None
    templates: tuple[Link, ...] = ()
    files: tuple[LineItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredMove:
    """A second life that was declared and waits for its placing on the market."""

    title: str
    facts: tuple[Fact, ...]
    badge: Badge
    place: FormAction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLifePage:
    """Declare that batteries become another one, then place it on the market."""

    action: str
    operations: tuple[tuple[str, str], ...]
    models: tuple[tuple[str, str], ...]
    declared: tuple[DeclaredMove, ...] = ()
    form: FormState = EMPTY_FORM
