"""The table of terms as it stands in ``schemas/``, and the names it gives to linked data."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from passport.domain.content import Datatype, Level, Term
from passport.domain.passport import StatementKind

VOCABULARY = "https://w3id.org/open-battery-passport/battery#"
XSD = "http://www.w3.org/2001/XMLSchema#"
CREDENTIALS_IRI = "https://www.w3.org/ns/credentials/v2"

VALUE_TYPES = {
    "decimal": XSD + "decimal",
    "integer": XSD + "integer",
    "text": XSD + "string",
    "code": XSD + "string",
    "digest": XSD + "string",
    "country": XSD + "string",
    "cas": XSD + "string",
    "email": XSD + "string",
    "date": XSD + "date",
    "year-month": XSD + "gYearMonth",
    "date-time": XSD + "dateTime",
    "boolean": XSD + "boolean",
    "iri": "@id",
    "node": "@id",
    "term": "@id",
}
"""How a context types the values of each datatype; language maps stand apart."""

_COLUMNS_IN_DOMAIN = (
    "term",
    "label_en",
    "level",
    "statement",
    "node_class",
    "annex_xiii",
    "datatype",
    "unit",
    "code_list",
    "value_class",
    "many",
    "minimum",
    "maximum",
    "needed",
)


@dataclass(frozen=True, slots=True)
class TermRow:
    """One row of ``schemas/terms.csv``."""

    cells: dict[str, str]

    @property
    def name(self) -> str:
        """The term as it is written in documents."""
        return self.cells["term"]

    def is_said_in(self, kind: str) -> bool:
        """Whether the subject of a kind of statement carries the term; ``*`` is every kind."""
        return self.cells["statement"] == "*" or kind in self.cells["statement"].split()

    @property
    def for_domain(self) -> tuple[str, ...]:
        """The cells that the generated table in the domain holds."""
        return tuple(self.cells[column] for column in _COLUMNS_IN_DOMAIN)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit that terms are written in.

    Attributes:
        unit: UCUM code.
        label: As people write it.
        qudt: Name in the QUDT unit vocabulary; empty where it has none that fits.
        rec20: UN/ECE Recommendation 20 code; empty likewise.
    """

    unit: str
    label: str
    qudt: str
    rec20: str


def schema_file(path: str) -> Traversable:
    """Return a file of ``schemas/``: from the installed package, or from the source tree."""
    package = files("passport")
    installed = package.joinpath("_schemas")
    root = installed if installed.is_dir() else package.joinpath("..", "schemas")
    return root.joinpath(path)


@cache
def term_rows() -> tuple[TermRow, ...]:
    """Return the rows of ``schemas/terms.csv`` in their order."""
    return tuple(TermRow(row) for row in table_rows("terms.csv"))


@cache
def code_rows() -> tuple[tuple[str, str, str], ...]:
    """Return every code: list, code, label; those of chemistries stand in their own table."""
    rows = [(row["code_list"], row["code"], row["label_en"]) for row in table_rows("codes.csv")]
    return (*rows, *(("chemistry", code, label) for code, label, *_ in chemistry_rows()))


@cache
def chemistry_rows() -> tuple[tuple[str, ...], ...]:
    """Return the rows of ``schemas/chemistries.csv``, their cells in the order of the columns."""
    return tuple(tuple(row.values()) for row in table_rows("chemistries.csv"))


@cache
def unit_rows() -> tuple[UnitRow, ...]:
    """Return the rows of ``schemas/units.csv``."""
    return tuple(
        UnitRow(unit=row["unit"], label=row["label"], qudt=row["qudt"], rec20=row["rec20"])
        for row in table_rows("units.csv")
    )


def table_rows(path: str) -> list[dict[str, str]]:
    """Return the rows of a table in ``schemas/``."""
    text = schema_file(path).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def context_iri(version: str) -> str:
    """Return the address of a version of the context, as statements name it."""
    return f"https://w3id.org/open-battery-passport/contexts/battery/{version}.jsonld"


def context_file(version: str) -> str:
    """Return where a version's context lies under ``schemas/``."""
    return f"contexts/battery-{version}.jsonld"


def schema_path(kind: str, version: str) -> str:
    """Return where a version's JSON Schema of a kind of statement lies under ``schemas/``."""
    return f"json-schema/{version}/{kind}.json"


CONTEXT_VERSION = table_rows("versions.csv")[-1]["version"]
"""What is signed with today; `passport.linked_data.versions` knows the others."""
CONTEXT_IRI = context_iri(CONTEXT_VERSION)


@cache
def terms_in_table() -> tuple[Term, ...]:
    """Return the terms as the table has them; the domain's are those of the last generation."""
    labels = {row.unit: row.label for row in unit_rows()}
    return tuple(_term(row.cells, labels) for row in term_rows())


def _term(cells: Mapping[str, str], unit_labels: Mapping[str, str]) -> Term:
    kinds = cells["statement"].split()
    return Term(
        name=cells["term"],
        label=cells["label_en"],
        level=Level(cells["level"]),
        kinds=tuple(StatementKind) if kinds == ["*"] else tuple(map(StatementKind, kinds)),
        node_classes=tuple(cells["node_class"].split()),
        point=cells["annex_xiii"],
        datatype=Datatype(cells["datatype"]),
        unit=cells["unit"],
        unit_label=unit_labels.get(cells["unit"], ""),
        code_list=cells["code_list"],
        value_class=cells["value_class"],
        is_many=cells["many"] == "1",
        minimum=Decimal(cells["minimum"]) if cells["minimum"] else None,
        maximum=Decimal(cells["maximum"]) if cells["maximum"] else None,
        is_needed=cells["needed"] == "1",
    )


def classes() -> set[str]:
    """Return the names of all classes: of nodes, of what statements are about, of statements."""
    in_table = {name for row in term_rows() for name in row.cells["node_class"].split()}
    subjects = {kind.subject_class for kind in StatementKind}
    return (in_table - {"Statement"}) | subjects | {kind.value for kind in StatementKind}


def term_iri(name: str) -> str:
    """Return the IRI of a term, a class or a kind of statement."""
    return VOCABULARY + name
