"""What may stand in a JSON-LD document before anybody signs or believes it.

JSON-LD processors drop what they do not understand without a word, and what is dropped is not
signed. So both sides, signing and verifying, first walk the raw JSON by these rules.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from passport.domain.errors import PassportError
from passport.linked_data.rdf_canon import TooComplexError

LARGEST_SAFE_INTEGER: Final = 2**53 - 1
_DEEPEST_NESTING = 64
_SIGNIFICANT_DIGITS = 15
_SMALLEST_FLOAT, _LARGEST_FLOAT = 1e-6, 1e21
"""Between these ECMAScript writes a number without exponent, and all libraries agree."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PRESENTED = re.compile(r"/verifiableCredential(/[0-9]+)?")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class UndefinedTermError(PassportError):
    """A name that no context defines: a JSON-LD processor drops it, so nobody signs it."""

    code = "undefined-term"


class InlineContextError(PassportError):
    """A context stands in the document itself and could redefine what its words mean."""

    code = "inline-context"


class NullValueError(PassportError):
    """A null: JSON-LD drops it, so nobody signs it."""

    code = "null-value"


class FloatValueError(PassportError):
    """A binary float: libraries write its digits differently."""

    code = "float-value"


class UnsafeIntegerError(PassportError):
    """An integer that not every JSON reader keeps exactly."""

    code = "unsafe-integer"


class ControlCharacterError(PassportError):
    """A text holds a control character that libraries write differently."""

    code = "control-character"


class LoneSurrogateError(PassportError):
    """A text holds half of a UTF-16 pair, which is no character."""

    code = "lone-surrogate"


class EmptyValueError(PassportError):
    """An empty list or object: it says nothing, so nobody signs it."""

    code = "empty-value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """How much of JSON-LD a document may use.

    Attributes:
        most_blank_nodes: Nodes without an identifier.
        keywords: JSON-LD keywords that may be written as such; ``@context`` stands at the top.
        allows_floats: Whether floats may stand that all libraries write alike.
        allows_iris_as_keys: Whether a key may be an IRI instead of a term of a context.
        allows_empty: Whether empty lists and objects may stand.
        allows_presented: Whether presented credentials may name contexts of their own.
    """

    most_blank_nodes: int
    keywords: frozenset[str]
    allows_floats: bool
    allows_iris_as_keys: bool
    allows_empty: bool
    allows_presented: bool = False


OUR_STATEMENTS: Final = Strictness(
    most_blank_nodes=0,
    keywords=frozenset(),
    allows_floats=False,
    allows_iris_as_keys=False,
    allows_empty=False,
)
"""What this project signs: every node has an identifier, every name stands in a context."""

FOREIGN_DOCUMENTS: Final = Strictness(
    most_blank_nodes=128,
    keywords=frozenset({"@id", "@type", "@value", "@language", "@set", "@list", "@graph"}),
    allows_floats=True,
    allows_iris_as_keys=True,
    allows_empty=True,
)
"""What others sign: as much of JSON-LD as independent libraries agree on."""

PRESENTATIONS: Final = replace(FOREIGN_DOCUMENTS, allows_presented=True)
"""What holders sign: credentials inside, each with the contexts it was signed with."""


def check_document(document: Mapping[str, object], strictness: Strictness) -> None:
    """Refuse what JSON-LD libraries drop or write differently.

    Raises:
        PassportError: One of the refusals of this module; its message names the place.
    """
    _check_object(document, "", strictness)


def check_text(text: str, path: str) -> None:
    """Refuse a text that libraries write differently.

    Raises:
        LoneSurrogateError: It holds half of a UTF-16 pair.
        ControlCharacterError: It holds a control character.
    """
    if _SURROGATE.search(text):
        raise LoneSurrogateError(f"the text at {path} holds half of a UTF-16 pair")
    if found := _CONTROL.search(text):
        raise ControlCharacterError(
            f"the text at {path} holds the control character U+{ord(found.group()):04X}"
        )


def check_float(value: float, path: str) -> None:
    """Refuse a float that libraries write with different digits.

    Raises:
        FloatValueError: It has more than 15 significant digits, or an exponent.
    """
    size = abs(value)
    digits = repr(size).replace(".", "").strip("0")
    plain = value == 0 or _SMALLEST_FLOAT <= size < _LARGEST_FLOAT
    if not plain or len(digits.split("e")[0]) > _SIGNIFICANT_DIGITS:
        raise FloatValueError(
            f"{value!r} at {path} is a float that libraries write differently; use decimal text"
        )


def _check_value(value: object, path: str, strictness: Strictness) -> None:
    match value:
        case None:
            raise NullValueError(f"null at {path}; leave the member out, or say why it is absent")
        case str():
            check_text(value, path)
        case int() | float():
            _check_number(value, path, strictness)
        case list() | tuple():
            _refuse_empty(value, path, strictness)
            for position, item in enumerate(value):
                _check_value(item, f"{path}/{position}", strictness)
        case Mapping():
            _refuse_empty(value, path, strictness)
            _check_object(value, path, strictness)
        case _:
            raise TypeError(f"{type(value).__name__} at {path} is not of JSON")


def _check_number(value: float, path: str, strictness: Strictness) -> None:
    if isinstance(value, int):
        if abs(value) > LARGEST_SAFE_INTEGER:
            raise UnsafeIntegerError(f"{value} at {path} is above 2^53 - 1; use decimal text")
    elif strictness.allows_floats:
        check_float(value, path)
    else:
        raise FloatValueError(f"float {value!r} at {path}; use decimal text")


def _check_object(value: Mapping[str, object], path: str, strictness: Strictness) -> None:
    if path.count("/") > _DEEPEST_NESTING:
        raise TooComplexError(f"the document nests deeper than {_DEEPEST_NESTING} levels")
    for key, item in value.items():
        check_text(key, f"{path or '/'} (a key)")
        place = f"{path}/{key}"
        if key == "@context":
            _check_context(item, path, strictness)
            continue
        _check_key(key, place, strictness)
        _check_value(item, place, strictness)


def _check_key(key: str, path: str, strictness: Strictness) -> None:
    if key.startswith("@") and key not in strictness.keywords:
        raise UndefinedTermError(f"{path}: {key} is no name of a context and would not be signed")
    if ":" in key and not strictness.allows_iris_as_keys:
        raise UndefinedTermError(f"{path}: {key} is no term of a context; use the term itself")


def _check_context(contexts: object, path: str, strictness: Strictness) -> None:
    if path and not (strictness.allows_presented and _PRESENTED.fullmatch(path)):
        raise InlineContextError(f"{path}/@context: a context stands only at the top")
    for context in contexts if isinstance(contexts, list) else [contexts]:
        if not isinstance(context, str):
            raise InlineContextError(
                f"{path}/@context holds a definition; "
                "only addresses of published contexts may stand there"
            )
        check_text(context, f"{path}/@context")


def _refuse_empty(value: object, path: str, strictness: Strictness) -> None:
    if not value and not strictness.allows_empty:
        raise EmptyValueError(f"the empty value at {path} says nothing; leave the member out")
