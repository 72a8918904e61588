"""What is asked and done again and again in the life of a battery."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from builders import (
    COLLECTOR,
    NOON,
    PACK,
    RECYCLER,
    FixedClock,
    a_new_registration,
)

from passport.bootstrap import Passport, open_passport
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM, Actor
from passport.domain.identifiers import BatteryId
from passport.domain.passport import StatementKind
from passport.domain.responsibility import ResponsibleRole
from passport.linked_data.documents import content_of, parse_document
from passport.services.end_of_life import WasteDeclaration
from passport.services.operators import NewRegistration
from passport.services.status import BatteryStanding
from passport.services.trust import Trust
from passport.services.verification import verify_passport

IN_NL = WasteDeclaration(country="NL", occurred_at=NOON, where="yard 7")


def standing(record: Passport, battery_id: BatteryId = PACK) -> BatteryStanding:
    return record.services.read_standing(SYSTEM, battery_id)


def kinds(record: Passport, battery_id: BatteryId, audience: Audience) -> list[str]:
    disclosed = record.services.disclose(SYSTEM, battery_id, audience)
    return [statement.kind.value for statement in disclosed.statements]


def newest(record: Passport, battery_id: BatteryId, kind: StatementKind) -> dict[str, Any]:
    statements = record.services.disclose(SYSTEM, battery_id).statements
    found = [one for one in statements if one.kind is kind]
    return dict(content_of(parse_document(found[-1].body)))


def public_index(record: Passport, battery_id: BatteryId) -> dict[str, Any]:
    statements = record.services.disclose(SYSTEM, battery_id, Audience.PUBLIC).statements
    return dict(content_of(parse_document(statements[0].body)))


def kinds_of_notice(record: Passport, actor: Actor) -> list[str]:
    return [notice.kind for notice in record.services.notices_for(actor)]


def recycle(record: Passport, battery_id: BatteryId) -> None:
    record.services.declare_waste(COLLECTOR, battery_id, IN_NL)
    record.services.enter_recycling(RECYCLER, battery_id, "B-1")
    record.services.declare_recycled(RECYCLER, battery_id, "B-1")


def require_verified(record: Passport, battery_id: BatteryId, audience: Audience) -> None:
    report = verify_passport(
        record.bundle(SYSTEM, battery_id, audience),
        trust=Trust.parse(orjson.dumps(record.trust())),
        at=NOON + timedelta(minutes=1),
    )
    assert report.verified, report.to_dict()


def a_pro_line(**changed: Any) -> NewRegistration:
    return a_new_registration(
        party="collective",
        role=ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION,
        register_number="NL-2",
        **changed,
    )


def a_selected_line() -> NewRegistration:
    return a_new_registration(
        operator="", party="melt", role=ResponsibleRole.SELECTED_OPERATOR, register_number="NL-3"
    )


def reopened(data: Path, database_url: str) -> Passport:
    """Open an installation again, as another process does."""
    return open_passport(
        data=data,
        database_url=database_url,
        keystore=f"file:{data / 'keys'}",
        extensions=(),
        clock=FixedClock(),
    )
