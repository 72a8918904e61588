"""The record's part of the demonstration: invented companies and packs; nothing here is real.

What the packs measured comes from the neighbours, each value with the data set and cell it was
measured on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from passport.bootstrap.demonstration_documents import with_documents
from passport.bootstrap.services import PassportServices
from passport.domain.access import Audience
from passport.domain.actor import SYSTEM, Actor, Role
from passport.domain.battery import Category
from passport.domain.errors import ConflictError, NotFoundError
from passport.domain.identifiers import BatteryId, gs1_battery_id, gs1_model_id
from passport.domain.responsibility import ResponsibleRole
from passport.domain.second_life import Evidence, LegacyPlate, Predecessor
from passport.domain.status import Operation
from passport.domain.structure import ChangeReason, StructureLevel
from passport.linked_data.documents import parse_input
from passport.linked_data.terms import schema_file
from passport.services.accounts import NewAccount
from passport.services.issue import NewBattery, NewModel
from passport.services.operators import NewOperator, NewRegistration
from passport.services.part_change import PartChange
from passport.services.readers import NewGrant
from passport.services.second_life import NewSecondLife
from passport.services.structure import NewPart, NewStructure

PASSWORD = "demonstration"  # noqa: S105 - printed on the first page; production never loads it

EV_GTIN = "09506000134352"
STATIONARY_GTIN = "09506000134369"
SECOND_LIFE_GTIN = "09506000134376"
LIGHT_TRANSPORT_GTIN = "09506000134567"
STARTER_GTIN = "09506000134611"

EV_IN_USE = gs1_battery_id(EV_GTIN, "EV75-000001")
EV_RETIRED = gs1_battery_id(EV_GTIN, "EV75-000002")
EV_IN_WASTE = gs1_battery_id(EV_GTIN, "EV75-000003")
EV_RECYCLED = gs1_battery_id(EV_GTIN, "EV75-000004")
STATIONARY = gs1_battery_id(STATIONARY_GTIN, "HOME14-00042")
LIGHT_TRANSPORT = gs1_battery_id(LIGHT_TRANSPORT_GTIN, "RA36-0001")
STARTER_MODEL = gs1_model_id(STARTER_GTIN)
"""Starter batteries need no passport; this model has a light record."""
SECOND_LIFE = gs1_battery_id(SECOND_LIFE_GTIN, "AGAIN-0007")

_PLACED_ON = date(2026, 11, 2)
_MODULES = 10
"""Modules of the pack, as its model says."""


@dataclass(frozen=True, slots=True)
class DemonstrationCompany:
    """An invented organisation and the login of one person there."""

    slug: str
    name: str
    country: str
    role: Role
    login: str
    task: str
    gtin_prefixes: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        """Who its person acts as."""
        return Actor(organisation=self.slug, roles=frozenset({self.role}), name=self.login)


MANUFACTURER = DemonstrationCompany(
    "voltra",
    "Voltra Packs (fictional)",
    "DE",
    Role.OPERATOR,
    "manufacturer",
    "makes EV packs",
    ("9506000",),
)
INTEGRATOR = DemonstrationCompany(
    "again",
    "Again Energy (fictional)",
    "NL",
    Role.SECOND_LIFE,
    "integrator",
    "gives packs a second life",
    ("950600013437", "950600013438"),
)
COLLECTOR = DemonstrationCompany(
    "yard",
    "Yard Collection (fictional)",
    "NL",
    Role.COLLECTOR,
    "collector",
    "takes in waste batteries",
)
RECYCLER = DemonstrationCompany(
    "melt", "Melt Recycling (fictional)", "BE", Role.RECYCLER, "recycler", "recycles batteries"
)
AUTHORITY = DemonstrationCompany(
    "watch", "Market Watch (fictional)", "NL", Role.AUTHORITY, "authority", "supervises the market"
)
COLLECTIVE = DemonstrationCompany(
    "collective",
    "Battery Collective NL (fictional)",
    "NL",
    Role.OPERATOR,
    "collective",
    "answers for waste batteries of its members",
)
ADMINISTRATION = DemonstrationCompany(
    "house",
    "This service (fictional)",
    "NL",
    Role.ADMINISTRATOR,
    "administrator",
    "runs this service",
)
COMPANIES = (
    MANUFACTURER,
    INTEGRATOR,
    COLLECTOR,
    RECYCLER,
    AUTHORITY,
    COLLECTIVE,
    ADMINISTRATION,
)


def load_record(services: PassportServices, base_url: str, progress: Callable[[str], None]) -> None:
    """Put the demonstration on record; a second call changes nothing."""
    progress("demonstration: companies and logins")
    for company in COMPANIES:
        _add_company(services, company, base_url)
    _enter_collective(services)
    progress("demonstration: models and batteries")
    ev_model = _example("ev-pack-model.json")["content"]
    ev_model = with_documents(services, MANUFACTURER.actor, ev_model)
    _add_model(services, MANUFACTURER, EV_GTIN, {"content": ev_model})
    _add_model(services, MANUFACTURER, STATIONARY_GTIN, _example("stationary-battery-model.json"))
    _add_model(services, MANUFACTURER, LIGHT_TRANSPORT_GTIN, _example("lmt-battery-model.json"))
    _add_model(services, MANUFACTURER, STARTER_GTIN, _example("sli-battery-model.json"))
    second_life_model = _example("second-life-battery-model.json")
    _add_model(services, INTEGRATOR, SECOND_LIFE_GTIN, second_life_model)
    item, picture = _example("ev-pack.json"), _picture(base_url)
    for battery_id in (EV_IN_USE, EV_RETIRED, EV_IN_WASTE, EV_RECYCLED):
        _register(services, battery_id, item | {"content": item["content"] | picture})
    _register(services, STATIONARY, _example("stationary-battery.json"))
    _register(services, LIGHT_TRANSPORT, _example("lmt-battery.json"))
    _let_integrator_read(services)


def _add_company(services: PassportServices, company: DemonstrationCompany, base_url: str) -> None:
    try:
        services.read_operator(SYSTEM, company.slug)
    except NotFoundError:
        services.add_operator(
            SYSTEM,
            NewOperator(
                name=company.name,
                operator_uri=f"https://{company.slug}.example.com/",
                country=company.country,
                base_url=base_url,
                roles=frozenset({company.role}),
                slug=company.slug,
                gtin_prefixes=company.gtin_prefixes,
            ),
        )
    try:
        services.add_account(
            SYSTEM,
            NewAccount(
                login=company.login,
                organisation=company.slug,
                roles=frozenset({company.role}),
                password=PASSWORD,
            ),
        )
    except ConflictError:
        return


def _enter_collective(services: PassportServices) -> None:
    """Let the collective answer for waste EV packs of the manufacturer in the Netherlands."""
    services.enter_registration(
        SYSTEM,
        NewRegistration(
            country="NL",
            category=Category.EV,
            register_number="NL-EXAMPLE-0001",
            operator=MANUFACTURER.slug,
            party=COLLECTIVE.slug,
            role=ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION,
            valid_from=date(2025, 8, 18),
        ),
    )


def _add_model(
    services: PassportServices,
    company: DemonstrationCompany,
    gtin: str,
    model: Mapping[str, Any],
) -> None:
    services.add_model(
        company.actor,
        company.slug,
        NewModel(model_id=gs1_model_id(gtin), content=model["content"]),
    )


def _register(services: PassportServices, battery_id: BatteryId, item: Mapping[str, Any]) -> None:
    serial = battery_id.rpartition("/")[2]
    services.register_battery(
        MANUFACTURER.actor,
        MANUFACTURER.slug,
        NewBattery(
            battery_id=battery_id,
            content={**item["content"], "serialNumber": serial, "manufacturedOn": "2026-10"},
            placed_on_market_on=_PLACED_ON,
        ),
    )


def _picture(base_url: str) -> dict[str, Any]:
    return {
        "photos": [
            {
                "documentKind": "photo",
                "documentTitle": {"en": "Drawing of the pack and where its label stands"},
                "documentUrl": f"{base_url}/static/demonstration/ev-pack.svg",
                "documentMediaType": "image/svg+xml",
            }
        ]
    }


def _record_parts(services: PassportServices) -> None:
    """Put on record what two packs are made of; in one of them a module was swapped since."""
    actor = MANUFACTURER.actor
    for battery_id, letter in ((EV_IN_USE, "A"), (EV_RETIRED, "B")):
        modules = tuple(
            NewPart(
                level=StructureLevel.MODULE,
                serial=f"VM-{letter}{number:02}",
                position=f"M{number:02}",
                part_number="VM-10S2P",
            )
            for number in range(1, _MODULES + 1)
        )
        services.record_structure(
            actor,
            battery_id,
            NewStructure(parts=modules),
            idempotency_key=f"demonstration-parts-{letter}",
        )
    swap = PartChange(position="M04", out="VM-A04", put_in="VM-A11", reason=ChangeReason.FAULT)
    services.swap_part(actor, EV_IN_USE, swap, idempotency_key="demonstration-swap")


def give_second_life(services: PassportServices) -> None:
    """Make one stationary battery of two retired packs, once the first life is on record."""
    _record_parts(services)
    actor = INTEGRATOR.actor
    bill = services.keep_attachment(
        actor, b"Bill of sale, invented for the demonstration.\n", "text/plain"
    )
    report = services.keep_attachment(
        actor, b"Test and rebuild report, invented for the demonstration.\n", "text/plain"
    )
    photo = services.keep_attachment(
        actor, schema_file("examples/legacy-plate.png").read_bytes(), "image/png"
    )
    item = _example("second-life-battery.json")["content"]
    succession = services.declare_second_life(
        actor,
        INTEGRATOR.slug,
        NewSecondLife(
            battery_id=SECOND_LIFE,
            content=item,
            operation=Operation.REPURPOSING,
            predecessors=(
                Predecessor(battery_id=EV_RETIRED),
                Predecessor(
                    plate=LegacyPlate(
                        manufacturer="Oldvolt (fictional)",
                        model="OV-60",
                        serial="OV60-2019-1188",
                        chemistry="NMC",
                        manufactured="2019-03",
                        rated_capacity_ah="150",
                        photos=(photo,),
                    )
                ),
            ),
            evidence=(
                Evidence(kind="title", description="Bill of sale of both packs", digest=bill),
                Evidence(kind="operation", description="Test and rebuild report", digest=report),
            ),
        ),
        idempotency_key="demonstration-second-life",
    )
    services.place_second_life(actor, succession.succession_id, services.clock.now().date())


def _let_integrator_read(services: PassportServices) -> None:
    """Give the integrator access to the pack in use; the others have to ask."""
    services.grant_access(
        MANUFACTURER.actor,
        NewGrant(
            organisation=INTEGRATOR.slug,
            battery_id=EV_IN_USE,
            audience=Audience.LEGITIMATE_INTEREST,
            purpose="Decide on a second life after use in the vehicle",
            legal_ground="Regulation (EU) 2023/1542, Article 77(2), third subparagraph, point (a)",
            scopes=frozenset({"condition:write"}),
        ),
        idempotency_key="demonstration-grant",
    )


def _example(name: str) -> dict[str, Any]:
    return parse_input(schema_file(f"examples/{name}").read_bytes())
