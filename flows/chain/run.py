"""Runs of a chain: the samples of one card, boot and day in one part of a file, and whether each follows the one before.

What joins one run to the next, in another part, day or file, is not here but in reconciled.chain_run.
"""

from dataclasses import dataclass

import polars as pl

from hesuan.flows.chain.record import HASHES, holds
from hesuan.schemas.kind import ZONE
from hesuan.validators.words import plain

STREAM = ("provider_id", "cluster_id", "device_uuid", "boot_id")
RUN = (*STREAM, "usage_on")
ONE = ("provider_id", "place", "card", "boot_id", "usage_on")
NOT_HELD = ~pl.col("is_whole")


@dataclass(frozen=True)
class Chained:
    """What the lake keeps of the chains in a part of a file.

    runs: one row per RUN. days: one row per RUN, tenant and contract; run_row_no names its run.
    """

    runs: pl.DataFrame
    days: pl.DataFrame

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        return {"chain_run": self.runs, "chain": self.days}


def chained(samples: pl.DataFrame) -> Chained | None:
    """The chains in accepted samples, which are in the order of the file; None where no sample carries a hash."""
    if samples["record_hash"].null_count() == samples.height:
        return None
    rows = _judged(samples)
    return Chained(_runs(rows), _days(rows))


def _judged(samples: pl.DataFrame) -> pl.DataFrame:
    """is_whole: the hash is that of the row, and the row follows the one before it. is_tied: so do all before it.

    A card that states no hash all day has no chain that could break. However its letters are written, a card is one,
    and so is a cluster: a run has the names of its last record.
    """
    lowered = (
        samples.with_columns(
            *(plain(name).str.to_lowercase() for name in HASHES),
            usage_on=pl.col("sampled_at").dt.convert_time_zone(ZONE).dt.date(),
            at_s=pl.col("sampled_at").dt.epoch("us") // 1_000_000,
            place=plain("cluster_id").str.to_lowercase(),
            card=plain("device_uuid").str.to_lowercase(),
        )
        .filter(pl.col("record_hash").is_not_null().any().over(*ONE))
        .rechunk()
    )
    before, nth = pl.col("record_hash").shift(1).over(*ONE), pl.int_range(pl.len()).over(*ONE)
    follows = (nth == 0) | (pl.col("prev_hash") == before).fill_null(False)
    # The hash is over the names as they stand.
    return (
        lowered.with_columns(holds(lowered))
        .with_columns(
            is_whole=pl.col("holds") & follows,
            **{name: plain(name).last().over(*ONE) for name in ("cluster_id", "device_uuid")},
        )
        .with_columns(
            is_tied=NOT_HELD.cast(pl.Int64).cum_sum().over(*RUN) == 0,
            run_row_no=pl.col("row_no").first().over(*RUN),
        )
    )


def _runs(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(RUN, maintain_order=True).agg(
        *_extent(),
        run_row_no=pl.col("row_no").first(),
        last_row_no=pl.col("row_no").last(),
        first_prev_hash=pl.col("prev_hash").first(),
        last_record_hash=pl.col("record_hash").last(),
    )


def _days(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(*RUN, "tenant", "contract_no", "run_row_no", maintain_order=True).agg(
        *_extent(),
        chained_count=pl.col("is_tied").sum().cast(pl.Int64),
        first_row_no=pl.col("row_no").first(),
        first_broken_row_no=pl.col("row_no").filter(NOT_HELD).first(),
    )


def _extent() -> tuple[pl.Expr, ...]:
    return (
        pl.col("at_s").min().alias("first_s"),
        pl.col("at_s").max().alias("last_s"),
        pl.len().cast(pl.Int64).alias("record_count"),
        NOT_HELD.sum().cast(pl.Int64).alias("broken_count"),
    )
