"""Points of an exporter (series, instant, value) in, samples of cards out: one row per card and instant.

Every form of export ends here, so that one card's reading is the same row from JSON, text, CSV and Parquet.
What a series is, is told in `flows.telemetry.series`; files are cut into points in the adapters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import polars as pl

from hesuan.flows.source import Declaration, Part, Reading
from hesuan.flows.telemetry.sample import MOMENT, measured, samples_of
from hesuan.flows.telemetry.series import Series, meanings
from hesuan.flows.telemetry.turn import in_turns
from hesuan.validators.gate import REJECT_SCHEMA

TABLE = "usage_sample"
# So many points are made into samples at a time.
PART_POINTS = 500_000
RawOf = Callable[[pl.Series], pl.Series]
"""Row numbers → what stands there in the file, in their order."""
_REFUSED = {"row_no": pl.Int64, "reason_code": pl.String, "reason_zh": pl.String, "point_count": pl.Int64}


@dataclass(frozen=True)
class Points:
    """What an adapter found. points: in the shape of POINT. count: of the points, taken from the file's own length."""

    series: list[Series]
    points: pl.DataFrame
    count: int


def reading(found: Points, declaration: Declaration, raw_of: RawOf) -> Reading:
    """The samples of a file, in parts of whole cards, for points of one sample may lie anywhere in it.

    One accepted row per card and instant (`turn.in_turns`), row_no that of its first point; sampled_at is UTC; percent,
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
    cards = counts.join(told, on="series_no").group_by("card_uuid").agg(pl.col("point_count").sum())
    first_part = (pl.col("point_count").cum_sum() - pl.col("point_count")) // PART_POINTS
    placed = cards.sort("card_uuid", nulls_last=False).select("card_uuid", part_no=first_part)
    part_of = told.select("series_no", "card_uuid").join(placed, on="card_uuid", nulls_equal=True)
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
    samples, refused_points = samples_of(in_turns(good), _moments_in_parts(points, told))
    refused = pl.concat([refused_series, refused_points]).sort("row_no")
    folded = sum(_point_count(frame) - frame.height for frame in (samples, refused))
    is_nobodys = told["tenant"].null_count() == told.height
    accepted = _placed(samples.sort("row_no"), declaration, tenant=declaration.tenant if is_nobodys else None)
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
    return points.join(parts, on="series_no").select(list(MOMENT)).unique()


def _placed(samples: pl.DataFrame, declaration: Declaration, *, tenant: str | None) -> pl.DataFrame:
    """In usage_sample's columns, typed; `raw` is left to the part's line_of. tenant: of samples that name none."""
    return samples.select(
        pl.lit(None, dtype=pl.String).alias("sheet"),
        "row_no",
        pl.lit(None, dtype=pl.String).alias("raw"),
        *MOMENT,
        pl.col("tenant").fill_null(pl.lit(tenant, dtype=pl.String)),
        "metric_names",
        *measured(),
        provider_id=pl.lit(declaration.provider_id, dtype=pl.String),
        cluster_id=pl.lit(declaration.cluster_id, dtype=pl.String),
    )
