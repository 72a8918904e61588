"""Tables of test records to frames: exact rounding, missing readings, scaling."""

from datetime import UTC, datetime

import polars as pl
import pytest

from bms_ingest.decoders.columns import ColumnMap, decode_table, parse_column_map
from bms_ingest.frame import FrameError

SOURCED = '\n[source]\ndata_set = "D"\nmeasured_cell = "C"\nscaling = "S"\n'


def a_table(**columns):
    rows = {"t_s": [0.0, 10.0], "v": [3.7, 3.7], "i_a": [1.5, 1.5]}
    return pl.DataFrame(rows | columns)


def frames_of(table, mapping=None):
    return list(decode_table(table, "id/CELL", mapping or ColumnMap()))


def test_floats_become_the_nearest_integers_ties_to_even():
    frames = frames_of(a_table(v=[3.2108, 3.0005], i_a=[-0.0012, 0.0025], temp_c=[26.94, -0.005]))
    assert [frame.pack_mv for frame in frames] == [3211, 3000]
    assert [frame.current_ma for frame in frames] == [-1, 2]
    assert [frame.temperature_max_cdegc for frame in frames] == [2694, 0]


@pytest.mark.parametrize(
    "invalid", [None, float("nan"), float("inf"), -float("inf"), 4294967.295, 1e10]
)
def test_what_is_no_number_is_no_reading(invalid):
    first, second = frames_of(a_table(v=[invalid, 0.0]))
    assert first.pack_mv is None
    assert second.pack_mv == 0


def test_the_charge_of_an_operation_counts_both_ways():
    frames = frames_of(a_table(q_ah=[0.5, -0.25]))
    assert [(f.charge_in_mah, f.charge_out_mah) for f in frames] == [(500, 0), (0, 250)]


def test_operations_are_epochs_and_are_laid_out_one_after_the_other():
    frames = frames_of(a_table(seq=[5, 6], t_s=[10.0, 0.0]), ColumnMap(pause_s=60))
    assert [(frame.epoch, frame.seq) for frame in frames] == [(5, 0), (6, 0)]
    assert frames[1].time_ms - frames[0].time_ms == 60_000


def test_an_instant_in_the_file_is_taken():
    start = datetime(2009, 2, 13, 19, 35, 35, tzinfo=UTC)
    first, _ = frames_of(a_table(start=[start, start]))
    assert first.time_ms == int(start.timestamp() * 1000)


def test_a_map_renames_turns_and_scales():
    mapping = parse_column_map(
        "inverted_current = true\nseries = 100\nparallel = 3\n[columns]\nv = 'U'" + SOURCED
    )
    (frame, _) = frames_of(a_table(q_ah=[0.1, 0.1]).rename({"v": "U"}), mapping)
    assert (frame.pack_mv, frame.cell_min_mv) == (370_000, 3_700)
    assert frame.current_ma == -4_500
    assert frame.charge_out_mah == 300


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("series = 2", "declare its"),
        ("series = ", "cannot be read"),
        ("cells = 2", "cannot be read"),
        ("[source]\ndata_set = 'x'", "cannot be read"),
    ],
)
def test_a_map_that_cannot_be_meant_is_refused(text, said):
    with pytest.raises(FrameError, match=said):
        parse_column_map(text)


@pytest.mark.parametrize(
    ("table", "mapping", "said"),
    [
        (a_table().drop("v"), ColumnMap(), "no column v"),
        (a_table(cell_id=["A", "B"]), ColumnMap(), "holds 2 cells"),
        (a_table(), ColumnMap(where={"cell_id": "A"}), "selects rows by cell_id"),
    ],
)
def test_a_table_without_its_columns_or_with_two_cells_is_refused(table, mapping, said):
    with pytest.raises(FrameError, match=said):
        frames_of(table, mapping)
