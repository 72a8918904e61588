"""One value of one term: brought to the form that is signed, and checked."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from stdnum import casrn

from passport.domain.content import (
    OPEN_CODE,
    OPEN_CODE_LISTS,
    Datatype,
    Term,
    codes_of,
    find_term,
    terms_in,
)
from passport.domain.errors import InvalidValueError, PassportError, Problem
from passport.domain.units import decimal_text, parse_decimal
from passport.linked_data.documents import instant_text, parse_digest
from passport.linked_data.json_rules import check_text
from passport.linked_data.patterns import (
    CAS_PATTERN,
    EMAIL_PATTERN,
    IRI_PATTERN,
    LANGUAGE_PATTERN,
    LONGEST,
)
from passport.linked_data.rules import out_of_place, rising_pairs
from passport.linked_data.terms import VOCABULARY

LONGEST_TEXT = LONGEST[Datatype.TEXT]

_IRI = re.compile(IRI_PATTERN)
_LANGUAGE = re.compile(LANGUAGE_PATTERN)
_EMAIL = re.compile(EMAIL_PATTERN)
_CAS = re.compile(CAS_PATTERN)
_COUNTRY = re.compile(r"[A-Z]{2}")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_YEAR_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_TRUTH = {"true": True, "false": False}


# --- to the form that is signed -------------------------------------------------------------------


def normal_value(term: Term, value: object) -> object:
    """Return a value as it is signed; one that cannot be brought there stays as it is.

    Numbers become decimal text with their digits kept, instants UTC with seconds, and one value
    of a term that takes many becomes a list of one.
    """
    if not term.is_many:
        return _normal_one(term, value)
    several = value if isinstance(value, list | tuple) else [value]
    return [_normal_one(term, one) for one in several]


def normal_fields(fields: Mapping[str, object], known: Mapping[str, Term]) -> dict[str, object]:
    """Return every value of a content or node as it is signed; empty ones are left out."""
    return {
        name: normal_value(known[name], value) if name in known else value
        for name, value in fields.items()
        if value is not None and value != ""
    }


def _normal_one(term: Term, value: object) -> object:
    if term.datatype is Datatype.NODE and isinstance(value, Mapping):
        return normal_fields(value, terms_in(term.value_class))
    return _NORMAL.get(term.datatype, _normal_text)(value)


def _normal_text(value: object) -> object:
    match value:
        case str():
            return value.strip()
        case int() | Decimal() if not isinstance(value, bool):
            # A spreadsheet hands out a serial number made of digits as a number.
            return str(value)
        case _:
            return value


def _normal_language_map(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {language: text for language, text in value.items() if text}


def _normal_truth(value: object) -> object:
    return _TRUTH.get(value.strip().lower(), value) if isinstance(value, str) else value


def _normal_date(value: object) -> object:
    match value:
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return _normal_text(value)


def _normal_year_month(value: object) -> object:
    return value.strftime("%Y-%m") if isinstance(value, date) else _normal_text(value)


def _normal_number(value: object) -> object:
    try:
        match value:
            case str():
                return decimal_text(parse_decimal(value.strip()))
            case int() | float() | Decimal() if not isinstance(value, bool):
                return decimal_text(Decimal(str(value)))
            case _:
                return value
    except InvalidValueError:
        return str(value)


def _normal_instant(value: object) -> object:
    if not isinstance(value, str | datetime):
        return value
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value.strip())
        return str(value) if instant.tzinfo is None else instant_text(instant)
    except (ValueError, OverflowError):
        return str(value)


_NORMAL: dict[Datatype, Callable[[object], object]] = {
    Datatype.DECIMAL: _normal_number,
    Datatype.INTEGER: _normal_number,
    Datatype.LANGUAGE_MAP: _normal_language_map,
    Datatype.BOOLEAN: _normal_truth,
    Datatype.DATE: _normal_date,
    Datatype.YEAR_MONTH: _normal_year_month,
    Datatype.DATE_TIME: _normal_instant,
}


# --- checks ---------------------------------------------------------------------------------------


def check_value(term: Term, value: object, path: str) -> Iterator[Problem]:
    """Yield what is wrong with a value in the form that is signed.

    Args:
        term: The term it belongs to.
        value: The value.
        path: JSON Pointer to it, for the problems.
    """
    if not term.is_many:
        yield from _check_one(term, value, path)
        return
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        yield problem(f"{term.name} takes a list of at least one value", path)
        return
    for place, one in enumerate(value):
        yield from _check_one(term, one, f"{path}/{place}")
        if one in value[:place]:
            yield problem(f"{term.name} holds the same value twice", f"{path}/{place}")


def check_fields(
    fields: Mapping[str, object], known: Mapping[str, Term], path: str
) -> Iterator[Problem]:
    """Yield what is wrong inside a node: unknown names and values of known ones."""
    for name, value in fields.items():
        if name in {"id", "type"}:
            continue
        if name not in known:
            yield problem(unknown_name(name, known), f"{path}/{name}")
        else:
            yield from check_value(known[name], value, f"{path}/{name}")


def check_bounds(
    fields: Mapping[str, object], known: Mapping[str, Term], path: str
) -> Iterator[Problem]:
    """Yield what a JSON Schema cannot say: ranges, real days, check digits, control characters.

    Args:
        fields: A subject or node of a statement that fulfils its schema.
        known: The terms that it carries.
        path: JSON Pointer to it, for the problems.
    """
    for name, value in fields.items():
        term = known.get(name)
        if term is None or term.datatype not in _NOT_BY_SCHEMA:
            continue
        if isinstance(value, list):
            for place, one in enumerate(value):
                yield from _check_bound(term, one, f"{path}/{name}/{place}")
        else:
            yield from _check_bound(term, value, f"{path}/{name}")
    yield from check_rules(fields, path)


def _check_bound(term: Term, value: object, path: str) -> Iterable[Problem]:
    if term.datatype is Datatype.NODE and isinstance(value, Mapping):
        return check_bounds(value, terms_in(term.value_class), path)
    if term.datatype is Datatype.TERM and isinstance(value, str):
        value = value.removeprefix(VOCABULARY)
    return _check_one(term, value, path)


def unknown_name(name: str, known: Mapping[str, Term]) -> str:
    """Say that a name is unknown here, with the nearest one that is known."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else f"; it is one of: {', '.join(known)}"
    return f"{name} is no term here{hint}"


def problem(message: str, path: str) -> Problem:
    """Return a problem; a table's column is the path with dots."""
    return Problem(message=message, path=path, column=path.strip("/").replace("/", "."))


def _check_one(term: Term, value: object, path: str) -> Iterable[Problem]:
    check = _CHECKS.get(term.datatype)
    if check is not None:
        return check(term, value, path)
    complaint = _complaint(term, value)
    return (problem(f"{term.name}: {complaint}", path),) if complaint else ()


def _check_truth(term: Term, value: object, path: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield problem(f"{term.name} is {value!r}; write true or false", path)


def _check_node(term: Term, value: object, path: str) -> Iterator[Problem]:
    known = terms_in(term.value_class)
    if not isinstance(value, Mapping):
        yield problem(
            f"{term.name} is {value!r}; give its parts: {', '.join(known)}",
            path,
        )
        return
    yield from check_fields(value, known, path)
    for part in _needed_in(term.value_class):
        if part.name not in value:
            yield problem(f"{term.name} needs {part.name} ({part.label})", f"{path}/{part.name}")
    if "id" in value and not _IRI.fullmatch(str(value["id"])):
        yield problem(f"id {value['id']!r} is no IRI", f"{path}/id")
    if value.get("type", term.value_class) != term.value_class:
        yield problem(f"type {value['type']!r} is not {term.value_class}", f"{path}/type")
    yield from check_rules(value, path)


@cache
def _needed_in(node_class: str) -> Sequence[Term]:
    return [part for part in terms_in(node_class).values() if part.is_needed]


def check_rules(fields: Mapping[str, object], path: str) -> Iterator[Problem]:
    """Yield each breach of a rule between the values of one subject or node.

    Source: ``schemas/rules.csv``.
    """
    for low, high in rising_pairs():
        if low in fields and high in fields and not in_order(fields[low], fields[high]):
            yield problem(f"{low} {fields[low]} is above {high} {fields[high]}", f"{path}/{low}")
    for name, rule in out_of_place(fields):
        yield problem(f"{name}: {rule.message}", f"{path}/{name}")


def in_order(low: object, high: object) -> bool:
    """Whether two texts of numbers, days or instants rise; others are complained of elsewhere."""
    if not (isinstance(low, str) and isinstance(high, str)):
        return True
    try:
        return parse_decimal(low) <= parse_decimal(high)
    except InvalidValueError:
        # Days and instants are written so that texts rise as they do.
        return low <= high or not (low[:1].isdigit() and high[:1].isdigit())


def _check_language_map(term: Term, value: object, path: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping) or not value:
        yield problem(f'{term.name} is {value!r}; give the text by language: {{"en": "..."}}', path)
        return
    for language, text in value.items():
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            yield problem(f"{language!r} is no language; write en, nl, de-AT ...", path)
        complaint = _text_complaint(text)
        if complaint:
            yield problem(f"{term.name}: {complaint}", f"{path}/{language}")


_CHECKS: dict[Datatype, Callable[[Term, object, str], Iterable[Problem]]] = {
    Datatype.NODE: _check_node,
    Datatype.LANGUAGE_MAP: _check_language_map,
    Datatype.BOOLEAN: _check_truth,
}
"""How values that are no texts are checked."""


def _complaint(term: Term, value: object) -> str:
    """Say what is wrong with a text; empty where nothing is."""
    if not isinstance(value, str):
        return f"{value!r} is no text"
    return _COMPLAINTS.get(term.datatype, _complaint_of_text)(term, value)


def _complaint_of_number(term: Term, value: str) -> str:
    unit = f" in {term.unit_label}" if term.unit_label else ""
    try:
        number = parse_decimal(value)
    except InvalidValueError:
        return f"{value!r} is no number{unit}; write digits with a point and no unit, like 206.5"
    if term.datatype is Datatype.INTEGER and not _WHOLE.fullmatch(value):
        return f"{value!r} is no whole number{unit}"
    if term.minimum is not None and number < term.minimum:
        return f"{value}{unit} is below {term.minimum}"
    if term.maximum is not None and number > term.maximum:
        return f"{value}{unit} is above {term.maximum}"
    return ""


def _complaint_of_code(term: Term, value: str) -> str:
    if term.code_list in OPEN_CODE_LISTS:
        return _complaint_of_open_code(value)
    codes = codes_of(term.code_list)
    if value in codes:
        return ""
    near = get_close_matches(value, codes, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it is one of: {', '.join(codes)}"
    return f"{value!r} is no code; {hint}"


def _complaint_of_open_code(value: str) -> str:
    if OPEN_CODE.fullmatch(value):
        return ""
    return (
        f"{value!r} is no code; write a letter, then up to 31 letters, digits, dots, plus or minus "
        "signs"
    )


def _complaint_of_date(_: Term, value: str) -> str:
    try:
        is_written_so = date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_written_so = False
    return "" if is_written_so else f"{value!r} is no day; write it like 2027-02-18"


def _complaint_of_year_month(_: Term, value: str) -> str:
    if _YEAR_MONTH.fullmatch(value):
        return ""
    return f"{value!r} is no month; write year and month like 2027-02"


def _complaint_of_instant(_: Term, value: str) -> str:
    try:
        is_written_so = bool(_INSTANT.fullmatch(value) and datetime.fromisoformat(value))
    except ValueError:
        is_written_so = False
    if is_written_so:
        return ""
    return f"{value!r} is no instant; write it in UTC like 2027-02-18T12:00:00Z"


def _complaint_of_digest(_: Term, value: str) -> str:
    try:
        parse_digest(value)
    except InvalidValueError as error:
        return str(error)
    return ""


def _complaint_of_term(_: Term, value: str) -> str:
    return "" if find_term(value) else f"{value!r} is no term of the vocabulary"


def _complaint_of_cas(_: Term, value: str) -> str:
    if _CAS.fullmatch(value) and casrn.is_valid(value):
        return ""
    return f"{value!r} is no CAS number: its form is 7439-93-2, and the last digit checks the rest"


def _complaint_of_text(_: Term, value: str) -> str:
    return _text_complaint(value)


def _by_pattern(pattern: re.Pattern[str], hint: str) -> Callable[[Term, str], str]:
    def complaint(_: Term, value: str) -> str:
        return "" if pattern.fullmatch(value) else f"{value!r} is {hint}"

    return complaint


_COMPLAINTS: dict[Datatype, Callable[[Term, str], str]] = {
    Datatype.DECIMAL: _complaint_of_number,
    Datatype.INTEGER: _complaint_of_number,
    Datatype.CODE: _complaint_of_code,
    Datatype.DATE: _complaint_of_date,
    Datatype.YEAR_MONTH: _complaint_of_year_month,
    Datatype.DATE_TIME: _complaint_of_instant,
    Datatype.DIGEST: _complaint_of_digest,
    Datatype.TERM: _complaint_of_term,
    Datatype.CAS: _complaint_of_cas,
    Datatype.IRI: _by_pattern(_IRI, "no whole IRI; write it with its scheme, like https://"),
    Datatype.COUNTRY: _by_pattern(_COUNTRY, "no country; write two capitals like DE (ISO 3166-1)"),
    Datatype.EMAIL: _by_pattern(_EMAIL, "no e-mail address"),
}


_NOT_BY_SCHEMA = frozenset(
    {
        Datatype.NODE,
        Datatype.TEXT,
        Datatype.LANGUAGE_MAP,
        Datatype.DECIMAL,
        Datatype.INTEGER,
        Datatype.DATE,
        Datatype.DATE_TIME,
        Datatype.CAS,
        Datatype.TERM,
    }
)
"""Datatypes of which a JSON Schema checks the form alone, or nothing but the form of parts."""


def _text_complaint(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        return f"{value!r} is no text"
    if len(value) > LONGEST_TEXT:
        return f"a text of {len(value)} characters; at most {LONGEST_TEXT} are kept"
    try:
        check_text(value, "/text")
    except PassportError as error:
        return str(error)
    return ""
