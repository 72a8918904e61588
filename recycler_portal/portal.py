"""The portal's use cases, each as one committed unit of work; the one place that commits here.

What is told to the passport's record is committed together with what it is about, and told
afterwards: no transaction spans both.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from passport.domain.actor import Actor
from passport.domain.chemistry import Chemistries
from passport.domain.identifiers import BatteryId
from recycler_portal.domain.batch import Batch
from recycler_portal.domain.errors import NotToldError
from recycler_portal.domain.intake import Intake
from recycler_portal.domain.task import Message, Task
from recycler_portal.rules.annex_xii import RecyclingRules, load_recycling_rules
from recycler_portal.rules.handling import HandlingRules, load_handling_rules
from recycler_portal.services import take_in as intake_use_cases
from recycler_portal.services import treat
from recycler_portal.services.ports import (
    Clock,
    PassportRecord,
    PhotoContent,
    RecordAnswer,
    YardWork,
)
from recycler_portal.services.rates import Rates
from recycler_portal.services.rights import require_recycler, require_yard
from recycler_portal.services.take_in import NewIntake
from recycler_portal.services.tasks import close_task
from recycler_portal.services.tell_passport import settle, tell
from recycler_portal.services.treat import BatchInput, NewBatch, NewStep
from recycler_portal.storage.batches import SqlBatchRegister
from recycler_portal.storage.intakes import SqlIntakeRegister
from recycler_portal.storage.requests import StaleIntakeError
from recycler_portal.storage.tasks import SqlOutbox, SqlTaskRegister

Result = TypeVar("Result")

_TRIES = 5
"""A use case that lost a race is run again; more losses in a row mean something else is wrong."""
_LIST_LENGTH = 200
_TOLD_AT_ONCE = 100

log = structlog.get_logger()


class Portal:
    """Every use case of the end of life."""

    def __init__(  # noqa: PLR0913 - the parts it is opened with
        self,
        engine: Engine,
        record: PassportRecord,
        clock: Clock,
        ask_to_tell: Callable[[], None] = lambda: None,
        own_hosts: Callable[[], frozenset[str]] = frozenset,
        *,
        chemistries: Chemistries | None = None,
    ) -> None:
        """Open the portal.

        Args:
            engine: The database that also holds the portal's tables.
            record: The passport's record.
            clock: The time.
            ask_to_tell: Has `tell_passport` called later, should this process end before.
            own_hosts: Finds the hosts whose codes lead to this service.
            chemistries: Those that passports name here; the published ones without.
        """
        self._engine = engine
        self._record = record
        self._clock = clock
        self._ask_to_tell = ask_to_tell
        self.own_hosts = own_hosts
        self.handling: HandlingRules = load_handling_rules(chemistries)
        self.recycling: RecyclingRules = load_recycling_rules()

    def take_in(self, actor: Actor, new: NewIntake) -> Intake:
        """See `recycler_portal.services.take_in.take_in`."""
        require_yard(actor)
        answer = self._ask_record(actor, new)

        def use_case(work: YardWork) -> Intake:
            if answer is None:
                return intake_use_cases.take_in(actor, new, rules=self.handling, work=work)
            return intake_use_cases.take_in(
                actor, new, answer=answer, rules=self.handling, work=work
            )

        intake = self._do(use_case)
        self._tell_now()
        return self.read_intake(actor, intake.intake_id)

    def _ask_record(self, actor: Actor, new: NewIntake) -> RecordAnswer | None:
        if new.observation.battery_id is not None:
            return self._record.ask(actor, new.observation.battery_id)
        if new.model_id is not None:
            return self._record.ask_model(actor, new.model_id)
        return None

    def release_from_hold(
        self, actor: Actor, intake_id: str, *, chemistry: str, reason: str
    ) -> Intake:
        """See `recycler_portal.services.take_in.release_from_hold`."""
        return self._do(
            lambda work: intake_use_cases.release_from_hold(
                actor,
                intake_id,
                chemistry=chemistry,
                reason=reason,
                rules=self.handling,
                work=work,
            )
        )

    def start_batch(self, actor: Actor, new: NewBatch) -> Batch:
        """See `recycler_portal.services.treat.start_batch`."""
        batch = self._do(lambda work: treat.start_batch(actor, new, work=work))
        self._tell_now()
        return self.read_batch(actor, batch.batch_id)

    def record_step(self, actor: Actor, batch_id: str, new: NewStep) -> Batch:
        """See `recycler_portal.services.treat.record_step`."""
        return self._do(lambda work: treat.record_step(actor, batch_id, new, work=work))

    def correct_input(self, actor: Actor, batch_id: str, entered: BatchInput) -> Batch:
        """See `recycler_portal.services.treat.correct_input`."""
        return self._do(lambda work: treat.correct_input(actor, batch_id, entered, work=work))

    def withdraw_last_step(self, actor: Actor, batch_id: str) -> Batch:
        """See `recycler_portal.services.treat.withdraw_last_step`."""
        return self._do(lambda work: treat.withdraw_last_step(actor, batch_id, work=work))

    def close_batch(self, actor: Actor, batch_id: str) -> Batch:
        """See `recycler_portal.services.treat.close_batch`."""
        return self._do(
            lambda work: treat.close_batch(actor, batch_id, rules=self.recycling, work=work)
        )

    def declare_recycled(self, actor: Actor, batch_id: str) -> Batch:
        """See `recycler_portal.services.treat.declare_recycled`."""
        self._do(lambda work: treat.declare_recycled(actor, batch_id, work=work))
        self._tell_now()
        return self.read_batch(actor, batch_id)

    def read_intake(self, actor: Actor, intake_id: str) -> Intake:
        """Return an intake of the actor's organisation."""
        require_yard(actor)
        return self._do(lambda work: work.intakes.read(intake_id, organisation=actor.organisation))

    def read_photo(self, actor: Actor, intake_id: str, position: int) -> PhotoContent:
        """Return a photo of an intake of the actor's organisation."""
        require_yard(actor)
        return self._do(
            lambda work: work.intakes.photo(intake_id, position, organisation=actor.organisation)
        )

    def waiting_intakes(self, actor: Actor) -> Sequence[Intake]:
        """Return the batteries of the actor's organisation that are in no batch, newest first."""
        require_yard(actor)
        return self._do(
            lambda work: work.intakes.waiting_at(actor.organisation, limit=_LIST_LENGTH)
        )

    def usual_place(self, actor: Actor) -> dict[str, str]:
        """Return site and country of the newest intake, to fill them in again."""
        for intake in self.waiting_intakes(actor)[:1]:
            return {"site": intake.observation.site, "country": intake.observation.country}
        return {}

    def open_tasks(self, actor: Actor) -> Sequence[Task]:
        """Return what the actor's organisation has to do, oldest first."""
        require_yard(actor)
        return self._do(lambda work: work.tasks.open_of(actor.organisation, limit=_LIST_LENGTH))

    def close_task(self, actor: Actor, task_id: str) -> None:
        """See `recycler_portal.services.tasks.close_task`."""
        self._do(lambda work: close_task(actor, task_id, work=work))

    def read_batch(self, actor: Actor, batch_id: str) -> Batch:
        """Return a batch of the actor's organisation."""
        require_recycler(actor)
        return self._do(lambda work: work.batches.read(batch_id, organisation=actor.organisation))

    def batches(self, actor: Actor) -> Sequence[Batch]:
        """Return the batches of the actor's organisation, newest first."""
        require_recycler(actor)
        return self._do(lambda work: work.batches.of(actor.organisation, limit=_LIST_LENGTH))

    def now(self) -> datetime:
        """Return the instant."""
        return self._clock.now()

    def rates_of(self, batch: Batch) -> Rates:
        """Return the rates of a batch by the law of today, as management figures."""
        return treat.rates_of_batch(batch, self.recycling, on=self._clock.now().date())

    def tell_passport(self) -> None:
        """Tell the passport's record all that waits to be told, oldest first.

        Raises:
            NotToldError: Something could not be told now; all that does not depend on it was.
        """
        not_told = self._tell_all()
        if not_told:
            raise NotToldError(
                f"{len(not_told)} batteries could not be told about, the first is {not_told[0]}"
            )

    def has_something_to_tell(self) -> bool:
        """Whether something waits to be told."""
        return bool(self._do(lambda work: work.outbox.waiting(limit=1)))

    def _tell_now(self) -> None:
        # What was committed here stands, also where the record is away: the job tells it later.
        self._ask_to_tell()
        self._tell_all()

    def _tell_all(self) -> Sequence[BatteryId]:
        """Tell what waits; return the batteries about which the record could not be told."""
        not_told: list[BatteryId] = []
        after = ""
        while messages := self._waiting(after):
            after = messages[-1].message_id
            for message in messages:
                # One battery's messages keep their order: what follows waits for what failed.
                if message.battery_id not in not_told and not self._is_told(message):
                    not_told.append(message.battery_id)
        return not_told

    def _waiting(self, after: str) -> Sequence[Message]:
        return self._do(lambda work: work.outbox.waiting(after=after, limit=_TOLD_AT_ONCE))

    def _is_told(self, message: Message) -> bool:
        try:
            self._tell(message)
        except Exception as fault:  # the edge of a message: whatever failed, the job tries again
            log.exception(
                "passport_not_told",
                kind=message.kind,
                message=message.message_id,
                fault=type(fault).__name__,
            )
            return False
        return True

    def _tell(self, message: Message) -> None:
        told = tell(message, record=self._record)
        self._do(lambda work: settle(message, told, work=work))

    def _do(self, use_case: Callable[[YardWork], Result]) -> Result:
        for attempt in range(_TRIES):
            try:
                with self._engine.begin() as connection, Session(connection) as session:
                    return use_case(self._work(session))
            except (StaleIntakeError, IntegrityError):
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError  # the loop returns or raises

    def _work(self, session: Session) -> YardWork:
        return YardWork(
            intakes=SqlIntakeRegister(session),
            batches=SqlBatchRegister(session),
            tasks=SqlTaskRegister(session),
            outbox=SqlOutbox(session),
            clock=self._clock,
        )
