"""Documents for their operator, and instructions for taking a battery apart."""

from dataclasses import dataclass

from passport.ui.forms import EMPTY_FORM, FormState
from passport.ui.views.common import Badge, Fact, LineItem, Link, Notice, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDocument:
    """A document of one's own.

    Attributes:
        title: What people call it.
        href: Where it is read.
        detail: Kind, language, size, issuer and validity in one line.
        reference: The node that names it in a model file, as JSON.
        where: What names it, each with who therefore reads it.
        badge: Whether it has expired, or nobody names it.
    """

    title: str
    href: str
    detail: str
    anchor: str
    reference: str
    where: tuple[LineItem, ...] = ()
    is_named_more: bool = False
    badge: Badge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsPage:
    """An operator's documents, and the form that brings another one.

    Attributes:
        kinds: Codes of the kinds of documents with their words.
        accept: What the picker of the browser offers.
        added: The document that has just come.
    """

    action: str
    kinds: tuple[tuple[str, str], ...]
    accept: str
    largest: str
    documents: tuple[OwnDocument, ...] = ()
    added: OwnDocument | None = None
    form: FormState = EMPTY_FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing or picture; shown in its place where a browser can, otherwise led to.

    Attributes:
        src: Address of the picture; empty where it is no picture kept here.
    """

    title: str
    href: str
    src: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of taking a battery apart."""

    number: str
    instruction: str
    warning: str = ""
    facts: tuple[Fact, ...] = ()
    drawings: tuple[Drawing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DismantlingPage:
    """How a battery is taken apart, for who has it on the bench.

    Attributes:
        safety: What protects who does it, a sentence each.
        overview: Cells, their layout, time for the whole job.
        tools: Every tool of the job, once.
        equipment: Everything to wear, once.
        fastenings: How many of each kind there are to undo; nothing where no step says so.
        left_out: What of the six contents of the law the instructions do not say.
    """

    name: str
    kind: str
    back: Link
    serial: str = ""
    safety: tuple[str, ...] = ()
    overview: tuple[Fact, ...] = ()
    tools: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    fastenings: Table | None = None
    drawings: tuple[Drawing, ...] = ()
    steps: tuple[Step, ...] = ()
    documents: tuple[LineItem, ...] = ()
    notices: tuple[Notice, ...] = ()
