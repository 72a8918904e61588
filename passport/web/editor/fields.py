"""A content as the fields of a form, and back: what was typed comes back as it was typed.

Dots lead into nodes, languages and rows, which count from 1: ``originalPower.1.powerWatts``,
``modelName.en``. ``massKilograms!`` holds the reason why a value is absent.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from passport.domain.content import Datatype, Term, absence_of, terms_in
from passport.domain.units import is_count

Fields = Mapping[str, Sequence[str]]
"""Texts by field, as a browser sends them."""

ABSENCE = "!"
"""Ends the name of the field that says why a value is absent."""
HIDDEN_PARTS = ("id", "type")
"""Parts of nodes that no form shows: programs wrote them, and they stay."""
_TRUTH = {"true": True, "false": False}


def fits_form(term: Term, value: object) -> bool:
    """Whether a form can show a value without changing it; a wrong text can be shown."""
    if absence_of(value) is not None:
        return True
    if not term.is_many:
        return _fits_one(term, value)
    return isinstance(value, list) and bool(value) and all(_fits_one(term, one) for one in value)


def _fits_one(term: Term, value: object) -> bool:
    match term.datatype:
        case Datatype.NODE:
            return isinstance(value, Mapping) and bool(value) and _fits_node(term, value)
        case Datatype.LANGUAGE_MAP:
            return (
                isinstance(value, Mapping)
                and bool(value)
                and all(
                    bool(language) and "." not in language and _is_text(text)
                    for language, text in value.items()
                )
            )
        case Datatype.BOOLEAN:
            return isinstance(value, bool) or (_is_text(value) and value not in _TRUTH)
        case _:
            return _is_text(value)


def _fits_node(term: Term, value: Mapping[str, object]) -> bool:
    known = terms_in(term.value_class)
    return all(
        _is_text(part)
        if name in HIDDEN_PARTS
        else name in known and absence_of(part) is None and fits_form(known[name], part)
        for name, part in value.items()
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\r" not in value


# --- content -> fields ----------------------------------------------------------------------------


def fields_of(content: Mapping[str, object], terms: Collection[Term]) -> dict[str, list[str]]:
    """Return the fields that show a content; values that do not fit a form are left out."""
    fields: dict[str, list[str]] = {}
    for term in terms:
        value = content.get(term.name)
        if value is None or not fits_form(term, value):
            continue
        reason = absence_of(value)
        pairs = (
            _pairs(term, term.name, value)
            if reason is None
            else [(f"{term.name}{ABSENCE}", reason.value)]
        )
        for name, text in pairs:
            fields.setdefault(name, []).append(text)
    return fields


def _pairs(term: Term, path: str, value: object) -> Iterator[tuple[str, str]]:
    if not term.is_many:
        yield from _pairs_of_one(term, path, value)
    elif isinstance(value, list):
        for place, one in enumerate(value, start=1):
            where = path if term.datatype is Datatype.CODE else f"{path}.{place}"
            yield from _pairs_of_one(term, where, one)


def _pairs_of_one(term: Term, path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        yield path, "true" if value else "false"
    elif not isinstance(value, Mapping):
        yield path, str(value)
    elif term.datatype is Datatype.LANGUAGE_MAP:
        yield from ((f"{path}.{language}", str(text)) for language, text in value.items())
    else:
        known = terms_in(term.value_class)
        for name, part in value.items():
            if name in known:
                yield from _pairs(known[name], f"{path}.{name}", part)
            else:
                yield f"{path}.{name}", str(part)


# --- fields -> content ----------------------------------------------------------------------------


def content_of_fields(fields: Fields, terms: Collection[Term]) -> dict[str, object]:
    """Return the content that a form holds; fields that were left empty say nothing.

    A value goes before a reason why there is none: nothing that was typed is lost.
    """
    content: dict[str, object] = {}
    for term in terms:
        value = _read(term, term.name, fields)
        reason = _text(fields, f"{term.name}{ABSENCE}")
        if value is not None:
            content[term.name] = value
        elif reason:
            content[term.name] = {"absent": reason}
    return content


def _read(term: Term, path: str, fields: Fields) -> object:
    if not term.is_many:
        return _read_one(term, path, fields)
    if term.datatype is Datatype.CODE:
        return [text for text in fields.get(path, ()) if text.strip()] or None
    rows = [
        one
        for place in rows_at(path, fields)
        if (one := _read_one(term, f"{path}.{place}", fields)) is not None
    ]
    return rows or None


def rows_at(path: str, fields: Fields) -> list[int]:
    """Return the numbers of the rows that a form holds at a path, rising."""
    heads = (
        name[len(path) + 1 :].partition(".")[0] for name in fields if name.startswith(f"{path}.")
    )
    return sorted({int(head) for head in heads if is_count(head)})


def _read_one(term: Term, path: str, fields: Fields) -> object:
    match term.datatype:
        case Datatype.NODE:
            known = terms_in(term.value_class)
            node = {name: _read(part, f"{path}.{name}", fields) for name, part in known.items()}
            said = {name: value for name, value in node.items() if value is not None}
            hidden = {name: _text(fields, f"{path}.{name}") for name in HIDDEN_PARTS}
            return ({name: text for name, text in hidden.items() if text} | said) if said else None
        case Datatype.LANGUAGE_MAP:
            texts = {
                name[len(path) + 1 :]: _text(fields, name)
                for name in fields
                if name.startswith(f"{path}.") and "." not in name[len(path) + 1 :]
            }
            return {language: text for language, text in texts.items() if language and text} or None
        case Datatype.BOOLEAN:
            text = _text(fields, path)
            return _TRUTH.get(text, text or None)
        case _:
            return _text(fields, path) or None


def _text(fields: Fields, name: str) -> str:
    """Return what was typed into a field; browsers send line ends as CR LF."""
    text = next(iter(fields.get(name, ())), "").replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""


# --- rows that come and go ------------------------------------------------------------------------


def without_row(fields: Fields, row: str) -> dict[str, Sequence[str]]:
    """Return the fields without those of one row, such as ``originalPower.2``."""
    return {
        name: texts
        for name, texts in fields.items()
        if name != row and not name.startswith(f"{row}.")
    }


def field_of(pointer: str) -> str:
    """Return the field that a JSON Pointer into a content leads to; rows count from 1.

    >>> field_of("/originalPower/0/powerWatts")
    'originalPower.1.powerWatts'
    """
    parts = pointer.strip("/").split("/")
    return ".".join(str(int(part) + 1) if is_count(part) else part for part in parts)
