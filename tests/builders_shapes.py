"""Statements as RDF graphs, and what the published SHACL shapes say of them."""

from functools import cache
from pathlib import Path

import pyshacl
import rdflib
from builders_contents import BATTERY_IRI, MODEL_IRI, a_statement
from rdflib.namespace import RDF, SH

from passport.linked_data.canonical import pinned_canonicalizer
from passport.linked_data.documents import parse_input, split_content

SCHEMAS = Path(__file__).parents[1] / "schemas"
EXAMPLES = {file.stem: file for file in sorted((SCHEMAS / "examples").glob("*.json"))}


@cache
def shapes(name="statements"):
    return rdflib.Graph().parse(SCHEMAS / "shacl" / f"{name}.ttl")


def graph_of(*documents):
    """One graph of what statements say, as they are signed: without their proofs."""
    graph = rdflib.Graph()
    # What is read is kept letter by letter; pyshacl turns this off again.
    rdflib.NORMALIZE_LITERALS = False
    for document in documents:
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        graph.parse(data=pinned_canonicalizer().canonize(unsigned), format="nt")
    return graph


def breaches(graph, name="statements"):
    """Each breach: the shape's severity, the path, the kind of constraint and the message."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes(name), inference="none")
    return {
        (
            _tail(report.value(result, SH.resultSeverity)),
            _tail(report.value(result, SH.resultPath)),
            _tail(report.value(result, SH.sourceConstraintComponent)),
            str(report.value(result, SH.resultMessage)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def _tail(iri):
    return str(iri).rpartition("#")[2]


def statements_of_example(name):
    """The statements that are signed for an example, by kind."""
    content = parse_input(EXAMPLES[name].read_bytes())["content"]
    subjects = {"BatteryModel": MODEL_IRI}
    return {
        kind: a_statement(kind, part, subject_iri=subjects.get(kind.subject_class, BATTERY_IRI))
        for kind, part in split_content(content).items()
    }
