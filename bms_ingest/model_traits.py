"""From the data of a battery model on record to the traits that its frames are read with."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bms_ingest.traits import BatteryTraits, CellFamily, CellVoltages, TemperatureWindow
from passport.domain.chemistry import CellVoltages as TypicalVoltages
from passport.domain.chemistry import Chemistries, published_chemistries
from passport.domain.content_values import number_in

_FAMILIES: Final = {
    "NMC": CellFamily.LAYERED_OXIDE,
    "NMCA": CellFamily.LAYERED_OXIDE,
    "NCA": CellFamily.LAYERED_OXIDE,
    "LCO": CellFamily.LAYERED_OXIDE,
    "LMO": CellFamily.LAYERED_OXIDE,
    "LFP": CellFamily.IRON_PHOSPHATE,
}
"""Chemistries, with all kinds of each, whose full and empty cells were measured or are well known;
a spinel (LMO) is full at 4.2 V as well."""
_FULL_SHARE: Final = Decimal("0.98")
"""A cell of another chemistry counts as full from this share of its maximum voltage on."""
_DEEP_SHARE: Final = Decimal("0.8")
"""It is deeply discharged below this share of its minimum voltage. Both are our own choice:
for the families above the shares are 0.96 to 0.99 and 0.8 to 0.83."""


def traits_of_model(
    content: Mapping[str, object], chemistries: Chemistries | None = None
) -> BatteryTraits | None:
    """Return the traits of a model, or ``None`` where its data do not tell them.

    The cells in series are those that the model states; without them, the maximum voltage of the
    battery divided by that of one cell.

    Args:
        content: Values of the model by term.
        chemistries: Those that are known here; the published ones without.
    """
    known = chemistries or published_chemistries()
    code = str(content.get("chemistry"))
    chemistry = known.find(code)
    capacity = number_in(content.get("ratedCapacityAmpereHours"))
    if chemistry is None or capacity is None or capacity <= 0:
        return None
    cells = _cells_in_series(content, chemistry.voltages.maximum)
    if cells is None:
        return None
    family = next(
        (_FAMILIES[one.code] for one in known.lineage(code) if one.code in _FAMILIES),
        CellFamily.OTHER,
    )
    return BatteryTraits(
        rated_capacity_mah=max(1, round(capacity * 1000)),
        cells_in_series=cells,
        family=family,
        cell=_cell(chemistry.voltages) if family is CellFamily.OTHER else None,
        window=_window(content.get("idleTemperatureRange")),
    )


def _cells_in_series(content: Mapping[str, object], cell_volts: Decimal | None) -> int | None:
    stated = number_in(content.get("cellsInSeries"))
    if stated is not None:
        return max(1, int(stated))
    highest = number_in(content.get("maximumVoltageVolts"))
    if highest is None or highest <= 0 or cell_volts is None:
        return None
    return max(1, round(highest / cell_volts))


def _cell(volts: TypicalVoltages) -> CellVoltages | None:
    """Return which voltages mark full and empty; both ends have to be known."""
    if volts.minimum is None or volts.maximum is None:
        return None
    return CellVoltages(
        full_mv=round(volts.maximum * _FULL_SHARE * 1000),
        empty_rest_mv=round(volts.minimum * 1000),
        deep_discharge_mv=round(volts.minimum * _DEEP_SHARE * 1000),
        recovered_mv=round(volts.minimum * 1000),
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
    low, high = (number_in(declared.get(name)) for name in ("minimumCelsius", "maximumCelsius"))
    if low is not None:
        limit = round(low * 100)
        window = replace(window, low_cdegc=limit, charging_low_cdegc=limit)
    if high is not None:
        limit = round(high * 100)
        window = replace(window, high_cdegc=limit, charging_high_cdegc=limit)
    return window
