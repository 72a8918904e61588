"""Pages of the vocabulary: all terms, one word, and what there is to download."""

from dataclasses import dataclass

from passport.ui.views.common import Fact, Link, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a filter."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEntry:
    """One term in a list.

    Attributes:
        form: How it is written: unit, code list, class or datatype.
        anchor: Its name where it stands for the first time on a page, so that its IRI leads there.
    """

    name: str
    href: str
    label: str
    definition: str
    form: str
    point: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermGroup:
    """Terms that one kind of statement says, or one class of nodes holds."""

    title: str
    anchor: str
    href: str
    entries: tuple[TermEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyPage:
    """All terms, or those that were asked for.

    Attributes:
        found: How many there are, in words.
        lists: The code lists.
    """

    title: str
    lead: str
    query: str
    statements: tuple[Option, ...]
    points: tuple[Option, ...]
    found: str
    groups: tuple[TermGroup, ...]
    lists: tuple[Link, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPage:
    """One term, class or code list.

    Attributes:
        kind: What kind of word it is.
        name: As documents write it.
        example: How a document says it, in JSON; empty where there is no example.
        entries: Terms that belong to it.
        forms: The same in other forms.
    """

    kind: str
    title: str
    name: str
    iri: str
    lead: str
    facts: tuple[Fact, ...] = ()
    example: str = ""
    example_title: str = ""
    tables: tuple[Table, ...] = ()
    entries: tuple[TermEntry, ...] = ()
    entries_title: str = ""
    forms: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """One file to download."""

    href: str
    name: str
    media_type: str
    size: str
    sha256: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedGroup:
    """Files of one kind."""

    title: str
    anchor: str
    rows: tuple[PublishedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsPage:
    """Everything that is published, with digests."""

    title: str
    lead: str
    archive: PublishedRow
    versions: Table
    groups: tuple[PublishedGroup, ...]
