"""Which readings can be: a frame is kept, kept without a reading, or set aside.

The rules (``docs/protocols/frame.md`` lists them): a frame whose clock cannot be is set aside, for
nobody could say which day it belongs to. A reading that no such battery can have is taken out, the
frame is kept without it and marked, and the frame as it came goes to quarantine beside it.
"""

from typing import Final, NamedTuple

from bms_ingest.frame import Frame, FrameFlag
from bms_ingest.traits import BatteryTraits

EARLIEST_MS: Final = 946_684_800_000
"""2000-01-01: a clock before it was never set [ms UTC]."""
CLOCK_AHEAD_MS: Final = 86_400_000
"""A clock more than a day ahead of ours is wrong [ms]."""
HIGHEST_CELL_MV: Final = 5_000
"""No lithium cell stands above 5 V."""
HIGHEST_C_RATE: Final = 20
"""No pack carries more than twenty times its capacity."""
COLDEST_CDEGC: Final = -6_000
WARMEST_CDEGC: Final = 20_000
"""A cell on fire still reads below 200 degC; above it the sensor is broken."""
HIGHEST_SOC_PERMILLE: Final = 1_000
HIGHEST_SOH_PERMILLE: Final = 1_500


class Verdict(NamedTuple):
    """What becomes of a frame.

    Attributes:
        frame: The frame to keep, without the readings that cannot be; ``None`` to set it aside.
        reasons: Codes of what is wrong (``pack-voltage``, ``clock``, ...).
    """

    frame: Frame | None
    reasons: tuple[str, ...] = ()


class Plausibility:
    """Limits of one battery; without ``traits`` only what no battery can have counts."""

    def __init__(self, traits: BatteryTraits | None) -> None:
        cells = traits.cells_in_series if traits else 1_000
        capacity_mah = traits.rated_capacity_mah if traits else 10_000_000
        self._highest_pack_mv = cells * HIGHEST_CELL_MV
        self._highest_ma = capacity_mah * HIGHEST_C_RATE

    def judge(self, frame: Frame, received_ms: int) -> Verdict:
        """Say what becomes of a frame.

        Args:
            frame: As decoded.
            received_ms: Our clock when it came [ms UTC].
        """
        if not EARLIEST_MS <= frame.time_ms <= received_ms + CLOCK_AHEAD_MS:
            return Verdict(None, ("clock",))
        wrong = dict(self._wrong(frame))
        if not wrong:
            return Verdict(frame)
        cleared = frame._replace(**dict.fromkeys(wrong))  # type: ignore[arg-type]  # readings only
        return Verdict(
            cleared._replace(flags=frame.flags | FrameFlag.READING_CLEARED),
            tuple(dict.fromkeys(wrong.values())),
        )

    def _wrong(self, frame: Frame) -> list[tuple[str, str]]:
        """Return the readings that cannot be, each with its reason."""
        wrong: list[tuple[str, str]] = []
        if not _within(frame.pack_mv, 0, self._highest_pack_mv):
            wrong.append(("pack_mv", "pack-voltage"))
        if not _within(frame.current_ma, -self._highest_ma, self._highest_ma):
            wrong.append(("current_ma", "current"))
        wrong += _pair(
            frame, ("temperature_min_cdegc", "temperature_max_cdegc"),
            COLDEST_CDEGC, WARMEST_CDEGC, "temperature",
        )  # fmt: skip
        wrong += _pair(frame, ("cell_min_mv", "cell_max_mv"), 0, HIGHEST_CELL_MV, "cell-voltage")
        for counter in ("charge_in_mah", "charge_out_mah", "energy_in_mwh", "energy_out_mwh"):
            reading = getattr(frame, counter)
            if reading is not None and reading < 0:
                wrong.append((counter, "counter"))
        if not _within(frame.soc_permille, 0, HIGHEST_SOC_PERMILLE):
            wrong.append(("soc_permille", "state-of-charge"))
        if not _within(frame.soh_permille, 0, HIGHEST_SOH_PERMILLE):
            wrong.append(("soh_permille", "state-of-health"))
        return wrong


def _within(reading: int | None, lowest: int, highest: int) -> bool:
    return reading is None or lowest <= reading <= highest


def _pair(
    frame: Frame, names: tuple[str, str], lowest: int, highest: int, reason: str
) -> list[tuple[str, str]]:
    """Check a lowest and a highest reading; the lowest above the highest condemns both."""
    low, high = (getattr(frame, name) for name in names)
    if low is not None and high is not None and low > high:
        return [(name, reason) for name in names]
    return [
        (name, reason)
        for name, reading in zip(names, (low, high), strict=True)
        if not _within(reading, lowest, highest)
    ]
