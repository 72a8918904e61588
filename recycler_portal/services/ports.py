"""What the use cases need: registers of the yard, the passport's record, the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId, ModelId
from recycler_portal.domain.batch import Batch, BatchStep, Stage
from recycler_portal.domain.intake import Answering, Intake, IntakeId
from recycler_portal.domain.task import Message, Task
from recycler_portal.domain.waste_battery import KnownBattery


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime:
        """Return the instant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller sent, so that a repetition is known.

    Attributes:
        key: Idempotency key of the caller, unique within its organisation.
        digest: SHA-256 over what was sent (32 bytes).
    """

    key: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoContent:
    """A photo as it came."""

    content: bytes
    media_type: str
    digest: str
    shows: str = ""


class IntakeRegister(Protocol):
    """Batteries that were taken in; an organisation sees its own."""

    def next_number(self, organisation: str, year: int) -> int:
        """Return the next local number of an organisation in a year."""
        ...

    def add(self, intake: Intake, request: Request, photos: Sequence[PhotoContent]) -> None:
        """Record an intake with its photos."""
        ...

    def save(self, intake: Intake) -> None:
        """Store a changed intake if its revision is still the one that was read."""
        ...

    def read(self, intake_id: str, *, organisation: str) -> Intake:
        """Return an intake.

        Raises:
            IntakeNotFoundError: There is none under this number, or it is another's.
        """
        ...

    def find_request(self, organisation: str, request: Request) -> Intake | None:
        """Return what the same request made before.

        Raises:
            IdempotencyConflictError: The key came with another content.
        """
        ...

    def here(self, battery_id: BatteryId) -> Sequence[Intake]:
        """Return the intakes of a battery that it has not left, with every organisation."""
        ...

    def waiting_at(self, organisation: str, *, limit: int) -> Sequence[Intake]:
        """Return the batteries in no batch, the newest first."""
        ...

    def answer(self, intake_id: IntakeId, answering: Answering, responsible: str) -> None:
        """Record who answers for a battery."""
        ...

    def photo(self, intake_id: str, position: int, *, organisation: str) -> PhotoContent:
        """Return a photo.

        Raises:
            IntakeNotFoundError: There is no such photo.
        """
        ...


class BatchRegister(Protocol):
    """Batches of recyclers."""

    def next_number(self, organisation: str, year: int) -> int:
        """Return the next number of an organisation in a year."""
        ...

    def add(self, batch: Batch, request: Request) -> None:
        """Record a batch with its batteries."""
        ...

    def add_step(self, batch: Batch, step: BatchStep, request: Request) -> None:
        """Store the batch's newest step if its revision is still the one that was read."""
        ...

    def remove_last_step(self, batch: Batch) -> None:
        """Remove the step after the batch's last if its revision is still the one that was read."""
        ...

    def save(self, batch: Batch) -> None:
        """Store a changed batch if its revision is still the one that was read."""
        ...

    def read(self, batch_id: str, *, organisation: str) -> Batch:
        """Return a batch.

        Raises:
            BatchNotFoundError: There is none under this number, or it is another's.
        """
        ...

    def find_request(self, organisation: str, request: Request) -> Batch | None:
        """Return what the same request made before.

        Raises:
            IdempotencyConflictError: The key came with another content.
        """
        ...

    def has_step(self, batch_id: str, request: Request) -> bool:
        """Whether the same request recorded a step before.

        Raises:
            IdempotencyConflictError: The key came with another content.
        """
        ...

    def of(self, organisation: str, *, limit: int) -> Sequence[Batch]:
        """Return an organisation's batches, the newest first."""
        ...

    def set_stage(self, intake_id: IntakeId, stage: Stage) -> None:
        """Record how far a battery is on the passport's record."""
        ...


class TaskRegister(Protocol):
    """What people have to do."""

    def add(self, task: Task) -> None:
        """Record a task."""
        ...

    def open_of(self, organisation: str, *, limit: int) -> Sequence[Task]:
        """Return what is to be done, the oldest first."""
        ...

    def close(self, organisation: str, task_id: str, *, by: str, at: datetime) -> None:
        """Close one open task that is no hold.

        Raises:
            TaskNotFoundError: The organisation has no such task.
        """
        ...

    def close_about(self, organisation: str, about: str, *, by: str, at: datetime) -> None:
        """Close every open task about one intake."""
        ...


class Outbox(Protocol):
    """What the passport's record still has to be told."""

    def add(self, message: Message) -> None:
        """Keep a message until it was told."""
        ...

    def waiting(self, *, after: str = "", limit: int) -> Sequence[Message]:
        """Return what is to be told, the oldest first, of what follows a message."""
        ...

    def settle(self, message_id: str, outcome: str, at: datetime) -> bool:
        """Record that a message was taken or refused for good; False where that is recorded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class YardWork:
    """Everything one use case reads and writes, in one transaction."""

    intakes: IntakeRegister
    batches: BatchRegister
    tasks: TaskRegister
    outbox: Outbox
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """What the passport's record says about a code that was scanned.

    Attributes:
        known: What the passport says; None where it says nothing that may be relied on.
        is_registered: Whether the record can be told about this battery.
        remark: Why nothing is known, ready to print.
    """

    known: KnownBattery | None
    is_registered: bool
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteAnswer:
    """Who answers for a waste battery; empty where nobody was found."""

    responsible: str

    @property
    def is_orphan(self) -> bool:
        """Whether nobody was found."""
        return not self.responsible


class PassportRecord(Protocol):
    """The passport's record, as far as the end of life speaks with it.

    Each call is one committed unit of work over there; with the same key it may be repeated.
    """

    def ask(self, actor: Actor, battery_id: BatteryId) -> RecordAnswer:
        """Return what a collector may know about a battery."""
        ...

    def ask_model(self, actor: Actor, model_id: ModelId) -> RecordAnswer:
        """Return what is known of a battery whose code names its model alone."""
        ...

    def declare_waste(  # noqa: PLR0913 - what is told, by name
        self,
        actor: Actor,
        battery_id: BatteryId,
        *,
        country: str,
        where: str,
        at: datetime,
        key: str,
    ) -> WasteAnswer:
        """Record that a battery became waste, and find who answers for it."""
        ...

    def enter_recycling(self, actor: Actor, battery_id: BatteryId, *, batch: str, key: str) -> None:
        """Record that a battery entered recycling."""
        ...

    def declare_recycled(
        self, actor: Actor, battery_id: BatteryId, *, batch: str, key: str
    ) -> None:
        """Record that a battery has been recycled; its passport ceases."""
        ...
