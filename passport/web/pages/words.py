"""Values of statements in the words of a page: units, months, tables; rounded for reading."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from passport.domain.content import (
    Datatype,
    Term,
    absence_of,
    codes_of,
    find_term,
    terms_in,
)
from passport.domain.content_values import nodes_in
from passport.ui.views.common import Fact, Link, Table, absent_fact

LANGUAGE = "en"
_SIGNIFICANT = 4
_GROUPED_FROM = 10_000
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def fact_of(term: Term, value: object, *, point: bool = True) -> Fact:
    """Return a value of a term as a fact, or why it is absent."""
    where = f"Annex XIII {term.point}" if point and term.point else ""
    reason = absence_of(value)
    if reason is not None:
        return absent_fact(term.label, reason.value, point=where)
    if term.datatype is Datatype.NODE:
        return _node_fact(term, value, where)
    if isinstance(value, list):
        return Fact(name=term.label, values=tuple(text_of(term, one) for one in value), point=where)
    if term.datatype is Datatype.IRI and is_web_address(value):
        link = Link(text=str(value), href=str(value))
        return Fact(name=term.label, link=link, point=where)
    return Fact(name=term.label, values=(text_of(term, value),), point=where)


def text_of(term: Term, value: object) -> str:
    """Return one value of a term as text, with its unit."""
    writer = _WRITERS.get(term.datatype)
    return str(value) if writer is None else writer(term, value)


def _with_unit(term: Term, value: object) -> str:
    return f"{figure(value)} {term.unit_label}".rstrip()


def _named_term(_: Term, value: object) -> str:
    named = find_term(str(value))
    return named.label if named else str(value)


def figure(value: object) -> str:
    """Return a number with four significant digits, thousands apart from 10 000 on.

    >>> figure("0.059731"), figure("94.8312"), figure("431.80"), figure("2026")
    ('0.05973', '94.83', '431.8', '2026')
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if number:
        number = round(number, max(0, _SIGNIFICANT - 1 - number.adjusted()))
    text = f"{number:,f}" if abs(number) >= _GROUPED_FROM else f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", _NARROW_SPACE)


def in_language(value: object) -> str:
    """Return a text in the language of the page, or in the first one that there is."""
    if not isinstance(value, Mapping) or not value:
        return str(value or "")
    return str(value.get(LANGUAGE) or next(iter(value.values())))


def parse_instant(value: object) -> datetime:
    """Return an instant as statements write it."""
    return datetime.fromisoformat(str(value))


def day_text(day: date) -> str:
    """Return a day as people write it.

    >>> day_text(date(2027, 2, 8))
    '8 February 2027'
    """
    return f"{day.day} {day:%B %Y}"


def instant_text(instant: datetime) -> str:
    """Return an instant as people write it."""
    return f"{day_text(instant)}, {instant:%H:%M} UTC"


def age_text(since: datetime, now: datetime) -> str:
    """Return how long ago something was.

    >>> age_text(datetime(2027, 1, 1), datetime(2027, 1, 4))
    '3 days old'
    """
    days = (now - since).days
    if days < 1:
        return "less than a day old"
    for length, name in ((365, "year"), (30, "month"), (1, "day")):
        if days >= 2 * length or (length == 1 and days >= length):
            count = days // length
            return f"{count} {name}{'s' if count > 1 else ''} old"
    return f"{days} days old"


def is_web_address(value: object) -> bool:
    """Whether a browser can follow it."""
    try:
        return isinstance(value, str) and urlsplit(value).scheme in {"http", "https"}
    except ValueError:  # half a bracket in its host
        return False


_WRITERS: Mapping[Datatype, Callable[[Term, object], str]] = {
    Datatype.DECIMAL: _with_unit,
    Datatype.INTEGER: _with_unit,
    Datatype.LANGUAGE_MAP: lambda _, value: in_language(value),
    Datatype.CODE: lambda term, value: codes_of(term.code_list).get(str(value), str(value)),
    Datatype.DATE: lambda _, value: day_text(date.fromisoformat(str(value))),
    Datatype.YEAR_MONTH: lambda _, value: f"{date.fromisoformat(f'{value}-01'):%B %Y}",
    Datatype.DATE_TIME: lambda _, value: instant_text(parse_instant(value)),
    Datatype.BOOLEAN: lambda _, value: "Yes" if value is True else "No",
    Datatype.TERM: _named_term,
}


# --- nodes ----------------------------------------------------------------------------------------


def _node_fact(term: Term, value: object, point: str) -> Fact:
    nodes = nodes_in(value)
    if term.value_class == "Document" and len(nodes) == 1:
        link = document_link(nodes[0])
        if link is not None:
            return Fact(name=term.label, link=link, point=point)
    return Fact(
        name=term.label,
        values=tuple(text for node in nodes for text in _lines(term.value_class, node)),
        point=point,
    )


def _lines(node_class: str, node: Mapping[str, object]) -> list[str]:
    match node_class:
        case "Party":
            name = str(node.get("partyName", ""))
            mark = f"{name} ({node['tradeMark']})" if node.get("tradeMark") else name
            contact = [str(node[key]) for key in ("emailAddress", "webAddress") if node.get(key)]
            return [mark, *filter(None, [address_text(node.get("address"))]), *contact]
        case "Facility":
            place = address_text(node.get("address"))
            return [str(node.get("facilityName", "")), *([place] if place else [])]
        case "TemperatureRange":
            low, high = figure(node.get("minimumCelsius")), figure(node.get("maximumCelsius"))
            test = f" ({node['referenceTest']})" if node.get("referenceTest") else ""
            return [f"{low} °C to {high} °C{test}"]
        case "Document":
            return [document_title(node)]
        case _:
            known = terms_in(node_class)
            return [
                f"{known[name].label}: {cell_text(known[name], value)}"
                for name, value in node.items()
                if name in known
            ]


def address_text(address: object) -> str:
    """Return a postal address in one line."""
    if not isinstance(address, Mapping):
        return ""
    town = " ".join(str(address[k]) for k in ("postalCode", "locality") if address.get(k))
    parts = (address.get("streetAddress"), town, address.get("countryCode"))
    return ", ".join(str(part) for part in parts if part)


def document_title(node: Mapping[str, object]) -> str:
    """Return what a document is called."""
    kind = codes_of("document-kind").get(str(node.get("documentKind", "")), "Document")
    title = in_language(node.get("documentTitle")) or kind
    number = f", {node['documentIdentifier']}" if node.get("documentIdentifier") else ""
    return f"{title}{number}"


def document_link(node: Mapping[str, object]) -> Link | None:
    """Return a link to a document, where it has an address that a browser can follow."""
    address = node.get("documentUrl")
    if not is_web_address(address):
        return None
    return Link(text=document_title(node), href=str(address))


def table_of(term: Term, nodes: Sequence[Mapping[str, object]]) -> Table:
    """Return a list of nodes as a table: one row each, one column for what any of them says."""
    known = terms_in(term.value_class)
    columns = [column for name, column in known.items() if any(name in node for node in nodes)]
    return Table(
        caption=term.label,
        head=tuple(_head(column) for column in columns),
        rows=tuple(
            tuple(cell_text(column, node.get(column.name), unit=False) for column in columns)
            for node in nodes
        ),
        numeric=frozenset(
            place
            for place, column in enumerate(columns)
            if column.datatype in {Datatype.DECIMAL, Datatype.INTEGER}
        ),
    )


def cell_text(term: Term, value: object, *, unit: bool = True) -> str:
    """Return what a node says under a term, in one line."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(cell_text(term, one, unit=unit) for one in value)
    if isinstance(value, Mapping) and term.datatype is Datatype.NODE:
        return "; ".join(_lines(term.value_class, value))
    if not unit and term.datatype in {Datatype.DECIMAL, Datatype.INTEGER}:
        return figure(value)
    return text_of(term, value)


def _head(column: Term) -> str:
    return f"{column.label} [{column.unit_label}]" if column.unit_label else column.label
