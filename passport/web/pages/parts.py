"""Parts that pages about a battery or a model share: facts in groups, emergency, evidence."""

from collections.abc import Iterable, Mapping, Sequence

from passport.domain.content import Content, Term, absence_of, all_terms
from passport.domain.content_values import nodes_in
from passport.domain.passport import StatementKind
from passport.ui.views.battery import Emergency, MeasurementSource
from passport.ui.views.common import Badge, Fact, FactGroup, LineItem, Link, Table, Tone
from passport.web.pages.record import ReadStatement
from passport.web.pages.words import (
    day_text,
    document_link,
    fact_of,
    in_language,
    is_web_address,
    parse_instant,
    table_of,
    text_of,
)

_GROUPS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("What it is", ("1(a)",)),
    ("What it is made of", ("1(b)", "1(d)", "1(e)", "1(f)")),
    ("What it can do", ("1(g)", "1(h)", "1(i)", "1(j)", "1(k)", "1(l)")),
    ("Lifetime and efficiency", ("1(m)", "1(n)", "1(o)", "1(p)")),
    ("Carbon footprint", ("1(c)",)),
    ("Marks and papers", ("1(q)", "1(r)")),
    ("Waste: what you can do", ("1(s)",)),
    ("Composition", ("2(a)",)),
    ("Parts and dismantling", ("2(b)", "2(c)")),
    ("Working on it safely", ("2(d)",)),
    ("Conformity", ("3",)),
    ("As placed on the market", ("4(a)", "4(c)")),
    ("In use", ("4(b)", "4(d)")),
)
_MADE_OF = frozenset({"chemistry", "chemistryName", "hazardousSubstances", "criticalRawMaterials"})
_ELSEWHERE = frozenset(
    {
        "batteryModel",
        "production",
        "predecessors",
        "legacyPredecessors",
        "successors",
        "photos",
        "serialNumber",
        "batteryStatus",
    }
)
"""Terms that stand in a part of their own on the page, or say nothing to people."""


def groups_of(*contents: Content) -> tuple[FactGroup, ...]:
    """Return everything in some contents, in an order people can read."""
    entries = [
        (term, content[term.name])
        for term in all_terms()
        for content in contents
        if term.name in content and term.name not in _ELSEWHERE
    ]
    groups = []
    for title, points in _GROUPS:
        chosen = [(term, value) for term, value in entries if _point(term) in points]
        facts, tables = _divide(chosen)
        if facts or tables:
            groups.append(FactGroup(title=title, facts=facts, tables=tables))
    return tuple(groups)


def _point(term: Term) -> str:
    return "1(b)" if term.name in _MADE_OF else term.point.partition(",")[0]


def _divide(
    entries: Iterable[tuple[Term, object]],
) -> tuple[tuple[Fact, ...], tuple[Table, ...]]:
    """Put lists of nodes into tables, all else into facts."""
    facts: list[Fact] = []
    tables: list[Table] = []
    for term, value in entries:
        nodes = nodes_in(value) if isinstance(value, list) else []
        if nodes and term.value_class != "Document":
            tables.append(table_of(term, nodes))
        elif nodes:
            facts.extend(_document_facts(term, nodes))
        else:
            facts.append(fact_of(term, value))
    return tuple(facts), tuple(tables)


def _document_facts(term: Term, nodes: Sequence[Mapping[str, object]]) -> Iterable[Fact]:
    for node in nodes:
        link = document_link(node)
        if link is None:
            yield fact_of(term, [node])
        else:
            yield Fact(name=term.label, link=link, point=f"Annex XIII {term.point}")


def emergency_of(model: Content) -> Emergency:
    """Return what somebody needs beside a burning, leaking or damaged battery.

    Source: Regulation (EU) 2023/1542, Annex VI Part A (8), (9); Article 74(1)(d).
    """
    substances = model.get("hazardousSubstances")
    return Emergency(
        extinguishing_agent=_said(model, "extinguishingAgent")
        or "Not provided. Keep away and call the fire service.",
        hazardous_substances=tuple(_substance(node) for node in nodes_in(substances)),
        safety=tuple(_sentences(_said(model, "wasteHandlingSafety"))),
    )


def _said(content: Content, name: str) -> str:
    value = content.get(name)
    return "" if value is None or absence_of(value) is not None else in_language(value)


def _substance(node: Mapping[str, object]) -> str:
    classes = node.get("hazardClasses")
    hazards = f": {', '.join(map(str, classes))}" if isinstance(classes, list) and classes else ""
    return f"{in_language(node.get('substanceName'))}{hazards}"


def _sentences(text: str) -> Iterable[str]:
    for sentence in text.replace("; ", ". ").split(". "):
        stripped = sentence.strip().rstrip(".")
        if stripped:
            yield f"{stripped[:1].upper()}{stripped[1:]}."


def evidence_of(
    statements: Sequence[ReadStatement], *, names: Mapping[str, str], holds: bool
) -> tuple[LineItem, ...]:
    """Return a line for each signed statement.

    Args:
        statements: The statements this reader was given.
        names: Name of each issuer by its slug.
        holds: Whether every signature was checked and holds.
    """
    badge = Badge(text="Signature holds", tone=Tone.AUTHENTIC) if holds else None
    return tuple(
        LineItem(
            title=statement_title(one),
            href=f"/statements/{one.signed.statement_id}",
            detail=f"{names.get(one.signed.issuer, one.signed.issuer)}, "
            f"{day_text(one.signed.issued_at)}",
            badge=badge,
            aside="" if one.signed.leaf_index is None else f"Log entry {one.signed.leaf_index}",
        )
        for one in statements
    )


_TITLES = {
    StatementKind.MODEL_PUBLIC: "Model, public part",
    StatementKind.MODEL_RESTRICTED: "Model, restricted part",
    StatementKind.MODEL_AUTHORITY: "Model, part for authorities",
    StatementKind.PRODUCTION: "Production run",
    StatementKind.ITEM_PUBLIC: "Battery, public part",
    StatementKind.ITEM_DECLARED: "Battery, declared values",
    StatementKind.CONDITION: "Condition",
    StatementKind.INDEX: "Index of the passport",
    StatementKind.EVENT: "Event",
}


def statement_title(statement: ReadStatement) -> str:
    """Return what a statement is called on a page."""
    title = _TITLES[statement.signed.kind]
    match statement.signed.kind:
        case StatementKind.INDEX:
            audience = str(statement.content.get("audience", ""))
            return title if audience == "public" else f"{title}, restricted"
        case StatementKind.CONDITION:
            return f"{title} of {day_text(parse_instant(statement.content['measuredAt']))}"
        case StatementKind.EVENT:
            return event_title(statement.content)
        case _:
            return title


def event_title(content: Content) -> str:
    """Return what happened, in words."""
    term = next(term for term in all_terms() if term.name == "eventKind")
    return text_of(term, content.get("eventKind", ""))


def measurement_sources(conditions: Sequence[ReadStatement]) -> tuple[MeasurementSource, ...]:
    """Return the data sets behind some conditions, each once."""
    found: dict[tuple[str, str], MeasurementSource] = {}
    for condition in conditions:
        node = condition.content.get("measurementSource")
        if not isinstance(node, Mapping) or "dataSet" not in node:
            continue
        key = (str(node["dataSet"]), str(node.get("measuredCell", "")))
        address = node.get("sourceUrl")
        found[key] = MeasurementSource(
            data_set=key[0],
            measured_on=key[1],
            scaling=in_language(node.get("scaling")),
            link=Link(text="Source", href=str(address)) if is_web_address(address) else None,
        )
    return tuple(found.values())
