"""Code that writes nodes with given members in a given order, generated from their slots.

The members are known by their place only: no text of a document or a context is ever parsed as
code. Texts of the context come in as constants of the syntax tree. Names of nodes under ``https``
are written unseen here; `require_names` looks at all of a document at once.
"""

import ast
from collections.abc import Sequence
from types import CodeType
from typing import Any, Final, cast

from passport.linked_data.fast_terms import (
    ONLY_BLANK_NODE,
    NameSlot,
    NotCoveredError,
    ReferenceSlot,
    Slot,
    WordSlot,
    WriteNode,
    is_iri,
    put,
    quote,
    unnamed,
)

_OF_IRIS: Final = bytes(code for code in range(0x21, 0x7F) if chr(code) not in '<>"{}|\\^`')
"""ASCII characters that stand in an IRI anywhere."""
_HEAD: Final = "def write(node, blocks, depth):\n"


def in_order(slots: Sequence[Slot]) -> tuple[int | None, list[int]]:
    """Return the place of the node's name, and the places of the others by their predicate.

    Raises:
        NotCoveredError: Two members say the same of a node, or name it.
    """
    names = [place for place, slot in enumerate(slots) if isinstance(slot, NameSlot)]
    others = [place for place, slot in enumerate(slots) if not isinstance(slot, NameSlot)]
    others.sort(key=lambda place: slots[place].predicate)
    if len(names) > 1 or len({slots[place].predicate for place in others}) != len(others):
        raise NotCoveredError
    return (names[0] if names else None), others


def require_names(subjects: Sequence[str]) -> None:
    """Look at the names of all nodes of a document.

    Raises:
        NotCoveredError: One of them is no whole IRI.
        UnicodeEncodeError: One of them holds half of a character.
    """
    if "".join(subjects).encode().translate(None, _OF_IRIS) == b"<>" * len(subjects):
        return
    for subject in subjects:
        if subject != ONLY_BLANK_NODE and not is_iri(subject[1:-1]):
            raise NotCoveredError


def generate_writer(slots: Sequence[Slot]) -> WriteNode:
    """Make the function that writes nodes whose members have these slots in this order.

    Raises:
        NotCoveredError: Two members say the same of a node, or name it.
    """
    name_at, others = in_order(slots)
    namespace: dict[str, Any] = {"quote": quote, "put": put, "unnamed": unnamed}
    constants: dict[str, str] = {}
    pieces = []
    for place in others:
        slot = slots[place]
        constants[f"before{place}"] = slot.predicate
        constants[f"after{place}"] = f"{slot.suffix} .\n"
        namespace[f"objects{place}"] = slot.objects
        about = f"objects{place}(value{place}, subject, blocks, depth)"
        if slot.is_text:
            about = f"quote(value{place}) if type(value{place}) is str else {about}"
        elif isinstance(slot, ReferenceSlot):
            namespace[f"node{place}"] = slot.write_node
            about = (
                f"node{place}(value{place}, blocks, depth)"
                f" if type(value{place}) is dict else {about}"
            )
        elif isinstance(slot, WordSlot):
            namespace[f"known{place}"] = slot.known
            about = f"type(value{place}) is str and known{place}.get(value{place}) or {about}"
        pieces.append(f"{{subject}}{{before{place}}}{{{about}}}{{after{place}}}")
    subject = "unnamed(depth)"
    if name_at is not None:
        namespace["name"] = cast("NameSlot", slots[name_at]).name
        subject = (
            f'f"<{{value{name_at}}}>" if type(value{name_at}) is str'
            f' and value{name_at}[:8] == "https://" else name(value{name_at})'
        )
    values = "".join(f"value{place}, " for place in range(len(slots)))
    source = (
        f"{_HEAD}"
        f" ({values}) = node.values()\n"
        f" subject = {subject}\n"
        f' block = f"{"".join(pieces)}"\n'
        " if subject in blocks: put(blocks, subject, block)\n"
        " elif block: blocks[subject] = block\n"
        " return subject\n"
    )
    exec(_compiled(source, constants), namespace)  # noqa: S102 - the text holds places alone
    return cast("WriteNode", namespace["write"])


def _compiled(source: str, constants: dict[str, str]) -> CodeType:
    tree = _Constants(constants).visit(ast.parse(source))
    return compile(ast.fix_missing_locations(tree), "<writer of a node>", "exec")


class _Constants(ast.NodeTransformer):
    """Puts texts in the place of the names that stand for them."""

    def __init__(self, constants: dict[str, str]) -> None:
        self._constants = constants

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        """Replace a name of a constant; leave everything else."""
        if isinstance(node.value, ast.Name) and node.value.id in self._constants:
            return ast.Constant(self._constants[node.value.id])
        return node
