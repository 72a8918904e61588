"""Each JSON Schema says of each term what the table says, and lets nothing unknown pass."""

import copy
import json

import jsonschema_rs
import pytest
from builders_shapes import EXAMPLES, statements_of_example

from passport.domain.content import (
    OPEN_CODE,
    OPEN_CODE_LISTS,
    Datatype,
    all_terms,
    codes_of,
    terms_in,
    terms_of,
)
from passport.domain.passport import StatementKind
from passport.linked_data.schemas import check_statement
from passport.linked_data.terms import CONTEXT_VERSION, context_iri, schema_file, schema_path
from passport.linked_data.versions import all_versions

NUMBERS = {Datatype.DECIMAL, Datatype.INTEGER}


def schema_of(kind, version=CONTEXT_VERSION):
    return json.loads(schema_file(schema_path(kind, version)).read_bytes())


SCHEMAS = {kind: schema_of(kind) for kind in StatementKind}


@pytest.mark.parametrize("version", [version.number for version in all_versions()])
@pytest.mark.parametrize("kind", StatementKind)
def test_each_schema_is_valid_and_named_by_its_kind_and_version(kind, version):
    schema = schema_of(kind, version)

    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(f"/schemas/{kind.value}/{version}.json")
    assert schema["properties"]["@context"]["const"][1] == context_iri(version)


@pytest.mark.parametrize("kind", StatementKind)
def test_each_schema_has_the_terms_of_the_table_and_no_other(kind):
    schema = SCHEMAS[kind]
    places = {name: terms_in(name) for name in schema["$defs"] if name != "credentialStatus"}

    subject = schema["properties"]["credentialSubject"]["properties"]
    assert set(subject) == {"id", "type"} | set(terms_of(kind))
    for name, terms in places.items():
        part = schema["$defs"][name]
        assert set(part["properties"]) == {"id", "type"} | set(terms), name
        needed = {term.name for term in terms.values() if term.is_needed}
        assert set(part["required"]) == {"id", "type"} | needed, name


def properties_of(term):
    """Every place in which a schema speaks of a term."""
    for schema in SCHEMAS.values():
        subject = schema["properties"]["credentialSubject"]
        for part in (schema, subject, *schema["$defs"].values()):
            if term.name in part["properties"]:
                yield part["properties"][term.name]


@pytest.mark.parametrize("term", all_terms(), ids=lambda term: term.name)
def test_each_property_follows_datatype_list_codes_and_bounds(term):
    found = list(properties_of(term))
    assert found

    for schema in found:
        assert ("items" in schema) is term.is_many
        one = schema["items"] if term.is_many else schema
        if term.datatype is Datatype.NODE:
            assert one == {"$ref": f"#/$defs/{term.value_class}"}
        elif term.code_list in OPEN_CODE_LISTS:
            assert one == {"type": "string", "pattern": f"^{OPEN_CODE.pattern}$"}
        elif term.datatype is Datatype.CODE:
            assert one == {"enum": list(codes_of(term.code_list))}
        elif term.datatype is Datatype.BOOLEAN:
            assert one == {"type": "boolean"}
        elif term.datatype is Datatype.LANGUAGE_MAP:
            assert one["type"] == "object"
            assert one["additionalProperties"]["type"] == "string"
        else:
            assert one["type"] == "string"
        if term.datatype in NUMBERS:
            is_never_negative = term.minimum is not None and term.minimum >= 0
            assert one["pattern"].startswith("^-?") is not is_never_negative


def parts_of(value, path=()):
    """Every object of a document that is no language map, with the way to it."""
    if isinstance(value, dict) and ("id" in value or not path):
        yield path
        for name, inside in value.items():
            yield from parts_of(inside, (*path, name))
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from parts_of(inside, (*path, place))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_unknown_member_is_refused_in_every_object_of_every_example(name):
    for document in statements_of_example(name).values():
        for path in parts_of(document):
            changed = copy.deepcopy(document)
            place = changed
            for step in path:
                place = place[step]
            place["colour"] = "red"

            assert check_statement(changed), path
        assert check_statement(document) == []
