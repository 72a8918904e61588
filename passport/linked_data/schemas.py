"""Does a content, or a statement, fulfil the table of terms? Every place is named."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from passport.domain.content import (
    AbsenceReason,
    Content,
    DatumState,
    Level,
    Requirement,
    Term,
    absence_of,
    all_terms,
    find_term,
    legal_data,
    terms_at,
    terms_of,
)
from passport.domain.errors import ContentRefusedError, Problem
from passport.domain.passport import StatementKind
from passport.domain.units import is_count
from passport.linked_data.contexts import version_named_in
from passport.linked_data.documents import MalformedDocumentError, kind_of
from passport.linked_data.terms import VOCABULARY, schema_file, schema_path
from passport.linked_data.values import (
    check_bounds,
    check_rules,
    check_value,
    normal_fields,
    problem,
    unknown_name,
)

FILLED_LATER = frozenset({Level.DECLARED, Level.CONDITION})
"""Levels that may be silent when a battery is registered.

Source: Commission FAQ on batteries of 30 September 2026: data from use may be empty at first.
Placing on the market needs the declared values; `legal_data` tells which are missing.
"""
_ALL_TERMS = {term.name: term for term in all_terms()}


def normalise_content(content: Content) -> dict[str, object]:
    """Return a content as it is signed: numbers as exact decimal text, empty values left out.

    What cannot be brought into form stays as it is, for `check_content` to name.
    """
    return {
        name: value if _is_about_absence(value) else normal_fields({name: value}, _ALL_TERMS)[name]
        for name, value in content.items()
        if value is not None and value != ""
    }


def _is_about_absence(value: object) -> bool:
    return isinstance(value, Mapping) and "absent" in value


def check_content(
    content: Content, *, levels: Collection[Level], needs: Mapping[str, Requirement]
) -> list[Problem]:
    """Return everything that is wrong with a normalised content.

    Args:
        content: Values by term, as `normalise_content` returns them.
        levels: What the content is about; terms of other levels do not belong to it.
        needs: What the law asks of this kind of battery on its days, by term.

    Returns:
        Unknown and misplaced terms, wrong values, and mandatory data that are neither given nor
        said to be absent; of levels that are `FILLED_LATER` nothing is mandatory here.
    """
    problems = [
        found
        for name, value in content.items()
        for found in _check_entry(name, value, frozenset(levels), needs)
    ]
    problems += check_rules(content, "")
    problems += _missing(content, frozenset(levels) - FILLED_LATER, needs)
    return problems


def _check_entry(
    name: str, value: object, levels: frozenset[Level], needs: Mapping[str, Requirement]
) -> Iterator[Problem]:
    path = f"/{name}"
    known = terms_at(levels)
    term = known.get(name)
    if term is None:
        yield problem(_misplaced(name, known), path)
    elif _is_about_absence(value):
        yield from _check_absence(term, value, needs.get(name, Requirement.OPTIONAL))
    else:
        yield from check_value(term, value, path)


def _misplaced(name: str, known: Mapping[str, Term]) -> str:
    term = find_term(name)
    if term is None or not term.kinds:
        return unknown_name(name, known)
    if term.level is Level.STRUCTURE:
        return f"{name} is written by the service; leave it out"
    return f"{name} is said of the {term.level}; enter it there"


def _check_absence(term: Term, value: object, requirement: Requirement) -> Iterator[Problem]:
    path = f"/{term.name}"
    reason = absence_of(value)
    if reason is None:
        yield problem(
            f"{term.name} is {value!r}; an absent value is written "
            f'{{"absent": reason}}, the reason one of: {", ".join(AbsenceReason)}',
            path,
        )
    elif reason is AbsenceReason.NOT_YET_REQUIRED and requirement is Requirement.MANDATORY:
        yield problem(
            f"{term.name} is required already (Annex XIII point {term.point}); "
            "give it, or say notProvided",
            path,
        )


def _missing(
    content: Content, levels: frozenset[Level], needs: Mapping[str, Requirement]
) -> Iterator[Problem]:
    for datum in legal_data(content, levels=levels, needs=needs):
        if datum.state is DatumState.MISSING:
            term = datum.term
            yield problem(
                f"{term.name} ({term.label}) is missing; Annex XIII point {term.point} asks for "
                f'it: give it, or write {{"absent": "notProvided"}}',
                f"/{term.name}",
            )


@cache
def _validator(kind: StatementKind, version: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads(schema_file(schema_path(kind, version)).read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(schema)


def check_statement(document: Mapping[str, Any]) -> list[Problem]:
    """Return everything in which a statement breaks its JSON Schema or the bounds of its terms.

    The schema is that of the version of the context which the statement names.
    """
    return _check_form(document, may_lack=lambda _: False)


def check_part_of_statement(document: Mapping[str, Any]) -> list[Problem]:
    """Return everything in which a part of a statement breaks the schema of the whole.

    A part may lack terms of its subject; what it shows has the form that the whole gives it.
    """
    return _check_form(document, may_lack=_is_of_content)


def _is_of_content(error: jsonschema_rs.ValidationError) -> bool:
    """Whether what a statement lacks is a term of its content."""
    if not isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        return False
    is_in_subject = list(error.instance_path) == ["credentialSubject"]
    return is_in_subject and error.kind.property not in {"id", "type"}


def _check_form(
    document: Mapping[str, Any], may_lack: Callable[[jsonschema_rs.ValidationError], bool]
) -> list[Problem]:
    try:
        kind = kind_of(document)
    except MalformedDocumentError as error:
        return [problem(str(error), "/type")]
    problems = [
        problem(error.message, "".join(f"/{part}" for part in error.instance_path))
        for error in _validator(kind, version_named_in(document)).iter_errors(document)
        if not may_lack(error)
    ]
    return problems or list(_check_bounds(document, kind))


def _check_bounds(document: Mapping[str, Any], kind: StatementKind) -> Iterator[Problem]:
    subject: Mapping[str, Any] = document["credentialSubject"]
    yield from check_bounds(subject, terms_of(kind), "/credentialSubject")
    for place, node in enumerate(subject.get("absent", ())):
        name = node["absentTerm"].removeprefix(VOCABULARY)
        if name in subject:
            path = f"/credentialSubject/absent/{place}/absentTerm"
            yield problem(f"{name} is called absent and stands there, too", path)


def content_from_columns(row: Mapping[str, object]) -> dict[str, object]:
    """Return the content of one row of a table whose columns are named by terms.

    Dots lead into nodes and languages, numbers into lists: ``manufacturingFacility.facilityName``,
    ``modelName.en``, ``photos.1.documentUrl``. A cell ``!notApplicable`` says why it is empty.

    Raises:
        ContentRefusedError: Two filled columns stand for a whole and for its part.

    >>> content_from_columns({"modelName.en": "A", "photos.1.documentUrl": "https://x.example/1"})
    {'modelName': {'en': 'A'}, 'photos': [{'documentUrl': 'https://x.example/1'}]}
    """
    tree: dict[str, Any] = {}
    for column, cell in row.items():
        if cell is None or cell == "":
            continue
        *steps, last = column.split(".")
        place: Any = tree
        for step in steps:
            place = place.setdefault(step, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict) or last in place:
            raise _refused_column(column)
        place[last] = _cell(cell)
    return {name: _with_lists(value) for name, value in tree.items()}


def _refused_column(column: str) -> ContentRefusedError:
    message = f"column {column} and another column say the same thing twice; fill one of them"
    return ContentRefusedError(message, (Problem(message=message, column=column),))


def _cell(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith("!"):
        return {"absent": cell.removeprefix("!")}
    return cell


def _with_lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    inside = {name: _with_lists(one) for name, one in value.items()}
    if inside and all(map(is_count, inside)):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside
