"""Parts that many pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """Meaning of a colour; a tone is always said in words beside it, too."""

    AUTHENTIC = "authentic"
    WARNING = "warning"
    DANGER = "danger"
    HELD = "held"
    INFORMATION = "information"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One place to go."""

    text: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A word with the colour of its meaning."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the reader must know before going on."""

    title: str
    text: str = ""
    tone: Tone = Tone.INFORMATION
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One datum of a record, or the reason why it is not there.

    Attributes:
        name: What it is called on the page.
        values: The value with its unit, one text a line; empty where it is absent.
        note: Condition or comparison that belongs to the value.
        point: Legal point, shown on demand.
        absent: Why there is no value, in plain words; empty where there is one.
        link: A document that holds the value.
    """

    name: str
    values: tuple[str, ...] = ()
    note: str = ""
    point: str = ""
    absent: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose cells are ready to print.

    Attributes:
        caption: What the table shows; also its name for a screen reader.
        head: Column headings with their units.
        rows: Cells; the first cell of a row is its heading.
        numeric: Index of every column that holds figures (set flush right).
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroup:
    """Facts that people look for together."""

    title: str
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    intro: str = ""

    @property
    def anchor(self) -> str:
        """Fragment of the group on its page."""
        return anchor_of(self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One row of a list that leads somewhere: a battery, a task, a statement."""

    title: str
    href: str = ""
    detail: str = ""
    badge: Badge | None = None
    aside: str = ""


_ABSENT: Mapping[str, str] = {
    "notYetRequired": "Not required yet: the day from which the law asks for it is to come, or "
    "hangs on an act.",
    "notApplicable": "Does not apply to this kind of battery.",
    "notProvided": "Not provided by the responsible operator; the law asks for it where it "
    "applies.",
}


def absent_fact(name: str, reason: str, *, point: str = "", detail: str = "") -> Fact:
    """Make the fact for a datum that says why it is absent.

    Args:
        name: What the datum is called on the page.
        reason: ``notYetRequired``, ``notApplicable`` or ``notProvided`` as it was signed.
        point: Legal point of the datum.
        detail: What the record adds to the reason.
    """
    words = _ABSENT.get(reason, f"Absent; the record gives the reason “{reason}”.")
    return Fact(name=name, absent=f"{words} {detail}".strip(), point=point)


def anchor_of(title: str) -> str:
    """Turn a heading into a fragment: letters and digits, joined by hyphens.

    >>> anchor_of("Power and energy (rated)")
    'power-and-energy-rated'
    """
    words = "".join(mark if mark.isalnum() else " " for mark in title.lower()).split()
    return "-".join(words) or "section"
