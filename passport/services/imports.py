"""Files of batteries that are registered beside the requests: begun, watched, gone on with."""

from collections.abc import Sequence
from dataclasses import dataclass

from uuid_utils.compat import uuid7

from passport.domain.access import BATTERY_SCOPE, READ_SCOPE, require_reach, require_role
from passport.domain.actor import Actor, Role
from passport.domain.applicability import Needs
from passport.domain.batch_import import ImportRecord
from passport.domain.battery import BatteryModel
from passport.domain.errors import NotFoundError
from passport.domain.identifiers import ModelId
from passport.services.issue import ModelUnknownError
from passport.services.ports import Work
from passport.services.scopes import scope_of_content

IMPORT_JOB = "passport-import"
"""Kind of the job that goes on with a file."""
_MOST_LISTED = 10


class ImportUnknownError(NotFoundError):
    """There is no such file of batteries, or it is another organisation's."""

    code = "import-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImport:
    """A file of batteries that was opened and shall be registered.

    Attributes:
        body: Its bytes.
        model_id: Model of those batteries whose own identifier names none.
        total: Rows in it.
    """

    file_name: str
    body: bytes
    model_id: ModelId | None
    total: int


def begin_import(actor: Actor, new: NewImport, *, work: Work) -> ImportRecord:
    """Keep a file and have it registered after the commit.

    Raises:
        AccessDeniedError: The actor registers no batteries.
    """
    require_reach(actor, BATTERY_SCOPE)
    require_role(actor, Role.OPERATOR, Role.SECOND_LIFE)
    now = work.clock.now()
    record = ImportRecord(
        import_id=str(uuid7()),
        organisation=actor.organisation,
        started_by=actor.name,
        roles=actor.roles,
        scopes=actor.scopes,
        file_name=new.file_name,
        model_id=new.model_id,
        total=new.total,
        begun_at=now,
        changed_at=now,
    )
    work.imports.add(record, new.body)
    enqueue_import(record.import_id, work=work)
    return record


def enqueue_import(import_id: str, *, work: Work) -> None:
    """Have a file gone on with after the commit."""
    work.jobs.enqueue(
        IMPORT_JOB,
        {"import": import_id},
        run_at=work.clock.now(),
        dedupe_key=f"{IMPORT_JOB} {import_id}",
    )


def enqueue_running(*, work: Work) -> Sequence[ImportRecord]:
    """Have every file gone on with that is not at its end: its runner may be gone.

    A runner that is still there is told apart by the record's revision; one of the two stops.
    """
    running = work.imports.running()
    for record in running:
        enqueue_import(record.import_id, work=work)
    return running


def read_import_record(actor: Actor, import_id: str, *, work: Work) -> ImportRecord:
    """Return how far a file of the actor's organisation is.

    Raises:
        ImportUnknownError: There is none, or it is another organisation's.
        AccessDeniedError: The login does not reach to batteries.
    """
    require_reach(actor, READ_SCOPE, BATTERY_SCOPE)
    record = work.imports.find(import_id)
    if record is None or not actor.organisation or record.organisation != actor.organisation:
        raise ImportUnknownError(f"there is no file of batteries {import_id!r} of yours")
    return record


def list_imports(actor: Actor, *, work: Work) -> Sequence[ImportRecord]:
    """Return the last files of the actor's organisation, newest first.

    Raises:
        AccessDeniedError: The login does not reach to batteries.
    """
    require_reach(actor, READ_SCOPE, BATTERY_SCOPE)
    return work.imports.of_organisation(actor.organisation, limit=_MOST_LISTED)


def read_fillable(model_id: ModelId, *, work: Work) -> tuple[BatteryModel, Needs]:
    """Return a model and what is asked of its batteries once they need a record; both are public.

    Raises:
        ModelUnknownError: The model is not on record.
    """
    model = work.passports.find_model(model_id)
    if model is None:
        raise ModelUnknownError(f"model {model_id} is not on record")
    return model, work.rulebook.needs(scope_of_content(model.content, work=work))
