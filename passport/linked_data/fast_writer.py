"""Documents of a known shape -> canonical N-Quads at once, without expanding them first.

What a context means is found out once for each shape (`fast_contexts`): a place in a document, and
the types of a node that bring a context of their own. From that comes what each name stands for
(`fast_terms`), and for each set of members a function that writes them (`fast_code`). A document
that needs anything else is not covered, and the caller writes it the plain way; so the fast way
never decides what is refused. ``docs/decisions/0011-fast-canonical-form.md`` says why.

Source: JSON-LD 1.1 Processing Algorithms, section 5; RDFC-1.0, section 4.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from passport.domain.errors import PassportError
from passport.linked_data.fast_code import generate_writer, in_order, require_names
from passport.linked_data.fast_contexts import (
    ActiveContext,
    Contexts,
    alias_of_type,
    entry,
    prefixes_of,
    require_covered,
)
from passport.linked_data.fast_terms import (
    DEEPEST_NODE,
    LONGEST_WORD,
    ONLY_BLANK_NODE,
    XSD_DOUBLE,
    Blocks,
    LanguageSlot,
    NameSlot,
    NotCoveredError,
    ReferenceSlot,
    Slot,
    TypedSlot,
    UntypedSlot,
    WordSlot,
    WriteNode,
    put,
    unnamed,
)
from passport.linked_data.json_rules import check_text

MOST_CONTEXTS: Final = 16
"""Combinations of contexts of which anything is kept."""
MOST_SHAPES: Final = 256
"""Shapes that are kept of one combination of contexts."""
MOST_MEMBERS: Final = 512
"""Members of a node that are learnt together; no kind of node has so many."""
MOST_WRITERS: Final = 128
"""Functions that are kept of one shape."""
MOST_KEPT: Final = 200_000
"""Names that are kept in all, in slots, sets of members and functions: some 50 MB at most. A
context with ``@vocab`` gives a meaning to every name, so names do not run out."""

_RDF_TYPE = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
_COVERED_CONTAINERS = frozenset({"@set", "@language"})
_HIDDEN = re.compile(rb"(?<!\\)(?:\\\\)*\\[ubf]|\x7f")
"""Controls as they come out of quoting, not a backslash of the text before such a letter."""


class FastWriter:
    """Writes documents by the contexts it is given; keeps what it learnt, within bounds.

    Whoever sends ever new sets of members costs us the time to learn them, and never memory.
    """

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._meanings: dict[tuple[str, ...], _Meaning] = {}
        self._kept = 0

    @property
    def kept(self) -> int:
        """How many names are kept."""
        return self._kept

    def write(self, document: Mapping[str, object], *, may_be_unnamed: bool) -> bytes | None:
        """Write a document in canonical N-Quads, UTF-8.

        Args:
            document: The document as parsed, with its ``@context``.
            may_be_unnamed: Whether the outermost node may have no id.

        Returns:
            The very bytes of the plain way; ``None`` where only the plain way can tell.
        """
        try:
            body = dict(document)
            meaning = self._meaning(body.pop("@context", None))
            blocks: Blocks = {}
            subject = meaning.outermost.write(body, blocks, 0)
            if subject not in blocks or (subject == ONLY_BLANK_NODE and not may_be_unnamed):
                return None
            return _joined(blocks)
        except NotCoveredError:
            return None

    def _meaning(self, contexts: object) -> "_Meaning":
        addresses = contexts if isinstance(contexts, list) else [contexts]
        named = tuple(address for address in addresses if isinstance(address, str))
        if not named or len(named) != len(addresses):
            raise NotCoveredError
        known = self._meanings.get(named)
        if known is None:
            if len(self._meanings) >= MOST_CONTEXTS:
                self._forget()
            known = self._meanings[named] = _Meaning(
                self._contexts, named, keep=self._keep, forget=self._forget
            )
        return known

    def _keep(self, names: int) -> None:
        self._kept += names
        if self._kept > MOST_KEPT:
            self._forget()

    def _forget(self) -> None:
        self._meanings = {}
        self._kept = 0


class _Meaning:
    """What one combination of contexts means, as far as it was asked for."""

    def __init__(
        self,
        contexts: Contexts,
        addresses: tuple[str, ...],
        *,
        keep: Callable[[int], None],
        forget: Callable[[], None],
    ) -> None:
        self.contexts = contexts
        self.keep = keep
        self._forget = forget
        self._places: dict[int, _Place] = {}
        self._shapes: dict[tuple[int, tuple[str, ...]], _Shape] = {}
        self.outermost = self.place(contexts.named_by(addresses))

    def place(self, context: ActiveContext) -> "_Place":
        """Return the place of nodes where a context is active."""
        place = self._places.get(id(context))
        if place is None:
            self._make_room()
            # The place holds its context, so that its id stays its own.
            place = self._places[id(context)] = _Place(self, context)
        return place

    def shape(self, place: "_Place", scoped_types: tuple[str, ...]) -> "_Shape":
        """Return the shape of nodes in a place whose types bring these contexts of their own."""
        key = (id(place.context), scoped_types)
        shape = self._shapes.get(key)
        if shape is None:
            self._make_room()
            context = self.contexts.with_types(place.context, scoped_types)
            require_covered(context)
            shape = self._shapes[key] = _Shape(self, place, context)
        return shape

    def _make_room(self) -> None:
        if len(self._places) + len(self._shapes) >= MOST_SHAPES:
            self._forget()
            raise NotCoveredError


class _Place:
    """Where nodes stand: under one key, before their types are looked at."""

    def __init__(self, meaning: _Meaning, context: ActiveContext) -> None:
        self._meaning = meaning
        self.context = context
        self.alias_of_type = alias_of_type(context)
        self.shapes: dict[object, _Shape] = {}
        self.types = WordSlot(_RDF_TYPE, self._iri_of_type)

    def write(self, node: dict[str, object], blocks: Blocks, depth: int) -> str:
        """Write a node and all below it, and return its subject."""
        types = node.get(self.alias_of_type)
        known = tuple(types) if type(types) is list else types
        try:
            shape = self.shapes.get(known)
        except TypeError as error:  # something in the list is no text
            raise NotCoveredError from error
        if shape is None:
            shape = self._shape_of(known)
        writer = shape.writers.get(tuple(node))
        if writer is None:
            writer = shape.learn(node)
        return writer(node, blocks, depth)

    def _shape_of(self, types: object) -> "_Shape":
        names = types if isinstance(types, tuple) else () if types is None else (types,)
        if len(set(names)) != len(names):
            raise NotCoveredError
        scoped = set()
        for name in names:
            if type(name) is not str:
                raise NotCoveredError
            if entry(self.context, name, "@context") is not None:
                scoped.add(name)
        shape = self._meaning.shape(self, tuple(sorted(scoped)))
        if all(name in self.context["mappings"] for name in names):
            self._meaning.keep(1 + len(names))
            self.shapes[types] = shape
        return shape

    def _iri_of_type(self, name: str) -> str:
        iri = self._meaning.contexts.expanded(self.context, name)
        if iri.startswith("@"):
            raise NotCoveredError
        return iri


class _Shape:
    """Nodes in one place whose types bring the same contexts."""

    def __init__(self, meaning: _Meaning, place: _Place, context: ActiveContext) -> None:
        self._meaning = meaning
        self._place = place
        self._context = context
        self._prefixes = prefixes_of(context)
        self._slots: dict[str, Slot] = {}
        self._seen: set[tuple[str, ...]] = set()
        self.writers: dict[tuple[str, ...], WriteNode] = {}

    def learn(self, node: dict[str, object]) -> WriteNode:
        """Return what writes a node; members that come a second time get their own function."""
        keys = tuple(node)
        slots = [self._slot(key) for key in keys]
        if len(keys) > MOST_MEMBERS or any(key not in self._slots for key in keys):
            return table_writer(slots)
        self._meaning.keep(len(keys))
        if keys not in self._seen:
            self._seen.add(keys)
            return table_writer(slots)
        if len(self.writers) >= MOST_WRITERS:
            self.writers = {}
        writer = self.writers[keys] = generate_writer(slots)
        return writer

    def _slot(self, key: str) -> Slot:
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slot_for(key)
            if len(key) <= LONGEST_WORD:
                self._meaning.keep(1)
                self._slots[key] = slot
        return slot

    def _slot_for(self, key: str) -> Slot:
        _require_plain_name(key)
        contexts = self._meaning.contexts
        iri = contexts.expanded(self._context, key)
        if iri == "@id":
            return NameSlot(self._prefixes)
        if iri == "@type":
            return self._place.types
        values = contexts.of_values(self._context, key)
        definition = self._context["mappings"].get(key) or {}
        if (
            iri.startswith("@")
            or contexts.expanded(values, key).startswith("@")
            or any(one.get("reverse") for one in (definition, _definition(values, key)))
        ):
            raise NotCoveredError
        return self._slot_of_values(key, f" <{iri}> ", values)

    def _slot_of_values(self, key: str, predicate: str, values: ActiveContext) -> Slot:
        definition = _definition(values, key)
        containers = set(_definition(self._context, key).get("@container") or ())
        if (
            containers - _COVERED_CONTAINERS
            or set(definition.get("@container") or ()) != containers
        ):
            raise NotCoveredError
        if definition.get("@language") or definition.get("@direction"):
            raise NotCoveredError
        below = _Below(self._meaning, values, key)
        match definition.get("@type"):
            case coercion if "@language" in containers:
                if coercion is not None:
                    raise NotCoveredError
                return LanguageSlot(predicate)
            case None | "@none":
                return UntypedSlot(predicate, below.write)
            case "@id":
                return ReferenceSlot(predicate, self._prefixes | prefixes_of(values), below.write)
            case "@vocab":
                return WordSlot(predicate, _words_of(self._meaning.contexts, values))
            case str(datatype) if not datatype.startswith("@") and datatype != XSD_DOUBLE:
                return TypedSlot(predicate, datatype)
            case _:
                raise NotCoveredError


class _Below:
    """Nodes under a key; their place is looked up when the first one comes."""

    def __init__(self, meaning: _Meaning, values: ActiveContext, key: str) -> None:
        self._meaning = meaning
        self._values = values
        self._key = key
        self._place: _Place | None = None
        self._name = NameSlot(prefixes_of(values)).name

    def write(self, node: dict[str, object], blocks: Blocks, depth: int) -> str:
        """Write a node and all below it, and return its subject."""
        place = self._place or self._find_place()
        if depth >= DEEPEST_NODE:
            raise NotCoveredError
        if len(node) == 1:
            # A node that is only named is read where its name stands (5.1.2, step 7).
            for name in node.values():
                self._name(name)
        types = node.get(place.alias_of_type)
        if type(types) is str and (shape := place.shapes.get(types)) is not None:
            writer = shape.writers.get(tuple(node))
            if writer is not None:
                return writer(node, blocks, depth + 1)
        return place.write(node, blocks, depth + 1)

    def _find_place(self) -> _Place:
        context = self._meaning.contexts.below(self._values, self._key)
        place = self._place = self._meaning.place(context)
        return place


def table_writer(slots: list[Slot]) -> WriteNode:
    """Return what writes nodes whose members have these slots, in a loop."""
    name_at, others = in_order(slots)

    def write(node: dict[str, object], blocks: Blocks, depth: int) -> str:
        values = list(node.values())
        if name_at is None:
            subject = unnamed(depth)
        else:
            subject = slots[name_at].one(values[name_at], blocks, depth)
        block = "".join(
            f"{subject}{slots[place].predicate}"
            f"{slots[place].objects(values[place], subject, blocks, depth)}"
            f"{slots[place].suffix} .\n"
            for place in others
        )
        if block or subject in blocks:
            put(blocks, subject, block)
        return subject

    return write


def _definition(context: ActiveContext, key: str) -> Mapping[str, Any]:
    return context["mappings"].get(key) or {}


def _words_of(contexts: Contexts, values: ActiveContext) -> Callable[[str], str]:
    def expanded(word: str) -> str:
        iri = contexts.expanded(values, word) if word in values["mappings"] else "@none"
        if iri.startswith("@"):
            raise NotCoveredError
        return iri

    return expanded


def _require_plain_name(key: str) -> None:
    if type(key) is not str or key.startswith("@") or ":" in key or "/" in key:
        raise NotCoveredError
    try:
        check_text(key, "")
    except PassportError as error:
        raise NotCoveredError from error


def _joined(blocks: Blocks) -> bytes:
    subjects = sorted(blocks)
    try:
        require_names(subjects)
        data = b"".join([blocks[subject].encode() for subject in subjects])
    except UnicodeEncodeError as error:  # a lone surrogate
        raise NotCoveredError from error
    if (b"\\" in data or b"\x7f" in data) and _HIDDEN.search(data):
        raise NotCoveredError
    return data
