"""Pages to look something up: vocabulary, API, problem codes."""

from dataclasses import dataclass

from passport.ui.views.common import Link, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePage:
    """Something to look up.

    Attributes:
        paragraphs: Plain text, one paragraph each.
    """

    title: str
    lead: str = ""
    paragraphs: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    tables: tuple[Table, ...] = ()
