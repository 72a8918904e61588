"""What goes on beside the requests: due jobs, files of batteries, the tick of the sequencer."""

from dataclasses import dataclass, field
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from passport.bootstrap import Passport
from passport.domain.errors import PassportError

_TICK_S = 0.1
"""How often the log is grown for writers that went before it was."""
_TICKS_BETWEEN_JOBS = 5
_WITNESS_PAUSE_S = 2.0
"""Between two rounds of asking the witnesses; what was logged meanwhile is signed together."""
_END_TIMEOUT_S = 10.0

log = structlog.get_logger()


@dataclass(slots=True)
class Background:
    """Threads of this process, one for files: these take minutes; one for witnesses that are far.

    They end when the work they are at has ended.
    """

    passport: Passport
    _ending: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        work = [("passport-background", self._run), ("passport-imports", self._import)]
        if self.passport.settings.witnesses:
            work.append(("passport-witnesses", self._ask_witnesses))
        for name, run in work:
            thread = Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Ask the threads to end and wait for them."""
        self._ending.set()
        for thread in self._threads:
            thread.join(_END_TIMEOUT_S)

    def _run(self) -> None:
        ticks = 0
        is_upkeep_begun = False
        while not self._ending.wait(_TICK_S):
            ticks += 1
            try:
                if not is_upkeep_begun:
                    self.passport.upkeep.begin()
                    is_upkeep_begun = True
                self._sequence()
                if ticks % _TICKS_BETWEEN_JOBS == 0:
                    self.passport.run_due_jobs()
            except (PassportError, SQLAlchemyError):
                # The store is away or busy; the next tick tries again, and readiness tells of it.
                log.exception("background_failed")

    def _import(self) -> None:
        is_resumed = False
        while not self._ending.wait(_TICK_S * _TICKS_BETWEEN_JOBS):
            try:
                if not is_resumed:
                    self.passport.imports.resume()
                    is_resumed = True
                self.passport.run_due_imports(self._ending.is_set)
            except (PassportError, SQLAlchemyError):
                log.exception("imports_failed")

    def _ask_witnesses(self) -> None:
        while not self._ending.wait(_WITNESS_PAUSE_S):
            try:
                self.passport.collect_cosignatures()
            except (PassportError, SQLAlchemyError):
                log.exception("witnesses_failed")

    def _sequence(self) -> None:
        # On SQLite a writer grows the log itself, in the turn it already has.
        if self.passport.engine.dialect.name == "postgresql":
            self.passport.log.sequence(self.passport.services.clock.now())
