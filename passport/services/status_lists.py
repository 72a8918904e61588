"""Status lists of an operator: what it withdrew, suspended or corrected, signed until some day.

A statement has one place, the same on three lists: a set bit on the first withdraws it for good,
on the second suspends it until the bit is cleared, on the third says that a newer statement
corrects it. Every version of a list is kept and is an entry of the log, so that the list of an
earlier day can be shown and proven.

Source: W3C Recommendation Bitstring Status List 1.0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import orjson

from passport.domain.errors import ConflictError
from passport.domain.organisation import Operator
from passport.linked_data.documents import StatusEntry
from passport.services.pens import Pen
from passport.services.ports import SignedStatement, StatusList, Work
from passport.signing.status_list import (
    LIST_SIZE,
    REFRESH,
    REVOCATION,
    SUSPENSION,
    build_status_list,
    choose_places,
)

PURPOSES: Final = (REVOCATION, SUSPENSION, REFRESH)
LISTS_ARE_CACHED_FOR: Final = timedelta(minutes=5)
"""How long a verifier may use a list without asking again, its ``ttl``."""
REFRESH_JOB: Final = "refresh-status-list"
_FULL_SHARE = 2
"""A list takes 1 / 2 of its places, so that a random free one is found at once."""


class NotOnListError(ConflictError):
    """A statement was signed without a place on this kind of list."""

    code = "not-on-status-list"


@dataclass(slots=True)
class OperatorLists:
    """The status lists of one operator within one use case.

    Args:
        work: The unit of work.
        operator: Whose lists they are.
        pen: Gives the pen that signs them.
    """

    work: Work
    operator: Operator
    pen: Callable[[], Pen]
    _group: str = ""
    _places: list[int] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)
    _changed: dict[str, StatusList] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The lists on which new statements get their places; begun where there are none."""
        if not self._group:
            self._group = self._open_group() or self._begin_group()
        return self._group

    def place(self, given: int | None) -> int:
        """Return a place for a statement, by chance where none is given.

        Raises:
            StatusListFullError: Hardly any place is left.
        """
        if given is not None:
            return given
        if not self._places:
            group = self.group
            self._places = choose_places(
                lambda places: self._used | self.work.statements.taken(group, places)
            )
        index = self._places.pop()
        self._used.add(index)
        return index

    def entries(self, index: int) -> Sequence[StatusEntry]:
        """Return what a statement says about its place: the same on each list of the group."""
        return [
            StatusEntry(self._iri(list_id_of(self.group, purpose)), index, purpose)
            for purpose in PURPOSES
        ]

    def mark(
        self, statements: Sequence[SignedStatement], purpose: str, *, is_marked: bool = True
    ) -> None:
        """Set or clear the bits of statements; each list that changes is signed anew once."""
        for group in sorted({statement.status_list for statement in statements}):
            found = self._read(list_id_of(group, purpose))
            places = {one.status_index for one in statements if one.status_list == group}
            marked = found.marked | places if is_marked else found.marked - places
            if marked != found.marked:
                self._save(replace(found, marked=marked))

    def sign_anew(self) -> None:
        """Sign every list with the key that the operator has now."""
        for status_list in self.work.status_lists.of_operator(self.operator.slug):
            self._save(self._changed.get(status_list.list_id, status_list))

    def refresh(self, list_id: str) -> bool:
        """Sign a list anew if it ends soon; tell whether it did."""
        found = self._read(list_id)
        ends_at = found.valid_until
        margin = self.work.status_lists_are_refreshed_before
        if ends_at is not None and ends_at - self.work.clock.now() >= margin:
            self._refresh_later(found)
            return False
        self._save(found)
        return True

    def _read(self, list_id: str) -> StatusList:
        found = self._changed.get(list_id) or self.work.status_lists.find(list_id)
        if found is None:
            raise NotOnListError(f"there is no status list {list_id}")
        return found

    def _save(self, status_list: StatusList) -> None:
        signed = self._signed(status_list)
        self.work.status_lists.save(signed)
        self._changed[status_list.list_id] = replace(signed, revision=signed.revision + 1)
        self._refresh_later(signed)

    def _open_group(self) -> str:
        for group in self.work.status_lists.groups_of(self.operator.slug):
            if self.work.statements.count_on(group) * _FULL_SHARE < LIST_SIZE:
                return group
        return ""

    def _begin_group(self) -> str:
        group = f"{self.operator.slug}-{self.work.status_lists.count_of(self.operator.slug) + 1}"
        now = self.work.clock.now()
        for purpose in PURPOSES:
            begun = self._signed(
                StatusList(
                    list_id=list_id_of(group, purpose),
                    group=group,
                    purpose=purpose,
                    operator=self.operator.slug,
                    marked=frozenset(),
                    body=b"",
                    valid_from=now,
                )
            )
            self.work.status_lists.add(begun)
            self._refresh_later(begun)
        return group

    def _signed(self, status_list: StatusList) -> StatusList:
        now = self.work.clock.now()
        # Nobody here could sign a list anew in time that is signed with a key held elsewhere.
        is_held_here = self.operator.current_key.is_held_here
        until = now + self.work.status_lists_hold_for if is_held_here else None
        document = build_status_list(
            self._iri(status_list.list_id),
            issuer_did=self.operator.did,
            purpose=status_list.purpose,
            marked=status_list.marked,
            valid_from=now,
            valid_until=until,
            ttl=LISTS_ARE_CACHED_FOR,
        )
        body = self.pen().sign(document, at=now)
        return replace(status_list, body=body, valid_from=now, valid_until=until)

    def _refresh_later(self, status_list: StatusList) -> None:
        if status_list.valid_until is not None:
            self.work.jobs.enqueue(
                REFRESH_JOB,
                {"list": status_list.list_id},
                run_at=status_list.valid_until - self.work.status_lists_are_refreshed_before,
                dedupe_key=f"{REFRESH_JOB}:{status_list.list_id}",
            )

    def _iri(self, list_id: str) -> str:
        return f"{self.operator.base_url}/status/{list_id}"


def list_id_of(group: str, purpose: str) -> str:
    """Return the list of a group for a purpose; the first one has the name of the group."""
    return group if purpose == REVOCATION else f"{group}-{purpose}"


def lists_of(statements: Sequence[SignedStatement]) -> Sequence[str]:
    """Return the lists on which statements have a place, by name."""
    return sorted(
        {
            list_id_of(statement.status_list, purpose)
            for statement in statements
            for purpose in purposes_of(statement)
        }
    )


def purposes_of(statement: SignedStatement) -> Sequence[str]:
    """Return for which purposes a statement has a place; early ones can only be withdrawn."""
    named = orjson.loads(statement.body)["credentialStatus"]
    entries = named if isinstance(named, list) else [named]
    return [str(entry["statusPurpose"]) for entry in entries]
