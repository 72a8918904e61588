"""What differs between two contents, and how changes that two people made are joined."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from passport.domain.content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place in which two contents differ.

    Attributes:
        path: Terms that lead there, joined by dots: ``manufacturer.address.locality``.
        old: The value before; ``None`` where there was none.
        new: The value after; ``None`` where there is none any more.
        removed: Of a list, the rows that are gone.
        added: Of a list, the rows that came.
    """

    path: str
    old: object = None
    new: object = None
    removed: tuple[object, ...] = ()
    added: tuple[object, ...] = ()

    @property
    def term(self) -> str:
        """The term of the content that the place belongs to."""
        return self.path.partition(".")[0]


def changes_between(old: Content, new: Content) -> Iterator[Change]:
    """Yield where two contents differ, node by node, list by list.

    >>> [change.path for change in changes_between({"a": {"b": "1"}}, {"a": {"b": "2"}})]
    ['a.b']
    """
    for name in dict.fromkeys((*old, *new)):
        yield from _changes(name, old.get(name), new.get(name))


def _changes(path: str, old: object, new: object) -> Iterator[Change]:
    if old == new:
        return
    if _is_node(old) and _is_node(new):
        for name in dict.fromkeys((*old, *new)):
            yield from _changes(f"{path}.{name}", old.get(name), new.get(name))
    elif _is_list(old) or _is_list(new):
        before, after = _rows(old), _rows(new)
        yield Change(
            path=path,
            old=old,
            new=new,
            removed=tuple(_without(before, after)),
            added=tuple(_without(after, before)),
        )
    else:
        yield Change(path=path, old=old, new=new)


def _is_node(value: object) -> TypeGuard[Content]:
    return isinstance(value, Mapping) and "absent" not in value


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _rows(value: object) -> list[object]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return []


def _without(rows: Sequence[object], others: Sequence[object]) -> list[object]:
    """Return the rows that the others do not hold, a row that stands twice counting twice."""
    left = list(others)
    kept = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            kept.append(row)
    return kept


# --- joining --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One term that two people changed differently.

    Attributes:
        mine: What the one who saves has written; ``None`` for nothing.
        theirs: What the other one wrote meanwhile; ``None`` for nothing.
    """

    term: str
    mine: object
    theirs: object


def joined(base: Content, mine: Content, theirs: Content) -> tuple[dict[str, object], list[Clash]]:
    """Join two changes of one content, term by term; what one of them left alone, the other wins.

    Args:
        base: What both began with.
        mine: What the one who saves wants.
        theirs: What the other one saved meanwhile.

    Returns:
        The joined content, in which *theirs* stands at each clash; and the clashes.
    """
    content: dict[str, object] = {}
    clashes = []
    for name in dict.fromkeys((*theirs, *mine)):
        before, own, other = base.get(name), mine.get(name), theirs.get(name)
        value = own if other == before else other
        if own not in (before, other) and other != before:
            clashes.append(Clash(term=name, mine=own, theirs=other))
        if value is not None:
            content[name] = value
    return content, clashes
