"""From the data of a battery model on record to the traits that its frames are read with."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bms_ingest.traits import BatteryTraits, CellFamily, TemperatureWindow
from passport.domain.errors import InvalidValueError
from passport.domain.units import parse_decimal

FAMILIES: Final = {
    "NMC": CellFamily.LAYERED_OXIDE,
    "NCA": CellFamily.LAYERED_OXIDE,
    "LCO": CellFamily.LAYERED_OXIDE,
    "LMO": CellFamily.LAYERED_OXIDE,
    "LFP": CellFamily.IRON_PHOSPHATE,
}
"""Chemistries whose voltages are known here; a spinel (LMO) is full at 4.2 V as well."""
_HIGHEST_CELL_VOLTS: Final = {
    CellFamily.LAYERED_OXIDE: Decimal("4.2"),
    CellFamily.IRON_PHOSPHATE: Decimal("3.65"),
}


def traits_of_model(content: Mapping[str, object]) -> BatteryTraits | None:
    """Return the traits of a model, or ``None`` where its data do not tell them.

    The cells in series are the maximum voltage of the battery divided by that of one cell.

    Args:
        content: Values of the model by term.
    """
    family = FAMILIES.get(str(content.get("chemistry")))
    capacity = _number(content.get("ratedCapacityAmpereHours"))
    highest = _number(content.get("maximumVoltageVolts"))
    if family is None or capacity is None or highest is None or capacity <= 0 or highest <= 0:
        return None
    cells = max(1, round(highest / _HIGHEST_CELL_VOLTS[family]))
    return BatteryTraits(
        rated_capacity_mah=max(1, round(capacity * 1000)),
        cells_in_series=cells,
        family=family,
        window=_window(content.get("idleTemperatureRange")),
    )


def _window(declared: object) -> TemperatureWindow:
    """Take the temperatures the maker declares, for charging too; else the usual ones.

    A condition states one pair of limits; minutes of charging are counted against the same.
    """
    usual = TemperatureWindow()
    window = replace(
        usual, charging_low_cdegc=usual.low_cdegc, charging_high_cdegc=usual.high_cdegc
    )
    if not isinstance(declared, Mapping):
        return window
    low, high = (_number(declared.get(name)) for name in ("minimumCelsius", "maximumCelsius"))
    if low is not None:
        limit = round(low * 100)
        window = replace(window, low_cdegc=limit, charging_low_cdegc=limit)
    if high is not None:
        limit = round(high * 100)
        window = replace(window, high_cdegc=limit, charging_high_cdegc=limit)
    return window


def _number(value: object) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_decimal(value)
    except InvalidValueError:
        return None
