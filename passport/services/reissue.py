"""After a compromise: what the operator stands by is signed anew with its new key.

What the log shows to be older than the compromise stands as it is. Of the rest, the record keeps
the statements as they were signed; a statement signed anew is the next version of its series, and
what nobody stands by stays refused.
"""

from collections.abc import Mapping, Sequence

import orjson

from passport.domain.access import Point
from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.organisation import Operator
from passport.domain.passport import StatementKind
from passport.linked_data.documents import content_of
from passport.services.current import resign
from passport.services.desk import desk_of
from passport.services.issue import sign_model
from passport.services.keys_register import SignedByKey, key_id_of
from passport.services.operator_keys import refused_statements, require_keeper
from passport.services.operators import read_operator
from passport.services.ports import SignedStatement, Work
from passport.services.series import CHAINS

_ITEM_KINDS = frozenset(
    {StatementKind.ITEM_PUBLIC, StatementKind.ITEM_DECLARED, StatementKind.INDEX}
)


def list_to_reissue(
    actor: Actor, operator: str, key_id: str, excluded: frozenset[str], *, work: Work
) -> Mapping[str, Sequence[str]]:
    """Return the statements that wait to be signed anew, by the battery or model they are about.

    Args:
        actor: Acts for the operator, or administers this service.
        operator: Short name or DID.
        key_id: The compromised key.
        excluded: Ids of statements that the operator does not stand by.
        work: The unit of work.

    Raises:
        AccessDeniedError: The actor is neither.
        KeyNotOfOperatorError: The operator never had the key.
        KeyStateError: It was not declared compromised.
    """
    owner = read_operator(operator, work=work)
    require_keeper(actor, owner)
    waiting: dict[str, list[str]] = {}
    for one in refused_statements(owner, key_id, work=work):
        if one.statement_id not in excluded and waits(one, owner, work=work):
            waiting.setdefault(one.about, []).append(one.statement_id)
    return waiting


def reissue(
    actor: Actor, operator: str, about: str, statement_ids: Sequence[str], *, work: Work
) -> int:
    """Sign anew what an operator stands by about one battery or model.

    Args:
        actor: Acts for the operator, or administers this service.
        operator: Short name or DID.
        about: The battery or model.
        statement_ids: Its statements that wait; one that does no more is passed over.
        work: The unit of work.

    Returns:
        How many of them the operator stands by with its new key now.

    Raises:
        AccessDeniedError: The actor is neither.
        KeyHeldOutsideError: The operator's new key is not held here.
    """
    owner = read_operator(operator, work=work)
    require_keeper(actor, owner)
    found = [one for name in statement_ids if (one := work.statements.find(name)) is not None]
    waiting = [one for one in found if _waits(one, owner, work=work)]
    kinds = {statement.kind for statement in waiting}
    battery = work.passports.find(BatteryId(about))
    model = work.passports.find_model(ModelId(about))
    if kinds & _ITEM_KINDS and battery is not None and battery.responsible == owner.slug:
        resign(battery, owner, work=work)
        kinds -= _ITEM_KINDS
    models = {kind for kind in kinds if kind.is_about_model}
    if models and model is not None and model.operator == owner.slug:
        sign_model(model, owner, work=work)
        kinds -= models
    _repeat([one for one in waiting if one.kind in kinds], owner, work=work)
    return len(waiting)


def waits(statement: SignedByKey, owner: Operator, *, work: Work) -> bool:
    """Whether a refused statement has not been signed anew, and would have to be."""
    found = work.statements.find(statement.statement_id)
    return found is not None and _waits(found, owner, work=work)


def _waits(statement: SignedStatement, owner: Operator, *, work: Work) -> bool:
    newest = work.statements.newest(statement.series)
    if statement.kind not in CHAINS:
        return newest is not None and newest.statement_id == statement.statement_id
    content = _content(statement)
    return not any(
        later.version > statement.version
        and later.series == statement.series
        and not _is_refused(later, owner)
        and _content(later) == content
        for later in work.statements.all_about(statement.about, statement.kind)
    )


def _is_refused(statement: SignedStatement, owner: Operator) -> bool:
    signed_with = key_id_of(statement.body)
    return any(key.key_id == signed_with and key.revoked_at is not None for key in owner.keys)


def _repeat(statements: Sequence[SignedStatement], owner: Operator, *, work: Work) -> None:
    """Sign the same content as the next version of each series, oldest first."""
    desk = desk_of(owner, work=work)
    last: dict[str, SignedStatement] = {}
    for one in sorted(statements, key=lambda statement: statement.version):
        previous = last.get(one.series) or work.statements.newest(one.series)
        last[one.series] = desk.sign(
            one.kind,
            about=one.about,
            subject_iri=orjson.loads(one.body)["credentialSubject"]["id"],
            series_iri=one.series,
            point=Point(one.point),
            content=_content(one),
            previous=previous,
        )


def _content(statement: SignedStatement) -> dict[str, object]:
    return content_of(orjson.loads(statement.body))
