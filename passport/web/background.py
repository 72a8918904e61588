"""What goes on beside the requests: due jobs, and the sequencer's tick on a server database."""

from dataclasses import dataclass, field
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from passport.bootstrap import Passport
from passport.domain.errors import PassportError

_TICK_S = 0.1
"""How often the log is grown for writers that went before it was."""
_TICKS_BETWEEN_JOBS = 5
_END_TIMEOUT_S = 10.0

log = structlog.get_logger()


@dataclass(slots=True)
class Background:
    """One thread of this process; ends when the work it is at has ended."""

    passport: Passport
    _ending: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = Thread(target=self._run, name="passport-background", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Ask the thread to end and wait for it."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(_END_TIMEOUT_S)

    def _run(self) -> None:
        ticks = 0
        while not self._ending.wait(_TICK_S):
            ticks += 1
            try:
                self._sequence()
                if ticks % _TICKS_BETWEEN_JOBS == 0:
                    self.passport.run_due_jobs()
            except (PassportError, SQLAlchemyError):
                # The store is away or busy; the next tick tries again, and readiness tells of it.
                log.exception("background_failed")

    def _sequence(self) -> None:
        # On SQLite a writer grows the log itself, in the turn it already has.
        if self.passport.engine.dialect.name == "postgresql":
            self.passport.log.sequence(self.passport.services.clock.now())
