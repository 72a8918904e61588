"""Statements that operators sign outside, ready to call."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import Actor
from passport.domain.battery import BatteryModel
from passport.domain.errors import PassportError
from passport.services import outside
from passport.services.issue import NewBattery, NewModel, Registration
from passport.signing.prepared import LISTS, PreparedEntry, PreparedHead
from passport.storage.engine import read_session
from passport.storage.errors import StaleWriteError
from passport.storage.rows import Store
from passport.storage.unit import WriteBuffer

_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of one signed entry: on record, or refused.

    Attributes:
        registered: The battery or model on record; ``None`` where it was refused.
    """

    number: int
    registered: Registration | BatteryModel | None = None
    refusal: PassportError | None = None


class OutsideServices(Committing):
    """Models and batteries are prepared, signed elsewhere, and put on record."""

    def prepare_outside(
        self, actor: Actor, operator: str, entries: Sequence[tuple[int, NewBattery | NewModel]]
    ) -> outside.PreparedBatch:
        """Prepare models or batteries to be signed outside; only their places are stored.

        Raises:
            PassportError: What `passport.services.outside.prepare` refuses.
        """
        for attempt in range(_TRIES):
            with read_session(self._engine) as session:
                work = self._work_on(Store(session, WriteBuffer()))
                batch = outside.prepare(actor, operator, entries, work=work)
            try:
                with self.unit_of_work(actor) as work:
                    outside.keep_places(batch.places, work=work)
            except StaleWriteError:
                # Somebody else was given one of the places meanwhile: choose others.
                if attempt == _TRIES - 1:
                    raise
                continue
            return batch
        raise AssertionError  # the loop returns or raises

    def accept_signed(
        self, actor: Actor, head: PreparedHead, entries: Iterable[PreparedEntry]
    ) -> Iterator[Accepted]:
        """Put on record what was signed outside, each model and battery by itself.

        What was yielded as registered is durable; the same file again changes nothing.

        Raises:
            PassportError: What `passport.services.outside.accept_lists` refuses.
        """
        lists: Sequence[bytes] = ()
        for entry in entries:
            if entry.kind == LISTS:
                lists = entry.signed
                self._accept_lists(actor, head, entry)
                continue
            try:
                registered = self._accept(actor, head, entry, lists)
            except PassportError as refusal:
                yield Accepted(number=entry.number, refusal=refusal)
                continue
            yield Accepted(number=entry.number, registered=registered)

    def _accept_lists(self, actor: Actor, head: PreparedHead, entry: PreparedEntry) -> None:
        self.do(actor, lambda work: outside.accept_lists(actor, head, entry, work=work))

    def _accept(
        self, actor: Actor, head: PreparedHead, entry: PreparedEntry, lists: Sequence[bytes]
    ) -> Registration | BatteryModel:
        return self.do(actor, lambda work: outside.accept(actor, head, entry, lists, work=work))
