"""Readings of cards as samples: one row per card and instant from points of known series, and why a point is of no use."""

from decimal import Decimal
from typing import Any

import polars as pl

from hesuan.flows.telemetry.die import as_boards, only_tenant
from hesuan.flows.telemetry.profile import COLUMNS
from hesuan.schemas.kind import INSTANT_TYPE, NUMBER

FAULT = pl.Enum(
    [
        *("NO_TIME", "BAD_AT", "BAD_VALUE", "BAD_LINE", "OUT_OF_RANGE", "UTIL_OF_PARTS", "CONFLICT", "OWNER"),
        "NO_READING",
    ]
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
    "NO_READING": "没有任何读数（此刻各项都是 NaN、空值或“没有”的记号），看不到卡在工作",
}
# polars keeps the first factor's scale: the product is exact.
WIDE, THOUSANDTH = pl.Decimal(24, 3), pl.lit(Decimal("0.001"))
MOMENT = ("device_uuid", "sampled_at")


def as_points(told: pl.DataFrame) -> pl.DataFrame:
    """In the shape of POINT; a point whose instant or value could not be read is at fault. told: POINT's columns but fault."""
    fault = (
        pl.when(pl.col("sampled_at").is_null())
        .then(pl.lit("BAD_AT"))
        .when(pl.col("value").is_null())
        .then(pl.lit("BAD_VALUE"))
    )
    return told.with_columns(fault=fault).select(pl.col(name).cast(dtype) for name, dtype in POINT.items())


def samples_of(points: pl.DataFrame, in_parts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per card and instant, and one per point that is of no use (row_no, reason_code, reason_zh, point_count).

    A card of which nothing is known at an instant was not seen: no sample, however many points say so.
    """
    read = points.with_columns(thousandths=_thousandths(), is_known=_is_known())
    cut = read.join(in_parts.with_columns(is_cut=True), on=list(MOMENT), how="left")
    judged = cut.with_columns(fault=pl.coalesce("fault", _faults()))
    is_conflict = pl.col("thousandths").drop_nulls().n_unique().over(*MOMENT, "column", "rank") > 1
    usable = judged.filter(pl.col("fault").is_null()).with_columns(
        fault=pl.when(is_conflict & ~pl.col("is_owner")).then(pl.lit("CONFLICT")).cast(FAULT)
    )
    rows = _in_rows(usable.filter(pl.col("fault").is_null()))
    # Of two dies that are one card, one may be dark.
    is_seen = pl.col("is_known").any().over("card_uuid", "sampled_at")
    told = rows.with_columns(is_seen=pl.col("is_read") & is_seen)
    dark = told.filter(~pl.col("is_seen")).select(*MOMENT, "is_read")
    lonely = usable.filter(pl.col("fault").is_null()).join(dark, on=list(MOMENT))
    why = pl.when("is_read").then(pl.lit("NO_READING")).otherwise(pl.lit("OWNER"))
    faulty = [judged, usable, lonely.with_columns(fault=why.cast(FAULT))]
    refused = pl.concat(f.filter(pl.col("fault").is_not_null()).select("row_no", "fault") for f in faulty)
    code = pl.col("fault").cast(pl.String)
    return as_boards(told.filter("is_seen").drop("is_read", "is_known", "is_seen")), refused.select(
        "row_no",
        reason_code=code,
        reason_zh=code.replace_strict(FAULT_ZH, return_dtype=pl.String),
        point_count=pl.lit(1, dtype=pl.Int64),
    )


def _is_known() -> pl.Expr:
    """Neither NaN nor infinity nor what the exporter writes for “none”."""
    value = pl.col("value")
    return value.is_finite() & (value.abs() < pl.col("blank_from")) & value.ne_missing(pl.col("failed"))


def _thousandths() -> pl.Expr:
    """The value in thousandths of the column's unit; null where it is not known, and where it must be exact and is not."""
    value = pl.col("value")
    # Percent, watts, MiB and bytes in thousandths lie below 2^53: a double holds them to the last digit.
    scaled = pl.when(_is_known()).then(value * 1000 * pl.col("times") / pl.col("over"))
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
    """device_uuid, sampled_at, row_no, point_count, tenant, metric_names, is_read (any reading), is_known (any
    that has a value), card_uuid, and the measured columns.

    A card that several namespaces have at that instant is a row of each (`_of_each_tenant`).
    """
    value = pl.col("thousandths")
    best = points.sort("rank", "row_no").with_columns(
        pl.when(pl.col("column") == name).then(value).alias(name) for name in COLUMNS
    )
    rows = best.group_by(*MOMENT).agg(
        pl.col("row_no").min(),
        *(pl.col(name).first(ignore_nulls=True) for name in COLUMNS),
        point_count=pl.len().cast(pl.Int64),
        tenant=only_tenant(),
        metric_names=pl.col("column").drop_nulls().unique().sort().str.join(","),
        is_read=pl.col("column").is_not_null().any(),
        is_known=(pl.col("is_known") & pl.col("column").is_not_null()).any(),
        card_uuid=pl.col("card_uuid").first(),
        tenant_count=pl.col("tenant").drop_nulls().n_unique(),
    )
    is_shared = (pl.col("tenant_count") > 1) & (pl.col("card_uuid") == pl.col("device_uuid"))
    shared, others = rows.filter(is_shared), rows.filter(~is_shared)
    return pl.concat([others, _of_each_tenant(shared, points)]).drop("tenant_count")


def _of_each_tenant(shared: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """A row per tenant of a card that several have at one instant: both are named, and who has what people decide.

    Each has the card's readings; a point is counted in the row of its tenant, one that names nobody in the first row.
    """
    if shared.is_empty():
        return shared
    named = points.filter(pl.col("tenant").is_not_null()).join(shared, on=list(MOMENT), how="semi")
    each = named.group_by(*MOMENT, "tenant").agg(pl.col("row_no").min(), own_count=pl.len().cast(pl.Int64))
    rows = shared.drop("tenant", "row_no").join(each, on=list(MOMENT)).sort(*MOMENT, "tenant")
    own = pl.col("own_count")
    is_first = pl.int_range(pl.len()).over(*MOMENT) == 0
    nameless = pl.when(is_first).then(pl.col("point_count") - own.sum().over(*MOMENT)).otherwise(0)
    return rows.with_columns(point_count=own + nameless).select(shared.columns)


def measured() -> list[pl.Expr]:
    """The measured columns from thousandths to their unit, exactly."""
    return [(pl.col(name).cast(WIDE) * THOUSANDTH).cast(NUMBER.dtype).alias(name) for name in COLUMNS]
