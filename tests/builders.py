"""Valid values with one thing changed, and an installation of the record alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders_contents import a_content

from passport.bootstrap import Passport, open_passport
from passport.domain.access import Audience, Grant, Standing
from passport.domain.actor import SYSTEM, Actor, Role
from passport.domain.battery import Battery, BatteryModel, Category
from passport.domain.identifiers import (
    BatteryId,
    ModelId,
    OperatorSlug,
    gs1_battery_id,
    gs1_model_id,
)
from passport.domain.organisation import Key, Notice, Operator
from passport.domain.responsibility import ProducerRegistration, ResponsibleRole
from passport.domain.second_life import Evidence, LegacyPlate, Predecessor, Succession
from passport.domain.status import (
    BatteryStatus,
    Operation,
    PassportState,
    RemanufacturingRecord,
)
from passport.domain.units import AmpereHours, Percent
from passport.services.issue import NewBattery, NewModel
from passport.services.operators import NewOperator, NewRegistration, add_operator
from passport.services.ports import Work
from passport.services.second_life import NewSecondLife

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = "http://localhost:8000"
EV_GTIN = "09506000134352"
SECOND_LIFE_GTIN = "09506000134376"
PACK = gs1_battery_id(EV_GTIN, "EV75-000001")
OTHER_PACK = gs1_battery_id(EV_GTIN, "EV75-000002")
NEW_LIFE = gs1_battery_id(SECOND_LIFE_GTIN, "AGAIN-1")
THIRD_LIFE = gs1_battery_id(SECOND_LIFE_GTIN, "AGAIN-2")

MAKER = Actor(organisation="voltra", roles=frozenset({Role.OPERATOR}), name="Mara")
RIVAL = Actor(organisation="rival", roles=frozenset({Role.OPERATOR}), name="Ruth")
INTEGRATOR = Actor(organisation="again", roles=frozenset({Role.SECOND_LIFE}), name="Ines")
COLLECTIVE = Actor(organisation="collective", roles=frozenset({Role.OPERATOR}), name="Cor")
COLLECTOR = Actor(organisation="yard", roles=frozenset({Role.COLLECTOR}), name="Noor")
RECYCLER = Actor(organisation="melt", roles=frozenset({Role.RECYCLER}), name="Ravi")
OTHER_RECYCLER = Actor(organisation="smelt", roles=frozenset({Role.RECYCLER}), name="Rosa")
AUTHORITY = Actor(organisation="watch", roles=frozenset({Role.AUTHORITY}), name="Wim")
ADMINISTRATOR = Actor(organisation="house", roles=frozenset({Role.ADMINISTRATOR}), name="Hans")
ACTORS = (
    MAKER,
    RIVAL,
    INTEGRATOR,
    COLLECTIVE,
    COLLECTOR,
    RECYCLER,
    OTHER_RECYCLER,
    AUTHORITY,
    ADMINISTRATOR,
)
"""One person of each organisation of `an_installation`."""


class FixedClock:
    """Always noon."""

    def now(self) -> datetime:
        return NOON


class SettableClock:
    """Stands until it is put forward."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    def put_forward(self, time: timedelta) -> None:
        self._now += time


# --- values ---------------------------------------------------------------------------------------


def an_actor(*roles: Role, organisation: str = "voltra", **changed: Any) -> Actor:
    return Actor(organisation=organisation, roles=frozenset(roles), **changed)


def limited(actor: Actor, *scopes: str) -> Actor:
    """Return the same organisation with a key that has limits."""
    return replace(actor, scopes=frozenset(scopes))


def an_operator(**changed: Any) -> Operator:
    slug = changed.get("slug", "voltra")
    did = f"did:web:localhost%3A8000:operators:{slug}"
    key = Key(key_id=f"{did}#key-1", public_key_multibase="z6Mk", created_at=NOON)
    return Operator(
        **{
            "slug": OperatorSlug(slug),
            "name": "Voltra",
            "operator_uri": "https://voltra.example.com/",
            "country": "DE",
            "base_url": HOST,
            "did": did,
            "roles": frozenset({Role.OPERATOR}),
            "keys": (key,),
            "created_at": NOON,
            **changed,
        }
    )


def a_model(**changed: Any) -> BatteryModel:
    return BatteryModel(
        **{
            "model_id": gs1_model_id(EV_GTIN),
            "operator": OperatorSlug("voltra"),
            "base_url": HOST,
            "category": Category.EV,
            "sub_type": None,
            "name": "EV75",
            "content": a_content("ev-pack-model"),
            **changed,
        }
    )


def a_battery(**changed: Any) -> Battery:
    return Battery(
        **{
            "battery_id": PACK,
            "model_id": gs1_model_id(EV_GTIN),
            "base_url": HOST,
            "category": Category.EV,
            "sub_type": None,
            "status": BatteryStatus.ORIGINAL,
            "state": PassportState.ACTIVE,
            "responsible": "voltra",
            "registered_by": OperatorSlug("voltra"),
            "holder": "",
            "placed_on_market_on": date(2026, 11, 1),
            "registered_at": NOON,
            "content": a_content("ev-pack"),
            "content_digest_hex": "00" * 32,
            **changed,
        }
    )


def a_grant(**changed: Any) -> Grant:
    return Grant(
        **{
            "grant_id": "grant-1",
            "organisation": "again",
            "battery_id": PACK,
            "model_id": gs1_model_id(EV_GTIN),
            "audience": Audience.LEGITIMATE_INTEREST,
            "scopes": frozenset(),
            "purpose": "decide on a second life",
            "legal_ground": "Article 77(2)",
            "granted_by": "voltra",
            "granted_at": NOON - timedelta(days=1),
            "expires_at": NOON + timedelta(days=1),
            "revoked_at": None,
            **changed,
        }
    )


def a_standing(**changed: Any) -> Standing:
    return Standing(**{"responsible": "voltra", "placed_by": "voltra", **changed})


def a_notice(**changed: Any) -> Notice:
    return Notice(
        **{
            "notice_id": "notice-1",
            "organisation": "voltra",
            "kind": "access-asked",
            "about": PACK,
            "text": "again asks to read",
            "link": "/",
            "created_at": NOON,
            **changed,
        }
    )


def a_registration(**changed: Any) -> ProducerRegistration:
    return ProducerRegistration(
        **{
            "country": "NL",
            "category": Category.EV,
            "register_number": "NL-1",
            "operator": "voltra",
            "party": "voltra",
            "role": ResponsibleRole.PRODUCER,
            "valid_from": date(2026, 1, 1),
            **changed,
        }
    )


def a_legacy_plate(**changed: Any) -> LegacyPlate:
    return LegacyPlate(
        **{
            "manufacturer": "Oldvolt",
            "model": "OV-60",
            "serial": "OV60-1",
            "chemistry": "NMC",
            "manufactured": "2019-03",
            "rated_capacity_ah": "150",
            "photos": (),
            **changed,
        }
    )


def a_remanufacturing(
    restored: str = "190", original: str = "206", health: tuple[str, ...] = ("97", "98", "100")
) -> RemanufacturingRecord:
    return RemanufacturingRecord(
        restored_capacity=AmpereHours(Decimal(restored)),
        original_rated_capacity=AmpereHours(Decimal(original)),
        cell_health=tuple(Percent(Decimal(one)) for one in health),
    )


def a_succession(**changed: Any) -> Succession:
    return Succession(
        **{
            "succession_id": "succession-1",
            "battery_id": NEW_LIFE,
            "operation": Operation.REPURPOSING,
            "predecessors": (Predecessor(battery_id=PACK), Predecessor(plate=a_legacy_plate())),
            "evidence": (
                Evidence(kind="title", description="Bill", digest="sha256:00"),
                Evidence(kind="operation", description="Report", digest="sha256:01"),
            ),
            "declared_by": OperatorSlug("again"),
            "declared_at": NOON,
            "content": a_content("stationary-battery"),
            "model_id": gs1_model_id(SECOND_LIFE_GTIN),
            **changed,
        }
    )


# --- what is entered ------------------------------------------------------------------------------


def a_new_battery(battery_id: BatteryId = PACK, **changed: Any) -> NewBattery:
    """Return an EV pack to be registered; changes that are terms change its content."""
    fields = {name: changed.pop(name) for name in ("holder", "model_id") if name in changed}
    serial = battery_id.rpartition("/")[2]
    return NewBattery(
        battery_id=battery_id,
        content=a_content("ev-pack", **{"serialNumber": serial, **changed}),
        placed_on_market_on=date(2026, 11, 1),
        **fields,
    )


def a_new_registration(**changed: Any) -> NewRegistration:
    return NewRegistration(
        **{
            "country": "NL",
            "category": Category.EV,
            "register_number": "NL-1",
            "operator": "voltra",
            "party": "voltra",
            "role": ResponsibleRole.PRODUCER,
            "valid_from": date(2026, 1, 1),
            **changed,
        }
    )


def a_condition(**changed: object) -> dict[str, object]:
    content = a_content("ev-pack-condition", measuredAt=None)
    return {**content, **changed}


# --- an installation ------------------------------------------------------------------------------


def an_installation(data: Path, database_url: str = "", **given: Any) -> Passport:
    """Return the record alone with its organisations and models, and no battery yet."""
    if database_url:
        given["database_url"] = database_url
    passport = open_passport(
        **{
            "data": data,
            "keystore": "memory:",
            "extensions": (),
            "clock": FixedClock(),
            **given,
        }
    )
    passport.services.do(SYSTEM, _add_organisations)
    add_model(passport, MAKER, EV_GTIN, "ev-pack-model")
    add_model(passport, INTEGRATOR, SECOND_LIFE_GTIN, "stationary-battery-model")
    return passport


def _add_organisations(work: Work) -> None:
    for actor in ACTORS:
        new = NewOperator(
            name=actor.organisation.title(),
            slug=actor.organisation,
            operator_uri=f"https://{actor.organisation}.example.com/",
            country="NL",
            base_url=HOST,
            roles=actor.roles,
        )
        add_operator(SYSTEM, new, work=work)


def add_model(passport: Passport, actor: Actor, gtin: str, example: str) -> None:
    passport.services.add_model(
        actor,
        actor.organisation,
        NewModel(model_id=ModelId(f"01/{gtin}"), content=a_content(example)),
    )


def register(passport: Passport, battery_id: BatteryId = PACK, **changed: Any) -> BatteryId:
    """Register an EV pack of the maker."""
    registration = passport.services.register_battery(
        MAKER, "voltra", a_new_battery(battery_id, **changed)
    )
    return registration.battery_id


def a_second_life(
    passport: Passport,
    battery_id: BatteryId = NEW_LIFE,
    *originals: BatteryId,
    actor: Actor = INTEGRATOR,
    **changed: Any,
) -> NewSecondLife:
    """Return a second life of our packs and one legacy battery, its documents uploaded."""
    services = passport.services
    title = services.keep_attachment(actor, b"Bill of sale", "text/plain")
    report = services.keep_attachment(actor, b"Rebuild report", "text/plain")
    photo = services.keep_attachment(actor, b"\x89PNG plate", "image/png")
    ours = tuple(Predecessor(battery_id=one) for one in originals or (PACK,))
    legacy = Predecessor(plate=a_legacy_plate(photos=(photo,)))
    serial = battery_id.rpartition("/")[2]
    return NewSecondLife(
        **{
            "battery_id": battery_id,
            "content": a_content("stationary-battery", serialNumber=serial),
            "operation": Operation.REPURPOSING,
            "predecessors": (*ours, legacy),
            "evidence": (
                Evidence(kind="title", description="Bill of sale", digest=title),
                Evidence(kind="operation", description="Rebuild report", digest=report),
            ),
            **changed,
        }
    )


def give_second_life(
    passport: Passport, battery_id: BatteryId = NEW_LIFE, *originals: BatteryId, **changed: Any
) -> Succession:
    """Declare a second life and place it on the market at once."""
    new = a_second_life(passport, battery_id, *originals, **changed)
    succession = passport.services.declare_second_life(INTEGRATOR, "again", new)
    passport.services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date())
    return succession


@pytest.fixture
def installation(tmp_path: Path, sqlite_database_url: str) -> Iterator[Passport]:
    """Give an installation of the record alone on SQLite."""
    passport = an_installation(tmp_path, sqlite_database_url)
    yield passport
    passport.close()


@pytest.fixture
def record(tmp_path: Path, database_url: str) -> Iterator[Passport]:
    """Give an installation of the record alone, once on each kind of database."""
    passport = an_installation(tmp_path, database_url)
    yield passport
    passport.close()
