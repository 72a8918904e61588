"""What is done again and again so that proofs stay good: lists signed anew, the log stamped."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from cryptography import x509

from passport.bootstrap.evidence_services import EvidenceServices
from passport.domain.actor import SYSTEM
from passport.services.status_lists import REFRESH_JOB
from passport.services.time_stamping import (
    STAMP_JOB,
    StampedLog,
    StampingRound,
    keep_stamp,
    what_to_renew,
    what_to_stamp,
)
from passport.settings import Settings, SettingsRefusedError
from passport.signing.time_stamp_client import GivenTimeStamp, TimeStampAuthorities
from passport.signing.web_reader import UnreachableError
from passport.storage.jobs import Handler

log = structlog.get_logger()


class Upkeep:
    """Keeps the evidence of an installation good; run by jobs, or by hand.

    Args:
        services: The use cases.
        stamped_log: The log whose checkpoints are stamped.
        settings: Which authorities stamp, and how often.
    """

    def __init__(
        self, services: EvidenceServices, stamped_log: StampedLog, settings: Settings
    ) -> None:
        self._services = services
        self._log = stamped_log
        self._every = timedelta(hours=settings.time_stamp_every_hours)
        self._authorities = (
            TimeStampAuthorities(settings.time_stamp_urls, _roots(settings.time_stamp_roots))
            if settings.time_stamp_urls
            else None
        )

    @property
    def authorities(self) -> TimeStampAuthorities:
        """Who stamps the time for this installation.

        Raises:
            UnreachableError: No authority is set.
        """
        if self._authorities is None:
            raise UnreachableError("no authority for time stamps is set: PASSPORT_TIME_STAMP_URLS")
        return self._authorities

    def close(self) -> None:
        """Give the connections back."""
        if self._authorities is not None:
            self._authorities.close()

    def begin(self) -> None:
        """Have done what is due since the service stood still, and what comes next."""
        self._services.begin_refreshing()
        if self._authorities is not None:
            self._stamp_after(timedelta())

    def jobs(self) -> dict[str, Handler]:
        """Return what does the jobs of upkeep, by their kind."""
        return {REFRESH_JOB: self._refresh, STAMP_JOB: self._stamp}

    def stamp_log(self) -> StampingRound:
        """Have the newest checkpoint stamped if it is time, and renew stamps that end soon.

        Raises:
            UnreachableError: No authority is set, or none gave a stamp for the checkpoint.
        """
        renewed = self._renew(self.authorities)
        due = self._services.do(
            SYSTEM, lambda work: what_to_stamp(self._log, every=self._every, work=work)
        )
        if due is None:
            return StampingRound(size=0, renewed=renewed)
        size, data = due
        given = self.authorities.stamp(data)
        self._keep(given, size=size, number=1)
        log.info("log_stamped", size=size, authority=given.authority)
        return StampingRound(size=size, renewed=renewed)

    def _renew(self, authorities: TimeStampAuthorities) -> int:
        renewed = 0
        for last, data in self._services.do(SYSTEM, lambda work: what_to_renew(work=work)):
            try:
                given = authorities.stamp(data, lasting_beyond=last.holds_until)
            except UnreachableError as error:
                log.error(  # noqa: TRY400 - its message says all; the next round tries again
                    "time_stamp_not_renewed", size=last.size, reason=str(error)
                )
                continue
            self._keep(given, size=last.size, number=last.number + 1)
            renewed += 1
        return renewed

    def _keep(self, given: GivenTimeStamp, *, size: int, number: int) -> None:
        self._services.do(
            SYSTEM, lambda work: keep_stamp(given, size=size, number=number, work=work)
        )

    def _refresh(self, payload: Mapping[str, Any]) -> None:
        self._services.refresh_status_list(str(payload["list"]))

    def _stamp(self, payload: Mapping[str, Any]) -> None:
        del payload  # what is to be stamped is looked up
        if self._authorities is not None:
            self._stamp_after(self._every)  # the next round comes even when this one fails for good
            self.stamp_log()

    def _stamp_after(self, pause: timedelta) -> None:
        run_at = self._services.clock.now() + pause
        self._services.do(
            SYSTEM,
            lambda work: work.jobs.enqueue(STAMP_JOB, {}, run_at=run_at, dedupe_key=STAMP_JOB),
        )


def _roots(file: Path | None) -> list[x509.Certificate]:
    if file is None:
        return []
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsRefusedError(
            f"PASSPORT_TIME_STAMP_ROOTS: {file} has no certificates: {error}"
        ) from error
