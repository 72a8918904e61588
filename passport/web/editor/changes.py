"""Differences between two contents in the words of a page, group by group."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from passport.domain.content import Content, Datatype, Term, absence_of, find_term
from passport.domain.content_changes import Change, changes_between
from passport.ui.views.editor import ChangeGroup, ChangeLine
from passport.web.editor.fields import fits_form
from passport.web.editor.groups import Group, all_groups
from passport.web.pages.words import cell_text, fact_of

_ABSENT: Final = {
    "notApplicable": "Does not apply",
    "notProvided": "Not provided",
    "notYetRequired": "Not required yet",
}


def change_groups(
    old: Content, new: Content, *, with_unchanged: bool = False
) -> tuple[ChangeGroup, ...]:
    """Return what differs between two contents, in the groups of the editor.

    Args:
        old: The content before.
        new: The content after.
        with_unchanged: Whether the data that stayed the same are listed, too.
    """
    changes = list(changes_between(old, new))
    changed = {change.term for change in changes}
    groups = []
    for group in all_groups():
        names = {term.name for term in group.terms}
        lines = tuple(_line(change) for change in changes if change.term in names)
        same = tuple(_same(group, new, changed)) if with_unchanged else ()
        if lines or same:
            groups.append(ChangeGroup(title=group.title, changes=lines, unchanged=same))
    known = {term.name for group in all_groups() for term in group.terms}
    strange = tuple(_line(change) for change in changes if change.term not in known)
    if strange:
        groups.append(ChangeGroup(title="Not known here", changes=strange))
    return tuple(groups)


def count_of(groups: Iterable[ChangeGroup]) -> int:
    """Return how many places differ."""
    return sum(len(group.changes) for group in groups)


def texts_of(term: Term | None, value: object) -> tuple[str, ...]:
    """Return a value, right or wrong, one text a line; nothing where there is none."""
    if value is None:
        return ()
    reason = absence_of(value)
    if reason is not None:
        return (_ABSENT[reason.value],)
    if term is None or not fits_form(term, value):
        return (str(value),)
    if term.datatype is Datatype.LANGUAGE_MAP and isinstance(value, Mapping):
        return tuple(f"{text} ({language})" for language, text in value.items())
    try:
        fact = fact_of(term, value, point=False)
    except ValueError:
        return (str(value),)
    return (fact.link.text,) if fact.link else fact.values


def _same(group: Group, content: Content, changed: set[str]) -> Iterator[tuple[str, str]]:
    for term in group.terms:
        if term.name in content and term.name not in changed:
            yield term.label, "; ".join(texts_of(term, content[term.name]))


def _line(change: Change) -> ChangeLine:
    labels, term = _labels(change.path)
    top = find_term(change.term)
    is_rows = bool(change.removed or change.added)
    return ChangeLine(
        label=": ".join(labels),
        clause=f"Annex XIII {top.point}" if top and top.point else "",
        old=_rows(term, change.removed) if is_rows else texts_of(term, change.old),
        new=_rows(term, change.added) if is_rows else texts_of(term, change.new),
        rows=is_rows,
        term=change.term,
    )


def _labels(path: str) -> tuple[Sequence[str], Term | None]:
    """Return what a path is called, and the last term in it; a language is no term."""
    labels = []
    term = None
    for name in path.split("."):
        found = find_term(name)
        if found is None:
            labels.append(name)
        else:
            labels.append(found.label)
            term = found
        if found is None and term is not None and term.datatype is Datatype.LANGUAGE_MAP:
            return labels, None
    return labels, term


def _rows(term: Term | None, rows: Sequence[object]) -> tuple[str, ...]:
    if term is None:
        return tuple(map(str, rows))
    return tuple(_row(term, row) for row in rows)


def _row(term: Term, row: object) -> str:
    try:
        return cell_text(term, row)
    except ValueError:
        return str(row)
