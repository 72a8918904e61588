"""A frame: what one battery said at one moment, in integers.

The frame format is described for people in ``docs/protocols/frame.md``.
"""

from enum import IntFlag
from typing import ClassVar, NamedTuple

from passport.domain.errors import PassportError

FRAME_FORMAT = "obp-telemetry-frame-1"
"""Name and version of the frame format; a change of meaning makes a new one."""

MILLISECONDS_PER_DAY = 86_400_000


class FrameError(PassportError):
    """Bytes are no frames: another format, another shape, or a reading that is no integer."""

    code: ClassVar[str] = "frame-refused"


class FrameFlag(IntFlag):
    """State of the battery system, one bit each."""

    CONTACTOR_CLOSED = 1
    CHARGER_CONNECTED = 2
    BALANCING = 4
    FAULT = 8
    READING_CLEARED = 1 << 30
    """Set by plausibility: a reading that cannot be was taken out of this frame."""


class FrameKey(NamedTuple):
    """Identity of a frame: a battery never says two things under one key."""

    battery_id: str
    epoch: int
    seq: int


class Frame(NamedTuple):
    """Readings of one battery at one moment; ``None`` is no reading, zero is a reading.

    Attributes:
        battery_id: Which battery, as the passport names it.
        epoch: Goes up by one at each restart of the BMS (or of a test record's operation).
        seq: Goes up by one a frame within an epoch.
        time_ms: Device time, UTC [ms since 1970].
        pack_mv: Voltage at the terminals [mV].
        current_ma: Current, positive while charging [mA].
        temperature_min_cdegc: Coldest sensor [0.01 degC].
        temperature_max_cdegc: Warmest sensor [0.01 degC].
        cell_min_mv: Lowest cell voltage [mV].
        cell_max_mv: Highest cell voltage [mV].
        charge_in_mah: Coulomb counter of charging; never falls within an epoch [mAh].
        charge_out_mah: Coulomb counter of discharging; never falls within an epoch [mAh].
        energy_in_mwh: Energy counter of charging; never falls within an epoch [mWh].
        energy_out_mwh: Energy counter of discharging; never falls within an epoch [mWh].
        soc_permille: State of charge as the BMS says it [0.1 %].
        soh_permille: State of health as the BMS says it [0.1 %].
        flags: ``FrameFlag`` bits.
        operation: Marker of a test record (``charge``, ``discharge``), if there is one.

    Source: Regulation (EU) 2023/1542, Article 14 and Annex VII.
    """

    battery_id: str
    epoch: int
    seq: int
    time_ms: int
    pack_mv: int | None = None
    current_ma: int | None = None
    temperature_min_cdegc: int | None = None
    temperature_max_cdegc: int | None = None
    cell_min_mv: int | None = None
    cell_max_mv: int | None = None
    charge_in_mah: int | None = None
    charge_out_mah: int | None = None
    energy_in_mwh: int | None = None
    energy_out_mwh: int | None = None
    soc_permille: int | None = None
    soh_permille: int | None = None
    flags: int = 0
    operation: str | None = None

    @property
    def key(self) -> FrameKey:
        """Identity of this frame."""
        return FrameKey(self.battery_id, self.epoch, self.seq)

    @property
    def day(self) -> int:
        """UTC day of the device time [days since 1970-01-01]."""
        return self.time_ms // MILLISECONDS_PER_DAY


READING_NAMES = tuple(Frame._fields[4:16])
"""Names of the integer readings that may be missing, in the order of the frame."""
