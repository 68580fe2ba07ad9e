"""Why a sacct row is refused: the first reason that holds, and a sentence that shows the cells."""

import polars as pl

from hesuan.flows.scheduler.slurm_cell import NOT_YET, is_unlimited, said, whole
from hesuan.validators.gate import REJECT_SCHEMA

TABLE = "usage_interval"
# `man sacct`, JOB STATE CODES, plus the flags that sacct prints as states.
STATES = (
    *("PENDING", "RUNNING", "SUSPENDED", "COMPLETED", "COMPLETING", "CANCELLED", "FAILED", "TIMEOUT"),
    *("NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY", "REQUEUED", "RESIZING", "REVOKED"),
)
_TIMES = ("submit", "start", "end")
_WHOLE = ("alloccpus", "ncpus", "nnodes", "elapsedraw")
_LENGTHS = ("elapsed", "suspended", "timelimitraw", "timelimit")
# Reason code → the cells that a person needs to see, and what is wrong with them.
REASONS: dict[str, tuple[tuple[str, ...], str]] = {
    "STEP_ROW": (("jobid",), "是步骤行，作业主行已计"),
    "BAD_ID": (("raw",), "没有作业编号"),
    "BAD_STATE": (("state",), "不是已知的作业状态"),
    "BAD_AT": (_TIMES, "中有时间无法读成时刻（提交、开始、结束应为 YYYY-MM-DDTHH:MM:SS 或纪元秒）"),
    "BAD_CARDS": (("alloctres",), "中的卡数不是整数，或超出可记的范围"),
    "BAD_INT": (_WHOLE, "中有核数、节点数或秒数不是整数"),
    "BAD_DURATION": (_LENGTHS, "中有时长无法读懂（应为 [天-]时:分:秒 或整数）"),
}


def reason_code() -> pl.Expr:
    """The first reason against a row of cells and their readings (`flows.scheduler.slurm`), or null."""
    return (
        pl.when(pl.col("jobid").str.contains(".", literal=True))
        .then(pl.lit("STEP_ROW"))
        .when(~said("jobid"))
        .then(pl.lit("BAD_ID"))
        .when(~pl.col("word").is_in(STATES).fill_null(False))
        .then(pl.lit("BAD_STATE"))
        .when(_bad_time())
        .then(pl.lit("BAD_AT"))
        .when(pl.col("cards_unreadable").fill_null(False))
        .then(pl.lit("BAD_CARDS"))
        .when(pl.any_horizontal(said(name) & whole(name).is_null() for name in _WHOLE))
        .then(pl.lit("BAD_INT"))
        .when(_bad_length())
        .then(pl.lit("BAD_DURATION"))
    )


def _bad_time() -> pl.Expr:
    """Start and end must be said, if only as Unknown; the submission may be missing."""
    unread = [pl.col(f"{name}_at").is_null() & ~pl.col(name).fill_null("").is_in(NOT_YET) for name in _TIMES]
    return pl.any_horizontal(unread[0] & said("submit"), *unread[1:])


def _bad_length() -> pl.Expr:
    printed = [said(name) & pl.col(f"{name}_s").is_null() for name in ("elapsed", "suspended")]
    limit = ~is_unlimited("timelimit") & pl.col("timelimit_s").is_null()
    minutes = ~is_unlimited("timelimitraw") & whole("timelimitraw").is_null()
    return pl.any_horizontal(*printed, limit, minutes)


def rejected(refused: pl.DataFrame) -> pl.DataFrame:
    """Cells with a reason_code → REJECT_SCHEMA rows."""
    sentences = [
        pl.when(pl.col("reason_code") == code).then(
            pl.format("“{}”{}", pl.concat_str(cells, separator="、", ignore_nulls=True), pl.lit(sentence))
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
