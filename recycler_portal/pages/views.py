"""View values: what each page says, as text ready to print; the templates only place it."""

from collections.abc import Sequence
from dataclasses import dataclass

from passport.ui.forms import FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One thing to do; `done` is where one says that it was done, empty for a hold."""

    item: LineItem
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YardPage:
    """What stands in the yard and what is to be done there."""

    tasks: tuple[TaskView, ...]
    held: tuple[LineItem, ...]
    ready: tuple[LineItem, ...]
    actions: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakePage:
    """The page on which a battery is taken in."""

    form: FormState
    kinds: Sequence[tuple[str, str]]
    origins: Sequence[tuple[str, str]]
    acute_signs: Sequence[tuple[str, str]]
    other_signs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhoto:
    """A photo on a card."""

    src: str
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeCard:
    """What to do with a battery, with gloves on.

    Attributes:
        number: Local number, to be written on the tag.
        tone: Colour of the instruction.
        icon: Name of its icon.
        headline: The one sentence.
        steps: What to do, in order.
        notices: Dangers and what is open.
        facts: How it travels and is named.
        reasons: Why, member by member.
        release: Form with which a person decides, where the battery is held.
        release_action: Where that form goes.
    """

    number: str
    battery: Link | None
    badge: Badge
    tone: Tone
    icon: str
    headline: str
    steps: tuple[str, ...]
    notices: tuple[Notice, ...]
    facts: tuple[Fact, ...]
    seen: tuple[Fact, ...]
    reasons: Table
    photos: tuple[ShownPhoto, ...]
    chemistries: Sequence[tuple[str, str]]
    release: FormState | None
    release_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecyclingPage:
    """A recycler's batches."""

    open_batches: tuple[LineItem, ...]
    closed_batches: tuple[LineItem, ...]
    ready_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstanceLine:
    """One row of the template of a family: fields for its mass and its recovery basis."""

    substance: str
    name: str
    has_basis: bool
    is_optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatchPage:
    """The page on which a batch begins."""

    form: FormState
    family: str
    families: tuple[Link, ...]
    ready: Sequence[tuple[str, str]]
    lines: tuple[SubstanceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInputPage:
    """The page on which the input of a batch is corrected."""

    number: str
    form: FormState
    lines: tuple[SubstanceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One recorded step."""

    title: str
    detail: str
    outputs: Table
    intermediates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """A batch from its batteries to its rates."""

    number: str
    badge: Badge
    is_open: bool
    can_close: bool
    can_recycle: bool
    marking: str
    facts: tuple[Fact, ...]
    batteries: tuple[LineItem, ...]
    received: Table
    steps: tuple[StepView, ...]
    balance: Table
    efficiency: Table | None
    recovery: Table | None
    findings: tuple[Notice, ...]
    form: FormState
    substances: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    lines: Sequence[int]
