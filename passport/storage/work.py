"""One unit of work on a SQL database: registers over one reader and one write buffer."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from passport.domain.chemistry import Chemistries, published_chemistries
from passport.services.ports import STATUS_LISTS_HOLD_FOR, Answered, Clock, KeyStore, Work
from passport.storage.access import SqlAccountRegister, SqlAttachmentStore, SqlGrantRegister
from passport.storage.documents import SqlDocumentRegister
from passport.storage.events import SqlEventRegister
from passport.storage.evidence import SqlDidDocumentRegister, SqlTimeStampRegister
from passport.storage.imports import SqlImportRegister
from passport.storage.jobs import enqueue
from passport.storage.keys import SqlKeyRegister
from passport.storage.model_drafts import SqlModelDraftRegister
from passport.storage.operators import SqlOperatorRegister
from passport.storage.parts import SqlPartRegister
from passport.storage.passports import SqlPassportRegister
from passport.storage.rows import Store
from passport.storage.statements import SqlStatementRegister
from passport.storage.status_lists import SqlStatusListRegister
from passport.storage.successions import SqlSuccessionRegister
from passport.storage.tables import IdempotencyRow


class SqlJobQueue:
    """JobQueue whose jobs are committed with what they follow from."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enqueue(
        self, kind: str, payload: Mapping[str, object], *, run_at: datetime, dedupe_key: str
    ) -> None:
        """Have something done after the commit, at least once."""
        self._store.writes.add(
            lambda session: enqueue(
                session, kind, dict(payload), run_at=run_at, dedupe_key=dedupe_key
            )
        )


class SqlIdempotencyRegister:
    """IdempotencyRegister on a SQL database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, organisation: str, key: str) -> Answered | None:
        """Return what was answered to a key before."""
        row = self._store.session.get(IdempotencyRow, (organisation, key))
        return (
            None
            if row is None
            else Answered(request_digest=row.request_digest, response=row.response_body)
        )

    def add(self, organisation: str, key: str, answered: Answered, at: datetime) -> None:
        """Keep an answer, in the transaction of what it answers."""

        def write(session: Session) -> None:
            session.add(
                IdempotencyRow(
                    organisation=organisation,
                    key=key,
                    request_digest=answered.request_digest,
                    response_status=200,
                    response_body=answered.response,
                    created_at=at,
                )
            )

        self._store.writes.add(write)


def work_on(  # noqa: PLR0913 - keys, clock and what the installation decides
    store: Store,
    *,
    keys: KeyStore,
    clock: Clock,
    chemistries: Chemistries | None = None,
    shows_status_publicly: bool = False,
    allows_own_review: bool = False,
    needs_four_eyes_for_keys: bool = False,
    status_lists_hold_for: timedelta = STATUS_LISTS_HOLD_FOR,
) -> Work:
    """Return the registers of one unit of work."""
    return Work(
        operators=SqlOperatorRegister(store),
        did_documents=SqlDidDocumentRegister(store),
        time_stamps=SqlTimeStampRegister(store),
        passports=SqlPassportRegister(store),
        statements=SqlStatementRegister(store),
        status_lists=SqlStatusListRegister(store),
        events=SqlEventRegister(store),
        successions=SqlSuccessionRegister(store),
        parts=SqlPartRegister(store),
        key_changes=SqlKeyRegister(store),
        drafts=SqlModelDraftRegister(store),
        grants=SqlGrantRegister(store),
        accounts=SqlAccountRegister(store),
        attachments=SqlAttachmentStore(store),
        documents=SqlDocumentRegister(store),
        imports=SqlImportRegister(store),
        jobs=SqlJobQueue(store),
        idempotency=SqlIdempotencyRegister(store),
        keys=keys,
        clock=clock,
        chemistries=chemistries or published_chemistries(),
        shows_status_publicly=shows_status_publicly,
        allows_own_review=allows_own_review,
        needs_four_eyes_for_keys=needs_four_eyes_for_keys,
        status_lists_hold_for=status_lists_hold_for,
    )
