"""What is done again and again so that proofs stay good: lists signed anew before they end."""

from collections.abc import Mapping
from typing import Any

from passport.bootstrap.evidence_services import EvidenceServices
from passport.services.status_lists import REFRESH_JOB
from passport.storage.jobs import Handler


def upkeep_jobs(services: EvidenceServices) -> dict[str, Handler]:
    """Return what does the record's own jobs, by their kind."""

    def refresh(payload: Mapping[str, Any]) -> None:
        services.refresh_status_list(str(payload["list"]))

    return {REFRESH_JOB: refresh}
