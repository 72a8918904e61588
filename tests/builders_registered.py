"""An installation with a registered battery, a yard and a recycler; everything is real."""

from datetime import date
from pathlib import Path

from builders_contents import an_example
from builders_yard import COLLECTOR, RECYCLER

from passport.bootstrap import Passport, open_passport
from passport.domain.actor import SYSTEM, Actor, Role
from passport.domain.battery import Category
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.responsibility import ResponsibleRole
from passport.services.issue import NewBattery, NewModel
from passport.services.operators import NewOperator, NewRegistration

MAKER = Actor(organisation="voltra", roles=frozenset({Role.OPERATOR}), name="Mara")
PACK = BatteryId("01/09506000134352/21/EV75-000001")
HOST = "http://localhost:8000"


def an_installation(
    data: Path, database_url: str = "", keystore: str = "memory:", *, host: str = HOST
) -> Passport:
    """Return an installation with three organisations and one pack in use."""
    given = {"database_url": database_url} if database_url else {}
    passport = open_passport(data=data, keystore=keystore, extensions=("recycler_portal",), **given)
    for actor in (MAKER, COLLECTOR, RECYCLER):
        passport.services.add_operator(
            SYSTEM,
            NewOperator(
                name=actor.organisation.title(),
                slug=actor.organisation,
                operator_uri=f"https://{actor.organisation}.example.com/id",
                country="NL",
                base_url=host,
                roles=actor.roles,
            ),
        )
    passport.services.add_model(
        MAKER,
        "voltra",
        NewModel(
            model_id=ModelId("01/09506000134352"), content=an_example("ev-pack-model")["content"]
        ),
    )
    register_pack(passport, PACK)
    return passport


def register_pack(passport: Passport, battery_id: BatteryId) -> None:
    """Register a pack like the example's."""
    serial = battery_id.rpartition("/")[2]
    content = {**an_example("ev-pack")["content"], "serialNumber": serial}
    passport.services.register_battery(
        MAKER,
        "voltra",
        NewBattery(battery_id=battery_id, content=content, placed_on_market_on=date(2026, 11, 1)),
    )


def enter_producer(passport: Passport, country: str = "NL") -> None:
    """Enter the maker as registered producer of a Member State."""
    passport.services.enter_registration(
        SYSTEM,
        NewRegistration(
            country=country,
            category=Category.EV,
            register_number="NL-4711",
            operator="voltra",
            party="voltra",
            role=ResponsibleRole.PRODUCER,
            valid_from=date(2026, 1, 1),
        ),
    )
