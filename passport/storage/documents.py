"""Documents, who brought them and what names them, on a SQL database."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from passport.domain.document import DocumentReference, StoredDocument
from passport.storage.engine import insert_into
from passport.storage.rows import Store
from passport.storage.tables import PassportTable
from passport.storage.tables_document import (
    DocumentReferenceRow,
    DocumentRow,
    DocumentUploadRow,
)

_DOCUMENTS = PassportTable.metadata.tables[str(DocumentRow.__tablename__)]
_UPLOADS = PassportTable.metadata.tables[str(DocumentUploadRow.__tablename__)]
_REFERENCES = PassportTable.metadata.tables[str(DocumentReferenceRow.__tablename__)]
_STORED = select(_UPLOADS, _DOCUMENTS.c.media_type, _DOCUMENTS.c.size_bytes).join(
    _DOCUMENTS, _DOCUMENTS.c.digest == _UPLOADS.c.digest
)
_DESCRIPTION = (
    "file_name",
    "title",
    "kind",
    "language",
    "issuer",
    "valid_from",
    "valid_until",
    "version",
)


class SqlDocumentRegister:
    """DocumentRegister in the database: a document commits with what is said of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._uploads: dict[str, Sequence[StoredDocument]] = {}

    def uploads_of(self, digest: str) -> Sequence[StoredDocument]:
        """Return a document as each organisation brought it; looked up once in a unit of work."""
        if digest not in self._uploads:
            query = _STORED.where(_UPLOADS.c.digest == digest).order_by(
                _UPLOADS.c.uploaded_at, _UPLOADS.c.organisation
            )
            self._uploads[digest] = self._read(query)
        return self._uploads[digest]

    def of_organisation(self, organisation: str) -> Sequence[StoredDocument]:
        """Return what an organisation brought, newest first."""
        query = _STORED.where(_UPLOADS.c.organisation == organisation).order_by(
            _UPLOADS.c.uploaded_at.desc(), _UPLOADS.c.digest
        )
        return self._read(query)

    def body_of(self, digest: str) -> bytes | None:
        """Return the bytes of a document."""
        row = self._store.session.get(DocumentRow, digest)
        return None if row is None else row.body

    def keep(self, document: StoredDocument, content: bytes) -> None:
        """Keep a document durably; again from the same organisation describes it anew."""
        key = {"digest": document.digest, "organisation": document.organisation}
        described = {name: getattr(document, name) for name in _DESCRIPTION}

        def write(session: Session) -> None:
            connection = session.connection()
            connection.execute(
                insert_into(connection, _DOCUMENTS)
                .values(
                    digest=document.digest,
                    media_type=document.media_type,
                    size_bytes=document.size,
                    body=content,
                    created_at=document.uploaded_at,
                )
                .on_conflict_do_nothing()
            )
            connection.execute(
                insert_into(connection, _UPLOADS)
                .values(**key, **described, uploaded_at=document.uploaded_at)
                .on_conflict_do_update(index_elements=list(key), set_=described)
            )

        self._store.writes.add(write)

    def refer(self, references: Collection[DocumentReference]) -> None:
        """Record that a statement of this unit of work names documents; for good."""
        rows = [
            {"digest": one.digest, "about": one.about, "point": one.point, "issuer": one.issuer}
            for one in references
        ]

        def write(session: Session) -> None:
            connection = session.connection()
            connection.execute(insert_into(connection, _REFERENCES).on_conflict_do_nothing(), rows)

        if rows:
            self._store.writes.add(write)

    def references_to(
        self, digest: str, *, after: DocumentReference | None = None, limit: int
    ) -> Sequence[DocumentReference]:
        """Return what names a document, by point and then by what it is about."""
        order = (_REFERENCES.c.point, _REFERENCES.c.about, _REFERENCES.c.issuer)
        query = select(_REFERENCES).where(_REFERENCES.c.digest == digest)
        if after is not None:
            query = query.where(tuple_(*order) > tuple_(after.point, after.about, after.issuer))
        return [
            DocumentReference(
                digest=row.digest, about=row.about, point=row.point, issuer=row.issuer
            )
            for row in self._store.session.execute(query.order_by(*order).limit(limit))
        ]

    def _read(self, query: Select[tuple[Any, ...]]) -> Sequence[StoredDocument]:
        return [_stored(row) for row in self._store.session.execute(query)]


def _stored(row: Row[Any]) -> StoredDocument:
    return StoredDocument(
        digest=row.digest,
        media_type=row.media_type,
        size=row.size_bytes,
        organisation=row.organisation,
        uploaded_at=row.uploaded_at,
        **{name: getattr(row, name) for name in _DESCRIPTION},
    )
