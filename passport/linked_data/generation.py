"""Everything that follows from the table of terms: context, vocabulary, schemas, domain names.

``python -m passport.linked_data.generation`` writes the files; a test finds those that drifted.
``--raise VERSION`` begins a new version, ``--freeze VERSION`` makes its files unchangeable.
"""

import hashlib
import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from passport.domain.content import OPEN_CODE, OPEN_CODE_LISTS, Datatype
from passport.domain.passport import StatementKind
from passport.linked_data.patterns import (
    INSTANT_PATTERN,
    IRI_PATTERN,
    LANGUAGE_PATTERN,
    LONGEST,
    LONGEST_LIST,
    PATTERNS,
)
from passport.linked_data.shapes import passport_shapes, statement_shapes
from passport.linked_data.terms import (
    CONTEXT_VERSION,
    CREDENTIALS_IRI,
    VALUE_TYPES,
    TermRow,
    chemistry_rows,
    classes,
    code_rows,
    context_file,
    context_iri,
    schema_file,
    schema_path,
    term_iri,
    term_rows,
    unit_rows,
)
from passport.linked_data.versions import (
    FrozenVersionError,
    Version,
    all_versions,
    frozen_files,
    lost_in_schema,
    lost_words,
    require_later,
    require_unfrozen,
)
from passport.linked_data.vocabulary import as_turtle, vocabulary_document

SCHEMA_BASE = "https://w3id.org/open-battery-passport/schemas/"

_TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST[Datatype.TEXT]}
_IRI = {"type": "string", "maxLength": LONGEST[Datatype.IRI], "pattern": IRI_PATTERN}
_INSTANT = {"type": "string", "pattern": INSTANT_PATTERN}
_VALUE_SCHEMAS: dict[str, dict[str, object]] = {
    "text": _TEXT,
    "language-map": {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": LANGUAGE_PATTERN},
        "additionalProperties": _TEXT,
    },
    "boolean": {"type": "boolean"},
    "term": _IRI,
}
_ALWAYS_THERE = ("@context", "id", "type", "issuer", "validFrom", "credentialSubject")
_WIDEST_LINE = 100


def generated_files(version: str = CONTEXT_VERSION) -> dict[str, str]:
    """Return every generated file: its path from the root of the repository, and its text.

    Args:
        version: Of the context and the schemas.
    """
    context = _json(context_document())
    files = {
        "passport/domain/chemistry_table.py": _chemistries_module(),
        "passport/domain/term_names.py": _names_module(),
        "passport/domain/term_table.py": _table_module(),
        f"schemas/{context_file(version)}": context,
        "schemas/contexts/map.json": _context_map(context, version),
        "schemas/vocabulary/battery.jsonld": _json(vocabulary_document()),
        "schemas/vocabulary/battery.ttl": as_turtle(vocabulary_document()),
        "schemas/shacl/statements.ttl": statement_shapes(),
        "schemas/shacl/passport.ttl": passport_shapes(),
    }
    for kind in StatementKind:
        files[f"schemas/{schema_path(kind, version)}"] = _json(statement_schema(kind, version))
    return files


def _context_map(context: str, version: str) -> str:
    """Return the map of pinned contexts; the W3C's and those of other versions stay as they are."""
    pinned = json.loads(schema_file("contexts/map.json").read_text(encoding="utf-8"))
    entry = {
        "file": context_file(version).rpartition("/")[2],
        "sha256": hashlib.sha256(context.encode()).hexdigest(),
    }
    return _json(pinned | {context_iri(version): entry})


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


def statement_schema(kind: StatementKind, version: str = CONTEXT_VERSION) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of one kind of statement.

    Args:
        kind: What the statement is about.
        version: Of the context that it names.
    """
    subject_rows = [row for row in term_rows() if row.is_said_in(kind.value)]
    statement_rows = _rows_in("Statement")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{SCHEMA_BASE}{kind.value}/{version}.json",
        "title": kind.value,
        "type": "object",
        "properties": {
            "@context": {"const": [CREDENTIALS_IRI, context_iri(version)]},
            "id": _IRI,
            "type": {"const": ["VerifiableCredential", kind.value]},
            "issuer": _IRI,
            "validFrom": _INSTANT,
            "validUntil": _INSTANT,
            "credentialStatus": _one_or_many({"$ref": "#/$defs/credentialStatus"}),
            "credentialSubject": _object_schema(
                kind.subject_class, subject_rows, _mandatory(subject_rows)
            ),
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
    """Return what a subject or node must hold."""
    return [row.name for row in rows if row.cells["needed"] == "1"]


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
        "maxItems": LONGEST_LIST,
        "uniqueItems": True,
    }


def _single_schema(cells: Mapping[str, str]) -> dict[str, object]:
    match cells["datatype"]:
        case "node":
            return {"$ref": f"#/$defs/{cells['value_class']}"}
        case "code" if cells["code_list"] in OPEN_CODE_LISTS:
            return {"type": "string", "pattern": f"^{OPEN_CODE.pattern}$"}
        case "code":
            return {"enum": [code for name, code, _ in code_rows() if name == cells["code_list"]]}
        case datatype:
            return _VALUE_SCHEMAS.get(datatype) or _text_schema(cells)


def _text_schema(cells: Mapping[str, str]) -> dict[str, object]:
    """Return the schema of what is a text with a pattern; a number says of its bounds what it can.

    Numbers are decimal text, so a schema sees signs and digits; SHACL shapes compare them.
    """
    datatype = Datatype(cells["datatype"])
    schema: dict[str, object] = {"type": "string"}
    if datatype in LONGEST:
        schema["maxLength"] = LONGEST[datatype]
    is_number = datatype in {Datatype.DECIMAL, Datatype.INTEGER}
    is_never_negative = bool(cells["minimum"]) and Decimal(cells["minimum"]) >= 0
    pattern = PATTERNS[datatype]
    schema["pattern"] = pattern.replace("-?", "", 1) if is_number and is_never_negative else pattern
    return schema


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


def _chemistries_module() -> str:
    rows = "\n".join(_table_row(cells) for cells in chemistry_rows())
    return (
        '"""The chemistries, generated from ``schemas/chemistries.csv``; do not edit."""\n\n'
        "from typing import Final\n\n"
        "# ruff: noqa: E501 - a source stands whole in its cell\n"
        "# fmt: off\n"
        "CHEMISTRY_ROWS: Final[tuple[tuple[str, ...], ...]] = (\n"
        f"{rows}\n)\n"
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


def write_files(root: Path, version: str = CONTEXT_VERSION) -> None:
    """Write every generated file under the root of the repository.

    Raises:
        FrozenVersionError: A frozen file would change; then nothing is written.
    """
    generated = generated_files(version)
    frozen = {entry.file: entry for entry in frozen_files()}
    for path, text in generated.items():
        require_unfrozen(path.removeprefix("schemas/"), text, frozen)
    page = root / "docs" / "vocabulary.md"
    page.write_text(documented_terms(page.read_text(encoding="utf-8")), encoding="utf-8")
    for path, text in generated.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


def raise_version(root: Path, number: str) -> None:
    """Begin a new version: what is signed from now on names it, and its files may change.

    Raises:
        FrozenVersionError: The version does not come after the last one.
    """
    require_later(number, all_versions()[-1])
    write_files(root, number)
    rows = (*all_versions(), Version(number, None))
    _write_versions(root, rows)


def freeze_version(root: Path, number: str, on: date) -> None:
    """Freeze what the tables say today as a version, with the SHA-256 of each of its files.

    A version in the making that comes before it is frozen, too, with the files it has: statements
    were signed with it.

    Args:
        root: Root of the repository.
        number: The version in the making, or a new one after it.
        on: Day of freezing.

    Raises:
        FrozenVersionError: The version is frozen already or comes before another, or an earlier
            version says what this one leaves out or says differently.
    """
    last = all_versions()[-1]
    if number != last.number:
        require_later(number, last)
    elif last.frozen_on is not None:
        raise FrozenVersionError(f"version {number} is frozen since {last.frozen_on}")
    numbers = list(dict.fromkeys([*(one.number for one in all_versions()), number]))
    if lost := [word for older in numbers[:-1] for word in lost_since(older)]:
        raise FrozenVersionError(f"version {number} takes away or changes: {', '.join(lost)}")
    write_files(root, number)
    days = {one.number: one.frozen_on for one in all_versions()}
    _write_versions(root, [Version(one, days.get(one) or on) for one in numbers])
    _write_frozen(root, [one for one in numbers if days.get(one) is None])


def lost_since(version: str) -> Iterator[str]:
    """Yield what an older version's context and schemas say and the tables of today do not."""
    context = json.loads(schema_file(context_file(version)).read_bytes())
    yield from lost_words(context, context_document())
    for kind in StatementKind:
        file = schema_file(schema_path(kind, version))
        if file.is_file():
            lost = lost_in_schema(json.loads(file.read_bytes()), statement_schema(kind))
            yield from (f"{kind.value}{place}" for place in lost)


def _write_versions(root: Path, versions: Iterable[Version]) -> None:
    lines = [f"{one.number},{one.frozen_on or ''}\n" for one in versions]
    target = root / "schemas" / "versions.csv"
    target.write_text("version,frozen_on\n" + "".join(lines), encoding="utf-8")


def _write_frozen(root: Path, versions: Iterable[str]) -> None:
    schemas = root / "schemas"
    paths = [
        (version, path)
        for version in versions
        for path in (context_file(version), *(schema_path(kind, version) for kind in StatementKind))
        if (schemas / path).is_file()
    ]
    lines = [f"{one.version},{one.file},{one.sha256}\n" for one in frozen_files()]
    lines += [
        f"{version},{path},{hashlib.sha256((schemas / path).read_bytes()).hexdigest()}\n"
        for version, path in paths
    ]
    target = schemas / "frozen.csv"
    target.write_text("version,file,sha256\n" + "".join(lines), encoding="utf-8")


def main(arguments: Sequence[str], root: Path) -> int:
    """Write the generated files, or begin or freeze a version; a refusal is told and gives 1."""
    parser = ArgumentParser(prog="python -m passport.linked_data.generation", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--raise", dest="raised", metavar="VERSION", help="begin a new version")
    which.add_argument("--freeze", metavar="VERSION", help="freeze today's terms as a version")
    given = parser.parse_args(arguments)
    try:
        if given.raised:
            raise_version(root, given.raised)
        elif given.freeze:
            freeze_version(root, given.freeze, datetime.now(UTC).date())
        else:
            write_files(root)
    except FrozenVersionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parents[2]))
