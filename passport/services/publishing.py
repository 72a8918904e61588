"""What anybody needs to check a passport without us: DID documents, trust, bundles."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from passport.domain.access import Audience
from passport.domain.actor import Actor, Role
from passport.domain.errors import NotFoundError
from passport.domain.identifiers import BatteryId
from passport.domain.organisation import Operator
from passport.domain.responsibility import ProducerRegistration, ResponsibleRole
from passport.services.archive import ArchivedLog, archive_of
from passport.services.bundle import make_bundle
from passport.services.did_history import did_document
from passport.services.disclosure import disclose, statements_at
from passport.services.operators import read_operator
from passport.services.ports import Work
from passport.signing.transparency_log import NoteKey


class StatusListUnknownError(NotFoundError):
    """There is no status list of this name."""

    code = "status-list-unknown"


def trust_file(
    operators: Iterable[Operator],
    log_key: NoteKey,
    registrations: Iterable[ProducerRegistration] = (),
    taken_over: Iterable[tuple[str, str]] = (),
) -> dict[str, object]:
    """Return what a verifier would believe that trusts every operator here, and this log.

    Args:
        operators: Everybody on record here.
        log_key: The key of the log.
        registrations: Lines of producer registers: who answers for whose waste signs for the
            products of that producer too.
        taken_over: Who answers for batteries of whom, such as after a second life.
    """
    known, lines, pairs = list(operators), list(registrations), list(taken_over)
    reach = {operator.slug: _reach(operator, known, lines, pairs) for operator in known}
    return {
        "dids": {operator.did: did_document(operator) for operator in known},
        "logs": [{"origin": log_key.name, "key": log_key.text}],
        "roles": {
            operator.did: sorted(role.value for role in operator.roles) for operator in known
        },
        "gtinPrefixes": {
            operator.did: prefixes
            for operator in known
            if (prefixes := _prefixes(operator, reach[operator.slug])) is not None
        },
        "hosts": {
            operator.did: list(dict.fromkeys(host for one in spoken_for for host in one.hosts))
            for operator in known
            if (spoken_for := reach[operator.slug]) is not None
        },
    }


def _reach(
    operator: Operator,
    known: Sequence[Operator],
    registrations: Sequence[ProducerRegistration],
    taken_over: Sequence[tuple[str, str]],
) -> Sequence[Operator] | None:
    """Return whose batteries an operator signs for; ``None`` where that can be everybody's."""
    lines = [line for line in registrations if line.party == operator.slug]
    if any(line.role is ResponsibleRole.SELECTED_OPERATOR for line in lines):
        return None
    producers = {line.operator for line in lines}
    producers |= {producer for party, producer in taken_over if party == operator.slug}
    return [operator, *(one for one in known if one.slug in producers - {operator.slug})]


def _prefixes(operator: Operator, spoken_for: Sequence[Operator] | None) -> list[str] | None:
    """Return the prefixes that bind an operator; ``None`` where they are not all known."""
    if spoken_for is None:
        return None
    places = {Role.OPERATOR, Role.SECOND_LIFE}
    if any(not one.gtin_prefixes and one.roles & places for one in spoken_for[1:]):
        return None
    prefixes = sorted({prefix for one in spoken_for for prefix in one.gtin_prefixes})
    is_unknown = not prefixes and bool(operator.roles & places)
    return None if is_unknown else prefixes


def status_list_body(list_id: str, *, work: Work) -> bytes:
    """Return a status list as it was signed.

    Raises:
        StatusListUnknownError: There is none of this name.
    """
    found = work.status_lists.find(list_id)
    if found is None:
        raise StatusListUnknownError(f"there is no status list {list_id}")
    return found.body


def passport_bundle(  # noqa: PLR0913 - who asks for what, of when, and where it is
    actor: Actor,
    battery_id: BatteryId,
    audience: Audience | None,
    *,
    log: ArchivedLog,
    work: Work,
    at: datetime | None = None,
) -> bytes:
    """Return what a reader may see, with all it takes to verify it without network.

    Args:
        actor: Who reads.
        battery_id: The battery.
        audience: The audience to read as; ``None`` reads as every audience the actor belongs to.
        log: The log.
        work: The unit of work.
        at: The instant whose statements and status lists are asked for; now when not given.

    Raises:
        PassportNotFoundError: No such battery is registered, or none was by then.
        AccessDeniedError: The actor does not belong to the audience.
    """
    statements = (
        disclose(actor, battery_id, audience, work=work).statements
        if at is None
        else statements_at(actor, battery_id, audience, at, work=work)
    )
    issuers: Mapping[str, Operator] = {
        statement.issuer: read_operator(statement.issuer, work=work) for statement in statements
    }
    archive = archive_of(statements, list(issuers.values()), log=log, work=work, at=at)
    return make_bundle(
        [statement.body for statement in statements],
        did_documents={issuer.did: did_document(issuer) for issuer in issuers.values()},
        status_lists=archive.status_lists,
        receipts=archive.receipts,
        did_history=archive.did_history,
        time_stamps=archive.time_stamps,
        log_extensions=archive.log_extensions,
    )
