"""Who may state what: by role, by the company's GTINs, by its addresses.

A genuine signature says who speaks. Whether this party may speak for this battery is what a
verifier knows of it: its roles, the GS1 prefixes of its products, the hosts of its addresses.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from passport.domain.actor import Role
from passport.domain.event import EventKind
from passport.domain.identifiers import has_gtin_prefix
from passport.domain.passport import StatementKind
from passport.services.trust import Trust
from passport.services.verification_report import Check, Finding, VerificationReport
from passport.services.verification_rules import GenuineStatement

_PLACERS: Final = frozenset({Role.OPERATOR, Role.SECOND_LIFE})
"""Place batteries on the market."""
_ANSWERING: Final = _PLACERS | {Role.COLLECTOR, Role.RECYCLER}
"""Can answer for a battery: as its operator, or for its waste (Art. 77(7))."""

STATED_BY: Final[Mapping[StatementKind, frozenset[Role]]] = {
    StatementKind.MODEL_PUBLIC: _PLACERS,
    StatementKind.MODEL_RESTRICTED: _PLACERS,
    StatementKind.MODEL_AUTHORITY: _PLACERS,
    StatementKind.PRODUCTION: _PLACERS,
    StatementKind.ITEM_PUBLIC: _ANSWERING,
    StatementKind.ITEM_DECLARED: _ANSWERING,
    StatementKind.CONDITION: _ANSWERING,
    StatementKind.INDEX: _ANSWERING,
}
"""Roles of which a party needs one to make a statement; an event has its own table."""

REPORTED_BY: Final[Mapping[EventKind, frozenset[Role]]] = {
    EventKind.REPAIR: _ANSWERING,
    EventKind.RESET: _ANSWERING,
    EventKind.ACCIDENT: _ANSWERING,
    EventKind.RECALL: _ANSWERING,
    EventKind.SOLD: _ANSWERING,
    EventKind.LOST: _ANSWERING,
    EventKind.WASTE: _ANSWERING,
    EventKind.RECYCLING_STARTED: frozenset({Role.RECYCLER}),
    EventKind.SUCCESSION: _PLACERS,
    EventKind.RECYCLED: frozenset({Role.RECYCLER}),
    EventKind.ANNULLED: _ANSWERING,
    EventKind.STRUCTURE_RECORDED: _ANSWERING,
    EventKind.PART_INSTALLED: _ANSWERING,
    EventKind.PART_REMOVED: _ANSWERING,
    EventKind.PART_SWAPPED: _ANSWERING,
    EventKind.BUILT_IN: _ANSWERING,
    EventKind.TAKEN_OUT: _ANSWERING,
}
"""Roles of which a party needs one to report an event."""

_BOUND_TO_PRODUCT: Final = frozenset(STATED_BY) - {StatementKind.CONDITION}
"""Kinds by which a party speaks as the one whose product it is, or who answers for it.

A condition or an event may be somebody else's: a workshop's, a recycler's.
"""

_PRODUCT_PATH: Final = re.compile(r"/01/[0-9]{14}(/21/[^/]+)?|/id/[^/]+")


def check_parties(
    statements: Sequence[GenuineStatement], trust: Trust, report: VerificationReport
) -> None:
    """Find statements of known parties that go beyond their roles, products or addresses."""
    for statement in statements:
        for finding, reason in _reasons(statement, trust):
            report.found(
                Check.ISSUERS, finding, f"{statement.iri}: {reason}", statement=statement.iri
            )


def _reasons(statement: GenuineStatement, trust: Trust) -> Iterator[tuple[Finding, str]]:
    issuer = statement.issuer
    roles = trust.roles.get(issuer)
    if roles is not None and (reason := _why_not_in_role(statement, roles)):
        yield Finding.ISSUER_WITHOUT_SAY, reason
    prefixes = trust.gtin_prefixes.get(issuer)
    if prefixes is not None and (reason := _why_not_its_gtin(statement, prefixes)):
        yield Finding.GTIN_OF_ANOTHER, reason
    hosts = trust.hosts.get(issuer)
    if hosts is not None and (reason := _why_not_its_host(statement, hosts)):
        yield Finding.HOST_NOT_OF_OPERATOR, reason


def _why_not_in_role(statement: GenuineStatement, roles: frozenset[Role]) -> str | None:
    if statement.kind is StatementKind.EVENT:
        allowed = _reporters(statement.event)
        what = f"reports {statement.event or 'an event'}"
    else:
        allowed = STATED_BY.get(statement.kind, frozenset())
        what = f"makes a {statement.kind.value}"
    if not roles.isdisjoint(allowed):
        return None
    needed = " or ".join(sorted(role.value for role in allowed)) or "role that exists"
    held = ", ".join(sorted(role.value for role in roles)) or "nothing"
    return f"{statement.issuer} is {held}, no {needed}, but {what}"


def _reporters(event: str) -> frozenset[Role]:
    return REPORTED_BY[EventKind(event)] if event in set(EventKind) else frozenset()


def _why_not_its_gtin(statement: GenuineStatement, prefixes: Sequence[str]) -> str | None:
    if statement.kind not in _BOUND_TO_PRODUCT:
        return None
    path = urlsplit(str(statement.subject["id"])).path
    if _PRODUCT_PATH.fullmatch(path) is None:
        return f"{path} names no battery or model in the one way that is compared"
    if has_gtin_prefix(path.removeprefix("/"), prefixes):
        return None
    own = ", ".join(prefixes) or "none"
    return f"the GTIN in {path} is not one of {statement.issuer}, whose prefixes are: {own}"


def _why_not_its_host(statement: GenuineStatement, hosts: Sequence[str]) -> str | None:
    addresses = [statement.iri]
    if statement.kind in _BOUND_TO_PRODUCT:
        addresses += [str(statement.subject["id"]), statement.series]
    for address in addresses:
        # Letter by letter up to the slash: a user, a port, a dot or a look-alike differs.
        if not any(address.startswith(f"{host}/") for host in hosts):
            own = ", ".join(hosts) or "none"
            return f"{address} is no address of {statement.issuer}, whose hosts are: {own}"
    return None
