"""The passport's record, as far as the end of life speaks with it: through its use cases."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from passport.bootstrap import PassportServices
from passport.domain.actor import Actor
from passport.domain.battery import BatteryModel
from passport.domain.errors import PassportNotFoundError
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, ModelId, model_of
from passport.domain.passport import StatementKind
from passport.domain.responsibility import WasteResponsibility
from passport.domain.status import PassportState
from passport.domain.units import Kilograms, Volts
from passport.services.end_of_life import WasteDeclaration
from recycler_portal.domain.waste_battery import KnownBattery, Sign
from recycler_portal.services.ports import RecordAnswer, WasteAnswer

_SIGNS = {EventKind.ACCIDENT: Sign.CRASH, EventKind.RECALL: Sign.RECALLED}
"""Events that count as signs of danger."""

_NOT_TO_BE_RELIED_ON = {
    PassportState.CEASED: "the passport of this code has ceased: the code may be a copy",
    PassportState.ANNULLED: "the registration of this code was annulled",
}


_NO_PASSPORT = RecordAnswer(
    known=None,
    is_registered=False,
    remark="no passport stands behind this code in this service",
)


class ServicesRecord:
    """PassportRecord on the use cases of the passport."""

    def __init__(self, services: PassportServices) -> None:
        self._services = services

    def ask(self, actor: Actor, battery_id: BatteryId) -> RecordAnswer:
        """Return what a collector may know about a battery."""
        try:
            disclosed = self._services.disclose(actor, battery_id)
        except PassportNotFoundError:
            model_id = model_of(battery_id)
            return _NO_PASSPORT if model_id is None else self.ask_model(actor, model_id)
        remark = _NOT_TO_BE_RELIED_ON.get(disclosed.battery.state)
        if remark is not None:
            return RecordAnswer(known=None, is_registered=False, remark=remark)
        stated: dict[str, Any] = {}
        for statement in disclosed.statements:
            if statement.kind in {StatementKind.MODEL_PUBLIC, StatementKind.ITEM_PUBLIC}:
                stated |= orjson.loads(statement.body)["credentialSubject"]
        events = self._services.events_of(actor, battery_id)
        return RecordAnswer(
            known=KnownBattery(
                battery_id=battery_id,
                chemistry=str(stated.get("chemistry", "")),
                category=disclosed.battery.category.value,
                nominal_voltage=_volts(stated),
                mass=_kilograms(stated),
                signs=frozenset(_SIGNS[one.kind] for one in events if one.kind in _SIGNS),
            ),
            is_registered=True,
        )

    def ask_model(self, actor: Actor, model_id: ModelId) -> RecordAnswer:
        """Return what the light record of a model says; a model of passports says nothing here."""
        light = self._services.find_light_model(actor, model_id)
        return _NO_PASSPORT if light is None else _answer_of_light_record(light)

    def declare_waste(  # noqa: PLR0913 - what is told, by name
        self,
        actor: Actor,
        battery_id: BatteryId,
        *,
        country: str,
        where: str,
        at: datetime,
        key: str,
    ) -> WasteAnswer:
        """Record that a battery became waste, and find who answers for it."""
        outcome = self._services.declare_waste(
            actor,
            battery_id,
            WasteDeclaration(country=country, occurred_at=at, where=where),
            idempotency_key=key,
        )
        return WasteAnswer(responsible=_in_words(outcome.responsibility))

    def enter_recycling(self, actor: Actor, battery_id: BatteryId, *, batch: str, key: str) -> None:
        """Record that a battery entered recycling."""
        self._services.enter_recycling(actor, battery_id, batch, idempotency_key=key)

    def declare_recycled(
        self, actor: Actor, battery_id: BatteryId, *, batch: str, key: str
    ) -> None:
        """Record that a battery has been recycled; its passport ceases."""
        self._services.declare_recycled(actor, battery_id, batch, idempotency_key=key)


def _answer_of_light_record(model: BatteryModel) -> RecordAnswer:
    """What is known of a battery that needs no passport: what holds for its whole model."""
    stated = {name: value for name, value in model.content.items() if isinstance(value, str)}
    return RecordAnswer(
        known=KnownBattery(
            battery_id=BatteryId(""),
            chemistry=stated.get("chemistry", ""),
            category=model.category.value,
            nominal_voltage=_volts(stated),
            mass=_kilograms(stated),
            signs=frozenset(),
        ),
        is_registered=False,
        remark=f"a {model.category} battery needs no passport; its model {model.name} is on record",
    )


def _in_words(found: WasteResponsibility | None) -> str:
    if found is None:
        return ""
    role = found.role.value.replace("-", " ")
    return f"{found.party} ({role} in {found.country}, register number {found.register_number})"


def _volts(stated: Mapping[str, Any]) -> Volts | None:
    text = stated.get("nominalVoltageVolts")
    return Volts(Decimal(text)) if isinstance(text, str) else None


def _kilograms(stated: Mapping[str, Any]) -> Kilograms | None:
    text = stated.get("individualMassKilograms", stated.get("massKilograms"))
    return Kilograms(Decimal(text)) if isinstance(text, str) else None
