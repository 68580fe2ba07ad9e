"""Points of an exporter (series, instant, value) in, samples of cards out: one row per card and instant.

Every form of export ends here, so that one card's reading is the same row from JSON, text, CSV and Parquet.
What a series is, is told in `flows.telemetry_series`; files are cut into points in the adapters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from hesuan.flows.source import Declaration, Part, Reading
from hesuan.flows.telemetry_profile import COLUMNS
from hesuan.flows.telemetry_series import Series, meanings
from hesuan.schemas.kind import INSTANT_TYPE, NUMBER
from hesuan.validators.gate import REJECT_SCHEMA

TABLE = "usage_sample"
# So many points are made into samples at a time.
PART_POINTS = 500_000
FAULT = pl.Enum(
    ["NO_TIME", "BAD_AT", "BAD_VALUE", "BAD_LINE", "OUT_OF_RANGE", "UTIL_OF_PARTS", "CONFLICT", "OWNER"]
)
POINT: dict[str, Any] = {
    "series_no": pl.UInt32,
    "row_no": pl.Int64,
    "sampled_at": INSTANT_TYPE,
    "value": pl.Float64,
    "fault": FAULT,
}
"""series_no: place in the list of series. fault: why the adapter could not read the point, null where it could."""

FAULT_ZH = {
    "NO_TIME": "没有时间戳，不知道是何时的读数；请导出带时间戳的数据（如区间查询的 JSON）",
    "BAD_AT": "时刻读不懂，或早于 2000 年（时间戳应为毫秒的写成了秒，也会如此）",
    "BAD_VALUE": "值不是数",
    "BAD_LINE": "此行读不懂，或列数与表头不符",
    "OUT_OF_RANGE": "利用率超过 100，单位不明，未采用",
    "UTIL_OF_PARTS": "此卡已切成 MIG 实例，整卡利用率没有定义，未采用",
    "CONFLICT": "同一张卡同一时刻的同一指标有不同的值，不知哪个对，均未采用",
    "OWNER": "只说明谁在用卡，同一时刻没有这张卡的读数",
}
# polars keeps the first factor's scale: the product is exact.
WIDE, THOUSANDTH = pl.Decimal(24, 3), pl.lit(Decimal("0.001"))
RawOf = Callable[[pl.Series], pl.Series]
"""Row numbers → what stands there in the file, in their order."""
_MOMENT = ("device_uuid", "sampled_at")
_REFUSED = {"row_no": pl.Int64, "reason_code": pl.String, "reason_zh": pl.String, "point_count": pl.Int64}


@dataclass(frozen=True)
class Points:
    """What an adapter found. points: in the shape of POINT. count: of the points, taken from the file's own length."""

    series: list[Series]
    points: pl.DataFrame
    count: int


def reading(found: Points, declaration: Declaration, raw_of: RawOf) -> Reading:
    """The samples of a file, in parts of whole cards, for points of one sample may lie anywhere in it.

    One accepted row per card and instant, row_no that of its first point; sampled_at is a UTC instant; percent,
    W, MiB, °C and J as decimals, null where unknown: NaN, infinity and what the exporter writes for “none”.
    One reject per point that cannot be used, and one per series that is no card's reading (per metric, where it
    is none that we know), with the number of its points: the law of conservation counts rows, not points.
    """
    told = meanings(found.series)
    part = partial(_part, told=told, declaration=declaration, raw_of=raw_of)
    lost_count, before, parts = found.count - found.points.height, 0, []
    for points in _by_card(found.points, told):
        # A point that the adapter lost is missed in the first part, and the file is refused for it.
        count = points.height + (lost_count if before == 0 else 0)
        parts.append(partial(part, points, count=count, before=before))
        before += points.height
    return Reading(tuple(parts))


def _by_card(points: pl.DataFrame, told: pl.DataFrame) -> list[pl.DataFrame]:
    """The points in parts of some PART_POINTS, at least one; all points of a card, and all of no card, in one."""
    counts = points.group_by("series_no").agg(point_count=pl.len().cast(pl.Int64))
    cards = counts.join(told, on="series_no").group_by("device_uuid").agg(pl.col("point_count").sum())
    first_part = (pl.col("point_count").cum_sum() - pl.col("point_count")) // PART_POINTS
    placed = cards.sort("device_uuid", nulls_last=False).select("device_uuid", part_no=first_part)
    part_of = told.select("series_no", "device_uuid").join(placed, on="device_uuid", nulls_equal=True)
    numbered = points.join(part_of.select("series_no", "part_no"), on="series_no")
    return numbered.partition_by("part_no", maintain_order=True, include_key=False) or [points]


def _part(
    points: pl.DataFrame,
    *,
    told: pl.DataFrame,
    declaration: Declaration,
    raw_of: RawOf,
    count: int,
    before: int,
) -> Part:
    good, refused_series = _without_refused_series(points, told)
    samples, refused_points = _samples(good, _moments_in_parts(points, told))
    refused = pl.concat([refused_series, refused_points]).sort("row_no")
    folded = sum(_point_count(frame) - frame.height for frame in (samples, refused))
    accepted = _placed(samples.sort("row_no"), declaration)
    return Part(count - folded, {TABLE: accepted}, rejects(refused, raw_of), before, raw_of)


def _point_count(rows: pl.DataFrame) -> int:
    return int(rows["point_count"].sum())


def rejects(refused: pl.DataFrame, raw_of: RawOf) -> pl.DataFrame:
    """Rows (row_no, reason_code, reason_zh) in the shape of gate.REJECT_SCHEMA."""
    placed = refused.with_columns(
        pl.lit(None, dtype=pl.String).alias("sheet"), table_name=pl.lit(TABLE), raw=raw_of(refused["row_no"])
    )
    return placed.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())


def _without_refused_series(points: pl.DataFrame, told: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The points of series that are a card's reading, and one row (_REFUSED) for each of the others."""
    bad = told.filter(pl.col("reason_code").is_not_null()).select("series_no", "reason_code", "reason_zh")
    group = pl.when(pl.col("reason_code") != "OTHER_METRIC").then("series_no")
    refused = (
        points.select("series_no", "row_no")
        .join(bad, on="series_no")
        .group_by("reason_code", "reason_zh", group.alias("group"))
        .agg(pl.col("row_no").min(), point_count=pl.len().cast(pl.Int64))
        .with_columns(reason_zh=pl.format("{}（共 {} 个点）", "reason_zh", "point_count"))
    )
    good = told.filter(pl.col("reason_code").is_null()).drop("reason_code", "reason_zh")
    return points.join(good, on="series_no"), refused.select(list(_REFUSED))


def _moments_in_parts(points: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """When which card was seen cut into parts."""
    parts = told.filter(pl.col("is_part")).select("series_no", "device_uuid")
    return points.join(parts, on="series_no").select(list(_MOMENT)).unique()


def _samples(points: pl.DataFrame, in_parts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per card and instant, and one per point that is of no use (_REFUSED)."""
    read = points.with_columns(thousandths=_thousandths())
    cut = read.join(in_parts.with_columns(is_cut=True), on=list(_MOMENT), how="left")
    judged = cut.with_columns(fault=pl.coalesce("fault", _faults()))
    is_conflict = pl.col("thousandths").drop_nulls().n_unique().over(*_MOMENT, "column", "rank") > 1
    usable = judged.filter(pl.col("fault").is_null()).with_columns(
        fault=pl.when(is_conflict & ~pl.col("is_owner")).then(pl.lit("CONFLICT")).cast(FAULT)
    )
    rows = _in_rows(usable.filter(pl.col("fault").is_null()))
    told_nothing = rows.filter(~pl.col("is_read"))
    lonely = usable.filter(pl.col("fault").is_null()).join(
        told_nothing.select(list(_MOMENT)), on=list(_MOMENT)
    )
    faulty = [judged, usable, lonely.with_columns(fault=pl.lit("OWNER").cast(FAULT))]
    refused = pl.concat(f.filter(pl.col("fault").is_not_null()).select("row_no", "fault") for f in faulty)
    code = pl.col("fault").cast(pl.String)
    return rows.filter("is_read"), refused.select(
        "row_no",
        reason_code=code,
        reason_zh=code.replace_strict(FAULT_ZH, return_dtype=pl.String),
        point_count=pl.lit(1, dtype=pl.Int64),
    )


def _thousandths() -> pl.Expr:
    """The value in thousandths of the column's unit; null for NaN, infinity, blanks, and where it must be exact and is not."""
    value = pl.col("value")
    is_known = value.is_finite() & (value.abs() < pl.col("blank_from"))
    # Percent, watts, MiB and bytes in thousandths lie below 2^53: a double holds them to the last digit.
    scaled = pl.when(is_known).then(value * 1000 * pl.col("times") / pl.col("over"))
    whole = scaled.round()
    return pl.when(~pl.col("is_exact") | (whole == scaled)).then(whole).cast(pl.Int64)


def _faults() -> pl.Expr:
    is_too_much = (pl.col("column") == "util_percent") & (pl.col("thousandths") > 100_000)
    is_undefined = pl.col("is_undefined_in_parts") & pl.col("is_cut").fill_null(False)
    return (
        pl.when(is_undefined)
        .then(pl.lit("UTIL_OF_PARTS"))
        .when(is_too_much)
        .then(pl.lit("OUT_OF_RANGE"))
        .cast(FAULT)
    )


def _in_rows(points: pl.DataFrame) -> pl.DataFrame:
    """device_uuid, sampled_at, row_no, point_count, tenant, metric_names, is_read, and the measured columns.

    A card that several namespaces share at that instant is nobody's alone: its tenant is unknown.
    """
    value = pl.col("thousandths")
    best = points.sort("rank", "row_no").with_columns(
        pl.when(pl.col("column") == name).then(value).alias(name) for name in COLUMNS
    )
    tenants = pl.col("tenant").drop_nulls().unique()
    return best.group_by(*_MOMENT).agg(
        pl.col("row_no").min(),
        *(pl.col(name).first(ignore_nulls=True) for name in COLUMNS),
        point_count=pl.len().cast(pl.Int64),
        tenant=pl.when(tenants.len() == 1).then(tenants.first()),
        metric_names=pl.col("column").drop_nulls().unique().sort().str.join(","),
        is_read=pl.col("column").is_not_null().any(),
    )


def _placed(samples: pl.DataFrame, declaration: Declaration) -> pl.DataFrame:
    """In usage_sample's columns, typed; `raw` is left to the part's line_of."""
    return samples.select(
        pl.lit(None, dtype=pl.String).alias("sheet"),
        "row_no",
        pl.lit(None, dtype=pl.String).alias("raw"),
        *_MOMENT,
        "tenant",
        "metric_names",
        *((pl.col(name).cast(WIDE) * THOUSANDTH).cast(NUMBER.dtype).alias(name) for name in COLUMNS),
        provider_id=pl.lit(declaration.provider_id, dtype=pl.String),
        cluster_id=pl.lit(declaration.cluster_id, dtype=pl.String),
    )
