"""The one place where the parts meet and commit.

`open_passport` reads the settings and opens the store, the keys and the log;
`Passport.services` has one method for each use case, and each is one committed unit of work.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import orjson
import typer
from fastapi import APIRouter
from pydantic import TypeAdapter
from sqlalchemy import Engine

from passport.domain.access import Audience, Grant
from passport.domain.actor import SYSTEM, Actor
from passport.domain.battery import Battery, BatteryModel
from passport.domain.content import Content
from passport.domain.errors import IdempotencyConflictError, PassportError
from passport.domain.event import Event
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.organisation import Account, Notice, Operator
from passport.domain.responsibility import ProducerRegistration
from passport.domain.second_life import Succession
from passport.keystore.files import FileKeystore
from passport.keystore.memory import MemoryKeystore
from passport.services import (
    accounts,
    amend,
    condition,
    disclosure,
    end_of_life,
    issue,
    operators,
    readers,
    second_life,
    status,
)
from passport.services.importing import ImportResult, ImportRow, refused_row
from passport.services.ports import Answered, Clock, KeyStore, SignedStatement, Work
from passport.services.reporting import EventReport
from passport.settings import Settings, read_settings
from passport.signing.transparency_log import KeyNoteSigner
from passport.storage.engine import make_engine, read_session
from passport.storage.errors import StaleWriteError
from passport.storage.log import SqlTransparencyLog
from passport.storage.migrate import MigrationSource, passport_source, upgrade
from passport.storage.rows import Store
from passport.storage.unit import WriteBuffer
from passport.storage.work import work_on

__all__ = ["Extension", "MigrationSource", "Passport", "PassportServices", "open_passport"]

Result = TypeVar("Result")

_TRIES = 6
"""A use case that lost a race is run again; more losses in a row mean something else is wrong."""
_LOG_WAIT_S = 5.0
_IMPORT_CHUNK = 20
"""Batteries of a file that become durable together."""


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the instant, cut to milliseconds: what both databases keep alike."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Extension(Protocol):
    """A neighbour of the record: telemetry, end of life, or somebody else's."""

    name: str

    def routers(self, passport: "Passport") -> Sequence[APIRouter]:
        """Return the routes that join the application."""
        ...

    def commands(self) -> Sequence[typer.Typer]:
        """Return command groups that join `passport`."""
        ...

    def migrations(self) -> MigrationSource | None:
        """Return the extension's own tables and their history."""
        ...

    def jobs(self, passport: "Passport") -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what to call for which kind of job."""
        ...

    def demo(self, passport: "Passport") -> None:
        """Load the extension's part of the demonstration; a second call changes nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """An idempotency key with a fingerprint of the request it came with."""

    key: str
    request_digest: bytes


class PassportServices:
    """Every use case, each as one committed unit of work."""

    def __init__(
        self, engine: Engine, keys: KeyStore, log: SqlTransparencyLog, clock: Clock
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._log = log
        self.clock = clock

    # The only place that commits

    @contextmanager
    def unit_of_work(self, actor: Actor) -> Iterator[Work]:
        """Give the registers to one use case; commit what it decided when it has ended.

        Reading and signing happen first; the transaction holds writes alone. What was added to
        the log is in the signed tree when this returns.

        Raises:
            StaleWriteError: Something the use case read was changed meanwhile; run it again.
        """
        del actor  # every use case checks it; the unit of work itself has no rights to give
        with read_session(self._engine) as session:
            store = Store(session, WriteBuffer())
            yield work_on(store, keys=self._keys, clock=self.clock)
        store.writes.commit(self._engine)
        if store.digests:
            self._log.wait_for(store.digests, now=self.clock.now(), timeout_s=_LOG_WAIT_S)

    def do(
        self,
        actor: Actor,
        use_case: Callable[[Work], Result],
        *,
        once: Once | None = None,
        result_type: type[Result] | None = None,
    ) -> Result:
        """Run a use case until it commits against an unchanged record.

        Args:
            actor: Who acts.
            use_case: Reads, decides and buffers its writes; may run more than once.
            once: Idempotency key; the same request again gets the first answer.
            result_type: Type of the answer, needed with ``once`` to keep and give it again.

        Raises:
            IdempotencyConflictError: The key came before with another request.
            StaleWriteError: Others were first six times in a row.
        """
        for attempt in range(_TRIES):
            try:
                with self.unit_of_work(actor) as work:
                    if once is None or result_type is None:
                        return use_case(work)
                    return self._answer(actor, use_case, once, result_type, work)
            except StaleWriteError:
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError  # the loop returns or raises

    def _answer(
        self,
        actor: Actor,
        use_case: Callable[[Work], Result],
        once: Once,
        result_type: type[Result],
        work: Work,
    ) -> Result:
        adapter = TypeAdapter(result_type)
        answered = work.idempotency.find(actor.organisation, once.key)
        if answered is not None:
            if answered.request_digest != once.request_digest:
                raise IdempotencyConflictError(
                    f"idempotency key {once.key!r} came before with another request"
                )
            return adapter.validate_json(answered.response)
        result = use_case(work)
        work.idempotency.add(
            actor.organisation,
            once.key,
            Answered(request_digest=once.request_digest, response=adapter.dump_json(result)),
            work.clock.now(),
        )
        return result

    # Organisations and people

    def add_operator(self, actor: Actor, new: operators.NewOperator) -> Operator:
        """See `passport.services.operators.add_operator`."""
        return self.do(actor, lambda work: operators.add_operator(actor, new, work=work))

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
            work = work_on(Store(session, WriteBuffer()), keys=self._keys, clock=self.clock)
            issue.check_battery(actor, operator, new, work=work)

    def register_battery(
        self, actor: Actor, operator: str, new: issue.NewBattery, *, idempotency_key: str = ""
    ) -> issue.Registration:
        """See `passport.services.issue.register_battery`."""
        return self.do(
            actor,
            lambda work: issue.register_battery(actor, operator, new, work=work),
            once=_once(idempotency_key, "register", operator, new),
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
        entries = [row.entry for row in chunk if row.entry is not None]
        if not is_dry_run:
            try:
                registered = self.register_batteries(actor, operator, entries)
            except PassportError:
                pass  # one of them is refused: find out which, and keep the others
            else:
                return [
                    ImportResult(number=row.number, registration=registration)
                    for row, registration in zip(chunk, registered, strict=True)
                ]
        return [self._import_one(actor, operator, row, is_dry_run=is_dry_run) for row in chunk]

    def _import_one(
        self, actor: Actor, operator: str, row: ImportRow, *, is_dry_run: bool
    ) -> ImportResult:
        if row.entry is None:
            return ImportResult(number=row.number, registration=None, problems=row.problems)
        try:
            if is_dry_run:
                self.check_battery(actor, operator, row.entry)
                return ImportResult(number=row.number, registration=None)
            registration = self.register_battery(actor, operator, row.entry)
        except PassportError as refusal:
            return refused_row(row.number, refusal)
        return ImportResult(number=row.number, registration=registration)

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
            once=_once(idempotency_key, "event", battery_id, report),
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

    def annul_battery(
        self, actor: Actor, battery_id: BatteryId, reason: str, *, idempotency_key: str = ""
    ) -> Event:
        """See `passport.services.status.annul_battery`."""
        return self.do(
            actor,
            lambda work: status.annul_battery(actor, battery_id, reason, work=work),
            once=_once(idempotency_key, "annul", battery_id, reason),
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
            once=_once(idempotency_key, "condition", battery_id, measured_at, dict(content)),
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
            once=_once(idempotency_key, "second-life", operator, new),
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
            once=_once(idempotency_key, "waste", battery_id, declaration),
            result_type=end_of_life.WasteOutcome,
        )

    def enter_recycling(
        self, actor: Actor, battery_id: BatteryId, batch: str, *, idempotency_key: str = ""
    ) -> Event:
        """See `passport.services.end_of_life.enter_recycling`."""
        return self.do(
            actor,
            lambda work: end_of_life.enter_recycling(actor, battery_id, batch, work=work),
            once=_once(idempotency_key, "enter-recycling", battery_id, batch),
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
            once=_once(idempotency_key, "recycled", battery_id, batch, parts),
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

    def events_of(self, actor: Actor, battery_id: BatteryId) -> Sequence[Event]:
        """See `passport.services.disclosure.events_of`."""
        return self.do(actor, lambda work: disclosure.events_of(actor, battery_id, work=work))

    def batteries_of(self, actor: Actor, *, after: str = "", limit: int = 50) -> Sequence[Battery]:
        """Return the batteries that the actor's organisation answers for or holds."""
        return self.do(
            actor,
            lambda work: (
                work.passports.batteries_of(actor.organisation, after=after, limit=limit)
                if actor.organisation
                else ()
            ),
        )

    def models_of(self, actor: Actor) -> Sequence[BatteryModel]:
        """Return the models of the actor's organisation."""
        return self.do(actor, lambda work: work.passports.models_of(actor.organisation))

    def notices_for(self, actor: Actor) -> Sequence[Notice]:
        """Return the open notices of the actor's organisation, newest first."""
        return self.do(
            actor,
            lambda work: work.events.notices_for(actor.organisation) if actor.organisation else (),
        )

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
            once=_once(idempotency_key, "grant", new),
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

    # Attachments and jobs

    def keep_attachment(self, actor: Actor, content: bytes, media_type: str) -> str:
        """Keep a photo or document and return its digest, ``sha256:<hex>``."""
        return self.do(
            actor, lambda work: readers.keep_attachment(actor, content, media_type, work=work)
        )

    def read_attachment(self, actor: Actor, digest: str) -> tuple[bytes, str] | None:
        """Return a photo or document with its media type, for somebody who is signed in."""
        return self.do(actor, lambda work: readers.read_attachment(actor, digest, work=work))

    def enqueue(
        self, kind: str, payload: Mapping[str, object], *, dedupe_key: str, run_at: datetime
    ) -> None:
        """Have something done later, at least once, by the handler of its kind."""
        self.do(
            SYSTEM,
            lambda work: work.jobs.enqueue(kind, payload, run_at=run_at, dedupe_key=dedupe_key),
        )


@dataclass(frozen=True, kw_only=True)
class Passport:
    """An opened installation: store, keys, log and the use cases over them."""

    settings: Settings
    engine: Engine
    keys: KeyStore
    log: SqlTransparencyLog
    services: PassportServices
    extensions: Sequence[Extension]

    @cached_property
    def base_url(self) -> str:
        """Scheme and host under which this service is reached."""
        return self.settings.public_base_url

    def log_key(self) -> str:
        """Return the verifier key of this service's log."""
        return self.log.key_text

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_passport(
    settings: Settings | None = None, *, clock: Clock | None = None, **given: object
) -> Passport:
    """Open an installation: read the environment, bring the tables up to date, begin the log.

    Args:
        settings: Settings that were read already.
        clock: The time; the machine's without.
        given: Settings that go before the environment, such as ``data=Path("data")``.

    Raises:
        SettingsRefusedError: The environment does not allow to start.
        KeystoreError: The keystore does not open.
        StoreUnusableError: The database is not one this version works with.
        LogBrokenError: The log on disk is not the one that was signed.
    """
    settings = settings or read_settings(**given)
    clock = clock or SystemClock()
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_address)
    extensions = load_extensions(settings.extensions)
    upgrade(engine, passport_source())
    for extension in extensions:
        source = extension.migrations()
        if source is not None:
            upgrade(engine, source)
    keys = _open_keys(settings)
    log = SqlTransparencyLog(engine, _log_signer(settings, keys))
    log.repair(clock.now())
    return Passport(
        settings=settings,
        engine=engine,
        keys=keys,
        log=log,
        services=PassportServices(engine, keys, log, clock),
        extensions=extensions,
    )


def load_extensions(wanted: Sequence[str] = ("*",)) -> Sequence[Extension]:
    """Return the neighbours that are installed and wanted, by name; ``*`` wants them all."""
    found = sorted(entry_points(group="passport.extensions"), key=lambda entry: entry.name)
    return tuple(
        cast("Extension", entry.load()())
        for entry in found
        if "*" in wanted or entry.name in wanted
    )


def _open_keys(settings: Settings) -> KeyStore:
    if settings.keystore == "memory:":
        return MemoryKeystore()
    return FileKeystore(
        Path(settings.keystore.removeprefix("file:")),
        settings.keystore_passphrase.get_secret_value(),
    )


def _log_signer(settings: Settings, keys: KeyStore) -> KeyNoteSigner:
    owner = f"log:{settings.log_origin}"
    held = keys.public_keys(owner)
    key_id = held[-1].key_id if held else keys.create(owner)
    return KeyNoteSigner(settings.log_origin, keys.signing_key(key_id))


def _once(key: str, *request: object) -> Once | None:
    if not key:
        return None
    text = orjson.dumps(request, default=_plain, option=orjson.OPT_SORT_KEYS)
    return Once(key=key, request_digest=hashlib.sha256(text).digest())


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    return str(value)
