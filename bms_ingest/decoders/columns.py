"""Tables of test records (Parquet, CSV) to frames.

Columns: ``t_s`` seconds since the operation began, ``v`` terminal voltage [V], ``i_a`` current [A]
positive while charging, ``temp_c`` [degC], ``q_ah`` charge since the operation began [Ah], ``op``
``charge`` or ``discharge``, ``seq`` number of the operation, optional ``start`` instant at which
it began. The operation is the epoch of its frames; their place in it is their seq.

A float becomes an integer by multiplication in double precision (1000 for V, A, Ah and s; 100 for
degC) and rounding to the nearest, ties to even. Null, NaN, infinities, invalid markers and values
that do not fit 31 bits are no readings. ``q_ah`` counts both ways: its positive part is the
counter of charging, its negative part that of discharging.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from bms_ingest.frame import Frame, FrameError
from bms_ingest.measurement_source import MeasurementSource

INVALID_MARKERS: Final = (4294967.295, 4294967.2, 429496729.5)
"""0xFFFFFFFF as loggers scale it; seen in real files."""
_LARGEST: Final = 2**31 - 1
_DEFAULT_START: Final = datetime(2024, 1, 1, tzinfo=UTC)
_NEEDED: Final = ("t_s", "v", "i_a")
_READINGS: Final = ("t_s", "v", "i_a", "temp_c", "q_ah")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How the columns of a file are called, and how its cell stands for a pack.

    Attributes:
        columns: Our name of a column -> its name in the file.
        where: Column -> the value its rows must have (``cell_id`` -> ``B0029``).
        inverted_current: The file counts current positive while discharging.
        series: Declared scaling: the measured cell stands for so many in series.
        parallel: Declared scaling: ... and for so many such strings.
        start: When the first operation began, in a file without instants.
        pause_s: Seconds between two operations, in a file without instants [s].
        source: Where the readings were measured, if not on the battery they are replayed for.
    """

    columns: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    inverted_current: bool = False
    series: int = 1
    parallel: int = 1
    start: datetime = _DEFAULT_START
    pause_s: int = 600
    source: MeasurementSource | None = None


def parse_column_map(text: str) -> ColumnMap:
    """Read a map file (TOML).

    Raises:
        FrameError: The text is no TOML, holds a name that no map has, or scales readings
            without saying where they were measured.
    """
    try:
        data: dict[str, Any] = tomllib.loads(text)
        source = data.pop("source", None)
        mapping = ColumnMap(**data, source=None if source is None else MeasurementSource(**source))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise FrameError(f"the map cannot be read: {error}") from error
    scaled = mapping.series != 1 or mapping.parallel != 1
    if scaled and mapping.source is None:
        raise FrameError(
            "the map lets a cell stand for a pack; declare its [source] with data_set,"
            " measured_cell and scaling"
        )
    return mapping


def read_table(path: Path) -> pl.DataFrame:
    """Read a Parquet or CSV file.

    Raises:
        FrameError: The file is neither, or broken.
    """
    try:
        match path.suffix.lower():
            case ".parquet":
                return pl.read_parquet(path)
            case ".csv":
                return pl.read_csv(path, infer_schema_length=None, try_parse_dates=True)
            case suffix:
                raise FrameError(f"{path.name}: tables are .parquet or .csv, not {suffix!r}")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FrameError(f"{path.name} cannot be read as a table: {error}") from error


def decode_table(table: pl.DataFrame, battery_id: str, mapping: ColumnMap) -> Iterator[Frame]:
    """Yield the frames of one battery's table, operation by operation.

    Raises:
        FrameError: A column is missing, or the table holds more than one cell.
    """
    named = _select(table, mapping)
    whole = _integers(named, mapping)
    cells = mapping.series
    for time_ms, mv, ma, cdegc, mah, operation, epoch, seq in whole.iter_rows():
        yield Frame(
            battery_id,
            epoch,
            seq,
            time_ms,
            None if mv is None else mv * cells,
            ma,
            cdegc,
            cdegc,
            mv,
            mv,
            None if mah is None else max(mah, 0),
            None if mah is None else max(-mah, 0),
            operation=operation,
        )


def _select(table: pl.DataFrame, mapping: ColumnMap) -> pl.DataFrame:
    """Take the mapped columns of the mapped rows; columns that may be missing are null."""
    for column, value in mapping.where.items():
        if column not in table.columns:
            raise FrameError(f"the map selects rows by {column}, which the file does not have")
        table = table.filter(pl.col(column).cast(pl.String) == value)
    names = {ours: mapping.columns.get(ours, ours) for ours in (*_READINGS, "op", "seq", "start")}
    missing = [names[ours] for ours in _NEEDED if names[ours] not in table.columns]
    if missing:
        raise FrameError(f"no column {missing[0]} in {', '.join(table.columns)}; write a map")
    if "cell_id" in table.columns and table["cell_id"].n_unique() > 1:
        raise FrameError(
            f"the file holds {table['cell_id'].n_unique()} cells; select one in the map:"
            ' [where] cell_id = "..."'
        )
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {
        "op": pl.String,
        "seq": pl.Int64,
        "start": pl.Datetime("ms", "UTC"),
    }
    return table.select(
        (pl.col(theirs) if theirs in table.columns else pl.lit(None))
        .cast(kinds.get(ours, pl.Float64))
        .alias(ours)
        for ours, theirs in names.items()
    )


def _integers(table: pl.DataFrame, mapping: ColumnMap) -> pl.DataFrame:
    """Turn readings into integers and operations into epochs with instants."""
    sign = -1 if mapping.inverted_current else 1
    flow = 1000 * mapping.parallel
    whole = table.with_row_index("row").select(
        "row",
        "op",
        "start",
        pl.col("seq").fill_null(0),
        _rounded("t_s", 1000).alias("t_ms"),
        _rounded("v", 1000).alias("mv"),
        _rounded("i_a", sign * flow).alias("ma"),
        _rounded("temp_c", 100).alias("cdegc"),
        _rounded("q_ah", sign * flow).alias("mah"),
    )
    whole = whole.filter(pl.col("t_ms").is_not_null()).sort("seq", "row")
    if whole["start"].null_count():
        whole = whole.drop("start").join(_laid_out(whole, mapping), on="seq", maintain_order="left")
    return whole.select(
        pl.col("start").dt.epoch("ms") + pl.col("t_ms"),
        "mv",
        "ma",
        "cdegc",
        "mah",
        "op",
        pl.col("seq").alias("epoch"),
        pl.int_range(pl.len()).over("seq").alias("place"),
    )


def _rounded(column: str, factor: int) -> pl.Expr:
    value = pl.col(column)
    scaled = (value * factor).round(mode="half_to_even")
    sound = value.is_finite() & scaled.abs().le(_LARGEST)
    for marker in INVALID_MARKERS:
        sound &= (value - marker).abs() > 0.01  # noqa: PLR2004 - far below what a marker scales
    return pl.when(sound).then(scaled).otherwise(None).cast(pl.Int64)


def _laid_out(whole: pl.DataFrame, mapping: ColumnMap) -> pl.DataFrame:
    """Lay operations without instants one after the other, a pause between them."""
    pause_ms = mapping.pause_s * 1000
    lengths = whole.group_by("seq").agg(pl.col("t_ms").max() + pause_ms).sort("seq")
    begins = lengths["t_ms"].cum_sum().shift(1, fill_value=0)
    start = int(mapping.start.timestamp() * 1000)
    return lengths.select(
        "seq", (begins + start).cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").alias("start")
    )
