"""Parts of a document by JSON pointers, and which of its RDF statements they are.

A pointer selects JSON; what is signed are the statements (canonical N-Quads) that it becomes. Nodes
without name get labels made with a secret, so that a label tells nothing of what stays hidden.

Source: Data Integrity ECDSA Cryptosuites 1.0, section 3.4; RFC 6901 (JSON Pointer).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from passport.domain.errors import PassportError
from passport.linked_data.blank_nodes import unname_quad
from passport.linked_data.canonical import Canonicalizer, Document
from passport.linked_data.guarded import canonize_guarded, issue_labels_guarded
from passport.linked_data.json_rules import Strictness
from passport.linked_data.nquads import Quad, parse_nquads
from passport.linked_data.rdf_canon import TooComplexError
from passport.signing.errors import ProofValueError
from passport.signing.selective_disclosure_values import (
    MOST_POINTERS,
    MOST_STATEMENTS,
    label_text,
)

_ALWAYS = frozenset({"id", "@id", "type", "@type"})
"""What a selected node keeps: without its name and type its statements would be others."""
_CONTEXT = "@context"
_ESCAPE = re.compile(r"~(.?)")
_INDEX = re.compile(r"0|[1-9][0-9]{0,5}", re.ASCII)
_CANONICAL_LABEL = "_:c14n"
_PREFIX = "urn:bnid:"


class DisclosurePointerError(PassportError):
    """A JSON pointer selects nothing in the document."""

    code = "disclosure-pointer"


class NotSeparableError(PassportError):
    """Nodes without name cannot be given names without changing what the document says."""

    code = "not-separable"


class _Tree(dict[str, "_Tree"]):
    """Pointers merged by their parts; an empty one selects everything below."""


def select(document: Document, pointers: Sequence[str]) -> dict[str, object]:
    """Return the part of a document that JSON pointers select, with names, types and contexts.

    Args:
        document: A compact JSON-LD document.
        pointers: JSON pointers; the empty one selects everything.

    Raises:
        DisclosurePointerError: A pointer is malformed or selects nothing, or there are too many.

    >>> select({"@context": "c", "id": "urn:a", "x": {"y": "1", "z": "2"}}, ["/x/z"])
    {'@context': 'c', 'id': 'urn:a', 'x': {'z': '2'}}
    """
    if not 0 < len(pointers) <= MOST_POINTERS:
        raise DisclosurePointerError(
            f"{len(pointers)} pointers; a selection has between 1 and {MOST_POINTERS}"
        )
    if "" in pointers:
        return dict(document)
    contexts = {_CONTEXT: document[_CONTEXT]} if _CONTEXT in document else {}
    return {**contexts, **_selected_members(document, _merged(pointers), "")}


def parse_pointer(pointer: str) -> list[str]:
    """Read the parts of a JSON pointer.

    Raises:
        DisclosurePointerError: It is none.

    >>> parse_pointer("/a~1b/0")
    ['a/b', '0']
    """
    if not pointer.startswith("/"):
        raise DisclosurePointerError(f"{pointer!r} is no JSON pointer; one begins with a slash")
    return [_ESCAPE.sub(_unescaped, part) for part in pointer[1:].split("/")]


def _merged(pointers: Iterable[str]) -> _Tree:
    root = _Tree()
    for parts in sorted(map(parse_pointer, pointers), key=len, reverse=True):
        tree = root
        for part in parts[:-1]:
            tree = tree.setdefault(part, _Tree())
        # Longer pointers came before: one that ends here takes in all of them.
        tree[parts[-1]] = _Tree()
    return root


def _selected(value: object, tree: _Tree, path: str) -> object:
    if not tree:
        return value
    if isinstance(value, list):
        return [
            _selected(value[index], tree[str(index)], f"{path}/{index}")
            for index in sorted(_index(part, len(value), path) for part in tree)
        ]
    if isinstance(value, Mapping):
        return _selected_members(value, tree, path)
    raise DisclosurePointerError(f"nothing stands below {path} in the document")


def _selected_members(value: Mapping[str, object], tree: _Tree, path: str) -> dict[str, object]:
    if missing := tree.keys() - value.keys():
        raise DisclosurePointerError(f"there is no {path}/{min(missing)} in the document")
    return {
        name: _selected(item, tree[name], f"{path}/{name}") if name in tree else item
        for name, item in value.items()
        if name in tree or name in _ALWAYS
    }


def _index(part: str, size: int, path: str) -> int:
    if not _INDEX.fullmatch(part) or int(part) >= size:
        raise DisclosurePointerError(f"there is no {path}/{part}: the list has {size} items")
    return int(part)


def _unescaped(match: re.Match[str]) -> str:
    character = {"0": "~", "1": "/"}.get(match.group(1))
    if character is None:
        raise DisclosurePointerError(f"{match.group()!r} in a JSON pointer is no ~0 or ~1")
    return character


@dataclass(frozen=True, slots=True, kw_only=True)
class SignableStatements:
    """A document as the statements that are signed one by one.

    Attributes:
        lines: Canonical N-Quads, blank nodes under their signed labels, in order.
    """

    lines: Sequence[str]
    _document: Document
    _labels: Mapping[str, str]
    _prefix: str
    _canonicalizer: Canonicalizer
    _strictness: Strictness

    def selection(self, pointers: Sequence[str]) -> "Selection":
        """Return the statements that JSON pointers select; without pointers none.

        Raises:
            DisclosurePointerError: A pointer selects nothing.
        """
        if not pointers:
            return Selection(indexes=frozenset(), canonical_labels={})
        text = self._canonicalizer.canonize(select(self._document, pointers), self._strictness)
        if not self._labels:
            chosen = frozenset(_lines(text.decode()))
            return Selection(indexes=self._indexes(chosen), canonical_labels={})
        quads = [unname_quad(quad, self._prefix) for quad in parse_nquads(text.decode())]
        chosen = frozenset(_relabelled(quad, self._labels) for quad in quads)
        return Selection(
            indexes=self._indexes(chosen),
            canonical_labels={
                canonical: self._labels[existing]
                for existing, canonical in issue_labels_guarded(quads).items()
            },
        )

    def _indexes(self, chosen: frozenset[str]) -> frozenset[int]:
        return frozenset(index for index, line in enumerate(self.lines) if line in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Statements of a document that pointers select.

    Attributes:
        indexes: Their places among all.
        canonical_labels: The label a blank node gets when the selection alone is canonicalized ->
            the label it was signed under.
    """

    indexes: frozenset[int]
    canonical_labels: Mapping[str, str]


def statements_of(
    document: Document, hmac_key: bytes, *, canonicalizer: Canonicalizer, strictness: Strictness
) -> SignableStatements:
    """Take a document apart into the statements that are signed one by one.

    Args:
        document: The document without proof.
        hmac_key: The secret that labels are made with.
        canonicalizer: Knows the contexts.
        strictness: What may stand in the document.

    Raises:
        NotSeparableError: Naming its blank nodes would change what it says.
        TooComplexError: It has more statements than are signed one by one.
        PassportError: It holds something that would not be signed.
    """
    canonical = canonicalizer.canonize(document, strictness).decode()
    prefix = f"{_PREFIX}{secrets.token_hex(16)}:"
    if not strictness.most_blank_nodes or _CANONICAL_LABEL not in canonical:
        lines, labels, selectable = _lines(canonical), dict[str, str](), document
    else:
        selectable = canonicalizer.name_nodes(document, prefix)
        named = canonicalizer.canonize(selectable, strictness).decode()
        if _CANONICAL_LABEL in named:
            raise NotSeparableError(
                "the document holds an ordered list, whose places have no names; use a set"
            )
        quads = [unname_quad(quad, prefix) for quad in parse_nquads(named)]
        if canonize_guarded(quads) != canonical:
            raise NotSeparableError(
                "the nodes of this document cannot be named without changing it; give each an id"
            )
        labels = {
            existing: _signed_label(canonical_label, hmac_key)
            for existing, canonical_label in issue_labels_guarded(quads).items()
        }
        lines = sorted(_relabelled(quad, labels) for quad in quads)
    if len(lines) > MOST_STATEMENTS:
        raise TooComplexError(
            f"{len(lines)} statements; at most {MOST_STATEMENTS} are signed one by one"
        )
    return SignableStatements(
        lines=lines,
        _document=selectable,
        _labels=labels,
        _prefix=prefix,
        _canonicalizer=canonicalizer,
        _strictness=strictness,
    )


def disclosed_lines(
    document: Document,
    labels: Mapping[int, bytes],
    *,
    canonicalizer: Canonicalizer,
    strictness: Strictness,
) -> list[str]:
    """Return the statements of a disclosed document, blank nodes under their signed labels.

    Args:
        document: The document without proof.
        labels: Number of a canonical label -> the label it was signed under.
        canonicalizer: Knows the contexts.
        strictness: What may stand in the document.

    Raises:
        ProofValueError: The labels are not those of the document's blank nodes.
        PassportError: The document holds something that is signed by no proof.
    """
    canonical = canonicalizer.canonize(document, strictness).decode()
    if not strictness.most_blank_nodes or _CANONICAL_LABEL not in canonical:
        names: set[str] = set()
        lines = _lines(canonical)
    else:
        quads = list(parse_nquads(canonical))
        names = {term for quad in quads for term in quad if term.startswith("_:")}
        signed = {f"{_CANONICAL_LABEL}{number}": label_text(one) for number, one in labels.items()}
        lines = sorted(_relabelled(quad, {name: name for name in names} | signed) for quad in quads)
    if names != {f"{_CANONICAL_LABEL}{number}" for number in labels}:
        raise ProofValueError(
            f"the proof labels {len(labels)} nodes without id, the document has {len(names)}"
        )
    return lines


def _signed_label(canonical_label: str, hmac_key: bytes) -> str:
    # vc-di-ecdsa, 3.4.5: the label goes in without the prefix of a blank node.
    text = canonical_label.removeprefix("_:")
    return label_text(hmac.digest(hmac_key, text.encode(), hashlib.sha256))


def _lines(canonical: str) -> list[str]:
    # Not splitlines(): U+2028 and U+0085 may stand inside a literal.
    return [f"{line}\n" for line in canonical.split("\n")[:-1]]


def _relabelled(quad: Quad, labels: Mapping[str, str]) -> str:
    return Quad(
        labels.get(quad.subject, quad.subject),
        quad.predicate,
        labels.get(quad.object, quad.object),
        labels.get(quad.graph, quad.graph),
    ).line()
