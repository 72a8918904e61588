"""Pages on which models are written, reviewed, signed and compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Link, Notice, Tone


class PartKind(StrEnum):
    """How a part of a form is filled in."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    LANGUAGES = "languages"
    NODE = "node"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose."""

    value: str
    text: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """One field of a form, or several that belong together.

    Attributes:
        name: Name of the field; path of what is inside.
        value: What was typed.
        unit: Unit that the value is written in.
        input_mode: Keyboard that a phone shows.
        suggestions: Id of a list of values that people often need.
        parts: Fields inside a node, languages of a text, rows of a list.
        more: Parts of a node that few need, folded away while nothing stands in them.
        hidden: Fields that are sent along unseen.
        add: What the button says that adds a row.
        languages: Languages that a text can be added in.
    """

    kind: PartKind
    name: str
    label: str
    hint: str = ""
    value: str = ""
    unit: str = ""
    error: str = ""
    input_mode: str = ""
    language: str = ""
    is_needed: bool = False
    options: tuple[Option, ...] = ()
    parts: tuple["FormPart", ...] = ()
    more: tuple["FormPart", ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    add: str = ""
    languages: tuple[tuple[str, str], ...] = ()

    @property
    def is_more_open(self) -> bool:
        """Whether something stands in the parts that are folded away."""
        return any(part.is_filled or part.has_error for part in self.more)

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed or chosen here."""
        inside = any(part.is_filled for part in (*self.parts, *self.more))
        return bool(self.value) or inside or any(option.is_chosen for option in self.options)

    @property
    def has_error(self) -> bool:
        """Whether anything is wrong here."""
        return bool(self.error) or any(part.has_error for part in (*self.parts, *self.more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clashing:
    """A field that somebody else changed meanwhile."""

    by: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One datum of a model: its field, what the law says about it, what a reviewer said.

    Attributes:
        clause: Where the law asks for it, such as ``Annex XIII 1(g), data point 25``.
        absence: Reasons why there is no value, with what each means; empty where none is asked.
        raw: A value that no form can show, as it is kept.
        comments: What the reviewer said.
    """

    name: str
    title: str
    definition: str
    clause: str
    part: FormPart
    badge: Badge | None = None
    example: str = ""
    absence: tuple[Option, ...] = ()
    raw: str = ""
    comments: tuple[str, ...] = ()
    clash: Clashing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """One group of the editor in its table of contents."""

    title: str
    href: str
    detail: str
    badge: Badge | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """A data point in the list of what is missing."""

    label: str
    clause: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """Data points that stand alike."""

    title: str
    intro: str
    points: tuple[OpenPoint, ...]
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How complete a model is for a kind of battery on a day.

    Attributes:
        problem: Why it cannot be told; empty where it can.
    """

    filled: int
    mandatory: int
    wrong: int
    lists: tuple[OpenList, ...] = ()
    kind: str = ""
    day: str = ""
    problem: str = ""

    @property
    def text(self) -> str:
        """The meter in one line."""
        if self.problem:
            return self.problem
        wrong = f", {self.wrong} to correct" if self.wrong else ""
        return f"{self.filled} of {self.mandatory} mandatory data points filled{wrong}"

    @property
    def tone(self) -> Tone:
        """What the meter means."""
        is_whole = not self.problem and self.filled == self.mandatory and not self.wrong
        return Tone.AUTHENTIC if is_whole else Tone.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPage:
    """One group of a draft, to be filled in.

    Attributes:
        revision: Revision that the form begins with.
        base: Values that the form begins with, as JSON.
        said: What was just done.
        following: Title of the page after this one.
        documents: Own documents to choose from, by the term that names documents.
    """

    model: str
    title: str
    intro: str
    action: str
    overview: Link
    groups: tuple[GroupLine, ...]
    entries: tuple[Entry, ...]
    meter: Meter
    revision: int
    base: str
    draft_id: str
    is_locked: bool = False
    said: str = ""
    notices: tuple[Notice, ...] = ()
    following: str = ""
    documents: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """One draft: how complete it is, and the next step."""

    model: str
    identifier: str
    badge: Badge
    state: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[GroupLine, ...]
    meter: Meter
    action: str
    days: tuple[Option, ...]
    kinds: tuple[Option, ...]
    can_hand_in: bool = False
    can_discard: bool = False
    can_restore: bool = False
    can_catch_up: bool = False
    review: Link | None = None
    publish: Link | None = None
    versions: Link | None = None
    policy: str = ""
    said: str = ""
    notices: tuple[Notice, ...] = ()
    comments: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One difference: what it was, what it is."""

    label: str
    clause: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    rows: bool = False
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    """Differences of one group."""

    title: str
    changes: tuple[ChangeLine, ...]
    unchanged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """What a draft changes, for the person who reviews it."""

    model: str
    action: str
    overview: Link
    summary: str
    groups: tuple[ChangeGroup, ...]
    meter: Meter
    fields: tuple[tuple[str, str], ...]
    may_approve: bool
    policy: str
    form: FormState = EMPTY_FORM
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Which statement is signed, what stands in it, and who reads it."""

    title: str
    readers: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPage:
    """What will be signed, and who will read it."""

    model: str
    action: str
    overview: Link
    version: str
    readers: tuple[Reader, ...]
    groups: tuple[ChangeGroup, ...]
    meter: Meter
    problem: str = ""
    problems: tuple[OpenPoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One signed version of a model."""

    number: str
    signed: str
    statements: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    """The signed versions of a model, and two of them beside each other."""

    model: str
    back: Link
    action: str
    versions: tuple[VersionLine, ...]
    seen: str
    numbers: tuple[tuple[str, str], ...] = ()
    form: FormState = EMPTY_FORM
    summary: str = ""
    groups: tuple[ChangeGroup, ...] = ()
    shows_unchanged: bool = False
    toggle: Link | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """One model in the list of an operator."""

    title: str
    href: str
    identifier: str
    badge: Badge
    completeness: str
    changed: str
    batteries: str
    versions: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsPage:
    """An operator's models and drafts."""

    organisation: str
    models: tuple[ModelLine, ...]
    discarded: tuple[ModelLine, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModelPage:
    """Begin a draft: empty, from an example, or from another model."""

    action: str
    beginnings: tuple[tuple[str, str], ...]
    operators: tuple[tuple[str, str], ...] = ()
    form: FormState = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAgainPage:
    """The session ended while something was typed: sign in, and it is saved."""

    again: str
    fields: tuple[tuple[str, str], ...]
    form: FormState = EMPTY_FORM
