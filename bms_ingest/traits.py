"""What telemetry must know of a battery model to read its frames."""

from dataclasses import dataclass
from enum import StrEnum

from passport.domain.errors import InvalidValueError


class TraitsError(InvalidValueError):
    """A battery without capacity or without cells has no telemetry to read."""

    code = "battery-traits-invalid"

    def __init__(self, rated_capacity_mah: int, cells_in_series: int) -> None:
        super().__init__(
            f"a battery of {rated_capacity_mah} mAh with {cells_in_series} cells in series holds"
            " nothing; give its rated capacity and its cells in series"
        )


class CellFamily(StrEnum):
    """Families of cells whose voltages mean different things."""

    LAYERED_OXIDE = "layered-oxide"
    """NMC, NCA, LCO: full at about 4.2 V."""
    IRON_PHOSPHATE = "iron-phosphate"
    """LFP: full at about 3.6 V, flat between."""
    OTHER = "other"
    """Any other: voltages as the table of chemistries has them, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellVoltages:
    """Voltages of one cell that mark full and empty [mV].

    Attributes:
        full_mv: A charge that ends at this voltage or above has ended in constant voltage.
        empty_rest_mv: A charge that begins at this resting voltage or below begins near empty.
        deep_discharge_mv: Below this voltage a cell is deeply discharged.
        recovered_mv: Above this voltage a deep discharge is over (hysteresis).
    """

    full_mv: int
    empty_rest_mv: int
    deep_discharge_mv: int
    recovered_mv: int


CELL_VOLTAGES = {
    CellFamily.LAYERED_OXIDE: CellVoltages(
        full_mv=4150, empty_rest_mv=3680, deep_discharge_mv=2500, recovered_mv=2900
    ),
    CellFamily.IRON_PHOSPHATE: CellVoltages(
        full_mv=3500, empty_rest_mv=3100, deep_discharge_mv=2000, recovered_mv=2500
    ),
}
"""Defaults by family; 3680 mV divides complete from broken-off discharges of the NASA cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureWindow:
    """Temperatures within which the maker allows use [0.01 degC]."""

    low_cdegc: int = -2000
    high_cdegc: int = 6000
    charging_low_cdegc: int = 0
    charging_high_cdegc: int = 4500


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryTraits:
    """The data of a battery model that a fold of its frames depends on.

    Attributes:
        rated_capacity_mah: Rated capacity of the pack [mAh].
        cells_in_series: Cells between the terminals; divides the pack voltage.
        family: Which voltages mean full and empty.
        cell: The voltages of a cell of another family; ``None`` where nobody knows them.
        window: Declared limits of temperature.
    """

    rated_capacity_mah: int
    cells_in_series: int = 1
    family: CellFamily = CellFamily.LAYERED_OXIDE
    cell: CellVoltages | None = None
    window: TemperatureWindow = TemperatureWindow()

    def __post_init__(self) -> None:
        """Refuse a battery that holds nothing."""
        if self.rated_capacity_mah <= 0 or self.cells_in_series <= 0:
            raise TraitsError(self.rated_capacity_mah, self.cells_in_series)

    @property
    def voltages(self) -> CellVoltages | None:
        """Voltages of one cell that mark full and empty, where they are known."""
        return CELL_VOLTAGES.get(self.family, self.cell)

    @property
    def flow_ma(self) -> int:
        """Current from which on a battery charges or discharges: a two-hundredth of 1C [mA]."""
        return max(1, self.rated_capacity_mah // 200)

    @property
    def tail_ma(self) -> int:
        """Current at or below which constant voltage has filled a cell: 3 % of 1C [mA]."""
        return max(1, self.rated_capacity_mah * 3 // 100)
