"""How sacct prints instants and durations, and how they are read; their meaning for a job is not here."""

from datetime import UTC, datetime

import polars as pl

from hesuan.schemas.kind import INSTANT_TYPE

# A time that has not come yet.
NOT_YET = ["Unknown", "None"]
UNLIMITED = ["UNLIMITED", "Partition_Limit", "4294967295", "4294967294", "0", "00:00:00", ""]
# [D-]HH:MM:SS with D unbounded; under an hour some fields print MM:SS.mmm (slurm print.c).
DURATION = r"^(?:(\d{1,6})-)?(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:\.\d+)?$"
YEAR_2000 = pl.lit(datetime(2000, 1, 1, tzinfo=UTC), dtype=INSTANT_TYPE)
PRINTED = "%Y-%m-%dT%H:%M:%S"


def said(name: str) -> pl.Expr:
    return pl.col(name).fill_null("") != ""


def whole(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64, strict=False)


def is_unlimited(name: str) -> pl.Expr:
    """No limit is stated; a limit of zero means none, too (`man sbatch`, --time)."""
    return pl.col(name).fill_null("").is_in(UNLIMITED)


def seconds_of(printed: pl.Series) -> pl.DataFrame:
    """`<name>_s`: whole seconds of a duration or of a plain number, null where unreadable."""
    cell = pl.col(printed.name)
    parts = cell.str.extract_groups(DURATION).struct
    day, hour, minute, second = (parts.field(str(n)).cast(pl.Int64) for n in (1, 2, 3, 4))
    split = (day.fill_null(0) * 24 + hour.fill_null(0)) * 3600 + minute * 60 + second
    plain = pl.when(cell.str.contains(r"^\d{1,12}$")).then(cell).cast(pl.Int64)
    return printed.to_frame().select(pl.coalesce(split, plain).alias(f"{printed.name}_s"))


def with_instant(cells: pl.DataFrame, name: str, zone: str) -> pl.DataFrame:
    """Adds `<name>_at`: UTC instant of a printed time in `zone`, of one with offset, or of epoch seconds."""
    local = (
        pl.col(name)
        .str.to_datetime(PRINTED, time_unit="us", strict=False)
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    cells = cells.with_columns(_plausible(local).alias(f"{name}_at"))
    other = pl.col(f"{name}_at").is_null() & ~pl.col(name).is_in(NOT_YET)
    if cells.filter(other).is_empty():
        return cells
    written = _plausible(pl.coalesce(_with_offset(name), _epoch(name)))
    return cells.with_columns(pl.coalesce(f"{name}_at", written).alias(f"{name}_at"))


def _with_offset(name: str) -> pl.Expr:
    """SLURM_TIME_FORMAT="%FT%T%z", as `man sacct` proposes."""
    text = pl.col(name).str.replace("Z$", "+00:00")
    return text.str.to_datetime(f"{PRINTED}%z", time_unit="us", strict=False).dt.convert_time_zone("UTC")


def _epoch(name: str) -> pl.Expr:
    digits = pl.when(pl.col(name).str.contains(r"^\d{9,10}$")).then(pl.col(name)).cast(pl.Int64)
    return pl.from_epoch(digits, time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _plausible(instant: pl.Expr) -> pl.Expr:
    """A clock that was never set prints 1970: no job of ours ran before 2000."""
    return pl.when(instant >= YEAR_2000).then(instant)
