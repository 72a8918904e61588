"""The demonstration's readings: real cells that stand for invented packs, declared as such.

``demo_data/NOTICE.md`` says whose measurements these are. Nothing is called a pack's measurement
that is a cell's: each statement names data set, cell and scaling.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import as_file, files
from itertools import groupby
from typing import Final

import polars as pl

from bms_ingest import demo_data
from bms_ingest.decoders.columns import ColumnMap, decode_table
from bms_ingest.decoders.frame_json import DecodedBatch
from bms_ingest.estimators.estimate import rounded
from bms_ingest.frame import Frame
from bms_ingest.measurement_source import MeasurementSource
from bms_ingest.telemetry import Telemetry
from passport.bootstrap import Passport
from passport.bootstrap.demonstration import (
    EV_IN_USE,
    EV_RETIRED,
    INTEGRATOR,
    SECOND_LIFE,
    STATIONARY,
    give_second_life,
)
from passport.domain.actor import SYSTEM
from passport.domain.errors import PassportError
from passport.domain.identifiers import BatteryId

FIRST_READING_AT: Final = datetime(2026, 11, 3, 8, tzinfo=UTC)
"""The day after the demonstration's packs were placed on the market."""
_OPERATIONS_PER_REPORT: Final = 12
_BANK_CELLS: Final = 4
_HOURS_PER_REPORT: Final = 24 * 7
_HALF_PERCENT: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclerSeries:
    """One cell's record that stands for a pack.

    Attributes:
        file: Name of the file in ``demo_data``.
        series: Cells in series that the cell stands for.
        parallel: Strings in parallel.
    """

    battery_id: BatteryId
    file: str
    cell: str
    series: int
    parallel: int

    @property
    def source(self) -> MeasurementSource:
        """Where the readings come from."""
        return MeasurementSource(
            data_set="NASA PCoE Battery Data Set (Saha and Goebel, 2007)",
            measured_cell=f"{self.cell}, one 18650 cell of 2 Ah",
            scaling=(
                f"Measured on the single cell {self.cell}, not on a pack: voltage times"
                f" {self.series} in series, current and charge times {self.parallel} in parallel,"
                " temperature as it was; instants moved by whole days."
            ),
            source_url="https://www.nasa.gov/intelligent-systems-division/",
        )


CYCLED: Final = (
    CyclerSeries(
        battery_id=EV_IN_USE, file="nasa_b0029.parquet", cell="B0029", series=100, parallel=103
    ),
    CyclerSeries(
        battery_id=EV_RETIRED, file="nasa_b0030.parquet", cell="B0030", series=100, parallel=103
    ),
)
_BANK_SOURCE: Final = MeasurementSource(
    data_set="LiFePO4 Battery Banks (W. K. Collis), doi:10.5281/zenodo.18232628",
    measured_cell="a 12 V 500 Ah LiFePO4 bank in storage",
    scaling=(
        "Measured on a bank of 4 cells in series, not on this battery: the hour's lowest voltage"
        " times 4, room temperature as it was; instants moved by whole days."
    ),
    source_url="https://doi.org/10.5281/zenodo.18232628",
)
_TEST_SOURCE: Final = MeasurementSource(
    data_set="PulseBat (Tao et al., 2024), doi:10.1038/s41467-024-54454-0",
    measured_cell="NMC21_5, a 21 Ah cell out of a retired electric vehicle",
    scaling=(
        "Measured on the single cell NMC21_5, not on this battery: its state of health stands for"
        " every cell; its resistance times 100 in series and divided by 13 in parallel. How far"
        " cells differ from each other was not measured."
    ),
    source_url="https://doi.org/10.1038/s41467-024-54454-0",
)


def load_readings(passport: Passport, telemetry: Telemetry) -> None:
    """Replay the demonstration's readings; a second call changes nothing.

    Batteries that the record's part of the demonstration did not register are left out.
    """
    for cycled in CYCLED:
        if telemetry.knows(cycled.battery_id):
            _replay(telemetry, cycled.battery_id, cycled.source, _cycler_batches(cycled))
    if telemetry.knows(STATIONARY):
        _replay(telemetry, STATIONARY, _BANK_SOURCE, _bank_batches())
    if telemetry.knows(EV_RETIRED):
        give_second_life(passport.services)
        _record_test(passport)


def _replay(
    telemetry: Telemetry,
    battery_id: BatteryId,
    source: MeasurementSource,
    batches: Iterator[list[Frame]],
) -> None:
    """Take frames in part by part, and have the condition signed after each."""
    telemetry.declare_source(SYSTEM, battery_id, source)
    known = telemetry.frame_count(battery_id)
    for batch in batches:
        known -= len(batch)
        if known < 0:
            telemetry.take_in(SYSTEM, DecodedBatch(list(enumerate(batch))))
            telemetry.sign_condition(battery_id, requested=True)
    telemetry.sign_condition(battery_id)


def _cycler_batches(cycled: CyclerSeries) -> Iterator[list[Frame]]:
    table = _table(cycled.file)
    begin = table["start"].min()
    if not isinstance(begin, datetime):
        raise DemonstrationBrokenError(cycled.file)
    moved = timedelta(days=(FIRST_READING_AT - begin).days)
    mapping = ColumnMap(series=cycled.series, parallel=cycled.parallel, source=cycled.source)
    shifted = table.with_columns(pl.col("start") + moved)
    frames = decode_table(shifted, cycled.battery_id, mapping)
    for _, part in groupby(frames, key=lambda frame: frame.epoch // _OPERATIONS_PER_REPORT):
        yield list(part)


def _bank_batches() -> Iterator[list[Frame]]:
    """Yield the weeks of the bank whose room temperature is known."""
    table = _table("lfp_bank_storage.parquet").drop_nulls()
    begin = table["time"][0].replace(tzinfo=UTC)
    moved = FIRST_READING_AT.replace(hour=0) - begin
    frames = [
        Frame(
            STATIONARY,
            0,
            hour,
            int((time.replace(tzinfo=UTC) + moved).timestamp() * 1000),
            pack_mv=round(v_min * 1000) * _BANK_CELLS,
            temperature_min_cdegc=round(temp_c * 100),
            temperature_max_cdegc=round(temp_c * 100),
        )
        for hour, (time, v_min, _, temp_c) in enumerate(table.iter_rows())
    ]
    for start in range(0, len(frames), _HOURS_PER_REPORT):
        yield frames[start : start + _HOURS_PER_REPORT]


def _record_test(passport: Passport) -> None:
    """Have the integrator sign the capacity test of a cell like those in its battery."""
    with as_file(files(demo_data) / "secondlife_nmc21_5.csv") as path:
        half_charged = pl.col("charge_injected_pct_of_rated") == _HALF_PERCENT
        row = pl.read_csv(path).filter(half_charged).row(0, named=True)
    registered_at = passport.services.do(
        SYSTEM, lambda work: work.passports.read(SECOND_LIFE).registered_at
    )
    rated = Decimal(str(row["rated_capacity_ah"]))
    health = rounded(100 * Decimal(str(row["reference_capacity_ah"])) / rated)
    ohms = (Decimal(str(row["u2_v"])) - Decimal(str(row["u1_v"]))) / (rated / 2) * 100 / 13
    passport.services.record_condition(
        INTEGRATOR.actor,
        SECOND_LIFE,
        {
            "assessedStateOfHealthPercent": str(health),
            "ohmicResistanceOhms": str(rounded(ohms, 5)),
            "assessments": [
                {
                    "assessedTerm": "assessedStateOfHealthPercent",
                    "method": "capacity-test",
                    "observations": "1",
                    "conditions": "1C discharge at 25 °C after a full charge, one cell",
                    "estimatorVersion": "laboratory",
                },
                {
                    "assessedTerm": "ohmicResistanceOhms",
                    "method": "pulse-test",
                    "observations": "1",
                    "conditions": "begin of a 0.5C charging pulse at 25 °C, half charged",
                    "estimatorVersion": "laboratory",
                },
            ],
            "measurementSource": _TEST_SOURCE.node(),
        },
        registered_at,
        idempotency_key="demonstration-capacity-test",
    )


def _table(name: str) -> pl.DataFrame:
    with as_file(files(demo_data) / name) as path:
        return pl.read_parquet(path)


class DemonstrationBrokenError(PassportError):
    """A file of the demonstration is not the one that was shipped."""

    code = "demonstration-broken"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not the file that was shipped; install the package again")
