"""Status lists on a SQL database: the bytes as they were signed, and every version of them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy
from sqlalchemy import Select, func, or_, update
from sqlmodel import col, select

from passport.domain.identifiers import OperatorSlug
from passport.services.ports import StatusList, StatusListVersion
from passport.signing.status_list import REFRESH
from passport.storage.rows import Store, update_one
from passport.storage.tables import LeafRow
from passport.storage.tables_evidence import StatusListVersionRow
from passport.storage.tables_record import StatusListRow

_Versions = Select[StatusListVersionRow, int | None]
"""A query of versions, each with its place in the log."""


class SqlStatusListRegister:
    """StatusListRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, list_id: str) -> StatusList | None:
        """Return a status list."""
        row = self._store.session.get(StatusListRow, list_id)
        return None if row is None else _status_list(row)

    def revision_of(self, list_id: str) -> int | None:
        """Return how often a list was signed anew."""
        query = select(StatusListRow.revision).where(StatusListRow.list_id == list_id)
        return self._store.session.exec(query).first()

    def of_operator(self, slug: str) -> Sequence[StatusList]:
        """Return an operator's lists in the order they were begun."""
        query = (
            select(StatusListRow)
            .where(StatusListRow.operator == slug)
            .order_by(
                func.length(StatusListRow.group_id), StatusListRow.group_id, StatusListRow.list_id
            )
        )
        return [_status_list(row) for row in self._store.session.exec(query)]

    def groups_of(self, slug: str) -> Sequence[str]:
        """Return the groups of lists that have one for every purpose, the newest first."""
        query = (
            select(StatusListRow.group_id)
            .where(StatusListRow.operator == slug)
            .where(StatusListRow.purpose == REFRESH)
            .order_by(
                func.length(StatusListRow.group_id).desc(), col(StatusListRow.group_id).desc()
            )
        )
        return list(self._store.session.exec(query))

    def count_of(self, slug: str) -> int:
        """Return how many groups of lists an operator began."""
        query = select(func.count(func.distinct(StatusListRow.group_id))).where(
            StatusListRow.operator == slug
        )
        return self._store.session.exec(query).one()

    def ending_before(self, instant: datetime) -> Sequence[str]:
        """Return the lists that end before an instant, or have no end, by name."""
        ends = col(StatusListRow.valid_until)
        query = (
            select(StatusListRow.list_id)
            .where(or_(ends.is_(None), ends < instant))
            .order_by(StatusListRow.list_id)
        )
        return list(self._store.session.exec(query))

    def version_at(self, list_id: str, at: datetime) -> StatusListVersion | None:
        """Return a list as it was signed last at an instant."""
        return self._last(_versions(list_id).where(col(StatusListVersionRow.valid_from) <= at))

    def version_in_log(self, list_id: str, size: int) -> StatusListVersion | None:
        """Return the last version of a list that a log of some size holds."""
        return self._last(_versions(list_id).where(col(LeafRow.leaf_index) < size))

    def add(self, status_list: StatusList) -> None:
        """Record a new list; its bytes become an entry of the log."""
        self._keep_version(status_list, status_list.revision)
        self._store.writes.insert(
            StatusListRow,
            {
                "list_id": status_list.list_id,
                "group_id": status_list.group,
                "purpose": status_list.purpose,
                "operator": status_list.operator,
                **_signed(status_list),
                "revision": status_list.revision,
            },
        )

    def save(self, status_list: StatusList) -> None:
        """Store a list signed anew if nobody did so meanwhile."""
        self._keep_version(status_list, status_list.revision + 1)
        statement = (
            update(StatusListRow)
            .where(col(StatusListRow.list_id) == status_list.list_id)
            .where(col(StatusListRow.revision) == status_list.revision)
            .values(**_signed(status_list), revision=status_list.revision + 1)
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"status list {status_list.list_id}")
        )

    def _keep_version(self, status_list: StatusList, revision: int) -> None:
        digest = hashlib.sha256(status_list.body).digest()
        self._store.add_leaf(digest, kind="status-list", at=status_list.valid_from)
        self._store.writes.insert(
            StatusListVersionRow,
            {
                "list_id": status_list.list_id,
                "revision": revision,
                "body": status_list.body,
                "digest": digest,
                "valid_from": status_list.valid_from,
            },
        )

    def _last(self, versions: _Versions) -> StatusListVersion | None:
        newest_first = versions.order_by(col(StatusListVersionRow.revision).desc()).limit(1)
        found = self._store.session.execute(newest_first).first()
        if found is None:
            return None
        row, leaf_index = found
        return StatusListVersion(
            list_id=row.list_id,
            body=row.body,
            digest=row.digest,
            valid_from=row.valid_from,
            leaf_index=leaf_index,
        )


def _versions(list_id: str) -> _Versions:
    """Return the query of the versions of a list that are in the log."""
    return (
        sqlalchemy.select(StatusListVersionRow, col(LeafRow.leaf_index))
        .join(LeafRow, col(LeafRow.digest) == col(StatusListVersionRow.digest))
        .where(col(StatusListVersionRow.list_id) == list_id)
        .where(col(LeafRow.leaf_index).is_not(None))
    )


def _signed(status_list: StatusList) -> dict[str, object]:
    return {
        "marked": sorted(status_list.marked),
        "body": status_list.body,
        "valid_from": status_list.valid_from,
        "valid_until": status_list.valid_until,
    }


def _status_list(row: StatusListRow) -> StatusList:
    return StatusList(
        list_id=row.list_id,
        group=row.group_id,
        purpose=row.purpose,
        operator=OperatorSlug(row.operator),
        marked=frozenset(row.marked),
        body=row.body,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revision=row.revision,
    )
