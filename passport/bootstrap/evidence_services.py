"""What anybody needs to check a passport without us, ready to call."""

from collections.abc import Sequence
from functools import cached_property

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import SYSTEM, Actor
from passport.domain.identifiers import BatteryId, OperatorSlug
from passport.domain.responsibility import ProducerRegistration
from passport.services import did_history, publishing, statement_status
from passport.services.evidence_registers import PublishedDidDocument
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.services.statement_status import Suspension

_MOST_LISTS_KEPT = 10_000
"""Lists of some kilobytes each, kept in memory."""


class EvidenceServices(Committing):
    """DID documents and status lists, as they are published."""

    def registrations(self, actor: Actor) -> Sequence[ProducerRegistration]:
        """Return the lines of the producer registers entered here; they are public."""
        return self.do(actor, lambda work: work.operators.registrations())

    def taken_over(self, actor: Actor) -> Sequence[tuple[OperatorSlug, OperatorSlug]]:
        """Return who answers for batteries of whom that another one registered; it is public."""
        return self.do(actor, lambda work: work.passports.taken_over())

    def did_document(self, slug: str) -> bytes:
        """Return the DID document of an operator, exactly as the version in the log.

        Raises:
            OperatorUnknownError: There is no such operator.
        """
        return self.do(
            SYSTEM,
            lambda work: did_history.did_document_bytes(read_operator(slug, work=work), work=work),
        )

    def did_history(self, slug: str) -> Sequence[PublishedDidDocument]:
        """Return every logged version of an operator's DID document, oldest first.

        Raises:
            OperatorUnknownError: There is no such operator.
        """
        return self.do(
            SYSTEM,
            lambda work: work.did_documents.history(read_operator(slug, work=work).slug),
        )

    def publish_missing_did_documents(self) -> int:
        """See `passport.services.did_history.publish_missing_did_documents`."""
        return self.do(SYSTEM, lambda work: did_history.publish_missing_did_documents(work=work))

    def suspend_passport(self, actor: Actor, battery_id: BatteryId, reason: str) -> Suspension:
        """See `passport.services.statement_status.suspend_passport`."""
        return self.do(
            actor,
            lambda work: statement_status.suspend_passport(actor, battery_id, reason, work=work),
        )

    def lift_suspension(self, actor: Actor, battery_id: BatteryId, reason: str) -> Suspension:
        """See `passport.services.statement_status.lift_suspension`."""
        return self.do(
            actor,
            lambda work: statement_status.lift_suspension(actor, battery_id, reason, work=work),
        )

    def refresh_status_list(self, list_id: str) -> bool:
        """See `passport.services.statement_status.refresh_status_list`."""
        return self.do(
            SYSTEM, lambda work: statement_status.refresh_status_list(list_id, work=work)
        )

    def begin_refreshing(self) -> int:
        """See `passport.services.statement_status.begin_refreshing`."""
        return self.do(SYSTEM, lambda work: statement_status.begin_refreshing(work=work))

    def status_list(self, list_id: str) -> bytes:
        """Return a status list as it is signed now; the bytes come from memory.

        Raises:
            StatusListUnknownError: There is none of this name.
        """
        return self.do(SYSTEM, lambda work: self._kept_list(list_id, work=work))

    def _kept_list(self, list_id: str, *, work: Work) -> bytes:
        revision = work.status_lists.revision_of(list_id)
        known = self._lists.get(list_id)
        if known is not None and known[0] == revision:
            return known[1]
        body = publishing.status_list_body(list_id, work=work)
        if revision is not None and len(self._lists) < _MOST_LISTS_KEPT:
            self._lists[list_id] = (revision, body)
        return body

    @cached_property
    def _lists(self) -> dict[str, tuple[int, bytes]]:
        """Bytes of status lists with their revision, which every reading compares."""
        return {}
