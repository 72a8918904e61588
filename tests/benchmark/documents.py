"""Statements with every term of their kind: the largest that the table of terms gives."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from passport.domain.content import Datatype, Term, codes_of, terms_in, terms_of
from passport.domain.passport import StatementKind
from passport.linked_data.documents import build_statement

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MAKER = "did:web:maker.example"
_HOST = "https://passport.maker.example"
_DEEPEST = 2

_VALUES: Mapping[Datatype, object] = {
    Datatype.DECIMAL: "96.10",
    Datatype.INTEGER: "1500",
    Datatype.TEXT: "as it stands in the papers of the maker",
    Datatype.LANGUAGE_MAP: {"en": "in words for people", "de": "in Worten für Menschen"},
    Datatype.DATE: "2026-11-21",
    Datatype.YEAR_MONTH: "2026-11",
    Datatype.DATE_TIME: "2026-11-21T12:00:00Z",
    Datatype.IRI: f"{_HOST}/documents/1",
    Datatype.BOOLEAN: True,
    Datatype.DIGEST: "sha256:" + "ab" * 32,
    Datatype.TERM: "massKilograms",
    Datatype.COUNTRY: "NL",
    Datatype.CAS: "7439-93-2",
    Datatype.EMAIL: "batteries@maker.example",
}


def a_full_statement(kind: StatementKind) -> dict[str, Any]:
    """Build an unsigned statement with every term that its kind may carry."""
    subject = f"{_HOST}/01/09506000134352/21/A1"
    return build_statement(
        kind,
        statement_iri=f"{_HOST}/statements/019aa5b0-0000-7000-8000-000000000001",
        subject_iri=subject,
        series_iri=f"{subject}#series",
        version=2,
        issuer_did=MAKER,
        content={name: _value(term, 0) for name, term in terms_of(kind).items() if _fits(term, 0)},
        valid_from=NOON,
        previous=b"\xab" * 32,
    )


def _fits(term: Term, depth: int) -> bool:
    is_node = term.datatype is Datatype.NODE
    return not is_node or (depth < _DEEPEST and bool(terms_in(term.value_class)))


def _value(term: Term, depth: int) -> object:
    value = _one(term, depth)
    if not term.is_many:
        return value
    if not isinstance(value, dict):
        return [value]
    return [value, value | {"id": f"{_HOST}/{term.name}/2"}]


def _one(term: Term, depth: int) -> object:
    if term.datatype is Datatype.NODE:
        inner = terms_in(term.value_class)
        return {
            name: _value(part, depth + 1) for name, part in inner.items() if _fits(part, depth + 1)
        }
    if term.datatype is Datatype.CODE:
        return next(iter(codes_of(term.code_list)), "A")
    return _VALUES[term.datatype]
