"""Why a sacct row is refused: the first reason that holds, and a sentence that shows the cells."""

import polars as pl

from hesuan.schemas.kind import MOST_CARDS
from hesuan.validators.gate import REJECT_SCHEMA
from hesuan.validators.words import plain

TABLE = "usage_interval"
_TIMES = ("submit", "start", "end")
_WHOLE = ("alloccpus", "ncpus", "nnodes", "elapsedraw")
_LENGTHS = ("elapsed", "suspended", "timelimitraw", "timelimit")
# Reason code → the cells that a person needs to see, and what is wrong with them.
REASONS: dict[str, tuple[tuple[str, ...], str]] = {
    "STEP_ROW": (("jobid",), "是步骤行，作业主行已计"),
    "BAD_ID": (("raw",), "没有作业编号"),
    "BAD_STATE": (("state",), "不是已知的作业状态"),
    "BAD_AT": (
        _TIMES,
        "中有时间无法读成时刻（提交、开始、结束应为 YYYY-MM-DDTHH:MM:SS 或纪元秒；"
        "夏令时拨回时重复、拨快时跳过的一小时分不清是何时，请以 TZ=UTC 导出并在 source.toml 写明）",
    ),
    "BAD_CARDS": (("alloctres",), f"中的卡数不是整数，或多于 {MOST_CARDS}"),
    "BAD_INT": (_WHOLE, "中有核数、节点数或秒数不是整数"),
    "BAD_DURATION": (_LENGTHS, "中有时长无法读懂（应为 [天-]时:分:秒 或整数）"),
}


def reason_code() -> pl.Expr:
    """The first reason against a row of cells and their readings (`flows.scheduler.slurm`), or null."""
    return (
        pl.when(plain("jobid").str.contains(".", literal=True))
        .then(pl.lit("STEP_ROW"))
        .when(~pl.col("jobid_said"))
        .then(pl.lit("BAD_ID"))
        .when(~pl.col("is_state").fill_null(False))
        .then(pl.lit("BAD_STATE"))
        .when(pl.any_horizontal("start_odd", "end_odd", pl.col("submit_odd") & pl.col("submit_said")))
        .then(pl.lit("BAD_AT"))
        .when(pl.col("cards_unreadable"))
        .then(pl.lit("BAD_CARDS"))
        .when(_is_any_odd(_WHOLE))
        .then(pl.lit("BAD_INT"))
        .when(_is_any_odd(_LENGTHS))
        .then(pl.lit("BAD_DURATION"))
    )


def _is_any_odd(names: tuple[str, ...]) -> pl.Expr:
    return pl.any_horizontal(f"{name}_odd" for name in names)


def rejected(refused: pl.DataFrame) -> pl.DataFrame:
    """Cells with a reason_code → REJECT_SCHEMA rows."""
    sentences = [
        pl.when(pl.col("reason_code") == code).then(
            pl.format(
                "“{}”{}",
                pl.concat_str(map(plain, cells), separator="、", ignore_nulls=True),
                pl.lit(sentence),
            )
        )
        for code, (cells, sentence) in REASONS.items()
    ]
    return refused_for(refused, pl.col("reason_code"), pl.coalesce(sentences))


def refused_for(rows: pl.DataFrame, reason_code: pl.Expr, reason_zh: pl.Expr) -> pl.DataFrame:
    """Rows (row_no, raw) in REJECT_SCHEMA."""
    return rows.select(
        pl.lit(None, dtype=pl.String).alias("sheet"),
        "row_no",
        pl.lit(TABLE).alias("table_name"),
        reason_code.alias("reason_code"),
        reason_zh.alias("reason_zh"),
        "raw",
    ).cast(REJECT_SCHEMA)  # type: ignore[arg-type]
