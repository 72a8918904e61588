"""RDF quads as N-Quads text: reading, and the one canonical way of writing.

Source: RDF 1.1 N-Quads; RDF Dataset Canonicalization (RDFC-1.0), section 5, canonical N-Quads.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from passport.domain.errors import PassportError

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_UNESCAPES = {written[1]: character for character, written in _ESCAPES.items()} | {"'": "'"}
_TO_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)

_IRI = r'<([^\x00-\x20<>"{}|^`]*)>'
_BLANK = r"(_:[^\s<>\"]+)"
_LITERAL = rf'"((?:[^"\\\n\r]|\\.)*)"(?:\^\^{_IRI}|@([a-zA-Z]+(?:-[a-zA-Z0-9]+)*))?'
_SPACE = r"[ \t]*"
_QUAD = re.compile(
    rf"{_SPACE}(?:{_IRI}|{_BLANK}){_SPACE}{_IRI}{_SPACE}(?:{_IRI}|{_BLANK}|{_LITERAL})"
    rf"{_SPACE}(?:(?:{_IRI}|{_BLANK}){_SPACE})?\.{_SPACE}(?:#.*)?"
)
_NOTHING = re.compile(rf"{_SPACE}(?:#.*)?")


class NQuadsSyntaxError(PassportError):
    """A line is no quad."""

    code = "nquads-syntax"


class Quad(NamedTuple):
    """One statement of RDF; each term is its canonical N-Quads text.

    Attributes:
        subject: ``<iri>`` or ``_:label``.
        predicate: ``<iri>``.
        object: ``<iri>``, ``_:label`` or a literal.
        graph: ``<iri>`` or ``_:label``; empty for the default graph.
    """

    subject: str
    predicate: str
    object: str
    graph: str = ""

    def line(self) -> str:
        """Write the quad as one line of N-Quads, with its end."""
        if self.graph:
            return f"{self.subject} {self.predicate} {self.object} {self.graph} .\n"
        return f"{self.subject} {self.predicate} {self.object} .\n"


def literal_text(value: str, *, datatype: str = XSD_STRING, language: str = "") -> str:
    r"""Write a literal.

    >>> literal_text("206", datatype="http://www.w3.org/2001/XMLSchema#decimal")
    '"206"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    >>> literal_text("Zelle\n", language="de")
    '"Zelle\\n"@de'
    """
    quoted = f'"{_TO_ESCAPE.sub(_escape, value)}"'
    if language:
        return f"{quoted}@{language}"
    return quoted if datatype == XSD_STRING else f"{quoted}^^<{datatype}>"


def parse_nquads(text: str) -> Iterator[Quad]:
    """Read N-Quads, one quad a line.

    Raises:
        NQuadsSyntaxError: A line is neither a quad, nor empty, nor a comment.
    """
    # Not splitlines(): U+2028 and U+0085 may stand inside a literal.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if _NOTHING.fullmatch(line):
            continue
        match = _QUAD.fullmatch(line)
        if match is None:
            raise NQuadsSyntaxError(f"line {number} is no quad: {line[:80]!r}")
        yield _quad(match, number)


def join_lines(quads: Iterable[Quad]) -> str:
    """Write quads as canonical N-Quads: each once, in code point order."""
    return "".join(sorted({quad.line() for quad in quads}))


def _quad(match: re.Match[str], number: int) -> Quad:
    subject_iri, subject_blank, predicate, object_iri, object_blank = match.group(1, 2, 3, 4, 5)
    value, datatype, language, graph_iri, graph_blank = match.group(6, 7, 8, 9, 10)
    if value is None:
        about = object_blank or _iri_text(object_iri, number)
    else:
        about = literal_text(
            _unescape(value, number),
            datatype=XSD_STRING if datatype is None else _unescape(datatype, number),
            language=language or "",
        )
    graph = "" if graph_iri is None else _iri_text(graph_iri, number)
    return Quad(
        subject=subject_blank or _iri_text(subject_iri, number),
        predicate=_iri_text(predicate, number),
        object=about,
        graph=graph_blank or graph,
    )


def _iri_text(iri: str, number: int) -> str:
    return f"<{_unescape(iri, number)}>"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _unescape(text: str, number: int) -> str:
    if "\\" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        short, long, single = match.groups()
        if single is not None:
            if single not in _UNESCAPES:
                raise NQuadsSyntaxError(f"line {number}: unknown escape {match.group()}")
            return _UNESCAPES[single]
        code_point = int(short or long, 16)
        if code_point > _LAST_CODE_POINT or code_point in _SURROGATES:
            raise NQuadsSyntaxError(f"line {number}: {match.group()} is no character")
        return chr(code_point)

    return _ESCAPED.sub(character, text)
