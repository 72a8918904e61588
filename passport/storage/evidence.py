"""Evidence for others on a SQL database: versions of DID documents, and time stamps."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from passport.domain.identifiers import OperatorSlug
from passport.services.evidence_registers import PublishedDidDocument, StoredTimeStamp
from passport.storage.rows import Store
from passport.storage.tables import LeafRow
from passport.storage.tables_evidence import DidDocumentRow, TimeStampRow
from passport.storage.tables_record import OperatorRow


class SqlDidDocumentRegister:
    """DidDocumentRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, document: PublishedDidDocument) -> None:
        """Store a version together with its leaf."""
        self._store.add_leaf(document.digest, kind="did-document", at=document.published_at)
        self._store.writes.insert(
            DidDocumentRow,
            {
                "operator": document.operator,
                "version": document.version,
                "did": document.did,
                "body": document.body,
                "digest": document.digest,
                "published_at": document.published_at,
            },
        )

    def newest(self, slug: str) -> PublishedDidDocument | None:
        """Return what an operator publishes now, in the log or not yet."""
        query = (
            select(DidDocumentRow, LeafRow.leaf_index)
            .join(LeafRow, col(LeafRow.digest) == col(DidDocumentRow.digest))
            .where(DidDocumentRow.operator == slug)
            .order_by(col(DidDocumentRow.version).desc())
            .limit(1)
        )
        found = self._store.session.exec(query).first()
        return None if found is None else _document(*found)

    def history(self, slug: str) -> Sequence[PublishedDidDocument]:
        """Return every version that is in the log, oldest first."""
        query = (
            select(DidDocumentRow, LeafRow.leaf_index)
            .join(LeafRow, col(LeafRow.digest) == col(DidDocumentRow.digest))
            .where(DidDocumentRow.operator == slug)
            .where(col(LeafRow.leaf_index).is_not(None))
            .order_by(col(DidDocumentRow.version))
        )
        return [_document(row, index) for row, index in self._store.session.exec(query)]

    def unpublished(self) -> Sequence[str]:
        """Return the operators of which no version is kept."""
        kept = select(DidDocumentRow.operator)
        query = (
            select(OperatorRow.slug)
            .where(col(OperatorRow.slug).not_in(kept))
            .order_by(OperatorRow.slug)
        )
        return list(self._store.session.exec(query))


def _document(row: DidDocumentRow, leaf_index: int | None) -> PublishedDidDocument:
    return PublishedDidDocument(
        operator=OperatorSlug(row.operator),
        did=row.did,
        version=row.version,
        body=row.body,
        digest=row.digest,
        published_at=row.published_at,
        leaf_index=leaf_index,
    )


class SqlTimeStampRegister:
    """TimeStampRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, stamp: StoredTimeStamp) -> None:
        """Keep a token; of two runners that renew one chain at once, one is refused."""
        self._store.writes.insert(TimeStampRow, asdict(stamp))

    def newest(self) -> StoredTimeStamp | None:
        """Return the first token over the largest checkpoint that was stamped."""
        query = (
            select(TimeStampRow)
            .where(TimeStampRow.number == 1)
            .order_by(col(TimeStampRow.size).desc())
            .limit(1)
        )
        row = self._store.session.exec(query).first()
        return None if row is None else _stamp(row)

    def chain(self, size: int) -> Sequence[StoredTimeStamp]:
        """Return the tokens over the checkpoint of a size, oldest first."""
        query = (
            select(TimeStampRow).where(TimeStampRow.size == size).order_by(col(TimeStampRow.number))
        )
        return [_stamp(row) for row in self._store.session.exec(query)]

    def covering(self, size: int) -> int | None:
        """Return the smallest stamped checkpoint with at least so many entries."""
        query = select(func.min(TimeStampRow.size)).where(col(TimeStampRow.size) >= size)
        return self._store.session.exec(query).one()

    def ending_before(self, instant: datetime, *, limit: int) -> Sequence[StoredTimeStamp]:
        """Return the last tokens of chains that end before an instant, soonest first."""
        later = aliased(TimeStampRow)
        has_later = (
            select(later.number)
            .where(later.size == TimeStampRow.size)
            .where(later.number > TimeStampRow.number)
        )
        query = (
            select(TimeStampRow)
            .where(~has_later.exists())
            .where(col(TimeStampRow.holds_until) < instant)
            .order_by(col(TimeStampRow.holds_until), col(TimeStampRow.size))
            .limit(limit)
        )
        return [_stamp(row) for row in self._store.session.exec(query)]


def _stamp(row: TimeStampRow) -> StoredTimeStamp:
    return StoredTimeStamp(
        size=row.size,
        number=row.number,
        token=row.token,
        authority=row.authority,
        made_at=row.made_at,
        holds_until=row.holds_until,
    )
