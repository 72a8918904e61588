"""The published vocabulary: what each word of the contexts means, as linked data."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from passport.domain.chemistry import COLUMNS as CHEMISTRY_COLUMNS
from passport.domain.passport import StatementKind
from passport.linked_data.mappings import published_mappings
from passport.linked_data.terms import (
    VALUE_TYPES,
    VOCABULARY,
    TermRow,
    chemistry_rows,
    classes,
    code_rows,
    term_iri,
    term_rows,
    unit_rows,
)
from passport.linked_data.turtle import turtle_of

_CONTEXT = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "qudt": "http://qudt.org/schema/qudt/",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
}
_LANGUAGE_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def vocabulary_document() -> dict[str, object]:
    """Return classes, properties and code lists with labels, definitions, units and sources."""
    head: dict[str, object] = {
        "@id": VOCABULARY.removesuffix("#"),
        "@type": "owl:Ontology",
        "dcterms:title": _english("Open Battery Passport vocabulary"),
        "dcterms:license": {"@id": "https://www.apache.org/licenses/LICENSE-2.0"},
    }
    graph = [head]
    graph += [_class(name) for name in sorted(classes())]
    graph += [_property(row) for row in term_rows()]
    graph += _code_lists()
    return {"@context": _CONTEXT, "@graph": graph}


def vocabulary_part(iri: str) -> dict[str, object]:
    """Return what the vocabulary says of one word: its node, and the codes of a code list.

    Args:
        iri: Name of a term, class or code list; of another one nothing is said.
    """
    nodes = [
        node
        for node in _published_nodes()
        if node["@id"] == iri or node.get("skos:inScheme") == {"@id": iri}
    ]
    return {"@context": _CONTEXT, "@graph": nodes}


@cache
def _published_nodes() -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", vocabulary_document()["@graph"])


def as_turtle(document: Mapping[str, object]) -> str:
    """Write the vocabulary, or a part of it, in Turtle."""
    return turtle_of(
        cast("Mapping[str, str]", document["@context"]),
        cast("list[Mapping[str, Any]]", document["@graph"]),
    )


def _class(name: str) -> dict[str, object]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
    return {"@id": term_iri(name), "@type": "rdfs:Class", "rdfs:label": _english(words)}


def _property(row: TermRow) -> dict[str, object]:
    node: dict[str, object] = {
        "@id": term_iri(row.name),
        "@type": "rdf:Property",
        "rdfs:label": _english(row.cells["label_en"]),
        "skos:definition": _english(row.cells["definition_en"]),
        "rdfs:range": {"@id": _range(row)},
        "dcterms:source": row.cells["source"],
    }
    if row.cells["unit"]:
        node["qudt:ucumCode"] = row.cells["unit"]
        if qudt := _qudt_unit(row.cells["unit"]):
            node["qudt:hasUnit"] = {"@id": f"http://qudt.org/vocab/unit/{qudt}"}
    if row.cells["annex_xiii"]:
        node[term_iri("annexXiiiPoint")] = row.cells["annex_xiii"].split(", ")
    if row.cells["code_list"]:
        node["rdfs:seeAlso"] = {"@id": _scheme_iri(row.cells["code_list"])}
    return node | published_mappings(row.name)


def _qudt_unit(ucum: str) -> str:
    return next(row.qudt for row in unit_rows() if row.unit == ucum)


def _range(row: TermRow) -> str:
    if row.cells["value_class"]:
        return term_iri(row.cells["value_class"])
    if row.cells["datatype"] == "language-map":
        return _LANGUAGE_STRING
    value_type = VALUE_TYPES[row.cells["datatype"]]
    return f"{_CONTEXT['rdfs']}Resource" if value_type == "@id" else value_type


def _code_lists() -> list[dict[str, object]]:
    schemes = {name: None for name, _, _ in code_rows()}
    nodes: list[dict[str, object]] = [
        {"@id": _scheme_iri(name), "@type": "skos:ConceptScheme"} for name in schemes
    ]
    nodes += [
        {
            "@id": f"{_scheme_iri(name)}/{code}",
            "@type": "skos:Concept",
            "skos:inScheme": {"@id": _scheme_iri(name)},
            "skos:notation": code,
            "skos:prefLabel": _english(label),
        }
        | (_told_of_chemistry(code) if name == "chemistry" else {})
        for name, code, label in code_rows()
        # A kind of statement is a class already.
        if code not in StatementKind.__members__.values()
    ]
    return nodes


def _told_of_chemistry(code: str) -> dict[str, object]:
    """Return what the table says of a chemistry beside its name, in the terms of a passport."""
    rows = (dict(zip(CHEMISTRY_COLUMNS, cells, strict=True)) for cells in chemistry_rows())
    (row,) = (row for row in rows if row["code"] == code)
    node: dict[str, object] = {
        term_iri(term): row[column] for column, term in _CHEMISTRY_TERMS.items() if row[column]
    }
    if row["broader"]:
        node["skos:broader"] = {"@id": f"{_scheme_iri('chemistry')}/{row['broader']}"}
    if row["aliases"]:
        node["skos:altLabel"] = [_english(name) for name in row["aliases"].split("|")]
    return node | {"dcterms:source": row["source"]}


_CHEMISTRY_TERMS = {
    "carrier_ion": "carrierIon",
    "cathode": "cathodeMaterial",
    "anode": "anodeMaterial",
    "electrolyte_state": "electrolyteState",
}


def _scheme_iri(code_list: str) -> str:
    return term_iri(f"codes/{code_list}")


def _english(text: str) -> dict[str, str]:
    return {"@language": "en", "@value": text}
