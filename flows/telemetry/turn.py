"""The readings of one turn of an exporter that stamps each of them itself, at one instant.

npu-exporter keeps the time at which it read each chip and each group of metrics (collector/metrics, `cache.timestamp`):
of one scrape utilisation, power and memory of a card lie seconds apart, and so do the two dies of a board.
"""

from datetime import timedelta

import polars as pl

from hesuan.flows.telemetry.die import only_tenant
from hesuan.flows.telemetry.profile import COLUMNS

# Groups are read each at a pace of its own, by default every few seconds, at most once a minute.
MOST_APART = timedelta(minutes=1)
_READING = ("device_uuid", "column", "rank", "is_owner")
_LEADING = ("card_uuid", "column", "rank", "device_uuid")


def in_turns(points: pl.DataFrame) -> pl.DataFrame:
    """The same points (POINT with their series' MEANING); what was read beside a card's leading reading, at its instant.

    The leading reading is utilisation where the card has it, of the first die. Another moves to the nearest instant
    of it, by half a step of it and MOST_APART at most; of one reading the nearest alone. A chip's reading does not move
    to where another tenant has it; two dies of two tenants are one moment of their card, and nobody's.
    Where an exporter leaves the stamp to the scrape, nothing moves.
    """
    placed = points.filter(pl.col("sampled_at").is_not_null(), pl.col("fault").is_null())
    turns = _turns(placed)
    beside = placed.join(
        turns, left_on=("card_uuid", "sampled_at"), right_on=("card_uuid", "turn_at"), how="anti"
    )
    if beside.is_empty():
        return points
    moved = _moved(placed.join(beside, on="card_uuid", how="semi"), turns)
    at = points.select("row_no").join(moved, on="row_no", how="left", maintain_order="left")["turn_at"]
    return points.with_columns(sampled_at=pl.coalesce(at, "sampled_at"))


def _turns(placed: pl.DataFrame) -> pl.DataFrame:
    """The instants of each card's leading reading: card_uuid, turn_at, whose (tenant), led_by (device), reach."""
    order = pl.col("column").replace_strict(COLUMNS, range(len(COLUMNS)), return_dtype=pl.Int64)
    readings = placed.select(_LEADING).drop_nulls("column").unique()
    first = readings.sort(order, "rank", "device_uuid").unique("card_uuid", keep="first", maintain_order=True)
    led = placed.join(first, on=_LEADING, how="semi").group_by("card_uuid", turn_at="sampled_at")
    turns = led.agg(whose=only_tenant(), led_by=pl.col("device_uuid").first()).sort("card_uuid", "turn_at")
    half = pl.col("turn_at").diff().median().over("card_uuid") / 2
    # Of a single instant no step is known.
    return turns.with_columns(reach=pl.when(half > MOST_APART).then(MOST_APART).otherwise(half))


def _moved(placed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """row_no and turn_at of the points that move."""
    tied = placed.sort("sampled_at").join_asof(
        turns.sort("turn_at"),
        left_on="sampled_at",
        right_on="turn_at",
        by="card_uuid",
        strategy="nearest",
        coalesce=False,
        check_sortedness=False,
    )
    apart = (pl.col("sampled_at") - pl.col("turn_at")).abs()
    is_anothers = (pl.col("tenant") != pl.col("whose")).fill_null(False) & (
        pl.col("device_uuid") == pl.col("led_by")
    )
    near = tied.with_columns(apart=apart).filter(pl.col("apart") <= pl.col("reach"), ~is_anothers)
    nearest = pl.col("sampled_at").sort_by("apart", "sampled_at").first().over(*_READING, "turn_at")
    return near.filter(pl.col("sampled_at") == nearest, pl.col("apart") > timedelta()).select(
        "row_no", "turn_at"
    )
