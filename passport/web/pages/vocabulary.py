"""The vocabulary for people: every word with its meaning, unit, point, codes and an example."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from passport.domain.access import READABLE, Audience
from passport.domain.applicability import Scope
from passport.domain.content import (
    OPEN_CODE_LISTS,
    Datatype,
    Level,
    Term,
    all_terms,
    codes_of,
    find_term,
    terms_in,
)
from passport.domain.passport import StatementKind
from passport.linked_data.documents import parse_input
from passport.linked_data.mappings import read_mappings
from passport.linked_data.published import PublishedFile, published_archive, published_files
from passport.linked_data.rules import Rule, all_rules
from passport.linked_data.terms import (
    CONTEXT_VERSION,
    VALUE_TYPES,
    VOCABULARY,
    TermRow,
    UnitRow,
    classes,
    code_rows,
    context_file,
    context_iri,
    term_iri,
    term_rows,
    unit_rows,
)
from passport.linked_data.versions import Version, all_versions, sha256_of_bytes
from passport.rules.annex_xiii import DataPoint
from passport.rules.rulebook import Rulebook, read_rulebook
from passport.ui.views.common import Fact, Link, Table
from passport.ui.views.vocabulary import (
    DownloadsPage,
    Option,
    PublishedGroup,
    PublishedRow,
    TermEntry,
    TermGroup,
    VocabularyPage,
    WordPage,
)
from passport.web.pages.law import KINDS, LETTERS

_FIRST_DAY = date(2027, 2, 18)
"""When passports begin: Article 77(1)."""
_LEVELS = {
    Level.MODEL: "said of a model",
    Level.PRODUCTION: "said of a model, plant and year",
    Level.ITEM: "said of one battery when it is registered",
    Level.DECLARED: "declared of one battery when it is placed on the market or changes its status",
    Level.CONDITION: "measured on one battery",
    Level.EVENT: "said of one event",
    Level.STRUCTURE: "written by the service, or part of a node",
}
_AUDIENCES = {
    Audience.PUBLIC: "everybody",
    Audience.LEGITIMATE_INTEREST: "persons with a legitimate interest",
    Audience.AUTHORITY: "authorities and notified bodies",
    Audience.OPERATOR: "the responsible operator",
    Audience.OWNER: "the owner",
}
_DATATYPES = {
    Datatype.DECIMAL: "a number, written as text so that no digit is lost",
    Datatype.INTEGER: "a whole number, written as text",
    Datatype.TEXT: "a text",
    Datatype.LANGUAGE_MAP: "a text in one or more languages",
    Datatype.DATE: "a day",
    Datatype.YEAR_MONTH: "a month of a year",
    Datatype.DATE_TIME: "an instant in UTC",
    Datatype.IRI: "an IRI",
    Datatype.CODE: "a code of a list",
    Datatype.NODE: "a node",
    Datatype.BOOLEAN: "true or false",
    Datatype.DIGEST: "a SHA-256 digest",
    Datatype.TERM: "a term of this vocabulary",
    Datatype.COUNTRY: "a country (ISO 3166-1)",
    Datatype.CAS: "a CAS number",
    Datatype.EMAIL: "an e-mail address",
}
_SAMPLES: Mapping[Datatype, object] = {
    Datatype.DECIMAL: "12.50",
    Datatype.INTEGER: "12",
    Datatype.TEXT: "...",
    Datatype.LANGUAGE_MAP: {"en": "..."},
    Datatype.DATE: "2027-02-18",
    Datatype.YEAR_MONTH: "2027-02",
    Datatype.DATE_TIME: "2027-02-18T12:00:00Z",
    Datatype.IRI: "https://example.com/",
    Datatype.BOOLEAN: True,
    Datatype.DIGEST: "sha256:" + "0" * 64,
    Datatype.TERM: term_iri("massKilograms"),
    Datatype.COUNTRY: "NL",
    Datatype.CAS: "7439-93-2",
    Datatype.EMAIL: "someone@example.com",
}
_FOLDERS = {
    "contexts": "JSON-LD contexts",
    "json-schema": "JSON Schemas",
    "shacl": "SHACL shapes",
    "vocabulary": "Vocabulary",
    "examples": "Examples",
    "": "Tables that everything is made from",
}


# --- all terms ------------------------------------------------------------------------------------


def vocabulary_page(query: str = "", statement: str = "", point: str = "") -> VocabularyPage:
    """Make the page of all terms, or of those that fit.

    Args:
        query: Words that name, label or definition hold.
        statement: Kind of statement or class of nodes.
        point: Point of Annex XIII.
    """
    groups = tuple(_groups(query.strip().lower(), statement, point))
    names = {entry.name for group in groups for entry in group.entries}
    is_whole = not (query.strip() or statement or point)
    return VocabularyPage(
        title="Vocabulary",
        lead=f"The terms that statements are written with. Their names begin with {VOCABULARY}",
        query=query,
        statements=tuple(_options(_holders(), statement, "All statements and nodes")),
        points=tuple(_options(_points(), point, "All points")),
        found=f"{len(names)} terms" if len(names) != 1 else "1 term",
        groups=groups,
        lists=tuple(_code_lists()) if is_whole else (),
        links=(
            Link(
                text=f"JSON-LD context {CONTEXT_VERSION}",
                href=f"/schemas/{context_file(CONTEXT_VERSION)}",
            ),
            Link(text="Versions, schemas, shapes and digests", href="/schemas/downloads"),
            Link(text="Table of terms (CSV)", href="/schemas/terms.csv"),
        ),
    )


def _holders() -> list[str]:
    nodes = {name for term in all_terms() for name in term.node_classes}
    return [*(kind.value for kind in StatementKind), *sorted(nodes)]


def _points() -> list[str]:
    return sorted({point for term in all_terms() for point in term.point.split(", ") if point})


def _options(values: Iterable[str], chosen: str, everything: str) -> Iterator[Option]:
    yield Option(value="", text=everything, is_chosen=not chosen)
    for value in values:
        yield Option(value=value, text=value, is_chosen=value == chosen)


def _groups(query: str, statement: str, point: str) -> Iterator[TermGroup]:
    anchored: set[str] = set()
    for holder in _holders():
        if statement and holder != statement:
            continue
        terms = [
            term
            for term in _terms_of(holder)
            if _fits(term, query) and (not point or point in term.point.split(", "))
        ]
        if terms:
            yield TermGroup(
                title=holder,
                anchor=holder,
                href=f"/schemas/classes/{holder}",
                entries=tuple(
                    _entry(term, anchor="" if term.name in anchored else term.name)
                    for term in terms
                ),
            )
            anchored |= {term.name for term in terms}


def _terms_of(holder: str) -> Iterator[Term]:
    """Yield the terms of a kind of statement or class; what every kind says stands once."""
    for term in all_terms():
        if holder in term.node_classes or term.kinds[:1] == (holder,):
            yield term


def _fits(term: Term, query: str) -> bool:
    row = _row_of(term.name)
    words = f"{term.name} {row['label_en']} {row['definition_en']} {term.unit_label}".lower()
    return all(word in words for word in query.split())


@cache
def _rows() -> Mapping[str, TermRow]:
    return {row.name: row for row in term_rows()}


def _row_of(name: str) -> Mapping[str, str]:
    return _rows()[name].cells


def _entry(term: Term, *, anchor: str = "") -> TermEntry:
    return TermEntry(
        name=term.name,
        href=f"/schemas/terms/{term.name}",
        label=term.label,
        definition=_row_of(term.name)["definition_en"],
        form=term.unit_label or term.code_list or term.value_class or term.datatype.value,
        point=term.point,
        anchor=anchor,
    )


def _code_lists() -> Iterator[Link]:
    for name in dict.fromkeys(name for name, _, _ in code_rows()):
        yield Link(text=name, href=f"/schemas/codes/{name}", note=f"{len(codes_of(name))} codes")


# --- one term -------------------------------------------------------------------------------------


def term_page(name: str) -> WordPage | None:
    """Make the page of one term, or nothing where there is no such term."""
    term = find_term(name)
    if term is None:
        return None
    title, example = _example(term)
    return WordPage(
        kind="Term",
        title=term.label,
        name=name,
        iri=term_iri(name),
        lead=_row_of(name)["definition_en"],
        facts=tuple(_facts(term)),
        example=json.dumps(example, indent=2, ensure_ascii=False),
        example_title=title,
        tables=tuple(_tables(term)),
        forms=_forms(f"/schemas/terms/{name}"),
    )


def _forms(address: str) -> tuple[Link, ...]:
    return (
        Link(text="All terms", href="/schemas/"),
        Link(text="This in JSON-LD", href=f"{address}?format=jsonld"),
        Link(text="This in Turtle", href=f"{address}?format=turtle"),
    )


def _facts(term: Term) -> Iterator[Fact]:
    yield Fact(name="Written as", values=(_DATATYPES[term.datatype],), note=_type_note(term))
    if term.unit:
        yield from _unit_facts(next(unit for unit in unit_rows() if unit.unit == term.unit))
    if term.minimum is not None or term.maximum is not None:
        yield Fact(name="Range", values=(_range(term),))
    if term.code_list:
        codes = Link(text=term.code_list, href=f"/schemas/codes/{term.code_list}")
        is_open = term.code_list in OPEN_CODE_LISTS
        note = "Open: a code that is not on the list yet may be written, too." if is_open else ""
        yield Fact(name="Code list", link=codes, note=note)
    if term.value_class:
        node = Link(text=term.value_class, href=f"/schemas/classes/{term.value_class}")
        yield Fact(name="Class of the node", link=node)
    yield Fact(name="How often", values=(_how_often(term),))
    yield Fact(name="When", values=(_LEVELS[term.level],))
    if term.kinds:
        yield Fact(name="Said in", values=tuple(kind.value for kind in term.kinds))
        yield Fact(name="Read by", values=tuple(_readers(term)))
    if term.node_classes:
        yield Fact(name="Part of", values=term.node_classes)
    if term.point:
        yield Fact(name="Point of Annex XIII", values=(term.point,))
    yield Fact(name="Source", values=(_row_of(term.name)["source"],))


def _type_note(term: Term) -> str:
    return "" if term.datatype is Datatype.LANGUAGE_MAP else VALUE_TYPES[term.datatype.value]


def _unit_facts(unit: UnitRow) -> Iterator[Fact]:
    yield Fact(name="Unit", values=(unit.label,), note=f"UCUM code {unit.unit}")
    if unit.qudt:
        href = f"http://qudt.org/vocab/unit/{unit.qudt}"
        yield Fact(name="Unit in QUDT", link=Link(text=f"unit:{unit.qudt}", href=href))
    if unit.rec20:
        yield Fact(name="Unit in UN/ECE Recommendation 20", values=(unit.rec20,))


def _range(term: Term) -> str:
    unit = f" {term.unit_label}" if term.unit_label else ""
    if term.minimum is not None and term.maximum is not None:
        return f"{term.minimum} to {term.maximum}{unit}"
    if term.minimum is not None:
        return f"{term.minimum}{unit} or more"
    return f"{term.maximum}{unit} or less"


def _how_often(term: Term) -> str:
    often = "a list" if term.is_many else "one value"
    if term.datatype is Datatype.LANGUAGE_MAP:
        often = "once in each language"
    return f"{often}; what carries it is nothing without it" if term.is_needed else often


def _readers(term: Term) -> Iterator[str]:
    points = {kind.point for kind in term.kinds if kind.point is not None}
    if not points:
        yield "those who may read the index or event that says it"
    for audience, readable in READABLE.items():
        if points & readable:
            yield _AUDIENCES[audience]


def _tables(term: Term) -> Iterator[Table]:
    rulebook = read_rulebook()
    for point in rulebook.data_points.values():
        if term.name in {path.rpartition(".")[2] for path in point.terms} | {
            path.partition(".")[0] for path in point.terms
        }:
            yield _asked_table(rulebook, point)
    if rules := [rule for rule in all_rules() if term.name in rule.terms]:
        yield _rules_table(rules)
    if mappings := [one for one in read_mappings() if one.term == term.name]:
        yield Table(
            caption="Words of other vocabularies",
            head=("Target", "Relation", "Vocabulary", "What was compared"),
            rows=tuple(
                (one.target, one.relation.value, one.vocabulary, one.checked) for one in mappings
            ),
        )


def _asked_table(rulebook: Rulebook, point: DataPoint) -> Table:
    rows = []
    for words, category, sub_type, is_light in KINDS.values():
        scope = Scope(
            category=category,
            sub_type=sub_type,
            placed_on=_FIRST_DAY,
            read_on=_FIRST_DAY,
            is_light=is_light,
        )
        letter = rulebook.requirement(point.number, scope)
        day = rulebook.day(point.duty, category, sub_type) if point.duty else None
        later = f"{LETTERS[point.then][0]} {day.text}" if day is not None and point.then else ""
        rows.append((words, LETTERS[letter][0], later))
    return Table(
        caption=f"Who is asked for data point {point.number}, {point.label}, on 18 February 2027",
        head=("Kind of battery", "Asked", "Later"),
        rows=tuple(rows),
    )


def _rules_table(rules: Iterable[Rule]) -> Table:
    return Table(
        caption="Rules it takes part in",
        head=("Rule", "Breach", "Source"),
        rows=tuple((rule.message, rule.severity.lower(), rule.source) for rule in rules),
    )


# --- examples -------------------------------------------------------------------------------------


def _example(term: Term) -> tuple[str, object]:
    for path, content in _example_contents().items():
        found = next(_values_in(content, term.name), None)
        if found is not None:
            return f"From {path}, as it is entered:", {term.name: found}
    sample = _sample(term)
    return "In this form:", {term.name: [sample] if term.is_many else sample}


@cache
def _example_contents() -> Mapping[str, Mapping[str, Any]]:
    return {
        path: parse_input(file.data)["content"]
        for path, file in published_files().items()
        if path.startswith("examples/")
    }


def _values_in(value: object, name: str) -> Iterator[object]:
    if isinstance(value, Mapping):
        if name in value and not _is_absence(value[name]):
            yield value[name]
        for inside in value.values():
            yield from _values_in(inside, name)
    elif isinstance(value, list):
        for inside in value:
            yield from _values_in(inside, name)


def _is_absence(value: object) -> bool:
    return isinstance(value, Mapping) and "absent" in value


def _sample(term: Term) -> object:
    match term.datatype:
        case Datatype.CODE:
            return next(iter(codes_of(term.code_list)))
        case Datatype.NODE:
            needed = [part for part in terms_in(term.value_class).values() if part.is_needed]
            return {"type": term.value_class} | {part.name: _sample(part) for part in needed}
        case _:
            return _SAMPLES[term.datatype]


# --- classes and code lists -----------------------------------------------------------------------


def class_page(name: str) -> WordPage | None:
    """Make the page of a class or kind of statement, or nothing where there is no such class."""
    if name not in classes():
        return None
    kinds = [kind for kind in StatementKind if name in {kind.value, kind.subject_class}]
    terms = {
        term.name: term
        for term in all_terms()
        if name in term.node_classes or set(kinds) & set(term.kinds)
    }
    rules = [rule for rule in all_rules() if rule.on == name]
    users = [term.name for term in all_terms() if term.value_class == name]
    return WordPage(
        kind="Kind of statement" if name in {kind.value for kind in kinds} else "Class",
        title=name,
        name=name,
        iri=term_iri(name),
        lead=_about_class(name, kinds),
        facts=(Fact(name="Value of", values=tuple(users)),) if users else (),
        tables=(_rules_table(rules),) if rules else (),
        entries=tuple(_entry(term) for term in terms.values()),
        entries_title="Terms",
        forms=(*_forms(f"/schemas/classes/{name}"), *_schema_links(name)),
    )


def _about_class(name: str, kinds: list[StatementKind]) -> str:
    if not kinds:
        return "A node inside statements; it always has an id."
    if name in {kind.value for kind in kinds}:
        return f"A signed statement about one {kinds[0].subject_class}."
    return f"What statements are about: {', '.join(kind.value for kind in kinds)}."


def _schema_links(name: str) -> Iterator[Link]:
    if name in StatementKind.__members__.values():
        href = f"/schemas/json-schema/{name}/{CONTEXT_VERSION}.json"
        yield Link(text="JSON Schema", href=href)
        yield Link(text="SHACL shapes", href="/schemas/shacl/statements.ttl")


def code_list_page(name: str) -> WordPage | None:
    """Make the page of a code list, or nothing where there is no such list."""
    codes = codes_of(name)
    if not codes:
        return None
    users = [term for term in all_terms() if term.code_list == name]
    return WordPage(
        kind="Code list",
        title=f"Codes of {name}",
        name=name,
        iri=term_iri(f"codes/{name}"),
        lead=f"{len(codes)} codes. A code is written as it stands here, in small and capitals.",
        tables=(Table(caption="Codes", head=("Code", "Meaning"), rows=tuple(codes.items())),),
        entries=tuple(_entry(term) for term in users),
        entries_title="Terms that take these codes",
        forms=_forms(f"/schemas/codes/{name}"),
    )


# --- downloads ------------------------------------------------------------------------------------


def downloads_page() -> DownloadsPage:
    """Make the page of everything that is published, with its digests."""
    archive = published_archive()
    groups: dict[str, list[PublishedFile]] = {folder: [] for folder in _FOLDERS}
    for file in published_files().values():
        folder = file.path.partition("/")[0] if "/" in file.path else ""
        groups[folder].append(file)
    return DownloadsPage(
        title="Versions and downloads",
        lead="Contexts, schemas, shapes, tables and examples, each with its SHA-256. A frozen "
        "version never changes; later versions only add.",
        archive=PublishedRow(
            href="/schemas/everything.zip",
            name="everything.zip",
            media_type="application/zip",
            size=_size(len(archive)),
            sha256=sha256_of_bytes(archive),
            note="All files of this page in one archive",
        ),
        versions=Table(
            caption="Versions of the context",
            head=("Version", "State", "Address", "SHA-256"),
            rows=tuple(_version_row(version) for version in reversed(all_versions())),
        ),
        groups=tuple(
            PublishedGroup(
                title=_FOLDERS[folder],
                anchor=folder or "tables",
                rows=tuple(_row(file) for file in files),
            )
            for folder, files in groups.items()
        ),
    )


def _version_row(version: Version) -> tuple[str, ...]:
    file = published_files()[context_file(version.number)]
    state = f"frozen on {version.frozen_on}" if version.frozen_on else "in the making"
    return (version.number, state, context_iri(version.number), file.sha256)


def _row(file: PublishedFile) -> PublishedRow:
    return PublishedRow(
        href=f"/schemas/{file.path}",
        name=file.path,
        media_type=file.media_type,
        size=_size(file.size),
        sha256=file.sha256,
        note="Never changes" if file.never_changes else "",
    )


def _size(count: int) -> str:
    return f"{count} bytes" if count < 10_000 else f"{count // 1000} kB"  # noqa: PLR2004
