"""Signed statements on a SQL database; the bytes as they were signed."""

from collections.abc import Collection, Sequence

from sqlalchemy import func
from sqlmodel import col, select

from passport.domain.identifiers import OperatorSlug
from passport.domain.passport import StatementKind
from passport.services.ports import SignedStatement
from passport.storage.rows import Store
from passport.storage.tables import LeafRow
from passport.storage.tables_keys import ReservedPlaceRow
from passport.storage.tables_record import StatementRow


class SqlStatementRegister:
    """StatementRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, statement_id: str) -> SignedStatement | None:
        """Return a statement, in the log or not yet."""
        row = self._store.session.get(StatementRow, statement_id)
        return None if row is None else _statement(row, self._leaf_index(row))

    def newest(self, series: str) -> SignedStatement | None:
        """Return the last version of a series, in the log or not yet."""
        query = (
            select(StatementRow)
            .where(StatementRow.series == series)
            .order_by(col(StatementRow.version).desc())
            .limit(1)
        )
        row = self._store.session.exec(query).first()
        return None if row is None else _statement(row, self._leaf_index(row))

    def newest_about(self, about: str) -> Sequence[SignedStatement]:
        """Return the last logged version of every series about a battery or model."""
        newest: dict[str, SignedStatement] = {}
        for statement in self._logged(about):
            newest[statement.series] = statement
        return list(newest.values())

    def all_about(self, about: str, kind: StatementKind) -> Sequence[SignedStatement]:
        """Return every logged statement of one kind, oldest first."""
        return [statement for statement in self._logged(about) if statement.kind is kind]

    def add(self, statement: SignedStatement) -> None:
        """Store a statement together with its leaf."""
        self._store.add_leaf(statement.digest, kind=statement.kind.value, at=statement.issued_at)
        self._store.writes.insert(StatementRow, _columns(statement))

    def taken(self, status_list: str, places: Collection[int]) -> set[int]:
        """Return which of some places on a status list statements hold, or are kept for one."""
        held = (
            select(StatementRow.status_index)
            .where(StatementRow.status_list == status_list)
            .where(col(StatementRow.status_index).in_(places))
        )
        kept = (
            select(ReservedPlaceRow.status_index)
            .where(ReservedPlaceRow.status_list == status_list)
            .where(col(ReservedPlaceRow.status_index).in_(places))
        )
        return set(self._store.session.execute(held.union_all(kept)).scalars())

    def count_on(self, status_list: str) -> int:
        """Return how many statements hold a place on a status list."""
        query = select(func.count()).where(col(StatementRow.status_list) == status_list)
        return self._store.session.exec(query).one()

    def _logged(self, about: str) -> list[SignedStatement]:
        query = (
            select(StatementRow, LeafRow.leaf_index)
            .join(LeafRow, col(LeafRow.digest) == col(StatementRow.digest))
            .where(StatementRow.about == about)
            .where(col(LeafRow.leaf_index).is_not(None))
            .order_by(col(StatementRow.series), col(StatementRow.version))
        )
        return [_statement(row, index) for row, index in self._store.session.exec(query)]

    def _leaf_index(self, row: StatementRow) -> int | None:
        query = select(LeafRow.leaf_index).where(LeafRow.digest == row.digest)
        return self._store.session.exec(query).one()


def _statement(row: StatementRow, leaf_index: int | None) -> SignedStatement:
    return SignedStatement(
        statement_id=row.statement_id,
        iri=row.iri,
        kind=StatementKind(row.kind),
        series=row.series,
        version=row.version,
        about=row.about,
        point=row.point,
        issuer=OperatorSlug(row.issuer),
        digest=row.digest,
        body=row.body,
        issued_at=row.issued_at,
        status_list=row.status_list,
        status_index=row.status_index,
        leaf_index=leaf_index,
    )


def _columns(statement: SignedStatement) -> dict[str, object]:
    return {
        "statement_id": statement.statement_id,
        "iri": statement.iri,
        "kind": statement.kind.value,
        "series": statement.series,
        "version": statement.version,
        "about": statement.about,
        "point": statement.point,
        "issuer": statement.issuer,
        "digest": statement.digest,
        "body": statement.body,
        "issued_at": statement.issued_at,
        "status_list": statement.status_list,
        "status_index": statement.status_index,
    }
