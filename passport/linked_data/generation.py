"""Everything that follows from the table of terms: context, vocabulary, schemas, domain names.

``python -m passport.linked_data.generation`` writes the files; a test finds those that drifted.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from passport.domain.passport import StatementKind
from passport.linked_data.terms import (
    CONTEXT_FILE,
    CONTEXT_IRI,
    CONTEXT_VERSION,
    CREDENTIALS_IRI,
    VALUE_TYPES,
    TermRow,
    classes,
    code_rows,
    schema_file,
    term_iri,
    term_rows,
    unit_rows,
)
from passport.linked_data.vocabulary import vocabulary_document

SCHEMA_BASE = "https://w3id.org/open-battery-passport/schemas/"

INSTANT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
DECIMAL_PATTERN = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
DIGEST_PATTERN = r"^sha256:[0-9a-f]{64}$"
IRI_PATTERN = r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"
CAS_PATTERN = r"^[0-9]{2,7}-[0-9]{2}-[0-9]$"
EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"

_TEXT = {"type": "string", "minLength": 1, "maxLength": 10000}
_IRI = {"type": "string", "maxLength": 2000, "pattern": IRI_PATTERN}
_VALUE_SCHEMAS: dict[str, dict[str, object]] = {
    "decimal": {"type": "string", "maxLength": 40, "pattern": DECIMAL_PATTERN},
    "integer": {"type": "string", "maxLength": 19, "pattern": r"^-?(0|[1-9][0-9]*)$"},
    "text": _TEXT,
    "language-map": {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": LANGUAGE_PATTERN},
        "additionalProperties": _TEXT,
    },
    "date": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "year-month": {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "date-time": {"type": "string", "pattern": INSTANT_PATTERN},
    "boolean": {"type": "boolean"},
    "iri": _IRI,
    "term": _IRI,
    "digest": {"type": "string", "pattern": DIGEST_PATTERN},
    "country": {"type": "string", "pattern": r"^[A-Z]{2}$"},
    "cas": {"type": "string", "pattern": CAS_PATTERN},
    "email": {"type": "string", "maxLength": 254, "pattern": EMAIL_PATTERN},
}
_ALWAYS_THERE = ("@context", "id", "type", "issuer", "validFrom", "credentialSubject")
_LONGEST_LIST = 1000
_WIDEST_LINE = 100


def generated_files() -> dict[str, str]:
    """Return every generated file: its path from the root of the repository, and its text."""
    context = _json(context_document())
    files = {
        "passport/domain/term_names.py": _names_module(),
        "passport/domain/term_table.py": _table_module(),
        f"schemas/contexts/{CONTEXT_FILE}": context,
        "schemas/contexts/map.json": _context_map(context),
        "schemas/vocabulary/battery.jsonld": _json(vocabulary_document()),
    }
    for kind in StatementKind:
        files[f"schemas/json-schema/{kind.value}.json"] = _json(statement_schema(kind))
    return files


def _context_map(context: str) -> str:
    """Return the map of pinned contexts; the lines of the W3C's stay as they are."""
    pinned = json.loads(schema_file("contexts/map.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(context.encode()).hexdigest()
    return _json(pinned | {CONTEXT_IRI: {"file": CONTEXT_FILE, "sha256": digest}})


def context_document() -> dict[str, object]:
    """Return the JSON-LD context: protected, every term typed, no prefix and no ``@vocab``."""
    terms: dict[str, object] = {"@version": 1.1, "@protected": True}
    for name in sorted(classes()):
        terms[name] = term_iri(name)
    for row in sorted(term_rows(), key=lambda row: row.name):
        terms[row.name] = _term_definition(row)
    return {"@context": terms}


def _term_definition(row: TermRow) -> dict[str, object]:
    definition: dict[str, object] = {"@id": term_iri(row.name)}
    if row.cells["datatype"] == "language-map":
        definition["@container"] = "@language"
        return definition
    definition["@type"] = VALUE_TYPES[row.cells["datatype"]]
    if row.cells["many"] == "1":
        definition["@container"] = "@set"
    return definition


def statement_schema(kind: StatementKind) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of one kind of statement."""
    subject_rows = [row for row in term_rows() if row.is_said_in(kind.value)]
    statement_rows = _rows_in("Statement")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{SCHEMA_BASE}{kind.value}/{CONTEXT_VERSION}.json",
        "title": kind.value,
        "type": "object",
        "properties": {
            "@context": {"const": [CREDENTIALS_IRI, CONTEXT_IRI]},
            "id": _IRI,
            "type": {"const": ["VerifiableCredential", kind.value]},
            "issuer": _IRI,
            "validFrom": _VALUE_SCHEMAS["date-time"],
            "validUntil": _VALUE_SCHEMAS["date-time"],
            "credentialStatus": _one_or_many({"$ref": "#/$defs/credentialStatus"}),
            "credentialSubject": _object_schema(kind.subject_class, subject_rows),
            "proof": _one_or_many({"type": "object"}),
        }
        | {row.name: _value_schema(row) for row in statement_rows},
        "required": [*_ALWAYS_THERE, *_mandatory(statement_rows)],
        "additionalProperties": False,
        "$defs": _definitions(subject_rows) | {"credentialStatus": _status_schema()},
    }


def _definitions(rows: Iterable[TermRow]) -> dict[str, object]:
    definitions: dict[str, object] = {}
    waiting = [row.cells["value_class"] for row in rows if row.cells["value_class"]]
    while waiting:
        name = waiting.pop()
        if name in definitions:
            continue
        inside = _rows_in(name)
        definitions[name] = _object_schema(name, inside, _mandatory(inside))
        waiting += [row.cells["value_class"] for row in inside if row.cells["value_class"]]
    return dict(sorted(definitions.items()))


def _rows_in(node_class: str) -> list[TermRow]:
    return [row for row in term_rows() if node_class in row.cells["node_class"].split()]


def _mandatory(rows: Iterable[TermRow]) -> list[str]:
    """Return what a node must hold."""
    return [row.name for row in rows if row.cells["node_class"] and row.cells["needed"] == "1"]


def _object_schema(
    type_name: str, rows: Iterable[TermRow], required: Iterable[str] = ()
) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {"id": _IRI, "type": {"const": type_name}}
        | {row.name: _value_schema(row) for row in rows},
        "required": ["id", "type", *required],
        "additionalProperties": False,
    }


def _value_schema(row: TermRow) -> dict[str, object]:
    schema = _single_schema(row.cells)
    if row.cells["many"] != "1":
        return schema
    return {
        "type": "array",
        "items": schema,
        "minItems": 1,
        "maxItems": _LONGEST_LIST,
        "uniqueItems": True,
    }


def _single_schema(cells: Mapping[str, str]) -> dict[str, object]:
    match cells["datatype"]:
        case "node":
            return {"$ref": f"#/$defs/{cells['value_class']}"}
        case "code":
            return {"enum": [code for name, code, _ in code_rows() if name == cells["code_list"]]}
        case datatype:
            return _VALUE_SCHEMAS[datatype]


def _one_or_many(schema: dict[str, object]) -> dict[str, object]:
    return {"oneOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


def _status_schema() -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            "id": _IRI,
            "type": {"const": "BitstringStatusListEntry"},
            "statusPurpose": _TEXT,
            "statusListIndex": {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"},
            "statusListCredential": _IRI,
        },
        "required": ["id", "type", "statusPurpose", "statusListIndex", "statusListCredential"],
        "additionalProperties": False,
    }


def _names_module() -> str:
    members = "\n".join(
        f'    {_constant(row.name)} = "{row.name}"' for row in term_rows() if row.cells["statement"]
    )
    return (
        '"""Names of the terms, generated from ``schemas/terms.csv``; do not edit."""\n\n'
        "from enum import StrEnum\n\n\n"
        "class TermName(StrEnum):\n"
        '    """Terms of what statements are about; terms inside nodes stand in the table."""\n\n'
        f"{members}\n"
    )


def _constant(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _table_module() -> str:
    terms = "\n".join(_table_row(row.for_domain) for row in term_rows())
    codes = "\n".join(_table_row(row) for row in code_rows())
    units = "\n".join(_table_row((row.unit, row.label)) for row in unit_rows())
    return (
        '"""The table of terms, generated from ``schemas/terms.csv``; do not edit."""\n\n'
        "from typing import Final\n\n"
        "# fmt: off\n"
        "TERM_ROWS: Final[tuple[tuple[str, ...], ...]] = (\n"
        f"{terms}\n)\n\n"
        "CODE_ROWS: Final[tuple[tuple[str, str, str], ...]] = (\n"
        f"{codes}\n)\n\n"
        "UNIT_ROWS: Final[tuple[tuple[str, str], ...]] = (\n"
        f"{units}\n)\n"
    )


def _table_row(cells: tuple[str, ...]) -> str:
    lines = ["    ("]
    for cell in cells:
        text = json.dumps(cell, ensure_ascii=False) + ","
        if len(lines[-1]) + 1 + len(text) > _WIDEST_LINE - 1:
            lines.append("     " + text)
        else:
            lines[-1] += text if lines[-1].endswith("(") else f" {text}"
    return "\n".join(lines).removesuffix(",") + "),"


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def documented_terms(text: str) -> str:
    """Return the page of the vocabulary with its table of terms made anew."""
    head, rule, _ = text.partition("|---|---|---|---|\n| `category` |")
    lines = "".join(
        f"| `{row.name}` | {row.cells['label_en']} | {row.cells['annex_xiii']} | "
        f"{_where_asked(row)} |\n"
        for row in term_rows()
    )
    return f"{head}{rule.partition('| `')[0]}{lines}"


def _where_asked(row: TermRow) -> str:
    return row.cells["source"].replace("Regulation (EU) 2023/1542, ", "").replace("|", "/")


def main(root: Path) -> None:
    """Write every generated file under the root of the repository."""
    page = root / "docs" / "vocabulary.md"
    page.write_text(documented_terms(page.read_text(encoding="utf-8")), encoding="utf-8")
    for path, text in generated_files().items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(Path(__file__).parents[2])
