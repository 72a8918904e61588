"""The demonstration after use: a pack in waste, a recycled pack, a battery nobody knows.

Masses and fractions are invented; they follow no real plant.
"""

import hashlib
from decimal import Decimal

from passport.bootstrap.demonstration import COLLECTOR, EV_IN_WASTE, EV_RECYCLED, RECYCLER
from passport.domain.actor import Actor
from passport.domain.identifiers import BatteryId
from passport.domain.units import Kilograms, Volts
from recycler_portal.domain.batch import Intermediate
from recycler_portal.domain.intake import Intake, Observation
from recycler_portal.domain.recovery import (
    ChemistryFamily,
    InputRow,
    OutputFraction,
    RecyclingStep,
)
from recycler_portal.domain.waste_battery import Origin
from recycler_portal.portal import Portal
from recycler_portal.services.ports import Request
from recycler_portal.services.take_in import NewIntake
from recycler_portal.services.treat import NewBatch, NewStep
from recycler_portal.wire import today

_PACK_MASS = Kilograms(Decimal("431.8"))
_WATER = Kilograms(Decimal("8.8"))
_DRY = _PACK_MASS - _WATER

_INPUT_PERCENT = {
    "Co": ("2.4", "2.4"),
    "Cu": ("9.0", "7.0"),
    "Li": ("1.45", "1.45"),
    "Ni": ("7.2", "7.2"),
    "Mn": ("2.25", None),
    "Al": ("22.0", None),
    "Steel": ("12.0", None),
    "Plastics": ("9.0", None),
    "O": ("9.0", None),
    "C_cell": ("19.0", None),
    "Fe_cell": ("0", None),
    "P": ("0.6", None),
    "Cl": ("0", None),
    "S": ("0.1", None),
    "Other": ("6.0", None),
}
"""Share of the dry mass, and of it the part that recovery is measured against [%]."""

_MECHANICAL = {
    "Steel": ("11.4", "0", "steel scrap"),
    "Al": ("20.0", "0", "aluminium scrap"),
    "Cu": ("6.2", "6.2", "current-collector foil"),
    "Plastics": ("5.4", "0", "granulate"),
}
_HYDROMETALLURGICAL = {
    "Co": ("2.31", "2.31", "cobalt sulphate"),
    "Ni": ("6.93", "6.93", "nickel sulphate"),
    "Mn": ("1.8", "0", "manganese sulphate"),
    "Li": ("1.044", "1.044", "lithium carbonate"),
    "Cu": ("0.45", "0.45", "copper cathode"),
    "C_cell": ("11.4", "0", "graphite"),
}
_BLACK_MASS_PERCENT = "43.96"


def load_after_use(portal: Portal) -> None:
    """Take in three batteries and recycle one of them; a second call changes nothing."""
    _collect(portal, EV_IN_WASTE, "demonstration-in-waste")
    _collect(portal, EV_RECYCLED, "demonstration-to-be-recycled")
    _hold_unknown(portal)
    _recycle(portal)


def _collect(portal: Portal, battery_id: BatteryId, key: str) -> None:
    seen = Observation(
        site="Yard Collection, Rotterdam",
        country="NL",
        day=today(portal.now()),
        battery_id=battery_id,
        mass=_PACK_MASS,
        note="From a dismantled car (invented)",
    )
    portal.take_in(COLLECTOR.actor, NewIntake(observation=seen, request=_request(key)))


def _hold_unknown(portal: Portal) -> None:
    seen = Observation(
        site="Yard Collection, Rotterdam",
        country="NL",
        day=today(portal.now()),
        origin=Origin.MUNICIPAL,
        marks="12V ..Ah 5.0A(EN), label torn off; no Pb sign",
        mass=Kilograms(Decimal("6.6")),
        dimensions_mm=(Decimal(242), Decimal(175), Decimal(190)),
        voltage=Volts(Decimal("13.2")),
        note="In the size of a lead starter battery, but too light (invented)",
    )
    portal.take_in(
        COLLECTOR.actor, NewIntake(observation=seen, request=_request("demonstration-unknown"))
    )


def _recycle(portal: Portal) -> None:
    actor = RECYCLER.actor
    arrived = _arrive(portal, actor)
    batch = portal.start_batch(
        actor,
        NewBatch(
            site="Melt Recycling, Antwerp",
            country="BE",
            family=ChemistryFamily.LITHIUM_BASED,
            main_chemistry="NMC622",
            intakes=(arrived.intake_id,),
            wet_mass=_PACK_MASS,
            water=_WATER,
            rows=tuple(
                InputRow(
                    substance=substance,
                    mass=_share(percent),
                    recovery_basis=None if basis is None else _share(basis),
                )
                for substance, (percent, basis) in _INPUT_PERCENT.items()
            ),
            request=_request("demonstration-batch"),
        ),
    )
    if batch.is_open:
        for name, fractions in (("N_0", _MECHANICAL), ("N_1", _HYDROMETALLURGICAL)):
            portal.record_step(actor, batch.batch_id, _step(name, fractions))
        portal.close_batch(actor, batch.batch_id)
    portal.declare_recycled(actor, batch.batch_id)


def _arrive(portal: Portal, actor: Actor) -> Intake:
    seen = Observation(
        site="Melt Recycling, Antwerp",
        country="BE",
        day=today(portal.now()),
        battery_id=EV_RECYCLED,
        mass=_PACK_MASS,
        note="Arrived from Yard Collection (invented)",
    )
    return portal.take_in(
        actor, NewIntake(observation=seen, request=_request("demonstration-arrival"))
    )


def _step(name: str, fractions: dict[str, tuple[str, str, str]]) -> NewStep:
    is_first = name == "N_0"
    return NewStep(
        step=RecyclingStep(
            name=name,
            operator=RECYCLER.name,
            country=RECYCLER.country,
            outputs=tuple(
                OutputFraction(
                    substance=substance,
                    mass=_share(percent),
                    recovered_mass=_share(recovered),
                    label=label,
                )
                for substance, (percent, recovered, label) in fractions.items()
            ),
        ),
        intermediates=(
            (
                Intermediate(
                    label="black mass-NMC622",
                    mass=Kilograms(_share(_BLACK_MASS_PERCENT)),
                    next_step="N_1",
                ),
            )
            if is_first
            else ()
        ),
        request=_request(f"demonstration-{name}"),
    )


def _share(percent: str) -> Decimal:
    return Decimal(percent) * _DRY / 100


def _request(key: str) -> Request:
    return Request(key=key, digest=hashlib.sha256(key.encode()).digest())
