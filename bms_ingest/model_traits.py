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
    """Take the temperatures the maker declares; where it declares none, the usual ones."""
    window = TemperatureWindow()
    if not isinstance(declared, Mapping):
        return window
    low, high = (_number(declared.get(name)) for name in ("minimumCelsius", "maximumCelsius"))
    if low is not None:
        window = replace(window, low_cdegc=round(low * 100))
    if high is not None:
        window = replace(window, high_cdegc=round(high * 100))
    return window


def _number(value: object) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_decimal(value)
    except InvalidValueError:
        return None
