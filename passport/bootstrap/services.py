"""The use cases, ready to call: each method is one committed unit of work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from passport.bootstrap.check_services import CheckServices
from passport.bootstrap.evidence_services import EvidenceServices
from passport.bootstrap.form_services import FormServices
from passport.bootstrap.key_services import KeyServices
from passport.bootstrap.model_drafts import ModelDraftServices
from passport.bootstrap.outside_services import OutsideServices
from passport.bootstrap.part_services import PartServices
from passport.bootstrap.unit_of_work import once_for
from passport.domain.access import Audience, Grant
from passport.domain.actor import SYSTEM, Actor
from passport.domain.battery import Battery, BatteryModel
from passport.domain.content import Content
from passport.domain.document import StoredDocument
from passport.domain.errors import PassportError
from passport.domain.event import Event, EventKind
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.organisation import Account, Notice, Operator
from passport.domain.responsibility import ProducerRegistration, WasteResponsibility
from passport.domain.second_life import Succession
from passport.services import (
    accounts,
    amend,
    condition,
    disclosure,
    document_readers,
    documents,
    end_of_life,
    issue,
    light_records,
    operator_change,
    operators,
    readers,
    second_life,
    status,
)
from passport.services.importing import ImportResult, ImportRow, refused_row
from passport.services.ports import SignedStatement
from passport.services.reporting import EnteredEvent, EventReport
from passport.storage.engine import read_session
from passport.storage.rows import Store
from passport.storage.unit import WriteBuffer

_IMPORT_CHUNK = 50
"""Batteries of a file that become durable together."""


class PassportServices(
    CheckServices,
    PartServices,
    ModelDraftServices,
    EvidenceServices,
    KeyServices,
    OutsideServices,
    FormServices,
):
    """Every use case, each as one committed unit of work."""

    # Organisations and people

    def add_operator(self, actor: Actor, new: operators.NewOperator) -> Operator:
        """See `passport.services.operators.add_operator`."""
        return self.do(actor, lambda work: operators.add_operator(actor, new, work=work))

    def change_operator(
        self, actor: Actor, name: str, change: operator_change.OperatorChange
    ) -> Operator:
        """See `passport.services.operator_change.change_operator`."""
        return self.do(
            actor, lambda work: operator_change.change_operator(actor, name, change, work=work)
        )

    def read_operator(self, actor: Actor, name: str) -> Operator:
        """Return an operator by short name or DID; what is returned is public."""
        return self.do(actor, lambda work: operators.read_operator(name, work=work))

    def all_operators(self, actor: Actor) -> Sequence[Operator]:
        """Return every operator; what is returned is public."""
        return self.do(actor, lambda work: work.operators.all())

    def authorise_delegate(self, actor: Actor, delegate: str, document: bytes) -> str:
        """See `passport.services.operators.authorise_delegate`."""
        return self.do(
            actor, lambda work: operators.authorise_delegate(actor, delegate, document, work=work)
        )

    def enter_registration(
        self, actor: Actor, new: operators.NewRegistration
    ) -> ProducerRegistration:
        """See `passport.services.operators.enter_registration`."""
        return self.do(actor, lambda work: operators.enter_registration(actor, new, work=work))

    def add_account(self, actor: Actor, new: accounts.NewAccount) -> Account:
        """See `passport.services.accounts.add_account`."""
        return self.do(actor, lambda work: accounts.add_account(actor, new, work=work))

    def sign_in(self, login: str, password: str) -> str:
        """See `passport.services.accounts.sign_in`."""
        return self.do(SYSTEM, lambda work: accounts.sign_in(login, password, work=work))

    def sign_out(self, token: str) -> None:
        """See `passport.services.accounts.sign_out`."""
        self.do(SYSTEM, lambda work: accounts.sign_out(token, work=work))

    def actor_of_session(self, token: str) -> Actor:
        """See `passport.services.accounts.actor_of_session`."""
        return self.do(SYSTEM, lambda work: accounts.actor_of_session(token, work=work))

    def issue_api_key(
        self,
        actor: Actor,
        organisation: str,
        scopes: frozenset[str] = frozenset(),
        expires_at: datetime | None = None,
    ) -> accounts.IssuedKey:
        """See `passport.services.accounts.issue_api_key`."""
        return self.do(
            actor,
            lambda work: accounts.issue_api_key(actor, organisation, scopes, expires_at, work=work),
        )

    def actor_of_key(self, secret: str) -> Actor:
        """See `passport.services.accounts.actor_of_key`."""
        return self.do(SYSTEM, lambda work: accounts.actor_of_key(secret, work=work))

    # Registering

    def add_model(self, actor: Actor, operator: str, new: issue.NewModel) -> BatteryModel:
        """See `passport.services.issue.add_model`."""
        return self.do(actor, lambda work: issue.add_model(actor, operator, new, work=work))

    def check_battery(self, actor: Actor, operator: str, new: issue.NewBattery) -> None:
        """Run every check of a registration and store nothing."""
        with read_session(self._engine) as session:
            work = self._work_on(Store(session, WriteBuffer()))
            issue.check_battery(actor, operator, new, work=work)

    def check_batteries(
        self, actor: Actor, operator: str, entries: Sequence[issue.NewBattery]
    ) -> Sequence[PassportError | None]:
        """Run every check of several registrations; return what refuses each, and store nothing."""
        with read_session(self._engine) as session:
            work = self._work_on(Store(session, WriteBuffer()))
            return issue.check_batteries(actor, operator, entries, work=work)

    def register_battery(
        self, actor: Actor, operator: str, new: issue.NewBattery, *, idempotency_key: str = ""
    ) -> issue.Registration:
        """See `passport.services.issue.register_battery`."""
        return self.do(
            actor,
            lambda work: issue.register_battery(actor, operator, new, work=work),
            once=once_for(idempotency_key, "register", operator, new),
            result_type=issue.Registration,
        )

    def register_batteries(
        self, actor: Actor, operator: str, entries: Sequence[issue.NewBattery]
    ) -> Sequence[issue.Registration]:
        """Register several batteries in one unit of work: all of them, or none."""
        return self.do(
            actor,
            lambda work: issue.register_batteries(actor, operator, entries, work=work),
        )

    def import_batteries(
        self, actor: Actor, operator: str, rows: Iterable[ImportRow], *, is_dry_run: bool = False
    ) -> Iterator[ImportResult]:
        """Register the batteries of a file, a few at a time, and say what became of each row.

        A result that was yielded is durable. Interrupted, the same file again goes on where it
        stopped: what is on record is found again, not doubled.
        """
        chunk: list[ImportRow] = []
        for row in rows:
            if row.entry is None or row.problems:
                yield ImportResult(number=row.number, registration=None, problems=row.problems)
                continue
            chunk.append(row)
            if len(chunk) == _IMPORT_CHUNK:
                yield from self._import_chunk(actor, operator, chunk, is_dry_run=is_dry_run)
                chunk = []
        yield from self._import_chunk(actor, operator, chunk, is_dry_run=is_dry_run)

    def _import_chunk(
        self, actor: Actor, operator: str, chunk: Sequence[ImportRow], *, is_dry_run: bool
    ) -> Sequence[ImportResult]:
        if is_dry_run:
            return self._check_rows(actor, operator, chunk)
        try:
            return self._register_rows(actor, operator, chunk)
        except PassportError:
            # One of them is refused, or more: the others still become durable together.
            checked = {row.number: row for row in self._check_rows(actor, operator, chunk)}
        good = [row for row in chunk if not checked[row.number].problems]
        try:
            registered = self._register_rows(actor, operator, good)
        except PassportError:
            registered = [self._register_row(actor, operator, row) for row in good]
        results = checked | {result.number: result for result in registered}
        return [results[row.number] for row in chunk]

    def _check_rows(
        self, actor: Actor, operator: str, rows: Sequence[ImportRow]
    ) -> Sequence[ImportResult]:
        entries = [row.entry for row in rows if row.entry is not None]
        refusals = self.check_batteries(actor, operator, entries)
        return [
            ImportResult(number=row.number, registration=None)
            if refusal is None
            else refused_row(row.number, refusal)
            for row, refusal in zip(rows, refusals, strict=True)
        ]

    def _register_rows(
        self, actor: Actor, operator: str, rows: Sequence[ImportRow]
    ) -> Sequence[ImportResult]:
        entries = [row.entry for row in rows if row.entry is not None]
        registered = self.register_batteries(actor, operator, entries)
        return [
            ImportResult(number=row.number, registration=registration)
            for row, registration in zip(rows, registered, strict=True)
        ]

    def _register_row(self, actor: Actor, operator: str, row: ImportRow) -> ImportResult:
        try:
            return self._register_rows(actor, operator, [row])[0]
        except PassportError as refusal:
            return refused_row(row.number, refusal)

    def find_light_record(self, actor: Actor, battery_id: BatteryId) -> BatteryModel | None:
        """See `passport.services.light_records.find_light_record`; what is returned is public."""
        return self.do(actor, lambda work: light_records.find_light_record(battery_id, work=work))

    def find_light_model(self, actor: Actor, model_id: ModelId) -> BatteryModel | None:
        """See `passport.services.light_records.find_light_model`; what is returned is public."""
        return self.do(actor, lambda work: light_records.find_light_model(model_id, work=work))

    # Life

    def report_event(
        self,
        actor: Actor,
        battery_id: BatteryId,
        report: EventReport,
        *,
        idempotency_key: str = "",
    ) -> Event:
        """See `passport.services.status.report_event`."""
        return self.do(
            actor,
            lambda work: status.report_event(actor, battery_id, report, work=work),
            once=once_for(idempotency_key, "event", battery_id, report),
            result_type=Event,
        )

    def amend_battery(self, actor: Actor, battery_id: BatteryId, content: Content) -> Battery:
        """See `passport.services.amend.amend_battery`."""
        return self.do(
            actor, lambda work: amend.amend_battery(actor, battery_id, content, work=work)
        )

    def amend_model(self, actor: Actor, model_id: ModelId, content: Content) -> BatteryModel:
        """See `passport.services.amend.amend_model`."""
        return self.do(actor, lambda work: amend.amend_model(actor, model_id, content, work=work))

    def record_event(
        self,
        actor: Actor,
        battery_id: BatteryId,
        kind: EventKind,
        entered: EnteredEvent,
        *,
        idempotency_key: str = "",
    ) -> Event | end_of_life.WasteOutcome:
        """Record whatever happened to a battery, by the use case that its kind has.

        Raises:
            PassportError: What that use case refuses.
        """
        match kind:
            case EventKind.ANNULLED:
                return self.annul_battery(
                    actor, battery_id, entered.reason, idempotency_key=idempotency_key
                )
            case EventKind.WASTE:
                declaration = end_of_life.WasteDeclaration(
                    country=entered.country, occurred_at=entered.occurred_at, where=entered.reason
                )
                return self.declare_waste(
                    actor, battery_id, declaration, idempotency_key=idempotency_key
                )
            case EventKind.RECYCLING_STARTED:
                return self.enter_recycling(
                    actor, battery_id, entered.batch, idempotency_key=idempotency_key
                )
            case EventKind.RECYCLED:
                return self.declare_recycled(
                    actor, battery_id, entered.batch, idempotency_key=idempotency_key
                )
            case _:
                report = EventReport(
                    kind=kind,
                    occurred_at=entered.occurred_at,
                    reason=entered.reason,
                    details=entered.details,
                    buyer=entered.buyer,
                )
                return self.report_event(actor, battery_id, report, idempotency_key=idempotency_key)

    def annul_battery(
        self, actor: Actor, battery_id: BatteryId, reason: str, *, idempotency_key: str = ""
    ) -> Event:
        """See `passport.services.status.annul_battery`."""
        return self.do(
            actor,
            lambda work: status.annul_battery(actor, battery_id, reason, work=work),
            once=once_for(idempotency_key, "annul", battery_id, reason),
            result_type=Event,
        )

    def record_condition(
        self,
        actor: Actor,
        battery_id: BatteryId,
        content: Content,
        measured_at: datetime,
        *,
        idempotency_key: str = "",
    ) -> condition.ConditionReceipt:
        """See `passport.services.condition.record_condition`."""
        return self.do(
            actor,
            lambda work: condition.record_condition(
                actor, battery_id, content, measured_at, work=work
            ),
            once=once_for(idempotency_key, "condition", battery_id, measured_at, dict(content)),
            result_type=condition.ConditionReceipt,
        )

    def declare_second_life(
        self,
        actor: Actor,
        operator: str,
        new: second_life.NewSecondLife,
        *,
        idempotency_key: str = "",
    ) -> Succession:
        """See `passport.services.second_life.declare_second_life`."""
        return self.do(
            actor,
            lambda work: second_life.declare_second_life(actor, operator, new, work=work),
            once=once_for(idempotency_key, "second-life", operator, new),
            result_type=Succession,
        )

    def place_second_life(
        self, actor: Actor, succession_id: str, placed_on: date
    ) -> issue.Registration:
        """See `passport.services.second_life.place_second_life`."""
        return self.do(
            actor,
            lambda work: second_life.place_second_life(actor, succession_id, placed_on, work=work),
        )

    def dispute_second_life(self, actor: Actor, succession_id: str, reason: str) -> Succession:
        """See `passport.services.second_life.dispute_second_life`."""
        return self.do(
            actor,
            lambda work: second_life.dispute_second_life(actor, succession_id, reason, work=work),
        )

    def read_succession(self, actor: Actor, succession_id: str) -> Succession:
        """See `passport.services.second_life.read_succession_for`."""
        return self.do(
            actor, lambda work: second_life.read_succession_for(actor, succession_id, work=work)
        )

    # Waste and end

    def declare_waste(
        self,
        actor: Actor,
        battery_id: BatteryId,
        declaration: end_of_life.WasteDeclaration,
        *,
        idempotency_key: str = "",
    ) -> end_of_life.WasteOutcome:
        """See `passport.services.end_of_life.declare_waste`."""
        return self.do(
            actor,
            lambda work: end_of_life.declare_waste(actor, battery_id, declaration, work=work),
            once=once_for(idempotency_key, "waste", battery_id, declaration),
            result_type=end_of_life.WasteOutcome,
        )

    def adopt_orphan(self, actor: Actor, battery_id: BatteryId) -> WasteResponsibility | None:
        """See `passport.services.end_of_life.adopt_orphan`."""
        return self.do(actor, lambda work: end_of_life.adopt_orphan(actor, battery_id, work=work))

    def enter_recycling(
        self, actor: Actor, battery_id: BatteryId, batch: str, *, idempotency_key: str = ""
    ) -> Event:
        """See `passport.services.end_of_life.enter_recycling`."""
        return self.do(
            actor,
            lambda work: end_of_life.enter_recycling(actor, battery_id, batch, work=work),
            once=once_for(idempotency_key, "enter-recycling", battery_id, batch),
            result_type=Event,
        )

    def declare_recycled(
        self,
        actor: Actor,
        battery_id: BatteryId,
        batch: str,
        *,
        parts: int = 0,
        idempotency_key: str = "",
    ) -> Event:
        """See `passport.services.end_of_life.declare_recycled`."""
        return self.do(
            actor,
            lambda work: end_of_life.declare_recycled(
                actor, battery_id, batch, parts=parts, work=work
            ),
            once=once_for(idempotency_key, "recycled", battery_id, batch, parts),
            result_type=Event,
        )

    # Reading

    def read_standing(self, actor: Actor, battery_id: BatteryId) -> status.BatteryStanding:
        """See `passport.services.status.read_standing`."""
        return self.do(actor, lambda work: status.read_standing(actor, battery_id, work=work))

    def disclose(
        self, actor: Actor, battery_id: BatteryId, audience: Audience | None = None
    ) -> disclosure.Disclosure:
        """See `passport.services.disclosure.disclose`."""
        return self.do(
            actor, lambda work: disclosure.disclose(actor, battery_id, audience, work=work)
        )

    def condition_chain(self, actor: Actor, battery_id: BatteryId) -> Sequence[SignedStatement]:
        """See `passport.services.disclosure.condition_chain`."""
        return self.do(actor, lambda work: disclosure.condition_chain(actor, battery_id, work=work))

    def read_statement(self, actor: Actor, statement_id: str) -> SignedStatement:
        """See `passport.services.disclosure.read_statement`."""
        return self.do(
            actor, lambda work: disclosure.read_statement(actor, statement_id, work=work)
        )

    def model_statements(self, actor: Actor, model_id: ModelId) -> Sequence[SignedStatement]:
        """See `passport.services.disclosure.model_statements`."""
        return self.do(actor, lambda work: disclosure.model_statements(actor, model_id, work=work))

    def events_of(self, actor: Actor, battery_id: BatteryId) -> Sequence[Event]:
        """See `passport.services.disclosure.events_of`."""
        return self.do(actor, lambda work: disclosure.events_of(actor, battery_id, work=work))

    def batteries_of(self, actor: Actor, *, after: str = "", limit: int = 50) -> Sequence[Battery]:
        """Return the batteries that the actor's organisation answers for or holds."""
        return self.do(
            actor,
            lambda work: readers.list_batteries(actor, after=after, limit=limit, work=work),
        )

    def orphans(self, actor: Actor) -> Sequence[BatteryId]:
        """See `passport.services.readers.list_orphans`."""
        return self.do(actor, lambda work: readers.list_orphans(actor, work=work))

    def models_of(self, actor: Actor) -> Sequence[BatteryModel]:
        """Return the models of the actor's organisation."""
        return self.do(actor, lambda work: readers.list_models(actor, work=work))

    def notices_for(self, actor: Actor) -> Sequence[Notice]:
        """Return the open notices of the actor's organisation, newest first."""
        return self.do(actor, lambda work: readers.list_notices(actor, work=work))

    def close_notice(self, actor: Actor, notice_id: str) -> None:
        """Put a notice of the actor's organisation away."""
        self.do(actor, lambda work: readers.close_notice(actor, notice_id, work=work))

    # Access

    def ask_access(self, actor: Actor, battery_id: BatteryId, purpose: str) -> None:
        """See `passport.services.readers.ask_access`."""
        self.do(actor, lambda work: readers.ask_access(actor, battery_id, purpose, work=work))

    def grant_access(
        self, actor: Actor, new: readers.NewGrant, *, idempotency_key: str = ""
    ) -> Grant:
        """See `passport.services.readers.grant_access`."""
        return self.do(
            actor,
            lambda work: readers.grant_access(actor, new, work=work),
            once=once_for(idempotency_key, "grant", new),
            result_type=Grant,
        )

    def revoke_grant(self, actor: Actor, grant_id: str) -> None:
        """See `passport.services.readers.revoke_grant`."""
        self.do(actor, lambda work: readers.revoke_grant(actor, grant_id, work=work))

    def may_write(self, actor: Actor, battery_id: BatteryId, scope: str) -> None:
        """Refuse unless the actor answers for the battery or holds a grant of this scope.

        Raises:
            AccessDeniedError: Neither holds.
            PassportNotFoundError: No such battery is registered.
        """
        self.do(actor, lambda work: readers.require_may_write(actor, battery_id, scope, work=work))

    # Documents, attachments and jobs

    def add_document(
        self, actor: Actor, operator: str, new: documents.NewDocument
    ) -> StoredDocument:
        """See `passport.services.documents.add_document`."""
        return self.do(actor, lambda work: documents.add_document(actor, operator, new, work=work))

    def find_document(self, actor: Actor, digest: str) -> StoredDocument:
        """See `passport.services.document_readers.find_document`."""
        return self.do(actor, lambda work: document_readers.find_document(actor, digest, work=work))

    def find_documents(self, actor: Actor, digests: Sequence[str]) -> dict[str, StoredDocument]:
        """See `passport.services.document_readers.find_documents`."""
        return self.do(
            actor, lambda work: document_readers.find_documents(actor, digests, work=work)
        )

    def read_document(self, actor: Actor, digest: str) -> bytes:
        """See `passport.services.document_readers.read_document`."""
        return self.do(actor, lambda work: document_readers.read_document(actor, digest, work=work))

    def documents_of(self, actor: Actor) -> Sequence[document_readers.DocumentUse]:
        """See `passport.services.document_readers.list_documents`."""
        return self.do(actor, lambda work: document_readers.list_documents(actor, work=work))

    def keep_attachment(self, actor: Actor, content: bytes, media_type: str) -> str:
        """Keep a photo or document and return its digest, ``sha256:<hex>``."""
        return self.do(
            actor, lambda work: readers.keep_attachment(actor, content, media_type, work=work)
        )

    def read_attachment(self, actor: Actor, digest: str) -> tuple[bytes, str] | None:
        """See `passport.services.readers.read_attachment`."""
        return self.do(actor, lambda work: readers.read_attachment(actor, digest, work=work))

    def enqueue(
        self, kind: str, payload: Mapping[str, object], *, dedupe_key: str, run_at: datetime
    ) -> None:
        """Have something done later, at least once, by the handler of its kind."""
        self.do(
            SYSTEM,
            lambda work: work.jobs.enqueue(kind, payload, run_at=run_at, dedupe_key=dedupe_key),
        )
