"""JSON-LD document -> the canonical N-Quads that are hashed and signed.

There are two ways, to the same bytes. The plain one: the library (pyld) processes contexts and
expands the document. Everything that it would drop in silence is refused here: first in the raw
JSON (`json_rules`), then in the expanded form, which the strict writer below writes to quads. The
fast one (`fast_writer`) does documents of a known shape at once, and leaves all others, and every
refusal, to the plain one.

Source: JSON-LD 1.1 Processing Algorithms, sections 5.1 and 8; RDFC-1.0.
"""

import copy
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import cast

from pyld.jsonld import JsonLdError, JsonLdProcessor

from passport.domain.errors import PassportError
from passport.linked_data.blank_nodes import name_expanded_nodes
from passport.linked_data.contexts import context_document
from passport.linked_data.fast_contexts import NOWHERE, Contexts
from passport.linked_data.fast_writer import FastWriter
from passport.linked_data.guarded import canonize_guarded
from passport.linked_data.json_rules import (
    FOREIGN_DOCUMENTS,
    OUR_STATEMENTS,
    FloatValueError,
    InlineContextError,
    Strictness,
    UndefinedTermError,
    check_document,
    check_float,
)
from passport.linked_data.nquads import XSD_STRING, Quad, literal_text

Document = Mapping[str, object]
"""One JSON object, as parsed."""

ContextLoader = Callable[[str], Mapping[str, object]]
"""Address of a context -> its document; refuses an address it does not know by its digest."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_XSD_DOUBLE = f"{_XSD}double"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`\x7f]*")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class MalformedIriError(PassportError):
    """An identifier is not a whole IRI."""

    code = "malformed-iri"


class LanguageTagError(PassportError):
    """A language is not a well-formed tag."""

    code = "language-tag"


class BlankNodeError(PassportError):
    """A document has more nodes without identifier than it may."""

    code = "blank-nodes"


class JsonLdSyntaxError(PassportError):
    """A document breaks the rules of JSON-LD, or uses a part of it that is not supported."""

    code = "json-ld-syntax"


class Canonicalizer:
    """Writes documents in canonical form, by contexts it is given and never by download.

    Keeps processed contexts; one object serves all threads.
    """

    def __init__(self, load_context: ContextLoader) -> None:
        self._load_context = load_context
        # pyld's context caches are not made for threads.
        self._lock = Lock()
        self._contexts = Contexts(self._load, {}, self._lock)
        self._fast = FastWriter(self._contexts)

    def canonize(self, document: Document, strictness: Strictness = OUR_STATEMENTS) -> bytes:
        """Write the canonical N-Quads of a document, in UTF-8.

        Raises:
            PassportError: The document holds something that would not be signed, or that
                libraries would write differently; each reason has its own class.
        """
        fast = self.canonize_fast(document, strictness)
        return self.canonize_plainly(document, strictness) if fast is None else fast

    def canonize_fast(
        self, document: Document, strictness: Strictness = OUR_STATEMENTS
    ) -> bytes | None:
        """Write what `canonize_plainly` writes; ``None`` where only that can tell."""
        return self._fast.write(document, may_be_unnamed=strictness.most_blank_nodes > 0)

    def canonize_plainly(
        self, document: Document, strictness: Strictness = OUR_STATEMENTS
    ) -> bytes:
        """Write the canonical N-Quads of any document by way of its expanded form.

        Raises:
            PassportError: See `canonize`.
        """
        check_document(document, strictness)
        self._check_contexts(document)
        writer = _QuadWriter(strictness)
        writer.write(self._expand(document))
        return canonize_guarded(writer.quads).encode()

    def name_nodes(self, document: Document, prefix: str) -> dict[str, object]:
        """Write a document anew, with an IRI for each node that has none.

        Args:
            document: A document that ``canonize`` takes.
            prefix: Begins the new IRIs.
        """
        named = name_expanded_nodes(self._expand(document), prefix)
        with self._lock:
            try:
                compacted = JsonLdProcessor().compact(
                    named, {"@context": document["@context"]}, self._contexts.options()
                )
            except JsonLdError as error:
                raise _refusal_behind(error) from error
        return cast("dict[str, object]", compacted)

    def _check_contexts(self, document: Document) -> None:
        contexts = document.get("@context")
        if not contexts:
            raise InlineContextError("the document names no @context, so its words mean nothing")
        for context in [contexts] if isinstance(contexts, str) else cast("list[str]", contexts):
            self._load_context(context)

    def _expand(self, document: Document) -> list[object]:
        dropped: list[str | None] = []
        processor = JsonLdProcessor(on_property_dropped=dropped.append)
        with self._lock:
            try:
                expanded = processor.expand(dict(document), self._contexts.options())
            except JsonLdError as error:
                raise _refusal_behind(error) from error
        if dropped:
            raise UndefinedTermError(
                f"no context defines the name {dropped[0]}; it would not be signed"
            )
        return cast("list[object]", expanded)

    def _load(self, address: str, _options: object) -> dict[str, object]:
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": address,
            "document": copy.deepcopy(self._load_context(address)),
            "tag": "static",
        }


@cache
def pinned_canonicalizer() -> Canonicalizer:
    """Return the canonicalizer that knows the pinned contexts of this project and no other."""
    return Canonicalizer(context_document)


def _refusal_behind(error: BaseException) -> PassportError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PassportError):
            return cause
        cause = cause.__cause__
    return JsonLdSyntaxError(str(error.args[0]))


class _QuadWriter:
    """Expanded JSON-LD -> quads; whatever it does not know is refused."""

    def __init__(self, strictness: Strictness) -> None:
        self.quads: list[Quad] = []
        self._most_blank_nodes = strictness.most_blank_nodes
        self._blank_nodes = 0
        self._labels: dict[str, str] = {}

    def write(self, expanded: Sequence[object]) -> None:
        """Write all quads of a document."""
        self._write_graph(expanded, graph="")

    def _write_graph(self, nodes: Sequence[object], graph: str) -> None:
        for node in nodes:
            before = len(self.quads)
            self._write_node(_an_object(node), graph)
            if len(self.quads) == before:
                raise JsonLdSyntaxError("a node says nothing beside its name, so it is not signed")
        if not nodes:
            raise JsonLdSyntaxError("there is nothing in the document that could be signed")

    def _write_node(self, node: Mapping[str, object], graph: str) -> str:
        subject = self._subject(node)
        for key, values in node.items():
            match key:
                case "@id":
                    pass
                case "@type":
                    for item in _a_list(values):
                        self._add(subject, f"<{_RDF}type>", self._resource(item), graph)
                case "@graph":
                    self._write_graph(_a_list(values), graph=subject)
                case _ if key.startswith("@"):
                    raise JsonLdSyntaxError(f"{key} is not supported, as it would not be signed")
                case _:
                    for item in _a_list(values):
                        self._add(subject, _iri(key), self._object(_an_object(item), graph), graph)
        return subject

    def _add(self, subject: str, predicate: str, about: str, graph: str) -> None:
        self.quads.append(Quad(subject, predicate, about, graph))

    def _subject(self, node: Mapping[str, object]) -> str:
        return self._resource(node["@id"]) if "@id" in node else self._blank_node()

    def _resource(self, name: object) -> str:
        if isinstance(name, str) and name.startswith("_:"):
            if name not in self._labels:
                self._labels[name] = self._blank_node()
            return self._labels[name]
        return _iri(name)

    def _blank_node(self) -> str:
        self._blank_nodes += 1
        if self._blank_nodes > self._most_blank_nodes:
            raise BlankNodeError(
                f"the document has more than {self._most_blank_nodes} nodes without an id; "
                "give each node an id"
            )
        return f"_:b{self._blank_nodes}"

    def _object(self, item: Mapping[str, object], graph: str) -> str:
        if "@value" in item:
            return _literal(item)
        if "@list" in item:
            return self._list(item, graph)
        return self._write_node(item, graph)

    def _list(self, item: Mapping[str, object], graph: str) -> str:
        if item.keys() != {"@list"}:
            raise JsonLdSyntaxError(f"a list with {sorted(item.keys() - {'@list'})} is not signed")
        head = f"<{_RDF}nil>"
        for member in reversed(_a_list(item["@list"])):
            cell = self._blank_node()
            about = self._object(_an_object(member), graph)
            self._add(cell, f"<{_RDF}first>", about, graph)
            self._add(cell, f"<{_RDF}rest>", head, graph)
            head = cell
        return head


def _an_object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise JsonLdSyntaxError(f"{value!r} stands where a node or a value belongs")
    return value


def _a_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _iri(name: object) -> str:
    if not isinstance(name, str):
        raise MalformedIriError(f"{name!r} stands where an IRI belongs")
    if name.startswith(NOWHERE.split("/", maxsplit=1)[0]):
        raise MalformedIriError(
            f"{name.removeprefix(NOWHERE)!r} is a relative IRI or no term of a context; "
            "write the whole IRI"
        )
    if not _IRI.fullmatch(name):
        raise MalformedIriError(f"{name!r} is no IRI: spaces, quotes and brackets are encoded")
    return f"<{name}>"


def _literal(item: Mapping[str, object]) -> str:
    if unknown := item.keys() - {"@value", "@type", "@language"}:
        raise JsonLdSyntaxError(f"a value with {sorted(unknown)} is not supported")
    value, datatype, language = item["@value"], item.get("@type"), item.get("@language")
    if language is not None:
        return _tagged_text(value, language)
    if datatype == "@json":
        raise JsonLdSyntaxError("JSON literals (@json) are not supported")
    if datatype is not None:
        _iri(datatype)
    return _typed_literal(value, cast("str | None", datatype))


def _tagged_text(value: object, language: object) -> str:
    if not isinstance(language, str) or not _LANGUAGE_TAG.fullmatch(language):
        raise LanguageTagError(f"{language!r} is no language tag like en or nl-BE")
    if not isinstance(value, str):
        raise JsonLdSyntaxError(f"{value!r} is no text and has no language")
    return literal_text(value, language=language.lower())


def _typed_literal(value: object, datatype: str | None) -> str:
    if datatype == _XSD_DOUBLE and not isinstance(value, bool):
        return literal_text(_double_text(_as_float(value)), datatype=_XSD_DOUBLE)
    match value:
        case bool():
            text = "true" if value else "false"
            return literal_text(text, datatype=datatype or f"{_XSD}boolean")
        case float() if not value.is_integer():
            return literal_text(_double_text(value), datatype=datatype or _XSD_DOUBLE)
        case float() | int():
            return literal_text(str(int(value)), datatype=datatype or f"{_XSD}integer")
        case str():
            return literal_text(value, datatype=datatype or XSD_STRING)
        case _:
            raise JsonLdSyntaxError(f"{value!r} is no text, number or truth value")


def _as_float(value: object) -> float:
    try:
        number = float(cast("str | float", value))
    except (TypeError, ValueError) as error:
        raise FloatValueError(f"{value!r} is no xsd:double") from error
    if not math.isfinite(number):
        raise FloatValueError(f"{value!r} is not finite")
    check_float(number, "an xsd:double")
    return number


def _double_text(value: float) -> str:
    """Canonical form of an xsd:double: one digit, a point, and an exponent.

    Source: JSON-LD 1.1 Processing Algorithms, section 8.6.
    """
    mantissa, exponent = f"{value:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    if mantissa.endswith("."):
        mantissa += "0"
    return f"{mantissa}E{int(exponent)}"


__all__ = [
    "FOREIGN_DOCUMENTS",
    "OUR_STATEMENTS",
    "BlankNodeError",
    "Canonicalizer",
    "ContextLoader",
    "Document",
    "JsonLdSyntaxError",
    "LanguageTagError",
    "MalformedIriError",
    "Strictness",
    "pinned_canonicalizer",
]
