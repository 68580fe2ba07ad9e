"""Which card a chip in a table of `npu-smi info` is, and why a row is of no use."""

from dataclasses import dataclass

import polars as pl

from hesuan.flows.telemetry.die import TWO
from hesuan.flows.telemetry.npu_log import HOW, NO_BUS
from hesuan.flows.telemetry.npu_table import FAULT_ZH, READ

REASON_ZH = FAULT_ZH | {
    "NO_TIME": f"表格上方没有时间，不知道是何时的读数；{HOW}",
    "BAD_AT": "表格上方的时间读不懂，或其时区缩写与声明的时区不符；请写明时区",
    "NO_DEVICE": f"没有芯片的唯一编号（VDie ID）；NPU 编号和插槽会变，不能代替；{HOW}",
    "OTHER_BUS": "芯片的插槽与写明其编号（VDie ID）时的不同，不知是不是同一芯片；请重新写明",
    "NO_READING": "没有任何读数（各项都是 NA 或 -），看不到卡在工作",
    "HALF_CARD": "910C 的两个芯粒为一卡，此次采样里没有与之成对的另一个（同一 NPU 编号），不能当作一张卡",
    "CONFLICT": "此次采样里两个芯片的唯一编号（VDie ID）相同，不知哪个对，均未采用",
}


@dataclass(frozen=True)
class Known:
    """Of a whole log, what `npu_log.turns` and `npu_log.statements` tell."""

    tables: pl.DataFrame
    statements: pl.DataFrame


def judged(found: pl.DataFrame, known: Known) -> pl.DataFrame:
    """`npu_table.chips` with sampled_at, device_uuid, card_uuid (its board's), and the first reason against each row."""
    placed = found.sort("table_no").join(known.tables, on="table_no", how="left", maintain_order="left")
    told = placed.join_asof(
        known.statements.rename({"row_no": "stated_no"}),
        left_on="table_no",
        right_on="stated_no",
        by=["npu", "chip", "trusted_from"],
        check_sortedness=False,
    )
    alone = told.with_columns(fault=pl.coalesce("fault", _faults()), device_uuid="die")
    is_twice = pl.col("fault").is_null() & (pl.len().over("die", "table_no", "fault") > 1)
    once = alone.with_columns(fault=pl.coalesce("fault", pl.when(is_twice).then(pl.lit("CONFLICT"))))
    reason = pl.col("fault").replace_strict(REASON_ZH, return_dtype=pl.String)
    return _paired(once).with_columns(reason_code="fault", reason_zh=reason).sort("row_no")


def _faults() -> pl.Expr:
    is_moved = ~pl.col("bus").is_in(NO_BUS) & (pl.col("bus") != pl.col("die_bus"))
    return (
        pl.when(~pl.col("is_timed"))
        .then(pl.lit("NO_TIME"))
        .when(pl.col("sampled_at").is_null())
        .then(pl.lit("BAD_AT"))
        .when(pl.col("die").is_null())
        .then(pl.lit("NO_DEVICE"))
        .when(is_moved)
        .then(pl.lit("OTHER_BUS"))
        .when(pl.all_horizontal(pl.col(READ).is_null()) & ~pl.col("is_die"))
        .then(pl.lit("NO_READING"))
    )


def _paired(chips: pl.DataFrame) -> pl.DataFrame:
    """With card_uuid: of a die the number of its board, in `die.boards`' form.

    A die without its other is at fault, and both are where neither has a reading.
    """
    is_good = pl.col("fault").is_null()
    board = (
        chips.filter(is_good & pl.col("is_die"))
        .group_by("table_no", "npu")
        .agg(dies=pl.col("die").unique().sort(), chip_count=pl.len())
        .filter((pl.col("dies").list.len() == TWO) & (pl.col("chip_count") == TWO))
        .select("table_no", "npu", board=pl.col("dies").list.join("+"))
    )
    joined = chips.join(board, on=["table_no", "npu"], how="left", maintain_order="left")
    is_half = is_good & pl.col("is_die") & pl.col("board").is_null()
    is_dark = pl.all_horizontal(pl.col(READ).is_null()).all().over("table_no", "npu")
    pair_fault = pl.when(is_half).then(pl.lit("HALF_CARD")).when(is_good & is_dark).then(pl.lit("NO_READING"))
    return joined.with_columns(
        card_uuid=pl.when("is_die").then("board").otherwise("die"), fault=pl.coalesce("fault", pair_fault)
    )
