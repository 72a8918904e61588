"""What anybody needs to check a passport without us, ready to call."""

from collections.abc import Sequence

from passport.bootstrap.unit_of_work import Committing
from passport.domain.actor import SYSTEM
from passport.services import did_history, publishing
from passport.services.evidence_registers import PublishedDidDocument
from passport.services.operators import read_operator


class EvidenceServices(Committing):
    """DID documents and status lists, as they are published."""

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

    def status_list(self, list_id: str) -> bytes:
        """See `passport.services.publishing.status_list_body`."""
        return self.do(SYSTEM, lambda work: publishing.status_list_body(list_id, work=work))
