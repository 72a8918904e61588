"""What an operator may call its own, changed while it is on record: GS1 prefixes, former hosts."""

from dataclasses import dataclass, replace

from passport.domain.access import ORGANISATION_SCOPE, require_reach, require_role
from passport.domain.actor import Actor, Role
from passport.domain.identifiers import parse_gtin_prefix, parse_host
from passport.domain.organisation import Operator
from passport.services.operators import read_operator, require_own_gtin
from passport.services.ports import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorChange:
    """What takes the place of what is on record; ``None`` leaves it.

    Attributes:
        gtin_prefixes: GS1 company prefixes of its products; empty binds it to none.
        former_hosts: Schemes and hosts of QR codes that it used before.
    """

    gtin_prefixes: tuple[str, ...] | None = None
    former_hosts: tuple[str, ...] | None = None


def change_operator(actor: Actor, name: str, change: OperatorChange, *, work: Work) -> Operator:
    """Change which products and addresses are an operator's own.

    Args:
        actor: Who changes it.
        name: Short name or DID of the operator.
        change: What takes the place of what is on record.
        work: The unit of work.

    Raises:
        AccessDeniedError: The actor does not administer this service.
        OperatorUnknownError: There is no such operator.
        InvalidIdentifierError: A prefix or a host is none.
        GtinNotOfOperatorError: A model of the operator on record has none of the prefixes.
    """
    require_reach(actor, ORGANISATION_SCOPE)
    require_role(actor, Role.ADMINISTRATOR, Role.SYSTEM)
    before = read_operator(name, work=work)
    operator = before
    if change.gtin_prefixes is not None:
        prefixes = tuple(parse_gtin_prefix(prefix) for prefix in change.gtin_prefixes)
        operator = replace(operator, gtin_prefixes=prefixes)
        for model in work.passports.models_of(operator.slug):
            require_own_gtin(operator, model.model_id)
    if change.former_hosts is not None:
        hosts = tuple(parse_host(host) for host in change.former_hosts)
        operator = replace(operator, former_hosts=hosts)
    if operator != before:
        work.operators.save_reach(operator)
        facts = {"gtinPrefixes": operator.gtin_prefixes, "formerHosts": operator.former_hosts}
        work.events.commit_to("operator-changed", operator.slug, facts, work.clock.now())
    return operator
