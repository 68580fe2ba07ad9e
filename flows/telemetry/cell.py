"""Instants and values as exports write them, read strictly; what they mean for a card is not here."""

import polars as pl

from hesuan.flows.scheduler.slurm_cell import plausible
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, INSTANT_TYPE

# Plain and scientific notation, as Go and Python print a double.
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
_NO_NUMBER = r"^(?i:[+-]?inf(?:inity)?|nan)$"
_SECONDS = r"^[0-9]{9,10}(?:\.[0-9]+)?$"
_MILLISECONDS = r"^[0-9]{12,13}(?:\.0+)?$"
_WITH_OFFSET = r":[0-9][0-9](?:\.[0-9]+)?\s*(?:Z|[+-][0-9][0-9](?::?[0-9][0-9])?)$"


def value_of(text: pl.Expr) -> pl.Expr:
    """A double; NaN and infinity as they are; null where the text is no number."""
    plain = text.str.strip_chars()
    number = pl.when(plain.str.contains(_NUMBER)).then(plain).cast(pl.Float64, strict=False)
    return pl.when(plain.str.contains(_NO_NUMBER)).then(pl.lit(float("nan"))).otherwise(number)


def from_milliseconds(text: pl.Expr) -> pl.Expr:
    """A UTC instant from whole milliseconds since 1970; null before 2000."""
    digits = pl.when(text.str.contains(r"^[0-9]{1,13}$")).then(text).cast(pl.Int64)
    return plausible((digits * 1000).cast(INSTANT_TYPE))


def from_seconds(seconds: pl.Expr) -> pl.Expr:
    """A UTC instant from seconds since 1970, with a fraction; null before 2000."""
    is_legal = seconds.is_between(0, 9_999_999_999)
    return plausible((pl.when(is_legal).then(seconds) * 1_000_000).round().cast(pl.Int64).cast(INSTANT_TYPE))


def instants_of(text: pl.Series, *, zone: str, place: str) -> pl.Series:
    """UTC instants of epoch seconds or milliseconds, of times with offset, and of times on the clock of `zone`.

    Null where unreadable, before 2000, and for an hour that clocks skipped or showed twice: nothing is guessed.
    Raises InputFault where seconds and milliseconds stand in one column.
    """
    cell = pl.col("cell")
    frame = text.str.strip_chars().to_frame("cell")
    seconds, milliseconds = cell.str.contains(_SECONDS), cell.str.contains(_MILLISECONDS)
    if frame.select(seconds.any() & milliseconds.any()).item():
        raise InputFault(f"{place}: 时间列里秒与毫秒混用，请统一后重新导出")
    is_zoned = cell.str.contains(_WITH_OFFSET)
    is_naive = ~(seconds | milliseconds | is_zoned)
    local = AT.cast(pl.when(is_naive).then(cell) + "Z").dt.replace_time_zone(None)
    there = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.convert_time_zone(
        "UTC"
    )
    found = frame.select(
        pl.coalesce(
            from_seconds(pl.when(seconds).then(cell).cast(pl.Float64, strict=False)),
            from_milliseconds(pl.when(milliseconds).then(cell.str.replace(r"\..*$", ""))),
            plausible(AT.cast(pl.when(is_zoned).then(cell))),
            plausible(there.cast(INSTANT_TYPE)),
        )
    )
    return found.to_series()
