"""Files of batteries that are registered beside the requests, a few rows at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from passport.bootstrap.importing import ImportFile, read_import
from passport.bootstrap.services import PassportServices
from passport.domain.actor import SYSTEM, Actor
from passport.domain.batch_import import ImportRecord, ImportState, RowOutcome, RowResult
from passport.domain.errors import PassportError
from passport.domain.identifiers import ModelId
from passport.exchange.import_reports import report_workbook
from passport.exchange.import_templates import import_template
from passport.services import imports
from passport.services.importing import FileUnreadableError, ImportRow, with_model
from passport.storage.errors import StaleWriteError

_ROWS_AT_ONCE = 50
"""Rows after which it is kept how far a file is; they become durable together."""


class Imports:
    """The use cases about such files, each committed."""

    def __init__(self, services: PassportServices) -> None:
        self._services = services

    def begin(
        self, actor: Actor, file_name: str, body: bytes, model_id: ModelId | None
    ) -> ImportRecord:
        """Keep a file and have it registered.

        Raises:
            FileUnreadableError: It cannot be read; nothing is kept.
            AccessDeniedError: The actor registers no batteries.
        """
        new = imports.NewImport(
            file_name=file_name,
            body=body,
            model_id=model_id,
            total=_height(read_import(body, file_name)),
        )
        return self._services.do(actor, lambda work: imports.begin_import(actor, new, work=work))

    def read(self, actor: Actor, import_id: str) -> ImportRecord:
        """See `passport.services.imports.read_import_record`."""
        return self._services.do(
            actor, lambda work: imports.read_import_record(actor, import_id, work=work)
        )

    def all_of(self, actor: Actor) -> Sequence[ImportRecord]:
        """See `passport.services.imports.list_imports`."""
        return self._services.do(actor, lambda work: imports.list_imports(actor, work=work))

    def refused(self, actor: Actor, import_id: str, *, limit: int = 200) -> Sequence[RowResult]:
        """Return the first rows of a file that were refused so far."""
        self.read(actor, import_id)
        return self._services.do(
            actor, lambda work: work.imports.refused_of(import_id, limit=limit)
        )

    def report(self, actor: Actor, import_id: str) -> bytes:
        """Return the file's table with what became of each row beside it, as workbook.

        Raises:
            ImportUnknownError: There is no such file of the actor's organisation.
            FileUnreadableError: It was no table.
        """
        record = self.read(actor, import_id)
        body, kept = self._services.do(
            actor,
            lambda work: (work.imports.body(import_id), work.imports.results_of(import_id)),
        )
        table = read_import(body, record.file_name).table
        if table is None:
            raise FileUnreadableError(f"{record.file_name} is no table; its rows have no cells")
        results = {
            number: RowResult(number=number, outcome=RowOutcome.REGISTERED)
            for number in range(1, record.last_number + 1)
        }
        return report_workbook(table, results | {result.number: result for result in kept})

    def template(self, actor: Actor, model_id: ModelId) -> bytes:
        """Return a workbook to fill in for the batteries of a model.

        Raises:
            ModelUnknownError: The model is not on record.
        """
        model, needs = self._services.do(
            actor, lambda work: imports.read_fillable(model_id, work=work)
        )
        return import_template(model, needs)

    def resume(self) -> int:
        """Have every file gone on with whose runner may be gone; return how many there are."""
        running = self._services.do(SYSTEM, lambda work: imports.enqueue_running(work=work))
        return len(running)

    def run(self, import_id: str, should_stop: Callable[[], bool]) -> None:
        """Go on with a file where it stands, until its end or until this process ends.

        Another runner of the same file is noticed when it is kept how far it is; this one stops.
        """
        record = self._find(import_id)
        if record is None or record.state is not ImportState.RUNNING:
            return
        try:
            self._run(record, should_stop)
        except StaleWriteError:
            return
        except PassportError as refusal:
            self._stop(import_id, str(refusal))

    def _run(self, record: ImportRecord, should_stop: Callable[[], bool]) -> None:
        body = self._services.do(SYSTEM, lambda work: work.imports.body(record.import_id))
        rows = _rows_after(record, read_import(body, record.file_name))
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            if should_stop():
                self._leave_to_others(record.import_id)
                return
            record = self._register(record, batch)
        self._save(replace(record, state=ImportState.DONE), ())

    def _register(self, record: ImportRecord, batch: Sequence[ImportRow]) -> ImportRecord:
        actor = record.actor
        results = [
            result.row
            for result in self._services.import_batteries(actor, actor.organisation, batch)
        ]
        outcomes = [result.outcome for result in results]
        return self._save(
            replace(
                record,
                last_number=batch[-1].number,
                registered=record.registered + outcomes.count(RowOutcome.REGISTERED),
                known=record.known + outcomes.count(RowOutcome.KNOWN),
                refused=record.refused + outcomes.count(RowOutcome.REFUSED),
            ),
            [result for result in results if result.outcome is not RowOutcome.REGISTERED],
        )

    def _leave_to_others(self, import_id: str) -> None:
        self._services.do(SYSTEM, lambda work: imports.enqueue_import(import_id, work=work))

    def _stop(self, import_id: str, reason: str) -> None:
        record = self._find(import_id)
        if record is not None:
            self._save(replace(record, state=ImportState.STOPPED, reason=reason), ())

    def _save(self, record: ImportRecord, results: Sequence[RowResult]) -> ImportRecord:
        record = replace(record, changed_at=self._services.clock.now())
        self._services.do(SYSTEM, lambda work: work.imports.save(record, results))
        return replace(record, revision=record.revision + 1)

    def _find(self, import_id: str) -> ImportRecord | None:
        return self._services.do(SYSTEM, lambda work: work.imports.find(import_id))


def _rows_after(record: ImportRecord, file: ImportFile) -> Iterator[ImportRow]:
    rows = (row for row in file.rows if row.number > record.last_number)
    return rows if record.model_id is None else with_model(rows, record.model_id)


def _height(file: ImportFile) -> int:
    """Return how many rows a file has; of a table, blank ones included."""
    if file.table is not None:
        next(file.rows, None)  # refuses a table whose columns name no batteries
        return file.table.height
    return sum(1 for _ in file.rows)
