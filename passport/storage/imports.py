"""Files of batteries on a SQL database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from passport.domain.actor import Role
from passport.domain.batch_import import ImportRecord, ImportState, RowOutcome, RowResult
from passport.domain.errors import Problem
from passport.domain.identifiers import ModelId
from passport.storage.rows import Store, update_one
from passport.storage.tables_imports import ImportFileRow, ImportOutcomeRow, ImportRecordRow


class SqlImportRegister:
    """ImportRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, import_id: str) -> ImportRecord | None:
        """Return a file's record."""
        row = self._store.session.get(ImportRecordRow, import_id)
        return None if row is None else _record(row)

    def body(self, import_id: str) -> bytes:
        """Return the bytes of a file that was added."""
        query = select(ImportFileRow.body).where(ImportFileRow.import_id == import_id)
        return self._store.session.exec(query).one()

    def add(self, record: ImportRecord, body: bytes) -> None:
        """Keep a file that shall be registered."""
        self._store.writes.insert(ImportRecordRow, _columns(record))
        self._store.writes.insert(ImportFileRow, {"import_id": record.import_id, "body": body})

    def save(self, record: ImportRecord, results: Sequence[RowResult] = ()) -> None:
        """Store how far a file is, with the rows that did not come new since.

        Another runner that went on with the same file meanwhile is noticed by the revision.
        """
        statement = (
            update(ImportRecordRow)
            .where(col(ImportRecordRow.import_id) == record.import_id)
            .where(col(ImportRecordRow.revision) == record.revision)
            .values(_columns(record) | {"revision": record.revision + 1})
        )
        self._store.writes.add(
            lambda session: update_one(session, statement, f"import {record.import_id}")
        )
        for result in results:
            self._store.writes.insert(ImportOutcomeRow, _outcome(record.import_id, result))

    def results_of(self, import_id: str) -> Sequence[RowResult]:
        """Return the rows that were refused or on record already, in their order."""
        query = (
            select(ImportOutcomeRow)
            .where(ImportOutcomeRow.import_id == import_id)
            .order_by(col(ImportOutcomeRow.number))
        )
        return [_result(row) for row in self._store.session.exec(query)]

    def refused_of(self, import_id: str, *, limit: int) -> Sequence[RowResult]:
        """Return the first rows that were refused."""
        query = (
            select(ImportOutcomeRow)
            .where(ImportOutcomeRow.import_id == import_id)
            .where(ImportOutcomeRow.outcome == RowOutcome.REFUSED.value)
            .order_by(col(ImportOutcomeRow.number))
            .limit(limit)
        )
        return [_result(row) for row in self._store.session.exec(query)]

    def of_organisation(self, organisation: str, *, limit: int) -> Sequence[ImportRecord]:
        """Return the files of an organisation, newest first."""
        query = (
            select(ImportRecordRow)
            .where(ImportRecordRow.organisation == organisation)
            .order_by(col(ImportRecordRow.begun_at).desc())
            .limit(limit)
        )
        return [_record(row) for row in self._store.session.exec(query)]

    def running(self) -> Sequence[ImportRecord]:
        """Return the files that are not at their end."""
        query = select(ImportRecordRow).where(ImportRecordRow.state == ImportState.RUNNING.value)
        return [_record(row) for row in self._store.session.exec(query)]


def _columns(record: ImportRecord) -> dict[str, Any]:
    return {
        "import_id": record.import_id,
        "organisation": record.organisation,
        "started_by": record.started_by,
        "roles": sorted(role.value for role in record.roles),
        "scopes": sorted(record.scopes),
        "file_name": record.file_name,
        "model_id": record.model_id,
        "state": record.state.value,
        "reason": record.reason,
        "total": record.total,
        "last_number": record.last_number,
        "registered": record.registered,
        "known": record.known,
        "refused": record.refused,
        "begun_at": record.begun_at,
        "changed_at": record.changed_at,
        "revision": record.revision,
    }


def _record(row: ImportRecordRow) -> ImportRecord:
    return ImportRecord(
        import_id=row.import_id,
        organisation=row.organisation,
        started_by=row.started_by,
        roles=frozenset(map(Role, row.roles)),
        scopes=frozenset(row.scopes),
        file_name=row.file_name,
        model_id=ModelId(row.model_id) if row.model_id else None,
        state=ImportState(row.state),
        reason=row.reason,
        total=row.total,
        last_number=row.last_number,
        registered=row.registered,
        known=row.known,
        refused=row.refused,
        begun_at=row.begun_at,
        changed_at=row.changed_at,
        revision=row.revision,
    )


def _outcome(import_id: str, result: RowResult) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "number": result.number,
        "outcome": result.outcome.value,
        "problems": [
            {
                "message": problem.message,
                "path": problem.path,
                "row": problem.row,
                "column": problem.column,
            }
            for problem in result.problems
        ],
    }


def _result(row: ImportOutcomeRow) -> RowResult:
    return RowResult(
        number=row.number,
        outcome=RowOutcome(row.outcome),
        problems=tuple(map(_problem, row.problems)),
    )


def _problem(kept: Mapping[str, Any]) -> Problem:
    return Problem(
        message=kept["message"], path=kept["path"], row=kept["row"], column=kept["column"]
    )
