"""What the use cases need: registers to read and write, keys, the clock, the extensions.

Reads answer at once. Writes are kept by the unit of work and executed together in one
transaction when the use case has ended; a use case therefore never reads what it just wrote.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from passport.domain.access import Grant, Standing
from passport.domain.batch_import import ImportRecord, RowResult
from passport.domain.battery import Battery, BatteryModel
from passport.domain.chemistry import Chemistries, published_chemistries
from passport.domain.document import DocumentReference, StoredDocument
from passport.domain.event import Event, EventKind
from passport.domain.identifiers import BatteryId, ModelId, OperatorSlug
from passport.domain.organisation import Account, ApiKey, Notice, Operator
from passport.domain.passport import StatementKind
from passport.domain.responsibility import ProducerRegistration
from passport.domain.second_life import Succession
from passport.rules.rulebook import Rulebook, read_rulebook
from passport.services.evidence_registers import DidDocumentRegister, TimeStampRegister
from passport.services.keys_register import KeyRegister
from passport.services.model_drafts_register import ModelDraftRegister
from passport.services.parts_register import PartRegister
from passport.signing.did import PublishedKey
from passport.signing.keys import EDDSA_RDFC_2022, KeyKind, SigningKey

STATUS_LISTS_HOLD_FOR: Final = timedelta(days=30)
"""How long a status list counts where nothing else is set. Whoever verifies without network takes a
new bundle within that time."""


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime:
        """Return the instant."""
        ...


class KeyStore(Protocol):
    """Private keys of the operators that gave this service a mandate to sign for them."""

    def create(
        self, operator_did: str, cryptosuite: str = EDDSA_RDFC_2022, kind: KeyKind | None = None
    ) -> str:
        """Make a key that was never used and return its id.

        Args:
            operator_did: Whose key it is.
            cryptosuite: The suite it signs in.
            kind: The kind of key; the usual one of the suite when not given.

        Raises:
            CryptosuiteUnknownError: No keys are made for this suite, or none of this kind.
        """
        ...

    def signing_key(self, key_id: str) -> SigningKey:
        """Return a key to sign with."""
        ...

    def public_key_multibase(self, key_id: str) -> str:
        """Return the public part as Multikey text."""
        ...

    def public_keys(self, operator_did: str) -> Sequence[PublishedKey]:
        """Return every key ever made for an operator, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStatement:
    """One statement as it was signed, with what it needs to be found.

    Attributes:
        series: IRI of the series; version 1, 2, ... count up in it.
        about: `BatteryId` or `ModelId` it speaks of.
        point: Point of Annex XIII, frozen with the signed version.
        digest: SHA-256 of ``body`` (32 bytes), its entry in the log.
        body: Exactly the bytes that were signed and are served.
        leaf_index: Place in the log; ``None`` until the sequencer took it.
    """

    statement_id: str
    iri: str
    kind: StatementKind
    series: str
    version: int
    about: str
    point: str
    issuer: OperatorSlug
    digest: bytes
    body: bytes
    issued_at: datetime
    status_list: str
    status_index: int
    leaf_index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One BitstringStatusList of an operator, as it is signed now.

    Attributes:
        group: Lists that number the same statements, each for another purpose.
        purpose: What a set bit says: revocation, suspension or refresh.
        marked: Places whose bit is set.
        body: Exactly the bytes that were signed and are served.
        valid_from: When it was signed.
        valid_until: When it ends, signed anew before; ``None`` for one that has no end.
    """

    list_id: str
    group: str
    purpose: str
    operator: OperatorSlug
    marked: frozenset[int]
    body: bytes
    valid_from: datetime
    valid_until: datetime | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListVersion:
    """A status list as it was signed at some time.

    Attributes:
        digest: SHA-256 of ``body`` (32 bytes), its entry in the log.
        leaf_index: Place in the log.
    """

    list_id: str
    body: bytes
    digest: bytes
    valid_from: datetime
    leaf_index: int


class OperatorRegister(Protocol):
    """Organisations with their DID and keys."""

    def find(self, slug: str) -> Operator | None: ...
    def find_by_did(self, did: str) -> Operator | None: ...
    def all(self) -> Sequence[Operator]: ...
    def add(self, operator: Operator) -> None: ...
    def save_reach(self, operator: Operator) -> None:
        """Store which GTIN prefixes and former hosts an operator has."""
        ...

    def delegates_of(self, slug: str) -> frozenset[str]:
        """Return the organisations an operator authorised in writing."""
        ...

    def add_delegate(self, slug: str, delegate: str, document_digest: str, at: datetime) -> None:
        """Record a written authorisation (Art. 77(4))."""
        ...

    def authorised_by(self, delegate: str) -> frozenset[str]:
        """Return the operators that authorised an organisation in writing."""
        ...

    def registrations(self) -> Sequence[ProducerRegistration]:
        """Return the lines of the producer registers entered here."""
        ...

    def add_registration(self, registration: ProducerRegistration) -> None: ...


class PassportRegister(Protocol):
    """Models and batteries on record."""

    def find_model(self, model_id: ModelId) -> BatteryModel | None: ...
    def models_of(self, operator: str) -> Sequence[BatteryModel]: ...
    def add_model(self, model: BatteryModel) -> None: ...
    def save_model(self, model: BatteryModel) -> None:
        """Store a changed model if its revision is still the one that was read."""
        ...

    def find(self, battery_id: BatteryId) -> Battery | None: ...
    def look_up(self, battery_ids: Collection[BatteryId]) -> None:
        """Read several batteries at once; `find` knows them in this unit of work."""
        ...

    def read(self, battery_id: BatteryId) -> Battery:
        """Return a battery.

        Raises:
            PassportNotFoundError: None is registered.
        """
        ...

    def add(self, battery: Battery) -> None: ...
    def save(self, battery: Battery) -> None:
        """Store a changed battery if its revision is still the one that was read."""
        ...

    def taken_over(self) -> Sequence[tuple[OperatorSlug, OperatorSlug]]:
        """Return who answers for batteries of whom that another one registered."""
        ...

    def batteries_of(
        self, organisation: str, *, after: str = "", limit: int = 50
    ) -> Sequence[Battery]:
        """Return batteries an organisation is responsible for or holds, by id."""
        ...

    def count_by_model(self, model_ids: Collection[ModelId]) -> Mapping[str, int]:
        """Return how many batteries of each of some models are on record."""
        ...

    def answers_for_one_of(self, organisation: str, model_id: ModelId) -> bool:
        """Whether an organisation answers for a battery of a model."""
        ...

    def orphans(self, limit: int = 50) -> Sequence[Battery]:
        """Return waste batteries nobody answers for."""
        ...


class StatementRegister(Protocol):
    """Signed statements, append only."""

    def find(self, statement_id: str) -> SignedStatement | None: ...
    def newest(self, series: str) -> SignedStatement | None:
        """Return the last version of a series, in the log or not yet."""
        ...

    def newest_about(self, about: str) -> Sequence[SignedStatement]:
        """Return the last logged version of every series about a battery or model."""
        ...

    def all_about(self, about: str, kind: StatementKind) -> Sequence[SignedStatement]:
        """Return every logged statement of one kind, oldest first."""
        ...

    def add(self, statement: SignedStatement) -> None:
        """Store a statement together with its leaf."""
        ...

    def taken(self, status_list: str, places: Collection[int]) -> set[int]:
        """Return which of some places on a status list statements hold already."""
        ...

    def count_on(self, status_list: str) -> int:
        """Return how many statements hold a place on a status list."""
        ...


class StatusListRegister(Protocol):
    """Status lists by operator, and every version of each."""

    def find(self, list_id: str) -> StatusList | None: ...
    def revision_of(self, list_id: str) -> int | None:
        """Return how often a list was signed anew."""
        ...

    def of_operator(self, slug: str) -> Sequence[StatusList]: ...
    def groups_of(self, slug: str) -> Sequence[str]:
        """Return the groups of lists that have one for every purpose, the newest first."""
        ...

    def count_of(self, slug: str) -> int:
        """Return how many groups of lists an operator began."""
        ...

    def ending_before(self, instant: datetime) -> Sequence[str]:
        """Return the lists that end before an instant, or have no end, by name."""
        ...

    def version_at(self, list_id: str, at: datetime) -> StatusListVersion | None:
        """Return a list as it was signed last at an instant."""
        ...

    def version_in_log(self, list_id: str, size: int) -> StatusListVersion | None:
        """Return the last version of a list that a log of some size holds."""
        ...

    def add(self, status_list: StatusList) -> None:
        """Record a new list; its bytes become an entry of the log."""
        ...

    def save(self, status_list: StatusList) -> None:
        """Store a list signed anew if its revision is still the one that was read."""
        ...


class EventRegister(Protocol):
    """What happened, and who was told."""

    def add(self, event: Event) -> None: ...
    def of_battery(self, battery_id: BatteryId) -> Sequence[Event]: ...
    def find_kind(self, battery_id: BatteryId, kind: EventKind) -> Event | None:
        """Return the newest event of a kind."""
        ...

    def commit_to(self, kind: str, about: str, facts: Mapping[str, object], at: datetime) -> None:
        """Log a salted commitment to an unsigned event and keep its text."""
        ...

    def notify(self, notice: Notice) -> None:
        """Tell an organisation something; it sees the notice on its page."""
        ...

    def notices_for(self, organisation: str) -> Sequence[Notice]: ...
    def close_notice(self, notice_id: str, at: datetime) -> None: ...


class SuccessionRegister(Protocol):
    """Second lives: declared, disputed, placed."""

    def find(self, succession_id: str) -> Succession | None: ...
    def add(self, succession: Succession) -> None: ...
    def save(self, succession: Succession) -> None: ...
    def successors_of(self, battery_id: BatteryId) -> Sequence[Succession]:
        """Return the second lives that name this battery as an original."""
        ...

    def made(self, battery_id: BatteryId) -> Succession | None:
        """Return the second life that this battery came out of."""
        ...

    def look_up(self, battery_ids: Collection[BatteryId]) -> None:
        """Read what several batteries came out of at once; `made` knows it in this unit of work."""
        ...


class GrantRegister(Protocol):
    """Who may read or write about which battery."""

    def find(self, grant_id: str) -> Grant | None: ...
    def for_battery(self, battery: Battery) -> Sequence[Grant]: ...
    def of_organisation(self, organisation: str) -> Sequence[Grant]: ...
    def add(self, grant: Grant) -> None: ...
    def revoke(self, grant_id: str, at: datetime) -> None: ...


class AccountRegister(Protocol):
    """People, their sessions and API keys; only hashes of what is secret."""

    def find(self, login: str) -> Account | None: ...
    def count_of(self, organisation: str) -> int:
        """Return how many people of an organisation have a login."""
        ...

    def add(self, account: Account) -> None: ...
    def find_key(self, secret_hash: bytes) -> ApiKey | None: ...
    def add_key(self, key: ApiKey) -> None: ...
    def start_session(self, token_hash: bytes, login: str, expires_at: datetime) -> None: ...
    def session_login(self, token_hash: bytes, at: datetime) -> str | None:
        """Return whose session this is, unless it has ended."""
        ...

    def end_session(self, token_hash: bytes) -> None: ...


class AttachmentStore(Protocol):
    """Photos and documents, named by their SHA-256."""

    def put(self, content: bytes, media_type: str, at: datetime) -> str:
        """Keep bytes durably and return their digest, ``sha256:<hex>``."""
        ...

    def get(self, digest: str) -> tuple[bytes, str] | None:
        """Return bytes and media type."""
        ...

    def let_read(self, digest: str, organisations: Collection[str]) -> None:
        """Record whom a document concerns, besides those it concerned before."""
        ...

    def readers_of(self, digest: str) -> frozenset[str]:
        """Return the organisations that a document concerns."""
        ...


class DocumentRegister(Protocol):
    """Documents that statements name, with who brought them."""

    def uploads_of(self, digest: str) -> Sequence[StoredDocument]:
        """Return a document as each organisation brought it, the first one first."""
        ...

    def of_organisation(self, organisation: str) -> Sequence[StoredDocument]:
        """Return what an organisation brought, newest first."""
        ...

    def body_of(self, digest: str) -> bytes | None: ...
    def keep(self, document: StoredDocument, content: bytes) -> None:
        """Keep a document durably; again from the same organisation describes it anew."""
        ...

    def refer(self, references: Collection[DocumentReference]) -> None:
        """Record that a statement of this unit of work names documents; for good."""
        ...

    def references_to(
        self, digest: str, *, after: DocumentReference | None = None, limit: int
    ) -> Sequence[DocumentReference]:
        """Return what names a document, a page of it at a time."""
        ...


class ImportRegister(Protocol):
    """Files of batteries that are registered beside the requests, and how far they are."""

    def find(self, import_id: str) -> ImportRecord | None: ...
    def body(self, import_id: str) -> bytes:
        """Return the bytes of a file that was added."""
        ...

    def add(self, record: ImportRecord, body: bytes) -> None: ...
    def save(self, record: ImportRecord, results: Sequence[RowResult] = ()) -> None:
        """Store how far a file is if its revision is still the one that was read.

        Args:
            record: The file as it is now.
            results: Rows since the last save that were refused or on record already.
        """
        ...

    def results_of(self, import_id: str) -> Sequence[RowResult]:
        """Return the rows that were refused or on record already."""
        ...

    def refused_of(self, import_id: str, *, limit: int) -> Sequence[RowResult]:
        """Return the first rows that were refused."""
        ...

    def of_organisation(self, organisation: str, *, limit: int) -> Sequence[ImportRecord]:
        """Return the files of an organisation, newest first."""
        ...

    def running(self) -> Sequence[ImportRecord]:
        """Return the files that are not at their end."""
        ...


class JobQueue(Protocol):
    """Work to be done after the commit, at least once."""

    def enqueue(
        self, kind: str, payload: Mapping[str, object], *, run_at: datetime, dedupe_key: str
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered to an idempotency key before."""

    request_digest: bytes
    response: bytes


class IdempotencyRegister(Protocol):
    """Answers already given, by organisation and key."""

    def find(self, organisation: str, key: str) -> Answered | None: ...
    def add(self, organisation: str, key: str, answered: Answered, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything one use case reads and writes; nothing is stored before the commit."""

    operators: OperatorRegister
    did_documents: DidDocumentRegister
    time_stamps: TimeStampRegister
    passports: PassportRegister
    statements: StatementRegister
    status_lists: StatusListRegister
    events: EventRegister
    successions: SuccessionRegister
    parts: PartRegister
    key_changes: KeyRegister
    drafts: ModelDraftRegister
    grants: GrantRegister
    accounts: AccountRegister
    attachments: AttachmentStore
    documents: DocumentRegister
    imports: ImportRegister
    jobs: JobQueue
    idempotency: IdempotencyRegister
    keys: KeyStore
    clock: Clock
    rulebook: Rulebook = field(default_factory=read_rulebook)
    chemistries: Chemistries = field(default_factory=published_chemistries)
    shows_status_publicly: bool = False
    """Whether the public sees the status of first-life batteries too; a policy, off by default."""
    allows_own_review: bool = False
    """Whether who handed a model in may approve it although others could; off by default."""
    needs_four_eyes_for_keys: bool = False
    """Whether a change of keys waits for a second person; off by default."""
    status_lists_hold_for: timedelta = STATUS_LISTS_HOLD_FOR
    """How long a status list counts."""
    desks: dict[str, object] = field(default_factory=dict)
    """Desks by operator: one list of places for all that a use case signs."""

    @property
    def status_lists_are_refreshed_before(self) -> timedelta:
        """How much a status list has left when it is signed anew: tries and an outage fit in."""
        return self.status_lists_hold_for / 2

    def standing(self, battery: Battery) -> Standing:
        """Return what the record says about who is connected with a battery."""
        return Standing(
            responsible=battery.responsible,
            placed_by=battery.registered_by,
            delegates=self.operators.delegates_of(battery.responsible),
            holder=battery.holder,
            grants=tuple(self.grants.for_battery(battery)),
        )
