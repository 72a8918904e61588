"""A second life as a file describes it; the same members as the API's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from passport.domain.errors import InvalidValueError
from passport.domain.identifiers import (
    gs1_battery_id,
    iec_61406_battery_id,
    parse_battery_id,
    parse_model_id,
)
from passport.domain.second_life import Evidence, LegacyPlate, Predecessor
from passport.domain.status import BatteryStatus, Operation, RemanufacturingRecord
from passport.domain.units import AmpereHours, Percent, parse_decimal
from passport.services.second_life import NewSecondLife

Choice = TypeVar("Choice", bound=StrEnum)
KeepFile = Callable[[str], str]
"""Keeps the file of a name as attachment and returns its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredSecondLife:
    """A second life as it was entered.

    Attributes:
        placed_on: Day of placing on the market, where it is placed at once.
    """

    new: NewSecondLife
    placed_on: date | None


def read_second_life(entered: Mapping[str, object], keep_file: KeepFile = str) -> EnteredSecondLife:
    """Read a second life from its JSON members.

    Args:
        entered: ``gtin`` and ``serial`` or ``identifier``, ``operation``, ``predecessors``,
            ``evidence``, ``content``; ``placedOnMarketOn`` places it at once.
        keep_file: Called with each ``file`` or photo that is named instead of a digest.

    Raises:
        InvalidValueError: A member is missing or no value of its kind.
    """
    placed_on = entered.get("placedOnMarketOn")
    return EnteredSecondLife(
        new=NewSecondLife(
            battery_id=gs1_battery_id(_text(entered, "gtin"), _text(entered, "serial"))
            if "gtin" in entered
            else iec_61406_battery_id(_text(entered, "identifier")),
            model_id=parse_model_id(_text(entered, "model")) if "model" in entered else None,
            content=_mapping(entered, "content"),
            operation=_choice(Operation, entered, "operation"),
            predecessors=tuple(
                _predecessor(one, keep_file) for one in _list(entered, "predecessors")
            ),
            evidence=tuple(_evidence(one, keep_file) for one in _list(entered, "evidence")),
            remanufacturing=_record(entered),
        ),
        placed_on=_day(str(placed_on)) if placed_on else None,
    )


def _predecessor(entered: Mapping[str, object], keep_file: KeepFile) -> Predecessor:
    status = (
        _choice(BatteryStatus, entered, "status") if "status" in entered else BatteryStatus.ORIGINAL
    )
    if "battery" in entered:
        parts = entered.get("parts", [])
        if not isinstance(parts, list):
            raise InvalidValueError("parts is a list of serial numbers")
        return Predecessor(
            battery_id=parse_battery_id(_text(entered, "battery")),
            parts=tuple(str(part) for part in parts),
        )
    if "foreign" in entered:
        return Predecessor(foreign_iri=_text(entered, "foreign"), declared_status=status)
    plate = _mapping(entered, "plate")
    photos = plate.get("photos", [])
    if not isinstance(photos, list):
        raise InvalidValueError("photos is a list")
    return Predecessor(
        declared_status=status,
        plate=LegacyPlate(
            manufacturer=_text(plate, "manufacturer"),
            model=_text(plate, "model"),
            serial=_text(plate, "serial"),
            chemistry=_text(plate, "chemistry"),
            manufactured=_text(plate, "manufactured"),
            rated_capacity_ah=str(plate.get("ratedCapacityAmpereHours", "")),
            photos=tuple(_kept(str(photo), keep_file) for photo in photos),
        ),
    )


def _evidence(entered: Mapping[str, object], keep_file: KeepFile) -> Evidence:
    named = str(entered.get("file") or entered.get("digest") or "")
    if not named:
        raise InvalidValueError("evidence names a file, or the digest of an uploaded document")
    return Evidence(
        kind=_text(entered, "kind"),
        description=str(entered.get("description", "")),
        digest=_kept(named, keep_file),
    )


def _record(entered: Mapping[str, object]) -> RemanufacturingRecord | None:
    if "remanufacturing" not in entered:
        return None
    record = _mapping(entered, "remanufacturing")
    health = record.get("cellHealthPercent", [])
    if not isinstance(health, list):
        raise InvalidValueError("cellHealthPercent is a list of percentages")
    return RemanufacturingRecord(
        restored_capacity=AmpereHours(_number(record, "restoredCapacityAmpereHours")),
        original_rated_capacity=AmpereHours(_number(record, "originalRatedCapacityAmpereHours")),
        cell_health=tuple(Percent(parse_decimal(str(one))) for one in health),
    )


def _kept(named: str, keep_file: KeepFile) -> str:
    return named if named.startswith("sha256:") else keep_file(named)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValueError(f"{text!r} is no day; write 2027-02-18") from error


def _number(entered: Mapping[str, object], name: str) -> Decimal:
    return parse_decimal(str(entered.get(name, "")))


def _choice(kind: type[Choice], entered: Mapping[str, object], name: str) -> Choice:
    given = entered.get(name)
    try:
        return kind(str(given))
    except ValueError as error:
        raise InvalidValueError(f"{name} is {given!r}; it is one of {', '.join(kind)}") from error


def _text(entered: Mapping[str, object], name: str) -> str:
    value = entered.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidValueError(f"{name} is missing, or is no text")
    return value


def _mapping(entered: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = entered.get(name)
    if not isinstance(value, Mapping):
        raise InvalidValueError(f"{name} is missing, or is no object")
    return value


def _list(entered: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    value = entered.get(name)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise InvalidValueError(f"{name} is missing, or is no list of objects")
    return value
