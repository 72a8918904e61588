"""Real cells: what the estimators say against what NASA published."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from builders_telemetry import some_traits

import bms_ingest.demo_data
from bms_ingest.decoders.columns import ColumnMap, decode_table, read_table
from bms_ingest.estimators.assess import assess
from bms_ingest.estimators.estimate import Estimate
from bms_ingest.estimators.full_charge import estimate_state_of_health
from bms_ingest.flow import CHARGE_UNITS_PER_MAH
from bms_ingest.fold import fold_frames
from bms_ingest.frame import Frame
from bms_ingest.stretch import Stretch

FRAMES = Path(__file__).parents[1] / "vectors" / "frames"
DEMO = Path(bms_ingest.demo_data.__file__).parent
FILES = {
    "B0025": FRAMES / "nasa_b0025.parquet",
    "B0029": DEMO / "nasa_b0029.parquet",
    "B0045": FRAMES / "nasa_b0045.parquet",
}
CELL = some_traits()


@cache
def operations_of(cell: str) -> Mapping[int, list[Frame]]:
    """Return the frames of each operation of a cell."""
    operations: dict[int, list[Frame]] = {}
    for frame in decode_table(read_table(FILES[cell]), cell, ColumnMap()):
        operations.setdefault(frame.epoch, []).append(frame)
    return operations


@cache
def whole_record(cell: str) -> Stretch:
    total = fold_frames([f for frames in operations_of(cell).values() for f in frames], CELL)
    assert total is not None
    return total


def health_of(cell: str, charge: int) -> Estimate:
    total = fold_frames(operations_of(cell)[charge], CELL)
    return estimate_state_of_health(total.charge_records() if total else [], CELL)


def rows_of(name: str) -> list[tuple[str, int, object]]:
    return pl.read_csv(FRAMES / name).select(pl.nth(0, 1, 2)).rows()


def test_single_full_charges_give_the_published_capacity_within_one_point():
    truths = [
        (health_of(cell, charge), float(truth))
        for cell, charge, truth in rows_of("nasa_reference_soh.csv")
    ]
    errors = [float(estimate.value) - truth for estimate, truth in truths]
    inside = sum(
        float(estimate.interval[0]) <= truth <= float(estimate.interval[1])
        for estimate, truth in truths
    )

    assert len(errors) == 60
    assert sum(abs(error) for error in errors) / len(errors) < 0.8
    assert (sum(error**2 for error in errors) / len(errors)) ** 0.5 < 1.0
    assert inside / len(errors) >= 0.95


@pytest.mark.parametrize(("cell", "charge", "why"), rows_of("nasa_negatives.csv"))
def test_an_unfinished_charge_or_one_not_from_empty_gives_no_value(cell, charge, why):
    estimate = health_of(cell, charge)
    assert estimate.value is None
    assert {"not from empty": "not near empty", "unfinished": "missing"}[why] in estimate.reason


def test_a_record_at_four_degrees_gives_no_value_and_says_so():
    estimate, *_ = assess(whole_record("B0045"), CELL)
    assert estimate.value is None
    assert "below 10 degC" in estimate.reason


@pytest.mark.parametrize("cell", ["B0025", "B0029"])
def test_the_charge_taken_out_is_that_of_the_counters_and_of_the_published_capacities(cell):
    published = sum(
        float(capacity)
        for name, _, capacity in rows_of("nasa_reference_capacity.csv")
        if name == cell
    )
    counted = sum(frames[-1].charge_out_mah or 0 for frames in operations_of(cell).values())

    taken_out = whole_record(cell).charge_out / CHARGE_UNITS_PER_MAH

    assert taken_out == pytest.approx(counted, rel=0.001)
    # published up to the cut-off voltage only; the load stayed on for some seconds more
    assert taken_out / 1000 == pytest.approx(published, rel=0.03)


def test_the_whole_record_gives_the_health_of_its_last_charges_cycles_and_efficiency():
    estimates = {one.quantity: one for one in assess(whole_record("B0029"), CELL)}
    health = estimates["state_of_health_percent"]
    assert health.observations == 3
    assert health.interval is not None
    assert health.interval[0] <= Decimal("80.6") <= health.interval[1]
    assert Decimal(35) < estimates["full_equivalent_cycles"].value < Decimal(36)
    assert estimates["deep_discharges"].value == 40
    assert Decimal(80) < estimates["round_trip_efficiency_percent"].value < Decimal(86)
    assert estimates["resistance_ohm"].value is None
    assert "steps" in estimates["resistance_ohm"].reason
