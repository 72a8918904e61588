"""The vocabulary, or one node of it, in Turtle for those who read no JSON-LD.

It is written from the JSON-LD that `passport.linked_data.vocabulary` makes, whose context holds
prefixes alone and whose values are texts, texts with a language, names, and nodes without one.

Source: W3C, RDF 1.1 Turtle.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any


def turtle_of(prefixes: Mapping[str, str], nodes: Iterable[Mapping[str, Any]]) -> str:
    """Write nodes in Turtle.

    Args:
        prefixes: Namespaces by prefix, as the nodes use them.
        nodes: Nodes with ``@id`` and ``@type``.
    """
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    return "\n".join([head, *(_node(node, prefixes) for node in nodes)])


def _node(node: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    types = " , ".join(_name(one, prefixes) for one in _several(node["@type"]))
    lines = [f"{_name(node['@id'], prefixes)} a {types}"]
    lines += [
        f"  {_name(name, prefixes)} {_value(one, prefixes)}"
        for name, value in node.items()
        if not name.startswith("@")
        for one in _several(value)
    ]
    return " ;\n".join(lines) + " .\n"


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(value: str | Mapping[str, str], prefixes: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return _text(value)
    if "@id" in value:
        return _name(value["@id"], prefixes)
    if "@language" in value:
        return f"{_text(value['@value'])}@{value['@language']}"
    inside = " ; ".join(
        f"{_name(name, prefixes)} {_value(one, prefixes)}" for name, one in value.items()
    )
    return f"[ {inside} ]"


def _name(name: str, prefixes: Mapping[str, str]) -> str:
    """Keep a name with a known prefix as it is; every other name is a whole IRI."""
    return name if name.partition(":")[0] in prefixes else f"<{name}>"


def _text(text: str) -> str:
    # What JSON escapes in a text without control characters, Turtle escapes alike.
    return json.dumps(text, ensure_ascii=False)
