"""What anybody needs to check a passport without us: DID documents, trust, bundles."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from passport.domain.access import Audience
from passport.domain.actor import Actor
from passport.domain.errors import NotFoundError
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Operator
from passport.services.bundle import make_bundle
from passport.services.did_history import did_document
from passport.services.disclosure import disclose
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.signing.transparency_log import NoteKey


class StatusListUnknownError(NotFoundError):
    """There is no status list of this name."""

    code = "status-list-unknown"


class Receipts(Protocol):
    """The log, as far as it proves what stands in it."""

    def receipt(self, digest: bytes) -> bytes:
        """Return the receipt of an entry."""
        ...


def trust_file(operators: Iterable[Operator], log_key: NoteKey) -> dict[str, object]:
    """Return what a verifier would believe that trusts every operator here, and this log."""
    known = list(operators)
    return {
        "dids": {operator.did: did_document(operator) for operator in known},
        "logs": [{"origin": log_key.name, "key": log_key.text}],
        "roles": {
            operator.did: sorted(role.value for role in operator.roles) for operator in known
        },
    }


def status_list_body(list_id: str, *, work: Work) -> bytes:
    """Return a status list as it was signed.

    Raises:
        StatusListUnknownError: There is none of this name.
    """
    found = work.status_lists.find(list_id)
    if found is None:
        raise StatusListUnknownError(f"there is no status list {list_id}")
    return found.body


def passport_bundle(
    actor: Actor,
    battery_id: BatteryId,
    audience: Audience | None,
    *,
    receipts: Receipts,
    work: Work,
) -> bytes:
    """Return what a reader may see, with all it takes to verify it without network.

    Raises:
        PassportNotFoundError: No such battery is registered.
        AccessDeniedError: The actor does not belong to the audience.
    """
    statements = disclose(actor, battery_id, audience, work=work).statements
    issuers: Mapping[str, Operator] = {
        statement.issuer: read_operator(statement.issuer, work=work) for statement in statements
    }
    return make_bundle(
        [statement.body for statement in statements],
        did_documents={issuer.did: did_document(issuer) for issuer in issuers.values()},
        status_lists=[
            status_list_body(list_id, work=work)
            for list_id in sorted({statement.status_list for statement in statements})
        ],
        receipts={
            statement.digest: receipts.receipt(statement.digest).decode()
            for statement in statements
        },
    )
