"""The vocabulary for people: every term, what it says, in which unit, under which point."""

from collections.abc import Iterator

from passport.domain.content import Term, all_terms
from passport.linked_data.terms import CONTEXT_VERSION, VOCABULARY, context_file, term_rows
from passport.ui.views.common import Link, Table
from passport.ui.views.reference import ReferencePage

_KINDS = (
    ("Said of a model", ("model", "production")),
    ("Said of one battery", ("item", "declared")),
    ("Measured", ("condition",)),
    ("Events", ("event",)),
    ("Structure", ("structure",)),
)


def vocabulary_page() -> ReferencePage:
    """Make the page of all terms."""
    meanings = {row.name: row.cells["definition_en"] for row in term_rows()}
    return ReferencePage(
        title="Vocabulary",
        lead=f"The terms that statements are written with. Their names begin with {VOCABULARY}",
        links=(
            Link(text="JSON-LD context", href=f"/schemas/{context_file(CONTEXT_VERSION)}"),
            Link(text="Table of terms (CSV)", href="/schemas/terms.csv"),
        ),
        tables=tuple(_tables(meanings)),
    )


def _tables(meanings: dict[str, str]) -> Iterator[Table]:
    for title, levels in _KINDS:
        terms = [term for term in all_terms() if term.level.value in levels]
        yield Table(
            caption=title,
            head=("Term", "Meaning", "Unit or kind", "Annex XIII"),
            rows=tuple(_row(term, meanings[term.name]) for term in terms),
        )


def _row(term: Term, meaning: str) -> tuple[str, ...]:
    kind = term.unit_label or term.code_list or term.value_class or term.datatype.value
    return (term.name, meaning, kind, term.point)
