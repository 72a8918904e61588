"""How terms stand to the words of other vocabularies, as ``schemas/mappings.csv`` tells.

Mappings are published in the vocabulary and never in a context: what is signed does not depend on
the namespaces of others.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from passport.linked_data.terms import table_rows


class Relation(StrEnum):
    """Relations that a mapping may state, as their names in OWL and SKOS."""

    EQUIVALENT = "owl:equivalentProperty"
    """An RDF property with the same meaning, type and unit."""
    EXACT = "skos:exactMatch"
    """The same fact, type and unit; the other word need be no RDF property."""
    CLOSE = "skos:closeMatch"
    """The same fact in another type, unit or shape, or said of something else."""
    BROAD = "skos:broadMatch"
    """The other word covers more."""
    NARROW = "skos:narrowMatch"
    """The other word covers less."""
    RELATED = "skos:relatedMatch"
    """Another fact about the same thing."""


_STRENGTH = {relation: place for place, relation in enumerate(Relation)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One row of ``schemas/mappings.csv``.

    Attributes:
        path: The term; dots lead into nodes, and the mapping then holds in that place alone.
        relation: How the target stands to it.
        target: IRI, URN or IRDI of the other word.
        vocabulary: Where the target belongs.
        target_path: Where it stands in documents of that model; empty where it has no fixed place.
        target_datatype: Its kind of value as its model records it; empty where it was not at hand.
        target_unit: Its unit (UCUM); empty where none is recorded.
        checked: What was compared, and why the relation is this one.
    """

    path: str
    relation: Relation
    target: str
    vocabulary: str
    target_path: str
    target_datatype: str
    target_unit: str
    checked_on: str
    checked: str

    @property
    def term(self) -> str:
        """The term that the path ends in."""
        return self.path.rpartition(".")[2]

    @property
    def relation_of_term(self) -> Relation:
        """The relation to the term itself, wherever it stands.

        A target that equals a term in one place covers less than the term: the maker's address is
        narrower than an address. Of anything weaker only the kinship is left.
        """
        if "." not in self.path:
            return self.relation
        if self.relation in {Relation.EQUIVALENT, Relation.EXACT}:
            return Relation.NARROW
        return Relation.RELATED

    @property
    def node(self) -> dict[str, str]:
        """The target in JSON-LD; an IRDI is no IRI and stands as the notation of a thing."""
        if self.target.startswith(("https://", "http://", "urn:")):
            return {"@id": self.target}
        return {"skos:notation": self.target}


@cache
def read_mappings() -> tuple[Mapping, ...]:
    """Return all mappings in the order of the table."""
    return tuple(
        Mapping(
            path=row["term"],
            relation=Relation(row["relation"]),
            target=row["target"],
            vocabulary=row["vocabulary"],
            target_path=row["target_path"],
            target_datatype=row["target_datatype"],
            target_unit=row["target_unit"],
            checked_on=row["checked_on"],
            checked=row["checked"],
        )
        for row in table_rows("mappings.csv")
    )


def published_mappings(term: str) -> dict[str, list[dict[str, str]]]:
    """Return what the vocabulary says of a term: targets by relation, each target once.

    Where a target stands to the term in two relations, the stronger one is said.
    """
    own = [mapping for mapping in read_mappings() if mapping.term == term]
    said: set[str] = set()
    published: dict[str, list[dict[str, str]]] = {}
    for mapping in sorted(own, key=lambda mapping: _STRENGTH[mapping.relation_of_term]):
        if mapping.target not in said:
            said.add(mapping.target)
            published.setdefault(mapping.relation_of_term.value, []).append(mapping.node)
    return published
