"""Evidence for others on a SQL database: versions of DID documents, the bytes as they were."""

from collections.abc import Sequence

from sqlmodel import col, select

from passport.domain.identifiers import OperatorSlug
from passport.services.evidence_registers import PublishedDidDocument
from passport.storage.rows import Store
from passport.storage.tables import LeafRow
from passport.storage.tables_evidence import DidDocumentRow
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
