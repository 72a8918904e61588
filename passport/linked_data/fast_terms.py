"""Values -> the objects of canonical lines, one kind of term each; anything unusual is not covered.

A slot knows what a context says about one name: the predicate, and how its values are written.
What a slot does not know how to write exactly as the library would, it hands back with
`NotCoveredError`, and the whole document is written the plain way.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from json import encoder
from typing import Final

from passport.linked_data.json_rules import LARGEST_SAFE_INTEGER
from passport.linked_data.nquads import XSD_STRING

Blocks = dict[str, str]
"""Lines of each node by its subject, in canonical order within the node."""

WriteNode = Callable[[dict[str, object], Blocks, int], str]
"""Writes a node and all below it to the blocks, at a depth, and gives its subject."""

XSD_DOUBLE: Final = "http://www.w3.org/2001/XMLSchema#double"
ONLY_BLANK_NODE: Final = "_:c14n0"
"""Canonical name of a blank node that is alone in its document (RDFC-1.0, 4.4)."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
DEEPEST_NODE: Final = 24

_IRI = re.compile(
    # No scheme of relative IRIs (they were resolved), no space of any alphabet.
    r"(?!relative-iri:)[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`\x7f-\xa0\u1680"
    r"\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*"
)
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MOST_WORDS = 512
LONGEST_WORD: Final = 100
"""Characters of a name, type or language tag that is remembered."""
_PLAIN_SCHEMES = ("<https://", "<http://")

quote: Callable[[str], str] = getattr(encoder, "c_encode_basestring", encoder.py_encode_basestring)
r"""Text -> quoted as in canonical N-Quads, except \\b, \\f and other controls and DEL.

Those are looked for in the finished document.
"""


class NotCoveredError(Exception):
    """A value or a context that only the plain way can judge; it never leaves this package."""


def is_iri(text: str) -> bool:
    """Whether every library takes a text for a whole IRI and leaves it as it is."""
    return _IRI.fullmatch(text) is not None


class Slot(ABC):
    """How values of one name of a context are written.

    Attributes:
        predicate: With a space on each side.
        suffix: Ends each object: a datatype, or nothing.
        is_text: Whether a text is quoted and nothing else.
    """

    is_text = False

    def __init__(self, predicate: str, suffix: str = "") -> None:
        self.predicate = predicate
        self.suffix = suffix

    @abstractmethod
    def one(self, value: object, blocks: Blocks, depth: int) -> str:
        """Write one value, without the suffix.

        Raises:
            NotCoveredError: It is of another kind.
        """

    def objects(self, value: object, subject: str, blocks: Blocks, depth: int) -> str:
        """Write a value, or each value of a list once and in order; all but the last suffix.

        Raises:
            NotCoveredError: One of them is of another kind, or the list is empty.
        """
        if type(value) is not list:
            return self.one(value, blocks, depth)
        texts = [self.one(item, blocks, depth) for item in value]
        if len(texts) == 1:
            return texts[0]
        if not texts:
            raise NotCoveredError
        return self.between(subject).join(sorted(set(texts)))

    def between(self, subject: str) -> str:
        """Return what stands between two objects of one subject."""
        return f"{self.suffix} .\n{subject}{self.predicate}"


class TypedSlot(Slot):
    """Literals of one datatype."""

    is_text = True

    def __init__(self, predicate: str, datatype: str) -> None:
        super().__init__(predicate, "" if datatype == XSD_STRING else f"^^<{datatype}>")

    def one(self, value: object, blocks: Blocks, depth: int) -> str:  # noqa: ARG002 - as all slots
        """Write a text, a truth value or an integer."""
        if isinstance(value, str):
            return quote(value)
        return f'"{_bare_text(value)}"'


class UntypedSlot(Slot):
    """Literals whose datatype is their own, and nodes."""

    is_text = True

    def __init__(self, predicate: str, write_node: WriteNode) -> None:
        super().__init__(predicate)
        self._write_node = write_node

    def one(self, value: object, blocks: Blocks, depth: int) -> str:
        """Write a text, a truth value, an integer or a node."""
        if isinstance(value, str):
            return quote(value)
        if type(value) is dict:
            return self._write_node(value, blocks, depth)
        datatype = "boolean" if type(value) is bool else "integer"
        return f'"{_bare_text(value)}"^^<{_XSD}{datatype}>'


class ReferenceSlot(Slot):
    """IRIs, and nodes.

    Attributes:
        write_node: Writes a node that stands there.
    """

    def __init__(self, predicate: str, prefixes: frozenset[str], write_node: WriteNode) -> None:
        super().__init__(predicate)
        self._name = name_of(prefixes)
        self.write_node = write_node

    def one(self, value: object, blocks: Blocks, depth: int) -> str:
        """Write an IRI or a node."""
        if type(value) is dict:
            return self.write_node(value, blocks, depth)
        return self._name(value)


class WordSlot(Slot):
    """Names of a context in the place of a value: types, and what is coerced to ``@vocab``.

    Attributes:
        known: What was written for a name.
    """

    def __init__(self, predicate: str, expand: Callable[[str], str]) -> None:
        super().__init__(predicate)
        self._expand = expand
        self.known: dict[str, str] = {}

    def one(self, value: object, blocks: Blocks, depth: int) -> str:  # noqa: ARG002 - as all slots
        """Write the IRI that a name stands for."""
        if type(value) is not str:
            raise NotCoveredError
        known = self.known.get(value)
        if known is None:
            known = f"<{self._expand(value)}>"
            if len(self.known) < _MOST_WORDS and len(value) <= LONGEST_WORD:
                self.known[value] = known
        return known


class _Tags(dict[str, str]):
    """Language tag as somebody wrote it -> as it stands behind a text; keeps what came often."""

    def __missing__(self, tag: str) -> str:
        if not _LANGUAGE_TAG.fullmatch(tag):
            raise NotCoveredError
        written = f"@{tag.lower()}"
        if len(self) < _MOST_WORDS and len(tag) <= LONGEST_WORD:
            self[tag] = written
        return written


_tags: Final = _Tags()


class LanguageSlot(Slot):
    """Texts by language, or a text without."""

    is_text = True

    def one(self, value: object, blocks: Blocks, depth: int) -> str:  # noqa: ARG002 - as all slots
        """Write a text without language."""
        if type(value) is not str:
            raise NotCoveredError
        return quote(value)

    def objects(self, value: object, subject: str, blocks: Blocks, depth: int) -> str:
        """Write the texts of a language map."""
        if type(value) is not dict:
            return super().objects(value, subject, blocks, depth)
        try:
            texts = [quote(text) + _tags[tag] for tag, text in value.items()]
        except TypeError as error:  # something else than a text
            raise NotCoveredError from error
        if len(texts) == 1:
            return texts[0]
        if not texts:
            raise NotCoveredError
        return self.between(subject).join(sorted(set(texts)))


class NameSlot(Slot):
    """The id of the node itself."""

    def __init__(self, prefixes: frozenset[str]) -> None:
        super().__init__("")
        self.name = name_of(prefixes)

    def one(self, value: object, blocks: Blocks, depth: int) -> str:  # noqa: ARG002 - as all slots
        """Write the name of the node."""
        return self.name(value)


def name_of(prefixes: frozenset[str]) -> Callable[[object], str]:
    """Return what writes an IRI where these words of a context would be taken for prefixes."""
    is_whole = _IRI.fullmatch

    def name(value: object) -> str:
        if type(value) is not str or is_whole(value) is None:
            raise NotCoveredError
        return f"<{value}>"

    def name_beside_prefixes(value: object) -> str:
        written = name(value)
        # What follows a prefix never begins with two slashes (JSON-LD 1.1, 5.2.2, step 6.2).
        if not written.startswith(_PLAIN_SCHEMES) and written[1:].partition(":")[0] in prefixes:
            raise NotCoveredError
        return written

    return name_beside_prefixes if prefixes else name


def unnamed(depth: int) -> str:
    """Return the name of a node without id, which only the outermost one may be."""
    if depth:
        raise NotCoveredError
    return ONLY_BLANK_NODE


def put(blocks: Blocks, subject: str, block: str) -> None:
    """Add the lines of a node to what is known of its subject; a line that comes twice is one."""
    if subject in blocks:
        # Not splitlines(): U+2028 and U+0085 may stand inside a literal.
        lines = {*blocks[subject].split("\n"), *block.split("\n")} - {""}
        block = "".join(f"{line}\n" for line in sorted(lines))
    blocks[subject] = block


def _bare_text(value: object) -> str:
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is not int or not -LARGEST_SAFE_INTEGER <= value <= LARGEST_SAFE_INTEGER:
        raise NotCoveredError
    return str(value)
