"""Names for nodes that have none, so that parts of a document can be told apart (skolemizing).

Source: Data Integrity ECDSA Cryptosuites 1.0, section 3.4.6 and 3.4.7.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

from passport.linked_data.nquads import Quad

_KEYWORDS_OF_VALUES: Final = ("@value", "@list", "@set")
_KEYWORDS_OF_NAMES: Final = frozenset({"@type", "@index", "@language", "@direction"})


def name_expanded_nodes(expanded: Sequence[object], prefix: str) -> list[object]:
    """Give each node of an expanded document that has no IRI one of its own.

    Args:
        expanded: JSON-LD in expanded form.
        prefix: Begins the IRIs; chosen so that the document cannot hold it already.
    """
    return _Naming(prefix).items(expanded)


def unname_quad(quad: Quad, prefix: str) -> Quad:
    """Make blank nodes again of the IRIs that ``name_expanded_nodes`` gave."""
    start = f"<{prefix}"

    def blank(term: str) -> str:
        return f"_:{term[len(start) : -1]}" if term.startswith(start) else term

    return Quad(blank(quad.subject), quad.predicate, blank(quad.object), blank(quad.graph))


class _Naming:
    """One run over one document."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers = count()
        self._named: dict[str, str] = {}

    def items(self, items: Sequence[object]) -> list[object]:
        """Name the nodes of a list."""
        return [self._item(item) for item in items]

    def _item(self, item: object) -> object:
        if not isinstance(item, Mapping) or "@value" in item:
            return item
        members = {key: self._members(key, value) for key, value in item.items()}
        if not any(key in item for key in _KEYWORDS_OF_VALUES):
            members["@id"] = self._name(item.get("@id"))
        return members

    def _members(self, key: str, value: object) -> object:
        if isinstance(value, list) and key not in _KEYWORDS_OF_NAMES:
            return self.items(value)
        return value

    def _name(self, name: object) -> object:
        if name is None:
            return f"{self._prefix}n{next(self._numbers)}"
        if not isinstance(name, str) or not name.startswith("_:"):
            return name
        if name not in self._named:
            self._named[name] = f"{self._prefix}n{next(self._numbers)}"
        return self._named[name]
