"""Typed columns as the gate takes them: of the kind's own type, or as the text that a person would have typed."""

from decimal import Decimal

import polars as pl

from hesuan.flows.mapped.frame import check_field_size
from hesuan.schemas.cast import FIRST_INSTANT, LAST_INSTANT
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, DATE, INSTANT_TYPE, ZONE
from hesuan.schemas.table import Column


def canonical(series: pl.Series, column: Column, *, place: str) -> pl.Series:
    """The column under its own name. Raises InputFault for NaN, infinity and cells beyond 5 MB."""
    place = f"{place} 列“{column.zh}”"
    if series.dtype.is_float():
        _check_finite(series, place=place)
    wanted, found = column.kind.dtype, series.dtype
    if found == pl.String:
        check_field_size(series.str.len_bytes().max(), place=place)  # type: ignore[arg-type]
    if isinstance(found, pl.Datetime) and not _can_be_shown(series).all():
        return as_text(series).alias(column.name)
    if found == wanted or (found.is_integer() and wanted.is_numeric()):
        return series.alias(column.name)
    if isinstance(found, pl.Datetime) and found.time_zone is not None:
        return _zoned(series, column).alias(column.name)
    return as_text(series).alias(column.name)


def _zoned(series: pl.Series, column: Column) -> pl.Series:
    """An instant as it is, unless it is finer than a microsecond; for a date what clocks in Asia/Shanghai showed."""
    if column.kind is DATE:
        return as_text(series.dt.convert_time_zone(ZONE).dt.replace_time_zone(None))
    exact = series.cast(INSTANT_TYPE)
    is_exact = column.kind is AT and bool((exact.cast(series.dtype) == series).all())
    return exact if is_exact else as_text(series)


def _check_finite(series: pl.Series, *, place: str) -> None:
    odd = (~series.is_finite()).arg_true()
    if odd.len():
        raise InputFault(f"{place} 第 {odd[0] + 1} 条：{series[odd[0]]} 不是数（NaN 或无穷大）")


def lost_from(floats: pl.Series) -> int:
    """Below this a float holds every whole number with its last digit; from here on digits may be lost."""
    return 10**7 if floats.dtype == pl.Float32 else 10**15


def as_text(series: pl.Series) -> pl.Series:
    """An instant that no calendar shows is its bare number, which the gate refuses."""
    if isinstance(series.dtype, pl.Datetime):
        offset = "" if series.dtype.time_zone is None else "%:z"
        can = _can_be_shown(series)
        shown = series.set(~can, None).dt.strftime(f"%Y-%m-%d %H:%M:%S%.f{offset}")
        return shown.zip_with(can, series.to_physical().cast(pl.String))
    return _plain(series) if series.dtype.is_float() else series.cast(pl.String)


def _can_be_shown(moments: pl.Series) -> pl.Series:
    """Whether they lie in the years 1 to 9999, as nanoseconds always do: DuckDB writes “infinity” as the last there is."""
    per_second = {"ms": 10**3, "us": 10**6}.get(moments.dtype.time_unit)  # type: ignore[attr-defined]
    if per_second is None:
        return pl.repeat(True, moments.len(), eager=True)
    first, last = (int(each.timestamp()) * per_second for each in (FIRST_INSTANT, LAST_INSTANT))
    return moments.to_physical().is_between(first, last).fill_null(True)


def _plain(floats: pl.Series) -> pl.Series:
    """Without exponent and .0; where digits may be lost with an exponent, which the gate refuses."""
    text, limit = floats.cast(pl.String).str.replace(r"\.0$", "").replace("-0", "0"), lost_from(floats)
    odd = text.filter((floats.abs() >= limit) | text.str.contains("[eE]")).unique().to_list()
    shown = {
        word: f"{Decimal(word):E}" if abs(float(word)) >= limit else f"{Decimal(word):f}" for word in odd
    }
    return text.replace(shown) if shown else text
