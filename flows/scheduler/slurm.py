"""What a Slurm accounting row means, whichever way it was exported: sacct cells in, usage intervals out.

Both Slurm adapters bring their input into sacct's own column names (lower case) and end here, so that one job
gets one record_id and one card count in text and in JSON. Lines and JSON are read in the adapters.
"""

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from hesuan.flows.scheduler.slurm_cell import (
    instant_of,
    is_said,
    limit_of,
    minutes_of,
    node_of,
    number_of,
    said_of,
    seconds_of,
    state_of,
)
from hesuan.flows.scheduler.slurm_reject import reason_code, rejected
from hesuan.flows.scheduler.slurm_tres import CARD_FLAGS, NO_CARD_FLAG, cards_of, mention_of
from hesuan.flows.source import Declaration
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import INSTANT_TYPE
from hesuan.validators.words import factorised, plain, read_once, spread

# sacct's field names in lower case; any other column of an export is not looked at.
CELLS = (
    *("jobid", "jobidraw", "cluster", "account", "user", "submit", "start", "end", "elapsedraw", "elapsed"),
    *("suspended", "state", "nnodes", "alloccpus", "ncpus", "reqtres", "alloctres", "timelimitraw"),
    *("timelimit", "nodelist", "submitline"),
)


EVIDENCE = pl.Enum(["allocated", "requested", "absent"])
"""usage_interval.card_evidence"""


def zone_of(declaration: Declaration, default: str, *, name: str) -> str:
    """The zone that printed local times are in. Raises InputFault where the declared one does not exist."""
    zone = declaration.time_zone or default
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        what = f"source.toml 的 time_zone “{zone}”不是时区名，应如 Asia/Shanghai"
        raise InputFault(f"{name}: {what}") from error
    return zone


def intervals(
    cells: pl.DataFrame,
    *,
    zone: str,
    declaration: Declaration,
    line_of: Callable[[pl.Series], pl.Series] | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Accepted and rejected rows of usage_interval, one per job, never per step: steps repeat its AllocTRES.

    `cells`: row_no, raw and any of CELLS as text, one row per sacct line; `zone`: of printed times;
    `line_of`: gives the raw lines of row numbers, where `raw` is left empty.
    card_count is null unless AllocTRES states cards, and no zero is ever assumed. started_at and ended_at are
    UTC instants, both null for a job that never started. Rejected rows are in REJECT_SCHEMA.
    Source: `man sacct`; metering.md §2.1.
    """
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in CELLS if name not in cells.columns]
    facts = _with_readings(cells.with_columns(missing).with_columns(_elapsed_alone()), zone=zone)
    judged = facts.with_columns(reason_code=reason_code())
    kept, refused = (judged.filter(pl.col("reason_code").is_null() == is_kept) for is_kept in (True, False))
    if line_of is not None and refused.height:
        refused = refused.with_columns(raw=line_of(refused["row_no"]))
    return _accepted(kept, declaration), rejected(refused)


Reading = Callable[[pl.Series], pl.DataFrame]
"""Of a column of cells: what they say, row by row."""
READINGS: tuple[tuple[Reading, tuple[str, ...]], ...] = (
    (said_of, ("jobid", "submit", "alloctres")),
    (cards_of, ("alloctres",)),
    (mention_of, ("reqtres",)),
    (state_of, ("state",)),
    (node_of, ("nodelist",)),
    (number_of, ("alloccpus", "ncpus", "nnodes", "elapsedraw")),
    (seconds_of, ("elapsed", "suspended")),
    (limit_of, ("timelimit",)),
    (minutes_of, ("timelimitraw",)),
)


def _with_readings(cells: pl.DataFrame, *, zone: str) -> pl.DataFrame:
    said = [_readings_of(cells[name], reading) for reading, names in READINGS for name in names]
    at = partial(instant_of, zone=zone)
    instants = [_readings_of(cells[name], at) for name in ("submit", "start", "end")]
    return pl.concat([cells, *said, *instants], how="horizontal")


def _elapsed_alone() -> pl.Expr:
    """Elapsed says the same as ElapsedRaw: it is read where that one is missing."""
    return pl.when(~is_said("elapsedraw")).then("elapsed").alias("elapsed")


def _readings_of(column: pl.Series, reading: Reading) -> pl.DataFrame:
    """The reading of each text, in order; where texts repeat, as durations do, each is read once."""
    distinct, place = factorised(column)
    read = reading(distinct.alias(column.name))
    return pl.DataFrame([spread(found, place) for found in read])


def _accepted(kept: pl.DataFrame, declaration: Declaration) -> pl.DataFrame:
    """The rows in usage_interval's columns, typed."""
    has_run = ~_never_started()
    cluster = read_once(kept["cluster"], partial(_or_else, declared=declaration.cluster_id))
    return kept.select(
        pl.lit(None, dtype=pl.String).alias("sheet"),
        "row_no",
        "raw",
        provider_id=pl.lit(declaration.provider_id, dtype=pl.String),
        cluster_id=cluster,
        record_id=_record_id(),
        tenant="account",
        account="account",
        user="user",
        node_id="node_id",
        device_model="device_model",
        card_count="card_count",
        cpu_cores=pl.coalesce("alloccpus_n", "ncpus_n", "tres_cpu"),
        started_at=pl.when(has_run).then("start_at"),
        ended_at=pl.when(has_run).then("end_at"),
        suspended_seconds="suspended_s",
        state="word",
        elapsed_seconds=pl.coalesce("elapsedraw_n", "elapsed_s"),
        time_limit_seconds=pl.coalesce(pl.col("timelimitraw_n") * 60, "timelimit_s"),
        node_count="nnodes_n",
        card_evidence=_card_evidence(),
        exported_at=pl.lit(declaration.exported_instant, dtype=INSTANT_TYPE),
    )


def _never_started() -> pl.Expr:
    """No node, no start, or pending with nothing allocated (slurmdbd may then show a planned start)."""
    is_waiting = pl.col("is_pending") & ~pl.col("alloctres_said")
    return pl.col("is_unplaced") | pl.col("start_at").is_null() | is_waiting


def _record_id() -> pl.Expr:
    """slurm:<JobID>[:<JobIDRaw>]:<submit>+<seconds to the start>, the raw id where it is another.

    No submission is 0, no start nothing.
    Raw ids wrap at MaxJobId and a requeue keeps them; it resets the submission.
    """
    job, raw = plain("jobid"), plain("jobidraw")
    other = pl.when(is_said("jobidraw") & (raw != job)).then(":" + raw).otherwise(pl.lit(""))
    submit, start = (pl.col(f"{name}_at").dt.epoch("s") for name in ("submit", "start"))
    waited = (start - submit.fill_null(0)).cast(pl.String).fill_null("")
    return pl.format("slurm:{}{}:{}+{}", job, other, submit.fill_null(0), waited)


def _or_else(texts: pl.Series, *, declared: str | None) -> pl.Series:
    """The texts; where there is none, what the declaration says."""
    return texts.set(texts.fill_null("") == "", declared)


def _card_evidence() -> pl.Expr:
    """Silence is `absent`, never zero; cards only asked for, or shares of a card, are `requested`."""
    line = plain("submitline").str.replace_all(NO_CARD_FLAG, "").str.contains(CARD_FLAGS)
    is_asked = pl.any_horizontal("mentions_cards", "asks_cards", line)
    allocated, requested, absent = (pl.lit(word, dtype=EVIDENCE) for word in EVIDENCE.categories)
    stated = pl.when(pl.col("card_count").is_not_null()).then(allocated)
    return stated.when(is_asked).then(requested).otherwise(absent)
