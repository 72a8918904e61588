"""Pages of the check before placing on the market."""

from dataclasses import dataclass

from passport.ui.charts import Chart
from passport.ui.views.common import Badge, Link, Notice, Table, anchor_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterItem:
    """One datum or clause: what it is, how it stands, what to do, where it is written.

    Attributes:
        detail: Terms to enter, as a program calls them.
        link: Where to enter it.
    """

    label: str
    reason: str
    point: str
    to_do: str = ""
    detail: str = ""
    source: str = ""
    badge: Badge | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterGroup:
    """Matters that people look for together."""

    title: str
    items: tuple[MatterItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterSection:
    """Matters under one heading.

    Attributes:
        is_long: Whether it is folded at first: nothing in it is to be done now.
    """

    title: str
    intro: str
    groups: tuple[MatterGroup, ...]
    empty: str = ""
    is_long: bool = False

    @property
    def anchor(self) -> str:
        """Fragment of the section on its page."""
        return anchor_of(self.title)

    @property
    def count(self) -> int:
        """How many matters it holds."""
        return sum(len(group.items) for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetDay:
    """A day to ask about with one click."""

    text: str
    href: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """May this battery, or may batteries of this model, be placed on the market on a day?"""

    title: str
    kind: str
    subject: Link
    answer: Notice
    on: str
    action: str
    days: tuple[PresetDay, ...]
    sections: tuple[MatterSection, ...]
    links: tuple[Link, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """A model of the operator: complete, or from which day on not."""

    name: str
    href: str
    words: str
    badge: Badge
    changes: tuple[MatterGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompletePage:
    """Which models of an operator become incomplete between two days."""

    organisation: str
    first: str
    last: str
    summary: str
    models: tuple[ModelLine, ...]
    timeline: Chart | None
    undetermined: Table | None
    problem: str = ""
